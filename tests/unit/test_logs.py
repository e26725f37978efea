"""Log lines: one form, one line, no secrets."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.logs import Discretion, configure

SECRET = "correct horse battery"


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What is logged in JSON; afterwards all is as it was."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions, sys.excepthook, threading.excepthook
    unraisable, stream = sys.unraisablehook, io.StringIO()
    configure("json", "info", stream, secrets=(SECRET, "tiny"))
    yield stream
    logging.captureWarnings(False)
    root.handlers[:], level, logging.raiseExceptions, sys.excepthook, threading.excepthook = before
    sys.unraisablehook = unraisable
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_of_ours_is_its_event_and_its_facts(said: io.StringIO) -> None:
    logging.getLogger("syndicator.x").info("feeds published", extra={"written": 3, "seconds": 0.25})

    (line,) = lines(said)

    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo is not None
    assert {"event": "feeds published", "level": "info", "written": 3, "seconds": 0.25} == line


def test_a_line_of_a_library_has_the_same_form_and_one_event(said: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").error("Exception in %s\nat once", "ASGI")

    (line,) = lines(said)

    assert ("library spoke", "uvicorn.error", "Exception in ASGI\\nat once") == (
        line["event"], line["library"], line["message"],
    )  # fmt: skip


class Falls:
    """Falls when nobody can catch it."""

    def __del__(self) -> None:
        raise KeyError(SECRET)


def test_what_python_would_print_is_a_line_too(said: io.StringIO) -> None:
    def fall() -> None:
        raise KeyError(SECRET)

    thread = threading.Thread(target=fall, name="a thread")
    thread.start()
    thread.join()
    warnings.showwarning("old ways", DeprecationWarning, "x.py", 1)
    try:
        fall()
    except KeyError as error:
        sys.excepthook(KeyError, error, error.__traceback__)
    Falls()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)

    found = lines(said)

    events = ["thread failed", "library spoke", "program failed", "exception ignored", "interrupted"]
    assert events == [line["event"] for line in found]
    assert "old ways" in found[1]["message"]
    assert all("KeyError" in found[place]["exception"] for place in (0, 2, 3))
    assert SECRET not in said.getvalue()


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (f"the token is {SECRET}!", "the token is …!"),
        ("https://ann:hush@hub.example/a?token=1", "https://hub.example/a?…"),
        (["http://h/?a=1", {"x": f"{SECRET}"}], ["http://h/?…", {"x": "…"}]),
        (timedelta(minutes=1.5), 90.0),
        (datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01T00:00:00+00:00"),
        (Path("/srv/content"), "/srv/content"),
        ("two\nlines \x1b[31mred", "two\\nlines \\x1b[31mred"),
        (float("nan"), "nan"),
        ((1, True, None), [1, True, None]),
        (ValueError(SECRET), "…"),
    ],
)
def test_values_are_plain_and_without_secrets(value: object, told: object) -> None:
    assert {"event": "e", "fact": told} == Discretion((SECRET,))(None, "", {"event": "e", "fact": value})


def test_a_long_text_is_cut_and_of_a_traceback_the_end_is_kept() -> None:
    line = Discretion((SECRET,))(None, "", {"fact": "x" * 3990 + SECRET * 100, "exception": "a\n" * 50_000 + "the end"})

    assert len(line["fact"]) <= 4001
    assert "horse" not in line["fact"]
    assert line["exception"].endswith("a\nthe end")
    assert len(line["exception"]) <= 20_000


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(st.text(max_size=5), st.recursive(st.text() | st.floats() | st.binary(), st.lists, max_leaves=5))
)
def test_whatever_is_told_becomes_one_line_of_json(facts: dict[str, Any]) -> None:
    line = json.dumps(Discretion(())(None, "", {**facts, "event": "e"}), allow_nan=False)

    assert "e" == json.loads(line)["event"]
