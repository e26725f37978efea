"""XML read by lxml, with all that makes XML dangerous switched off, into a tree of our own with line numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml import etree
from lxml.etree import _Element

_UNDEFINED_ENTITY = re.compile(r"Entity '([^']*)' not defined")
_PREFIX = re.compile(r"Namespace prefix (\S+)")
# A start tag with its values; it ends at the next "<" whatever is wrong with it, so that a walk over all is one walk.
_TAG = re.compile(r"""<[^\s<>/!?"'](?>(?:[^"'<>]|"[^"<]*"|'[^'<]*')*)""")
#: Attributes are compared with each other and elements take memory: beyond these a document is a bomb and no feed.
_MOST_ATTRIBUTES, _MOST_ELEMENTS = 1_000, 400_000
_DEEP = re.compile(r"[Ee]xcessive depth|too deep|Maximum|XML_PARSE_HUGE")


_NONE: Mapping[str, str] = MappingProxyType({})


class NotXml(Exception):
    """It cannot be parsed: which rule says so, where, why."""

    def __init__(self, rule: str, line: int, column: int | None, reason: str) -> None:
        super().__init__(rule, line, column, reason)
        self.rule = rule
        self.line = line
        self.column = column
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Node:
    """An element. ``text`` is what stands directly in it; attributes in a namespace are called ``{namespace}name``."""

    namespace: str
    name: str
    prefix: str
    attributes: Mapping[str, str]
    text: str
    children: tuple[Node, ...]
    line: int
    declared: tuple[tuple[str, str], ...] = ()

    @property
    def value(self) -> str:
        """The text without white space around it."""
        return self.text.strip()

    @property
    def shown(self) -> str:
        """The name as the document has it."""
        return f"{self.prefix}:{self.name}" if self.prefix else self.name

    def all(self, name: str, namespace: str = "") -> tuple[Node, ...]:
        """The children of that name."""
        return tuple(child for child in self.children if child.name == name and child.namespace == namespace)

    def first(self, name: str, namespace: str = "") -> Node | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name and child.namespace == namespace), None)

    def walk(self) -> Iterator[Node]:
        """This element and all below it, in the order of the document."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


def parse_xml(text: str) -> Node:
    """The root of a document without document type. Raises NotXml."""
    _refuse_bombs(text)
    # No entities, no files, no network, no huge trees: 256 levels and 10 MB a text are the parser's own limits.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=False,
        attribute_defaults=False, dtd_validation=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode("utf-8", "surrogatepass"), parser)
    except etree.XMLSyntaxError as error:
        raise _explained(error) from error
    bound = {(prefix or "", namespace) for prefix, namespace in root.nsmap.items()}
    seen = set(bound)
    children: list[list[Node]] = [[]]
    names: dict[str, tuple[str, str]] = {}
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            children.append([])
        else:
            own = children.pop()
            children[-1].append(_node(element, names, tuple(own), bound if element is root else _new(element, seen)))
    return children[0][0]


def _new(element: _Element, seen: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The binding of the element's own prefix, where it is met first."""
    namespace = str(element.tag).removeprefix("{").rpartition("}")[0]
    binding = (element.prefix or "", namespace)
    if binding in seen:
        return set()
    seen.add(binding)
    return {binding}


def _refuse_bombs(text: str) -> None:
    if text.count("<") > _MOST_ELEMENTS:
        raise NotXml("ValidatorLimit", 1, None, "it has more elements than any feed")
    for tag in _TAG.finditer(text):
        if tag.end() - tag.start() > _MOST_ATTRIBUTES and tag[0].count("=") > _MOST_ATTRIBUTES:
            line = text.count("\n", 0, tag.start()) + 1
            raise NotXml("ValidatorLimit", line, None, "an element has more attributes than any feed's")


def _node(
    element: _Element, names: dict[str, tuple[str, str]], children: tuple[Node, ...], declared: set[tuple[str, str]]
) -> Node:
    tag = str(element.tag)
    if tag not in names:
        names[tag] = (tag.rpartition("}")[0].removeprefix("{"), tag.rpartition("}")[2])
    namespace, name = names[tag]
    pieces = [element.text or "", *(child.tail or "" for child in element)]
    return Node(
        namespace=namespace,
        name=name,
        prefix=element.prefix or "",
        attributes={str(key): str(value) for key, value in element.items()} if len(element.keys()) else _NONE,
        text="".join(pieces),
        children=children,
        line=element.sourceline or 1,
        declared=tuple(sorted(declared)),
    )


def _explained(error: etree.XMLSyntaxError) -> NotXml:
    reason = (error.msg or "it is not XML").rpartition(", line ")[0] or error.msg or "it is not XML"
    line, column = error.position
    if found := _UNDEFINED_ENTITY.search(reason):
        return NotXml("UndefinedNamedEntity", line, column, f"the entity &{found[1]}; is not one of XML's five")
    if found := _PREFIX.search(reason):
        return NotXml("MissingNamespace", line, column, f"the prefix {found[1]} is declared nowhere")
    if _DEEP.search(reason):
        return NotXml("ValidatorLimit", line, column, "elements or texts are larger or deeper than any parser allows")
    return NotXml("SAXError", max(line, 1), column, f"this is not well-formed XML: {reason}")
