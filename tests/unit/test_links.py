"""Addresses: absolute, encoded once, without credentials, harmless."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.markup.links import FETCHABLE, absolute, encode, host, srcset

BASE = "https://news.example.org/2023/08/24/post.html"
ADDRESS = re.compile(r"(?:https?://[a-z0-9_\[][a-z0-9_.:\[\]-]*(?:[/?#].*)?|(?:mailto|tel):.+)")
LEGAL = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")
# Text made of the pieces that addresses are made of finds more than letters at random.
PIECES = st.from_regex(
    r"(?:https?:|HTTP:|//|/|\\|\.\.|\.|%2e|%|%20|%zz|[?#@:,]|80|\[|\]|::1|a\.example|user|ü|☃|／|。|xn--|-|1x|\n| |\x00"
    r"|\u00a0|\ud83d|data:|javascript:|mailto:|tel:){0,12}",
    fullmatch=True,
)
ANY = st.one_of(st.text(max_size=40), PIECES)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://i.example/3359.jpg?width=620&dpr=1&s=none", "https://i.example/3359.jpg?width=620&dpr=1&s=none"),
        (
            "/img/my photo (1) größe.JPG?x=1&y=2#frag",
            "https://news.example.org/img/my%20photo%20(1)%20gr%C3%B6%C3%9Fe.JPG?x=1&y=2#frag",
        ),
        (
            "https://c.example/iu/?u=https%3A%2F%2Fx.example%2Fa.jpg&f=1",
            "https://c.example/iu/?u=https%3A%2F%2Fx.example%2Fa.jpg&f=1",
        ),
        ("//cdn.example.org/d.gif", "https://cdn.example.org/d.gif"),
        ("e.jpg", "https://news.example.org/2023/08/24/e.jpg"),
        ("../e.jpg", "https://news.example.org/2023/08/e.jpg"),
        ("../../../../../../etc/passwd", "https://news.example.org/etc/passwd"),
        ("/a/%2e%2e/%2E%2e/b", "https://news.example.org/b"),
        ("#fn1", BASE + "#fn1"),
        ("?page=2", BASE + "?page=2"),
        ("100%", "https://news.example.org/2023/08/24/100%25"),
        ("/a%20b", "https://news.example.org/a%20b"),
        ("/q?a[]=1|2", "https://news.example.org/q?a%5B%5D=1%7C2"),
        (" \n https://a.example/b\n c ", "https://a.example/b%20c"),
        ("http:\\\\a.example\\b?c\\d", "http://a.example/b?c%5Cd"),
        ("https:/a.example/b", "https://a.example/b"),
        ("HTTP://A.Example:0080/x", "http://a.example:80/x"),
        ("http://[2001:DB8:0::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("mailto:editor@example.org?subject=a b", "mailto:editor@example.org?subject=a%20b"),
        ("tel:+1 202 555 0100", "tel:+12025550100"),
    ],
)
def test_an_address_becomes_absolute_and_is_encoded_once(url: str, expected: str) -> None:
    """rss-29, rss-37, rss-38, jsonfeed-37; 2026-01-22-image-bad-urls.md"""
    assert expected == absolute(url, BASE)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://münchen.example/ß", "https://xn--mnchen-3ya.example/%C3%9F"),
        ("https://i❤.example/", "https://xn--i-7iq.example/"),
        ("https://例え。テスト/", "https://xn--r8jz45g.xn--zckzah/"),
    ],
)
def test_a_host_is_written_in_idna(url: str, expected: str) -> None:
    """rss-29"""
    assert expected == absolute(url, BASE)
    assert expected == encode(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "vbscript:x",
        "data:image/png;base64,iVBORw0KGgo=",
        "file:///etc/passwd",
        "C:\\x.jpg",
        "ftp://a.example/",
        "http://",
        "//",
        "http://a b.example/",
        "http://a%2fb.example/",
        "http://a.example／evil.example/",
        "http://[bad/",
        "http://[::g]/",
        "http://a.example:99999/",
        "http://a.example:b/",
        "http://%ff/",
        "http://é..example/",
        "mailto:",
    ],
)
def test_what_is_not_allowed_becomes_nothing(url: str) -> None:
    """2026-01-20-image-ssrf-file-scheme.md, 2026-01-08-script-in-markdown.md"""
    assert absolute(url, BASE) == ""


def test_what_readers_fetch_by_themselves_is_http_only() -> None:
    assert absolute("mailto:a@b.example", BASE, allowed=FETCHABLE) == ""
    assert absolute("tel:1", BASE, allowed=FETCHABLE) == ""


@pytest.mark.parametrize(
    "url", ["https://user:secret@a.example/x", "//user:secret@a.example/x", "https://a@b:secret@a.example/x"]
)
def test_credentials_never_leave(url: str) -> None:
    """2026-01-16-image-ssrf-metadata.md"""
    assert absolute(url, BASE) == "https://a.example/x"
    assert "secret" not in encode(url)


def test_a_base_that_is_no_address_resolves_nothing() -> None:
    assert absolute("/x", "") == ""
    assert absolute("/x", "file:///srv/") == ""
    assert absolute("/x", "https://[bad/") == ""
    assert absolute("x", "https://a.example") == "https://a.example/x"


def test_a_relative_address_stays_relative_when_only_encoded() -> None:
    assert encode("/img/ü b.png#ä") == "/img/%C3%BC%20b.png#%C3%A4"


def test_a_srcset_is_rewritten_candidate_by_candidate() -> None:
    """user-ask 23"""
    value = "a.jpg 1x, /w_1,h_2/b.jpg 2x, data:image/png;base64,AA 3x,c.jpg, /d.jpg 640w , e.jpg 12q, f.jpg,"

    expected = (
        "https://news.example.org/2023/08/24/a.jpg 1x, https://news.example.org/w_1,h_2/b.jpg 2x, "
        "https://news.example.org/2023/08/24/c.jpg, https://news.example.org/d.jpg 640w, https://news.example.org/2023/08/24/f.jpg"
    )
    assert expected == srcset(value, BASE)
    assert expected == srcset(expected, BASE)


def test_the_host_of_an_address() -> None:
    assert host("https://video.example:8443/x") == "video.example:8443"
    assert host("mailto:a@b.example") == ""
    assert host("/x") == ""


@settings(max_examples=150, deadline=None)
@given(ANY)
def test_any_text_gives_a_legal_address_or_nothing(url: str) -> None:
    result = absolute(url, BASE)

    assert result == "" or ADDRESS.fullmatch(result)
    assert LEGAL.fullmatch(result)
    assert result == absolute(result, BASE)
    assert result == absolute(result, "https://elsewhere.example/")


@settings(max_examples=150, deadline=None)
@given(ANY)
def test_encoding_twice_is_encoding_once(url: str) -> None:
    once = encode(url)

    assert LEGAL.fullmatch(once)
    assert once == encode(once)


@settings(max_examples=50, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=4).map(" 1x, ".join)))
def test_a_srcset_rewritten_twice_is_the_same(value: str) -> None:
    once = srcset(value, BASE)

    assert once == srcset(once, BASE)
