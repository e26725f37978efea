"""Fields: the first that is not empty wins, in every shape that people give them."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.model import ImageRef, Person, Visibility
from syndicator.posts.featured import image_ref
from syndicator.posts.fields import DEFAULT_FIELDS, FieldMap, first, text, texts, truth, unmarked
from syndicator.posts.people import names, people
from syndicator.posts.plaintext import summary_text, title_text
from syndicator.posts.visibility import decided

BASE = "https://news.example.org/"
PERMALINK = BASE + "2026/01/24/post.html"
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.sampled_from(["a.jpg", "/x", "//y/z"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["path", "url", "name", "alt", "title", "email", "image"]), inner, max_size=3),
    ),
    max_leaves=6,
)


def image(
    data: dict[str, Any], fields: FieldMap = DEFAULT_FIELDS, *, beside: bool = True, base: str = BASE
) -> tuple[ImageRef | None, list[str]]:
    said: list[str] = []
    found = image_ref(
        data,
        fields,
        base=base,
        beside=PERMALINK if beside else "",
        path="_posts/2026-01-24-post.md",
        warn=lambda _, reason: said.append(reason),
    )
    return found, said


def persons(data: dict[str, Any]) -> tuple[Person, ...]:
    return people(data, DEFAULT_FIELDS, BASE, lambda *_: None)


# --- the map ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"a": "x", "b": "y"}, ("a", "x")),
        ({"a": " ", "b": "y"}, ("b", "y")),
        ({"a": None, "b": ["y"]}, ("b", ["y"])),
        ({"a": [], "b": {}, "t": {"k": "z"}}, ("t.k", "z")),
        ({"a": "", "t": "text"}, ("", None)),
        ({"a": False, "b": "y"}, ("a", False)),
        ({}, ("", None)),
    ],
)
def test_the_first_that_is_not_empty_wins(data: dict[str, Any], found: tuple[str, Any]) -> None:
    assert found == first(data, ("a", "b", "t.k"))


def test_the_operators_lists_replace_the_defaults_and_add_fields() -> None:
    fields = FieldMap.of({"summary": ["lede"], "section": ["desk", "section"]})

    assert ("lede",) == fields["summary"]
    assert DEFAULT_FIELDS["image"] == fields["image"]
    assert ("section",) == fields.further
    assert () == DEFAULT_FIELDS.further
    assert () == fields["nothing"]


def test_the_contracts_lists_come_first() -> None:
    assert ("subhed", "description", "excerpt") == DEFAULT_FIELDS["summary"][:3]
    assert ("featured-image.path", "featured-image", "image.path", "image") == DEFAULT_FIELDS["image"][:4]
    assert "featured-image.cutline" == DEFAULT_FIELDS["image_caption"][0]
    assert "featured-image.credit" == DEFAULT_FIELDS["image_credit"][0]
    assert "featured-image.alt-text" == DEFAULT_FIELDS["image_alt"][0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("true", True),
        ("YES", True),
        ("On", True),
        (True, True),
        ("false", False),
        (" No ", False),
        ("oFF", False),
        (False, False),
        ("0", False),
        ("maybe", None),
        ("", None),
        (None, None),
        (["true"], None),
    ],
)
def test_yes_and_no_in_any_case(value: object, expected: bool | None) -> None:
    """frontmatter.md 9."""
    assert expected is truth(value)


def test_texts_are_trimmed_once_and_flat() -> None:
    value = ["a,b", " spaced ", "", "<b>x</b>", ["nested"], {"k": "v"}, "DUP", "dup", "x\x00y", 7, None, True]

    assert ("a,b", "spaced", "<b>x</b>", "DUP", "xy", "7", "true") == texts(value)
    assert ("one",) == texts("one")
    assert () == texts(None)


def test_a_text_is_one_legal_line() -> None:
    assert "a b c" == text(" a\n b\x0b\tc\ud83d ")
    assert "2023-08-24" == text(date(2023, 8, 24))
    assert "" == text(["a"])


# --- people -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            {"author": "Donna Teetree", "author-title": "Staff Writer"},
            (Person(name="Donna Teetree", title="Staff Writer"),),
        ),
        ({"author": "Jane Doe, PhD"}, (Person(name="Jane Doe, PhD"),)),
        ({"author": "Jane <jane@e.org>"}, (Person(name="Jane", email="jane@e.org"),)),
        ({"author": "jane@e.org (Jane)"}, (Person(name="Jane", email="jane@e.org"),)),
        ({"author": "jane@e.org"}, (Person(name="jane", email="jane@e.org"),)),
        ({"author": "Jane Doe (jane@e.org)"}, (Person(name="Jane Doe", email="jane@e.org"),)),
        ({"author": {"name": "Bob", "email": "not an email"}}, (Person(name="Bob"),)),
        ({"author": {"name": "Bob", "email": "mailto:bob@e.org"}}, (Person(name="Bob", email="bob@e.org"),)),
        ({"author": {"name": "Bob", "email": "Bob <bob@e.org>"}}, (Person(name="Bob"),)),
        ({"author": "Ana &amp; <b>Bob</b>"}, (Person(name="Ana & Bob"),)),
        ({"author": "<b></b>"}, ()),
        ({"author": "Ana", "author-title": "Arts &amp; Letters"}, (Person(name="Ana", title="Arts & Letters"),)),
        ({"author": '"Jane" <x> y@z'}, (Person(name='"Jane" <x> y@z'),)),
        (
            {"author": ["A", {"name": "B", "email": "b@e.org", "url": "/b", "title": "Own"}], "author-title": "T"},
            (Person(name="A", title="T"), Person(name="B", title="Own", email="b@e.org", url=BASE + "b")),
        ),
        (
            {"authors": ["A", "a", "", None, "B"], "author_title": ["x", "y"]},
            (Person(name="A", title="x"), Person(name="B", title="y")),
        ),
        (
            {"author": {"name": "A", "title": "Profile's"}, "author-title": "Post's"},
            (Person(name="A", title="Post's"),),
        ),
        (
            {"author": {"name": "A", "uri": "javascript:alert(1)", "avatar": "a.png"}},
            (Person(name="A", avatar=BASE + "a.png"),),
        ),
        ({"author": ""}, ()),
        ({"author": {"email": "x@e.org"}}, ()),
        ({"author": [["nested"]]}, ()),
        ({}, ()),
    ],
)
def test_people_in_every_shape(data: dict[str, Any], expected: tuple[Person, ...]) -> None:
    """frontmatter.md 75, 86, 89; atom-45: names hold no markup and no address, addresses nothing else."""
    assert expected == persons(data)
    assert tuple(person.name for person in expected) == names(data, DEFAULT_FIELDS, BASE, lambda *_: None)


def test_plain_terms_are_left_and_marked_ones_become_plain_text() -> None:
    plain = ("C#", "C++", "R&D", "a < b", "@home", "[1] x", "2 * 3")

    assert plain == unmarked(plain)
    assert ("Arts & Letters", "Food") == unmarked(("Arts &amp; Letters", "<b>Food</b>", "*food*", "<i></i>"))


# --- images -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "url", "file"),
    [
        (
            "https://i.guim.co.uk/img/3359.jpg?width=620&dpr=1&s=none",
            "https://i.guim.co.uk/img/3359.jpg?width=620&dpr=1&s=none",
            None,
        ),
        (
            "https://E.org/iu/?u=https%3A%2F%2Fx.e%2Fa.jpg&f=1#x",
            "https://E.org/iu/?u=https%3A%2F%2Fx.e%2Fa.jpg&f=1#x",
            None,
        ),
        ("http://e.org:8080", "http://e.org:8080", None),
        ("http://0x7f.1/x.jpg", "http://0x7f.1/x.jpg", None),
        ("https://e.org/ü b%20c%.png", "https://e.org/%C3%BC%20b%20c%25.png", None),
        ("//cdn.example.org/d.gif", "https://cdn.example.org/d.gif", None),
        ("/img/a.jpg", BASE + "img/a.jpg", "img/a.jpg"),
        (
            "/img/my photo (1) größe.JPG?x=1&y=2#frag",
            BASE + "img/my%20photo%20(1)%20gr%C3%B6%C3%9Fe.JPG?x=1&y=2#frag",
            "img/my photo (1) größe.JPG",
        ),
        ("/img/a%20b.jpg", BASE + "img/a%20b.jpg", "img/a b.jpg"),
        ("a.jpg", BASE + "2026/01/24/a.jpg", "_posts/a.jpg"),
        ("./pics/a.jpg", BASE + "2026/01/24/pics/a.jpg", "_posts/pics/a.jpg"),
        ("../a.jpg", BASE + "2026/01/a.jpg", "a.jpg"),
        (BASE + "img/a%20b.jpg?v=2", BASE + "img/a%20b.jpg?v=2", "img/a b.jpg"),
        (BASE, BASE, None),
        (BASE + "%2e%2e/x", BASE + "%2e%2e/x", None),
    ],
)
def test_an_address_is_absolute_and_encoded_once(address: str, url: str, file: str | None) -> None:
    """frontmatter.md 76, 87; expected.md image-bad-urls. A valid absolute address stays as written."""
    assert (ImageRef(url=url, file=file), []) == image({"image": address})


@pytest.mark.parametrize(
    ("address", "url", "file"),
    [
        ("img/x.jpg", "img/x.jpg", "img/x.jpg"),
        ("./img/x.jpg", "img/x.jpg", "img/x.jpg"),
        ("/img/x.jpg", "img/x.jpg", "img/x.jpg"),
        ("img/a b.jpg?v=1", "img/a%20b.jpg?v=1", "img/a b.jpg"),
        ("10:30.jpg", "10:30.jpg", "10:30.jpg"),
        ("../img/x.jpg", "img/x.jpg", "img/x.jpg"),
    ],
)
def test_not_beside_the_post_is_below_the_site(address: str, url: str, file: str) -> None:
    """frontmatter-76, frontmatter-87: what Jekyll's absolute_url makes of it."""
    assert (ImageRef(url=BASE + url, file=file), []) == image({"image": address}, beside=False)


def test_below_the_site_never_leads_out_of_it() -> None:
    found, said = image({"image": "../../x.jpg"}, beside=False)
    found_below, said_below = image({"image": "../x.jpg"}, beside=False, base=BASE + "base/")

    assert found is found_below is None
    assert "leads out of the site" in said[0]
    assert "leads out of the site" in said_below[0]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("data:image/png;base64,iVBORw0KGgo=", 'begins with "data:"'),
        ("file:///etc/passwd", 'begins with "file:"'),
        ("javascript:alert(1)", 'begins with "javascript:"'),
        ("ftp://e.org/a.jpg", 'begins with "ftp:"'),
        ("https://user:secret@e.org/a.jpg", "user name"),
        ("//user@e.org/a.jpg", "user name"),
        ("https:\\\\user@e.org/a.jpg", "user name"),
        ("https://e.org/" + "a" * 2000, "2,000 characters"),
        ("../../../../etc/passwd", "leads out of the site"),
        ("/../x.jpg", "leads out of the site"),
        ("/%2e%2e/x.jpg", "leads out of the site"),
        ("\\..\\..\\x.jpg", "leads out of the site"),
        ("a%00.jpg", "leads out of the site"),
        ("?x=1", "names no file"),
        ("/", "names no file"),
        ("https://", "is none"),
        ("https://[::1/a.jpg", "is none"),
        ("https://e.org:99999999/a.jpg", "is none"),
    ],
)
def test_other_addresses_are_dropped_with_a_warning(address: str, reason: str) -> None:
    """expected.md image-ssrf-*, slug-traversal: nothing outside the site is read, no credentials in a feed or a log."""
    found, said = image({"image": address})

    assert found is None
    assert len(said) == 1
    assert reason in said[0]
    assert "secret" not in said[0]


@pytest.mark.parametrize(
    ("data", "url"),
    [
        ({"featured-image": {"path": "/a.jpg"}, "image": "/b.jpg"}, "a.jpg"),
        ({"featured-image": "/a.jpg"}, "a.jpg"),
        ({"featured-image": {"credit": "x"}, "image": {"src": "/b.jpg"}}, "b.jpg"),
        ({"image": ["/a.jpg", {"path": "/b.jpg"}, None, "7"]}, "a.jpg"),
        ({"image": [None, {"path": "/b.jpg"}]}, "b.jpg"),
        ({"images": ["/c.png"]}, "c.png"),
        ({"images": "/c.png"}, "c.png"),
        ({"cover": {"image": "/d.png"}}, "d.png"),
        ({"header": {"teaser": "/e.png"}}, "e.png"),
        ({"thumbnail": "false", "hero": "/f.png"}, "f.png"),
        ({"featured-image": "data:x", "image": "/b.jpg"}, "b.jpg"),
    ],
)
def test_an_image_is_found_in_every_shape(data: dict[str, Any], url: str) -> None:
    """frontmatter.md 74; expected.md image-as-list-and-string."""
    found, _ = image(data)

    assert found is not None
    assert BASE + url == found.url


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"image": ""},
        {"image": "false"},
        {"image": []},
        {"image": {}},
        {"image": [["x"]]},
        {"image": {"path": {"size": "x"}}},
        {"thumbnail": False},
    ],
)
def test_no_image_is_no_image(data: dict[str, Any]) -> None:
    assert (None, []) == image(data)


def test_words_of_an_image_are_kept_apart_and_plain() -> None:
    """frontmatter.md 86, 88."""
    owned = {"path": "/a.jpg", "cutline": "A <b>helicopter</b>", "credit": "Alex &amp; Co", "alt-text": 'alt & "text"'}
    table = {"url": "/d.png", "caption": "cap", "alt": "old"}

    assert (
        ImageRef(url=BASE + "a.jpg", file="a.jpg", alt='alt & "text"', caption="A helicopter", credit="Alex & Co")
        == (image({"featured-image": owned})[0])
    )
    assert (
        ImageRef(url=BASE + "d.png", file="d.png", alt="new", caption="cap")
        == (image({"featured_image": table, "image_alt": "new"})[0])
    )


@settings(max_examples=100, deadline=None)
@given(JSON, JSON)
def test_whatever_the_values_images_and_people_are_whole(one: Any, other: Any) -> None:
    data = {
        "image": one,
        "featured-image": other,
        "author": one,
        "author-title": other,
        "status": one,
        "published": other,
    }
    found, said = image(data)

    assert found is None or (found.url.startswith(("http://", "https://")) and found.url.isascii())
    assert found is None or found.file is None or not {"", ".."} & set(found.file.split("/"))
    assert all(reason for reason in said)
    assert all(person.name for person in persons(data))
    assert decided(data)[0] in Visibility


# --- plain text ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "R&D <beta>",
        'Q&A: a < b & "c"',
        "5 * 3 * 2",
        "*args and *kwargs",
        "M*A*S*H",
        "f*** this and s*** that",
        "__init__",
        "a <b c",
        "Vec<String> in Rust",
        "<em> is a tag",
        "`unclosed",
        "end ]]> of cdata <![CDATA[ again",
        "AT&T",
        "x&y=1",
        "*.md and *.txt",
        "**kwargs",
        "&copy without end",
        "snake_case_name",
        "a \\* b",
        "[1] x",
        "[Update] The storm (again)",
        "a[0](x) in C",
        "f(x)[1]",
        "\\[a](b)",
        "A [broken](link",
    ],
)
def test_a_title_survives_to_the_letter(title: str) -> None:
    """atom-72, jsonfeed-62, rss-49."""
    assert title == title_text(title)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("The *real* story", "The real story"),
        ("A **bold** move", "A bold move"),
        ("Using `grep`", "Using grep"),
        ("An <em>emphatic</em> <strong>no</strong>", "An emphatic no"),
        ('<span class="x">Nested <i>tags</i></span>', "Nested tags"),
        ("Two<br>lines", "Two lines"),
        ("Q&amp;A &mdash; caf&eacute; &#8217;&#x1F600;", "Q&A — café ’😀"),
        ("&lt;div&gt; explained", "<div> explained"),
        ("  one\n line\x00 ", "one line"),
        ("&#0;&#xD800;x", "x"),
        ("A [link](http://e.org/a_*b*_(c)) on", "A link on"),
        ('[l](http://x "title") and [m](</a b>)', "l and m"),
        ("![Alt text](/a.png) follows", "Alt text follows"),
        ("[![Alt](a.png)](http://x)", "Alt"),
        ("**[Bold](http://x)** R&D <beta>", "Bold R&D <beta>"),
        ("Write `[l](http://x)` so", "Write [l](http://x) so"),
    ],
)
def test_inline_markup_in_titles_becomes_text(written: str, title: str) -> None:
    assert title == title_text(written)


@pytest.mark.parametrize(
    ("written", "summary"),
    [
        ("<p>One.</p><p>Two &amp; <b>three</b></p>", "One. Two & three"),
        ("a<br/>b<wbr>c", "a bc"),
        ("x <!-- hidden <b> --> y <script>alert(1)</script>z<style>p{}</style>", "x y z"),
        ("open <script>never closed", "open"),
        ("R&D <beta> and a < b", "R&D <beta> and a < b"),
        ("two\nlines", "two lines"),
        ("<img src=x onerror=alert(1)>pic", "pic"),
        ("**bold**", "bold"),
        ("A **bold *and stressed* word**, and ***both***.", "A bold and stressed word, and both."),
        ("*One **two** three*", "One two three"),
        ("With `code`, a [link](https://e.org/a_(b)) and ![a picture](/a.png).", "With code, a link and a picture."),
        ("**With `code` in it**", "With code in it"),
        ("Write `**bold**` or `a * b`.", "Write **bold** or a * b."),
        ("<p>**In a paragraph**</p><p>Next</p>", "In a paragraph Next"),
        ("**Q&amp;A**", "Q&A"),
    ],
)
def test_a_summary_is_text(written: str, summary: str) -> None:
    """frontmatter-36, frontmatter-74."""
    assert summary == summary_text(written)


@pytest.mark.parametrize(
    "summary",
    [
        "2 * 3 * 4", "2*3*4", "snake_case_name", "__init__ and _private_", "f(*args, **kwargs)", "*args and **kwargs",
        "A 5* hotel and a 4* inn", "price* applies, *see below", "*.md and *.txt", "M*A*S*H", "\\*not stressed\\*",
        "a ** b ** c", "**kwargs", "[1] is a note", "a[0](x) in C", "`unclosed", "# no heading", "- no list",
    ],
)  # fmt: skip
def test_what_only_looks_like_markdown_stays_in_a_summary(summary: str) -> None:
    """frontmatter-36, frontmatter-74."""
    assert summary == summary_text(summary) == title_text(summary)


@pytest.mark.parametrize(
    "piece",
    [
        "*a ",
        " *a",
        "**a*",
        "`*a",
        "***a b",
        "[](a ",
        "[a](b 'c",
        "<em>",
        "<!--",
        "<script>",
        "*",
        "**a",
        "`",
        "<a ",
        "&",
        "&#",
        "<em>x</em>",
        "<p><",
    ],
)
def test_long_hostile_text_takes_no_time(piece: str) -> None:
    began = time.process_time()
    for length in (900, 60_000):
        title_text((piece * 60_000)[:length])
        summary_text((piece * 60_000)[:length])

    assert time.process_time() - began < 0.5


# --- visibility ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ({"published": "false"}, "published: false"),
        ({"published": "no"}, "published: no"),
        ({"published": "FALSE"}, "published: FALSE"),
        ({"published": False}, "published: false"),
        ({"published": None}, "published: (empty)"),
        ({"published": ""}, "published: (empty)"),
        ({"published": "soon"}, "published: soon"),
        ({"published": ["x"]}, "published: (empty)"),
        ({"draft": "true"}, "draft: true"),
        ({"draft": "yes"}, "draft: yes"),
        ({"draft": True}, "draft: true"),
        ({"draft": "perhaps"}, "draft: perhaps"),
        ({"draft": ["x"]}, "draft: (empty)"),
        ({"hidden": "on"}, "hidden: on"),
        ({"unlisted": "true"}, "unlisted: true"),
        ({"status": "Draft"}, "status: draft"),
        ({"status": "private"}, "status: private"),
        ({"published": "true", "draft": "true"}, "draft: true"),
    ],
)
def test_when_in_doubt_it_is_a_draft(data: dict[str, Any], rule: str) -> None:
    """frontmatter.md 20, 22, 73, 78; expected.md draft-forms."""
    assert (Visibility.DRAFT, rule) == decided(data)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"published": "true"},
        {"published": "yes"},
        {"published": True},
        {"published": "2023-08-24"},
        {"draft": "false"},
        {"draft": "no"},
        {"draft": None},
        {"draft": ""},
        {"draft": False},
        {"hidden": "false"},
        {"status": "publish"},
        {"status": "developing"},
        {"published": "24 Aug 2023"},
        {"published": date(2023, 8, 24)},
        {"draft": []},
    ],
)
def test_what_is_not_held_back_is_public(data: dict[str, Any]) -> None:
    assert (Visibility.PUBLIC, "") == decided(data)


def test_a_killed_post_is_killed_whatever_else_it_says() -> None:
    assert (Visibility.KILLED, "status: killed") == decided({"status": "Killed", "draft": "true"})
    assert (Visibility.KILLED, "killed: true") == decided({"killed": "yes"})


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        ({"width": "640", "height": 480}, (640, 480)),
        ({"width": "640px", "height": "0480"}, (640, 480)),
        ({"width": "640"}, (None, None)),
        ({"width": "100%", "height": "0"}, (None, None)),
        ({"width": ["1"], "height": "9" * 40}, (None, None)),
    ],
)
def test_an_image_is_as_large_as_both_sides_say(sides: dict[str, Any], expected: tuple[int | None, int | None]) -> None:
    """frontmatter-74"""
    found, said = image({"image": {"path": "/a.png", **sides}})

    assert found is not None
    assert (expected, []) == ((found.width, found.height), said)
