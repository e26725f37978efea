"""Files taken apart: where front matter begins and ends, in three languages, and at which line it is wrong."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.errors import PostError
from syndicator.posts.frontmatter import Matter, split


def taken(text: str | bytes, limit: int = 65536) -> Matter:
    return split("_posts/a.md", text.encode() if isinstance(text, str) else text, limit=limit)


def refused(text: str | bytes, limit: int = 65536) -> PostError:
    with pytest.raises(PostError) as caught:
        taken(text, limit)
    return caught.value


@pytest.mark.parametrize(
    ("text", "data", "body", "body_line"),
    [
        ("---\ntitle: A\n---\nbody\n", {"title": "A"}, "body\n", 4),
        ("---  \ntitle: A\n---\t\n\n    code\n", {"title": "A"}, "\n    code\n", 4),
        ("---\ntitle: A\n...\nbody", {"title": "A"}, "body", 4),
        ("---\r\ntitle: A\r\n---\r\nbody\r\n", {"title": "A"}, "body\n", 4),
        ("---\rtitle: A\r---\rbody\r", {"title": "A"}, "body\n", 4),
        ("\ufeff---\ntitle: A\n---\nbody", {"title": "A"}, "body", 4),
        ("---\n---\nbody", {}, "body", 3),
        ("---\n# nothing yet\n---\nbody", {}, "body", 4),
        ("---\ntitle: A\n---", {"title": "A"}, "", 3),
        ("---\ntitle: A\n---\na\n\n---\n\nb\n\n---\n", {"title": "A"}, "a\n\n---\n\nb\n\n---\n", 4),
        ("---\nt: |\n  ---\n  x\n---\nbody", {"t": "---\nx\n"}, "body", 6),
        ("---yaml\ntitle: A\n---\nbody", {"title": "A"}, "body", 4),
        ('---json\n{"title": "A"}\n---\nbody', {"title": "A"}, "body", 4),
        ('---toml\ntitle = "A"\n---\nbody', {"title": "A"}, "body", 4),
        ('+++\ntitle = "A"\n+++\nbody', {"title": "A"}, "body", 4),
        ('{"title": "A"}\n\nbody', {"title": "A"}, "\nbody", 2),
        ('{\n"a": {\n"b": "}"\n}\n}\nbody', {"a": {"b": "}"}}, "body", 6),
        ("{}\nbody", {}, "body", 2),
    ],
)
def test_front_matter_ends_at_its_fence_and_the_body_stays_as_it_is(
    text: str, data: dict[str, Any], body: str, body_line: int
) -> None:
    """frontmatter-1, frontmatter-2, frontmatter-3, frontmatter-7."""
    matter = taken(text)

    assert (data, body, body_line) == (matter.data, matter.body, matter.body_line)
    assert () == matter.warnings


@pytest.mark.parametrize(
    "text",
    [
        "", "body", "\n---\ntitle: A\n---\nbody", " ---\na: b\n---\n", "----\na: b\n---\n", "{% include x.html %}\n",
        "{{ page.title }}\n---\n", "{: .note}\ntext", "--- a rule\n\ntext\n---\n", "++\n",
        "# H1\n\n---\ntitle: x\n---\nrest", "intro\n\n---\ntitle: x\n---\nrest",
    ],
)  # fmt: skip
def test_other_files_are_all_body(text: str) -> None:
    """frontmatter-1, frontmatter-6."""
    matter = taken(text)

    assert ({}, text, 1, "") == (matter.data, matter.body, matter.body_line, matter.head)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("---\ntitle: A\n\nbody", 1, "never closed"),
        ("---", 1, "never closed"),
        ("+++\ntitle = 'A'\n---\nbody", 1, "never closed"),
        ("---\n- a\n- b\n---\nbody", 2, "no table"),
        ("---\njust text\n---\nbody", 2, "no table"),
        ("---js\nmodule.exports = {}\n---\nbody", 1, "JavaScript"),
        ("#+TITLE: Org\n\nbody", 1, "Org mode"),
        ("---\ntitle: A\ntags:\n\t- a\n---\nbody", 4, "not valid YAML"),
        ("---\nok: 1\nt: a\x1b[2J\n---\nbody", 3, "\\x1b"),
        ("+++\ntitle = A\n+++\n", 2, "not valid TOML"),
        ("+++\na = 1\na = 2\n+++\n", 3, "not valid TOML"),
        ("+++\nd = 2023-13-45\n+++\n", 2, "not valid TOML"),
        ("+++\na = " + "9" * 5000 + "\n+++\n", None, "not valid TOML"),
        ("+++\na = 0x" + "f" * 5000 + "\n+++\n", None, "number is too large"),
        ("+++\na = " + "[" * 5000 + "]" * 5000 + "\n+++\n", None, "deep"),
        ("+++\na = " + "[" * 40 + "]" * 40 + "\n+++\n", None, "deep"),
        ('{\n"title": A\n}\n', 2, "not valid JSON"),
        ('{"title": "A"', 1, "not valid JSON"),
        ('{"a": ' + "[" * 100_000, None, "deep"),
        ('{"a": ' + "[" * 40 + "]" * 40 + "}", None, "deep"),
        ("---json\n[1]\n---\n", 2, "no table"),
    ],
)
def test_a_refusal_names_file_line_and_reason(text: str, line: int | None, reason: str) -> None:
    """frontmatter-5, frontmatter-7, frontmatter-8. The line is the file's, not the block's."""
    error = refused(text)

    assert ("_posts/a.md", line) == (error.path, error.line)
    assert reason in error.reason
    assert str(error).isprintable()


@pytest.mark.parametrize(
    ("data", "line", "column", "reason"),
    [
        ("---\ntitle: Café\n".encode("latin-1"), 2, 11, "byte 0xE9 at byte offset 14"),
        (b"\xef\xbb\xbf---\r\nt: \x93\n", 2, 4, "byte 0x93 at byte offset 11"),
        ("---\ntitle: A\n---\n".encode("utf-16"), 1, None, "UTF-16"),
        (b"\xfe\xff\x00-", 1, None, "UTF-16"),
        ("é".encode() + b"\xff", 1, 2, "byte 0xFF at byte offset 2"),
        (b"a\xed\xa0\xbdb", 1, 2, "byte 0xED"),
    ],
)
def test_what_is_not_utf_8_is_refused_with_its_offset(data: bytes, line: int, column: int | None, reason: str) -> None:
    error = refused(data)

    assert (line, column) == (error.line, error.column)
    assert reason in error.reason
    assert "UTF-8" in error.remedy


def test_front_matter_has_a_limit_in_bytes_and_the_body_has_none() -> None:
    head = "---\nt: " + "é" * 1000 + "\n---\n"

    assert "longer than 2,000 bytes" in refused(head, limit=2000).reason
    assert "b" * 9000 == taken(head + "b" * 9000, limit=2100).body


def test_duplicate_keys_are_warned_of_with_their_line() -> None:
    (warning,) = taken("---\na: 1\nb: 2\na: 3\n---\n").warnings

    assert '_posts/a.md:4: the key "a" is there twice, the last one counts' == str(warning)


def test_json_has_no_infinite_numbers_and_its_duplicates_are_warned_of() -> None:
    matter = taken('{\n "a": 1e999,\n "b": NaN, "c": 1.10, "d": true, "e": null,\n "a": -Infinity\n}\n')

    assert {"a": "-Infinity", "b": "NaN", "c": "1.10", "d": True, "e": None} == matter.data
    assert [4] == [warning.line for warning in matter.warnings]


def test_toml_floats_stay_text() -> None:
    assert {"v": "1.10", "i": "inf", "n": 3, "b": True} == taken("+++\nv = 1.10\ni = inf\nn = 3\nb = true\n+++\n").data


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("---\ntitle: A\nimage:\n  path: x\n  alt: y\n---\nalt: z\n", "image.alt", 5),
        ("---\ntitle: A\nimage: {path: x}\n---\n", "image.path", 3),
        ("---\n'date' : A\n---\n", "date", 2),
        ("---\nupdate: x\ndate: A\n---\n", "date", 3),
        ("---\ntitle: A\n---\ndate: x\n", "date", None),
        ("+++\n[image]\npath = 'x'\n+++\n", "image.path", 3),
        ('{\n"title": "A",\n"date": "x"}\n', "date", 3),
        ('{"title": "A", "date": "x"}\n', "date", 1),
        ("no front matter", "date", None),
    ],
)
def test_a_field_is_found_at_its_line(text: str, key: str, line: int | None) -> None:
    assert line == taken(text).line_of(key)


@pytest.mark.parametrize("text", ["---\n" + " " * 60_000 + "\n---\n", "---\n" + "date " * 12_000 + "\n---\n"])
def test_looking_for_a_line_takes_no_time(text: str) -> None:
    began = time.process_time()
    Matter(data={}, body="", body_line=1, head=text).line_of("date.x")

    assert time.process_time() - began < 0.2


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.sampled_from([b"---\n", b"+++\n", b"{", b'{"', b"---json\n"]).flatmap(
    lambda start: st.tuples(st.binary(max_size=80), st.text(max_size=60)).map(
        lambda parts: start + parts[0] + parts[1].encode("utf-8", "surrogatepass") + b"\n" + start))))  # fmt: skip
def test_whatever_the_bytes_only_a_matter_or_a_post_error_comes_out(data: bytes) -> None:
    with suppress(PostError):
        assert isinstance(taken(data).data, dict)
