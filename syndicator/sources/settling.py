"""When what was touched is handed over: at once after a single save, once after a burst, never half a file."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from math import inf

#: Seconds without a further event after which few files are handed over. Editors do several things for one save.
_QUIET = 0.005
#: Further ones cost so much more quiet each, up to the longest: in the middle of a burst nobody pauses for so long.
#: Those handed over so many seconds before count too.
_A_FEW, _EACH, _LONGEST, _BURST = 3, 0.01, 0.3, 0.25
#: A file that is only gone may come back under its name, or under another one: some save and move like that.
_GONE = 0.06
#: A file that is written again and again, or of which nobody saw who wrote it, may not be whole after the last close.
_AGAIN, _LATELY = 0.3, 1.0
#: Whatever still happens: so long nobody waits.
_AT_MOST = 2.0
#: A file that stays open and is written no more is taken as it is.
_STALLED = 10.0
#: Whether somebody is still writing is asked of files that changed less than so many seconds ago.
_LONG = 15.0

#: Whether a file (its path, the seconds since it changed) may not be whole yet.
Asking = Callable[[str, float], bool]


def may_be_written(path: str, age: float, asking: Asking) -> bool:
    """Whether a file that changed ``age`` seconds ago may not be whole yet, by the word of who watches it."""
    return age < _LONG and asking(path, age)


def is_half(data: bytes) -> bool:
    """Whether a file looks as if its writer had only begun: nothing in it, or front matter without an end."""
    begun = data[:4].strip()
    if begun in (b"---", b"+++"):
        return not any(b"\n" + end in data for end in ((begun,) if begun == b"+++" else (begun, b"...")))
    return begun in (b"", b"-", b"--", b"+", b"++") and not data.strip(b" \t\r\n-+")


class Touch(Enum):
    """What happened to a file or folder: it is as whole as it will be, or was only opened or written to, or is gone.

    FOUND is a young file of which nobody saw whether it was closed, MARKED one that got other rights or times.
    """

    WHOLE = "whole"
    OPEN = "open"
    FOUND = "found"
    MARKED = "marked"
    GONE = "gone"


@dataclass(slots=True)
class Settling:
    """What was touched and not yet handed over. All times are seconds of one clock that never jumps.

    Each call costs the same however much was touched, as bursts may be of many thousand files.
    """

    #: Files that are being written, and until when that is believed if nothing more is heard.
    written: dict[str, float] = field(default_factory=dict)
    #: Of these what was only found, and nobody has asked yet who has it open.
    _found: set[str] = field(default_factory=set)
    #: What is ready, and the quiet that it needs at least; how often each of those is needed.
    _ready: dict[str, float] = field(default_factory=dict)
    _pauses: Counter[float] = field(default_factory=Counter)
    #: Of these what has another name now; what was written again and again, and since when.
    _renamed: set[str] = field(default_factory=set)
    _again: dict[str, float] = field(default_factory=dict)
    _first: float = 0.0
    _last: float = 0.0
    #: When what was handed over lately; when anything was.
    _handed: dict[str, float] = field(default_factory=dict)
    _burst: deque[float] = field(default_factory=deque)

    def note(self, path: str, touch: Touch, now: float) -> None:
        """Something happened to a path."""
        match touch:
            case Touch.OPEN:
                self.written[path] = now + _STALLED
                self._drop(path)
            case Touch.FOUND if path not in self._ready:
                if path not in self.written:
                    self.written[path] = now + _AGAIN
                    self._found.add(path)
            case Touch.MARKED if path not in self.written:
                self._add(path, now, self._ready.get(path, 0.0))
            case Touch.GONE:
                self.written.pop(path, None)
                self._add(path, now, _GONE)
            case Touch.WHOLE:
                in_place = self.written.pop(path, None) is not None
                if in_place and self._handed.get(path, -inf) >= now - _LATELY:
                    self._again.setdefault(path, now)
                self._add(path, now, _AGAIN if path in self._again else 0.0)
                self._first = min(self._first, self._again.get(path, now))
            case _:
                pass

    def is_unsure(self, now: float) -> bool:
        """Whether it is time to ask who has files open: some that were found would be handed over now."""
        return any(self.written.get(path, inf) <= now for path in self._found)

    def note_open(self, opened: Iterable[tuple[str, Touch]], now: float) -> None:
        """That is the answer: what was found and is not open is whole, as its folder was watched before."""
        for path, touch in opened:
            if path in self._found and path in self.written:
                self.note(path, touch, now)
        self._found.clear()

    def note_all(self, now: float) -> None:
        """Something happened that may have to do with anything."""
        self._add("", now, 0.0)

    def forgive(self, path: str) -> None:
        """What was gone is there under another name: nothing more is awaited, and the two count as one."""
        if path in self._ready:
            self._set(path, 0.0)
            self._renamed.add(path)

    def knows(self, path: str) -> bool:
        """Whether it was handed over lately, as whole as it is."""
        return path in self._handed

    def due(self) -> float | None:
        """When to ask again what is to be handed over; None for not before something is noted."""
        instants = list(self.written.values())
        if self._ready:
            instants.append(self._end())
        return min(instants, default=None)

    def take(self, now: float) -> frozenset[str]:
        """What is to be handed over now."""
        stalled = [path for path, until in self.written.items() if until <= now]
        for path in stalled:
            del self.written[path]
        if self._ready and now < self._end():
            for path in stalled:
                self._add(path, self._last, 0.0)
            return frozenset()
        taken = frozenset(self._ready).union(stalled)
        if taken:
            self._burst.extend([now] * (len(taken) - len(self._renamed)))
            kept = {path: at for path, at in self._handed.items() if at >= now - _LATELY}
            self._handed = kept | dict.fromkeys(taken, now)
            self._ready.clear()
            self._pauses.clear()
            self._renamed.clear()
            self._again = {path: since for path, since in self._again.items() if path in self.written}
        return taken

    def _add(self, path: str, now: float, pause: float) -> None:
        if not self._ready:
            self._first = now
        self._last = now
        self._renamed.discard(path)
        self._set(path, pause)

    def _set(self, path: str, pause: float) -> None:
        self._drop(path)
        self._ready[path] = pause
        self._pauses[pause] += 1

    def _drop(self, path: str) -> None:
        pause = self._ready.pop(path, None)
        if pause is not None:
            self._pauses[pause] -= 1
            self._renamed.discard(path)

    def _end(self) -> float:
        while self._burst and self._burst[0] < self._last - _BURST:
            self._burst.popleft()
        count = len(self._burst) + len(self._ready) - len(self._renamed)
        quiet = min(max(_QUIET, (count - _A_FEW) * _EACH), _LONGEST)
        slowest = max(pause for pause, times in self._pauses.items() if times)
        return min(self._last + max(quiet, slowest), self._first + _AT_MOST)
