"""What a template may ask for, and how much: names of given values, filters within limits, a budget of steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from liquid import RenderContext, Token
from liquid.exceptions import LiquidError
from liquid.undefined import Undefined

from syndicator.markup.filters import MOST_ITEMS, bounded

#: Steps that a body may take: each is a name looked up, a filter, a turn of a loop, or 200 characters worked on.
MOST_STEPS = 30_000
#: Filters that go through tables, and the most values that they may find there.
_THROUGH_TABLES = frozenset({"jsonify", "inspect"})
_ALL = 10_000
#: What evaluating an expression may raise.
FAULTS = (LiquidError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError)


class Spent(Exception):
    """A body would cost more than any honest one does."""


class Job:
    """One body that is being rendered: what it was, what is known, and what became of it.

    ``lost`` are places of tags that were left out, ``undecided`` tells whether text hung on one.
    """

    def __init__(
        self,
        body: str,
        *,
        is_code: Callable[[int], bool],
        ends: Mapping[int, int],
        nil: Callable[[list[object]], bool],
        address: Callable[[str, int], str],
        block: Callable[[str, str, int, int], str],
        place: Callable[[str, int, int], str],
        filters: Mapping[str, Callable[..., Any]],
        includes: Mapping[str, str],
    ) -> None:
        self.body = body
        self.is_code = is_code
        self.ends = ends
        self.nil = nil
        self.address = address
        self.block = block
        self.place = place
        self.filters = filters
        self.includes = includes
        self.doubt = False
        self.left = MOST_STEPS
        self.lost: set[int] = set()
        self.undecided = False


class Context(RenderContext):
    """A render context that counts its steps, and notes when something was asked that nobody knows."""

    __slots__ = ("job",)
    job: Job

    def spend(self, steps: int) -> None:
        self.job.left -= steps + 1
        if self.job.left < 0:
            raise Spent("its templates would take too long")

    def get(self, path: list[object], *, token: Token | None, default: object = None) -> object:  # noqa: ARG002 - nobody asks with one
        self.spend(0)
        found = super().get(path, token=token)
        if isinstance(found, (list, tuple, Mapping)):
            self.spend(len(found) // 100)  # whoever compares it with something looks through it
        if isinstance(found, Undefined) and not self._is_nil(path):
            self.job.doubt = True
        return found

    def _is_nil(self, path: list[object]) -> bool:
        """Whether what is not there is known to be nothing: it is a part of what is known."""
        root = path[0]
        if root in ("site", "page") or not isinstance(root, str):
            return self.job.nil(path)
        known = self.scope.get(root)
        return known is not None and not isinstance(known, Undefined)

    def assign(self, key: str, val: Any) -> None:
        self.spend(len(self.locals) // 8)
        super().assign(key, val)

    def filter(self, name: str, token: Token | None) -> Callable[..., object]:
        own = self.job.filters.get(name)
        function = own or super().filter(name, token)

        def within_limits(value: object, *args: object, **named: object) -> object:
            given = (value, *args, *named.values())
            if name in _THROUGH_TABLES:
                self.spend(_ALL // 100)
                weigh_tables(value)
            self.spend(sum(map(size_of, given)) // 200)
            if isinstance(value, Undefined) and self.job.doubt:
                return value
            if own:
                given_ = [None if isinstance(item, Undefined) else item for item in (value, *args)]
                result = own(*given_, **named)
            else:
                result = function(value, *args, **named)
            size_of(result)
            return result

        return within_limits

    def evaluate(self, expression: Any) -> object:
        """The value of an expression; Undefined when it cannot be known."""
        self.job.doubt = False
        try:
            value = expression.evaluate(self)
        except FAULTS:
            self.job.doubt = True
        return Undefined("unknown") if self.job.doubt else value


def weigh_tables(value: object) -> None:
    """Raises NoAnswer where a value holds more than may be written down, with all that is in its tables."""
    left, seen = [value], 0
    while left:
        item = left.pop()
        if isinstance(item, (list, tuple, Mapping)):
            seen += len(item)
            bounded(seen, _ALL)
            left.extend(item.values() if isinstance(item, Mapping) else item)


def size_of(value: object) -> int:
    """How large a value is. Raises NoAnswer where it is larger than it may be."""
    if isinstance(value, str):  # nearly always
        bounded(len(value))
        return len(value)
    left, length, items = [value], 0, 0
    while left:
        item = left.pop()
        if isinstance(item, str):
            length += len(item)
            bounded(length)
        elif isinstance(item, (list, tuple, range)):
            # A list may hold another any number of times, and that one a third.
            items += len(item)
            bounded(items, MOST_ITEMS)
            left.extend(() if isinstance(item, range) else item)
        elif isinstance(item, int):
            bounded(item.bit_length(), 128)
    return length + items * 20
