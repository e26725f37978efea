"""Files that come with a post as the author gave them: sound, video and others, from many shapes to addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from syndicator.images import type_of_name
from syndicator.media import type_of_file
from syndicator.model import EnclosureRef
from syndicator.posts.featured import resolve
from syndicator.posts.fields import FieldMap, Warn, first, quoted, reach, text
from syndicator.posts.plaintext import title_text
from syndicator.text import legal

#: The names of ours that files are found under; what is played comes first.
KINDS = ("audio", "video", "attachment")

_ADDRESSES = ("url", "path", "src", "href", "file", "filename")
_TYPES = ("type", "mime_type", "mime-type", "mimetype", "mime")
_LENGTHS = ("length", "size_in_bytes", "bytes", "filesize", "size")
_DURATIONS = ("duration", "duration_in_seconds")
_TITLES = ("title", "name", "label")

_MOST = 20
_LONGEST = 2**53 - 1
_TYPE = re.compile(r"([a-z]{1,20}/[a-z0-9][a-z0-9.+_-]{0,80})\s*(?:;.*)?", re.DOTALL)
_BETTER = {"image/jpg": "image/jpeg", "audio/mp3": "audio/mpeg"}
_LENGTH = re.compile(r"[0-9]{1,3}(?:[,_ ][0-9]{3}){1,5}|[0-9]{1,16}", re.ASCII)
_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,4}):([0-9]{2})(?:\.[0-9]{1,9})?", re.ASCII)
_SECONDS = re.compile(r"([0-9]{1,7})(?:\.[0-9]{1,9})?", re.ASCII)
_ISO = re.compile(
    r"PT(?=[0-9])(?:([0-9]{1,4})H)?(?:([0-9]{1,5})M)?(?:([0-9]{1,7})(?:\.[0-9]{1,9})?S)?", re.ASCII | re.IGNORECASE
)


def enclosure_refs(
    data: Mapping[str, Any], fields: FieldMap, *, base: str, beside: str, path: str, warn: Warn
) -> tuple[EnclosureRef, ...]:
    """The files that the fields name, each once: sound, then video, then others. Addresses as with images.

    A field holds an address, a table with one, or a list of such. Only what has a media type by its name, or by the
    author's word in a table, is a file: anything else may be a page, or the id of a video somewhere.
    """
    found: dict[str, EnclosureRef] = {}
    for field, address, table in _candidates(data, fields):
        kind = _type_of(address, table)
        if not kind:
            if table:
                warn(field, f"{field}: nothing says what kind of file {quoted(address)} is, it is left out")
            continue
        reason, url, file = resolve(address, base, beside, path)
        if reason:
            warn(field, f"{field}: the file {reason}, it is left out")
        elif len(found) >= _MOST:
            warn(field, f"{field}: there are more than {_MOST} files, the others are left out")
            break
        elif url not in found:
            found[url] = EnclosureRef(
                url=url,
                file=file,
                type=kind,
                length=_number(field, table, _LENGTHS, _length, warn),
                duration=_number(field, table, _DURATIONS, _duration, warn),
                title=title_text(text(first(table, _TITLES)[1])),
            )
    return tuple(found.values())


def _candidates(data: Mapping[str, Any], fields: FieldMap) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Addresses in order, each with the field it is in and the table that stands around it (empty for none)."""
    for kind in KINDS:
        name, value = first(data, fields[kind])
        around = reach(data, name.rpartition(".")[0]) if "." in name else None
        for item in value if isinstance(value, list) else [value]:
            table: Mapping[str, Any] = item if isinstance(item, dict) else {}
            written = first(table, _ADDRESSES)[1] if table else item
            if not table and isinstance(around, dict) and item is value:
                table = around
            address = legal(written).strip() if isinstance(written, str) else ""
            if address:
                yield name, address, table


def _type_of(address: str, table: Mapping[str, Any]) -> str:
    said = text(first(table, _TYPES)[1]).lower()
    match = _TYPE.fullmatch(said)
    if match:
        return _BETTER.get(match[1], match[1])
    # Some say "mp3" where a media type is meant.
    return type_of_file(address) or type_of_name(address) or type_of_file(f"x.{said}")


def _number(field: str, table: Mapping[str, Any], names: tuple[str, ...], read: Any, warn: Warn) -> int | None:
    name, value = first(table, names)
    if not name:
        return None
    number: int | None = read(text(value))
    if number is None:
        warn(field, f"{field}: {name} {quoted(value)} is not a number that can be read, it is ignored")
    return number or None


def _length(written: str) -> int | None:
    """Bytes; None for what says something else, such as "12 MB", which is not exact."""
    match = _LENGTH.fullmatch(written)
    number = int(re.sub(r"\D", "", written)) if match else -1
    return number if 0 <= number <= _LONGEST else None


def _duration(written: str) -> int | None:
    """Whole seconds, from "1:02:03", "62:03", "3723" or "PT1H2M3S"."""
    if match := _CLOCK.fullmatch(written):
        hours, minutes, seconds = match.groups()
        if int(seconds) > 59 or (hours and int(minutes) > 59):
            return None
        return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    if match := _SECONDS.fullmatch(written):
        return int(match[1])
    if match := _ISO.fullmatch(written):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds
    return None
