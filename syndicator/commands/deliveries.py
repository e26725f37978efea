"""What is owed to hubs and partners: looked at, sent again, dropped."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from syndicator.commands.terminal import USAGE, ConfigOption, JsonOption, complain, configured, say, say_json

if TYPE_CHECKING:
    from syndicator.ports import Wanted


class Kind(StrEnum):
    """What is sent."""

    PURGE = "purge"
    VERIFY = "verify"
    HUB = "hub"
    WEBHOOK = "webhook"


class Status(StrEnum):
    """How it is with it."""

    PENDING = "pending"
    PAUSED = "paused"
    GIVEN_UP = "given-up"


KindOption = Annotated[Kind | None, typer.Option("--kind", help="Only this kind.")]
HostOption = Annotated[str, typer.Option("--host", metavar="HOST", help="Only to this host, as listed: host[:port].")]
StatusOption = Annotated[Status | None, typer.Option("--status", help="Only those; paused: their host is left alone.")]
FeedOption = Annotated[str, typer.Option("--feed", metavar="FEED", help="Only of this feed: its name, or name/value.")]
LimitOption = Annotated[int, typer.Option("--limit", min=0, metavar="N", help="Show N of them, 0 for all.")]
Ids = Annotated[list[int] | None, typer.Argument(metavar="ID", help="As listed.", show_default=False)]

deliveries = typer.Typer(
    help="Show what hubs, caches and partners are still to hear; send it again, or drop it. Works beside a running "
    "service and without one.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
)


# What is done where no command is named is a command as well, with the same options.
@deliveries.callback()
@deliveries.command("list", short_help="Show what is owed and what was given up (the default).")
def list_(
    context: typer.Context,
    kind: KindOption = None,
    host: HostOption = "",
    status: StatusOption = None,
    feed: FeedOption = "",
    limit: LimitOption = 50,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is owed and what was given up, to whom, how often it was tried, and when it is next."""
    context.obj = config or context.obj
    if context.invoked_subcommand is not None:
        return
    with configured(context, config) as settings:
        from datetime import UTC, datetime

        from syndicator.owing import owed

        found = owed(settings, _wanted(kind=kind, host=host, status=status, feed=feed), datetime.now(UTC))
        if as_json:
            say_json(found.facts())
        else:
            say("\n".join(found.lines(limit)))


@deliveries.command(short_help="Show one of them whole.")
def show(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help="As listed.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one delivery whole, with the beginning of what is sent and without what is secret."""
    with configured(context, config) as settings:
        from datetime import UTC, datetime

        from syndicator.owing import body_head, owed

        found = owed(settings, _wanted(ids=[number]), datetime.now(UTC))
        (delivery,) = found.deliveries
        if as_json:
            say_json(found.facts_of(delivery) | {"body": body_head(delivery)})
            return
        for name, value in found.facts_of(delivery).items():
            say(f"{name:<10}{value}")
        for line in found.host_lines():
            say(f"{'to':<10}{line}")
        if delivery.body:
            say(body_head(delivery))


@deliveries.command(short_help="Send some again now, also what was given up.")
def retry(
    context: typer.Context,
    ids: Ids = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is owed or was given up.")] = False,
    host: HostOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make deliveries due now, as if never tried, also those that were given up.

    A running service sends them within a second, another with its next start, 'syndicator build' when it is called.
    """
    with configured(context, config) as settings:
        from datetime import UTC, datetime

        from syndicator.owing import send_again

        _expect_one(sum((bool(ids), everything, bool(host))), "name deliveries, or say --all or --host HOST")
        count, waiting = send_again(settings, _wanted(ids=ids, host=host), datetime.now(UTC))
        if as_json:
            say_json({"due": count, "waiting": waiting})
        else:
            nothing = "" if count else f", as nothing is owed{f' to {host}' if host else ''}"
            say(f"{count} due now{nothing}" + (f", {waiting} of them after what goes out first" if waiting else ""))


@deliveries.command(short_help="Forget some: they are never sent.")
def drop(
    context: typer.Context,
    ids: Ids = None,
    given_up: Annotated[bool, typer.Option("--given-up", help="All that was given up.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Forget deliveries: whoever was to get them hears only of the next version."""
    with configured(context, config) as settings:
        from datetime import UTC, datetime

        from syndicator.owing import delivery_facts, loss
        from syndicator.owing import drop as forget

        _expect_one(sum((bool(ids), given_up)), "name deliveries, or say --given-up")
        wanted = _wanted(ids=ids, status=Status.GIVEN_UP if given_up else None)
        dropped = forget(settings, wanted, datetime.now(UTC))
        if as_json:
            say_json([delivery_facts(delivery) for delivery in dropped])
        else:
            say(loss(dropped))


def _wanted(
    *,
    ids: list[int] | None = None,
    kind: Kind | None = None,
    host: str = "",
    status: Status | None = None,
    feed: str = "",
) -> Wanted:
    from syndicator.ports import Wanted

    words = status.value.replace("-", " ") if status else ""
    return Wanted(ids=tuple(ids or ()), kind=kind.value if kind else "", host=host.lower(), status=words, feed=feed)


def _expect_one(said: int, what: str) -> None:
    """One way of naming them, so that nobody gets more than was meant."""
    if said != 1:
        complain(what if not said else f"{what}, only one of these")
        raise typer.Exit(USAGE)
