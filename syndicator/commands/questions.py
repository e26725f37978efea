"""Questions, which change nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from syndicator.commands.terminal import WRONG, ConfigOption, JsonOption, complain, configured, say, say_json
from syndicator.crew import seldom_looking_for_garbage

#: So many posts that are held off are told one by one.
_MOST = 20


def check(
    context: typer.Context,
    config: ConfigOption = None,
    profile: Annotated[
        str, typer.Option("--profile", metavar="NAME", help="Only the rules of this profile, such as msn.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Check configuration, posts and feeds, say all that is wrong at once, and change nothing.

    Every post is read whole, and those that some feed shows are rendered.
    """
    with configured(context, config) as settings:
        from dataclasses import asdict
        from datetime import UTC, datetime

        from syndicator.checking import check_content

        with seldom_looking_for_garbage():
            found = check_content(settings, datetime.now(UTC), profile)
        if as_json:
            say_json(asdict(found))
        else:
            for finding in found.warnings:
                complain(f"warning: {finding}")
            for finding in found.errors:
                complain(f"error: {finding}")
            for filtered in found.filtered:
                say(str(filtered))
            for each in found.held_off[:_MOST]:
                say(str(each))
            if (more := len(found.held_off) - _MOST) > 0:
                say(f"held off: {more} more; --json has them all")
            held_off = f"{len(found.held_off)} held off, " if found.held_off else ""
            say(
                f"{settings.file}: good\n{found.posts} posts, {found.live} live, {held_off}{found.feeds} feeds, "
                f"{len(found.errors)} errors, {len(found.warnings)} warnings"
            )
        if found.errors:
            raise typer.Exit(WRONG)


def why(
    context: typer.Context,
    post: Annotated[str, typer.Argument(metavar="POST", help="Its path (or the end of it), id or address.")],
    feed: Annotated[
        str, typer.Argument(metavar="FEED", help="One feed: its name, or name/value.", show_default=False)
    ] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say of one post whether it is in, out or waiting, feed by feed, and which rule decided."""
    with configured(context, config) as settings:
        from dataclasses import asdict
        from datetime import UTC, datetime

        from syndicator.reasons import explain_post

        explanations = explain_post(settings, post, feed, datetime.now(UTC))
        if as_json:
            say_json([asdict(explanation) for explanation in explanations])
            return
        for explanation in explanations:
            say(explanation.path)
            for name, value in explanation.facts:
                say(f"  {name:<12}{value}")
            width = max((len(verdict.feed) for verdict in explanation.verdicts), default=0)
            for verdict in explanation.verdicts:
                say(f"  {verdict.feed:<{width}}  {verdict.verdict:<8}{verdict.reason}")


def status(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show the service, source, posts, feeds, hubs and what is owed, what waits and why, whether or not it runs."""
    with configured(context, config) as settings:
        from datetime import UTC, datetime

        from syndicator.asked import state_of_things

        things = state_of_things(settings, datetime.now(UTC))
        if as_json:
            say_json(things.for_programs())
        else:
            say("\n".join(things.lines()))
