"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

#: Told the stage ("reading posts"), how much is done, and how much there is.
Progress = Callable[[str, int, int], None]


def quiet(stage: str, done: int, total: int) -> None:
    """Nobody watches."""
