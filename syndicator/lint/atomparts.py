"""Atom's constructs: texts, people, dates, ids, categories, content (atom.md D, E, F)."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator

from syndicator.lint.context import Context
from syndicator.lint.dates import check_rfc3339
from syndicator.lint.elements import check_attributes, check_needed, check_not_blank, check_once
from syndicator.lint.findings import Note, quoted
from syndicator.lint.html import check_html, has_entity, has_markup
from syndicator.lint.tree import Node
from syndicator.lint.values import check_id, is_mail, is_mime, scheme_of
from syndicator.lint.vocabulary import ATOM, XHTML, XML

_KINDS = ("text", "html", "xhtml")
_CONSTRUCTS = frozenset({"title", "subtitle", "summary", "rights"})
_TIGHT = frozenset({"id", "updated", "published", "icon", "logo", "uri"})


def check_part(node: Node, context: Context) -> Iterator[Note]:
    """One child of a feed or an entry that is in Atom's namespace; links are looked at elsewhere."""
    if node.name in _TIGHT:
        yield from _tight(node, context)
    elif node.name in _CONSTRUCTS:
        yield from check_text(node)
    match node.name:
        case "author" | "contributor":
            yield from check_person(node, context)
        case "category":
            yield from _category(node)
        case "content":
            yield from _content(node)
        case "generator":
            yield from check_attributes(node, frozenset({"uri", "version"}))
            yield from check_not_blank(node)
        case "source":
            for part in node.children:
                if part.namespace == ATOM:
                    yield from check_part(part, context)


def _tight(node: Node, context: Context) -> Iterator[Note]:
    """Values without a blank around them (atom-4)."""
    yield from check_attributes(node, frozenset())
    if node.text != node.value and node.value:
        yield Note("UnexpectedWhitespace", node.line, f"{node.shown} has white space around its value")
        return
    if not node.value:
        yield from check_not_blank(node)
        return
    match node.name:
        case "updated" | "published":
            yield from check_rfc3339(node.line, node.shown, node.text, context.now)
        case "id":
            yield from check_id(node.line, node.shown, node.text)
        case _:
            if not scheme_of(node.text) or any(char.isspace() for char in node.text):
                yield Note("InvalidLink", node.line, f"{node.shown} {quoted(node.text)} is no absolute address")


def check_text(node: Node) -> Iterator[Note]:
    """A text construct (atom-38 to atom-41)."""
    yield from check_attributes(node, frozenset({"type"}))
    kind = node.attributes.get("type", "text")
    if kind not in _KINDS:
        yield Note("InvalidTextType", node.line, f"the type {quoted(kind)} of {node.shown} is not text, html or xhtml")
    elif kind == "xhtml":
        yield from _xhtml(node)
    else:
        yield from check_not_blank(node)
        for child in node.children:
            yield Note("UndefinedElement", child.line, f"{node.shown} of type {kind} has the element {child.shown}")
        if kind == "html":
            yield from check_html(node.line, node.shown, node.text, base=_based(node))
        elif has_markup(node.text) or has_entity(node.text):
            yield Note("ContainsUndeclaredHTML", node.line, f"{node.shown} {quoted(node.text)} is text and holds HTML")


def check_person(node: Node, context: Context) -> Iterator[Note]:
    """A person construct (atom-45, atom-46)."""
    yield from check_once(node, ("name", "uri", "email"), ATOM)
    name, email, uri = (node.first(part, ATOM) for part in ("name", "email", "uri"))
    if name is None:
        yield Note("MissingName", node.line, f"the {node.name} has no name")
    else:
        yield from check_not_blank(name)
        if has_markup(name.text) or has_entity(name.text):
            yield Note("ContainsUndeclaredHTML", name.line, f"the name {quoted(name.text)} holds HTML")
        elif any(is_mail(word.strip("<>()[]")) for word in name.text[:1000].split()):
            yield Note("EmailInName", name.line, f"the name {quoted(name.text)} holds an e-mail address")
    if email is not None and not is_mail(email.value):
        yield Note("InvalidContact", email.line, f"{email.shown} {quoted(email.value)} is no bare e-mail address")
    if uri is not None:
        yield from _tight(uri, context)
    for child in node.children:
        if child.namespace == ATOM and child.name not in ("name", "uri", "email"):
            yield Note("UndefinedElement", child.line, f"a person has no element {child.shown}")


def _category(node: Node) -> Iterator[Note]:
    """atom-47."""
    yield from check_attributes(node, frozenset({"term", "scheme", "label"}))
    yield from check_needed(node, ("term",))
    if "term" in node.attributes and not node.attributes["term"].strip():
        yield Note("NotBlank", node.line, f"the term of {node.shown} is blank")
    scheme = node.attributes.get("scheme")
    if scheme is not None and not scheme_of(scheme):
        yield Note("InvalidFullLink", node.line, f"the scheme {quoted(scheme)} is not absolute")
    label = node.attributes.get("label", "")
    if has_markup(label) or has_entity(label):
        yield Note("ContainsUndeclaredHTML", node.line, f"the label {quoted(label)} is text and holds HTML")
    if node.value or any(child.namespace in (ATOM, "") for child in node.children):
        yield Note("CategoryNotEmpty", node.line, "the category has content, and is to be empty")


def _content(node: Node) -> Iterator[Note]:
    """atom-42, atom-43."""
    kind = node.attributes.get("type", "text")
    yield from check_attributes(node, frozenset({"type", "src"}))
    if "src" in node.attributes:
        yield from _elsewhere(node, kind)
    elif kind in _KINDS:
        yield from check_text(node)
    elif not is_mime(kind) or kind.lower().startswith(("multipart/", "message/")):
        yield Note("InvalidMIMEType", node.line, f"the content's type {quoted(kind)} is no media type that can be here")
    elif kind.lower() == "text/html":
        yield Note("HtmlFragment", node.line, "text/html means a whole document, and readers expect a fragment")
    elif not kind.lower().startswith("text/") and not kind.lower().endswith(("+xml", "/xml")):
        try:
            b64decode("".join(node.text.split()), validate=True)
        except (binascii.Error, ValueError):
            yield Note("NotBase64", node.line, f"content of the type {quoted(kind)} is to be base64")


def _elsewhere(node: Node, kind: str) -> Iterator[Note]:
    if not scheme_of(node.attributes["src"]):
        yield Note("InvalidLink", node.line, f"src {quoted(node.attributes['src'])} is no absolute address")
    if node.value or node.children:
        yield Note("ContentNotEmpty", node.line, "the content has src, and is to be empty")
    if "type" in node.attributes and (kind in _KINDS or not is_mime(kind)):
        yield Note("InvalidMIMEType", node.line, f"the type {quoted(kind)} of content with src is no media type")


def _xhtml(node: Node) -> Iterator[Note]:
    """atom-41: one div that holds it all."""
    inside = [child for child in node.children if (child.namespace, child.name) == (XHTML, "div")]
    if len(inside) != 1 or len(node.children) != 1 or node.value:
        yield Note("MissingXhtmlDiv", node.line, f"{node.shown} of type xhtml is not one div")
        return
    for prefixed in (child for child in inside if child.prefix):
        yield Note("AvoidNamespacePrefix", prefixed.line, f"the div has the prefix {prefixed.prefix}")
    yield from check_html(node.line, node.shown, _serialized(inside[0]), base=_based(node))


def _serialized(node: Node) -> str:
    """Only the tags, each on the line where it is: what is asked of HTML is asked of them."""
    written: list[str] = []
    line = node.line
    for element in node.walk():
        written.append("\n" * max(0, element.line - line))
        line = max(line, element.line)
        attributes = "".join(
            f' {name}="{_escaped(value)}"' for name, value in element.attributes.items() if not name.startswith("{")
        )
        written.append(f"<{element.name}{attributes}/>")
    return "".join(written)


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace('"', "&quot;").replace("\n", " ")


def _based(node: Node) -> bool:
    return f"{{{XML}}}base" in node.attributes
