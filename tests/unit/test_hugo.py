"""Hugo's rules one by one, without a site on disk; whole sites are compared in tests/integration/test_hugo_site.py."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.dialects import hugosite
from syndicator.dialects.globs import matches
from syndicator.dialects.hugo import Hugo
from syndicator.dialects.hugoaddresses import Addresses
from syndicator.dialects.hugopaths import Parts, PathRules, encoded, expand
from syndicator.dialects.hugoplaces import Language
from syndicator.errors import PostError, SyndicatorError
from syndicator.ledger import record_of
from syndicator.markup.flavour import of_hugo
from syndicator.model import Person, Post, PostState, Site, SourceFile, Visibility
from syndicator.ports import Configured, PostFacts
from syndicator.posts.fields import FieldMap
from syndicator.posts.frontmatter import split
from syndicator.posts.parse import parse_post
from syndicator.posts.rules import Rules
from syndicator.posts.skim import skim_post

PLAIN = Hugo()
PATH = PurePosixPath("content/posts/a.md")
BERLIN = ZoneInfo("Europe/Berlin")
DATE = datetime(2023, 8, 24, 12, 55, 7, tzinfo=BERLIN)
TWO = (Language(code="en", tag="en-GB", folder="content"), Language(code="fr", tag="fr", folder="content/fr"))


class Files:
    """A site in memory."""

    def __init__(self, files: dict[str, bytes | str]) -> None:
        self.files = {path: said.encode() if isinstance(said, str) else said for path, said in files.items()}

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def names(self, folder: str) -> tuple[str, ...]:
        below = {path[len(folder) + 1 :] for path in self.files if path.startswith(f"{folder}/")}
        return tuple(sorted({name.partition("/")[0] + "/" * ("/" in name) for name in below}))

    def find(self, folder: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
        return tuple(sorted(p for p in self.files if p.startswith(f"{folder}/") and fits(p.rpartition("/")[2])))


def configured(text: str | bytes, name: str = "hugo.toml", **more: str) -> Configured:
    return hugosite.configure(Files({name: text, **more}))


def dialect(text: str, **more: str) -> Hugo:
    found = hugosite.configure(Files({"hugo.toml": text, **more})).dialect
    assert isinstance(found, Hugo)
    return found


def post(text: str, path: str = "content/posts/a.md", rules: Hugo = PLAIN, beside: tuple[str, ...] = ()) -> Post:
    return parse_post(
        SourceFile(path=path, version="v", data=text.encode(), beside=beside),
        rules,
        Site(title="t", url="https://example.org/", timezone="Europe/Berlin"),
        Rules(fields=FieldMap.of(rules.fields)),
    )


def front(lines: str) -> Post:
    return post(f"---\n{lines}\n---\nA body.\n")


# --- which files are posts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "is_post"),
    [
        ("a.md", True),
        ("a.MD", True),
        ("a.markdown", True),
        ("a.html", True),
        ("_a.md", True),
        ("index.md", True),
        ("a.org", True),
        ("a.adoc", True),
        ("_index.md", False),
        ("_index.fr.md", False),
        ("_index.html", False),
        (".a.md", False),
        ("#a.md", False),
        ("a.md~", False),
        ("a.txt", False),
        ("cover.jpg", False),
        ("_content.gotmpl", False),
    ],
)
def test_pages_are_posts_and_those_of_sections_are_none(name: str, is_post: bool) -> None:
    """frontmatter-48."""
    names = PLAIN.posts_in(PurePosixPath("content/posts"))

    assert names is not None
    assert is_post is names(name)


@pytest.mark.parametrize("folder", ["", "static", "themes/a/content", "public", "contents"])
def test_outside_of_the_content_folder_there_are_no_posts(folder: str) -> None:
    """frontmatter-48."""
    assert PLAIN.posts_in(PurePosixPath(folder)) is None


def test_only_content_folders_are_gone_into() -> None:
    """frontmatter-48, 62: also those of languages, and not the hidden ones."""
    rules = dialect('contentDir = "src/pages"\n[languages.fr]\ncontentDir = "seiten"\n[languages.en]\n')

    assert ["src", "src/pages", "src/pages/a", "seiten/b"] == [
        folder
        for folder in (
            "src",
            "src/pages",
            "src/pages/a",
            "seiten/b",
            "src/other",
            "content",
            "src/pages/.git",
            "static",
        )
        if rules.enters(PurePosixPath(folder))
    ]


@pytest.mark.parametrize(
    ("names", "posts"),
    [
        ({"index.md", "b.md", "cover.jpg"}, ["index.md"]),
        ({"Index.MD", "b.md"}, ["Index.MD"]),
        ({"index.html", "b.md"}, ["index.html"]),
        ({"index.fr.md", "b.fr.md"}, ["index.fr.md"]),
        ({"index.it.md", "b.md"}, None),
        ({"_index.md", "b.md"}, None),
        ({"index.txt", "b.md"}, None),
    ],
)
def test_a_folder_with_an_index_is_one_post(names: set[str], posts: list[str] | None) -> None:
    """frontmatter-48, 62, 81; a language that the site has not is a part of the name."""
    found = Hugo(languages=TWO).bundle(PurePosixPath("content/posts/a"), names)

    assert posts == (None if found is None else sorted(filter(found, names)))


def test_the_content_folder_itself_is_no_bundle() -> None:
    """frontmatter-48."""
    assert PLAIN.bundle(PurePosixPath("content"), {"index.md", "a.md"}) is None


def test_ignored_files_are_no_posts_and_expressions_that_are_not_plain_are_reported() -> None:
    """``ignoreFiles`` is a list of expressions: none that could take for ever is run."""
    found = configured("ignoreFiles = ['\\.ignored\\.md$', '^content/posts/old', '(a+)+$']\n")
    names = found.dialect.posts_in(PurePosixPath("content/posts"))

    assert names is not None
    assert ["a.md"] == [name for name in ("a.md", "b.ignored.md", "older.md") if names(name)]
    assert ["ignoreFiles"] == [warning.reason.partition(":")[0] for warning in found.warnings]


@pytest.mark.parametrize("ending", ["adoc", "rst", "pandoc"])
def test_a_format_that_is_not_read_is_refused_by_name(ending: str) -> None:
    """Nothing is lost silently."""
    with pytest.raises(PostError, match=rf"format of \.{ending}"):
        post("= Title\n", f"content/a.{ending}")


def test_org_front_matter_is_refused() -> None:
    """frontmatter-4."""
    with pytest.raises(PostError, match="Org mode"):
        post("#+TITLE: a\n#+DATE: 2023-01-01\n", "content/a.org")


# --- dates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "published"),
    [
        ("date: 2023-08-24", "2023-08-23T22:00"),
        ("date: 2023-08-24 12:55", "2023-08-24T10:55"),
        ("date: 2023-08-24 12:55:00", "2023-08-24T10:55"),
        ("date: 2023-08-24T12:55:00Z", "2023-08-24T12:55"),
        ("date: 2023-08-24T12:55:00-0700", "2023-08-24T19:55"),
        ('date: "2023-08-24"', "2023-08-23T22:00"),
        ("date: 24 Aug 2023", "2023-08-23T22:00"),
        ("pubDate: 2023-08-24", "2023-08-23T22:00"),
        ("published: 2023-08-24", "2023-08-23T22:00"),
        ("lastmod: 2023-08-24", "2023-08-23T22:00"),
        ("date: 2022-01-01\nPublishDate: 2023-08-24", "2023-08-23T22:00"),
        ("date: 2023-08-24\npublished: true", "2023-08-23T22:00"),
        ('date: 2023-08-24\npublished: ""', "2023-08-23T22:00"),
        ("date: 0001-01-01T00:00:00Z\nlastmod: 2023-08-24", "2023-08-23T22:00"),
    ],
)
def test_a_date_is_what_hugo_takes_it_for(lines: str, published: str) -> None:
    """frontmatter-50, 51, 53, 77. Without seconds Hugo refuses what is read here."""
    assert datetime.fromisoformat(published).replace(tzinfo=UTC) == front(lines).published


def test_a_local_time_of_toml_is_no_date() -> None:
    """frontmatter-54."""
    with pytest.raises(PostError, match="a time without a date"):
        post("+++\ndate = 12:30:00\n+++\n")


def test_a_date_that_cannot_be_read_is_refused_at_its_line_whatever_its_case() -> None:
    """It may be an embargo."""
    with pytest.raises(PostError) as caught:
        front("title: a\nPublishDate: soon\ndate: 2023-01-01")

    assert "content/posts/a.md:3" == caught.value.place


def test_dates_below_params_are_none_of_hugos() -> None:
    """frontmatter-52: so are addresses there, but terms are."""
    found = front("date: 2023-01-02\nparams:\n  publishDate: 2029-01-01\n  slug: no\n  url: /no/\n  tags: [yes1]")

    assert ("https://example.org/posts/a/", ("yes1",)) == (found.permalink, found.tags)
    assert datetime(2023, 1, 1, 23, tzinfo=UTC) == found.published


@pytest.mark.parametrize(
    ("tokens", "name", "lines", "published", "address"),
    [
        ('[":filename", ":default"]', "2023-08-24-storm", "", "2023-08-23T22:00", "storm/"),
        ('[":filename", ":default"]', "2023-08-24-10-11-12-storm", "", "2023-08-24T08:11:12", "storm/"),
        ('[":filename", ":default"]', "2023-08-24", "", "2023-08-23T22:00", "2023-08-24/"),
        ('[":default", ":filename"]', "2023-08-24-storm", "date: 2023-01-02", "2023-01-01T23:00", "2023-08-24-storm/"),
        ('[":filename", ":default"]', "2023-08-24-storm", "slug: own", "2023-08-23T22:00", "own/"),
        ('["written", ":default"]', "a", "date: 2023-01-02\nWritten: 2023-01-03", "2023-01-01T23:00", "a/"),
        ('["written", ":default"]', "a", "written: 2023-01-03", "2023-01-02T23:00", "a/"),
        ('publishDate = [":filename"]', "2023-08-24-storm", "date: 2023-01-02", "2023-08-23T22:00", "storm/"),
        ('publishDate = "pubDate"', "a", "pubdate: 2023-08-24\ndate: 2023-01-02", "2023-08-23T22:00", "a/"),
    ],
)
def test_the_sites_own_tokens_say_where_dates_are(
    tokens: str, name: str, lines: str, published: str, address: str
) -> None:
    """frontmatter-51: the rest of a name is the slug only where its date counts. The date of publication is taken from
    ``date`` first, whatever else the site puts before that.
    """
    rules = dialect(f"[frontmatter]\n{tokens if '=' in tokens else f'date = {tokens}'}\n")

    found = post(f"---\n{lines}\n---\n", f"content/{name}.md", rules)

    assert datetime.fromisoformat(published).replace(tzinfo=UTC) == found.published
    assert f"https://example.org/{address}" == found.permalink


def test_tokens_that_cannot_be_had_are_reported() -> None:
    """frontmatter-51: no date is taken from a checkout."""
    found = configured('[frontmatter]\ndate = [":fileModTime", ":default"]\nlastmod = [":git", "reviewed"]\n')

    assert ["frontmatter.date: :filemodtime", "frontmatter.lastmod: :git"] == [
        warning.reason.partition(" is passed over")[0] for warning in found.warnings
    ]
    assert ("reviewed",) == found.dialect.fields["modified"]


# --- what is hidden -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        ("draft: true", "draft: true"),
        ("Draft: TRUE", "draft: TRUE"),
        ('draft: "yes"', "draft: yes"),
        ("published: false", "published: false"),
        ("published: no", "published: no"),
        ("headless: true", "headless: true"),
        ("build:\n  list: never", "build.list: never"),
        ("build:\n  list: local", "build.list: local"),
        ("build:\n  list: false", "build.list: false"),
        ("build:\n  Render: Never", "build.render: never"),
        ("_build:\n  render: false", "_build.render: false"),
    ],
)
def test_what_hugo_hides_is_hidden(lines: str, rule: str) -> None:
    """frontmatter-49, 50, 78."""
    data, _ = PLAIN.complete(PATH, split("a.md", f"---\n{lines}\n---\n".encode()).data)

    assert (Visibility.DRAFT, rule) == PLAIN.visibility(PATH, data)
    assert Visibility.DRAFT is front(f"date: 2023-01-01\n{lines}").visibility


@pytest.mark.parametrize(
    "lines",
    ["draft: false", "headless: false", "build:\n  list: always\n  render: link", "build: all", "published: true"],
)
def test_what_hugo_shows_is_shown(lines: str) -> None:
    """frontmatter-49, 50, 78."""
    assert Visibility.PUBLIC is front(f"date: 2023-01-01\n{lines}").visibility


def test_a_post_is_shown_from_its_publish_date_until_it_expires() -> None:
    """frontmatter-49, 78: to the second, whatever ``date`` says."""
    skim = skim_post(
        SourceFile(
            path="content/a.md",
            version="v",
            data=b"---\ndate: 2030-01-01\npublishDate: 2023-01-01 12:00Z\nunpublishDate: 2023-01-02 12:00Z\n---\n",
        ),
        PLAIN,
        Site(title="t", url="https://example.org/"),
        Rules(fields=FieldMap.of(PLAIN.fields)),
    )
    record = record_of(skim, "v", "https://example.org/")
    noon, second = datetime(2023, 1, 1, 12, tzinfo=UTC), timedelta(seconds=1)

    assert [PostState.EMBARGOED, PostState.LIVE, PostState.LIVE, PostState.EXPIRED] == [
        record.first_state(now)
        for now in (noon - second, noon, noon + timedelta(days=1) - second, noon + timedelta(days=1))
    ]


@pytest.mark.parametrize(("path", "warned"), [("content/about.md", False), ("content/docs/about.md", True)])
def test_what_has_no_date_is_a_page(path: str, warned: bool) -> None:
    """Hugo gives it the year 1; in a section that may be a mistake, so it is said."""
    found = post("---\ntitle: About\n---\n", path)

    assert Visibility.DRAFT is found.visibility
    assert warned is bool(found.warnings)


def test_switches_that_would_show_what_is_not_public_are_not_followed() -> None:
    """Drafts never leak, and the operator is told."""
    found = configured("buildDrafts = true\nbuildFuture = true\nbuildExpired = true\nenableGitInfo = true\n")

    assert ["buildDrafts", "buildFuture", "buildExpired", "enableGitInfo"] == [
        warning.reason.partition(":")[0] for warning in found.warnings
    ]
    assert Visibility.DRAFT is post("---\ndate: 2023-01-01\ndraft: true\n---\n").visibility


# --- cascades -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "path", "fits"),
    [
        ("path = '/posts/**'", "content/posts/a.md", True),
        ("path = '/posts/**'", "content/posts/b/c/index.md", True),
        ("path = '/posts/*'", "content/posts/b/c.md", False),
        ("path = '{/Posts/A,/x}'", "content/posts/a.md", True),
        ("path = '/posts/b*'", "content/posts/a.md", False),
        ("path = '/news/**'", "content/posts/a.md", False),
        ("kind = 'page'", "content/posts/a.md", True),
        ("kind = '{page,section}'", "content/posts/a.md", True),
        ("kind = 'section'", "content/posts/a.md", False),
        ("lang = 'fr'", "content/posts/a.md", False),
        ("lang = '{en,fr}'", "content/posts/a.fr.md", True),
        ("environment = 'production'", "content/posts/a.md", True),
    ],
)
def test_a_cascade_is_for_the_pages_that_its_target_names(target: str, path: str, fits: bool) -> None:
    """frontmatter-52, in the configuration and under its old name too."""
    rules = dialect(f"[languages.en]\n[languages.fr]\n[[cascade]]\ndraft = true\n[cascade._target]\n{target}\n")
    data, _ = rules.complete(PurePosixPath(path), {"title": "a"})

    assert fits is ("draft" in data)


def test_the_nearest_word_counts_and_params_are_put_together() -> None:
    """frontmatter-52."""
    rules = dialect(
        "[cascade]\nlayout = 'site'\nauthor = 'site'\n",
        **{
            "content/_index.md": "---\ncascade:\n  author: home\n  params: {a: home, b: home}\n---\n",
            "content/posts/_index.md": "---\ncascade:\n- params: {b: posts}\n  tags: [x]\n- params: {c: posts}\n---\n",
        },
    )
    data, _ = rules.complete(PATH, {"tags": ["own"]})

    assert {"tags": ["own"], "author": "home", "layout": "site", "a": "home", "b": "posts", "c": "posts"} == {
        key: value for key, value in data.items() if key != "params"
    }


# --- languages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "language", "permalink"),
    [
        ("content/posts/a.md", "en-GB", "posts/a/"),
        ("content/posts/a.en.md", "en-GB", "posts/a/"),
        ("content/posts/a.fr.md", "fr", "fr/posts/a/"),
        ("content/posts/a.FR.md", "fr", "fr/posts/a/"),
        ("content/posts/a.it.md", "en-GB", "posts/a.it/"),
        ("content/fr/posts/a.md", "fr", "fr/posts/a/"),
        ("content/fr/b/index.md", "fr", "fr/b/"),
        ("content/b/index.fr.md", "fr", "fr/b/"),
    ],
)
def test_a_language_is_in_the_name_or_the_folder(path: str, language: str, permalink: str) -> None:
    """frontmatter-62."""
    found = post("---\ndate: 2023-01-01\n---\n", path, Hugo(languages=TWO))

    assert (language, f"https://example.org/{permalink}") == (found.language, found.permalink)


def test_languages_come_from_the_configuration_whatever_they_are_called_in_it() -> None:
    """frontmatter-62: the default one first; one that is switched off is a part of names."""
    rules = dialect(
        'defaultContentLanguage = "FR"\n[languages.en]\nlanguageCode = "en-US"\n'
        '[languages.fr]\nlocale = "fr-CA"\n[languages.de]\ndisabled = true\n'
    )

    assert [("fr", "fr-CA"), ("en", "en-US")] == [(language.code, language.tag) for language in rules.languages]


# --- addresses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "address"),
    [
        ("/:year/:month/:day/:slug/", "2023/08/24/a-title/"),
        ("/:section/:title", "news/a-title/"),
        ("/:sections/:filename/", "news/world/asia/a-file/"),
        ("/:sections[0]/:contentbasename", "news/a-file/"),
        ("/:sections[1:]/x", "world/asia/x/"),
        ("/:sections[:1]/x", "news/x/"),
        ("/:sections[last]/x", "asia/x/"),
        ("/:sections[1:last]/x", "world/x/"),
        ("/:sections[9]/x", "x/"),
        ("/:sections[9:]/x", "x/"),
        ("/:sectionslugs[1:]/x", "all-the-world/asia/x/"),
        ("/:sectionslug/:slugorfilename", "news/a-file/"),
        ("/:weekday/:weekdayname/:monthname/:yearday", "4/thursday/august/236/"),
        ("/:2006/:01/:02/:Jan/:06", "2023/08/24/aug/23/"),
        (r"/a\:b/:slugorcontentbasename", "ab/a-file/"),
        ("no/tokens", "no/tokens/"),
        ("../../:slug", "a-title/"),
    ],
)
def test_tokens_of_a_pattern_are_filled_in(pattern: str, address: str) -> None:
    """frontmatter-55."""
    parts = Parts(
        date=DATE, title="A Title!", slug="", name="A file", sections=("news", "world", "asia"),
        titles=("news", "All the World", "asia"),
    )  # fmt: skip

    assert address == encoded(PathRules().urlized(expand(pattern, parts)).strip("/") + "/")


@pytest.mark.parametrize("pattern", ["/:nothing/", "/:Year/", "/:sectionsx[1]"])
def test_a_token_that_does_not_exist_refuses_the_post(pattern: str) -> None:
    """frontmatter-55."""
    rules = Hugo(addresses=Addresses(permalinks=(("**", pattern),)))

    with pytest.raises(PostError, match="unknown token"):
        post("---\ndate: 2023-01-01\n---\n", rules=rules)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("C++ & Rust!", "c++-rust"),
        ("Ünïcödé", "ünïcödé"),
        ("日本語", "日本語"),
        ("a--b", "a--b"),
        ("a  -  b", "a-b"),
        (" a ", "a"),
        ("50% off 100%25", "50-off-100%25"),
        ("what's up?", "whats-up"),
        ("a.b_c~d@e#f", "a.b_c~d@e#f"),
        ("x²", "x"),
        ("", ""),
    ],
)
def test_text_becomes_a_part_of_an_address(text: str, part: str) -> None:
    """frontmatter-55, 80."""
    assert part == PathRules().urlized(text)


def test_accents_and_capitals_are_as_the_site_wants_them() -> None:
    """frontmatter-55, 80."""
    assert "Unicode-Nandu" == PathRules(lower=False, accents=False).urlized("Ünïcode Ñandú")


@pytest.mark.parametrize(
    ("text", "section", "pattern"),
    [
        ("[permalinks]\nposts = '/a/:slug/'\n", "posts", "/a/:slug/"),
        ("[permalinks.page]\nposts = '/b/:slug/'\n", "posts", "/b/:slug/"),
        ("[permalinks]\nposts = '/a/'\n'posts/deep' = '/c/'\n", "posts/deep", "/c/"),
        ("[permalinks.section]\nposts = '/b/'\n", "posts", ""),
        ("[[permalinks]]\npattern = '/d/'\n[permalinks.target]\nkind = 'page'\npath = '/posts/**'\n", "posts", "/d/"),
        ("[[permalinks]]\npattern = '/d/'\n[permalinks.target]\nkind = 'term'\n", "posts", ""),
        ("permalinks = 'x'\n", "posts", ""),
    ],
)
def test_patterns_of_sections_are_in_several_forms(text: str, section: str, pattern: str) -> None:
    """frontmatter-55."""
    found = dialect(text).addresses.permalinks

    assert pattern == next((one for glob, one in found if matches(f"/{section}/a", glob)), "")


def test_a_pattern_of_the_root_is_for_the_pages_there() -> None:
    """frontmatter-55."""
    rules = dialect("[permalinks]\n'/' = '/x/:filename/'\n")
    dated = "---\ndate: 2023-01-01\n---\n"

    assert "https://example.org/x/a/" == post(dated, "content/a.md", rules).permalink
    assert "https://example.org/b/a/" == post(dated, "content/b/a.md", rules).permalink


def test_pages_are_files_in_the_sections_that_say_so() -> None:
    """frontmatter-55: ``uglyURLs`` may be a table."""
    rules = dialect("[uglyURLs]\nposts = true\nnews = false\n")
    dated = "---\ndate: 2023-01-01\n---\n"

    assert "https://example.org/posts/a.html" == post(dated, "content/posts/a.md", rules).permalink
    assert "https://example.org/news/a/" == post(dated, "content/news/a.md", rules).permalink


@pytest.mark.parametrize("url", ["https://elsewhere.org/a", "HTTP://x"])
def test_an_address_with_a_host_is_refused(url: str) -> None:
    """frontmatter-55."""
    with pytest.raises(PostError, match="an address with a host"):
        front(f"date: 2023-01-01\nurl: {url}")


def test_old_addresses_are_no_posts_and_change_nothing() -> None:
    """frontmatter-56."""
    assert front("date: 2023-01-01").permalink == front("date: 2023-01-01\naliases: [/old/, older]").permalink


def test_the_operators_pattern_beats_the_sites() -> None:
    """[source] permalink."""
    rules = Hugo(addresses=Addresses(permalinks=(("**", "/site/:slug/"),)))

    assert "ours/a/" == rules.permalink(
        "/ours/:filename/",
        PostFacts(path=PATH, data={}, slug="a", categories=(), published=DATE.astimezone(UTC), zone=BERLIN),
    )


# --- text, terms, images ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "body", "summary"),
    [
        ("summary: no\ndescription: no", "Before *it*.\n\n<!--more-->\n\nAfter.", "Before it."),
        ("access: members", "A SECRET.\n\n<!--more-->\n\nAfter.", ""),
        ("access: members\nsummary: A teaser.", "A SECRET.\n\n<!--more-->\n\nAfter.", "A teaser."),
        ("summary: no", "Half a line <!-- more --> and more.", "Half a line"),
        ("summary: Its *own*.\ndescription: no", "A body.", "Its own."),
        ("description: That *one*.", "A body.", "That *one*."),
        ("title: a", "A body.", ""),
    ],
)
def test_a_divider_beats_a_summary_and_that_a_description(lines: str, body: str, summary: str) -> None:
    """frontmatter-57: only the summary is Markdown. Where there is none, entries make one."""
    assert summary == post(f"---\ndate: 2023-01-01\n{lines}\n---\n{body}\n").summary


@pytest.mark.parametrize(
    ("lines", "categories", "tags"),
    [
        ("categories: Long Reads\ntags: [a, B]", ("Long Reads",), ("a", "B")),
        ("tags: one, two", (), ("one, two")),
        ("category: no\ntag: no", (), ()),
        ("Tags: [2023, no, 1.10]", (), ("2023", "no", "1.10")),
    ],
)
def test_terms_are_lists_or_one_text(lines: str, categories: tuple[str, ...], tags: tuple[str, ...]) -> None:
    """frontmatter-58, 79."""
    found = front(f"date: 2023-01-01\n{lines}")

    assert (categories, tags if isinstance(tags, tuple) else (tags,)) == (found.categories, found.tags)


def test_taxonomies_may_have_other_names() -> None:
    """frontmatter-58."""
    rules = dialect('[taxonomies]\ncategory = "rubriken"\ntag = "Schlagworte"\n')

    assert (("a",), ("b",)) == rules.terms(PATH, {"rubriken": ["a"], "schlagworte": ["b"], "tags": ["c"]})


@pytest.mark.parametrize(
    ("path", "lines", "url", "file"),
    [
        ("content/a/index.md", "images: [x.jpg]", "a/x.jpg", "content/a/x.jpg"),
        ("content/a/index.md", "cover: {image: img/x.jpg, alt: A}", "a/img/x.jpg", "content/a/img/x.jpg"),
        ("content/a.md", "images: [x.jpg]", "x.jpg", "x.jpg"),
        ("content/a.md", "featured_image: /img/x.jpg", "img/x.jpg", "img/x.jpg"),
        ("content/a/index.md", "params: {featuredImage: /x.jpg}", "x.jpg", "x.jpg"),
    ],
)
def test_images_are_beside_a_bundle_or_in_the_folders_of_the_site(path: str, lines: str, url: str, file: str) -> None:
    """frontmatter-74, 76, 81."""
    image = post(f"---\ndate: 2023-01-01\n{lines}\n---\n", path, beside=("x.jpg",)).image

    assert image is not None
    assert (f"https://example.org/{url}", file) == (image.url, image.file)


def test_images_of_a_bundle_that_is_a_file_are_in_its_folder() -> None:
    """frontmatter-76: Hugo puts them there with ``uglyURLs`` too."""
    rules = Hugo(addresses=Addresses(ugly=True))

    image = post("---\ndate: 2023-01-01\nimages: [x.jpg]\n---\n", "content/a/index.md", rules, ("x.jpg",)).image

    assert image is not None
    assert "https://example.org/a/x.jpg" == image.url


def test_folders_of_images_come_from_the_configuration() -> None:
    """frontmatter-76: none of them lies outside of the site."""
    rules = dialect('staticDir = ["static", "more", "../out"]\nassetDir = "/etc"\n')

    assert ("", "static", "more", "etc", "content") == rules.image_folders


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ("a\n\n<!--more-->\n\nb", "a\n\n"),
        ("one two\n\nthree four\n\nfive", "one two\n\nthree four"),
        ("one\ntwo three four\n \nfive", "one\ntwo three four"),
        ("one two three four five", "one two three four five"),
        ("one", "one"),
        ("", ""),
    ],
)
def test_an_excerpt_ends_at_the_divider_or_after_enough_words(body: str, part: str) -> None:
    """frontmatter-57: by ``summaryLength``."""
    rules = dialect("summaryLength = 3\n")

    assert part == rules.excerpt(body)
    assert "x" == rules.excerpt("x=cut=y", "=cut=")


@pytest.mark.parametrize("length", ["-3", "'many'", "999999999"])
def test_a_length_that_is_none_is_hugos_own(length: str) -> None:
    """frontmatter-57."""
    assert 70 == Hugo().summary_length == dialect(f"summaryLength = {length}\n").summary_length


def test_a_post_without_a_title_has_its_name() -> None:
    assert "A great storm" == PLAIN.untitled(PurePosixPath("content/a-great_storm/index.md"), "# No")


# --- the configuration --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hugo.toml", 'title = "T"\nbaseURL = "https://example.org/a"\nlanguageCode = "en-us"\n[author]\nname = "N"\n'),
        ("config.yaml", "Title: T\nBASEURL: https://example.org/a/\nlanguageCode: en-us\nparams: {author: N}\n"),
        ("hugo.yml", "title: T\nbaseurl: https://example.org/a/\nlocale: en-us\nparams: {author: {name: N}}\n"),
        ("config.json", '{"title": "T", "baseURL": "https://example.org/a", "languageCode": "en-us", "author": "N"}'),
        (
            "config/_default/hugo.toml",
            'title = "T"\nbaseURL = "https://example.org/a"\n[languages.en]\nlocale = "en-us"\nauthor = ["N"]\n',
        ),
    ],
)
def test_facts_are_found_in_every_kind_of_configuration(name: str, text: str) -> None:
    facts = configured(text, name).facts

    assert ("T", "https://example.org/a/", "en-us", "N") == (facts.title, facts.url, facts.language, facts.author)


def test_a_site_without_a_configuration_says_nothing() -> None:
    found = hugosite.configure(Files({}))

    assert Hugo(branches=found.dialect.branches, markdown=of_hugo({})) == found.dialect  # type: ignore[attr-defined]
    assert ("", "", "") == (found.facts.title, found.facts.url, found.facts.language)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('baseURL = "/"', "baseURL"),
        ('timeZone = "Mars/Base"', "timeZone"),
        ('timeZone = "../../etc/passwd"', "timeZone"),
        ('[[module.mounts]]\nsource = "x"\ntarget = "content"', "module.mounts"),
        ('[languages.en]\n[languages.fr]\nbaseURL = "https://fr.example.org"', "languages.fr.baseURL"),
    ],
)
def test_what_is_not_followed_is_reported(text: str, reason: str) -> None:
    assert [reason] == [warning.reason.partition(":")[0] for warning in configured(text).warnings]


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("hugo.toml", b"title = \n", "hugo.toml:1"),
        ("hugo.yaml", b"a: [\n", "hugo.yaml:2"),
        ("config.json", b"{", "config.json:1"),
        ("config.json", b"[]", "config.json: is no table"),
        ("hugo.toml", b"\xff\xff", "hugo.toml:1"),
    ],
)
def test_a_configuration_that_cannot_be_read_stops_at_its_place(name: str, text: bytes, place: str) -> None:
    """Without it every address might be wrong."""
    with pytest.raises(SyndicatorError, match=place):
        configured(text, name)


# --- anything at all ----------------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=12)
    | st.sampled_from(["/posts/**", ":slug", "{a,b}", "2023-01-02", ":default", "content/posts"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["page", "en", "target", "path", "kind", "lang", "sites", "matrix", "mounts", "date", "a.b"]
            )
            | st.text(max_size=4),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
KEYS = st.sampled_from([
    "baseURL", "title", "timeZone", "permalinks", "uglyURLs", "contentDir", "frontmatter", "taxonomies", "params",
    "author", "languages", "defaultContentLanguage", "cascade", "module", "staticDir", "assetDir", "ignoreFiles",
])  # fmt: skip
FIELDS = st.sampled_from([
    "title", "date", "Date", "publishDate", "lastmod", "expiryDate", "draft", "published", "slug", "url", "build",
    "headless", "params", "tags", "categories", "cascade", "images", "cover", "summary", "aliases", "lang", ":filename",
])  # fmt: skip


@given(
    data=st.binary(max_size=200),
    name=st.sampled_from(["hugo.toml", "config.yaml", "hugo.json", "config/_default/params.toml"]),
)
def test_no_bytes_of_a_configuration_raise_anything_of_pythons(data: bytes, name: str) -> None:
    with suppress(SyndicatorError):
        configured(data, name)


@given(
    values=st.dictionaries(KEYS, VALUES, max_size=5),
    fields=st.dictionaries(FIELDS, VALUES, max_size=6),
    section=st.binary(max_size=60),
    path=st.sampled_from(
        ["content/a.md", "content/posts/b.fr.md", "content/c d/index.md", "content/2023-01-02-e.html"]
    ),
)
def test_no_values_raise_anything_of_pythons(
    values: dict[str, Any], fields: dict[str, Any], section: bytes, path: str
) -> None:
    try:
        found = hugosite.configure(Files({"hugo.json": json.dumps(values), "content/posts/_index.md": section}))
        assert isinstance(found.dialect, Hugo)
        shown = post(json.dumps(fields) + "\nA body.\n", path, found.dialect)
    except SyndicatorError:
        return
    assert shown.permalink.startswith("https://example.org/")
    assert "/../" not in shown.permalink


@given(pattern=st.text(alphabet="*?{},[]/ab!", max_size=40), path=st.text(alphabet="ab/", max_size=60))
def test_every_glob_comes_to_an_end(pattern: str, path: str) -> None:
    assert matches(path, pattern) in (True, False)


@given(pattern=st.text(max_size=40), title=st.text(max_size=20), name=st.text(max_size=20))
def test_every_pattern_gives_an_address_or_a_reason(pattern: str, title: str, name: str) -> None:
    parts = Parts(date=DATE, title=title, slug="", name=name, sections=("a", "b"), titles=("a", "b"))
    try:
        found = encoded(expand(pattern, parts))
    except ValueError:
        return
    assert found.isascii()
    assert not found.startswith("/")
    assert ".." not in found.split("/")


def test_a_shortcode_in_a_summary_reaches_no_reader() -> None:
    """frontmatter-57"""
    data = b"---\ntitle: T\ndate: 2023-05-04\nsummary: A *sum* {{< param x >}}of `{{% y %}}`\n---\nText {{< z >}}.\n"
    site = Site(title="S", url="https://example.org/")
    post = parse_post(SourceFile(path="content/posts/a.md", version="1", data=data), Hugo(), site, Rules())

    assert "A sum of" == post.summary.partition(" {{% y")[0]
    assert ["content/posts/a.md:4: summary: the shortcodes in it are left out"] == [str(w) for w in post.warnings]


# --- people -------------------------------------------------------------------------------------------------------


def test_the_people_of_a_site_are_known_by_key_and_name_wherever_they_stand() -> None:
    """frontmatter-75"""
    found = configured(
        'title = "S"\n[params.authors.Jane]\nname = "Jane Doe"\nemail = "jane@example.org"\n',
        **{
            "data/authors.yaml": "bob: {name: Bob Roe, role: Editor}\n",
            "data/authors/kim.toml": 'name = "Kim Poe"\nurl = "/kim/"\n',
            "content/authors/Lou/_index.md": "---\ntitle: Lou Moe\nrole: Reporter\navatar: /img/lou.png\n---\nBio.\n",
            "content/authors/_index.md": "---\ntitle: All of us\n---\n",
            "content/authors/odd/_index.md": "---\ntitle: [\n---\n",
        },
    )

    jane = Person(name="Jane Doe", email="jane@example.org")
    bob = Person(name="Bob Roe", title="Editor")
    kim = Person(name="Kim Poe", url="/kim/")
    lou = Person(name="Lou Moe", title="Reporter", url="/authors/lou/", avatar="/img/lou.png")
    pairs = (("jane", jane), ("bob", bob), ("kim", kim), ("lou", lou))
    assert {key: who for short, who in pairs for key in (short, who.name.casefold())} == dict(found.people)
    assert ["content/authors/odd/_index.md"] == [warning.path for warning in found.warnings]
