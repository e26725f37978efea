"""Images as the author gave them and as they are, and files that come with an entry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRef:
    """A featured image as the author gave it.

    ``url`` is absolute, percent-encoded once. ``file`` is the path inside the source's folder (with ``/``, no ``..``)
    when the address is the site's own, else None. ``width`` and ``height`` count until
    somebody has looked at the bytes. ``rights`` is whose it is, in a word: "own", "wire", an agency's name.
    """

    url: str
    file: str | None = None
    alt: str = ""
    caption: str = ""
    credit: str = ""
    width: int | None = None
    height: int | None = None
    rights: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnclosureRef:
    """A file that comes with a post, as the author gave it: address as with an image, media type by word or name.

    ``length`` in bytes and ``duration`` in seconds are the author's word, None where there is none.
    """

    url: str
    file: str | None = None
    type: str
    length: int | None = None
    duration: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What the bytes of an image say, or of another file that comes with a post, which has no sides.

    ``length`` in bytes, ``width`` and ``height`` in pixels; None is unknown.
    """

    type: str = ""
    length: int | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A featured image with all that is known of it; ``type`` is "" while nobody knows it."""

    url: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    type: str = ""
    length: int | None = None
    width: int | None = None
    height: int | None = None
    rights: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that comes with an entry; ``length`` in bytes, 0 when nobody knows; ``duration`` in seconds."""

    url: str
    type: str
    length: int
    title: str = ""
    duration: int | None = None

    def __post_init__(self) -> None:
        if self.length < 0 or "/" not in self.type:
            raise ValueError(f"not an enclosure: {self.type!r}, {self.length} bytes")
