"""Files that come with a post: what they are by bytes and name, and which of them goes first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.entries import attach, illustrate
from syndicator.images import describe
from syndicator.media import enclosure_from, sniff, type_of_file
from syndicator.model import Enclosure, EnclosureRef, ImageFacts, ImageRef
from tests.unit.feed_samples import make_entry
from tests.unit.test_images import box, jpeg

AT = "https://x.example/"
EPISODE = EnclosureRef(url=f"{AT}e.mp3", type="audio/mpeg", duration=3723, title="Episode 1")
PAPER = EnclosureRef(url=f"{AT}p.pdf", type="application/pdf", length=7)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"ID3\x04\x00", "audio/mpeg"),
        (b"\xff\xfb\x90d", "audio/mpeg"),
        (b"\xff\xf3\x48", "audio/mpeg"),
        (b"\xff\xf1P\x80", "audio/aac"),
        (b"fLaC\x00", "audio/flac"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", "video/x-msvideo"),
        (b"OggS\x00\x02" + bytes(22) + b"\x01vorbis", "audio/ogg"),
        (b"OggS\x00\x02" + bytes(22) + b"OpusHead", "audio/ogg"),
        (b"OggS\x00\x02" + bytes(22) + b"\x80theora", "video/ogg"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm", "video/webm"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x88matroska", "video/x-matroska"),
        (b"\x1aE\xdf\xa3", ""),
        (box(b"ftyp", b"M4A ", bytes(4), b"mp42"), "audio/mp4"),
        (box(b"ftyp", b"isom", bytes(4), b"mp41"), "video/mp4"),
        (box(b"ftyp", b"qt  ", bytes(4)), "video/quicktime"),
        (box(b"ftyp", b"xxxx", bytes(4)), ""),
        (b"%PDF-1.7", "application/pdf"),
        (b"RIFF\x24\x00\x00\x00WEBP", ""),
        (b"<!doctype html>", ""),
        (b"", ""),
    ],
)
def test_a_file_is_what_its_first_bytes_say(head: bytes, kind: str) -> None:
    """rss-41."""
    assert kind == sniff(head)


@given(st.binary(max_size=200))
def test_any_bytes_are_of_some_kind_or_of_none(head: bytes) -> None:
    kind = describe(head, length=None).type

    assert kind == "" or "/" in kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.mp3", "audio/mpeg"),
        ("https://x.example/a.MP3?x=1.jpg#t=3", "audio/mpeg"),
        ("https://mp3.mp4", ""),
        ("a.mp4/", ""),
        (".mp3", ""),
        ("mp3", ""),
        ("a%2Em4a", "audio/mp4"),
    ],
)
def test_a_name_says_a_type_by_its_path_alone(name: str, kind: str) -> None:
    """rss-41: never by its query."""
    assert kind == type_of_file(name)


@pytest.mark.parametrize(
    ("word", "bytes_", "kind"),
    [
        ("audio/mpeg", "", "audio/mpeg"),
        ("audio/mpeg", "video/mp4", "video/mp4"),
        ("audio/mp4", "video/mp4", "audio/mp4"),
        ("audio/x-m4a", "audio/mp4", "audio/x-m4a"),
        ("audio/webm", "video/webm", "audio/webm"),
        ("application/epub+zip", "", "application/epub+zip"),
        ("audio/mpeg", "image/jpeg", "image/jpeg"),
    ],
)
def test_bytes_go_before_words_but_for_what_they_do_not_tell(word: str, bytes_: str, kind: str) -> None:
    """rss-41: containers begin alike whether they hold sound or film."""
    made = enclosure_from(EnclosureRef(url=AT, type=word), ImageFacts(type=bytes_, length=3))

    assert Enclosure(url=AT, type=kind, length=3) == made


def test_the_length_is_that_of_the_bytes_else_the_authors_else_0() -> None:
    """rss-42."""
    given_ = EnclosureRef(url=AT, type="audio/mpeg", length=5)

    assert 3 == enclosure_from(given_, ImageFacts(type="audio/mpeg", length=3)).length
    assert 5 == enclosure_from(given_, None).length
    assert 0 == enclosure_from(EnclosureRef(url=AT, type="audio/mpeg"), None).length


def test_what_is_played_goes_before_the_picture_and_all_else_behind_it() -> None:
    """rss-40, atom-51, jsonfeed-36."""
    picture = ImageRef(url=f"{AT}a.jpg")
    shown = illustrate(make_entry(), picture, describe(jpeg(), length=9))

    made = attach(shown, [(PAPER, None), (EPISODE, None)])

    assert ["e.mp3", "a.jpg", "p.pdf"] == [file.url.removeprefix(AT) for file in made.enclosures]
    assert shown.image == made.image


def test_the_picture_is_no_file_of_its_own() -> None:
    """rss-61."""
    shown = illustrate(make_entry(), ImageRef(url=f"{AT}a.jpg"), None)

    assert shown == attach(shown, [(EnclosureRef(url=f"{AT}a.jpg", type="image/jpeg"), None)])
    assert shown == attach(shown, [])
