"""The service, and whether it is ready."""

from __future__ import annotations

import typer

from syndicator.commands.terminal import DONE, WRONG, ConfigOption, complain, configured


def run(context: typer.Context, config: ConfigOption = None) -> None:
    """Run the service: watch, publish, announce and serve over HTTP, until SIGTERM or Ctrl-C."""
    with configured(context, config) as settings:
        from syndicator.running import run_service

        raise typer.Exit(run_service(settings))


def healthcheck(context: typer.Context, config: ConfigOption = None) -> None:
    """Ask the service on this machine whether it is ready, for a container's health check.

    Exit status 0 says that it is, 1 that it is not.
    """
    with configured(context, config) as settings:
        from syndicator.errors import SyndicatorError
        from syndicator.live import address, ask

        try:
            code, _ = ask(address(settings.serve.host, settings.serve.port, "/readyz"), 5)
        except SyndicatorError as error:
            complain(f"not ready: {error.reason}")
            raise typer.Exit(WRONG) from error
        if code != 200:
            complain(f"not ready: status {code}")
        raise typer.Exit(DONE if code == 200 else WRONG)
