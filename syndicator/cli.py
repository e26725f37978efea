"""The commands; each a thin call."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from syndicator import __version__
from syndicator.crew import Crew, seldom_looking_for_garbage
from syndicator.errors import ConfigError, SyndicatorError

if TYPE_CHECKING:
    from syndicator.building import Built
    from syndicator.settings import Settings

DONE, WRONG, USAGE = 0, 1, 2
_DEFAULT = Path("config/syndicator.toml")
#: What init writes.
_FIRST = Path("syndicator.toml")

cli = typer.Typer(
    name="syndicator",
    help="Watches posts with front matter and publishes RSS, Atom and JSON feeds, with word to WebSub hubs.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

ConfigOption = Annotated[
    Path | None,
    typer.Option("-c", "--config", metavar="FILE", help="The configuration [default: config/syndicator.toml].",
                 envvar="SYNDICATOR_CONFIG", show_envvar=True),
]  # fmt: skip
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]


@cli.callback()
def _main(
    context: typer.Context,
    config: ConfigOption = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    if version:
        _say(f"syndicator {__version__}")
        raise typer.Exit
    context.obj = config or _DEFAULT


@cli.command(short_help="Make one pass: read, publish, remember, announce.")
def build(
    context: typer.Context,
    config: ConfigOption = None,
    announce: Annotated[bool, typer.Option(help="Tell the hubs what changed.")] = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; change nothing.")] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Believe it when all posts are gone at once.")
    ] = False,
    ask_images: Annotated[
        bool, typer.Option("--ask-images", help="Ask other machines for type and size of images before ending.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make one pass: read what changed, publish, remember, and tell the hubs.

    What a hub does not hear stays owed, and is tried again by the next build.
    """
    with _crew(config or context.obj) as crew, _settings(context, config) as settings:
        from datetime import UTC, datetime

        from syndicator.building import BuildOptions
        from syndicator.building import build as run_build

        options = BuildOptions(announce=announce, dry_run=dry_run, allow_empty=allow_empty, ask_images=ask_images)
        with seldom_looking_for_garbage(), _progress(enabled=not as_json) as progress:
            built = run_build(settings, options, datetime.now(UTC), progress, crew)
        _tell_build(settings, built, dry_run=dry_run, as_json=as_json)
        if built.report.refused or built.trouble:
            raise typer.Exit(WRONG)


@cli.command(short_help="Watch, publish, announce and serve until stopped.")
def run(context: typer.Context, config: ConfigOption = None) -> None:
    """Run the service: watch, publish, announce and serve over HTTP, until SIGTERM or Ctrl-C."""
    with _settings(context, config) as settings:
        from syndicator.running import run_service

        raise typer.Exit(run_service(settings))


@cli.command(short_help="Say all that is wrong at once; change nothing.")
def check(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check configuration, posts and feeds, say all that is wrong at once, and change nothing.

    Every post is read whole, and those that some feed shows are rendered.
    """
    with _settings(context, config) as settings:
        from dataclasses import asdict
        from datetime import UTC, datetime

        from syndicator.checking import check_content

        with seldom_looking_for_garbage():
            found = check_content(settings, datetime.now(UTC))
        if as_json:
            _say_json(asdict(found))
        else:
            for finding in found.warnings:
                _complain(f"warning: {finding}")
            for finding in found.errors:
                _complain(f"error: {finding}")
            _say(
                f"{settings.file}: good\n{found.posts} posts, {found.live} live, {found.feeds} feeds, "
                f"{len(found.errors)} errors, {len(found.warnings)} warnings"
            )
        if found.errors:
            raise typer.Exit(WRONG)


@cli.command(short_help="Say why a post is in, out or waiting, feed by feed.")
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
    with _settings(context, config) as settings:
        from dataclasses import asdict
        from datetime import UTC, datetime

        from syndicator.asked import explain_post

        explanations = explain_post(settings, post, feed, datetime.now(UTC))
        if as_json:
            _say_json([asdict(explanation) for explanation in explanations])
            return
        for explanation in explanations:
            _say(explanation.path)
            for name, value in explanation.facts:
                _say(f"  {name:<12}{value}")
            width = max((len(verdict.feed) for verdict in explanation.verdicts), default=0)
            for verdict in explanation.verdicts:
                _say(f"  {verdict.feed:<{width}}  {verdict.verdict:<8}{verdict.reason}")


@cli.command(short_help="Show feeds, the last pass and what is owed.")
def status(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show feeds, the last pass, refused posts, hubs and what they are owed, whether or not the service runs."""
    with _settings(context, config) as settings:
        from dataclasses import asdict
        from datetime import UTC, datetime

        from syndicator.asked import state_of_things

        things = state_of_things(settings, datetime.now(UTC))
        if as_json:
            _say_json(asdict(things))
        else:
            _say("\n".join(things.lines()))


@cli.command(short_help="Write a configuration for the folder of a site.")
def init(
    site: Annotated[Path, typer.Argument(metavar="[SITE]", help="The folder of the site.", show_default=True)] = Path(),
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help='What to write; "-" prints it.')
    ] = _FIRST,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    stdout: Annotated[bool, typer.Option("--stdout", help="Print the configuration, write nothing.")] = False,
    url: Annotated[
        str | None, typer.Option("--url", metavar="ADDRESS", help="Where the site lives, if it does not say it.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="What it is called.")] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", metavar="NAME", help="What a date without a zone means there.")
    ] = None,
    dialect: Annotated[
        Literal["jekyll", "hugo", "eleventy", "plain"] | None,
        typer.Option("--dialect", help="What it is made with, if its files do not say it.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read a site's own configuration and write ours, complete and commented; say what was guessed.

    The site is one of Jekyll, Hugo or Eleventy, or a folder of posts. Relative paths begin at the folder of FILE.
    """
    with _telling():
        from dataclasses import asdict
        from datetime import UTC, datetime

        from syndicator.starting import faults_of_file, start, write_new
        from syndicator.surveying import Wish
        from syndicator.text import printable

        prints = stdout or str(output) == "-"
        file = _FIRST if prints else output
        given = {"title": title, "url": url, "timezone": timezone}
        wish = Wish(
            site=site,
            file=file,
            dialect=dialect or "",
            given={key: value for key, value in given.items() if value is not None},
        )
        faults = () if prints else faults_of_file(file, force=force)
        ask = None if as_json or not (sys.stdin.isatty() and sys.stderr.isatty()) else _ask_address
        begun = start(wish, datetime.now(UTC), faults, ask)
        if not prints:
            write_new(file, begun.text, force=force)
        for warning in begun.warnings:
            _complain(f"warning: {warning}")
        if as_json:
            _say_json(
                {
                    **asdict(begun),
                    "file": None if prints else printable(str(file)),
                    "text": begun.text if prints else None,
                }
            )
            return
        if prints:
            typer.echo(begun.text, nl=False)
        for line in begun.lines(None if prints else file):
            typer.echo(line, err=prints)


@cli.command(short_help="Ask whether the service here is ready.")
def healthcheck(context: typer.Context, config: ConfigOption = None) -> None:
    """Ask the service on this machine whether it is ready, for a container's health check.

    Exit status 0 says that it is, 1 that it is not.
    """
    with _settings(context, config) as settings:
        import urllib.error
        import urllib.request

        host = settings.serve.host
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
        # Nobody but the machine itself is asked, whatever proxy it uses for the rest of the world.
        directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with directly.open(f"http://{host}:{settings.serve.port}/readyz", timeout=5) as reply:
                raise typer.Exit(DONE if reply.status == 200 else WRONG)
        except (urllib.error.URLError, OSError) as error:
            _complain(f"not ready: {error}")
            raise typer.Exit(WRONG) from error


def main() -> None:
    """The console script."""
    # Nothing that starting makes is garbage; looking for some costs a tenth of a short command.
    gc.disable()
    # Nobody's plugin has a word in how our configuration is read, and looking through all packages for some takes time.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    status: int | str | None = DONE
    try:
        cli()
    except SystemExit as stop:
        status = stop.code
    except KeyboardInterrupt:
        _complain("interrupted")
        status = 130
    except BrokenPipeError:
        # Whoever read our output has had enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(status, str):
        _complain(status)
        status = WRONG
    # All is closed and flushed by now: taking thousands of objects apart one by one would only take time.
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status or DONE)


@contextmanager
def _settings(context: typer.Context, config: Path | None) -> Iterator[Settings]:
    """The configuration; whatever goes wrong with it or after it is said in words, with the right exit status."""
    from syndicator.settings import load_settings

    with _telling():
        yield load_settings(config or context.obj, os.environ)


@contextmanager
def _telling() -> Iterator[None]:
    """Say in words whatever goes wrong, and end with the right exit status."""
    try:
        yield
    except ConfigError as error:
        for fault in error.faults:
            _complain(str(fault))
        raise typer.Exit(USAGE) from error
    except SyndicatorError as error:
        _complain(str(error))
        raise typer.Exit(WRONG) from error


@contextmanager
def _crew(file: Path) -> Iterator[Crew]:
    """As many hands as there are processors, up to four. They begin at once when all posts will have to be read."""
    from syndicator.configuration.guess import nothing_built_yet

    with Crew(min(4, len(os.sched_getaffinity(0))), _prepare) as crew:
        if nothing_built_yet(file, os.environ):
            crew.start()
        yield crew


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
    report = built.report
    if as_json:
        from dataclasses import asdict

        counts = {name: value for name, value in asdict(built).items() if name != "report"}
        _say_json({**asdict(report), **counts, "dry_run": dry_run})
        return
    would = "would be " if dry_run else ""
    unchanged = report.documents - len(report.written)
    _say(
        f"{report.posts} posts, {report.live} live; {report.feeds} feeds, {report.documents} documents: "
        f"{len(report.written)} {would}written, {unchanged} unchanged, {len(report.deleted)} {would}removed "
        f"({report.seconds:.2f} s)"
    )
    _say(f"folder   {settings.publish_path}\naddress  {settings.publish.url}")
    if dry_run and report.announced:
        _say(f"hubs     {report.announced} would be announced")
    elif built.owed_before or built.given_up:
        failed = (
            f"{built.owed} still owed" if built.owed else "",
            f"{built.given_up} given up" if built.given_up else "",
        )
        left = ", ".join(filter(None, failed))
        _say(
            f"hubs     {built.owed_before} to announce: {built.heard} heard"
            + (f", {left} ('syndicator status' shows why)" if left else "")
        )
    if report.next_change:
        _say(
            f"next     {report.next_change.isoformat(sep=' ', timespec='seconds')} (an embargo ends or a post expires)"
        )
    for warning in report.warnings:
        _complain(f"warning: {warning}")
    for refusal in report.refused:
        _complain(f"refused: {refusal}")
    if built.trouble:
        _complain(built.trouble)


def _ask_address(problem: str) -> str:
    """Ask on the terminal where the site lives, until it is an address."""
    from syndicator.surveying import faults_of_given

    _complain(f"The address of the site: {problem}.")
    try:
        while faults := faults_of_given({"url": (answer := str(typer.prompt("Where does it live", err=True)))}):
            for fault in faults:
                _complain(str(fault))
    except typer.Abort as abort:
        _complain("")
        raise KeyboardInterrupt from abort
    return answer


def _say(line: str) -> None:
    typer.echo(line)


def _say_json(value: Any) -> None:
    import orjson

    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def _complain(line: str) -> None:
    from syndicator.text import printable

    typer.echo("\n".join(printable(part) for part in line.split("\n")), err=True)
