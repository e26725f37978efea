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
            complain(f"not ready: {error}")
            raise typer.Exit(WRONG) from error
