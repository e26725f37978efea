"""Images are what their bytes say, and local ones are never looked for outside their folder."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import imagesize
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.images import FIRST_LOOK, describe, dress, enclosure_of, measure_file, type_of_name
from syndicator.model import Enclosure, Image, ImageFacts, ImageRef


def png(width: int = 40, height: int = 30) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def gif(width: int = 40, height: int = 30) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x00\x00\x00;"


def jpeg(width: int = 40, height: int = 30, *, profile: int = 0) -> bytes:
    """Start of image, application segments that hold ``profile`` bytes, start of frame."""
    parts = [b"\xff\xd8", b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"]
    while profile > 0:
        size = min(profile, 65000)
        parts.append(b"\xff\xe2" + struct.pack(">H", size + 2) + bytes(size))
        profile -= size
    parts.append(b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00")
    return b"".join([*parts, b"\xff\xd9"])


def webp(width: int = 40, height: int = 30, *, scale: int = 0) -> bytes:
    frame = b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width | scale << 14, height) + bytes(8)
    return b"RIFF" + struct.pack("<I", len(frame) + 12) + b"WEBPVP8 " + struct.pack("<I", len(frame)) + frame


def box(name: bytes, *payload: bytes) -> bytes:
    body = b"".join(payload)
    return struct.pack(">I4s", len(body) + 8, name) + body


def avif(width: int = 40, height: int = 30, *, major: bytes = b"avif", also: bytes = b"mif1") -> bytes:
    extents = box(b"ispe", bytes(4), struct.pack(">II", width, height))
    owned = box(b"ipma", bytes(4), struct.pack(">IHB", 1, 1, 1), b"\x81")
    primary = box(b"pitm", bytes(4), struct.pack(">H", 1))
    meta = box(b"meta", bytes(4), primary, box(b"iprp", box(b"ipco", extents), owned))
    return box(b"ftyp", major, bytes(4), also) + meta + box(b"mdat", bytes(32))


def tiff(width: int = 40, height: int = 30) -> bytes:
    entries = struct.pack("<HHII", 256, 4, 1, width) + struct.pack("<HHII", 257, 4, 1, height)
    return b"II*\x00" + struct.pack("<IH", 8, 2) + entries + bytes(4)


def bmp(width: int = 40, height: int = 30) -> bytes:
    return b"BM" + struct.pack("<IIIIii", 54, 0, 54, 40, width, height) + bytes(28)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30px"><rect width="7" height="7"/></svg>'


# --- describe -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (png(), "image/png"),
        (gif(), "image/gif"),
        (jpeg(), "image/jpeg"),
        (webp(), "image/webp"),
        (avif(), "image/avif"),
        (avif(major=b"mif1", also=b"avif"), "image/avif"),
        (avif(major=b"heic"), "image/heic"),
        (avif(major=b"mif1"), "image/heif"),
        (tiff(), "image/tiff"),
        (bmp(), "image/bmp"),
        (SVG, "image/svg+xml"),
    ],
)
def test_an_image_is_known_by_its_bytes(data: bytes, kind: str) -> None:
    assert describe(data, length=1234) == ImageFacts(type=kind, length=1234, width=40, height=30)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!DOCTYPE html><html><svg width='3' height='3'/></html>",
        b"<html><body>not found</body></html>",
        b"#!/bin/sh\necho image\n",
        b"BMW sold more cars this year, it said on Friday in Munich, and then some more.",
        b"RIFF\x24\x00\x00\x00XXXXfmt ",
        box(b"ftyp", b"3gp4", bytes(4), b"3gp4"),
        b"\xff\xd8",
        b"P4 8 8",
        b"<?xml version='1.0'?><rss><channel/></rss>",
        b"<svgfoo/>",
    ],
)
def test_what_is_nothing_known_has_no_type_and_no_size(data: bytes) -> None:
    assert describe(data, length=len(data)) == ImageFacts(type="", length=len(data))


@pytest.mark.parametrize(
    "data", [b"RIFF\x24\x00\x00\x00WAVEfmt ", box(b"ftyp", b"isom", bytes(4), b"mp41"), b"%PDF-1.7", b"ID3\x04"]
)
def test_what_is_no_image_is_no_featured_image_whatever_its_name(data: bytes) -> None:
    """rss-41: nobody is told that sound is a picture."""
    image = dress(ImageRef(url="https://x.example/a.jpg"), describe(data, length=9))

    assert ("", None) == (image.type, enclosure_of(image))


@pytest.mark.parametrize(
    "start", [b"\xef\xbb\xbf", b"<?xml version='1.0'?>\n", b"\n <!-- a > b -->", b"<!DOCTYPE svg>"]
)
def test_an_svg_may_have_a_prologue(start: bytes) -> None:
    assert describe(start + SVG, length=None) == ImageFacts(type="image/svg+xml", width=40, height=30)


def test_an_svg_with_a_prefix_is_an_svg() -> None:
    assert describe(b'<s:svg xmlns:s="x" height="2" width="1.6"/>', length=None).width == 2


@pytest.mark.parametrize(
    "root", [b'viewBox="0 0 9 9"', b'width="100%" height="30"', b'width="40"', b'stroke-width="4" height="3"']
)
def test_the_size_of_an_svg_is_unknown_rather_than_guessed(root: bytes) -> None:
    facts = describe(b"<svg " + root + b'><rect width="7" height="7"/></svg>', length=None)

    assert facts == ImageFacts(type="image/svg+xml")


def test_a_head_that_ends_too_soon_gives_the_type_and_no_size() -> None:
    assert describe(jpeg(profile=100_000)[:FIRST_LOOK], length=9) == ImageFacts(type="image/jpeg", length=9)
    assert describe(png()[:12], length=None) == ImageFacts(type="image/png")


def test_an_image_turned_by_its_camera_has_the_size_that_is_seen() -> None:
    turned = b"MM\x00*\x00\x00\x00\x08\x00\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) + bytes(4)
    segment = b"Exif\x00\x00" + turned
    data = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg()[2:]

    facts = describe(data, length=None)

    assert (facts.width, facts.height) == (30, 40)


def test_sizes_and_lengths_that_cannot_be_are_unknown() -> None:
    assert describe(png(width=0), length=None).width is None
    assert describe(png(width=2**32 - 1), length=None).width is None
    assert describe(png(), length=10**30).length is None
    assert describe(png(), length=-1).length is None


def test_the_scale_of_a_webp_is_not_taken_for_width() -> None:
    assert describe(webp(scale=1), length=None) == ImageFacts(type="image/webp")


def test_a_gif_wider_than_32767_is_unknown_until_imagesize_reads_unsigned_numbers(tmp_path: Path) -> None:
    path = tmp_path / "wide.gif"
    path.write_bytes(gif(width=40_000))

    # imagesize 2.0.1 reads them as signed: the day that this fails, 40000 is right, and the test may go.
    assert imagesize.get(str(path))[0] == 40_000 - 65_536
    assert describe(gif(width=40_000), length=None).width is None


_STARTS = st.sampled_from([png(), gif(), jpeg(), webp(), avif(), tiff(), bmp(), SVG, b"", b"\x00\x00\x00\x20ftypavif"])


@settings(max_examples=100, deadline=None)
@given(_STARTS, st.integers(0, 80), st.binary(max_size=200))
def test_any_bytes_are_described_without_a_crash(start: bytes, keep: int, rest: bytes) -> None:
    facts = describe(start[:keep] + rest, length=None)

    assert facts.type == "" or facts.type.startswith(("image/", "audio/", "video/", "application/"))
    assert facts.width is None or facts.type.startswith("image/")
    assert (facts.width is None) == (facts.height is None)
    assert facts.width is None or facts.width > 0


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("https://example.org/a.jpg", "image/jpeg"),
        ("https://example.org/A.JPG?x=1&y=2#frag", "image/jpeg"),
        ("https://example.org/a.jpe", "image/jpeg"),
        ("https://example.org/my%20photo%20%281%29.jpeg", "image/jpeg"),
        ("https://example.org/a%2Epng", "image/png"),
        ("img/b.webp", "image/webp"),
        ("//cdn.example.org/d.gif", "image/gif"),
        ("a.tar.avif", "image/avif"),
        ("a.svg", "image/svg+xml"),
        ("https://cdn.example.org/iu/?u=https%3A%2F%2Fx.example%2Fa.jpg&f=1&nofb=1", ""),
        ("https://cdn.example.org/image?name=a.png", ""),
        ("https://cdn.example.org/image#a.png", ""),
        ("https://photos.jpg", ""),
        ("https://photos.jpg/", ""),
        ("https://example.org/a.jpg/", ""),
        ("https://example.org/.jpg", ""),
        ("https://example.org/v1.2/photo", ""),
        ("https://[broken/a.jpg", "image/jpeg"),
        ("page.html", ""),
        ("jpg", ""),
        ("", ""),
    ],
)
def test_the_type_of_a_name_is_that_of_its_paths_extension(name: str, kind: str) -> None:
    """rss-41: never from the query, and never image/jpg."""
    assert type_of_name(name) == kind


# --- local files --------------------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    (root / "img").mkdir(parents=True)
    (root / "img" / "a.png").write_bytes(png())
    (tmp_path / "secret.png").write_bytes(png(7, 7))
    return root


def test_a_local_image_is_measured(site: Path) -> None:
    measured = measure_file(site, "img/a.png", "")

    assert measured is not None
    assert measured[1] == ImageFacts(type="image/png", length=len(png()), width=40, height=30)


def test_a_known_version_is_not_read_again(site: Path) -> None:
    first = measure_file(site, "img/a.png", "")
    assert first is not None

    assert measure_file(site, "img/a.png", first[0]) == (first[0], ImageFacts())


def test_a_changed_file_has_another_version(site: Path) -> None:
    first = measure_file(site, "img/a.png", "")
    assert first is not None

    (site / "img" / "new.png").write_bytes(png(50, 60))
    (site / "img" / "new.png").replace(site / "img" / "a.png")
    second = measure_file(site, "img/a.png", first[0])

    assert second is not None
    assert second[0] != first[0]
    assert second[1].width == 50


def test_a_file_that_lies_about_its_type_gets_what_its_bytes_say(site: Path) -> None:
    (site / "img" / "liar.jpg").write_bytes(png())
    (site / "img" / "page.jpg").write_bytes(b"<html></html>")

    liar, page = measure_file(site, "img/liar.jpg", ""), measure_file(site, "img/page.jpg", "")

    assert liar is not None
    assert liar[1].type == "image/png"
    assert page is not None
    assert page[1] == ImageFacts(type="", length=13)


def test_a_size_behind_a_large_profile_is_found_at_the_second_look(site: Path) -> None:
    (site / "img" / "big.jpg").write_bytes(jpeg(profile=400_000) + bytes(300_000))

    measured = measure_file(site, "img/big.jpg", "")

    assert measured is not None
    assert (measured[1].width, measured[1].height) == (40, 30)


def test_a_link_that_stays_inside_is_followed(site: Path) -> None:
    (site / "img" / "b.png").symlink_to("a.png")
    (site / "pictures").symlink_to("img")

    for name in ("img/b.png", "pictures/a.png"):
        measured = measure_file(site, name, "")
        assert measured is not None, name
        assert measured[1].width == 40


def test_a_folder_behind_a_link_is_a_fine_root(site: Path, tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(site)

    assert measure_file(tmp_path / "current", "img/a.png", "") is not None


@pytest.mark.parametrize(
    "name",
    ["../secret.png", "/etc/passwd", "img/../../secret.png", "", ".", "img", "img/none.png", "img/a.png/x", "a\0.png"],
)
def test_names_that_lead_elsewhere_lead_nowhere(site: Path, name: str) -> None:
    assert measure_file(site, name, "") is None


def test_a_name_that_is_no_utf_8_or_too_long_is_no_file(site: Path) -> None:
    assert measure_file(site, "\ud800.png", "") is None
    assert measure_file(site, "x" * 5000, "") is None


def test_links_out_of_the_folder_are_not_followed(site: Path, tmp_path: Path) -> None:
    (site / "img" / "out.png").symlink_to(tmp_path / "secret.png")
    (site / "up").symlink_to(tmp_path)

    assert measure_file(site, "img/out.png", "") is None
    assert measure_file(site, "up/secret.png", "") is None


def test_links_in_a_circle_are_no_file(site: Path) -> None:
    (site / "one.png").symlink_to("two.png")
    (site / "two.png").symlink_to("one.png")

    assert measure_file(site, "one.png", "") is None


def test_pipes_and_devices_are_never_opened(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(site / "pipe.png")
    opened: list[str] = []
    real = os.open

    def noted(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        opened.append(path)
        return real(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", noted)

    assert measure_file(site, "pipe.png", "") is None
    assert measure_file(Path("/dev"), "null", "") is None
    assert opened == []


@pytest.fixture
def swapped(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The folder of images becomes a link out of the site between the check and the opening."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.png").write_bytes(png(7, 7))
    done: list[str] = []
    real = os.open

    def swap(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if not done:
            done.append(str(path))
            (site / "img").rename(site / "old")
            (site / "img").symlink_to(tmp_path / "outside")
        return real(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", swap)
    yield done
    monkeypatch.undo()


def test_a_link_put_in_the_way_at_the_last_moment_is_not_followed(site: Path, swapped: list[str]) -> None:
    assert measure_file(site, "img/a.png", "") is None
    assert swapped


def test_measuring_leaves_no_file_open(site: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))

    for name in ("img/a.png", "img/none.png", "img", "../secret.png"):
        measure_file(site, name, "")

    assert len(os.listdir("/proc/self/fd")) == before


# --- what a feed shows --------------------------------------------------------------------------------------------

REF = ImageRef(url="https://example.org/a.JPG?x=1", alt="an alt", caption="a caption", credit="somebody")


def test_an_image_is_dressed_with_its_facts() -> None:
    image = dress(REF, ImageFacts(type="image/png", length=9, width=4, height=3))

    assert image == Image(
        url=REF.url,
        alt="an alt",
        caption="a caption",
        credit="somebody",
        type="image/png",
        length=9,
        width=4,
        height=3,
    )
    assert enclosure_of(image) == Enclosure(url=REF.url, type="image/png", length=9)


@pytest.mark.parametrize("facts", [None, ImageFacts()])
def test_an_image_nobody_has_looked_at_is_typed_by_its_name(facts: ImageFacts | None) -> None:
    """rss-42: a length that is true, or 0."""
    image = dress(REF, facts)

    assert image.type == "image/jpeg"
    assert enclosure_of(image) == Enclosure(url=REF.url, type="image/jpeg", length=0)


def test_the_author_says_how_large_an_image_is_until_its_bytes_do() -> None:
    """frontmatter-74"""
    ref = ImageRef(url="https://example.org/a.jpg", width=640, height=480)
    looks = (None, ImageFacts(type="image/jpeg", length=9), ImageFacts(type="image/jpeg", width=4, height=3))

    assert [(640, 480), (640, 480), (4, 3)] == [(i.width, i.height) for i in (dress(ref, facts) for facts in looks)]


def test_a_page_that_is_called_an_image_is_no_enclosure() -> None:
    image = dress(REF, ImageFacts(type="", length=13))

    assert image.type == ""
    assert enclosure_of(image) is None


def test_an_image_of_unknown_type_is_no_enclosure() -> None:
    assert enclosure_of(dress(ImageRef(url="https://example.org/picture?id=7"), None)) is None
