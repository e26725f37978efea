"""A finished document held against a profile: what it says is read into entries, which the same rules are about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from syndicator.lint import Circumstances, ItemRef, Note, Rule, Severity
from syndicator.lint.dates import rfc822, rfc3339
from syndicator.lint.tree import Node
from syndicator.lint.vocabulary import ATOM, CONTENT, DC, DCTERMS, MEDIA
from syndicator.markup.summary import text_of
from syndicator.model import Content, Deed, Enclosure, Entry, Feed, FeedSpec, Image, Person, Profile, ProfileRule
from syndicator.profiles.entryrules import FINDERS, Asked
from syndicator.profiles.kinds import RULES
from syndicator.profiles.tailoring import rules_of

_UTC = re.compile(r"(?:GMT|UTC?|Z|[+-]00:?00)\s*\Z", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!]")
_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)
_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)
MSN = "http://schemas.ingestion.microsoft.com/common/"
SMARTNEWS = "http://www.smartnews.be/snf"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def held_to(profile: Profile, known: Circumstances) -> Circumstances:
    """What is known of a document, with the rules of a profile on top."""
    rules = tuple(_rule(profile, rule) for rule in profile.rules)

    def check(root: Node) -> Iterator[Note]:
        yield from _check(root, profile, known.now)

    def weigh(data: bytes) -> Iterator[Note]:
        most = profile.number("max_bytes")
        if most is not None and len(data) > most:
            message = f"the document has {len(data):,} bytes, {profile.title} wants at most {most:,.0f}"
            yield Note(_name(profile, "max_bytes"), 1, message)

    return replace(
        known,
        namespaces=known.namespaces | _namespaces(profile),
        rules=(*known.rules, *rules),
        xml_checks=(*known.xml_checks, check),
        byte_checks=(*known.byte_checks, weigh),
    )


@dataclass(frozen=True, slots=True)
class _Item:
    """An item as the document has it: ``dates`` as they are written, ``summary`` as readers of HTML get it.

    One that is ``short`` has no summary besides the text, which is all the summary there is.
    """

    node: Node
    ref: ItemRef
    entry: Entry
    published: datetime | None
    dates: tuple[str, ...]
    summary: str
    short: bool = False


def _check(root: Node, profile: Profile, now: datetime | None) -> Iterator[Note]:
    head = root.first("channel") if root.name == "rss" else root if root.namespace == ATOM else None
    if head is None:
        return
    feed, items = _channel(head) if root.name == "rss" else _atom(head)
    yield from _check_feed(head, feed, items, profile)
    rules = rules_of(FeedSpec(name="", outputs=(), profile=profile))
    for item in items:
        if _is_taken_back(item):
            continue
        for rule in rules:
            if rule.name == "description_max" and item.short:
                continue
            if breach := FINDERS[rule.name](Asked(item.entry, rule, feed, profile.title)):
                yield Note(_name(profile, rule.name), item.node.line, breach.message, item.ref)
        yield from _check_document_rules(item, profile, now)


def _is_taken_back(item: _Item) -> bool:
    """Whether it only says that a post is gone: it needs no text and no picture."""
    status = item.node.first("status", MEDIA)
    if status is not None and status.attributes.get("state") == "deleted":
        return True
    # Where a format wants something in the place of the text, that is the title.
    words = text_of(item.entry.html).strip()
    return item.node.first("valid", DCTERMS) is not None and words in ("", text_of(item.entry.title).strip())


def _check_feed(head: Node, feed: Feed, items: tuple[_Item, ...], profile: Profile) -> Iterator[Note]:
    for name, sign, wants in (("max_items", 1, "at most"), ("min_items", -1, "at least")):
        limit = profile.number(name)
        if limit is not None and sign * len(items) > sign * limit:
            message = f"{len(items)} posts, {profile.title} wants {wants} {limit:g}"
            yield Note(_name(profile, name), head.line, message)
    most = profile.number("feed_description_max")
    if most is not None and len(feed.description) > most:
        message = (
            f"the feed's description has {len(feed.description)} characters, {profile.title} wants at most {most:g}"
        )
        yield Note(_name(profile, "feed_description_max"), head.line, message)


def _check_document_rules(item: _Item, profile: Profile, now: datetime | None) -> Iterator[Note]:
    """What cannot be asked of an entry, as it lies in how a document is written or what the time is."""
    if profile.wants("dates_utc"):
        for date in item.dates:
            if not _UTC.search(date):
                message = f"the date {date[:40]!r} is not in UTC, {profile.title} wants UTC"
                yield Note(_name(profile, "dates_utc"), item.node.line, message, item.ref)
    if profile.wants("plain_summary") and _TAG.search(item.summary):
        message = f"the summary is HTML, {profile.title} wants plain text"
        yield Note(_name(profile, "plain_summary"), item.node.line, message, item.ref)
    age, day = profile.number("max_age"), item.published
    if age is not None and now is not None and day is not None and now - day > timedelta(seconds=age):
        message = f"the post is of {day:%Y-%m-%d}, {profile.title} wants none older than {age / 86400:g} days"
        yield Note(_name(profile, "max_age"), item.node.line, message, item.ref)


# --- reading ------------------------------------------------------------------------------------------------------


def _channel(channel: Node) -> tuple[Feed, tuple[_Item, ...]]:
    feed = _feed(_value(channel, "title"), _value(channel, "description"), _value(channel, "language"))
    return feed, tuple(_rss_item(node, number) for number, node in enumerate(channel.all("item"), 1))


def _rss_item(node: Node, number: int) -> _Item:
    described, body = _value(node, "description"), _value(node, "encoded", CONTENT)
    date = _value(node, "pubDate")
    authors = [child.value for child in (*node.all("creator", DC), *node.all("author")) if child.value]
    files = [_enclosure(child.attributes, "url") for child in node.all("enclosure")]
    entry = _entry(
        node, number, ref := _value(node, "guid") or _value(node, "link"), _value(node, "link"),
        summary=text_of(described), html=body or described, authors=authors, files=files,
    )  # fmt: skip
    return _Item(
        node, ItemRef(number, ref, _value(node, "title")), entry, rfc822(date), (date,) if date else (), described
    )


def _atom(head: Node) -> tuple[Feed, tuple[_Item, ...]]:
    feed = _feed(_value(head, "title", ATOM), _value(head, "subtitle", ATOM), head.attributes.get(_XML_LANG, ""))
    return feed, tuple(_atom_item(node, number) for number, node in enumerate(head.all("entry", ATOM), 1))


def _atom_item(node: Node, number: int) -> _Item:
    ref, links = _value(node, "id", ATOM), node.all("link", ATOM)
    link = next(
        (each.attributes.get("href", "") for each in links if each.attributes.get("rel", "alternate") == "alternate"),
        "",
    )
    authors = [name for author in node.all("author", ATOM) if (name := _value(author, "name", ATOM))]
    files = [_enclosure(each.attributes, "href") for each in links if each.attributes.get("rel") == "enclosure"]
    summary = node.first("summary", ATOM)
    marked = summary is not None and summary.attributes.get("type", "text") != "text"
    said, html = summary.value if summary else "", _value(node, "content", ATOM)
    # A summary that is the whole text once more is left out of Atom (atom-20).
    short = text_of(said) if marked else said
    entry = _entry(
        node, number, ref, link, summary=short or text_of(html), html=html, authors=authors, files=files,
    )  # fmt: skip
    dates = tuple(date for name in ("published", "updated") if (date := _value(node, name, ATOM)))
    published = rfc3339(_value(node, "published", ATOM) or _value(node, "updated", ATOM))
    return _Item(
        node,
        ItemRef(number, ref, _value(node, "title", ATOM)),
        entry,
        published,
        dates,
        said if marked else "",
        short=not short,
    )


def _entry(
    node: Node,
    number: int,
    ref: str,
    link: str,
    *,
    summary: str,
    html: str,
    authors: Iterable[str],
    files: Iterable[Enclosure | None],
) -> Entry:
    title = node.first("title") or node.first("title", ATOM)
    known = tuple(file for file in files if file is not None)
    return Entry(
        id=ref or f"item {number}",
        url=link,
        title=(title.value if title else "") or " ",
        summary=summary,
        html=html,
        published=_SOME_DAY,
        updated=_SOME_DAY,
        people=tuple(Person(name=name) for name in authors),
        image=_image(node, known),
        enclosures=known,
        language=node.attributes.get(_XML_LANG, ""),
        short_title=_value(node, "shortTitle", MSN),
    )


def _image(node: Node, files: tuple[Enclosure, ...]) -> Image | None:
    """The featured image: by Media RSS, else the enclosure that is one."""
    groups = node.all("group", MEDIA)
    for content in (*node.all("content", MEDIA), *(each for group in groups for each in group.all("content", MEDIA))):
        kind = content.attributes.get("type", "")
        url = content.attributes.get("url", "")
        if url and (content.attributes.get("medium") == "image" or kind.startswith("image/")):
            credit = content.first("credit", MEDIA) or node.first("credit", MEDIA)
            return Image(
                url=url,
                credit=credit.value if credit else "",
                type=kind,
                length=_number(content, "fileSize"),
                width=_number(content, "width"),
                height=_number(content, "height"),
            )
    picture = next((file for file in files if file.type.startswith("image/")), None)
    return Image(url=picture.url, type=picture.type, length=picture.length or None) if picture else None


def _enclosure(attributes: Mapping[str, str], name: str) -> Enclosure | None:
    kind, length = attributes.get("type", ""), attributes.get("length", "")
    if "/" not in kind:
        return None
    return Enclosure(url=attributes.get(name, ""), type=kind, length=int(length) if _DIGITS.fullmatch(length) else 0)


def _feed(title: str, description: str, language: str) -> Feed:
    return Feed(
        name="", id="", title=title, description=description, home_url="", language=language, author="",
        updated=_SOME_DAY, content=Content.FULL, outputs=(),
    )  # fmt: skip


def _value(node: Node, name: str, namespace: str = "") -> str:
    found = node.first(name, namespace)
    return found.value if found else ""


def _number(node: Node, name: str) -> int | None:
    written = node.attributes.get(name, "")
    return int(written) if _DIGITS.fullmatch(written) else None


# --- rules --------------------------------------------------------------------------------------------------------


def _name(profile: Profile, rule: str) -> str:
    return f"{profile.name}:{rule}"


def _rule(profile: Profile, rule: ProfileRule) -> Rule:
    severity = Severity.WARNING if rule.does is Deed.WARN else Severity.ERROR
    source = ", ".join(profile.sources) or "a profile"
    remedy = RULES[rule.name].about + (f" ({rule.note})" if rule.note else "")
    return Rule(_name(profile, rule.name), severity, f"{source} [{rule.mark}]", remedy)


def _namespaces(profile: Profile) -> frozenset[str]:
    known = {"msn": {DCTERMS, MSN}, "smartnews": {SMARTNEWS}}
    return frozenset(address for name in profile.words("elements") for address in known[name])
