"""Atom 1.0: the feed and its entries (atom.md A, B, C, G)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from syndicator.lint.atomparts import check_part
from syndicator.lint.context import Context
from syndicator.lint.dates import rfc3339
from syndicator.lint.elements import check_attributes, check_modules, check_once
from syndicator.lint.findings import ItemRef, Note, in_item, quoted
from syndicator.lint.links import check_history, check_link, check_self, links_of, relation
from syndicator.lint.media import check_media
from syndicator.lint.tombstones import check_tombstones
from syndicator.lint.tree import Node
from syndicator.lint.vocabulary import ATOM, MEDIA
from syndicator.lint.words import words

_FEED = words("author category contributor generator icon id link logo rights subtitle title updated entry")
_FEED_ONCE = ("id", "title", "updated", "generator", "icon", "logo", "rights", "subtitle")
_ENTRY = words("author category content contributor id link published rights source summary title updated")
_ENTRY_ONCE = ("id", "title", "updated", "content", "published", "rights", "source", "summary")
_NEEDED = ("id", "title", "updated")
_SAME = 10


def check_feed(root: Node, context: Context) -> Iterator[Note]:
    """A document whose root is Atom's ``feed``."""
    yield from _prefix(root)
    yield from check_attributes(root, frozenset())
    yield from _needed(root, _FEED_ONCE)
    yield from _order(root)
    for node in root.children:
        if node.namespace == ATOM and node.name != "entry":
            yield from _known(node, root, _FEED)
            yield from check_part(node, context)
    yield from check_modules(root, context)
    yield from check_media(root)
    links, entries = links_of(root), root.all("entry", ATOM)
    for link in links:
        yield from check_link(link, in_item=False)
    yield from _alternates(links)
    if not any(relation(link) == "alternate" for link in links):
        yield Note("MissingAlternate", root.line, "the feed does not say which page it is the feed of")
    if not any(relation(link) == "self" for link in links):
        yield Note("MissingSelf", root.line, "the feed does not say its own address")
    yield from check_self(links, context)
    yield from check_history(root, links)
    yield from check_tombstones(root, entries, context)
    yield from _freshness(root, entries)
    authored = bool(root.all("author", ATOM))
    if not authored and not entries:
        yield Note("MissingAuthor", root.line, "the feed has no author, and no entries that have")
    yield from _entries(entries, context, authored=authored)


def check_entry_document(root: Node, context: Context) -> Iterator[Note]:
    """A document whose root is Atom's ``entry`` (atom-2)."""
    yield from _prefix(root)
    yield from in_item(_ref(root, 1), _entry(root, context, authored=False))


def _entries(entries: tuple[Node, ...], context: Context, *, authored: bool) -> Iterator[Note]:
    counts = Counter(_text(entry, "id") for entry in entries)
    same = len(entries) >= _SAME and len(counts) == 1
    if same:
        yield Note("DuplicateIds", entries[0].line, f"all {len(entries)} entries have one id")
    seen: dict[str, int] = {}
    for number, entry in enumerate(entries, 1):
        ref, own = _ref(entry, number), _text(entry, "id")
        if own in seen and own and not same:
            told = f"the id {quoted(own)} is that of line {seen[own]} too"
            yield Note("DuplicateEntries", entry.line, told, ref)
        seen.setdefault(own, entry.line)
        yield from in_item(ref, _entry(entry, context, authored=authored))


def _entry(entry: Node, context: Context, *, authored: bool) -> Iterator[Note]:
    yield from check_attributes(entry, frozenset())
    yield from _needed(entry, _ENTRY_ONCE)
    for node in entry.children:
        if node.namespace == ATOM:
            yield from _known(node, entry, _ENTRY)
            yield from check_part(node, context)
    yield from _dates(entry)
    yield from _body(entry)
    source = entry.first("source", ATOM)
    if not authored and not entry.all("author", ATOM) and not (source and source.all("author", ATOM)):
        yield Note("MissingAuthor", entry.line, "neither the entry nor the feed has an author")
    if source is not None:
        for name in _NEEDED:
            if source.first(name, ATOM) is None:
                yield Note("IncompleteSource", source.line, f"the source has no {name}")
    links = links_of(entry)
    for link in links:
        yield from check_link(link, in_item=True)
        if relation(link) == "enclosure" and "length" not in link.attributes and "type" not in link.attributes:
            yield Note("NonSpecificEnclosure", link.line, "the enclosure has neither type nor length")
    yield from _alternates(links)
    yield from check_modules(entry, context)
    yield from check_media(entry)


def _body(entry: Node) -> Iterator[Note]:
    """atom-18 to atom-20."""
    content, summary = entry.first("content", ATOM), entry.first("summary", ATOM)
    if content is None and not any(relation(link) == "alternate" for link in links_of(entry)):
        yield Note("MissingContentOrAlternate", entry.line, "the entry has neither content nor an alternate link")
    if content is None and summary is None:
        media = any(node.namespace == MEDIA for node in entry.children)
        shown = " but a picture" if media else ""
        yield Note("MissingTextualContent", entry.line, f"the entry has neither summary nor content{shown}")
    if content is not None and summary is None:
        kind = content.attributes.get("type", "text").lower()
        textual = kind in ("text", "html", "xhtml") or kind.startswith("text/") or kind.endswith(("+xml", "/xml"))
        if "src" in content.attributes or not textual:
            yield Note("MissingSummary", content.line, "the content is elsewhere or no text, and there is no summary")
    if summary is not None and summary.value:
        for other in (entry.first("title", ATOM), content):
            if other is not None and " ".join(other.text.split()) == " ".join(summary.text.split()):
                yield Note("SummaryRepeats", summary.line, f"the summary repeats the {other.name}")


def _dates(entry: Node) -> Iterator[Note]:
    """atom-35."""
    published, updated = rfc3339(_text(entry, "published")), rfc3339(_text(entry, "updated"))
    if published is not None and updated is not None and published > updated:
        yield Note("UpdatedBeforePublished", entry.line, "the entry was updated before it was published")


def _freshness(root: Node, entries: tuple[Node, ...]) -> Iterator[Note]:
    """atom-12: an entry that changed is a change of the feed."""
    own = rfc3339(_text(root, "updated"))
    changes = [moment for entry in entries if (moment := rfc3339(_text(entry, "updated"))) is not None]
    if own is not None and changes and max(changes) > own:
        yield Note("FeedOlderThanEntry", root.line, "an entry was updated after the feed was")


def _needed(parent: Node, once: tuple[str, ...]) -> Iterator[Note]:
    for name in _NEEDED:
        if parent.first(name, ATOM) is None:
            yield Note(f"Missing{name.title()}", parent.line, f"the {parent.name} has no {name}")
    yield from check_once(parent, once, ATOM)


def _known(node: Node, parent: Node, known: frozenset[str]) -> Iterator[Note]:
    if node.name not in known:
        yield Note("UndefinedElement", node.line, f"there is no {quoted(node.name)} in an Atom {parent.name}")


def _order(root: Node) -> Iterator[Note]:
    """atom-5, atom-68."""
    seen = False
    for node in root.children:
        if (node.namespace, node.name) == (ATOM, "entry"):
            seen = True
        elif seen:
            yield Note("MisplacedMetadata", node.line, f"{node.shown} of the feed comes after an entry")
            return


def _alternates(links: tuple[Node, ...]) -> Iterator[Note]:
    """atom-11, atom-18."""
    seen: set[tuple[str, str]] = set()
    for link in links:
        key = (link.attributes.get("type", ""), link.attributes.get("hreflang", ""))
        if relation(link) != "alternate":
            continue
        if key in seen:
            yield Note("DuplicateAtomLink", link.line, "there is another alternate link of this type and language")
        seen.add(key)


def _prefix(root: Node) -> Iterator[Note]:
    """atom-3."""
    if root.prefix:
        yield Note("AvoidNamespacePrefix", root.line, f"Atom's elements have the prefix {root.prefix}")


def _ref(entry: Node, number: int) -> ItemRef:
    return ItemRef(number, _text(entry, "id").strip(), " ".join(_text(entry, "title").split()))


def _text(parent: Node, name: str) -> str:
    node = parent.first(name, ATOM)
    return node.text if node is not None else ""
