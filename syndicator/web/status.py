"""The status page: what the service knows, for people, in one calm page without scripts or outside assets."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from html import escape

from syndicator.ports import PassRecord, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFeed:
    """A feed: its title and its addresses, each with a label ("RSS"), and ``facts`` about it in a line."""

    title: str
    addresses: tuple[tuple[str, str], ...]
    facts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage:
    """What the page shows.

    ``posts`` are counts by state; ``pending`` and ``given_up`` count announcements, ``owed`` says in a line each to
    whom, ``told`` of each who is to hear of changes whether it does; ``problems`` are sentences about what keeps the
    service from its work, ``service`` are others about what it does. Secrets and addresses with secrets in them do not
    belong here.
    """

    title: str
    site_url: str
    version: str = ""
    feeds: tuple[ShownFeed, ...] = ()
    last_pass: PassRecord | None = None
    posts: tuple[tuple[str, int], ...] = ()
    refused: tuple[Refusal, ...] = ()
    pending: int = 0
    given_up: int = 0
    told: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    source: str = ""
    next_change: datetime | None = None
    problems: tuple[str, ...] = ()


_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin-bottom: 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 .3rem; }
p, ul, dl { margin: .3rem 0; }
ul { padding-left: 1.2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
dd { margin: 0; }
a, code { overflow-wrap: anywhere; }
.quiet, dt, footer { opacity: .7; }
footer { margin-top: 3rem; font-size: .85rem; }
"""

#: The page may show itself and nothing else.
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def render(page: StatusPage) -> str:
    """The page as HTML; everything that comes from outside is escaped."""
    title = escape(page.title)
    version = f" {escape(page.version)}" if page.version else ""
    parts = [
        f"<h1>{title}</h1>",
        f"<p>{_link(page.site_url)}</p>",
        *_section("Problems", (escape(problem) for problem in page.problems)),
        *_section("Service", map(escape, page.service)),
        *_section("Feeds", map(_feed, page.feeds), nothing="No feed is published yet."),
        "<h2>Last pass</h2>",
        _pass(page.last_pass),
        *([f"<p>Source: {escape(page.source)}</p>"] if page.source else []),
        *([f"<p>Next change by the clock: {_time(page.next_change)}</p>"] if page.next_change else []),
        "<h2>Posts</h2>",
        _counts(page.posts) if page.posts else '<p class="quiet">None are known yet.</p>',
        *_section("Refused posts", map(_refusal, page.refused)),
        "<h2>Announcements</h2>",
        *([f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in page.told)}</ul>"] if page.told else []),
        _counts((("still owed", page.pending), ("given up", page.given_up))),
        *([f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in page.owed)}</ul>"] if page.owed else []),
        f"<footer>syndicator{version}</footer>",
    ]
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
        f"<title>{title} – feeds</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _section(heading: str, items: Iterable[str], nothing: str = "") -> list[str]:
    rows = [f"<li>{item}</li>" for item in items]
    if rows:
        return [f"<h2>{heading}</h2>", "<ul>", *rows, "</ul>"]
    return [f"<h2>{heading}</h2>", f'<p class="quiet">{nothing}</p>'] if nothing else []


def _feed(feed: ShownFeed) -> str:
    addresses = "<br>".join(f"{escape(label)}: {_link(address)}" for label, address in feed.addresses)
    facts = f'<br><span class="quiet">{escape(feed.facts)}</span>' if feed.facts else ""
    return f"{escape(feed.title)}<br>{addresses}{facts}"


def _refusal(refusal: Refusal) -> str:
    place = ":".join(str(part) for part in (refusal.path, refusal.line, refusal.column) if part is not None)
    remedy = f"; {escape(refusal.remedy)}" if refusal.remedy else ""
    since = f' <span class="quiet">since {_time(refusal.since)}</span>'
    return f"<code>{escape(place)}</code>: {escape(refusal.reason)}{remedy}{since}"


def _pass(record: PassRecord | None) -> str:
    if record is None:
        return '<p class="quiet">The first one is not done yet.</p>'
    facts = f"{_time(record.at)}, {record.seconds:.1f} s: {record.posts} posts, {record.written} documents written"
    return f"<p>{facts}</p>"


def _counts(counts: Sequence[tuple[str, int]]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{count}</dd>" for name, count in counts) + "</dl>"


def _time(instant: datetime) -> str:
    instant = instant.astimezone(UTC)
    return f'<time datetime="{instant:%Y-%m-%dT%H:%M:%SZ}">{instant:%Y-%m-%d %H:%M:%S} UTC</time>'


def _link(address: str) -> str:
    shown = escape(address)
    return f'<a href="{shown}">{shown}</a>' if address.startswith(("https://", "http://")) else shown
