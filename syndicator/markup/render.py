"""The stage as a whole: what an author wrote in, what a feed may carry out."""

from __future__ import annotations

from syndicator.markup.flavour import COMMONMARK, Flavour
from syndicator.markup.markdown import render_markdown
from syndicator.markup.sanitize import sanitize
from syndicator.markup.weight import weigh
from syndicator.model import Markup


def to_html(
    body: str, *, markup: Markup, permalink: str, prefix: str, flavour: Flavour = COMMONMARK, root: str = ""
) -> str:
    """A body as a safe HTML fragment with absolute addresses.

    ``permalink`` is the entry's absolute address; ``prefix`` what no other entry's ids begin with ("e1-"); ``flavour``
    the Markdown of the site's generator, ``root`` the site's address. Templates are done by now (``rendering``), and
    what they have put in is carried under marks. Raises TooHeavy when it would
    cost too much, or comes to more than can be published.
    """
    weigh(body)
    html = render_markdown(body, flavour) if markup is Markup.MARKDOWN else body
    root = root if flavour.rooted else ""
    return sanitize(html, permalink=permalink, prefix=prefix, mathml=flavour.mathml, root=root)
