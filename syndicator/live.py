"""What a running service says of itself, and how another process on the same machine hears it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from syndicator.errors import SyndicatorError
from syndicator.health import Hearer, Live, Wait
from syndicator.model import digest
from syndicator.realpath import real_path

#: More is no answer of ours.
_LARGEST = 10_000_000
#: What timers are for, in the words of people: what happens then, and why not now.
_TIMERS = {
    "scan": ("looking through the source", "it is looked through now and then, whatever was noticed"),
    "fetch": ("asking the repository", "it is asked every so often"),
    "next change": ("the next change by the clock alone", "its instant has not come"),
    "second look": ("a second look", "something changed a moment ago, and may have changed again unnoticed"),
    "first pass": ("the first pass", "the folder is about to be watched"),
    "refusals": ("saying what is wrong with posts", "they were touched a moment ago, and may be half there"),
    "next of deliveries": (
        "the next delivery",
        "what is owed waits for its time, or its host is left alone until then",
    ),
    "next of images": ("the next question about an image", "no image host is to be asked before"),
}


def name_of_state(path: Path) -> str:
    """What tells a state from others without telling where it is."""
    return digest(str(real_path(path)).encode())[:16]


def waits_of(timers: Iterable[tuple[str, datetime]], problems: Callable[[str], str]) -> tuple[Wait, ...]:
    """What a service waits for, by the names of its timers, the next first; ``problems`` knows what hinders a part."""
    found: list[Wait] = []
    for name, until in timers:
        again = name.removeprefix("again: ")
        if again != name:
            found.append(Wait(what=f"trying again: {again}", why=problems(again) or "it failed", until=until))
        elif name in _TIMERS:
            found.append(Wait(what=_TIMERS[name][0], why=_TIMERS[name][1], until=until))
    return tuple(sorted(found, key=lambda wait: (wait.until is None, wait.until)))


def address(host: str, port: int, path: str) -> str:
    """Where a service with these settings answers on its own machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{host}:{port}{path}"


def ask(url: str, seconds: float) -> tuple[int, bytes]:
    """Status and body of an answer. Raises SyndicatorError when there is no whole one in time.

    Nobody but the machine itself is asked, whatever proxy it uses for the rest of the world.
    """
    found: list[tuple[int, bytes] | SyndicatorError] = []

    def go() -> None:
        try:
            found.append(_ask(url, seconds))
        except SyndicatorError as error:
            found.append(error)

    # Whoever listens there may answer a byte a second, each in time: only somebody outside can stop waiting.
    asking = threading.Thread(target=go, daemon=True)
    asking.start()
    asking.join(seconds)
    answer = found[0] if found else SyndicatorError(url, f"no whole answer within {seconds:g} seconds")
    if isinstance(answer, SyndicatorError):
        raise answer
    return answer


def _ask(url: str, seconds: float) -> tuple[int, bytes]:
    import http.client
    import urllib.error
    import urllib.request

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None: ...

    directly = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
    try:
        with directly.open(url, timeout=seconds) as reply:
            return reply.status, reply.read(_LARGEST)
    except urllib.error.HTTPError as error:
        with error, suppress(OSError):
            return error.code, error.read(_LARGEST)
        return error.code, b""
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        raise SyndicatorError(url, f"no answer ({getattr(error, 'reason', error)})") from error


def hear(url: str, state: str, seconds: float = 2.0) -> Live | None:
    """What the service at an address says of itself; None when none answers there that writes to this state."""
    try:
        status, body = ask(url, seconds)
        live = read(json.loads(body)) if status in (200, 503) else None
    except (SyndicatorError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return live if live is not None and live.state == state else None


def read(said: dict[str, Any]) -> Live:
    """The noun from its JSON. Raises ValueError, TypeError, KeyError or AttributeError for what is none."""

    def moment(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    return Live(
        version=str(said["version"]),
        state=str(said["state"]),
        started=datetime.fromisoformat(said["started"]),
        ready=bool(said["ready"]),
        stopping=bool(said["stopping"]),
        problems=tuple((str(part), str(problem)) for part, problem in said["problems"]),
        waits=tuple(
            Wait(what=str(wait["what"]), why=str(wait["why"]), until=moment(wait["until"])) for wait in said["waits"]
        ),
        watching=str(said["watching"]),
        scanned=moment(said["scanned"]),
        called=moment(said["called"]),
        refused=moment(said["refused"]),
        hearers=tuple(
            Hearer(
                kind=str(one["kind"]),
                target=str(one["target"]),
                pending=int(one["pending"]),
                given_up=int(one["given_up"]),
                heard=moment(one["heard"]),
                failed=moment(one["failed"]),
                error=str(one["error"]),
                paused_until=moment(one["paused_until"]),
            )
            for one in said.get("hearers", ())  # the service may be of an older version
        ),
    )
