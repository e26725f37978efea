"""Characters that XML forbids never get past."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from syndicator.text import legal, one_line, printable, slug

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffd-\uffff]")


def test_rss_5_and_6_every_single_character_is_kept_or_dropped_as_xml_says() -> None:
    for code in range(0x110000):
        char = chr(code)
        wanted = "\n" if char in "\r\x85" else "" if FORBIDDEN.fullmatch(char) else char
        assert wanted == legal(char), hex(code)
        assert f"a\n{wanted}b" == legal(f"a\n{char}b"), hex(code)


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
