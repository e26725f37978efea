"""Footnotes by the rules of the site's engine: which of two definitions counts, and what a name may be."""

from __future__ import annotations

import re

from syndicator.markup.code import Code

_LINE = r"(?![ \t]*(?:\n|\Z)| {0,3}\[\^)[^\n]*"
_DEFINITION = re.compile(
    rf"^ {{0,3}}\[\^([^\]\[\n]+)\]:[^\n]*(?>(?:\n{_LINE})*)"
    rf"(?>(?:\n(?:[ \t]*\n)+(?: {{4}}|\t)[^\n]*(?>(?:\n{_LINE})*))*)",
    re.MULTILINE,
)
_REFERENCE = re.compile(r"\[\^([^\]\[\n]+)\]")
_OF_KRAMDOWN = re.compile(r"\w[\w:-]*")
_PLAIN = re.compile(r"[a-z0-9_-]+")
_AGAIN = re.compile(r'↩<sup class="footnote-ref">\d+</sup>')
_BACK = re.compile(r' <a href="#fnref-([^"]*)"')


def settle_notes(body: str, *, kramdown: bool) -> str:
    """The body with one definition a name and names that the engine takes. frontmatter-45.

    kramdown lets the last definition win and names be words; Goldmark the first, and names be anything.
    """
    found = list(_DEFINITION.finditer(body))
    code = Code(body)
    found = [note for note in found if note.start() not in code]
    if not found:
        return body
    named = {note[1]: note for note in (found if kramdown else reversed(found))}
    kept: list[str] = []
    at = 0
    for note in found:
        if named[note[1]] is not note:
            kept.append(body[at : note.start()])
            at = note.end()
    body = "".join((*kept, body[at:])) if kept else body
    new = {
        name: f"n-{number}"
        for number, name in enumerate(named)
        if not _PLAIN.fullmatch(name) and not (kramdown and not _OF_KRAMDOWN.fullmatch(name))
    }
    if not new:
        return body
    code = Code(body)
    return _REFERENCE.sub(
        lambda match: f"[^{new[match[1]]}]" if match[1] in new and match.start() not in code else match[0], body
    )


def mend_notes(html: str, *, kramdown: bool) -> str:
    """The list of notes as the site's engine writes it."""
    if not kramdown:
        html = _AGAIN.sub("↩", html)
    html = _BACK.sub('\u00a0<a href="#fnref-\\1"', html)
    rule = "" if kramdown else "<hr />\n"
    html = html.replace('<section class="footnotes" data-footnotes>', f"<div>\n{rule}".rstrip("\n"), 1)
    head, mark, tail = html.rpartition("</section>")
    html = f"{head}</div>{tail}" if mark else html
    return (
        html.replace('"#fn-', '"#fn:')
        .replace('"fn-', '"fn:')
        .replace('"#fnref-', '"#fnref:')
        .replace('"fnref-', '"fnref:')
    )
