"""Titles and summaries as plain text, with as little taken away as possible."""

from __future__ import annotations

import html
import re

from syndicator.text import one_line

_INLINE = "a|abbr|b|big|br|cite|code|del|em|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|time|tt|u|var|wbr"
_BLOCK = (
    "article|aside|blockquote|center|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|img|li|main|nav|ol|p|pre|"
    "section|table|tbody|td|th|thead|tr|ul"
)
_PAIR = re.compile(rf"<({_INLINE})(?:\s[^<>]*)?>([^<>]*)</\1\s*>", re.IGNORECASE)
_BREAK = re.compile(r"<(br|wbr)\s*/?>", re.IGNORECASE)
# Stars around words, not those of sums, footnotes and shell patterns; code goes on as it is.
_STARS = re.compile(r"`[^`]+`|(?<![\w*\\])(\*{1,3})(?=[^\s*])([^*]+)(?<=[^\s\\])\1(?![\w*])")
_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
# Code goes on as it is; a link or picture is reduced to its text. "a[0](x)" is neither, "[1] x" has no address.
_LINK = re.compile(
    r"`[^`]+`|(?<![\w\\\])])!?\[([^\[\]]*)\]"
    r"""\((?:<[^<>]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)?)(?: +(?:"[^"]*"|'[^']*'))?\)"""
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SILENT = re.compile(r"<(script|style|template|iframe|noscript)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(rf"</?({_INLINE}|{_BLOCK})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_INLINE_NAME = re.compile(_INLINE, re.IGNORECASE)

#: Longer titles are no titles: they stay as they are, one line.
_LONG_TITLE = 1_000
#: Summaries are cut at a few hundred characters later; what follows this is not looked at.
_LONG_SUMMARY = 10_000


def title_text(value: str) -> str:
    """A title as one line of text: inline tags that are closed, ``*x*``, ``**x**``, `` `x` ``, links, pictures and
    entities resolved (rss-49).

    Everything else stays to the letter: "R&D <beta>", "a < b", "5 * 3 * 2", "__init__" (atom-72, jsonfeed-62).
    """
    title = one_line(value)
    if len(title) > _LONG_TITLE:
        return title
    if "<" in title:
        title = _BREAK.sub(" ", title)
        for _ in range(4):
            bare = _PAIR.sub(r"\2", title)
            if bare == title:
                break
            title = bare
    return one_line(_decode(_unmarked(title)))


def _unmarked(text: str) -> str:
    """Text without the marks of Markdown that are certain to be such; underscores never are, as in snake_case."""
    if "](" in text:
        # Twice: a picture may be what a link is on.
        text = _LINK.sub(_linked, _LINK.sub(_linked, text))
    if "*" in text:
        # Twice: words may be stressed in what is strong, and the other way round.
        text = _STARS.sub(_bare, _STARS.sub(_bare, text))
    return _CODE.sub(r"\1", text) if "`" in text else text


def _bare(match: re.Match[str]) -> str:
    return match[2] or match[0]


def _linked(match: re.Match[str]) -> str:
    return match[0] if match[1] is None else match[1]


def summary_text(value: str, *, literal: bool = False) -> str:
    """A summary as one line of text: comments, scripts, styles and tags gone, and the marks of Markdown that are
    certain to be such; entities decoded.

    To Jekyll and Eleventy a summary in the front matter is text, and what the theme makes of it nobody can know; no
    reader wants to see ``**bold**`` in it. What only looks like Markdown stays to the letter, as in titles, and with
    ``literal`` all of it does.
    """
    summary = value[:_LONG_SUMMARY]
    if "<" in summary:
        summary = _SILENT.sub("", _COMMENT.sub("", summary))
        summary = _TAG.sub(lambda match: "" if _INLINE_NAME.fullmatch(match[1]) and match[1] != "br" else " ", summary)
    return one_line(_decode(summary if literal else _unmarked(summary)))


def _decode(text: str) -> str:
    # Only what ends in a semicolon: "&copy=1" in an address and "AT&T" are no entities.
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text
