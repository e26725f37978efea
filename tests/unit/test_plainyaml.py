"""YAML as text: what is read, what is refused, and that the quick way never differs from the long one."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.posts.fullyaml import read
from syndicator.posts.plainyaml import load, skim
from syndicator.posts.values import MAX_DEPTH, Malformed, Note, Quoted


def test_scalars_stay_text() -> None:
    text = "a: no\nb: 012\nc: 12:30:45\nd: 1_000\ne: 1.10\nf: 0x1F\ng: 2023-08-24\nh: =\ni: 2023-13-45\n"

    expected = {"a": "no", "b": "012", "c": "12:30:45", "d": "1_000", "e": "1.10", "f": "0x1F", "g": "2023-08-24"}
    assert {**expected, "h": "=", "i": "2023-13-45"} == load(text, [])


@pytest.mark.parametrize("written", ["", " ~", " null", " Null", " NULL", " !!null x"])
def test_null_is_none(written: str) -> None:
    assert {"published": None, "x": "y"} == load(f"published:{written}\nx: y\n", [])


@pytest.mark.parametrize("written", ['""', "''", '"null"', "'~'", "!!str null", "nil", "none"])
def test_what_is_quoted_is_text(written: str) -> None:
    value = load(f"published: {written}\n", [])["published"]

    assert isinstance(value, str)


@pytest.mark.parametrize("way", [read, lambda text, _: skim(text)])
def test_what_was_quoted_is_marked_and_nothing_else(way: Callable[[str, list[Note]], Any]) -> None:
    """frontmatter-10, frontmatter-14: SafeYAML reads a quoted date as text."""
    data = way("a: \"2025-03-03 23:30:00\"\nb: '2025-03-03'\nc: 2025-03-03\nd:\n  e: \"x\"\nf:\n- 'y'\n- z\n", [])

    assert [Quoted, Quoted, str, Quoted] == [type(value) for value in (data["a"], data["b"], data["c"], data["d"]["e"])]
    assert [Quoted, str] == [type(value) for value in data["f"]]
    assert {str} == {type(key) for key in data}


def test_blocks_and_aliases_keep_their_quotes() -> None:
    data = load('a: &x "q"\nb: *x\nc: |\n  t\n"k": v\n', [])

    assert [Quoted, Quoted, Quoted, str] == [type(data[key]) for key in "abck"]


def test_keys_are_text_too() -> None:
    assert {"2024": "a", "null": "b", "content": "c", "self": "d", "~": "e"} == load(
        "2024: a\nnull: b\ncontent: c\nself: d\n~: e\n", []
    )


def test_nothing_is_no_fields() -> None:
    assert {} == load("", [])
    assert {} == load("# only a comment\n", [])


def test_the_last_of_two_keys_counts_and_the_line_is_noted() -> None:
    notes: list[Note] = []

    assert {"a": "2", "b": {"c": "4"}} == load("a: 1\nb:\n  c: 3\n  c: 4\na: 2\n", notes)
    assert [4, 5] == [note.line for note in notes]
    assert '"c" is there twice' in notes[0].reason


def test_merge_keys_add_what_is_missing() -> None:
    text = "base: &b {x: 1, y: 2}\nmore: &m {z: 3, y: 9}\npost:\n  <<: [*b, *m]\n  x: own\n"

    assert {"x": "own", "y": "2", "z": "3"} == load(text, [])["post"]


def test_aliases_share_and_are_counted() -> None:
    assert {"a": ["x"], "b": ["x"], "c": "w", "d": "w"} == load("a: &a [x]\nb: *a\nc: &c w\nd: *c\n", [])


def _bomb(levels: int) -> str:
    lines = ["a0: &a0 [l,l,l,l,l,l,l,l,l]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (_bomb(10), 5, "more than 10,000 values"),
        ("a: 1\nx: !!python/object/apply:os.system [id]\n", 2, "tag !!python/object/apply:os.system"),
        ("x: !foo bar\n", 1, "tag !foo"),
        ("x: !!binary aGk=\n", 1, "tag !!binary"),
        ("a: 1\nb: &b [*b]\n", 2, "stands for nothing"),
        ("a: *nowhere\n", 1, "stands for nothing"),
        ("a: &a [x]\n*a : y\n", 2, "key is a list"),
        ("? [a]\n: b\n", 1, "key is a list"),
        ("a: {<<: word}\n", 1, "merge key"),
        ("a: b\n--- c\n", 2, "second YAML document"),
        ("title: A: B\n", 1, "not valid YAML"),
        ("tags:\n\t- a\n", 2, "not valid YAML"),
        ("ok: 1\ntitle: {{ site.name }\n", 2, "key is a list"),
        ("a: 'open\nb: c\n", 1, "not valid YAML"),
        ("a: b\u2028c: d: e\n", 1, "not valid YAML"),
        ('t: "\\uD83D"\n', 1, "not valid YAML"),
        ("a: b\nc: \x1b[2J\n", 2, '"\\x1b"'),
        ("a: " + "[" * 40 + "]" * 40 + "\n", 1, f"nested more than {MAX_DEPTH} deep"),
    ],
)
def test_a_refusal_has_a_line_and_a_reason(text: str, line: int, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        load(text, [])

    assert line == caught.value.line
    assert caught.value.column is not None
    assert reason in caught.value.reason
    assert caught.value.reason.isprintable()


def test_a_tab_for_indentation_is_named_in_the_remedy() -> None:
    with pytest.raises(Malformed) as caught:
        load("tags:\n\t- a\n", [])

    assert "tabs" in caught.value.remedy
    assert (2, 1) == (caught.value.line, caught.value.column)


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 60_000,
        "{" * 60_000,
        "? " * 30_000,
        "a: " + "[a," * 20_000,
        "a: " + "'" * 60_000,
        "a: |\n" + " x\n" * 20_000,
        "- " * 30_000,
        "a:\n" + "".join(" " * n + "b:\n" for n in range(300)),
        "".join(f"&k{n} a{n}: *k{n - 1}\n" if n else "&k0 a0: x\n" for n in range(3_000)),
        "a: &a {<<: {x: y}}\n" + "".join(f"b{n}: {{<<: *a}}\n" for n in range(4_000)),
        "x" * 65_000,
        "x" * 65_000 + ": y",
        "a: " + " " * 65_000 + "#",
        "a: b" + ": " * 30_000,
    ],
)
def test_hostile_text_of_64_kib_is_done_within_a_second(text: str) -> None:
    began = time.process_time()
    with suppress(Malformed):
        load(text, [])

    assert time.process_time() - began < 1


# --- the quick way ------------------------------------------------------------------------------------------------

_KEYS = st.sampled_from(
    ["a", "b", "title", "alt-text", "x_1", "2024", "null", "<<", "a b", "é", "-a", '"q"', "a:b", ""]
)
_VALUES = st.one_of(
    st.sampled_from([
        "", "~", "null", "yes", "2023-08-24 12:55", "It’s #1", "a # b", "a: b", "a:b", "a:", "'x'", '"x"', "'it''s'",
        '"a \\n b"', "[a, b]", "[a, [b]]", "[ a , b,c ]", "[]", "[a,]", "[a b: c]", "{a: b}", "| ", ">", "&x y", "*x",
        "!t x", "- x", "-x", "? x", "@x", "`x`", "%x", "x\ty", "\u00a0x", "é ü", "/a/b.jpg", "(x)", "https://e.org/?a=b#c",
        "'a' b", '"a', "a  b", "#", "x #", "...", "---", "a\u2028b", "a\ufeffb", "\x07", "null ",
        "[null, ~x]", "[1, 2]", "[null]", "[a#b, c #d]", "½", "٣", "x,y", "x, y", "[x -y, z]", "''", '""',
    ]),
    st.text(alphabet="ab1 :#-[]{},'\"\\&*!|>%@`~?./\té\n", max_size=12),
)  # fmt: skip
_LINES = st.builds(
    lambda indent, dash, key, gap, value, end: f"{indent}{dash}{key}{gap}{value}{end}",
    st.sampled_from(["", "", "", " ", "  ", "  ", "    ", "\t"]),
    st.sampled_from(["", "", "", "- ", "-", "-  "]),
    st.one_of(_KEYS.map(lambda key: f"{key}:"), st.just("")),
    st.sampled_from([" ", " ", " ", "", "  "]),
    _VALUES,
    st.sampled_from(["", "", " ", "  "]),
)
_TEXTS = st.lists(_LINES, max_size=7).map(lambda lines: "\n".join(lines) + "\n")


@settings(max_examples=400, deadline=None)
@given(st.one_of(_TEXTS, st.text(alphabet="ab: -#'\"[],\n", max_size=40)))
def test_what_the_quick_way_takes_the_long_way_reads_the_same(text: str) -> None:
    quick = skim(text)
    notes: list[Note] = []

    if quick is not None:
        assert quick == read(text, notes)
        assert [] == notes


def test_ordinary_front_matter_goes_the_quick_way() -> None:
    text = (
        "title: Russian Pilot's Daring Defection - Flies\nauthor: Donna Teetree\nfeatured-image: \n"
        '  path: https://e.org/a.jpg?w=1&s=none\n  alt-text: "A helicopter"\ntags: [a, b]\nlist:\n- x\n- y\n'
        "deep:\n  - z\n\nempty:\ndate: 2023-08-24 12:55\n"
    )

    assert {
        "title": "Russian Pilot's Daring Defection - Flies",
        "author": "Donna Teetree",
        "featured-image": {"path": "https://e.org/a.jpg?w=1&s=none", "alt-text": "A helicopter"},
        "tags": ["a", "b"],
        "list": ["x", "y"],
        "deep": ["z"],
        "empty": None,
        "date": "2023-08-24 12:55",
    } == skim(text)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return None if value in ("", "~", "null", "Null", "NULL") else value


@settings(max_examples=300, deadline=None)
@given(_TEXTS)
def test_the_long_way_agrees_with_the_library(text: str) -> None:
    if "<<" in text:
        return
    try:
        expected = yaml.load(text, Loader=yaml.CBaseLoader)
        found = read(text, [])
    except (yaml.YAMLError, Malformed, TypeError):
        return

    assert _without_nulls(expected) == _without_nulls(found if found != {} else expected)
