"""Who may have a post: what its author says about partners, and whom its text is kept for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from syndicator.model import FeedSpec
from syndicator.posts.fields import FieldMap, Warn, empty, first, quoted, reach, text, texts, truth

#: Names among a post's terms.
SYNDICATE, SYNDICATE_TO, SYNDICATE_NOT_TO = "syndicate", "syndicate_to", "syndicate_not_to"
RIGHTS = (SYNDICATE, SYNDICATE_TO, SYNDICATE_NOT_TO)
_NOBODY = frozenset({"none", "nobody", "never", "nowhere"})
_EVERYBODY = frozenset({"all", "any", "everybody", "everyone", "everywhere"})
_PUBLIC = frozenset({"all", "anonymous", "any", "anyone", "everybody", "everyone", "free", "open", "public"})
_MEMBERS = "members"
_LONGEST = 60


class _Termed(Protocol):
    def values(self, name: str) -> tuple[str, ...]: ...


def rights_terms(data: Mapping[str, Any], fields: FieldMap, warn: Warn) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a post says of partners: to none of them, to some alone, to all but some. When in doubt to none."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for path in fields["syndicate"]:
        value = reach(data, path)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        word = text(value).casefold()
        names = texts(value)
        said = truth(value) if not isinstance(value, list) else None
        if said is True or word in _EVERYBODY:
            break
        if said is False or word in _NOBODY or not names:
            if said is None and word not in _NOBODY and value != []:
                warn(path, f"{path}: {quoted(value)} is neither yes or no nor a list of partners, it is read as no")
            found.append((SYNDICATE, ("no",)))
        else:
            found.append((SYNDICATE_TO, names))
        break
    key, value = first(data, fields["syndicate_except"])
    if key:
        found.append((SYNDICATE_NOT_TO, texts(value)))
    return tuple(found)


def withheld_from(record: _Termed, spec: FeedSpec) -> str:
    """Why a post does not go to the partner that a feed is for, "" where it may."""
    if not spec.partner:
        return ""
    if record.values(SYNDICATE):
        return "the post says that no partner may have it (syndicate: no)"
    wanted = record.values(SYNDICATE_TO)
    if wanted and not _among(spec.partner, wanted):
        return f"the post is for {', '.join(wanted)} alone, not for {spec.partner} (syndicate)"
    if _among(spec.partner, record.values(SYNDICATE_NOT_TO)):
        return f"the post is not for {spec.partner} (syndicate_except)"
    return ""


def access_of(data: Mapping[str, Any], fields: FieldMap) -> str:
    """Whom the text of a post is kept for, "" where it is for everybody. Unknown words keep it, and so does any of
    several fields.
    """
    kept = (_kept_for(reach(data, path)) for path in fields["access"])
    return next((name for name in kept if name), "")


def _kept_for(value: object) -> str:
    if empty(value):
        return ""
    word = text(value).casefold()
    if not word:
        return ", ".join(texts(value))[:_LONGEST] or _MEMBERS
    said = truth(value)
    if said is not None:
        return _MEMBERS if said else ""
    return "" if word in _PUBLIC else word[:_LONGEST]


def _among(name: str, names: tuple[str, ...]) -> bool:
    return _plain(name) in map(_plain, names)


def _plain(name: str) -> str:
    return "-".join(name.casefold().replace("_", " ").replace("-", " ").split())
