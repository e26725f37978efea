"""A configuration for a site that has none yet."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Literal

import typer

from syndicator.commands.terminal import JsonOption, complain, say_json, telling

#: What init writes.
_FIRST = Path("syndicator.toml")


def init(
    site: Annotated[
        str, typer.Argument(metavar="[SITE]", help="The folder of the site, or its git repository.", show_default=True)
    ] = ".",
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
    branch: Annotated[
        str | None, typer.Option("--branch", metavar="NAME", help="The branch, of a git repository.")
    ] = None,
    ssh_key: Annotated[
        Path | None, typer.Option("--ssh-key", metavar="FILE", help="The private key that lets us in over SSH.")
    ] = None,
    known_hosts: Annotated[
        Path | None, typer.Option("--known-hosts", metavar="FILE", help="The public keys of hosts reached over SSH.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read a site's own configuration and write ours, complete and commented; say what was guessed.

    The site is one of Jekyll, Hugo or Eleventy, or a folder of posts; SITE may be the address of a git repository, or a
    bare one, which is fetched for a look. A token for it is read from SYNDICATOR_SOURCE__TOKEN_FILE. Relative paths
    begin at the folder of FILE.
    """
    with telling(), ExitStack() as stack:
        from dataclasses import asdict
        from datetime import UTC, datetime

        from syndicator.starting import faults_of_file, start, write_new
        from syndicator.surveying import Wish
        from syndicator.text import printable
        from syndicator.visiting import is_repository, visit

        prints = stdout or str(output) == "-"
        file = _FIRST if prints else output
        given = {"title": title, "url": url, "timezone": timezone}
        faults = () if prints else faults_of_file(file, force=force)
        access = {
            "branch": branch,
            "ssh_key": ssh_key and str(ssh_key.absolute()),
            "known_hosts": known_hosts and str(known_hosts.absolute()),
        }
        wanted = {key: value for key, value in access.items() if value}
        wish = Wish(
            site=Path(site),
            file=file,
            visit=stack.enter_context(visit(site, file, wanted, os.environ, faults)) if is_repository(site) else None,
            dialect=dialect or "",
            given={key: value for key, value in given.items() if value is not None},
        )
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
