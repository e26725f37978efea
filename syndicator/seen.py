"""What a look at the source is compared with."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from syndicator.roster import Roster


class Seen:
    """The versions that a look at the source is compared with, as that has them: those of posts, and of what is
    ``refused``, which is newer.
    """

    def __init__(self, roster: Roster, refused: Mapping[str, str]) -> None:
        self._roster = roster
        self._refused = refused

    def get(self, path: str, /) -> str | None:
        """The version of a file, "" where it does not count any more, None for no such file."""
        version = self._refused.get(path)
        return self._roster.version(path) if version is None else version

    def __contains__(self, path: object, /) -> bool:
        return path in self._refused or (isinstance(path, str) and self._roster.has(path))

    def below(self, folder: str) -> Collection[str]:
        """The paths of files in and below a folder."""
        inside = f"{folder}/"
        return {*self._roster.below(folder), *(path for path in self._refused if path.startswith(inside))}

    def all(self) -> dict[str, str]:
        """All of them."""
        versions = self._roster.versions()
        versions.update(self._refused)
        return versions
