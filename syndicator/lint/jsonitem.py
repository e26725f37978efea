"""JSON Feed 1.1: an item and what is attached to it (jsonfeed.md C, D)."""

from __future__ import annotations

from collections.abc import Iterator

from syndicator.lint.context import Context
from syndicator.lint.dates import check_rfc3339, rfc3339
from syndicator.lint.findings import Note, quoted
from syndicator.lint.html import check_html, has_markup
from syndicator.lint.jsonmembers import ITEM, check_authors, check_members, check_plain_member
from syndicator.lint.jsontree import Number, Value
from syndicator.lint.values import is_language, is_mime


def check_item(item: Value, ids: dict[str, int], context: Context) -> Iterator[Note]:
    """One item; ``ids`` are those of the items before it, and get its own."""
    yield from check_members(item, "the item", ITEM)
    if not isinstance(item.data, dict):
        return
    own = item.get("id")
    if own is None:
        yield Note("MissingId", item.line, "the item has no id")
    elif own.text.strip():
        if own.text in ids:
            yield Note("DuplicateValue", own.line, f"the id {quoted(own.text)} is that of line {ids[own.text]} too")
        ids.setdefault(own.text, own.line)
    if item.get("url") is None:
        yield Note("MissingItemUrl", item.line, "the item has no url")
    for name in ("title", "summary"):
        yield from check_plain_member(item, name)
    yield from _content(item)
    yield from _dates(item, context)
    yield from check_authors(item, "the item")
    language = item.get("language")
    if language is not None and isinstance(language.data, str) and not is_language(language.data):
        yield Note("InvalidLanguage", language.line, f"the language {quoted(language.data)} is no language code")
    yield from _attachments(item)


def _content(item: Value) -> Iterator[Note]:
    """jsonfeed-29, jsonfeed-38."""
    html, text = item.get("content_html"), item.get("content_text")
    if html is None and text is None:
        yield Note("MissingContent", item.line, "the item has neither content_html nor content_text")
    if html is not None:
        # A line end within a string is an escape: all of it stands on one line of the document.
        for note in check_html(html.line, "content_html", html.text):
            yield Note(note.rule, html.line, note.message, None, html.column)
    if text is not None:
        bare = text.text.strip()
        if bare.startswith("<") and bare.endswith(">") and has_markup(bare):
            yield Note("ContainsHTML", text.line, "content_text is HTML, and readers show it as it is")


def _dates(item: Value, context: Context) -> Iterator[Note]:
    """jsonfeed-32."""
    for name in ("date_published", "date_modified"):
        value = item.get(name)
        if value is not None and value.text:
            yield from check_rfc3339(value.line, name, value.text, context.now)
    published, modified = item.get("date_published"), item.get("date_modified")
    if published is not None and modified is not None:
        first, last = rfc3339(published.text), rfc3339(modified.text)
        if first is not None and last is not None and last < first:
            yield Note("UpdatedBeforePublished", modified.line, "the item was modified before it was published")


def _attachments(item: Value) -> Iterator[Note]:
    attachments = item.get("attachments")
    seen: set[tuple[str, str]] = set()
    for part in attachments.items if attachments else ():
        if not isinstance(part.data, dict):
            continue
        for name in ("url", "mime_type"):
            if name not in part.data:
                yield Note("IncompleteAttachment", part.line, f"an attachment has no {name}", None, part.column)
        kind, title = part.get("mime_type"), part.get("title")
        if kind is not None and kind.text.strip() and not is_mime(kind.text):
            yield Note("InvalidMIMEType", kind.line, f"mime_type {quoted(kind.text)} is no media type")
        for name in ("size_in_bytes", "duration_in_seconds"):
            yield from _amount(part, name)
        if title is not None and title.text and kind is not None:
            key = (title.text, kind.text)
            if key in seen:
                told = f"two attachments of one type have the title {quoted(title.text)}"
                yield Note("DuplicateAttachmentTitle", title.line, told)
            seen.add(key)


def _amount(part: Value, name: str) -> Iterator[Note]:
    value = part.get(name)
    if value is None or not isinstance(value.data, Number):
        return
    if value.data.negative:
        yield Note("NegativeNumber", value.line, f"{name} is below 0", None, value.column)
    elif name == "size_in_bytes" and not value.data.text.strip("0."):
        yield Note("ZeroSize", value.line, "size_in_bytes is 0: nothing has that size", None, value.column)
