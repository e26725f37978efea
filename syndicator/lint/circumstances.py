"""What is known of a document beside its bytes, and what a partner's profile adds to what is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from syndicator.lint.findings import Note, Rule
from syndicator.lint.jsontree import Value
from syndicator.lint.tree import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known beside the bytes; whatever is not known is not held against a document.

    ``address`` is where it was fetched or will be, ``media_type`` the Content-Type it came with, ``now`` the time.
    A partner's profile brings ``namespaces`` that it allows and ``rules`` of its own with the checks that give them:
    they are called with the root of the document, or with its bytes.
    """

    address: str = ""
    media_type: str = ""
    now: datetime | None = None
    namespaces: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    xml_checks: tuple[Callable[[Node], Iterable[Note]], ...] = ()
    json_checks: tuple[Callable[[Value], Iterable[Note]], ...] = ()
    byte_checks: tuple[Callable[[bytes], Iterable[Note]], ...] = ()
