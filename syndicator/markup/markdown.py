"""Markdown to HTML with comrak, in the flavour of the site's own engine. The HTML is not yet safe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import comrak

from syndicator.markup import goldmark, kramdown, lists
from syndicator.markup.code import Code
from syndicator.markup.flavour import COMMONMARK, Flavour
from syndicator.markup.htmlblocks import MAY_HOLD, hold_kramdown, hold_sixth
from syndicator.markup.marks import Held, without_marks
from syndicator.markup.notes import mend_notes, settle_notes
from syndicator.markup.tables import to_github
from syndicator.markup.typography import set_typography
from syndicator.markup.weight import weigh_tables

# Forms have no place in feeds, but whether a thing is done must not be lost.
_BOXES = (
    ('<input type="checkbox" checked="" disabled="" />', "☑"),
    ('<input type="checkbox" disabled="" />', "☐"),
)
# HTML's rule for numeric references to C1 controls: Windows-1252 is meant (&#146; is an apostrophe in many old posts).
_C1 = re.compile("[\x80-\x9f]")

# An address with spaces is none in CommonMark; people write them all the same: [x](/img/my photo (1).jpg "y").
_SPACED = re.compile(r'\]\((?=[^() \n]*+[ (])[ \t]*+((?>(?:[^()<>"\n]++|\([^()<>"\n]*+\))+))("[^"\n]*"[ \t]*)?\)')
_REFERENCE = re.compile(r"^( {0,3}\[[^\[\]\n^]+\]:[ \t]*+)([^\s<][^\n]*)$", re.MULTILINE)
_QUOTE_ENTITY = re.compile(r"&(?:#|quot;|apos;)")
_ADDRESS = re.compile(r"https?://|\.{0,2}/|.*\.[A-Za-z0-9]{2,5}\Z", re.DOTALL)
_TITLED = re.compile(r"\S+[ \t]+(?:'.*'|\(.*\))")
#: The engine's work grows with the square of a list of definitions; beyond this they are text.
_MOST_DEFINITIONS = 2_000
_SHORT = 10_000
#: For each mail address that it links, the engine copies the text behind it; beyond this product bare
#: addresses are text. It looks at each letter that "www." might begin with as well.
_MOST_FOR_MAILS = 200_000_000
_MOST_FOR_WWW = 200_000


@dataclass(frozen=True, slots=True)
class _Options:
    """comrak's three kinds of options."""

    extension: comrak.ExtensionOptions
    parse: comrak.ParseOptions
    render: comrak.RenderOptions


def render_markdown(body: str, flavour: Flavour = COMMONMARK) -> str:
    """HTML of a Markdown body, as the site's own engine would write it, but for ids of headings and classes.

    All flavours know tables, footnotes (ids ``fn:NAME`` and ``fnref:NAME``), strikethrough, task and definition lists.
    kramdown's attribute lists, tables of contents and comments go, as nothing in a feed could honour them
    (frontmatter-42 to -47, -60). Linear in the length of the body. Raises TooHeavy.
    """
    held = Held()
    # Every line begins and ends with a line end: rules are found by it, and fast.
    text = f"\n{held.carried(without_marks(body))}"
    text = text if body.endswith("\n") else f"{text}\n"
    if flavour.engine == "kramdown":
        text = _from_kramdown(text, held, flavour)
    elif flavour.engine == "goldmark":
        text = _from_goldmark(text, held, flavour)
    else:
        text = _from_commonmark(text, held)
    definitions = len(text) < _SHORT or text.count("\n:") <= _MOST_DEFINITIONS
    weigh_tables(text)
    options = _options(flavour, definitions, autolink=flavour.autolink and _may_link(text))
    html = comrak.render_markdown(text, options.extension, options.parse, options.render)
    if "<input" in html:
        for box, sign in _BOXES:
            html = html.replace(box, sign)
    if "&" in body and "&#" in body:
        html = _C1.sub(lambda match: match[0].encode("latin-1").decode("cp1252", "ignore"), html)
    if flavour.engine != "commonmark":
        if "<dt>" in html:
            html = lists.part_terms(html)
        if "<section" in html:
            html = mend_notes(html, kramdown=flavour.engine == "kramdown")
        html = goldmark.mend_links(html) if flavour.engine == "goldmark" else lists.number_from_one(html)
    if held.abbreviations:
        html = kramdown.set_abbreviations(html, held.abbreviations)
    if flavour.typographic:
        html = set_typography(html, flavour)
    return held.restore(html, typographic=flavour.typographic)


def _may_link(text: str) -> bool:
    """Whether bare addresses are to be looked for, at the price of what cannot be done in time."""
    if "://" not in text and "www." not in text and "@" not in text:
        return False
    return len(text) < _SHORT or (len(text) * text.count("@") <= _MOST_FOR_MAILS and text.count("w") <= _MOST_FOR_WWW)


def _from_commonmark(body: str, held: Held) -> str:
    if "{" in body and "{::" in body:
        body, _ = kramdown.hold_extensions(body, held)
    if "markdown=" in body and MAY_HOLD.search(body):
        body = hold_kramdown(body, held, parse=False)
    if kramdown.has_marks(body):
        body = kramdown.drop_marks(body, held)
    return _hold_spaces(body)


def _from_kramdown(body: str, held: Held, flavour: Flavour) -> str:
    parse = flavour.parse_block_html
    if "{" in body and "{::" in body:
        body, asked = kramdown.hold_extensions(body, held)
        parse = parse or asked
    if "<" in body and MAY_HOLD.search(body):
        body = hold_kramdown(body, held, parse=parse)
    if "$" in body and "$$" in body:
        body = kramdown.hold_math(body, held, mathml=flavour.mathml)
    if kramdown.has_marks(body):
        body = kramdown.drop_marks(body, held)
    if "^" in body and "[^" in body:
        body = settle_notes(body, kramdown=True)
    if "|" in body:
        body = to_github(body)
    body = lists.to_commonmark(body, held)
    body = _hold_signs(body, held, flavour)
    if "\\" in body:
        body = kramdown.adapt_escapes(body)
    if "~" in body:
        body = kramdown.guard_tildes(body)
    return _hold_spaces(body)


def _from_goldmark(body: str, held: Held, flavour: Flavour) -> str:
    # Without raw HTML nothing of the author's may pass the engine by.
    if flavour.raw_html and flavour.typographic and "<" in body and MAY_HOLD.search(body):
        body = hold_sixth(body, held)
    if flavour.math:
        body = goldmark.hold_formulas(body, flavour.math, held, mathml=flavour.mathml)
    if "{" in body:
        body = goldmark.drop_attributes(body, block=flavour.block_attributes)
    if "^" in body and "[^" in body:
        body = settle_notes(body, kramdown=False)
    return _hold_signs(body, held, flavour)


def _hold_signs(body: str, held: Held, flavour: Flavour) -> str:
    if not flavour.typographic:
        return body
    if "\\" in body or ("&" in body and _QUOTE_ENTITY.search(body)):
        body = kramdown.hold_straight(body, held)
    if ("<" in body and "<<" in body) or (">" in body and ">>" in body):
        body = kramdown.hold_guillemets(body, bound=flavour.engine == "kramdown")
    return body


@lru_cache(maxsize=16)
def _options(flavour: Flavour, definitions: bool, *, autolink: bool) -> _Options:
    extension = comrak.ExtensionOptions()
    extension.table = True
    extension.footnotes = True
    extension.strikethrough = True
    extension.tasklist = True
    extension.description_lists = definitions
    extension.autolink = autolink
    extension.shortcodes = flavour.emoji
    extension.highlight = flavour.mark
    extension.insert = flavour.insert
    extension.subscript = flavour.subscript
    extension.superscript = flavour.superscript
    # Without spaces between words CommonMark does not see where **emphasis** ends; kramdown and readers do.
    extension.cjk_friendly_emphasis = flavour.engine != "goldmark"
    parse = comrak.ParseOptions()
    render = comrak.RenderOptions()
    render.unsafe_ = flavour.raw_html
    render.hardbreaks = flavour.hard_wrap
    return _Options(extension, parse, render)


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

    def hold_reference(match: re.Match[str]) -> str:
        nonlocal code
        address, title = _parted(match[2].rstrip())
        if not re.search(r"[ \t]", address) or not _ADDRESS.match(address) or any(sign in address for sign in "<>\"'"):
            return match[0]
        code = code or Code(body)
        return match[0] if match.start() in code else f"{match[1]}<{address}>{title and ' ' + title}"

    if "]:" in body:
        body = _REFERENCE.sub(hold_reference, body)
        code = None
    return _SPACED.sub(hold, body) if "](" in body else body


def _parted(line: str) -> tuple[str, str]:
    """An address and the title behind it, "" for none."""
    opening = {'"': '"', "'": "'", ")": "("}.get(line[-1:], "")
    start = line.rfind(opening, 0, len(line) - 1) if opening else -1
    if start <= 0 or not line[start - 1].isspace():
        return line, ""
    return line[:start].rstrip(), line[start:]
