"""A configuration for a site that has none yet."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from syndicator.commands.terminal import JsonOption, complain, say_json, telling

#: What init writes.
_FIRST = Path("syndicator.toml")


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
    with telling():
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
            complain(f"warning: {warning}")
        if as_json:
            say_json(
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


def _ask_address(problem: str) -> str:
    """Ask on the terminal where the site lives, until it is an address."""
    from syndicator.surveying import faults_of_given

    complain(f"The address of the site: {problem}.")
    try:
        while faults := faults_of_given({"url": (answer := str(typer.prompt("Where does it live", err=True)))}):
            for fault in faults:
                complain(str(fault))
    except typer.Abort as abort:
        complain("")
        raise KeyboardInterrupt from abort
    return answer
