"""The entry point: which commands there are, and how the program begins and ends."""

from __future__ import annotations

import errno
import gc
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from syndicator import __version__
from syndicator.commands.adopt import adopt
from syndicator.commands.approve import approve
from syndicator.commands.build import build
from syndicator.commands.deliveries import deliveries
from syndicator.commands.init import init
from syndicator.commands.lint import lint
from syndicator.commands.questions import check, status, why
from syndicator.commands.service import healthcheck, run
from syndicator.commands.terminal import DONE, WRONG, ConfigOption, complain, say

_DEFAULT = Path("config/syndicator.toml")
#: How it fails to write to a file on a disk that has no room.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})

cli = typer.Typer(
    name="syndicator",
    help="Watches posts with front matter and publishes RSS, Atom and JSON feeds, with word to WebSub hubs.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _tell_version(is_asked: bool) -> None:
    if is_asked:
        say(f"syndicator {__version__}")
        raise typer.Exit


@cli.callback()
def _main(
    context: typer.Context,
    config: ConfigOption = None,
    # By a callback of its own: this function is called only where a command follows.
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    context.obj = config or _DEFAULT


cli.command(short_help="Make one pass: read, publish, remember, announce.")(build)
cli.command(short_help="Watch, publish, announce and serve until stopped.")(run)
cli.command(short_help="Say all that is wrong at once; change nothing.")(check)
cli.command(short_help="Say why a post is in, out or waiting, feed by feed.")(why)
cli.command(short_help="Show feeds, the last pass and what is owed.")(status)
cli.add_typer(deliveries, name="deliveries", short_help="Show what is owed, send it again, or drop it.")
cli.command(short_help="Let through what changes a feed too much at once.")(approve)
cli.command(short_help="Read finished feeds as a strict validator would.")(lint)
cli.command(short_help="Write a configuration for the folder or repository of a site.")(init)
cli.command(short_help="Take over the ids of an old feed, so that nothing comes twice.")(adopt)
cli.command(short_help="Ask whether the service here is ready.")(healthcheck)


def main() -> None:
    """The console script."""
    # Nothing that starting makes is garbage; looking for some costs a tenth of a short command.
    gc.disable()
    # Nobody's plugin has a word in how our configuration is read, and looking through all packages for some takes time.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    _see_to_streams()
    ended: int | str | None = DONE
    try:
        cli()
    except SystemExit as stop:
        ended = stop.code
    except KeyboardInterrupt:
        complain("interrupted")
        ended = 130
    except BrokenPipeError:
        # Whoever read our output has had enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        # What else can fail like this has a name, and is told by whoever wanted it.
        if error.filename is not None or error.errno not in _FULL:
            raise
        complain(f"standard output: cannot be written ({error.strerror}); free some space, or send it elsewhere")
        ended = WRONG
    if isinstance(ended, str):
        complain(ended)
        ended = WRONG
    # All is closed and flushed by now: taking thousands of objects apart one by one would only take time.
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(ended or DONE)


def _see_to_streams() -> None:
    """Whoever starts us with standard streams closed gets no database or document in their place: what a library writes
    there would go into it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - for as long as we live
