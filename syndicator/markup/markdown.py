"""Markdown to HTML with comrak, after kramdown's own marks are taken out. The HTML is not yet safe."""

from __future__ import annotations

import re

import comrak

from syndicator.markup.code import Code

_EXTENSIONS = comrak.ExtensionOptions()
_EXTENSIONS.table = True
_EXTENSIONS.footnotes = True
_EXTENSIONS.strikethrough = True
_EXTENSIONS.tasklist = True
_EXTENSIONS.autolink = True
_EXTENSIONS.description_lists = True
# Without spaces between words CommonMark does not see where **emphasis** ends; kramdown and readers do.
_EXTENSIONS.cjk_friendly_emphasis = True
_PARSING = comrak.ParseOptions()
_PARSING.smart = False
_RENDERING = comrak.RenderOptions()
_RENDERING.unsafe_ = True

# Forms have no place in feeds, but whether a thing is done must not be lost.
_BOXES = (
    ('<input type="checkbox" checked="" disabled="" />', "☑"),
    ('<input type="checkbox" disabled="" />', "☐"),
)
# HTML's rule for numeric references to C1 controls: Windows-1252 is meant (&#146; is an apostrophe in many old posts).
_C1 = re.compile("[\x80-\x9f]")

# An address with spaces is none in CommonMark; people write them all the same: [x](/img/my photo (1).jpg "y").
_SPACED = re.compile(r'\]\([ \t]*+((?:[^()<>"\n]++|\([^()<>"\n]*+\))++)("[^"\n]*"[ \t]*)?\)')
_ADDRESS = re.compile(r"https?://|\.{0,2}/|.*\.[A-Za-z0-9]{2,5}\Z", re.DOTALL)
_TITLED = re.compile(r"\S+[ \t]+(?:'.*'|\(.*\))")

_COMMENT = "{::comment}"
_COMMENT_END = re.compile(r"\{:/(?:comment)?\}")
_LISTED_TOC = r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+[^\n]*\n[ \t]*\{:[ \t]*toc(?![\w:-])[^{}\n]*\}[ \t]*(?:\n|\Z)"
_OWN_LINE = r"^[ \t>]*\{:(?!:comment\})[^{}\n]*\}[ \t]*(?:\n|\Z)"
_ABBREVIATION = r"^\*\[[^\[\]\n]+\]:[^\n]*(?:\n|\Z)"
_ATTRIBUTES = r"\{:(?:[ \t]*\}|[ \t.#/:][^{}\n]*\}|[\w-]+=[^{}\n]*\})"
_REFERENCE = r"(?<=[)\]*_`>])\{:[\w-]+\}"
_HEADING_ATTRIBUTES = r"[ \t]\{[#.][\w:.# -]*\}[ \t]*$"
_MARKDOWN_INSIDE = (
    r"^(?P<open>[ \t]*<\w[^<>\n]*?)[ \t]markdown=(?:[\"'](?:1|block|span)[\"']|1|block|span)(?P<rest>[^<>\n]*>)[ \t]*\n"
)
_KRAMDOWN = re.compile(
    f"{_LISTED_TOC}|(?P<line>{_OWN_LINE})|{_ABBREVIATION}|(?P<heading>{_HEADING_ATTRIBUTES})|{_MARKDOWN_INSIDE}"
    f"|{_ATTRIBUTES}|{_REFERENCE}",
    re.MULTILINE,
)
# After one of these a list of attributes ends nothing that its line's absence would not end as well.
_NEXT_IS_A_BLOCK = re.compile(r"[ \t>]*+(?:\n|\Z|[-*+#|<]|\d{1,9}[.)])")
_HEADING = re.compile(r"[ \t>]{0,9}#{1,6}[ \t]")


def render_markdown(body: str) -> str:
    """HTML of a Markdown body: CommonMark with tables, footnotes, strikethrough, task and definition lists, bare links.

    Footnotes have the ids ``fn-NAME`` and ``fnref-NAME``. No typographic replacement. kramdown's attribute lists,
    tables of contents, comments and abbreviations go, as nothing in a feed could honour them (frontmatter-42 to -45).
    """
    html = comrak.render_markdown(_hold_spaces(drop_kramdown(body)), _EXTENSIONS, _PARSING, _RENDERING)
    if "<input" in html:
        for box, sign in _BOXES:
            html = html.replace(box, sign)
    if "&#" in body:
        html = _C1.sub(lambda match: match[0].encode("latin-1").decode("cp1252", "ignore"), html)
    return html


def drop_kramdown(body: str) -> str:
    """The body without kramdown's marks; in code they stay. Linear in the length of the body."""
    if "{:" not in body and "{#" not in body and "{." not in body and "*[" not in body and "markdown=" not in body:
        return body
    body = _drop_comments(body)
    code = Code(body)

    def drop(match: re.Match[str]) -> str:
        if match.end() - 1 in code or match.start() in code:
            return match[0]
        if match["heading"]:
            line = body.rfind("\n", 0, match.start()) + 1
            return "" if _HEADING.match(body, line) else match[0]
        if match["open"]:
            # The blank line is CommonMark's way to ask for Markdown inside of an element (frontmatter-47).
            return f"{match['open']}{match['rest']}\n\n"
        # Where text goes on in the next line, the list of attributes had parted two paragraphs.
        if match["line"] is None or _NEXT_IS_A_BLOCK.match(body, match.end()):
            return ""
        return match["line"].partition("{")[0].rstrip() + "\n"

    return _KRAMDOWN.sub(drop, body)


def _hold_spaces(body: str) -> str:
    """Addresses with spaces put between the angle brackets that CommonMark wants around them."""
    code: Code | None = None

    def hold(match: re.Match[str]) -> str:
        nonlocal code
        address = match[1].strip()
        if " " not in address or not _ADDRESS.match(address) or _TITLED.fullmatch(address):
            return match[0]
        code = code or Code(body)
        return match[0] if match.start() in code else f"](<{address}>{' ' + match[2] if match[2] else ''})"

    return _SPACED.sub(hold, body) if "](" in body else body


def _drop_comments(body: str) -> str:
    if _COMMENT not in body:
        return body
    code = Code(body)
    kept: list[str] = []
    at = seen = 0
    while (start := body.find(_COMMENT, seen)) >= 0:
        end = _COMMENT_END.search(body, start)
        if end is None:
            break
        seen = end.end() if start not in code else start + 1
        if start not in code:
            kept.append(body[at:start])
            at = seen
    return "".join((*kept, body[at:]))
