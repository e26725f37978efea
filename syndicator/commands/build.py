"""One pass by hand."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from syndicator.commands.terminal import WRONG, ConfigOption, JsonOption, complain, configured, say, say_json
from syndicator.crew import Crew, seldom_looking_for_garbage

if TYPE_CHECKING:
    from syndicator.building import Built
    from syndicator.settings import Settings


def build(
    context: typer.Context,
    config: ConfigOption = None,
    announce: Annotated[bool, typer.Option(help="Tell the hubs what changed.")] = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; change nothing.")] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Believe it when all posts are gone at once.")
    ] = False,
    approve: Annotated[
        bool, typer.Option("--approve", help="Let through whatever the guard would hold, this once.")
    ] = False,
    ask_images: Annotated[
        bool, typer.Option("--ask-images", help="Ask other machines for type and size of images before ending.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make one pass: read what changed, publish, remember, and tell the hubs.

    What a hub does not hear stays owed, and is tried again by the next build.
    """
    with _crew(config or context.obj) as crew, configured(context, config) as settings:
        from datetime import UTC, datetime

        from syndicator.building import BuildOptions
        from syndicator.building import build as run_build

        options = BuildOptions(
            announce=announce, dry_run=dry_run, allow_empty=allow_empty, ask_images=ask_images, approve=approve
        )
        with seldom_looking_for_garbage(), _progress(enabled=not as_json) as progress:
            built = run_build(settings, options, datetime.now(UTC), progress, crew)
        _tell_build(settings, built, dry_run=dry_run, as_json=as_json)
        if built.report.refused or built.report.held or built.trouble or built.rebuilt:
            raise typer.Exit(WRONG)


@contextmanager
def _crew(file: Path) -> Iterator[Crew]:
    """As many hands as there are processors, up to four. They begin at once when all posts will have to be read."""
    from syndicator.configuration.guess import nothing_built_yet

    with Crew(min(4, len(os.sched_getaffinity(0))), _prepare) as crew:
        if nothing_built_yet(file, os.environ):
            _share()
            crew.start()
        yield crew


def _share() -> None:
    """Import what this process will need as well, so that it is done once for all of them."""
    import syndicator.ledger
    import syndicator.making
    import syndicator.reading  # noqa: F401


def _prepare() -> None:
    import syndicator.formats.xml
    import syndicator.making
    import syndicator.markup.render
    import syndicator.posts.parse
    import syndicator.sources.folder  # noqa: F401 - all that reading, rendering and writing need


@contextmanager
def _progress(*, enabled: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on a terminal, silence in a pipe."""
    if not enabled or not sys.stderr.isatty():
        yield _unwatched
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done)

        yield show


def _unwatched(stage: str, done: int, total: int) -> None:
    """Nobody watches a pipe."""


def _tell_build(settings: Settings, built: Built, *, dry_run: bool, as_json: bool) -> None:
    from syndicator.profiles.summing import summed_up

    report = built.report
    if as_json:
        from dataclasses import asdict

        counts = {name: value for name, value in asdict(built).items() if name != "report"}
        facts = {name: value for name, value in asdict(report).items() if name != "away"}  # that is raised
        say_json({**facts, **counts, "dry_run": dry_run})
        return
    would = "would be " if dry_run else ""
    unchanged = report.documents - len(report.written)
    say(
        f"{report.posts} posts, {report.live} live; {report.feeds} feeds, {report.documents} documents: "
        f"{len(report.written)} {would}written, {unchanged} unchanged, {len(report.deleted)} {would}removed "
        f"({report.seconds:.2f} s)"
    )
    say(f"folder   {settings.publish_path}\naddress  {settings.publish.url}")
    whom = "hubs     " if not settings.webhooks else "hubs and partners  "
    if dry_run and report.announced:
        say(f"{whom}{report.announced} would be announced")
    elif built.owed_before or built.given_up:
        failed = (
            f"{built.owed} still owed" if built.owed else "",
            f"{built.given_up} given up" if built.given_up else "",
        )
        left = ", ".join(filter(None, failed))
        say(
            f"{whom}{built.owed_before} to announce: {built.heard} heard"
            + (f", {left} ('syndicator status' shows why)" if left else "")
        )
    if report.next_change:
        say(f"next     {report.next_change.isoformat(sep=' ', timespec='seconds')} ({report.next_why})")
    for line in summed_up(report.verdicts):
        say(f"rules    {line}")
    for warning in report.warnings:
        complain(f"warning: {warning}")
    for refusal in report.refused:
        complain(f"refused: {refusal}")
    for held in report.held:
        complain(f"held: {held}")
    for remark in filter(None, (built.clock, *built.remarks)):
        complain(f"warning: {remark}")
    for alarm in built.alarms:
        complain(alarm if built.rebuilt else f"warning: state: {alarm}")
    if built.trouble:
        complain(built.trouble)
