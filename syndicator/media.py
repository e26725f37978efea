"""What a file that comes with a post is: its media type by its bytes and its name, and the enclosure made of it."""

from __future__ import annotations

from urllib.parse import unquote

from syndicator.model import Enclosure, EnclosureRef, ImageFacts

__all__ = ["PLAYED", "enclosure_from", "extension_of", "sniff", "type_of_file"]

#: The kinds that readers play; such a file goes before the picture, since listening to it is what the post is for.
PLAYED = ("audio/", "video/")

_BY_EXTENSION = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "m4b": "audio/mp4",
    "aac": "audio/aac",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "weba": "audio/webm",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "ogv": "video/ogg",
    "mov": "video/quicktime",
    "mkv": "video/x-matroska",
    "avi": "video/x-msvideo",
    "mpg": "video/mpeg",
    "mpeg": "video/mpeg",
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
    "zip": "application/zip",
}
_BY_START = (
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xfa", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"fLaC", "audio/flac"),
    (b"%PDF-", "application/pdf"),
)
_BY_RIFF = {b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_MPEG4 = frozenset(
    {
        b"isom",
        b"iso2",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
        b"M4V ",
        b"M4VH",
        b"M4VP",
        b"dash",
        b"MSNV",
    }
)
_AUDIO_MPEG4 = frozenset({b"M4A ", b"M4B ", b"M4P "})
#: Containers that hold sound alone or pictures too, which their first bytes need not tell: then the author's word goes.
_FAMILIES = (
    frozenset({"audio/mp4", "audio/x-m4a", "audio/m4a", "audio/aac", "video/mp4", "video/x-m4v", "video/quicktime"}),
    frozenset({"audio/ogg", "audio/opus", "video/ogg"}),
    frozenset({"audio/webm", "video/webm", "video/x-matroska", "audio/x-matroska"}),
    frozenset({"audio/wav", "audio/x-wav", "audio/vnd.wave"}),
    frozenset({"audio/flac", "audio/x-flac"}),
    frozenset({"audio/mpeg", "audio/mp3"}),
)


def extension_of(name: str) -> str:
    """The extension of an address's path (never its query) or of a file name in lower case, "" for none."""
    path = name.partition("#")[0].partition("?")[0]
    if path.startswith("//") or "://" in path:
        path = path.partition("//")[2].partition("/")[2]
    stem, dot, extension = unquote(path.rpartition("/")[2]).rpartition(".")
    return extension.lower() if stem and dot else ""


def type_of_file(name: str) -> str:
    """The media type of sound, video or a document that a name says, else ""."""
    return _BY_EXTENSION.get(extension_of(name), "")


def sniff(head: bytes) -> str:
    """The media type of sound, video or a document by its first bytes, else ""."""
    for start, kind in _BY_START:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF":
        return _BY_RIFF.get(head[8:12], "")
    if head[:4] == b"OggS":
        return "video/ogg" if b"theora" in head[:128] else "audio/ogg"
    if head[:4] == b"\x1aE\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska" if b"matroska" in head[:64] else ""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _AUDIO_MPEG4:
            return "audio/mp4"
        return "video/quicktime" if brand == b"qt  " else "video/mp4" if brand in _MPEG4 else ""
    return ""


def enclosure_from(ref: EnclosureRef, facts: ImageFacts | None) -> Enclosure:
    """The author's file with all that is known of it; an unknown length is 0 (rss-41, rss-42).

    What its bytes say goes before what the author or the name does, but for what bytes of their kind do not tell.
    """
    facts = facts or ImageFacts()
    same = any({ref.type, facts.type} <= family for family in _FAMILIES)
    length = ref.length if facts.length is None else facts.length
    return Enclosure(
        url=ref.url,
        type=facts.type if facts.type and not same else ref.type,
        length=length or 0,
        title=ref.title,
        duration=ref.duration,
    )
