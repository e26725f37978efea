"""One form for every log line, ours and the libraries': JSON for machines, plain words on a terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

from syndicator.text import printable

#: Libraries that tell more than an operator wants to hear.
_CHATTY = ("httpx", "httpcore", "watchfiles", "asyncio", "uvicorn.access")
#: Libraries whose troubles reach us another way, and are told by us.
_TOLD_BY_US = ("apscheduler",)


def configure(form: str, level: str, stream: TextIO | None = None) -> None:
    """Send every log line to ``stream`` (stderr). ``form`` is auto, console or json; auto is console on a terminal."""
    import structlog

    stream = stream or sys.stderr
    console = form == "console" or (form == "auto" and stream.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        _one_line,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = [
        structlog.dev.ConsoleRenderer(colors=False, pad_event_to=28)
        if console
        else structlog.processors.JSONRenderer(sort_keys=True)
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            *last,
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _TOLD_BY_US:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _one_line(_: object, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A log line is one line, and no sequence in it reaches a terminal."""
    return {key: printable(value) if isinstance(value, str) else value for key, value in event.items()}
