"""The publication, the files it is made of, and those who make it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The publication. ``url`` is absolute and ends in a slash; ``timezone`` is an IANA name."""

    title: str
    url: str
    description: str = ""
    language: str = "en"
    timezone: str = "UTC"
    author: str = ""

    def __post_init__(self) -> None:
        if not self.url.endswith("/"):
            raise ValueError(f"the site's address must end in a slash: {self.url!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """When a file was made and when it was last touched, as its source's history has it; where that does not say,
    ``unknown`` says why, and ``remedy`` what can be done.
    """

    created: datetime | None = None
    changed: datetime | None = None
    unknown: str = ""
    remedy: str = ""

    def moment(self, of: Literal["created", "changed"]) -> datetime | None:
        """One of the two."""
        return self.created if of == "created" else self.changed


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of the source: ``path`` is relative to the source's root with ``/``, ``version`` changes with the file.

    ``modified`` is when its bytes were made, where the source has a whole history that says so. ``beside`` are the
    files that belong to the post, as far as the dialect asks for them: paths from its folder, sorted.
    """

    path: str
    version: str
    data: bytes
    modified: datetime | None = None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who made a post: name and professional title kept apart."""

    name: str
    title: str = ""
    email: str = ""
    url: str = ""
    avatar: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a person has a name")
