"""Corrections of a post, as readers see them: a note in its body, and a line of text."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from syndicator.errors import PostError
from syndicator.markup.flavour import Flavour
from syndicator.model import Correction, Entry, Markup, Post
from syndicator.text import one_line


def corrected(entry: Entry, post: Post, flavour: Flavour, place: str, label: str) -> Entry:
    """The entry with its post's corrections: at the "start" or the "end" of the body, or in none of it with "off".

    ``label`` stands before each. A body that says it already, as a page of the site may, is left as it is, and so is
    one without text, which would seem to be nothing else. Raises PostError.
    """
    if not post.corrections:
        return entry
    from syndicator.markup.summary import text_of
    from syndicator.markup.weight import REMEDY, TooHeavy

    seen = text_of(entry.html)
    notes: list[str] = []
    lines: list[str] = []
    try:
        for number, one in enumerate(post.corrections, 1):
            html = _html(one, entry, flavour, f"c{number}-")
            line = text_of(html)
            if not line:
                continue
            lines.append(f"{one.date}: {line}" if one.date else line)
            if line not in seen:
                notes.append(_labelled(html, label, one.date))
    except TooHeavy as error:
        raise PostError(post.path, f"correction: {error}", remedy=REMEDY) from error
    html = entry.html
    if notes and html.strip() and place != "off":
        note = f"<aside>{''.join(notes)}</aside>"
        html = f"{note}\n{html}" if place == "start" else f"{html.rstrip()}\n{note}"
    return replace(entry, html=html, correction="\n".join(lines))


def _html(correction: Correction, entry: Entry, flavour: Flavour, mark: str) -> str:
    from syndicator.markup.render import to_html

    html = to_html(correction.text, markup=Markup.MARKDOWN, permalink=entry.url, prefix=mark, flavour=flavour)
    return html.strip()


def _labelled(html: str, label: str, date: str) -> str:
    """With label and date in front, in the text's own first paragraph where it has one."""
    before = ", ".join(part for part in (one_line(label), date) if part)
    if not before:
        return html
    before = f"<strong>{escape(before, quote=False)}:</strong>"
    return f"<p>{before} {html.removeprefix('<p>')}" if html.startswith("<p>") else f"<p>{before}</p>{html}"
