"""The word that lets a held feed through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from syndicator.commands.terminal import USAGE, ConfigOption, JsonOption, complain, configured, say, say_json

if TYPE_CHECKING:
    from syndicator.model import Held


def approve(
    context: typer.Context,
    feed: Annotated[
        str, typer.Argument(metavar="[FEED]", help="A feed that is held: its name, or name/value.", show_default=False)
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help="All feeds that are held.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let through what the guard holds: say what will change, and have the next pass publish just that.

    A running service does so at once. Without FEED and --all what is held is listed, and nothing is approved.
    """
    with configured(context, config) as settings:
        from dataclasses import asdict

        from syndicator.approving import choose, held_feeds, let_through

        held = held_feeds(settings)
        chosen = choose(held, feed)
        approves = bool(feed) or everything
        if as_json:
            say_json([asdict(each) for each in chosen])
        if approves:
            let_through(settings, chosen, lambda each: None if as_json else _tell(each))
            if not as_json:
                say("approved, for the next pass" if chosen else "no feed is held")
            return
        if not as_json:
            for each in chosen:
                _tell(each)
        if held:
            complain("nothing is approved: name a feed, or say --all")
            raise typer.Exit(USAGE)
        if not as_json:
            say("no feed is held")


def _tell(held: Held) -> None:
    say(f"{held.feed}, held since {held.since:%Y-%m-%d %H:%M:%S UTC}")
    for concern in held.concerns:
        say(f"  {concern.sentence}")
        for example in concern.examples:
            say(f"    {example}")
