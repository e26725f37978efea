"""Moving house: what an old feed's readers know stays known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from syndicator.commands.terminal import WRONG, ConfigOption, JsonOption, complain, configured, say, say_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from syndicator.adopting import Adopted
    from syndicator.oldfeeds import OldItem

#: So many posts that the old feed has not are named.
_NAMED = 20
_TITLE, _ID = 60, 300


def adopt(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="FEED", help="The old feed: an address or a file.")],
    feed: Annotated[
        str, typer.Option("--feed", metavar="NAME", help="The feed of ours that takes over the old one's own id.")
    ] = "",
    dates: Annotated[bool, typer.Option(help="Take dates too, so that no post changes its place.")] = True,
    write: Annotated[bool, typer.Option("--write", help="Write it; without this it is only shown.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take over the ids and dates of a feed that readers follow, so that moving sends them nothing again.

    Items are known for posts by address, id, slug or title, and it is shown which is which. Nothing is written without
    --write. Do this before the first build: what a build has published keeps its id. Exit status 1 says that some item
    fits a post and cannot be adopted.
    """
    with configured(context, config) as settings:
        from datetime import UTC, datetime

        from syndicator.adopting import AdoptOptions
        from syndicator.adopting import adopt as run_adopt
        from syndicator.crew import seldom_looking_for_garbage

        options = AdoptOptions(feed=old, its_id=feed, dates=dates, write=write)
        with seldom_looking_for_garbage():
            adopted = run_adopt(settings, options, datetime.now(UTC))
        if as_json:
            say_json(_answer(adopted))
        else:
            for line in _lines(adopted, feed):
                say(line)
            for line in _warnings(adopted):
                complain(f"warning: {line}")
            for line in _errors(adopted):
                complain(f"error: {line}")
        if adopted.troubled:
            raise typer.Exit(WRONG)


def _lines(adopted: Adopted, feed: str) -> Iterator[str]:
    from zoneinfo import ZoneInfo

    from syndicator.text import printable

    zone = ZoneInfo(adopted.zone)
    yield f"old feed  {adopted.kind}, {adopted.items} items"
    for heir in adopted.heirs:
        instead = f", instead of {printable(heir.before)}" if heir.before else ""
        yield f"  {_told(heir.match.item, zone)}\n    -> {printable(heir.match.path)} (by {heir.match.by}{instead})"
    if adopted.strangers:
        yield f"no post   {len(adopted.strangers)} items fit none, their ids are not used again"
        yield from (f"  {_told(item, zone)}" for item in adopted.strangers)
    if adopted.new:
        yield f"new       {len(adopted.new)} live posts are not in it; readers see as new those that a feed shows"
        yield from (f"  {printable(path)}" for path in adopted.new[:_NAMED])
        if len(adopted.new) > _NAMED:
            yield f"  and {len(adopted.new) - _NAMED} more, older than these"
    if adopted.feed_id:
        yield f"feed      {feed} takes over the id {printable(adopted.feed_id)}"
    done = f"{len(adopted.heirs)} ids {'adopted' if adopted.written else 'can be adopted'}"
    before = f", {len(adopted.settled)} were before" if adopted.settled else ""
    something = adopted.heirs or adopted.feed_id
    yield f"{done}{before}" + ("; say --write to do it" if something and not adopted.written else "")


def _told(item: OldItem, zone: ZoneInfo) -> str:
    day = f"{item.published.astimezone(zone):%Y-%m-%d}" if item.published else "no date   "
    return f"{_short(item.id, _ID)}  {day}  {_short(item.title, _TITLE)}"


def _short(text: str, most: int) -> str:
    from syndicator.text import one_line, printable

    shown = printable(one_line(text[: 2 * most]))
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def _warnings(adopted: Adopted) -> Iterator[str]:
    yield from adopted.remarks


def _errors(adopted: Adopted) -> Iterator[str]:
    for doubt in adopted.doubts:
        yield f"{_short(doubt.item.id, _ID)}: {doubt.reason}; it is not adopted"
    for match, reason in adopted.clashes:
        yield f"{_short(match.item.id, _ID)}: {match.path} cannot take it over: {reason}"


def _answer(adopted: Adopted) -> dict[str, Any]:
    return {
        "kind": adopted.kind,
        "items": adopted.items,
        "written": adopted.written,
        "adopted": [
            {
                **_item(heir.match.item),
                "path": heir.match.path,
                "by": heir.match.by,
                "before": heir.before,
                "published": heir.record.published,
                "updated": heir.record.updated,
            }
            for heir in adopted.heirs
        ],
        "before": [{"id": match.item.id, "path": match.path} for match in adopted.settled],
        "doubts": [{**_item(doubt.item), "reason": doubt.reason} for doubt in adopted.doubts],
        "clashes": [
            {**_item(match.item), "path": match.path, "by": match.by, "reason": reason}
            for match, reason in adopted.clashes
        ],
        "no_post": [_item(item) for item in adopted.strangers],
        "new": list(adopted.new),
        "feed_id": adopted.feed_id,
        "warnings": list(adopted.remarks),
    }


def _item(item: OldItem) -> dict[str, Any]:
    from syndicator.text import legal

    return {"id": legal(item.id), "link": legal(item.link), "title": legal(item.title)}
