"""What stands for each tag of Liquid and Jekyll in the text: what it says, or nothing and a note that it was lost."""

from __future__ import annotations

from typing import Any, TextIO

from liquid import RenderContext, Token, TokenStream
from liquid.ast import BlockNode, Node
from liquid.builtin.expressions import FilteredExpression, tokenize
from liquid.builtin.tags.for_tag import ForLoop
from liquid.exceptions import BreakLoop, ContinueLoop, LiquidError
from liquid.token import TOKEN_EXPRESSION
from liquid.undefined import Undefined

from syndicator.markup.embeds import arguments, embed
from syndicator.markup.filters import NoAnswer, bounded
from syndicator.markup.includes import find, show
from syndicator.markup.liquidcontext import FAULTS, Context, size_of
from syndicator.markup.values import written


class TagNode(Node):
    """A tag of ours: its name and what stands behind it, and the block it begins."""

    __slots__ = ("inner",)

    def __init__(self, token: Token, inner: str = "") -> None:
        super().__init__(token)
        self.inner = inner
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        assert isinstance(context, Context)  # noqa: S101 - it is what render made
        context.spend(0)
        text = self.text(context)
        return self.lose(context, buffer) if text is None else buffer.write(text)

    def text(self, context: Context) -> str | None:
        """What stands for the tag, None when nobody knows."""
        raise NotImplementedError

    def lose(self, context: Context, buffer: TextIO, *, undecided: bool = False) -> int:
        """Leave the tag out; in code it stays as it is, with all up to its end."""
        job, start = context.job, self.token.start_index
        if job.is_code(start):
            return buffer.write(job.body[start : job.ends[start]])
        job.lost.add(start)
        job.undecided |= undecided
        return 0


class OutputNode(TagNode):
    __slots__ = ("expression",)

    def __init__(self, token: Token, inner: str, expression: Any) -> None:
        super().__init__(token, inner)
        self.expression = expression

    def text(self, context: Context) -> str | None:
        value = context.evaluate(self.expression) if self.expression else Undefined("unknown")
        if isinstance(value, Undefined):
            return (
                ""
                if not context.job.doubt and self.expression and not context.job.is_code(self.token.start_index)
                else None
            )
        return written(value)


class AssignNode(TagNode):
    __slots__ = ("expression", "name")

    def __init__(self, token: Token, inner: str, name: str, expression: Any) -> None:
        super().__init__(token, inner)
        self.name, self.expression = name, expression

    def text(self, context: Context) -> str | None:
        value = context.evaluate(self.expression)
        try:
            size_of(value)
            context.assign(self.name, value)
        except (LiquidError, NoAnswer):
            context.locals[self.name] = Undefined(self.name)
            return None
        return ""


class UnknownNode(TagNode):
    """A tag of a plugin: a well-known one, or nobody knows."""

    def text(self, context: Context) -> str | None:
        name, _, inner = self.inner.partition(" ")
        found = embed(name, arguments(inner, lambda bare: _value(context, bare)))
        return _placed(self, context, found)


class IncludeNode(TagNode):
    """``include`` and its kin: what the operator says that it shows, else what its name says."""

    def text(self, context: Context) -> str | None:
        # The name is a name even where a value is called so.
        first, *rest = self.inner.split(None, 1) or [""]
        given = arguments(rest[0] if rest else "", lambda bare: _value(context, bare))
        name = first.rstrip(",").strip("\"'")
        shown = find(name, context.job.includes)
        if shown is None:
            return _placed(self, context, embed(name, given) if name else None)
        if context.job.is_code(self.token.start_index):
            return None
        found = show(shown, given)
        return found if found is None or shown.kind in ("drop", "text") else _placed(self, context, found)


class LinkNode(TagNode):
    """``post_url`` and ``link``."""

    def text(self, context: Context) -> str | None:
        return context.job.address(self.inner.strip("\"' "), self.token.start_index) or None


class HighlightNode(TagNode):
    __slots__ = ("block",)

    def __init__(self, token: Token, inner: str, block: BlockNode) -> None:
        super().__init__(token, inner)
        self.block = block

    def text(self, context: Context) -> str | None:
        start = self.token.start_index
        if context.job.is_code(start):
            return None
        inside = context.get_buffer()
        self.block.render(context, inside)
        return context.job.block(self.inner, inside.getvalue(), start, context.job.ends[start])


class CaptureNode(TagNode):
    __slots__ = ("block",)

    def __init__(self, token: Token, inner: str, block: BlockNode) -> None:
        super().__init__(token, inner)
        self.block = block

    def text(self, context: Context) -> str | None:
        inside = context.get_buffer()
        self.block.render(context, inside)
        try:
            bounded(len(inside.getvalue()))
            context.assign(self.inner.strip("\"' "), inside.getvalue())
        except (LiquidError, NoAnswer):
            return None
        return ""


class IfNode(TagNode):
    """``if``, ``unless`` and ``case``: the first branch whose condition holds. A condition None cannot be read."""

    __slots__ = ("branches", "negated")

    def __init__(self, token: Token, inner: str, branches: list[tuple[Any, BlockNode]], *, negated: bool) -> None:
        super().__init__(token, inner)
        self.branches, self.negated = branches, negated
        self.blank = all(block.blank for _, block in branches)

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        assert isinstance(context, Context)  # noqa: S101 - it is what render made
        context.spend(0)
        for index, (condition, block) in enumerate(self.branches):
            holds = condition if condition is None or isinstance(condition, bool) else context.evaluate(condition)
            if holds is None or isinstance(holds, Undefined):
                return self.lose(context, buffer, undecided=True)
            if bool(holds) != (self.negated and index == 0):
                context.spend(len(block.nodes))
                return block.render(context, buffer)
        return 0


class ForNode(TagNode):
    __slots__ = ("block", "default", "expression")

    def __init__(self, token: Token, inner: str, expression: Any, block: BlockNode, default: BlockNode | None) -> None:
        super().__init__(token, inner)
        self.expression, self.block, self.default = expression, block, default

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        assert isinstance(context, Context)  # noqa: S101 - it is what render made
        context.spend(0)
        values = context.evaluate(self.expression.iterable) if self.expression else Undefined("unknown")
        if isinstance(values, Undefined) and (context.job.doubt or not self.expression):
            return self.lose(context, buffer, undecided=True)
        try:
            size_of(values)
            turns, length = self.expression.evaluate(context)
            if not length:
                return self.default.render(context, buffer) if self.default else 0
            loop = ForLoop(name=str(self.expression), it=turns, length=length, parentloop=context.parentloop())
            return self._turn(context, buffer, loop)
        except FAULTS:
            return self.lose(context, buffer, undecided=True)

    def _turn(self, context: Context, buffer: TextIO, loop: ForLoop) -> int:
        namespace: dict[str, object] = {"forloop": loop}
        count = 0
        with context.loop(namespace, loop):
            for item in loop:
                namespace[self.expression.identifier] = item
                context.spend(len(self.block.nodes))
                try:
                    count += self.block.render(context, buffer)
                except ContinueLoop:
                    continue
                except BreakLoop:
                    break
        return count


def _placed(node: TagNode, context: Context, html: str | None) -> str | None:
    """HTML for a thing at the tag's place; in code nothing but the tag itself makes sense."""
    start = node.token.start_index
    if not html or context.job.is_code(start):
        return None
    return context.job.place(html, start, context.job.ends[start])


def _value(context: Context, bare: str) -> str:
    """What a bare word behind the name of a tag stands for: the value of a name, else itself."""
    try:
        stream = TokenStream(tokenize(bare, Token(TOKEN_EXPRESSION, bare, 0, bare)))
        found = context.evaluate(FilteredExpression.parse(context.env, stream))
    except LiquidError:
        return bare
    text = None if isinstance(found, Undefined) or found is None else written(found)
    return bare if text is None else text
