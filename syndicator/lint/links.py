"""Links of Atom, in Atom and in RSS: self, hub, paging and archives (RFC 5005)."""

from __future__ import annotations

from collections.abc import Iterator

from syndicator.lint.context import Context
from syndicator.lint.elements import check_attributes, check_needed
from syndicator.lint.findings import Note, quoted
from syndicator.lint.tree import Node
from syndicator.lint.values import address_problem, count_of, is_language, is_mime, scheme_of
from syndicator.lint.vocabulary import ARCHIVES, ATOM, HISTORY, PAGING, RELATIONS, THREAD

_ATTRIBUTES = frozenset({"href", "rel", "type", "hreflang", "title", "length"})
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})


def links_of(parent: Node) -> tuple[Node, ...]:
    """The Atom links of a channel, feed, item or entry."""
    return parent.all("link", ATOM)


def relation(link: Node) -> str:
    """The relation; a link without one is an alternate (atom-11)."""
    return link.attributes.get("rel", "alternate")


def check_link(link: Node, *, in_item: bool) -> Iterator[Note]:
    """One link by itself (atom-49, atom-50, atom-54)."""
    yield from check_attributes(link, _ATTRIBUTES)
    yield from check_needed(link, ("href",))
    rel, href = relation(link), link.attributes.get("href", "")
    if "href" in link.attributes and not (rel == "self" and not scheme_of(href)):
        yield from _check_href(link, href)
    if "type" in link.attributes and not is_mime(link.attributes["type"]):
        yield Note("InvalidMIMEType", link.line, f"the type {quoted(link.attributes['type'])} is no media type")
    if "length" in link.attributes and count_of(link.attributes["length"]) is None:
        yield Note("InvalidNonNegativeInteger", link.line, f"the length {quoted(link.attributes['length'])} is none")
    elif rel == "enclosure" and link.attributes.get("length", "1").strip("0") == "":
        yield Note("ZeroSize", link.line, "the enclosure has the length 0: nothing has that size")
    if "hreflang" in link.attributes and not is_language(link.attributes["hreflang"]):
        yield Note("InvalidLanguage", link.line, f"the hreflang {quoted(link.attributes['hreflang'])} is none")
    if link.value or link.children:
        yield Note("AtomLinkNotEmpty", link.line, "the link has content, and is to be empty")
    if not rel or (rel not in RELATIONS and not scheme_of(rel)):
        yield Note("UnregisteredAtomLinkRel", link.line, f"the relation {quoted(rel)} is not registered")
    if in_item and rel in PAGING | ARCHIVES | {"current"}:
        yield Note("FeedHistoryRelInEntry", link.line, f"the relation {rel} belongs to the feed, not to an item")
    if rel != "replies" and any(name.startswith(f"{{{THREAD}}}") for name in link.attributes):
        yield Note("UnexpectedAttribute", link.line, "attributes of threads belong to links with the relation replies")


def _check_href(link: Node, href: str) -> Iterator[Note]:
    problem = address_problem(href)
    if problem and problem[0] == "InvalidFullLink":
        yield Note("RelativeLink", link.line, f"href {quoted(href)} is not absolute")
    elif problem and problem[0] != "UriNotIri":  # in Atom an address may have letters of all languages
        yield Note(problem[0], link.line, f"href {quoted(href)}: {problem[1]}")


def check_self(links: tuple[Node, ...], context: Context) -> Iterator[Note]:
    """What the document says its own address is (rss-13, atom-10)."""
    own = [link for link in links if relation(link) == "self"]
    if len(own) > 1:
        yield Note("DuplicateAtomLink", own[1].line, f"there are {len(own)} self links")
    for link in own[:1]:
        href, kind = link.attributes.get("href", ""), link.attributes.get("type", "")
        if href and not scheme_of(href):
            yield Note("RelativeSelf", link.line, f"the self link {quoted(href)} is not absolute")
        elif href and context.address and href != context.address:
            told = f"the self link is {quoted(href)}, and the document is at {quoted(context.address)}"
            yield Note("SelfDoesntMatchLocation", link.line, told)
        if kind and kind.partition(";")[0].strip().lower() not in _FEED_TYPES:
            yield Note("SelfNotAtom", link.line, f"the self link's type {quoted(kind)} is no feed's")


def check_history(head: Node, links: tuple[Node, ...]) -> Iterator[Note]:
    """RFC 5005: complete, paged and archived feeds exclude each other (rss-62, rss-63, atom-58 to atom-61)."""
    found = {relation(link): link for link in reversed(links)}
    complete, archive = head.first("complete", HISTORY), head.first("archive", HISTORY)
    own = found["self"].attributes.get("href") if "self" in found else None
    if complete is not None:
        for rel in sorted(found.keys() & (PAGING | ARCHIVES)):
            yield Note("FeedRelInCompleteFeed", found[rel].line, f"a complete feed has no link {rel}")
        if "current" in found and found["current"].attributes.get("href") != own:
            yield Note("CurrentNotSelfInCompleteFeed", found["current"].line, "a complete feed is its own current one")
    if archive is not None:
        if complete is not None:
            yield Note("FeedHistoryMixed", archive.line, "a feed cannot be complete and an archive")
        if not found.keys() & ARCHIVES:
            yield Note("ArchiveIncomplete", archive.line, "an archive has no link to the archive before or after it")
        if "current" not in found:
            yield Note("MissingCurrentInArchive", archive.line, "an archive has no link to the current feed")
    if found.keys() & {"next", "previous"} and found.keys() & ARCHIVES:
        both = found.get("next") or found["previous"]
        yield Note("FeedHistoryMixed", both.line, "pages and archives are two kinds of history")
    yield from _ends(found, own)


def _ends(found: dict[str, Node], own: str | None) -> Iterator[Note]:
    """Links that lead nowhere further (atom-60)."""
    for rel, end in (("next", "last"), ("previous", "first")):
        if rel in found and end in found and own is not None and found[end].attributes.get("href") == own:
            yield Note("LinkPastEnd", found[rel].line, f"the {end} page has a link {rel}")
    for rel in sorted(found.keys() & (PAGING | ARCHIVES) - {"first", "last"}):
        if own is not None and found[rel].attributes.get("href") == own:
            yield Note("LinkToItself", found[rel].line, f"the link {rel} leads to this very document")
