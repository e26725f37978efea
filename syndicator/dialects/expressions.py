"""The small part of Liquid and Nunjucks that addresses are written in: ``/blog/{{ title | slugify }}/``.

Nothing is run: values are looked up and go through filters that are known here. All else is refused, since an address
that is guessed would be a dead link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from syndicator.dialects.slugs import slug, slugify
from syndicator.markup.clock import unknown_parts, write_date
from syndicator.posts.fields import text
from syndicator.text import one_line

__all__ = ["UNKNOWN", "rendered"]

#: What a lookup gives for a name that nothing is known of: perhaps a program gives it a value.
UNKNOWN = object()

_LONGEST = 2_000
_PLACE = re.compile(r"(\s*)\{\{(-?)(.*?)(-?)\}\}(\s*)", re.DOTALL)
_TOKEN = re.compile(
    r"""\s*(?:"([^"]*)"|'([^']*)'|(-?\d+(?:\.\d+)?)|([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\["[^"\]]*"\]|\['[^'\]]*'\])*)"""
    r"""|([|:,()]))\s*"""
)
_KEY = re.compile(r"""[\w-]+|\["([^"]*)"\]|\['([^']*)'\]""")

_FILTERS: Mapping[str, tuple[int, Callable[..., str]]] = {
    "slugify": (0, slugify),
    "slug": (0, slug),
    "downcase": (0, str.lower),
    "lower": (0, str.lower),
    "upcase": (0, str.upper),
    "upper": (0, str.upper),
    "strip": (0, str.strip),
    "trim": (0, str.strip),
    "safe": (0, str),
    "append": (1, lambda value, more: value + more),
    "prepend": (1, lambda value, more: more + value),
    "remove": (1, lambda value, part: value.replace(part, "") if part else value),
    "replace": (2, lambda value, old, new: value.replace(old, new) if old else value),
}


def rendered(template: str, lookup: Callable[[str], object]) -> str:
    """The template with its expressions written out. ``lookup`` gives the value of a first name, or UNKNOWN.

    Raises ValueError, with a reason for people, for what cannot be known.
    """
    if "{%" in template:
        raise ValueError(f'"{_shown(template)}" holds a template\'s tag, which is not run')
    if len(template) > _LONGEST:
        raise ValueError(f"has more than {_LONGEST:,} characters")

    def write(match: re.Match[str]) -> str:
        before, after = "" if match[2] else match[1], "" if match[4] else match[5]
        return before + _value(match[3], lookup) + after

    return _PLACE.sub(write, template)


def _value(expression: str, lookup: Callable[[str], object]) -> str:
    tokens, at = [], 0
    while at < len(expression) and (match := _TOKEN.match(expression, at)):
        tokens.append(match)
        at = match.end()
    if not tokens or at < len(expression):
        raise ValueError(f'"{_shown(expression)}" is more than a value and filters')
    value = _operand(tokens[0], lookup)
    rest = tokens[1:]
    while rest:
        if rest[0][5] != "|" or len(rest) == 1 or rest[1][4] is None:
            raise ValueError(f'"{_shown(expression)}" is more than a value and filters')
        name = rest[1][4]
        arguments, rest = _arguments(rest[2:], lookup)
        value = _filtered(name, value, arguments)
    return _text(value, expression)


def _arguments(
    tokens: list[re.Match[str]], lookup: Callable[[str], object]
) -> tuple[list[object], list[re.Match[str]]]:
    """What a filter is given: ``: a, b`` in Liquid, ``(a, b)`` in Nunjucks; and the tokens that follow."""
    end = next((at for at, token in enumerate(tokens) if token[5] == "|"), len(tokens))
    given = [token for token in tokens[:end] if token[5] not in (":", ",", "(", ")")]
    return [_operand(token, lookup) for token in given], tokens[end:]


def _operand(token: re.Match[str], lookup: Callable[[str], object]) -> object:
    if token[4] is None:
        if token[5]:
            raise ValueError(f'has "{token[5]}" where a value belongs')
        return next(part for part in token.groups()[:3] if part is not None)
    keys = [match[1] or match[2] or match[0] for match in _KEY.finditer(token[4])]
    value = lookup(keys[0])
    if value is UNKNOWN:
        raise ValueError(f'asks for "{keys[0]}", which no file says that this program may read')
    for key in keys[1:]:
        value = value.get(key, UNKNOWN if keys[0] == "page" else None) if isinstance(value, Mapping) else None
        if value is UNKNOWN:
            raise ValueError(f'asks for "{token[4]}", which this program does not know')
    return value


def _filtered(name: str, value: object, arguments: list[object]) -> object:
    if name == "date":
        if not isinstance(value, datetime) or len(arguments) != 1:
            raise ValueError("asks for the date of something else than the post")
        return _date(value, _text(arguments[0], name))
    if name == "default":
        return value if value not in (None, "", False) else arguments[0] if arguments else None
    if name not in _FILTERS:
        raise ValueError(f'has the filter "{name}", which is not known here')
    count, function = _FILTERS[name]
    if len(arguments) != count:
        raise ValueError(f'gives the filter "{name}" {len(arguments)} arguments')
    result = function(_text(value, name), *(_text(argument, name) for argument in arguments))
    if len(result) > _LONGEST:
        raise ValueError(f"comes to more than {_LONGEST:,} characters")
    return result


def _date(at: datetime, pattern: str) -> str:
    if unknown := next(unknown_parts(pattern), ""):
        raise ValueError(f'asks for the part "{unknown}" of a date, which is not known here')
    return write_date(at, pattern)


def _text(value: object, where: str) -> str:
    if isinstance(value, (list, Mapping, datetime)):
        raise ValueError(f'"{_shown(where)}" is no text')  # noqa: TRY004 - callers wait for one kind
    return text(value)


def _shown(value: str) -> str:
    return one_line(value)[:80]
