"""What a featured image is: media type, length, width and height from its bytes, the enclosure made of it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePath

from syndicator.media import extension_of, sniff
from syndicator.model import Enclosure, Image, ImageFacts, ImageRef
from syndicator.realpath import real_path

__all__ = [
    "FIRST_LOOK",
    "SECOND_LOOK",
    "describe",
    "dress",
    "enclosure_of",
    "measure_file",
    "type_of_name",
    "wants_more",
]

# Width and height stand in the first KiB of most images; a JPEG with a large colour profile needs the second look.
FIRST_LOOK = 64 * 1024
SECOND_LOOK = 512 * 1024

_BY_EXTENSION = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "jpe": "image/jpeg",
    "jfif": "image/jpeg",
    "png": "image/png",
    "apng": "image/apng",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "svg": "image/svg+xml",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "bmp": "image/bmp",
    "heic": "image/heic",
    "heif": "image/heif",
    "jxl": "image/jxl",
}
_BY_START = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
)
_BY_BRAND = (
    (frozenset({b"avif", b"avis"}), "image/avif"),
    (frozenset({b"heic", b"heix", b"hevc", b"hevx"}), "image/heic"),
    (frozenset({b"mif1", b"msf1"}), "image/heif"),
)
_BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})
# What comes before the root element, a DTD left out on purpose: its inner subset is no regular language.
_XML_PROLOGUE = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*>)", re.DOTALL)
_SVG_ROOT = re.compile(rb"\s*<(?:[A-Za-z_][\w.-]*:)?svg(?=[\s/>])[^>]*>")
_SVG_SIDE = re.compile(rb"""\s(width|height)\s*=\s*["']\s*(\d{1,9}(?:\.\d{1,9})?)\s*(?:px)?\s*["']""")
# Larger numbers fit neither a column of a database nor a number of JSON, and nobody's picture.
_LONGEST_SIDE = 2**31 - 1
_LONGEST_VP8_SIDE = 2**14 - 1  # the two bits above are a scale, which the library takes for part of the number
_LARGEST_FILE = 2**53 - 1


def type_of_name(name: str) -> str:
    """The media type that the extension of an address's path (never its query) or of a file name says, else ""."""
    return _BY_EXTENSION.get(extension_of(name), "")


def describe(head: bytes, *, length: int | None) -> ImageFacts:
    """What the first bytes of a file say, whatever its name or its host claims.

    ``length`` is the whole file's size in bytes, None when nobody knows. A file of no kind that is known has the type
    "".
    """
    kind = _sniff(head)
    width, height = _measure(head, kind)
    kind = kind or sniff(head)
    known = length if length is not None and 0 <= length <= _LARGEST_FILE else None
    return ImageFacts(type=kind, length=known, width=width, height=height)


def _sniff(head: bytes) -> str:
    for start, kind in _BY_START:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        end = min(int.from_bytes(head[:4], "big"), 256)
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}
        return next((kind for names, kind in _BY_BRAND if names & brands), "")
    if head[:2] == b"BM" and head[6:10] == bytes(4) and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "image/bmp"
    return "image/svg+xml" if _svg_root(head) else ""


def _svg_root(head: bytes) -> bytes:
    """The start tag of an SVG document, b"" for anything else (an HTML page with a drawing in it, for one)."""
    at = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    while skipped := _XML_PROLOGUE.match(head, at):
        at = skipped.end()
    root = _SVG_ROOT.match(head, at)
    return root[0] if root else b""


def _measure(head: bytes, kind: str) -> tuple[int | None, int | None]:
    if not kind:
        return None, None
    if kind == "image/svg+xml":
        # The library would take the first width and height of any element, and percentages for failures.
        sides = {name: round(float(number)) for name, number in _SVG_SIDE.findall(_svg_root(head))}
        width, height = sides.get(b"width", 0), sides.get(b"height", 0)
    else:
        import imagesize  # late: it brings a client for the network along, which nobody here uses

        # It catches all its own failures and says (-1, -1).
        width, height = imagesize.get(BytesIO(head))
    if head[12:16] == b"VP8 " and max(width, height) > _LONGEST_VP8_SIDE:
        return None, None
    if not (0 < width <= _LONGEST_SIDE and 0 < height <= _LONGEST_SIDE):
        return None, None
    return width, height


def wants_more(facts: ImageFacts) -> bool:
    """Whether a longer look at the file may tell its sides."""
    return facts.type.startswith("image/") and facts.width is None


# --- local files --------------------------------------------------------------------------------------------------


def measure_file(root: Path, file: str, known_version: str) -> tuple[str, ImageFacts] | None:
    """Version and facts of an image inside ``root``, None when there is no regular, readable file of that name in it.

    ``file`` is relative with ``/``. Symbolic links are followed only as long as they stay inside. The facts are empty
    when ``known_version`` is still right: then the file is not even opened, and was inside when that was found.
    """
    try:
        if known_version:
            status = os.stat(f"{root}/{file}")  # noqa: PTH116 - text, not Path: asked for each picture in each pass
            if _version(status) == known_version and stat.S_ISREG(status.st_mode):
                return known_version, ImageFacts()
        top = real_path(root, strict=True)
        path = real_path(top / file, strict=True)
        inside = path.relative_to(top)
        before = path.stat()
        # Looked at before it is opened: opening a pipe or a device can wait, or do something.
        if not stat.S_ISREG(before.st_mode):
            return None
        with _opened(top, inside) as handle:
            now = os.fstat(handle)
            if not stat.S_ISREG(now.st_mode):
                return None
            facts = describe(os.pread(handle, FIRST_LOOK, 0), length=now.st_size)
            if wants_more(facts) and now.st_size > FIRST_LOOK:
                facts = describe(os.pread(handle, SECOND_LOOK, 0), length=now.st_size)
            return _version(now), facts
    except (OSError, ValueError, RuntimeError):  # ValueError: outside, or a NUL in the name; RuntimeError: a loop
        return None


@contextmanager
def _opened(top: Path, inside: PurePath) -> Iterator[int]:
    """The file, reached step by step without following any link: one put there meanwhile leads nowhere."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(top, flags | os.O_DIRECTORY)
    try:
        for step in inside.parts[:-1]:
            deeper = os.open(step, flags | os.O_DIRECTORY, dir_fd=handle)
            os.close(handle)
            handle = deeper
        file = os.open(inside.name, flags | os.O_NONBLOCK | os.O_NOCTTY, dir_fd=handle)
        os.close(handle)
        handle = file
        yield handle
    finally:
        os.close(handle)


def _version(status: os.stat_result) -> str:
    return f"{status.st_mtime_ns}-{status.st_size}-{status.st_ino}"


# --- what a feed shows --------------------------------------------------------------------------------------------


def dress(ref: ImageRef, facts: ImageFacts | None) -> Image:
    """The author's image with all that is known of it.

    The media type is guessed from the name only while nobody has looked at the bytes; once somebody has, they decide.
    So they do for width and height, where they say them; else the author does.
    """
    facts = facts or ImageFacts()
    unseen = facts == ImageFacts()
    seen = facts.type if facts.type.startswith("image/") else ""
    return Image(
        url=ref.url,
        alt=ref.alt,
        caption=ref.caption,
        credit=ref.credit,
        type=type_of_name(ref.url) if unseen else seen,
        length=facts.length,
        width=ref.width if facts.width is None else facts.width,
        height=ref.height if facts.width is None else facts.height,
        rights=ref.rights,
    )


def enclosure_of(image: Image) -> Enclosure | None:
    """The image as an enclosure, None when nobody knows its type; an unknown length is 0 (rss-41)."""
    if not image.type:
        return None
    return Enclosure(url=image.url, type=image.type, length=image.length or 0)
