"""XML read by lxml, with all that makes XML dangerous switched off, into a tree of our own with line numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import cast

from lxml import etree
from lxml.etree import _Element

_UNDEFINED_ENTITY = re.compile(r"Entity '([^']*)' not defined")
_PREFIX = re.compile(r"Namespace prefix (\S+)")
_DEEP = re.compile(r"[Ee]xcessive depth|too deep|Maximum|XML_PARSE_HUGE")


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
    stack: list[tuple[list[Node], tuple[tuple[str, str], ...]]] = [([], ())]
    declared: list[tuple[str, str]] = []
    # No entities, no files, no network, no huge trees: 256 levels and 10 MB a text are the parser's own limits.
    events = etree.iterparse(
        BytesIO(text.encode("utf-8", "surrogatepass")), events=("start", "end", "start-ns"), encoding="utf-8",
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=False,
        attribute_defaults=False, dtd_validation=False, remove_comments=False, remove_pis=False,
    )  # fmt: skip
    try:
        for event, thing in events:
            if event == "start-ns":
                prefix, namespace = cast("tuple[str | None, str]", thing)
                declared.append((prefix or "", namespace or ""))
            elif event == "start":
                stack.append(([], tuple(declared)))
                declared.clear()
            else:
                element = cast("_Element", thing)
                children, own = stack.pop()
                stack[-1][0].append(_node(element, tuple(children), own))
                element.clear(keep_tail=True)
    except etree.XMLSyntaxError as error:
        raise _explained(error) from error
    return stack[0][0][0]


def _node(element: _Element, children: tuple[Node, ...], declared: tuple[tuple[str, str], ...]) -> Node:
    name = etree.QName(element)
    pieces = [element.text or "", *(child.tail or "" for child in element)]
    return Node(
        namespace=name.namespace or "",
        name=name.localname,
        prefix=element.prefix or "",
        attributes={str(key): str(value) for key, value in element.attrib.items()},
        text="".join(map(str, pieces)),
        children=children,
        line=element.sourceline or 1,
        declared=declared,
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
