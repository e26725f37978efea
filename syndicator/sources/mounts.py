"""File systems that are mounted among the posts."""

from __future__ import annotations

import re
from pathlib import Path

from syndicator.errors import SourceError
from syndicator.openfiles import MORE_FILES, TOO_MANY
from syndicator.realpath import real_path

_ESCAPED = re.compile(r"\\([0-7]{3})")


def mounts_of(root: Path) -> frozenset[str]:
    """The places below a folder where file systems are mounted, as paths below it, and the one, absolute, that the
    folder itself is on. Empty where the system does not tell. Raises SourceError where it would, at another time."""
    try:
        lines = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines()
        folder = str(real_path(root))
    except OSError as error:
        if error.errno in TOO_MANY:
            raise SourceError(f"source {root}", f"cannot be looked at ({error.strerror})", MORE_FILES) from error
        return frozenset()
    places = {_plain(words[4]) for words in map(str.split, lines) if len(words) > 4}
    inside = {place[len(folder) + 1 :] for place in places if place.startswith(f"{folder}/")}
    around = (place for place in places if folder == place or f"{folder}/".startswith(f"{place.rstrip('/')}/"))
    return frozenset(inside | {max(around, key=len, default="/")})


def _plain(path: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), path)
