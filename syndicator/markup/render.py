"""The stage as a whole: what an author wrote in, what a feed may carry out."""

from __future__ import annotations

from syndicator.markup.flavour import COMMONMARK, Flavour
from syndicator.markup.markdown import render_markdown
from syndicator.markup.sanitize import sanitize
from syndicator.markup.weight import weigh
from syndicator.model import Markup
from syndicator.text import legal


def to_html(body: str, *, markup: Markup, permalink: str, prefix: str, flavour: Flavour = COMMONMARK) -> str:
    """A body as a safe HTML fragment with absolute addresses.

    ``permalink`` is the entry's absolute address; ``prefix`` what no other entry's ids begin with ("e1-"); ``flavour``
    the Markdown of the site's generator. Templates are done by now (``rendering``). Raises TooHeavy when it would
    cost too much, or comes to more than can be published.
    """
    text = legal(body)
    weigh(text)
    html = render_markdown(text, flavour) if markup is Markup.MARKDOWN else text
    return sanitize(html, permalink=permalink, prefix=prefix)
