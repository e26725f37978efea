"""Which other posts a body refers to by file: ``post_url`` and ``link`` of Jekyll, ``ref`` and ``relref`` of Hugo; and
what a post was called before, by ``aliases`` and ``redirect_from``.
"""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from syndicator.posts.fields import texts

#: The name among a post's terms under which its references are remembered; no feed can be made from it.
REFERENCES = "refers to"
#: The name under which the last parts of a post's former addresses are.
FORMER = "was at"
#: The name under which the site's data files that a post's templates ask for are; "*" is all of them.
DATA = "has data of"
#: The name under which a name is for the files that belong to a post.
BESIDE = "has beside"
#: The name under which the address of a post is, where the site has been built and its page is wanted.
PAGE = "has page"
#: More references than this are not followed.
_MOST = 500
_LONGEST = 300
_TAG = re.compile(
    rb"\{%-?\s*+(?:post_url|link)\s++([^\s%{}][^%{}\n]{0,300}?)\s*+-?%\}"
    rb"|\{\{[<%]\s*+(?:rel)?ref\s++(?:path\s*+=\s*+)?(?:\"([^\"\n]{1,300})\"|`([^`\n]{1,300})`|([^\s\">]{1,300}))"
)
_DATA = re.compile(
    rb"\bsite\s*+(?:\.\s*+data\b|\[\s*+[\"']data[\"']\s*+\])"
    rb"(?:\s*+\.\s*+([\w-]{1,100})(?![\w-])|\s*+\[\s*+(?:\"([^\"\n]{1,100})\"|'([^'\n]{1,100})')\s*+\])?"
)
#: From so many names on, all data are meant.
_MOST_DATA = 20
_DATE_IN_FRONT = re.compile(r"\d{4}-\d{1,2}-\d{1,2}-(?=.)", re.ASCII)
_EXTENSION = re.compile(r"\.(?:markdown|mkdown|mkdn|mkd|md|html|htm)\Z")


def references(body: bytes) -> tuple[str, ...]:
    """The references in a body as they are written, each once."""
    # One byte is found ten times as fast as two, and most bodies do not have it.
    if b"{" not in body or (b"{%" not in body and b"{{" not in body):
        return ()
    found: dict[str, None] = {}
    for match in _TAG.finditer(body):
        written = next(part for part in match.groups() if part is not None).decode("utf-8", "replace").strip("\"' ")
        if 0 < len(written) <= _LONGEST:
            found[written] = None
        if len(found) >= _MOST:
            break
    return tuple(found)


def data_names(body: bytes) -> tuple[str, ...]:
    """The data files that Liquid in a body asks for, as it names them; ("*",) where that cannot be told."""
    if b"{" not in body or b"site" not in body or b"data" not in body or (b"{%" not in body and b"{{" not in body):
        return ()
    found: dict[str, None] = {}
    for match in _DATA.finditer(body):
        name = next((part for part in match.groups() if part is not None), b"*").decode("utf-8", "replace")
        found[name] = None
        if name == "*" or len(found) > _MOST_DATA:
            return ("*",)
    return tuple(found)


def former(data: Mapping[str, Any]) -> tuple[str, ...]:
    """What a post is called by the addresses that redirect to it: frontmatter.md 34, 56."""
    written = [texts(data[name]) for name in ("aliases", "redirect_from") if name in data]
    if not written:
        return ()
    found = (last_part(unquote(address.partition("?")[0].partition("#")[0])) for each in written for address in each)
    return tuple(dict.fromkeys([part for part in found if part and len(part) <= _LONGEST]))[:_MOST]


def last_part(path: str) -> str:
    """What a post is called by the last part of its address or path, in lower case: no extension, no date, no index."""
    return _DATE_IN_FRONT.sub("", _parts(path)[-1].lower())


class Targets:
    """Finds the file that a reference means among the paths of all posts."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = set(paths)
        self._named: dict[str, list[str]] = {}
        for path in sorted(self._paths, key=_depth):
            self._named.setdefault(_parts(path)[-1].lower(), []).append(path)

    def add(self, path: str) -> None:
        """There is one more."""
        if path not in self._paths:
            self._paths.add(path)
            insort(self._named.setdefault(_parts(path)[-1].lower(), []), path, key=_depth)

    def discard(self, path: str) -> None:
        """There is one less."""
        if path in self._paths:
            self._paths.remove(path)
            name = _parts(path)[-1].lower()
            self._named[name].remove(path)
            if not self._named[name]:
                del self._named[name]

    def find(self, written: str, source: str) -> str | None:
        """The path that a reference in the post at ``source`` means, None for none.

        A whole path is that path. Else the post whose path, without extension and the folder ``_posts``, ends in the
        reference; of several the one in the nearest folder, else the one with the shortest path.
        """
        whole = written.partition("#")[0].lstrip("/")
        if whole in self._paths:
            return whole
        wanted = [part.lower() for part in _parts(whole) if part not in (".", "..")]
        if not wanted:
            return None
        fitting = [p for p in self._named.get(wanted[-1], ()) if _ends(_parts(p), wanted)]
        beside = PurePosixPath(source).parent
        return next((p for p in fitting if PurePosixPath(p).parent == beside), fitting[0] if fitting else None)


def _depth(path: str) -> tuple[int, str]:
    return path.count("/"), path


def _parts(path: str) -> list[str]:
    """The parts of a path that count: no ``_posts``, no extension, no ``index`` at the end."""
    parts = [part for part in _EXTENSION.sub("", path).split("/") if part and part != "_posts"]
    if len(parts) > 1 and parts[-1] in ("index", "_index"):
        parts.pop()
    return parts or [""]


def _ends(parts: Sequence[str], wanted: Sequence[str]) -> bool:
    return [part.lower() for part in parts[-len(wanted) :]] == list(wanted)
