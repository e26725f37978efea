"""Characters that XML forbids never get past."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.text import bare, legal, one_line, printable, slug

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffd-\uffff]")


def test_rss_5_and_6_every_single_character_is_kept_or_dropped_as_xml_says() -> None:
    for begin in range(0, 0x110000, 0x400):
        chars = [chr(code) for code in range(begin, begin + 0x400)]
        wanted = ["\n" if char in "\r\x85" else "" if FORBIDDEN.fullmatch(char) else char for char in chars]
        assert "a\nb".join(wanted) == legal("a\nb".join(chars)), hex(begin)
        # Alone too, where there is anything to do.
        assert [] == [
            hex(ord(char))
            for char, kept in zip(chars, wanted, strict=True)
            if (kept != char or begin < 0x400) and kept != legal(char)
        ]


@given(st.text())
def test_legal_text_stays_as_it_is(text: str) -> None:
    """rss-53, atom-1, atom-73: with line ends that no parser changes."""
    assert legal(text) == legal(legal(text))
    assert not FORBIDDEN.search(legal(text))
    assert "\r" not in legal(text)


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert one_line(text) == " ".join(legal(text).split()) or any(not c.isprintable() for c in text)
    assert "\n" not in one_line(text)


@given(st.text())
def test_a_slug_is_a_file_name(text: str) -> None:
    assert re.fullmatch("(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug(text))


@given(st.text())
def test_what_is_printable_moves_no_terminal(text: str) -> None:
    assert printable(text).isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://ann:hush@h.example:80/a?b=hush&c, please", "see https://h.example:80/a?… please"),
        ("https://hush@h.example", "https://h.example"),
        ("https://a:hu@sh@h.example/", "https://h.example/"),
        ('"http://h/?hush" and <https://h/x#y>', '"http://h/?…" and <https://h/x#y>'),
        ("HTTPS://ANN:HUSH@H.EXAMPLE/", "HTTPS://H.EXAMPLE/"),
        ("git+ssh://git@h.example/news.git", "git+ssh://h.example/news.git"),
        ("sqlite:///var/state.db", "sqlite:///var/state.db"),
        ("what? ann@h.example", "what? ann@h.example"),
    ],
)
def test_an_address_is_shown_without_user_and_query(text: str, shown: str) -> None:
    assert shown == bare(text)
    assert shown == bare(shown)


def test_an_address_without_end_takes_no_time() -> None:
    for text in ("http://" + "@" * 200_000, "a+" * 100_000 + "://", "http://h/?" * 50_000, "x://y" * 50_000):
        assert bare(text)
