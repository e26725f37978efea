"""Jekyll's filter ``markdownify``: Markdown in a value of a template, read as the posts are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syndicator.markup.filters import NoAnswer
from syndicator.markup.flavour import KRAMDOWN
from syndicator.markup.markdown import render_markdown
from syndicator.markup.values import written
from syndicator.markup.weight import TooHeavy

#: So many characters a post, of which every use costs some.
_MOST = 20_000
_EACH = 100


def markdownify() -> Callable[[Any], str]:
    """The filter for one post."""
    left = _MOST

    def made(value: Any) -> str:
        nonlocal left
        text = written(value)
        if text is None:
            raise NoAnswer("a table has no text")
        left -= len(text) + _EACH
        if left < 0:
            raise NoAnswer("there is too much of it")
        try:
            return render_markdown(text, KRAMDOWN)
        except TooHeavy as error:
            raise NoAnswer(str(error)) from error

    return made
