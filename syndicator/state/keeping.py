"""A state that is open is looked after: that it keeps its names, and the one who may write to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from syndicator.errors import StateError
from syndicator.realpath import real_path
from syndicator.state.aside import OTHER, name_aside
from syndicator.state.database import Database
from syndicator.state.lock import Right


@dataclass(frozen=True, slots=True)
class Keeper:
    """Of a database that is open, and of its writer's right."""

    database: Database
    right: Right

    @property
    def is_lost(self) -> bool:
        """Whether another process has what stands under the state's name."""
        return self.right.is_gone

    def look(self) -> str:
        """What has happened to the files, "" when nothing has. It costs next to nothing."""
        if trouble := self.database.astray() or self.right.astray():
            return trouble
        try:
            self.right.renew()  # the database may be another since the last look
        except StateError as error:
            return error.reason
        return ""

    def mend(self, now: datetime) -> str:
        """Put back what is not in its place; what was done, for people. Raises StateError, with nothing lost.

        Where another process has taken the state meanwhile, nobody can: what is open is saved beside then.
        """
        trouble = self.look()
        try:
            self.right.renew()
        except StateError as error:
            if not self.is_lost:
                raise
            file = real_path(self.database.engine.url.database or "")
            aside = name_aside(file, OTHER, now)
            self.database.save(aside)
            raise StateError(
                error.what,
                f"{trouble} while it was in use, and {error.reason}; what it held was saved as {aside.name}",
                "see which of the two is the right one, and run that alone",
            ) from error
        aside_now = self.database.give_back_names(now, self.right.renew)
        done = f"{trouble} while it was in use; it was put back with all that it held"
        return done + (f", and what stood there was set aside as {aside_now.name}" if aside_now else "")
