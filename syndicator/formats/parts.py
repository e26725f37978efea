"""What all formats say alike: dates, what stands for a body, what a category is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape, unescape
from urllib.parse import urlsplit

from syndicator.model import Content, Entry, Feed
from syndicator.text import slug

GENERATOR = "syndicator"

# Of these slugging loses nothing but case and which sign parts the words.
_PLAIN_LABEL = re.compile(r"[A-Za-z0-9]+(?:[ _-][A-Za-z0-9]+)*")
_TEXT = re.compile(r"(?:^|>)([^<]+)")  # a run of text between tags


def tag(name: str, text: str) -> str:
    """An element of XML that holds text."""
    return f"<{name}>{escape(text, quote=False)}</{name}>"


def attributes(**values: str) -> str:
    """Attributes of XML, each after a space; empty ones are left out."""
    # Of white space only a space would be read back as it is.
    pairs = ((name, " ".join(value.split())) for name, value in values.items())
    return "".join(f' {name}="{escape(value)}"' for name, value in pairs if value)


def ending(address: str) -> str:
    """The ending of the file that an address names, in lower case; "" for none."""
    return urlsplit(address).path.rpartition("/")[2].rpartition(".")[2].lower()


def rfc3339(moment: datetime) -> str:
    """``2023-08-24T16:55:00Z``: upper-case letters and whole seconds (atom-33, atom-34)."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def rfc822(moment: datetime) -> str:
    """``Thu, 24 Aug 2023 16:55:00 GMT``, English in every locale (rss-44, rss-45, rss-47)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def updated_of(entry: Entry) -> datetime:
    """Never before it was published (atom-35)."""
    return max(entry.updated, entry.published)


def was_updated(entry: Entry) -> bool:
    """Whether the change shows in the whole seconds that documents carry."""
    return rfc3339(updated_of(entry)) != rfc3339(entry.published)


def html_of(entry: Entry, content: Content) -> str:
    """The body as HTML, "" when the feed carries none of it or there is none."""
    return entry.html if content is Content.FULL and not _blank(entry.html) else ""


def summary_of(entry: Entry) -> str:
    """The summary, "" when it is blank."""
    return "" if _blank(entry.summary) else entry.summary


def stand_in(entry: Entry) -> str:
    """The text that an entry shows where it has no HTML: every format wants something there (jsonfeed-29)."""
    return summary_of(entry) or entry.title


def tells_more(summary: str, title: str, html: str) -> bool:
    """Whether a summary is more than the title or the whole body once again (atom-20)."""
    left = _squeezed(summary)
    if left in ("", _squeezed(title)):
        return False
    # Run by run, since nearly always the first one settles it and bodies are long.
    for run in _TEXT.finditer(html):
        shown = _squeezed(unescape(run[1]))
        if not left.startswith(shown):
            return True
        left = left.removeprefix(shown)
    return left != ""


@dataclass(frozen=True, slots=True)
class Term:
    """A category or tag: ``term`` for machines, ``label`` for people, ``scheme`` tells the two sorts apart."""

    term: str
    scheme: str
    label: str


def terms_of(entry: Entry, feed: Feed) -> Iterator[Term]:
    """Categories, then tags, each in the author's order (atom-47, atom-48).

    A term is the slug of its label, or the label itself where a slug would lose what tells "C#" from "C++".
    """
    home = feed.home_url.removesuffix("/")
    for sort, labels in (("categories", entry.categories), ("tags", entry.tags)):
        for label in dict.fromkeys(labels):
            if not _blank(label):
                yield Term(slug(label) if _PLAIN_LABEL.fullmatch(label) else label, f"{home}/{sort}/", label)


def _blank(text: str) -> bool:
    return not text or text.isspace()


def _squeezed(text: str) -> str:
    return "".join(text.split())
