"""How the tags of Liquid and Jekyll are read, by python-liquid's own parser of expressions.

Blocks are balanced when they come here, and every tag is known or marked as unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from liquid import Environment, Token, TokenStream
from liquid.ast import Node
from liquid.builtin.expressions import BooleanExpression, FilteredExpression, LoopExpression, parse_identifier, tokenize
from liquid.parser import Parser
from liquid.tag import Tag
from liquid.token import TOKEN_ASSIGN, TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_ILLEGAL, TOKEN_OUTPUT

from syndicator.markup.liquidcontext import FAULTS
from syndicator.markup.liquidnodes import (
    AssignNode,
    CaptureNode,
    ForNode,
    HighlightNode,
    IfNode,
    IncludeNode,
    LinkNode,
    OutputNode,
    TagNode,
    UnknownNode,
)

_LONGEST_EXPRESSION = 1_000
_WORDS = re.compile(r"""\s*+((?>(?:"[^"]*+"|'[^']*+'|[^\s,"']++)+))(?:\s*+,|\s++or\b|\s*+\Z)""")

#: Blocks that have an end of their own, and tags that have none.
BLOCKS = frozenset({"if", "unless", "case", "for", "capture", "highlight"})
SIMPLE = frozenset({"assign", "break", "continue", "cycle", "increment", "decrement", "post_url", "link",
    "include", "include_relative", "include_cached", "render"})  # fmt: skip


def _inner(stream: TokenStream) -> str:
    """What stands behind the tag's name; the stream is then at the last token of the tag."""
    if stream.peek.kind == TOKEN_EXPRESSION:
        next(stream)
        return stream.current.value
    return ""


def _parsed(parse: Callable[[TokenStream], Any], source: str) -> Any:
    """The expression, None when it cannot be read."""
    if len(source) > _LONGEST_EXPRESSION:
        return None
    try:
        return parse(TokenStream(tokenize(source, Token(TOKEN_EXPRESSION, source, 0, source))))
    except FAULTS:
        return None


class _OutputTag(Tag):
    name = TOKEN_OUTPUT
    block = False

    def parse(self, stream: TokenStream) -> Node:
        token, inner = stream.current, _inner(stream)
        return OutputNode(token, inner, _parsed(lambda tokens: FilteredExpression.parse(self.env, tokens), inner))


class _AssignTag(Tag):
    name = "assign"
    block = False

    def parse(self, stream: TokenStream) -> Node:
        token, inner = stream.current, _inner(stream)

        def read(tokens: TokenStream) -> tuple[str, Any]:
            name = str(parse_identifier(self.env, tokens))
            tokens.eat(TOKEN_ASSIGN)
            return name, FilteredExpression.parse(self.env, tokens)

        found = _parsed(read, inner)
        return AssignNode(token, inner, *found) if found else UnknownNode(token, "assign")


class _SimpleTag(Tag):
    block = False
    node: type[TagNode] = UnknownNode

    def parse(self, stream: TokenStream) -> Node:
        token = stream.current
        return self.node(token, _inner(stream))


def _lenient(tag: Tag) -> Tag:
    """The library's own tag, but that what it cannot read is left out."""
    own = type(tag)

    class Lenient(own):  # type: ignore[valid-type,misc]
        def get_node(self, stream: TokenStream) -> Node:
            at = stream.pos
            try:
                return own.parse(self, stream)
            except FAULTS:
                stream.pos = at
                return UnknownNode(stream.current, f"{self.name} {_inner(stream)}")

    return Lenient(tag.env)


class _BlockTag(Tag):
    """A block with one part."""

    node: type[HighlightNode] | type[CaptureNode]

    def parse(self, stream: TokenStream) -> Node:
        token, inner = stream.current, _inner(stream)
        next(stream)
        return self.node(token, inner, Parser(self.env).parse_block(stream, (f"end{self.name}",)))


class _IfTag(Tag):
    """``if`` with its branches."""

    name = "if"

    def parse(self, stream: TokenStream) -> Node:
        token, inner = stream.current, _inner(stream)
        condition, branches = self.first(inner), []
        while True:
            next(stream)
            block = Parser(self.env).parse_block(stream, (f"end{self.name}", "elsif", "else", "when"))
            branches.append((condition, block))
            mark = stream.current.value
            if mark not in ("elsif", "else", "when"):
                return IfNode(token, inner, branches, negated=self.name == "unless")
            behind = _inner(stream)
            condition = True if mark == "else" else self.later(inner, behind)

    def first(self, inner: str, /) -> Any:
        return _parsed(lambda tokens: BooleanExpression.parse(self.env, tokens), inner)

    def later(self, _inner: str, behind: str, /) -> Any:  # "case" wants to know both
        return self.first(behind)


class _UnlessTag(_IfTag):
    name = "unless"


class _CaseTag(_IfTag):
    """``case``: what stands before the first ``when`` is never shown."""

    name = "case"

    def first(self, _inner: str, /) -> Any:
        return False

    def later(self, inner: str, behind: str, /) -> Any:
        words = _WORDS.findall(behind)
        return super().first(" or ".join(f"{inner} == {word}" for word in words)) if words else None


class _ForTag(Tag):
    name = "for"

    def parse(self, stream: TokenStream) -> Node:
        token, inner = stream.current, _inner(stream)
        expression = _parsed(lambda tokens: LoopExpression.parse(self.env, tokens), inner)
        next(stream)
        block, default = Parser(self.env).parse_block(stream, ("endfor", "else")), None
        while stream.current.is_tag("else"):
            _inner(stream)
            next(stream)
            default = Parser(self.env).parse_block(stream, ("endfor", "else"))
        return ForNode(token, inner, expression, block, default)


_SIMPLE: Mapping[str, type[TagNode]] = {
    "unknown": UnknownNode, "post_url": LinkNode, "link": LinkNode, "include": IncludeNode,
    "include_relative": IncludeNode, "include_cached": IncludeNode, "render": IncludeNode,
}  # fmt: skip


_COUNTERS = ("cycle", "increment", "decrement")


def register(environment: Environment) -> None:
    """Let an environment know these tags, and no other."""
    theirs = {name: _lenient(environment.tags[name]) for name in ("break", "continue", *_COUNTERS)}
    environment.tags = {**theirs, **{name: environment.tags[name] for name in (TOKEN_CONTENT, TOKEN_ILLEGAL)}}
    for tag in (_OutputTag, _AssignTag, _IfTag, _UnlessTag, _CaseTag, _ForTag):
        environment.add_tag(tag)
    for name, node in _SIMPLE.items():
        environment.add_tag(type("_Named", (_SimpleTag,), {"name": name, "node": node}))
    for name, block in (("highlight", HighlightNode), ("capture", CaptureNode)):
        environment.add_tag(type("_Named", (_BlockTag,), {"name": name, "node": block}))
