"""Patterns of paths as sites write them: ``**`` for any folders, ``*`` within a name, ``{a,b}`` for either."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePosixPath

_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
#: What one pattern with braces may stand for.
_MAX_ALTERNATIVES = 64
_MAGIC = re.compile(r"[*?\[{]")


def is_literal(pattern: str) -> bool:
    """Whether a pattern names one path only."""
    return _MAGIC.search(pattern) is None


def matches(path: str, pattern: str) -> bool:
    """Whether a path is one that the pattern means. The time grows no faster than the product of their lengths."""
    folders = tuple(path.strip("/").split("/"))
    return any(_fits(folders, alternative) for alternative in _alternatives(pattern))


def lies_in(path: str, folders: Iterable[str]) -> bool:
    """Whether a path is one of these folders, or below one of them; "" is the folder of everything."""
    return any(not folder or path == folder or path.startswith(f"{folder}/") for folder in folders)


def first_folder(path: PurePosixPath) -> str:
    """The first folder that a post lies in, "" for none; the folder of an ``index`` is the post itself."""
    folders = path.parts[:-2] if path.stem == "index" else path.parts[:-1]
    return folders[0] if folders else ""


@lru_cache(maxsize=256)
def _alternatives(pattern: str) -> tuple[tuple[str, ...], ...]:
    """The pattern with its braces written out, each alternative cut at its slashes."""
    waiting = [pattern.removeprefix("./").strip("/")]
    done: list[tuple[str, ...]] = []
    while waiting:
        each = waiting.pop()
        match = _BRACES.search(each)
        if match is None or len(waiting) + len(done) >= _MAX_ALTERNATIVES:
            done.append(tuple(each.strip("/").split("/")))
        else:
            waiting += [each[: match.start()] + word + each[match.end() :] for word in match[1].split(",")]
    return tuple(done)


def _fits(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """By what each beginning of the pattern can reach, so that no pattern takes for ever."""
    reached = {0}
    for piece in pattern:
        if piece == "**":
            reached = set(range(min(reached), len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and fnmatchcase(parts[at], piece)}
        if not reached:
            return False
    return len(parts) in reached
