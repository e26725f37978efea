"""Finished documents wherever they are: a file or folder, an address, or what a feed of ours has published."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from syndicator import __version__
from syndicator.app import state_to_read
from syndicator.errors import ConfigError, Fault, SyndicatorError
from syndicator.lint import LARGEST, Circumstances, Finding, ItemRef, Severity, lint
from syndicator.outbound import Outbound
from syndicator.profiles.documents import held_to
from syndicator.profiles.files import Shelf
from syndicator.settings import Settings
from syndicator.text import printable

#: How documents are called in a folder.
SUFFIXES = frozenset({".xml", ".json", ".atom", ".rss", ".opml"})
_WITHIN = 20.0
_SHOWN = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """A document and all that is wrong with it; ``name`` is its file or address.

    ``trouble`` says why it could not be read, which is no reason to say nothing of the others.
    """

    name: str
    findings: tuple[Finding, ...] = ()
    trouble: str = ""

    @property
    def bad(self) -> bool:
        """Whether readers or partners may refuse it, or nobody can know."""
        return bool(self.trouble) or self.count(Severity.ERROR) > 0

    def count(self, severity: Severity) -> int:
        """How many findings are that bad."""
        return sum(finding.severity is severity for finding in self.findings)

    def lines(self) -> Iterator[str]:
        """For people and editors: ``file:line: error Rule: what is wrong (which item) — what to do``."""
        if self.trouble:
            yield self.trouble
        for finding in self.findings:
            yield f"{printable(self.name)}:{finding.line}: {finding}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    name: str
    read: Callable[[], tuple[bytes, Circumstances]]


def lint_targets(
    targets: Sequence[str], settings: Callable[[], Settings], circumstances: Circumstances
) -> tuple[Linted, ...]:
    """Read every document that the targets name and say what is wrong with each.

    The configuration is only asked for when a target is neither a file nor an address. Raises ConfigError for a
    target that is nothing at all, and StateError when nobody knows what is published.
    """
    found = [document for target in targets for document in _find(target, settings, circumstances)]
    linted: list[Linted] = []
    for document in found:
        try:
            data, known = document.read()
        except SyndicatorError as error:
            linted.append(Linted(name=document.name, trouble=str(error)))
        else:
            linted.append(Linted(name=document.name, findings=lint(data, known)))
    return tuple(linted)


def with_profile(name: str, settings: Callable[[], Settings], known: Circumstances) -> Circumstances:
    """The circumstances with the rules of a profile, "" for none: one of the owner's where there is a configuration,
    else one of the program's. Raises ConfigError for a name that is none.
    """
    if not name:
        return known
    try:
        shelf = settings().shelf()
    except ConfigError:
        # For most documents no configuration is needed.
        shelf = Shelf()
    if name not in shelf.names():
        problem = f'"{printable(name)}" is no profile'
        raise ConfigError(
            (Fault(where="--profile", problem=problem, remedy=f"name one of {', '.join(shelf.names())}"),)
        )
    return held_to(shelf.profile(name), known)


def as_json(linted: Sequence[Linted]) -> dict[str, Any]:
    """The answer for programs."""
    return {
        "documents": [
            {
                "name": printable(document.name),
                "trouble": document.trouble,
                "errors": document.count(Severity.ERROR),
                "warnings": document.count(Severity.WARNING),
                "findings": [
                    {
                        "rule": finding.rule,
                        "severity": finding.severity.value,
                        "line": finding.line,
                        "column": finding.column,
                        "item": _item(finding.item) if finding.item else None,
                        "message": finding.message,
                        "remedy": finding.remedy,
                        "spec": finding.spec,
                    }
                    for finding in document.findings
                ],
            }
            for document in linted
        ],
        "errors": sum(document.count(Severity.ERROR) for document in linted),
        "warnings": sum(document.count(Severity.WARNING) for document in linted),
    }


def _item(item: ItemRef) -> dict[str, Any]:
    """As far as JSON can carry it: half a surrogate pair it cannot, and megabytes it need not."""
    return {"number": item.number, "id": printable(item.id[:_SHOWN]), "title": printable(item.title[:_SHOWN])}


def _find(target: str, settings: Callable[[], Settings], known: Circumstances) -> list[_Found]:
    if target.lower().startswith(("http://", "https://")):
        return [_Found(name=target, read=lambda: _fetch(target, known))]
    path = Path(target)
    # Unlike the methods of paths these take a name that no file can have for one that is not there.
    if os.path.isdir(target):  # noqa: PTH112
        files = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
        if not files:
            raise _nothing(target, "there is no feed in this folder", "name a file, an address or a feed")
        return [_file(file, known) for file in files]
    if os.path.isfile(target):  # noqa: PTH113
        return [_file(path, known)]
    return _published(target, settings, known)


def _file(path: Path, known: Circumstances) -> _Found:
    return _Found(name=str(path), read=lambda: (_bytes(path), known))


def _published(target: str, settings: Callable[[], Settings], known: Circumstances) -> list[_Found]:
    """The documents of a feed as they are on disk: of all its values, where it has one feed a value."""
    try:
        configured = settings()
    except ConfigError as error:
        said = "it is no file and no address, and the feeds are not known"
        fault = Fault(where=printable(target), problem=said, remedy="mend the configuration, or name a file")
        raise ConfigError((fault, *error.faults)) from error
    names = sorted(feed.name for feed in configured.feeds)
    if target.partition("/")[0] not in names:
        raise _nothing(target, "it is no file, no address and no feed", f"the feeds are: {', '.join(names)}")
    with state_to_read(configured) as state:
        records = sorted(state.ledger.documents().values(), key=lambda record: record.path)
    mine = [record for record in records if record.feed == target or record.feed.startswith(f"{target}/")]
    if not mine:
        raise _nothing(target, "nothing of this feed is published", "run 'syndicator build' if it is new")
    # A feed answers to its own profile, when nobody asks for another.
    (spec,) = (spec for spec in configured.feed_specs() if spec.name == target.partition("/")[0])
    asked = held_to(spec.profile, known) if spec.profile and not known.rules else known
    return [
        _file(configured.publish_path / record.path, replace(asked, address=record.url, media_type=record.media_type))
        for record in mine
    ]


def _nothing(target: str, problem: str, remedy: str) -> ConfigError:
    return ConfigError((Fault(where=printable(target), problem=problem, remedy=remedy),))


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # One byte too many says enough of the rest.
            return file.read(LARGEST + 1)
    except OSError as error:
        raise SyndicatorError(printable(str(path)), error.strerror or str(error), "see that it can be read") from error


def _fetch(address: str, known: Circumstances) -> tuple[bytes, Circumstances]:
    """The document at an address; the operator typed it, so that it may be on a private network (design, section 8)."""
    reply = asyncio.run(_get(address))
    if reply[0] != 200:
        raise SyndicatorError(printable(address), f"it answers {reply[0]}", "name an address that answers with a feed")
    return reply[1], replace(known, address=reply[2], media_type=reply[3])


async def _get(address: str) -> tuple[int, bytes, str, str]:
    wanted = "application/feed+json, application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"
    headers = (("Accept", wanted),)
    async with Outbound(timeout=_WITHIN, user_agent=f"syndicator/{__version__}") as client:
        reply = await client.get(address, limit=LARGEST + 1, headers=headers, trusted=True, truncate=True)
    return reply.status, reply.body, reply.url, reply.headers.get("content-type", "")
