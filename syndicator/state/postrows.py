"""Rows of the table of posts as records, or as the lines that keeping posts in their places needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, CursorResult, LargeBinary, Result, String, case, type_coerce

from syndicator.model import PostRecord, PostState, Visibility
from syndicator.ports import PostLine
from syndicator.state.rows import terms_of
from syndicator.state.tables import posts

#: So many rows are in memory at a time: one by one they take half as long again.
_AT_ONCE = 2_000
#: So many different terms are made once only; most sites have fewer.
_TERMS_KEPT = 20_000
_CONVERTED = ("visibility", "terms")
_NAMES = (*(name for name in PostRecord._fields if name not in _CONVERTED), *_CONVERTED)
_VISIBILITIES = {visibility.value: visibility for visibility in Visibility}


def _plain(name: str) -> Any:
    column: Column[Any] = posts.c[name]
    kinds: dict[str, Any] = {"visibility": String, "terms": LargeBinary}
    return type_coerce(column, kinds.get(name, BigInteger))


POST_COLUMNS = (*(posts.c[name] for name in _NAMES if name not in _CONVERTED), *map(_plain, _CONVERTED))
LINE_COLUMNS = (
    posts.c.path,
    posts.c.version,
    *map(_plain, ("published", "due", "expires", "visibility")),
    posts.c.gone.is_not(None),
    posts.c.entry_id != "",
    *map(_plain, ("down", "ready", "settles", "terms")),
)


def state_at(now: datetime) -> ColumnElement[str]:
    """The name of a post's state, as ``PostRecord.state`` has it."""
    table = posts.c
    return case(
        (table.gone.is_not(None), "gone"),
        (table.visibility == Visibility.KILLED, PostState.KILLED.value),
        ((table.visibility == Visibility.DRAFT) | table.due.is_(None), PostState.DRAFT.value),
        (
            (table.due > now) & ((table.entry_id == "") | table.published.is_(None) | (table.published != table.due)),
            PostState.EMBARGOED.value,
        ),
        ((table.expires <= now) | (table.expires <= table.down), PostState.EXPIRED.value),
        (table.settles > now, PostState.SETTLING.value),
        else_=PostState.LIVE.value,
    )


def post_records(rows: Result[Any]) -> Iterator[PostRecord]:
    """The records of rows with all columns."""
    terms: dict[bytes, tuple[tuple[str, tuple[str, ...]], ...]] = {}  # a site has few, so each is made once
    for some in rows.partitions(_AT_ONCE):
        for row in some:
            values = dict(zip(_NAMES, row, strict=True))
            values["visibility"] = _VISIBILITIES[values["visibility"]]
            found = terms.get(values["terms"])
            if found is None:
                found = terms[values["terms"]] = terms_of(values["terms"])
            values["terms"] = found
            yield PostRecord(**values)


def post_lines(rows: CursorResult[Any], names: frozenset[str]) -> Iterator[PostLine]:
    """The lines of rows with the columns of lines, with terms of these names alone."""
    known: dict[bytes, tuple[tuple[str, tuple[str, ...]], ...]] = {}
    make, line = tuple.__new__, PostLine
    # The driver's own rows, as there are very many of them: all columns are plain.
    while some := rows.cursor.fetchmany(_AT_ONCE):
        for path, version, published, due, expires, visibility, gone, named, down, ready, settles, data in some:
            terms = known.get(data)
            if terms is None:
                terms = tuple(term for term in terms_of(data) if term[0] in names)
                if len(known) < _TERMS_KEPT:
                    known[data] = terms
            yield make(
                line,
                (
                    path, version, published, published if due == published else due, expires,
                    _VISIBILITIES[visibility], gone == 1, named == 1, down, ready, settles, terms,
                ),
            )  # fmt: skip
