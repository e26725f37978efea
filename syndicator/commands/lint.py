"""``syndicator lint``: finished documents, ours or anybody's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from syndicator.commands.terminal import WRONG, ConfigOption, JsonOption, complain, say, say_json, telling

if TYPE_CHECKING:
    from syndicator.settings import Settings


def lint(
    context: typer.Context,
    targets: Annotated[
        list[str], typer.Argument(metavar="TARGET...", help="A file, a folder, an address, or a feed's name.")
    ],
    profile: Annotated[
        str, typer.Option("--profile", metavar="NAME", help="The rules of this profile too, such as msn.")
    ] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings count like errors.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read finished feeds (RSS, Atom, JSON Feed), sitemaps and OPML as a strict validator would, and change nothing.

    A feed's name stands for all its documents as they were published. Exit status 0 says that there are no errors.
    """
    with telling():
        from datetime import UTC, datetime

        from syndicator.lint import Circumstances, Severity
        from syndicator.linting import as_json as answer
        from syndicator.linting import lint_targets, with_profile
        from syndicator.settings import load_settings

        def settings() -> Settings:
            return load_settings(config or context.obj, os.environ)

        known = with_profile(profile, settings, Circumstances(now=datetime.now(UTC)))
        linted = lint_targets(targets, settings, known)
        errors = sum(document.count(Severity.ERROR) for document in linted)
        warnings = sum(document.count(Severity.WARNING) for document in linted)
        if as_json:
            say_json(answer(linted))
        else:
            for document in linted:
                for line in document.lines():
                    complain(line)
            say(f"{len(linted)} documents: {errors} errors, {warnings} warnings")
        if any(document.bad for document in linted) or (strict and warnings):
            raise typer.Exit(WRONG)
