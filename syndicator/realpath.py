"""Where a path really leads."""

from __future__ import annotations

import os
from pathlib import Path


def real_path(path: str | Path, *, strict: bool = False) -> Path:
    """The path without links. With ``strict`` what is not there raises OSError, and so do links that lead in circles:
    pathlib's own answer to these is a RuntimeError before Python 3.13, which nobody expects. Else they are left as they
    are, for whoever opens the path.
    """
    return Path(os.path.realpath(path, strict=strict))
