"""One form for every log line, ours and the libraries': JSON for machines, plain words on a terminal."""

from __future__ import annotations

import logging
import math
import sys
import threading
from collections.abc import Iterable, Mapping, MutableMapping
from datetime import date, timedelta
from types import TracebackType
from typing import Any, TextIO

from syndicator.lean import without
from syndicator.text import bare, printable

log = logging.getLogger(__name__)

#: Libraries that tell more than an operator wants to hear.
_CHATTY = ("httpx", "httpcore", "watchfiles", "asyncio", "uvicorn.access", "alembic", "sqlalchemy", "aiohttp")
#: Libraries whose troubles reach us another way, and are told by us.
_TOLD_BY_US = ("apscheduler",)
#: Shorter secrets are none, and masking them would make holes into everything.
_LEAST = 6
#: So much of one fact is told; of a traceback the end counts, which says what went wrong.
_LONGEST, _LONGEST_TRACE, _LINES = 4000, 20_000, 400
_MASK = "…"


def configure(form: str, level: str, stream: TextIO | None = None, secrets: Iterable[str] = ()) -> None:
    """Send every log line to ``stream`` (stderr), and all that would be printed there besides.

    ``form`` is auto, console or json; auto is console on a terminal. ``secrets`` are texts that no line may hold.
    """
    with without("rich"):  # for tracebacks in colours, which nobody gets here
        import structlog

    stream = stream or sys.stderr
    console = is_console(form, stream)
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        _ours_or_theirs,
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
            Discretion(secrets),
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
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a line that cannot be written is lost; nothing else is printed in its place
    sys.excepthook = _fell
    threading.excepthook = _fell_in_thread
    sys.unraisablehook = _fell_unseen


def is_console(form: str, stream: TextIO) -> bool:
    """Whether lines are for people."""
    return form == "console" or (form == "auto" and stream.isatty())


def _ours_or_theirs(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What a library says is a fact of one event, so that events have the same names for ever."""
    name: str = event["_record"].name
    if name.partition(".")[0] != "syndicator":
        event["message"], event["event"] = event["event"], "library spoke"
        event["library"] = "warnings" if name == "py.warnings" else name
    return event


class Discretion:
    """The last look at a line: it is one line, of plain values, without secrets, and no sequence reaches a terminal.

    Addresses lose user names and queries, whoever wrote them: hubs and hosts put tokens there.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        # The longest first, lest a part of one is left over.
        self._secrets = sorted({secret for secret in secrets if len(secret) >= _LEAST}, key=len, reverse=True)

    def __call__(self, _: object, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        trace = event.pop("exception", None)
        clean: dict[str, Any] = {self._text(str(key)): self._value(value, 4) for key, value in event.items()}
        if trace:
            clean["exception"] = self._end_of(str(trace))
        return clean

    def _end_of(self, trace: str) -> str:
        lines = [self._text(line) for line in trace.split("\n")[-_LINES:]]
        while len(lines) > 1 and sum(map(len, lines)) + len(lines) > _LONGEST_TRACE:
            del lines[0]
        return "\n".join(lines)

    def _value(self, value: object, depth: int) -> Any:
        match value:
            case None | bool() | int():
                return value
            case float():
                return value if math.isfinite(value) else str(value)
            case timedelta():
                return value.total_seconds()
            case date():
                return value.isoformat()
            case list() | tuple() | set() | frozenset() if depth:
                return [self._value(item, depth - 1) for item in value]
            case dict() if depth:
                return {self._text(str(key)): self._value(item, depth - 1) for key, item in value.items()}
        return self._text(str(value))

    def _text(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        # What is secret in a line that is cut may be cut as well, and must be masked before.
        text = printable(bare(text[: 2 * _LONGEST]))
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}{_MASK}"


def _fell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        log.warning("interrupted")
        return
    log.critical("program failed", exc_info=(kind, error, trace))


def _fell_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        name = args.thread.name if args.thread else ""
        log.critical(
            "thread failed", extra={"thread_name": name}, exc_info=(args.exc_type, args.exc_value, args.exc_traceback)
        )


def _fell_unseen(args: Any) -> None:
    error = args.exc_value
    facts = {"where": f"{args.err_msg or 'exception ignored in'} {args.object!r}"}
    log.error("exception ignored", extra=facts, exc_info=(args.exc_type, error, args.exc_traceback) if error else None)
