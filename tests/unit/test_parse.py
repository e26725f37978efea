"""From a file to a post: the owner's sample, every hostile file, every rule about dates, and arbitrary bytes."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.dialects.defaults import Defaults
from syndicator.dialects.eleventy import Eleventy
from syndicator.dialects.hugo import Hugo
from syndicator.dialects.jekyll import Jekyll
from syndicator.dialects.plain import Plain
from syndicator.errors import PostError
from syndicator.ledger import record_of
from syndicator.model import ImageRef, Markup, Person, Post, Site, SourceFile, Visibility, digest
from syndicator.ports import Dialect
from syndicator.posts.fields import FieldMap
from syndicator.posts.parse import parse_post
from syndicator.posts.rules import Rules
from syndicator.posts.skim import skim_post

SECONDS = Rules(epoch="seconds")
#: Where a day begins that a dialect reads without a zone.
ZONES = {"jekyll": "America/New_York", "plain": "America/New_York", "eleventy": "UTC"}
HOSTILE = Path(__file__).parents[1] / "hostile" / "_posts"
SITE = Site(title="The Example", url="https://news.example.org/", timezone="America/New_York")
UTC_SITE = Site(title="The Example", url="https://news.example.org/")

SAMPLE = (
    Path(__file__).parents[2] / "config/demo/content/_posts/2023-08-24-russian-pilots-daring-defection.md"
).read_bytes()


def parsed(
    text: str | bytes,
    *,
    path: str = "_posts/2023-08-24-the-storm.md",
    dialect: Dialect | None = None,
    site: Site = SITE,
    rules: Rules | None = None,
) -> Post:
    data = text.encode() if isinstance(text, str) else text
    return parse_post(SourceFile(path=path, version="1", data=data), dialect or Jekyll(), site, rules or Rules())


def written(fields: str, body: str = "Body.\n", **options: Any) -> Post:
    return parsed(f"---\n{fields}---\n{body}", **options)


def refused(text: str | bytes, **options: Any) -> PostError:
    with pytest.raises(PostError) as caught:
        parsed(text, **options)
    return caught.value


def reasons(post: Post) -> list[str]:
    return [str(warning) for warning in post.warnings]


# --- the newsroom's own kind --------------------------------------------------------------------------------------


def test_the_newsrooms_own_kind_of_post() -> None:
    """frontmatter.md 86 to 88."""
    post = parsed(SAMPLE, path="_posts/2023-08-24-defection.md")

    assert "Russian Pilot’s Daring Defection - Flies Into Ukrainian Territory" == post.title
    assert (
        "After a covert operation, a Russian pilot, along with a Mil Mi-8 helicopter, crosses over to Ukraine."
        == post.summary
    )
    assert (Person(name="Donna Teetree", title="Staff Writer"),) == post.people
    assert ("News",) == post.categories
    assert datetime(2023, 8, 24, 16, 55, tzinfo=UTC) == post.published
    assert ImageRef(
        url="https://i.guim.co.uk/img/media/59b7b998c25173e777f607483e1ff828bf9fc76c/0_112_3359_2016/master/3359.jpg"
        "?width=620&dpr=1&s=none",
        alt="A Mil Mi-8 helicopter.",
        caption="A Mil Mi-8 helicopter during a training mission.",
        credit="Alex Babenko/Getty Images",
    ) == (post.image)
    assert "https://news.example.org/news/2023/08/24/defection.html" == post.permalink
    assert (Visibility.PUBLIC, Markup.MARKDOWN) == (post.visibility, post.markup)
    assert SAMPLE.decode().partition("12:55\n---\n")[2] == post.body
    assert digest(SAMPLE) == post.digest
    assert () == post.warnings


def test_any_of_its_fields_may_be_missing() -> None:
    """frontmatter.md 86."""
    post = parsed("---\n---\n", site=UTC_SITE)

    assert ("The Storm", "", (), (), None) == (post.title, post.summary, post.people, post.categories, post.image)
    assert datetime(2023, 8, 24, tzinfo=UTC) == post.published


# --- hostile files ------------------------------------------------------------------------------------------------

#: What this stage makes of each: part of the reason of a refusal, or facts of the post and parts of its warnings.
EXPECTED: dict[str, str | tuple[dict[str, Any], tuple[str, ...]]] = {
    "2020-01-01-expired.md": ({"expires": datetime(2020, 2, 1, 5, tzinfo=UTC)}, ()),
    "2026-01-02-date-text.md": ':3: date: "Fri Sep  3 11:21:31 CEST 2021" is not a date',
    "2026-01-02-utf16-with-bom.md": ":1: is UTF-16",
    "2026-01-02-yaml-alias-bomb.md": ":7:10: holds more than 10,000 values",
    "2026-01-04-date-huge-epoch.md": ":3: date: ",
    "2026-01-04-slug-traversal.md": (
        {"permalink": "https://news.example.org/ESCAPED.html", "image": None},
        (":5: image: the image has the address",),
    ),
    "2026-01-04-yaml-merge-bomb.md": ":7:19: holds more than 10,000 values",
    "2026-01-06-date-list.md": ":3: date: is a list",
    "2026-01-06-guid-collision-one.md": ({"given_id": "same-guid", "permalink": "https://news.example.org/same/"}, ()),
    "2026-01-06-yaml-python-tag.md": ":2:8: the tag !!python/object/apply:os.system is not read",
    "2026-01-07-guid-collision-two.md": ({"given_id": "same-guid", "permalink": "https://news.example.org/same/"}, ()),
    "2026-01-08-draft-forms.md": ({"visibility": Visibility.DRAFT}, ()),
    "2026-01-08-script-in-markdown.md": ({"title": "Hostile script"}, ()),
    "2026-01-08-yaml-tab-indent.md": ":4:1: not valid YAML",
    "2026-01-10-active-html.md": ({"title": "Hostile active html"}, ()),
    "2026-01-10-yaml-not-a-map.md": ":2: front matter is no table of fields",
    "2026-01-12-json-front-matter.md": (
        {"title": "JSON front matter", "published": datetime(2026, 1, 5, 5, tzinfo=UTC), "body": "\nBody\n"},
        (':3: the key "x" is there twice',),
    ),
    "2026-01-12-shortcode-storm.md": ({"title": "Hostile shortcodes"}, ()),
    "2026-01-12-yaml-unclosed.md": ":1: front matter is opened and never closed",
    "2026-01-14-entity-and-doctype-in-body.md": ({"title": "Hostile doctype"}, ()),
    "2026-01-16-image-ssrf-metadata.md": (
        {
            "image": ImageRef(
                url="http://169.254.169.254/latest/meta-data/iam/x.jpg",
                alt='alt & "text"',
                caption='Cut "line" &',
                credit="P. Hotographer",
            )
        },
        (),
    ),
    "2026-01-16-tags-odd.md": (
        {"tags": ("a,b", "spaced", "x", "a&b", "DUP", "xy"), "categories": ("news", "sports", "local")},
        (":4: categories: Jekyll splits", ":3: tags: a list", ":3: tags: a table"),
    ),
    "2026-01-18-image-ssrf-odd-ipv4.md": ({"title": "Hostile odd-ipv4"}, ()),
    "2026-01-18-title-raw-controls.md": ':2:12: holds the control character "\\x01"',
    "2026-01-20-image-ssrf-file-scheme.md": ({"image": None}, (":5: featured-image.path: the image has an address",)),
    "2026-01-20-title-lone-surrogate.md": ":2:16: not valid YAML",
    "2026-01-22-image-bad-urls.md": (
        {
            "image": ImageRef(
                url="https://news.example.org/img/my%20photo%20(1)%20gr%C3%B6%C3%9Fe.JPG?x=1&y=2#frag",
                file="img/my photo (1) größe.JPG",
                alt='alt & "text"',
                caption='Cut "line" &',
                credit="P. Hotographer",
            )
        },
        (),
    ),
    "2026-01-22-title-emoji-zwj-zalgo.md": (
        {"permalink": "https://news.example.org/2026/01/22/title-emoji-zwj-zalgo.html"},
        (),
    ),
    "2026-01-24-image-as-list-and-string.md": (
        {"image": ImageRef(url="https://news.example.org/hello-world.JPEG", file="hello-world.JPEG")},
        (),
    ),
    "2026-01-24-title-cdata-end.md": ({"title": "end ]]> of cdata <![CDATA[ again"}, ()),
    "2026-01-26-date-zero.md": ':3: date: "0000-00-00"',
    "2026-01-26-title-missing-and-empty.md": ({"title": "Title Missing And Empty", "summary": ""}, ()),
    "2026-01-28-date-leap-second.md": ":3: date: has a leap",
    "2026-01-28-invalid-utf8-latin1.md": ":2:11: is not UTF-8: byte 0xE9 at byte offset 14",
    "2026-03-09-good.md": (
        {"title": "The good post", "published": datetime(2026, 3, 9, 10, tzinfo=UTC), "tags": ("ok",)},
        (),
    ),
}


def test_every_hostile_file_has_an_expectation() -> None:
    assert sorted(EXPECTED) == sorted(file.name for file in HOSTILE.iterdir())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_hostile_file_becomes_what_is_expected_within_a_second(name: str) -> None:
    began = time.process_time()
    expected = EXPECTED[name]
    path = f"_posts/{name}"
    data = (HOSTILE / name).read_bytes()

    if isinstance(expected, str):
        shown = str(refused(data, path=path))
        assert shown.startswith(path + expected)
        assert shown.isprintable()
    else:
        post = parsed(data, path=path)
        facts, warnings = expected
        assert facts == {name: getattr(post, name) for name in facts}
        assert len(warnings) == len(post.warnings)
        for part, warning in zip(warnings, reasons(post), strict=True):
            assert warning.startswith(path + part)
            assert warning.isprintable()
        _assert_clean(post)
    assert time.process_time() - began < 1


def test_emoji_marks_and_scripts_stay_the_same_code_points() -> None:
    name = "2026-01-22-title-emoji-zwj-zalgo.md"
    data = (HOSTILE / name).read_bytes()

    assert data.decode().split('"')[1] == parsed(data, path=f"_posts/{name}").title


def _assert_clean(post: Post) -> None:
    """No text of a post can break a feed: nothing that XML forbids, nothing that cannot be encoded."""
    for text in _texts(astuple(post)):
        assert not any((ord(char) < 32 and char not in "\t\n") or "\ud800" <= char <= "\udfff" for char in text)
        text.encode()


def _texts(value: Any) -> list[str]:
    if isinstance(value, (tuple, list)):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


# --- dates --------------------------------------------------------------------------------------------------------


def test_the_front_matters_date_wins_over_the_names() -> None:
    """frontmatter.md 15: for the address too."""
    post = written("date: 2023-09-01 10:00\n")

    assert datetime(2023, 9, 1, 14, tzinfo=UTC) == post.published
    assert post.permalink.endswith("/2023/09/01/the-storm.html")


@pytest.mark.parametrize(
    ("date", "reason"),
    [
        ("yesterday", '"yesterday" is not a date'),
        ("2031-02-29 09:00", "day is out of range"),
        ("[2031, 3]", "is a list"),
    ],
)
def test_a_public_post_whose_date_cannot_be_read_is_refused_as_it_may_be_embargoed(date: str, reason: str) -> None:
    """frontmatter-14: Jekyll stops there too; the date in the file's name would let it out at once."""
    error = refused(f"---\ntitle: A\ndate: {date}\n---\n")

    assert ("_posts/2023-08-24-the-storm.md", 3) == (error.path, error.line)
    assert error.reason.startswith("date: ")
    assert reason in error.reason
    assert 'write "YYYY-MM-DD HH:MM", or delete it: the file\'s name has a date' == error.remedy


def test_a_draft_may_have_a_date_that_cannot_be_read() -> None:
    post = written("title: A\ndraft: true\ndate: yesterday\n")

    assert datetime(2023, 8, 24, 4, tzinfo=UTC) == post.published
    assert "the date in the file's name is used" in reasons(post)[0]


def test_an_empty_date_is_none() -> None:
    """frontmatter-15."""
    assert datetime(2023, 8, 24, 4, tzinfo=UTC) == written('date: ""\n').published


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize(
    ("fields", "in_utc"),
    [
        ("---\ndate: 2025-03-03 23:30:00\n---\n", True),
        ("---\n# long\ndate: 2025-03-03 23:30:00\n---\n", True),
        ('---\ndate: "2025-03-03 23:30:00"\n---\n', False),
        ("---\n# long\ndate: '2025-03-03T23:30:00'\n---\n", False),
        ("---\ndate: 2025-03-03 23:30\n---\n", False),
        ('---\ndate: "2025-03-03 23:30"\n---\n', False),
        ('{"date": "2025-03-03 23:30:00"}\n', False),
        ("+++\ndate = 2025-03-03 23:30:00\n+++\n", False),
    ],
)
def test_to_jekyll_a_quoted_date_is_text_and_in_the_sites_zone(fields: str, in_utc: bool, zone: str) -> None:
    """frontmatter-10, frontmatter-14, frontmatter-15: the address has the day of the site's zone."""
    site = Site(title="T", url="https://news.example.org/", timezone=zone)
    wall = datetime(2025, 3, 3, 23, 30)
    expected = wall.replace(tzinfo=UTC if in_utc else ZoneInfo(zone)).astimezone(UTC)
    post = parsed(fields, site=site)

    assert expected == post.published
    assert expected.astimezone(ZoneInfo(zone)).strftime("/%Y/%m/%d/") in post.permalink


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "UTC", "America/New_York"])
def test_what_never_expires_does_not_overflow(zone: str) -> None:
    """frontmatter-49."""
    site = Site(title="T", url="https://news.example.org/", timezone=zone)
    post = written("date: 9999-12-31 23:59:59\nexpires: 9999-12-31 23:59:59 -1200\n", site=site)

    assert datetime(9999, 12, 30, 23, 59, 59, tzinfo=UTC) == post.published == post.expires
    assert () == post.warnings


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("---\ntitle: A\n---\n", None, "has no date"),
        ("---\ntitle: A\ndate: yesterday\n---\n", 3, 'date: "yesterday" is not a date'),
        ("no front matter", None, "has no date"),
    ],
)
def test_a_public_post_without_any_date_is_refused(text: str, line: int | None, reason: str) -> None:
    error = refused(text, path="notes/storm.md", dialect=Plain())

    assert ("notes/storm.md", line) == (error.path, error.line)
    assert error.reason.startswith(reason)
    assert "YYYY-MM-DD HH:MM" in error.remedy
    assert "file's name" not in error.remedy


def test_an_impossible_date_in_the_name_is_refused() -> None:
    error = refused("---\n---\n", path="_posts/2023-13-45-x.md")

    assert 'has no date (the file\'s name: "2023-13-45" does not exist (month must be in 1..12))' == error.reason


def test_a_draft_needs_no_date() -> None:
    draft = written("draft: true\ndate: some day\n", path="notes/storm.md", dialect=Plain())

    assert (None, Visibility.DRAFT) == (draft.published, draft.visibility)
    assert "it is ignored" in reasons(draft)[0]


@pytest.mark.parametrize("key", ["date", "publishDate", "pubDate", "published", "published_at", "created"])
def test_plain_knows_other_names_for_the_date(key: str) -> None:
    """frontmatter.md 73."""
    post = written(f"{key}: 2023-09-01\n", dialect=Plain(), path="storm.md", site=UTC_SITE)

    assert (datetime(2023, 9, 1, tzinfo=UTC), Visibility.PUBLIC) == (post.published, post.visibility)


def test_a_published_flag_is_no_date() -> None:
    post = written("published: yes\ncreated: 2023-09-01\n", dialect=Plain(), path="storm.md", site=UTC_SITE)

    assert datetime(2023, 9, 1, tzinfo=UTC) == post.published


def test_jekyll_looks_at_date_alone_and_the_operator_may_say_otherwise() -> None:
    fields = "created: 2023-09-01\nlive: 2023-10-01\n"

    assert datetime(2023, 8, 24, tzinfo=UTC) == written(fields, site=UTC_SITE).published
    rules = Rules(fields=FieldMap.of({"published": ["live"]}))
    assert datetime(2023, 10, 1, tzinfo=UTC) == written(fields, site=UTC_SITE, rules=rules).published


def test_modified_and_expires_are_read_or_ignored_with_a_warning() -> None:
    """frontmatter-37, frontmatter-73."""
    post = written("last_modified_at: 2023-08-25\nexpiryDate: never\n", site=UTC_SITE)
    odd = written("lastmod: soon\nexpires: [x]\n")

    assert (datetime(2023, 8, 25, tzinfo=UTC), None) == (post.modified, post.expires)
    assert () == post.warnings
    assert (None, None) == (odd.modified, odd.expires)
    assert ["_posts/2023-08-24-the-storm.md:2: lastmod:", "_posts/2023-08-24-the-storm.md:3: expires:"] == [
        " ".join(reason.split()[:2]) for reason in reasons(odd)
    ]


def test_a_time_that_the_clocks_skipped_is_read_and_noted() -> None:
    """frontmatter.md 13."""
    post = written("date: 2024-03-10 02:30\n")

    assert datetime(2024, 3, 10, 7, 30, tzinfo=UTC) == post.published
    assert 'date: "2024-03-10 02:30" does not exist in America/New_York' in reasons(post)[0]


def test_toml_dates() -> None:
    """frontmatter.md 54."""
    offset = parsed("+++\ndate = 2023-08-24T12:55:00-07:00\n+++\n", dialect=Plain(), path="a.md")
    local = parsed("+++\ndate = 2023-08-24T12:55:00\n+++\n", dialect=Plain(), path="a.md")
    day = parsed("+++\ndate = 2023-08-24\n+++\n", dialect=Plain(), path="a.md")

    assert datetime(2023, 8, 24, 19, 55, tzinfo=UTC) == offset.published
    assert datetime(2023, 8, 24, 16, 55, tzinfo=UTC) == local.published
    assert datetime(2023, 8, 24, 4, tzinfo=UTC) == day.published
    assert "a time without a date" in refused("+++\ndate = 12:55:00\n+++\n", dialect=Plain(), path="a.md").reason


# --- visibility ---------------------------------------------------------------------------------------------------


def test_a_quoted_no_hides_with_a_warning_and_a_plain_one_without() -> None:
    """frontmatter.md 20, 78."""
    quoted, plain = written('title: A\npublished: "false"\n'), written("title: A\npublished: false\n")

    assert (Visibility.DRAFT, Visibility.DRAFT) == (quoted.visibility, plain.visibility)
    assert [3] == [warning.line for warning in quoted.warnings]
    assert () == plain.warnings


def test_the_sites_defaults_may_hide_posts() -> None:
    """frontmatter.md 24."""
    dialect = Jekyll(defaults=(Defaults("", "posts", {"published": "false"}),))

    assert Visibility.DRAFT is written("title: A\n", dialect=dialect).visibility
    assert Visibility.PUBLIC is written("published: true\n", dialect=dialect).visibility


def test_a_killed_post_is_killed() -> None:
    assert Visibility.KILLED is written("status: killed\n").visibility


# --- text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["R&D <beta>", "Q&A: a < b & “c”"])
def test_a_title_survives_to_the_letter(title: str) -> None:
    """atom-72, jsonfeed-62."""
    assert title == written(f"title: '{title}'\n").title


def test_titles_that_look_like_something_else_are_text() -> None:
    """frontmatter.md 9."""
    assert ["No", "2023", "007", "12:30", "1.10"] == [
        written(f"title: {title}\n").title for title in ("No", "2023", "007", "12:30", "1.10")
    ]


def test_plain_takes_the_heading_for_a_title() -> None:
    assert "From the heading" == parsed("# From the *heading*\n", path="2023-08-24-x.md", dialect=Plain()).title
    assert "A storm" == parsed("text\n", path="2023-08-24-a-storm.md", dialect=Plain()).title


def test_a_file_without_front_matter_is_read_by_its_name() -> None:
    """frontmatter.md 6."""
    post = parsed("Just text\n")

    assert ("The Storm", "Just text\n") == (post.title, post.body)


def test_characters_that_xml_forbids_are_gone_from_the_body() -> None:
    assert "a\nb c" == written("title: A\n", body="a\r\nb\x0b\x00 c\ufffd").body


@pytest.mark.parametrize(
    ("fields", "body", "summary"),
    [
        ("", "\nOne *two* [x](/y).\n\nSECRET\n", "One two x."),
        ("excerpt_separator: <!--more-->\n", "One.\n\nTwo.\n<!--more-->\nSECRET\n", "One. Two."),
        ('excerpt_separator: "=cut="\n', "One =cut= SECRET\n\nSECRET\n", "One"),
        ('excerpt_separator: ""\n', "SECRET\n", ""),
        ("description: Mine\n", "SECRET\n\nSECRET\n", "Mine"),
        ("", "A note[^1].\n\nSECRET\n\n[^1]: SECRET\n", "A note"),
    ],
)
def test_an_author_who_gives_only_an_excerpt_gives_no_more(fields: str, body: str, summary: str) -> None:
    """frontmatter-23, frontmatter-35: as in jekyll-feed there is no content, and the excerpt is the summary."""
    post = written(f"feed:\n  excerpt_only: true\n{fields}", body=body)

    assert "" == post.body
    assert post.summary.startswith(summary)
    assert "SECRET" not in repr(post)


def test_a_heading_still_names_a_post_that_gives_only_an_excerpt() -> None:
    post = written(
        "feed: {excerpt_only: true}\n", body="# Storm\n\nOne.\n\nSECRET\n", dialect=Plain(), path="2023-08-24-a.md"
    )

    assert ("Storm", "One.") == (post.title, post.summary)


def test_an_image_without_leading_slash_is_where_the_dialect_says() -> None:
    """frontmatter-76, frontmatter-87."""
    fields = "featured-image:\n  path: img/x.jpg\n"
    site = Site(title="T", url="https://news.example.org/base/")

    assert ImageRef(url="https://news.example.org/base/img/x.jpg", file="img/x.jpg") == written(fields, site=site).image
    assert (
        ImageRef(url="https://news.example.org/base/trips/alps/img/x.jpg", file="trips/alps/img/x.jpg")
        == written(f"date: 2023-08-24\n{fields}", dialect=Plain(), path="trips/alps/index.md", site=site).image
    )


def test_terms_are_plain_text_and_addresses_are_the_sites() -> None:
    """atom-47; frontmatter-30: the page stands where Jekyll puts it."""
    post = written("category: Arts &amp; Letters\ntags: [<b>x</b>, C#]\n")

    assert (("Arts & Letters",), ("x", "C#")) == (post.categories, post.tags)
    assert "/arts%20&amp;%20letters/" in post.permalink


def test_html_files_are_html() -> None:
    assert Markup.HTML is parsed("<p>x</p>", path="_posts/2023-08-24-a.html").markup


@pytest.mark.parametrize(
    ("fields", "language", "warnings"),
    [("lang: en\n", "en", 0), ("locale: pt_BR\n", "pt-BR", 0), ("language: English!\n", "", 1), ("", "", 0)],
)
def test_languages(fields: str, language: str, warnings: int) -> None:
    post = written(fields)

    assert (language, warnings) == (post.language, len(post.warnings))


@pytest.mark.parametrize(
    ("fields", "given"),
    [
        ("id: urn:x:1\n", "urn:x:1"),
        ("guid: https://old.example.org/?p=12\n", "https://old.example.org/?p=12"),
        ("id: 1234\nuuid: 6f1c\n", "6f1c"),
        ("id: 12.5\n", ""),
        ("id: [a]\n", ""),
        ("id: true\n", ""),
        ("id: " + "x" * 1001 + "\n", ""),
        ("", ""),
    ],
)
def test_an_id_is_taken_only_when_it_is_text(fields: str, given: str) -> None:
    """frontmatter.md 75."""
    assert given == written(fields).given_id


# --- terms and addresses ------------------------------------------------------------------------------------------


def test_mapped_fields_come_along_sorted() -> None:
    rules = Rules(fields=FieldMap.of({"section": ["desk"], "place": ["geo.city", "city"], "nothing": ["x"]}))
    post = written("desk: [A, B]\ngeo: {city: Kyiv}\n", rules=rules)

    assert (("place", ("Kyiv",)), ("section", ("A", "B"))) == post.fields


def test_the_operator_may_say_where_terms_are() -> None:
    rules = Rules(fields=FieldMap.of({"category": ["section"], "tag": ["keywords"]}))
    post = written("category: X\nsection: News Desk\nkeywords: [a, b]\n", rules=rules)

    assert (("News Desk",), ("a", "b")) == (post.categories, post.tags)
    # Jekyll, which makes the page, knows nothing of it.
    assert "/x/2023/08/24/" in post.permalink


def test_slug_and_pattern() -> None:
    post = written("slug: Other One\n", rules=Rules(permalink="/n/:slug/"))

    assert "https://news.example.org/n/other-one/" == post.permalink


def test_an_unknown_placeholder_is_refused_with_its_line() -> None:
    error = refused("---\ntitle: A\npermalink: /:nope/\n---\n")

    assert (3, 'permalink: has the unknown placeholder ":nope"') == (error.line, error.reason)


def test_an_endless_address_is_refused() -> None:
    assert "2,000 characters" in refused("---\nslug: " + "x" * 3000 + "\n---\n").reason


@pytest.mark.parametrize(
    ("fields", "link", "warnings"),
    [
        ("link: https://e.org/a?b=c\n", "https://e.org/a?b=c", 0),
        ("external_url: /page\n", "https://news.example.org/page", 0),
        ("link: javascript:alert(1)\n", "", 1),
        ("link: [x]\n", "", 1),
        ("", "", 0),
    ],
)
def test_link_posts(fields: str, link: str, warnings: int) -> None:
    post = written(fields)

    assert (link, warnings) == (post.link, len(post.warnings))


def test_an_empty_front_matter_limit_is_obeyed() -> None:
    assert "longer than 10 bytes" in refused("---\ntitle: A storm\n---\n", rules=Rules(limit=10)).reason


def test_a_name_that_is_not_utf_8_breaks_nothing() -> None:
    post = parsed("---\n---\n", path="_posts/2023-08-24-caf\udce9.md")

    assert ("Caf", "https://news.example.org/2023/08/24/caf.html") == (post.title, post.permalink)


# --- anything at all ----------------------------------------------------------------------------------------------

_NAMES = st.sampled_from(
    ["title", "date", "published", "draft", "status", "permalink", "slug", "category", "categories", "tags", "author",
     "author-title", "featured-image", "image", "lang", "id", "link", "description", "expires", "lastmod", "feed"]
)  # fmt: skip
_VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["[a, {b: c}]", "{path: x, name: y}", "2023-08-24", "9999-12-31 23:59", "//x", "a\\b", ":title", "~"]
    ),
    st.text(alphabet="[]{}:,'\"&*!|>%@`-# \n<>", max_size=12),
)


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.tuples(_NAMES, _VALUES), max_size=5).map(
            lambda fields: ("---\n" + "".join(f"{name}: {value}\n" for name, value in fields) + "---\nBody\n").encode(
                "utf-8", "surrogatepass"
            )
        ),
        st.dictionaries(_NAMES, st.one_of(_VALUES, st.integers(), st.booleans(), st.none()), max_size=5).map(
            lambda fields: json.dumps(fields).encode() + b"\nBody"
        ),
    ),
    st.sampled_from([Jekyll(), Plain()]),
)
def test_whatever_the_bytes_only_a_post_or_a_post_error_comes_out(data: bytes, dialect: Dialect) -> None:
    with suppress(PostError):
        post = parsed(data, dialect=dialect)
        _assert_clean(post)
        assert post.title
        assert post.permalink.startswith(SITE.url)
        assert all(warning.isprintable() for warning in reasons(post))


@pytest.mark.parametrize(
    ("fields", "body", "dialect", "expected"),
    [
        ("title: A\n", "{{ x }}", Jekyll(), "liquid"),
        ("title: A\n", "no templates", Jekyll(), "off"),
        ("title: A\nrender_with_liquid: false\n", "{{ x }}", Jekyll(), "off"),
        ("title: A\nrender_with_liquid: true\n", "{% x %}", Jekyll(), "liquid"),
        ("title: A\ntemplateEngineOverride: md\n", "{{ x }}", Jekyll(), "liquid"),
        ("title: A\nrender_with_liquid: false\n", "{{ x }}", Plain(), "none"),
    ],
)
def test_a_post_says_whether_its_body_has_templates(fields: str, body: str, dialect: Dialect, expected: str) -> None:
    """frontmatter-40, -71"""
    assert expected == written(fields, body, dialect=dialect).templates.kind


def test_templates_know_the_post_and_the_sites_own_configuration() -> None:
    post = written(
        "title: A\ncategory: News\nx: '1'\n", "\n{{ page.x }}", rules=Rules(site_values={"name": "The Site"})
    )

    assert ("The Site", "The Example") == (post.templates.site["name"], post.templates.site["title"])
    assert ("A", ["News"], "1") == tuple(post.templates.page[name] for name in ("title", "categories", "x"))
    assert (6, post.permalink, "America/New_York") == (
        post.templates.line,
        post.templates.permalink,
        post.templates.zone,
    )


def test_references_to_other_posts_are_remembered_with_a_post() -> None:
    """frontmatter-39"""
    file = SourceFile(
        path="_posts/2023-08-24-a.md", version="1", data=b"---\ntitle: A\n---\n{% post_url 2023-01-02-b %}"
    )

    skim = skim_post(file, Jekyll(), SITE, Rules())

    assert (("language", ("en",)), ("refers to", ("2023-01-02-b",))) == skim.terms


@pytest.mark.parametrize("field", ["excerpt", "description", "summary"])
@pytest.mark.parametrize(
    ("dialect", "path", "fields"),
    [
        (Jekyll(), "_posts/2020-01-01-a.md", ""),
        (Eleventy(), "posts/a.md", "date: 2020-01-01\ntags: post\n"),
        (Plain(), "a.md", "date: 2020-01-01\n"),
    ],
)
def test_marks_of_markdown_in_a_written_summary_reach_no_reader(
    dialect: Dialect, path: str, fields: str, field: str
) -> None:
    """frontmatter-36, frontmatter-57, frontmatter-74."""
    rules = Rules(fields=FieldMap.of(dict(dialect.fields)))
    post = written(
        f"{fields}{field}: '**Bold** words, 2 * 3 * 4, snake_case_name'\n", path=path, dialect=dialect, rules=rules
    )

    assert "Bold words, 2 * 3 * 4, snake_case_name" == post.summary


# --- counts for dates, and addresses without .html ----------------------------------------------------------------

DATES = [
    pytest.param(Jekyll(), "_posts/2020-01-01-a.md", "date: {}\n", id="jekyll"),
    pytest.param(Hugo(), "content/a.md", "date: {}\n", id="hugo"),
    pytest.param(Eleventy(), "posts/a.md", "date: {}\ntags: post\n", id="eleventy"),
    pytest.param(Plain(), "a.md", "date: {}\n", id="plain"),
]


@pytest.mark.parametrize(("dialect", "path", "fields"), DATES)
@pytest.mark.parametrize("written_as", ["1697328000", '"1697328000"'])
def test_a_count_is_a_date_where_the_operator_says_what_it_counts(
    dialect: Dialect, path: str, fields: str, written_as: str
) -> None:
    """frontmatter-11: refused otherwise, with the setting that would read it."""
    text = fields.format(written_as)

    error = refused(f"---\n{text}---\nx", path=path, dialect=dialect)
    assert 'set [source] epoch = "seconds"' in error.remedy
    assert 2 == error.line
    assert datetime(2023, 10, 15, tzinfo=UTC) == written(text, path=path, dialect=dialect, rules=SECONDS).published
    with pytest.raises(PostError):
        written(text, path=path, dialect=dialect, rules=Rules(epoch="milliseconds"))


@pytest.mark.parametrize("dialect", [Jekyll(), Plain(), Eleventy()])
def test_a_count_goes_behind_what_the_generator_reads_itself(dialect: Dialect) -> None:
    """frontmatter-11: eight digits are a day to Ruby and in ISO 8601."""
    post = written("date: 20231015\ntags: post\n", path="_posts/2020-01-01-a.md", dialect=dialect, rules=SECONDS)

    assert "2023-10-15" == f"{(post.published or datetime.min).astimezone(ZoneInfo(ZONES[dialect.name])):%Y-%m-%d}"


def test_counts_date_changes_and_ends_too() -> None:
    """frontmatter-11, frontmatter-37."""
    post = written("lastmod: 1697328000\nexpires: '1697414400'\n", rules=SECONDS)

    assert (datetime(2023, 10, 15, tzinfo=UTC), datetime(2023, 10, 16, tzinfo=UTC)) == (post.modified, post.expires)


@pytest.mark.parametrize(
    ("dialect", "path", "fields", "expected"),
    [
        (Jekyll(), "_posts/2023-08-24-a.md", "", "2023/08/24/a"),
        (Jekyll(), "_posts/2023-08-24-a.md", "permalink: /x/index.html\n", "x/"),
        (Jekyll(), "_posts/2023-08-24-a.md", "permalink: /index.html\n", ""),
        (Jekyll(), "_posts/2023-08-24-a.md", "permalink: /my-index.html\n", "my-index"),
        (Jekyll(), "_posts/2023-08-24-a.md", "permalink: /x/.html\n", "x/.html"),
        (Jekyll(), "_posts/2023-08-24-a.md", "permalink: /x/\n", "x/"),
        (Hugo(), "content/a.md", "date: 2023-08-24\nurl: /x/y.html\n", "x/y"),
        (Eleventy(), "posts/a.md", "date: 2023-08-24\ntags: post\npermalink: x/y.html\n", "x/y"),
        (Plain(), "a.md", "date: 2023-08-24\npermalink: /x/y.html\n", "x/y"),
    ],
)
def test_html_can_be_dropped_from_every_address_and_no_id_moves(
    dialect: Dialect, path: str, fields: str, expected: str
) -> None:
    """frontmatter-33."""
    file = SourceFile(path=path, version="1", data=f"---\n{fields}---\nx".encode())
    kept, dropped = (
        record_of(skim_post(file, dialect, SITE, rules), "1", SITE.url)
        for rules in (Rules(), Rules(html_suffix="drop"))
    )

    assert SITE.url + expected == parse_post(file, dialect, SITE, Rules(html_suffix="drop")).permalink
    assert kept == dropped
