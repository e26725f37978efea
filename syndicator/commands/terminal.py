"""What the commands share: options, exit statuses, and how they speak."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from syndicator.errors import ConfigError, SyndicatorError

if TYPE_CHECKING:
    from syndicator.settings import Settings

DONE, WRONG, USAGE = 0, 1, 2

ConfigOption = Annotated[
    Path | None,
    typer.Option("-c", "--config", metavar="FILE", help="The configuration [default: config/syndicator.toml].",
                 envvar="SYNDICATOR_CONFIG", show_envvar=True),
]  # fmt: skip
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]


@contextmanager
def configured(context: typer.Context, config: Path | None) -> Iterator[Settings]:
    """The configuration; whatever goes wrong with it or after it is said in words, with the right exit status."""
    from syndicator.settings import load_settings

    with telling():
        yield load_settings(config or context.obj, os.environ)


@contextmanager
def telling() -> Iterator[None]:
    """Say in words whatever goes wrong, and end with the right exit status."""
    try:
        yield
    except ConfigError as error:
        for fault in error.faults:
            complain(str(fault))
        raise typer.Exit(USAGE) from error
    except SyndicatorError as error:
        complain(str(error))
        raise typer.Exit(WRONG) from error


def say(line: str) -> None:
    typer.echo(line)


def say_json(value: Any) -> None:
    import orjson

    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def complain(line: str) -> None:
    from syndicator.text import printable

    with suppress(OSError):  # nobody can be told that nobody can be told
        typer.echo("\n".join(printable(part) for part in line.split("\n")), err=True)
