"""Reads a finished document as a strict validator would, and says all that is wrong with it.

Independent of what writes documents: parsers of its own, and not one line from ``formats``. What is read is anybody's:
no entities, no network, no deep or huge trees, and time in proportion to the bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from syndicator.lint.atom import check_entry_document, check_feed
from syndicator.lint.circumstances import Circumstances
from syndicator.lint.context import Context
from syndicator.lint.elements import check_namespaces, check_vocabulary, check_xml_attributes
from syndicator.lint.findings import Finding, ItemRef, Note, Rule, Severity, quoted
from syndicator.lint.jsonfeed import check_jsonfeed
from syndicator.lint.jsontree import NotJson, parse_json
from syndicator.lint.opml import check_opml
from syndicator.lint.rss import check_rss
from syndicator.lint.rules import rules
from syndicator.lint.served import charset_of, check_served, is_json
from syndicator.lint.sitemap import check_sitemap
from syndicator.lint.source import LARGEST, Source, line_of, read_json, read_xml
from syndicator.lint.tombstones import check_tombstone
from syndicator.lint.tree import Node, NotXml, parse_xml
from syndicator.lint.vocabulary import ATOM, OBSOLETE, TOMBSTONES

__all__ = ["LARGEST", "Circumstances", "Finding", "ItemRef", "Note", "Rule", "Severity", "lint", "rules"]

#: More than anybody reads; a document of millions of faults is not to fill the memory with words.
MOST_FINDINGS = 1_000
_UNKNOWN = Circumstances()


def lint(data: bytes, circumstances: Circumstances = _UNKNOWN) -> tuple[Finding, ...]:
    """All that is wrong with a document, in the order of its lines: never an exception, whatever the bytes are."""
    known = {**rules(), **{rule.name: rule for rule in circumstances.rules}}
    notes = sorted(islice(_notes(data, circumstances), MOST_FINDINGS), key=lambda note: (note.line, note.column or 0))
    return tuple(_finding(note, known[note.rule]) for note in dict.fromkeys(notes))


def _finding(note: Note, rule: Rule) -> Finding:
    return Finding(
        rule=rule.name, severity=rule.severity, line=note.line, column=note.column, item=note.item,
        message=note.message, remedy=rule.remedy, spec=rule.spec,
    )  # fmt: skip


def _notes(data: bytes, circumstances: Circumstances) -> Iterator[Note]:
    if len(data) > LARGEST:
        yield Note("ValidatorLimit", 1, f"the document has {len(data)} bytes, and {LARGEST} are the limit")
        return
    for check in circumstances.byte_checks:
        yield from check(data)
    context = Context(circumstances.address, circumstances.now, circumstances.namespaces)
    if is_json(data, circumstances.media_type):
        source = read_json(data)
        yield from source.notes
        if not source.blocked:
            yield from _json(source, len(data), context, circumstances)
    else:
        source = read_xml(data, charset_of(circumstances.media_type))
        yield from source.notes
        if not source.blocked:
            yield from _xml(source, context, circumstances)


def _json(source: Source, size: int, context: Context, circumstances: Circumstances) -> Iterator[Note]:
    try:
        root = parse_json(source.text)
    except NotJson as error:
        line = line_of(source.text, error.position)
        column = error.position - source.text.rfind("\n", 0, error.position)
        yield Note(error.rule, line, f"this cannot be read as JSON: {error.reason}", None, column)
        return
    if not isinstance(root.data, dict):
        yield Note("UndeterminableVocabulary", root.line, "a JSON Feed is an object, and this is none")
        return
    if "feed-menu" in root.data and "version" not in root.data:
        return  # a feed menu (draft-nottingham-feed-menu-00) lists feeds and is none
    yield from check_served("json", circumstances.media_type)
    yield from check_jsonfeed(root, size, context)
    for check in circumstances.json_checks:
        yield from check(root)


def _xml(source: Source, context: Context, circumstances: Circumstances) -> Iterator[Note]:
    try:
        root = parse_xml(source.text)
    except NotXml as error:
        yield Note(error.rule, error.line, error.reason, None, error.column)
        return
    found, kind = _of_kind(root, replace(context, lines=tuple(source.text.split("\n"))))
    yield from check_served(kind, circumstances.media_type)
    yield from found
    if kind:
        yield from check_namespaces(root, context)
        yield from check_vocabulary(root)
        yield from check_xml_attributes(root)
        for check in circumstances.xml_checks:
            yield from check(root)


def _of_kind(root: Node, context: Context) -> tuple[Iterable[Note], str]:
    """The checks of the format, and its name."""
    match root.name, root.namespace in OBSOLETE | {ATOM}:
        case "rss", False:
            return check_rss(root, context), "rss"
        case "feed", True:
            return (check_feed(root, context) if root.namespace == ATOM else ()), "atom"
        case "entry", True:
            return (check_entry_document(root, context) if root.namespace == ATOM else ()), "atom"
        case "opml", False:
            return check_opml(root, context), "opml"
        case "urlset" | "sitemapindex", False:
            return check_sitemap(root, context), "sitemap"
    if (root.name, root.namespace) == ("deleted-entry", TOMBSTONES):
        return check_tombstone(root, context), "atom"
    told = f"the root element {quoted(root.shown)} is that of no feed"
    return (Note("UndeterminableVocabulary", root.line, told),), ""
