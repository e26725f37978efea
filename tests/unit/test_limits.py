"""No post costs more than its share: whatever would is refused, in each dialect, and nothing but a PostError comes out.

``python -m tests.hunt 2000000`` measures the same posts at full size; here work is bounded by what is refused.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.errors import PostError
from syndicator.markup.extract import extract
from syndicator.markup.weight import TooHeavy, weigh, weigh_tables
from syndicator.model import SourceFile, Visibility
from syndicator.posts.fields import empty
from syndicator.posts.frontmatter import split
from tests.bombs import BODIES
from tests.hunt import PATHS, Outcome, go, posts, reader

DIALECTS = sorted(PATHS)
HEAD = b"---\ndate: 2020-01-01\ntitle: T\ntags: post\n---\n"
#: What broke the limit of two seconds or 200 MB at the size of a whole post, and why each is refused.
REFUSED = {
    "star-tower": "signs of Markdown",
    "brackets-open": "signs of Markdown",
    "dots": "signs of Markdown",
    "html-attributes-block": "more than 1,000 attributes",
    "html-divs": "signs of Markdown",
    "notes-same": "signs of Markdown",
    "table-rows-bare": "signs of Markdown",
    "ticks-growing": "signs of Markdown",
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_body_that_would_cost_seconds_is_refused_before_it_is_read(dialect: str, name: str) -> None:
    refused = go(dialect, HEAD + BODIES[name](2_000_000).encode()).refused

    assert refused is not None
    assert REFUSED[name] in refused.reason
    assert (6, True) == (refused.line, bool(refused.remedy))


@pytest.mark.parametrize(
    ("dialect", "body", "reason"),
    [
        ("hugo", BODIES["table-fill"](2_000_000), "its tables come to"),
        ("plain", BODIES["table-fill"](2_000_000), "its tables come to"),
        ("jekyll", BODIES["attributes-named"](400_000), "characters of HTML"),
        ("jekyll", BODIES["abbreviation-huge"](300_000), "characters of HTML"),
        ("hugo", "- a\n" * 100_001, "tags of HTML"),
        ("plain", f"[a](/{'b' * 100}) " * 40_000, "characters of HTML"),
        ("plain", '<a href="//ü.example/">a</a>\n' * 20_001, "addresses in other letters"),
        ("plain", "[^a] word " * 10_001 + "\n\n[^a]: b", "marks of footnotes"),
        ("hugo", "{{< youtube abcdefghijk >}} " * 5_001, "more than 5,000 shortcodes"),
        ("jekyll", "{{ a }} " * 5_001, "5,001 template tags"),
    ],
)
def test_what_grows_on_the_way_is_refused_where_it_would(dialect: str, body: str, reason: str) -> None:
    refused = go(dialect, HEAD + body.encode()).refused

    assert refused is not None
    assert reason in refused.reason
    assert (6, True) == (refused.line, bool(refused.remedy))


def test_lists_that_hold_each_other_come_to_nothing() -> None:
    """Each step doubles what the last one held, though no list is long."""
    body = "{% assign t = 'a b' | split: ' ' %}" + "{% assign t = t | push: t | push: t %}" * 40 + "{{ t }} words"

    assert "<p> words</p>" == go("jekyll", HEAD + body.encode()).html.replace("<p>words", "<p> words")


@pytest.mark.parametrize(
    "body",
    [
        "word " * 400_000,
        "A sentence of a long book, with a comma; and *emphasis*.\n" * 30_000,
        "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 10_000,
        "- [a](https://example.org/a/)\n" * 15_000,
        f"![x](data:image/png;base64,{'A' * 1_900_000})",
    ],
    ids=["words", "book", "table", "links", "image in the text"],
)
def test_long_and_honest_bodies_are_not_refused(body: str) -> None:
    weigh(body)
    weigh_tables(body)


def test_a_table_is_weighed_by_the_cells_that_are_filled_up() -> None:
    table = "a|" * 500 + "\n" + "-|" * 500 + "\n" + "b\n" * 1_000
    with pytest.raises(TooHeavy, match="its tables come to 501,501 cells"):
        weigh_tables(table + "\n" + "word\n" * 1_000)


@pytest.mark.parametrize(
    ("name", "reason"), [("html-attributes-block", "1,000 attributes"), ("html-p", "tags of HTML")]
)
def test_a_built_page_is_weighed_before_it_is_parsed(name: str, reason: str) -> None:
    with pytest.raises(TooHeavy, match=reason):
        extract(b"<article>" + BODIES[name](2_000_000).encode())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_bomb_brings_a_fault_of_ours_to_light(dialect: str) -> None:
    for name, data in posts(400):
        sound(go(dialect, data), name)


def sound(outcome: Outcome, what: object) -> None:
    """Refused with a reason for people, or not at all."""
    if outcome.refused is not None:
        assert "this program cannot read it" not in outcome.refused.reason, (what, outcome.refused.__cause__)
        assert re.search(r"\S", outcome.refused.reason)
        assert str(outcome.refused).isprintable(), what
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", outcome.html)
    assert "<script" not in outcome.html


KEYS = st.sampled_from([
    "title", "date", "draft", "published", "tags", "categories", "category", "author", "authors", "image", "slug",
    "permalink", "url", "excerpt", "summary", "description", "lastmod", "updated", "expiryDate", "publishDate", "id",
    "aliases", "layout", "feed", "eleventyComputed", "eleventyExcludeFromCollections", "featured-image", "cover",
    "excerpt_separator", "render_with_liquid", "templateEngineOverride", "_build", "params", "lang", "link",
])  # fmt: skip
SCALARS = st.one_of(
    st.text(max_size=20),
    st.sampled_from([
        "2020-01-01", "2020-13-45", "0000-00-00", "12:30", "now", "Last Modified", "true", "no", "~", "1e999", "-1",
        "{{ title }}", "{% if", "/:title/", "../..", "//x", "data:,a", "a, b", "<b>", "&amp;", "\x85",
    ]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS | KEYS, inner, max_size=3),
    max_leaves=6,
)
SNIPPETS = st.sampled_from([
    "{{ page.title }}", "{{ title", "{% if a %}", "{% endif %}", "{% for a in b %}", "{% raw %}", "{% endraw %}",
    "{{<", "{{< figure src=a >}}", "{{% a %}}", ">}}", "{% highlight x %}", "{% include a.html b=c %}",
    "<!--more-->", "<!--", "{{ 'a' | date: '%Y' }}", "{{ page.date | date_to_xmlschema }}", "```", "~~~",
    "    code", "- a\n", "1. a\n", "> ", "| a | b |\n|---|---|\n", "[^1]", "[^1]: x\n", "*[A]: b\n", "{: .a}",
    "{:toc}", "$$", "{::comment}", "{:/}", "<div>", "</div>", '<div markdown="1">', "<script>", "<svg>",
    "<a href='x", "<img srcset='a 1x, b'>", "<iframe src=//a>", "[a](b)", '![a](b){: width="1"}', "[a]: b\n",
    "\n\n", "\n", "a", "*", "_", "`", "\\", "&#0;", "&#x110000;", "\x00", "\x02", "\x0e61\x0e", "\ufffe", "\xe9",
    "\u202e", "a: b\n: c\n", "{% assign a = 1 %}", "{% capture a %}", "{% case a %}", "{% when 1 %}",
])  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_post_or_refused(dialect: str, data: bytes) -> None:
    sound(go(dialect, data), data)
    sound(go(dialect, HEAD + data), data)
    sound(go(dialect, b"---\n" + data + b"\n---\nwords"), data)


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=200, deadline=None)
@given(fields=st.dictionaries(KEYS, VALUES, max_size=6), body=st.lists(SNIPPETS, max_size=12).map("".join))
def test_any_front_matter_is_a_post_or_refused_and_no_date_is_invented(
    dialect: str, fields: dict[str, object], body: str
) -> None:
    import json

    data = (json.dumps(fields) + "\n" + body).encode()
    sound(go(dialect, data), fields)


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=300, deadline=None)
@given(parts=st.lists(SNIPPETS | st.text(max_size=10), max_size=30))
def test_any_body_is_shown_or_refused(dialect: str, parts: list[str]) -> None:
    sound(go(dialect, HEAD + "".join(parts).encode("utf-8", "replace")), parts)


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=200, deadline=None)
@given(value=SCALARS.filter(lambda text: not re.search(r"\d{4}", text) and text.strip() not in ("", "~")))
def test_what_is_no_date_makes_no_entry(dialect: str, value: str) -> None:
    import json

    outcome = go(dialect, (json.dumps({"date": value, "tags": ["post"]}) + "\nwords").encode())

    assert outcome.hidden or outcome.refused is not None


#: What dates are made of, so that many of the texts below are one, or nearly.
PARTS = st.sampled_from([
    "2023", "1999", "9999", "0001", "23", "10", "15", "31", "02", "3", "12", "00", "24", "59", "60", "Oct", "October",
    "Feb", "Mon", "-", "-", "/", ".", " ", " ", ":", ":", "T", "Z", "+0200", "-07:00", "UTC", "CEST", "PM", ",", "now",
    "1697328000", "20231015", "1697328000123", "~", "'",
])  # fmt: skip


def names_the_day(value: str, instant: datetime, unit: str) -> bool:
    """Whether a text has year, month and day of an instant in it, on the clock of some zone."""
    if unit != "off" and (counts := re.findall(r"\d{9,}", value)):
        step = 1 if unit == "seconds" else 1000
        return any(int(count) == round(instant.timestamp() * step) for count in counts)
    words = re.findall(r"\d+|[A-Za-z]+", value)
    if len(digits := value.strip()) == 8 and digits.isdigit():
        words += [digits[:4], digits[4:6], digits[6:]]
    numbers = {int(word) for word in words if word.isdigit()}
    for days in (-1, 0, 1):
        day = instant + timedelta(days=days)
        month = day.month in numbers or any(len(word) > 2 and f"{day:%B}".startswith(word) for word in words)
        if f"{day.year}" in words and month and day.day in numbers:
            return True
    return False


@pytest.mark.parametrize("unit", ["off", "seconds", "milliseconds"])
@pytest.mark.parametrize("dialect", ["hugo", "jekyll", "plain"])
@settings(max_examples=300, deadline=None)
@given(value=st.lists(PARTS, max_size=9).map("".join) | st.text(max_size=12) | st.dates().map(str))
def test_no_date_is_ever_invented(dialect: str, unit: str, value: str) -> None:
    """frontmatter-11, frontmatter-14: front matter names the day of a public post, or none, and its file does."""
    import json

    by = reader(dialect)
    by = replace(by, rules=replace(by.rules, epoch=unit))
    heads = (f"---\ndate: {json.dumps(value)}\n---\n", f"---\ndate: {value}\n---\n", json.dumps({"date": value}))
    for head in heads:
        data = f"{head}\nwords".encode("utf-8", "replace")
        skim = by.skim([SourceFile(path=PATHS[dialect], version="1", data=data)])[0]
        if isinstance(skim, PostError) or skim.visibility is not Visibility.PUBLIC:
            continue
        written = split("a.md", data).data.get("date")
        assert skim.published is not None
        if empty(written):
            assert ("jekyll", "2020-01-01 00:00") == (dialect, f"{skim.published:%Y-%m-%d %H:%M}")
        else:
            assert names_the_day(str(written), skim.published, unit), head
