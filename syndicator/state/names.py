"""The names of an open database: whether they still lead to it, and how it gets them back when they do not."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from syndicator.durable import sync_folder
from syndicator.errors import StateError
from syndicator.state.aside import BESIDE, OTHER, Identity, identity, replace_by
from syndicator.state.tables import APPLICATION

#: What is open is copied to this name, beside its own.
_COPY = ".copy"


def take_up(file: Path) -> None:
    """Where there is no state, but a whole copy of one: give it the name that it was made for, by a program that was
    killed just before it could."""
    real = Path(os.path.realpath(file))
    copy = real.with_name(f"{real.name}{_COPY}")
    if real.exists() or not copy.exists():
        return
    with suppress(OSError, sqlite3.Error):  # it stays where it is, and the state is made anew
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            owner = connection.execute("PRAGMA application_id").fetchone()
            is_whole = owner == (APPLICATION,) and connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        if is_whole:
            copy.replace(real)
            sync_folder(real.parent)


@dataclass(slots=True)
class Names:
    """What the names of a database led to when it was opened. SQLite opens what lies beside it later, and keeps both as
    long as anybody has the database open.

    A removed file is all there for whoever has it open, and for nobody else: not for the next start.
    """

    file: Path
    main: Identity | None
    _beside: dict[str, Identity] = field(default_factory=dict)

    @property
    def real(self) -> Path:
        """Where the file is, whatever links lead there: SQLite's own files lie beside it."""
        return Path(os.path.realpath(self.file))

    def is_taken(self) -> str:
        """How the file has lost its name, "" when it has it."""
        try:
            found = identity(self.file)
        except OSError:
            return ""  # nobody can tell
        if found == self.main:
            return ""
        return "its file was removed or renamed" if found is None else "another file was put in its place"

    def astray(self) -> str:
        """How the file has lost its name, or what lies beside it; "" when all is in place."""
        if taken := self.is_taken():
            return taken
        real = self.real
        for end in BESIDE:
            try:
                found = identity(real.with_name(real.name + end))
            except OSError:
                continue
            known = self._beside.get(end)
            if known is None and found is not None:
                self._beside[end] = found
            elif found != known:
                return f"{real.name}{end}, its log, was " + ("removed" if found is None else "replaced by another file")
        return ""

    def give_back(self, open_one: sqlite3.Connection, now: datetime) -> Path | None:
        """Put a copy of what is open at its name, and set aside what has taken that: the name is given back.

        SQLite neither writes to a file that has lost its name when it is closed, nor takes away what lies at the name
        of its log; so the old one is closed after this. Raises StateError and sqlite3.Error.
        """
        real = self.real
        new = self.copy(open_one, real.with_name(f"{real.name}{_COPY}"))
        # The copy is made page by page: should its program be killed before the log is gone, then SQLite finds the same
        # pages in there once more.
        return replace_by(real, new, now, OTHER, own=(self.main, *self._beside.values()))

    def copy(self, open_one: sqlite3.Connection, new: Path) -> Path:
        """A copy of what is open, on the disk. Raises StateError and sqlite3.Error."""
        try:
            new.parent.mkdir(parents=True, exist_ok=True)
            for end in ("", *BESIDE, "-journal"):
                new.with_name(new.name + end).unlink(missing_ok=True)  # of one who was killed over it
            with closing(sqlite3.connect(new, isolation_level=None)) as copy:
                open_one.backup(copy)
            handle = os.open(new, os.O_RDWR | os.O_CLOEXEC)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise StateError(
                f"state {new}", f"it cannot be made ({error.strerror})", "give this user the right to write there"
            ) from error
        return new
