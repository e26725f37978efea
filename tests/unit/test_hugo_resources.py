"""The pictures of a Hugo bundle, and which of them stands for the page; the rest is in the sample sites."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.dialects.hugoplaces import Language
from syndicator.dialects.hugoresources import below_site, chosen, is_picture, of_language, of_site, resources

EN, FR, DE = (
    Language(code="en", tag="en", folder="content"),
    Language(code="fr", tag="fr", folder="content"),
    Language(code="de", tag="de", folder="content-de"),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["src", "name", "title", "params"]), inner)
    ),
    max_leaves=12,
)


def shown(files: tuple[str, ...], said: object = None, given: str | None = None) -> str | None:
    """The file of the picture that is shown."""
    found = chosen(resources(said, files), given)
    return found.file if found else None


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (("b-feature.png", "a-cover.png"), "b-feature.png"),
        (("thumbnail.png", "Cover.png"), "Cover.png"),
        (("thumbnail.png", "d.png"), "thumbnail.png"),
        (("B-Feature.png", "a-feature.png"), "B-Feature.png"),
        (("img/feature.png", "a.png"), None),
        (("a.png",), None),
        ((), None),
    ],
)
def test_the_picture_is_the_first_with_a_name_for_it(files: tuple[str, ...], expected: str | None) -> None:
    """frontmatter-48, 58."""
    assert expected == shown(files)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("One.PNG", "one.png"),
        ("/one.png", "one.png"),
        ("img/*", "img/two.png"),
        ("**.png", "img/two.png"),
        ("t*", None),
    ],
)
def test_the_front_matter_names_a_picture_by_pattern_in_any_case(given: str, expected: str | None) -> None:
    """frontmatter-58"""
    assert expected == shown(("one.png", "img/two.png", "three/four.jpg"), given=given)


def test_the_first_word_about_a_resource_counts_and_a_title_is_no_alternative_text() -> None:
    """frontmatter-58"""
    said = [
        {"Src": "*.png", "Title": "A storm", "params": {"Credit": "Jane"}},
        {"src": "a.png", "title": "Never", "name": "cover", "params": {"credit": "Never", "alt": "Waves"}},
        {"src": 3},
        "nothing",
    ]
    (found,) = resources(said, ("a.png",))

    assert ("cover", {"path": "a.png", "title": "A storm", "caption": "A storm", "credit": "Jane", "alt": "Waves"}) == (
        found.name, found.table(),
    )  # fmt: skip


def test_names_are_counted_by_entry() -> None:
    """frontmatter-58"""
    said = [{"src": "*.png", "name": "feature-:counter", "title": ":counter"}, {"src": "*.jpg", "title": ":counter"}]
    found = resources(said, ("b.png", "a.png", "c.jpg"))

    assert [("c.jpg", "1"), ("feature-1", "1"), ("feature-2", "2")] == [(one.name, one.said["title"]) for one in found]


@pytest.mark.parametrize(
    ("path", "own", "shared"),
    [
        ("content/a/index.md", ["x.png", "y.png"], []),
        ("content/a/index.fr.md", ["x.fr.png"], ["y.png"]),
    ],
)
def test_a_picture_is_of_the_language_that_its_name_says(path: str, own: list[str], shared: list[str]) -> None:
    """frontmatter-62"""
    beside = ("index.fr.md", "index.md", "x.fr.png", "x.png", "y.png", "z.de.png")

    assert (own, shared) == of_language((EN, FR, DE), path, beside)


def test_a_picture_of_a_language_without_a_page_there_is_nobodys() -> None:
    """frontmatter-62: Hugo publishes none."""
    assert ([], []) == of_language((EN, FR, DE), "content/a/index.fr.md", ("index.fr.md", "x.png"))
    assert (["x.png"], []) == of_language((EN, FR, DE), "content-de/a/index.md", ("index.md", "x.png"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("a b.png", "/a b.png"),
        ("/a.png", "/a.png"),
        ("https://e.org/a", "https://e.org/a"),
        ("//e/a", "//e/a"),
        ("", ""),
    ],
)
def test_what_is_in_no_bundle_is_below_the_site(address: str, expected: str) -> None:
    assert expected == below_site(address) == of_site(address)
    assert "a/b/c.png" == of_site("a/b/c.png")


@pytest.mark.parametrize("name", ["a.png", "A.JPEG", "a b.c.webp", "a.svg"])
def test_a_picture_is_told_by_its_name(name: str) -> None:
    assert is_picture(name)
    assert not is_picture(f".{name}")
    assert not is_picture(f"{name}.txt")


@settings(deadline=None, max_examples=200)
@given(ANYTHING, st.lists(st.text(min_size=1, max_size=9), max_size=5), st.none() | st.text(max_size=9))
def test_whatever_is_said_of_whatever_files_the_picture_is_one_of_them(
    said: Any, files: list[str], given: str | None
) -> None:
    """frontmatter-58"""
    assert shown(tuple(files), said, given) in (None, *files)


def test_thousands_of_patterns_for_thousands_of_pictures_take_no_time() -> None:
    """frontmatter-58"""
    files = tuple(f"{'a' * 90}{number}.png" for number in range(1_000))
    said = [{"src": "{*a,*b}{*a,*b}{*a,*b}{*a,*b}{*a,*b}{*a,*b}*c", "title": "x"}] * 1_000
    begun = time.process_time()

    assert None is shown(files, said, "*a*a*a*a*a*a*a*a*c" + "*a" * 100)
    assert time.process_time() - begun < 2
