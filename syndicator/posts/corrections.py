"""What an author says was wrong in a post: ``correction``, a text, or a table of date and text, or a list of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from syndicator.model import Correction, digest
from syndicator.posts.fields import FieldMap, Warn, empty, first, text, truth

#: The names among a post's terms under which the ledger has its corrections, and that it was edited in small ways only.
CORRECTION, MINOR = "corrected", "minor edit"
#: More corrections than this are left out.
_MOST = 50
#: So many characters of a correction the ledger has as they are.
_NAMED = 300
_NOT_A_TEXT = "is neither text nor a table with text, it is left out"


def corrections(data: Mapping[str, Any], fields: FieldMap, warn: Warn) -> tuple[Correction, ...]:
    """The corrections in the author's order; what cannot be read is told to ``warn``."""
    key, value = first(data, fields["correction"])
    if not key or value is False:
        return ()
    items = value if isinstance(value, list) else [value]
    found: list[Correction] = []
    for item in items[:_MOST]:
        table = isinstance(item, dict)
        written = item.get("text", item.get("note")) if table else item
        if line := text(written) if isinstance(written, str) else "":
            found.append(Correction(text=line, date=_day(item.get("date")) if table else ""))
        elif not empty(item):
            warn(key, f"{key}: {_NOT_A_TEXT}")
    if len(items) > _MOST:
        warn(key, f"{key}: there are more than {_MOST}, the others are left out")
    return tuple(found)


def is_minor(data: Mapping[str, Any], fields: FieldMap) -> bool:
    """Whether the author says that what was changed is not worth telling readers of."""
    return truth(first(data, fields["minor"])[1]) is True


def marks(data: Mapping[str, Any], fields: FieldMap) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The same as terms for the ledger."""
    said = tuple(_named(one) for one in corrections(data, fields, lambda _, __: None)) if fields["correction"] else ()
    return (CORRECTION, said), (MINOR, ("true",) if fields["minor"] and is_minor(data, fields) else ())


def _named(correction: Correction) -> str:
    line = f"{correction.date}: {correction.text}" if correction.date else correction.text
    return line if len(line) <= _NAMED else f"{line[:_NAMED]}… ({digest(line.encode('utf-8', 'surrogatepass'))[:8]})"


def _day(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else text(value)
