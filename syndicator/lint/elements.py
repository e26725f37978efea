"""What is asked of elements in every XML format: which are there, how often, with which attributes and namespaces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from syndicator.lint.context import Context
from syndicator.lint.dates import check_rfc3339, check_w3cdtf
from syndicator.lint.findings import Note, quoted
from syndicator.lint.tree import Node
from syndicator.lint.values import count_of, is_language, scheme_of
from syndicator.lint.vocabulary import (
    DC,
    DCTERMS,
    ELEMENTS,
    KNOWN,
    MEDIA_WRONG,
    OBSOLETE,
    PREFIXES,
    SLASH,
    SY,
    XHTML,
    XML,
)

_PERIODS = frozenset({"hourly", "daily", "weekly", "monthly", "yearly"})


def check_namespaces(root: Node, context: Context) -> Iterator[Note]:
    """rss-7 and "unknown namespace": each once, where it is used or bound first."""
    # Whether the root's own is right is asked by its format.
    said = {root.namespace} - OBSOLETE
    for node in root.walk():
        for prefix, namespace in node.declared:
            if PREFIXES.get(prefix, namespace) != namespace and namespace not in KNOWN | {MEDIA_WRONG} | OBSOLETE:
                yield Note("ReservedPrefix", node.line, f"the prefix {prefix} is bound to {quoted(namespace)}")
                said.add(namespace)
        namespace = node.namespace
        if not namespace or namespace in said:
            continue
        said.add(namespace)
        if namespace == MEDIA_WRONG:
            yield Note("MediaRssNamespace", node.line, "the namespace of Media RSS has lost the slash at its end")
        elif namespace in OBSOLETE:
            yield Note("ObsoleteNamespace", node.line, f"{quoted(namespace)} was Atom before it was finished")
        elif namespace not in KNOWN | context.namespaces:
            yield Note("UnknownNamespace", node.line, f"validators do not know the namespace {quoted(namespace)}")


def check_vocabulary(root: Node) -> Iterator[Note]:
    """Elements that are not in the namespace that they claim, each once."""
    said: set[tuple[str, str]] = set()
    for node in _outside_xhtml(root):
        known = ELEMENTS.get(node.namespace)
        if known is not None and node.name not in known and (node.namespace, node.name) not in said:
            said.add((node.namespace, node.name))
            yield Note("UndefinedElement", node.line, f"there is no element {node.shown}")


def check_once(parent: Node, names: Iterable[str], namespace: str = "") -> Iterator[Note]:
    """Elements that may be there once at most."""
    counts = Counter(child.name for child in parent.children if child.namespace == namespace)
    for name in names:
        if counts[name] > 1:
            second = parent.all(name, namespace)[1]
            yield Note(
                "DuplicateElement", second.line, f"{second.shown} is there {counts[name]} times in {parent.shown}"
            )


def check_attributes(node: Node, allowed: frozenset[str], *, extensions: bool = True) -> Iterator[Note]:
    """Attributes without namespace are the format's own; those of others are allowed with ``extensions``."""
    for name in node.attributes:
        if not name.startswith("{"):
            if name not in allowed:
                yield Note("UnexpectedAttribute", node.line, f"{node.shown} has no attribute {quoted(name)}")
        elif not extensions and not name.startswith(f"{{{XML}}}"):
            local = name.rpartition("}")[2]
            yield Note("UseOfExtensionAttr", node.line, f"{node.shown} has the foreign attribute {quoted(local)}")


def check_needed(node: Node, names: Iterable[str]) -> Iterator[Note]:
    """Attributes that must be there."""
    for name in names:
        if name not in node.attributes:
            yield Note("MissingAttribute", node.line, f"{node.shown} has no attribute {name}")


def check_not_blank(node: Node) -> Iterator[Note]:
    """An element that is there says something."""
    if not node.value:
        yield Note("NotBlank", node.line, f"{node.shown} is blank")


def check_language(node: Node, text: str) -> Iterator[Note]:
    """rss-16, atom-55."""
    if not is_language(text):
        yield Note("InvalidLanguage", node.line, f"{node.shown} {quoted(text)} is no language code")


def check_xml_attributes(root: Node) -> Iterator[Note]:
    """``xml:lang`` and ``xml:base`` wherever they are (atom-55, atom-56)."""
    for node in root.walk():
        base = node.attributes.get(f"{{{XML}}}base")
        if base is not None and not scheme_of(base):
            yield Note("RelativeBase", node.line, f"xml:base {quoted(base)} is not absolute")
        language = node.attributes.get(f"{{{XML}}}lang")
        if language:
            yield from check_language(node, language)


def check_modules(parent: Node, context: Context) -> Iterator[Note]:
    """Dublin Core, syndication and slash, in a channel, a feed or an item (rss-24, rss-25, rss-31)."""
    for node in parent.children:
        text, line = node.value, node.line
        match node.namespace, node.name:
            case (_, "date") if node.namespace == DC:
                yield from check_w3cdtf(line, node.shown, text, context.now)
            case (_, "created" | "issued" | "modified" | "available") if node.namespace == DCTERMS:
                yield from check_w3cdtf(line, node.shown, text, context.now)
            case (_, "language") if node.namespace == DC:
                yield from check_language(node, text)
            case (_, "creator") if node.namespace == DC:
                yield from check_not_blank(node)
            case (_, "comments") if node.namespace == SLASH:
                if count_of(text) is None:
                    yield Note("InvalidNonNegativeInteger", line, f"{node.shown} {quoted(text)} is no number from 0")
            case _ if node.namespace == SY:
                yield from _syndication(node, context.now)


def _syndication(node: Node, now: datetime | None) -> Iterator[Note]:
    text = node.value
    if node.name == "updatePeriod" and text not in _PERIODS:
        yield Note("InvalidSYUpdatePeriod", node.line, f"{node.shown} {quoted(text)} is no period")
    elif node.name == "updateFrequency" and not count_of(text):
        yield Note("InvalidPositiveInteger", node.line, f"{node.shown} {quoted(text)} is no number from 1")
    elif node.name == "updateBase":
        yield from check_w3cdtf(node.line, node.shown, text, now)


def check_doubles(parent: Node, rule: str, pairs: Iterable[tuple[tuple[str, str], tuple[str, str]]]) -> Iterator[Note]:
    """Two elements that say one thing, so that readers differ in which they believe (rss-26)."""
    for (space_a, a), (space_b, b) in pairs:
        first, second = parent.first(a, space_a), parent.first(b, space_b)
        if first is not None and second is not None:
            yield Note(rule, second.line, f"{second.shown} says again what {first.shown} says")


def check_padding(node: Node) -> Iterator[Note]:
    """Line ends and blanks around a value: several readers do not trim (rss-24)."""
    if node.text != node.value and node.value and not node.children:
        yield Note("PaddedValue", node.line, f"{node.shown} has white space around its value")


def check_update_time(node: Node | None, context: Context) -> Iterator[Note]:
    """An ``atom:updated`` or ``atom:published`` in RSS."""
    if node is not None:
        yield from check_rfc3339(node.line, node.shown, node.text, context.now)


def _outside_xhtml(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.namespace == XHTML:
            continue
        yield node
        waiting.extend(reversed(node.children))
