"""Media RSS 1.5.1 (rss.md F), in channels, feeds, items and entries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from syndicator.lint.elements import check_attributes, check_needed, check_once
from syndicator.lint.findings import Note, quoted
from syndicator.lint.html import has_entity, has_markup
from syndicator.lint.tree import Node
from syndicator.lint.values import address_problem, count_of, is_language, is_mime
from syndicator.lint.vocabulary import MEDIA
from syndicator.lint.words import words

_CONTENT = words(
    "url fileSize type medium isDefault expression bitrate framerate samplingrate channels duration height width lang"
)
#: Attributes by element; what is not listed is not looked at.
_ATTRIBUTES = {
    "content": _CONTENT,
    "group": frozenset[str](),
    "title": frozenset({"type"}),
    "description": frozenset({"type"}),
    "keywords": frozenset[str](),
    "thumbnail": frozenset({"url", "width", "height", "time"}),
    "credit": frozenset({"role", "scheme"}),
    "copyright": frozenset({"url"}),
    "hash": frozenset({"algo"}),
    "text": frozenset({"type", "lang", "start", "end"}),
    "restriction": frozenset({"relationship", "type"}),
    "status": frozenset({"state", "reason"}),
    "category": frozenset({"scheme", "label"}),
    "license": frozenset({"type", "href"}),
}
_CHOICES = {
    ("content", "medium"): ("image", "audio", "video", "document", "executable"),
    ("content", "expression"): ("sample", "full", "nonstop"),
    ("content", "isDefault"): ("true", "false"),
    ("title", "type"): ("plain", "html"),
    ("description", "type"): ("plain", "html"),
    ("text", "type"): ("plain", "html"),
    ("restriction", "relationship"): ("allow", "deny"),
    ("restriction", "type"): ("country", "uri", "sharing"),
    ("status", "state"): ("active", "blocked", "deleted"),
    ("hash", "algo"): ("md5", "sha-1"),
}
_RULES = {
    ("content", "medium"): "InvalidMediaMedium",
    ("content", "expression"): "InvalidMediaExpression",
    ("content", "isDefault"): "InvalidBooleanAttribute",
    ("restriction", "relationship"): "InvalidMediaRestrictionRel",
    ("restriction", "type"): "InvalidMediaRestrictionType",
    ("status", "state"): "InvalidMediaStatus",
    ("hash", "algo"): "InvalidMediaHash",
}
_TEXTS = frozenset({"title", "description", "text"})
_SIZES = frozenset({"fileSize", "width", "height"})
_TIME = re.compile(r"(?:\d{1,4}:[0-5]\d:[0-5]\d|\d{1,9})(?:\.\d{1,9})?|now")
_HASHES = {"md5": re.compile("[0-9a-fA-F]{32}"), "sha-1": re.compile("[0-9a-fA-F]{40}")}
#: Roles of the European Broadcasting Union.
_ROLES = frozenset(
    """actor|adaptor|anchor person|animal trainer|animator|announcer|armourer|art director|artist|artist/performer
    |assistant camera operator|assistant chief lighting technician|assistant director|assistant producer
    |assistant visual editor|author|broadcast assistant|broadcast journalist|camera operator|carpenter|casting|causeur
    |chief lighting technician|choir|choreographer|clapper loader|commentator|commentary or commentator
    |commissioning broadcaster|composer|computer programmer|conductor|consultant|continuity checker|correspondent
    |costume designer|dancer|dialogue coach|director|director of photography|distribution company|draughtsman|dresser
    |dubber|editor|editor/producer (news)|editor-in-chief|editor-of-the-day|ensemble|executive producer|expert
    |fight director|floor manager|focus puller|foley artist|foley editor|foley mixer|graphic assistant|graphic designer
    |greensman|grip|hairdresser|illustrator|interviewed guest|interviewer|key character|key grip|key talents|leadman
    |librettist|lighting director|lighting technician|location manager|lyricist|make up artist|manufacturer
    |matte artist|music arranger|music group|musician|news reader|orchestra|participant|photographer|post|producer
    |production assistant|production company|production department|production manager|production secretary
    |programme production researcher|property manager|publishing company|puppeteer|pyrotechnician|reporter|rigger
    |runner|scenario|scenic operative|script supervisor|second assistant camera operator|second assistant director
    |second unit director|set designer|set dresser|sign language|singer|sound designer|sound mixer|sound recordist
    |special effects|stunts|subtitles|technical director|term|translation|transportation manager
    |treatment/programme proposal|vision mixer|visual editor|visual effects|wardrobe|witness""".replace(
        "\n    ", ""
    ).split("|")
)


def check_media(parent: Node) -> Iterator[Note]:
    """All of Media RSS that stands in a channel, feed, item or entry."""
    for node in parent.children:
        if node.namespace == MEDIA:
            yield from _element(node)
    yield from check_once(parent, sorted(_TEXTS - {"text"}), MEDIA)


def _element(node: Node) -> Iterator[Note]:
    if node.name in _ATTRIBUTES:
        yield from check_attributes(node, _ATTRIBUTES[node.name])
    for name, value in node.attributes.items():
        yield from _attribute(node, name, value)
    match node.name:
        case "content":
            if "url" not in node.attributes and node.first("player", MEDIA) is None:
                yield Note("MissingAttribute", node.line, f"{node.shown} has neither url nor a player")
        case "group":
            yield from _group(node)
        case "thumbnail":
            yield from check_needed(node, ("url",))
        case "credit":
            yield from _credit(node)
        case "rating" | "adult":
            yield from _rating(node)
        case "hash":
            yield from _hash(node)
        case "restriction":
            yield from check_needed(node, ("relationship",))
        case "title" | "description" | "text":
            yield from _text(node)
    yield from check_media(node)


def _attribute(node: Node, name: str, value: str) -> Iterator[Note]:
    if name == "url" or (node.name, name) == ("license", "href"):
        if problem := address_problem(value):
            yield Note("InvalidURLAttribute", node.line, f"{name} {quoted(value)} of {node.shown}: {problem[1]}")
    elif name in _SIZES:
        if not count_of(value):
            yield Note("InvalidIntegerAttribute", node.line, f"{name} {quoted(value)} of {node.shown} is not positive")
    elif name == "time" and node.name == "thumbnail":
        if not _TIME.fullmatch(value):
            yield Note("InvalidNPTTime", node.line, f"time {quoted(value)} is no place in a film")
    elif name == "lang":
        if not is_language(value):
            yield Note("InvalidLanguage", node.line, f"lang {quoted(value)} of {node.shown} is no language code")
    elif name == "type" and node.name in ("content", "license"):
        if not is_mime(value):
            yield Note("InvalidMIMEAttribute", node.line, f"type {quoted(value)} of {node.shown} is no media type")
    elif value not in _CHOICES.get((node.name, name), (value,)):
        rule = _RULES.get((node.name, name), "InvalidMediaTextType")
        yield Note(rule, node.line, f"{name} {quoted(value)} of {node.shown} is none of its values")


def _hash(node: Node) -> Iterator[Note]:
    wanted = _HASHES.get(node.attributes.get("algo", "md5"))
    if wanted and not wanted.fullmatch(node.value):
        yield Note("InvalidMediaHash", node.line, f"{node.shown} {quoted(node.value)} is no such sum")


def _text(node: Node) -> Iterator[Note]:
    if node.attributes.get("type", "plain") == "plain" and (has_markup(node.text) or has_entity(node.text)):
        yield Note("MediaTextHtml", node.line, f"{node.shown} is plain text and holds HTML")


def _group(node: Node) -> Iterator[Note]:
    """rss-57, rss-58."""
    renditions = node.all("content", MEDIA)
    if len(renditions) < 2:
        yield Note("MediaGroupWithoutAlternatives", node.line, f"{node.shown} holds {len(renditions)} media:content")
    defaults = [content for content in renditions if content.attributes.get("isDefault") == "true"]
    if len(defaults) > 1:
        yield Note("DuplicateDefault", defaults[1].line, f"{len(defaults)} renditions of the group are the default")


def _credit(node: Node) -> Iterator[Note]:
    """rss-59."""
    role, scheme = node.attributes.get("role"), node.attributes.get("scheme", "urn:ebu")
    if role is not None and scheme == "urn:ebu" and role not in _ROLES:
        yield Note("InvalidCreditRole", node.line, f"role {quoted(role)} is none of the EBU's, in lower case")


def _rating(node: Node) -> Iterator[Note]:
    if node.name == "adult":
        yield Note("DeprecatedMediaAdult", node.line, f"{node.shown} was replaced by media:rating")
    elif node.attributes.get("scheme", "urn:simple") == "urn:simple" and node.value not in ("adult", "nonadult"):
        yield Note("InvalidMediaRating", node.line, f"{node.shown} {quoted(node.value)} is neither adult nor nonadult")
