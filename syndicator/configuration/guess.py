"""What a glance at the configuration suggests, before it is read with all its checks."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

DEFAULT_STATE = "sqlite:///var/state.db"
_SQLITE = "sqlite:///"


def nothing_built_yet(file: Path, environ: Mapping[str, str]) -> bool:
    """Whether a build will probably be the first: there is no state where it would be. Wrong only costs time."""
    try:
        state = tomllib.loads(file.read_text("utf-8")).get("state", {})
        url = environ.get("SYNDICATOR_STATE__URL") or state.get("url", DEFAULT_STATE)
        return url.startswith(_SQLITE) and not (file.parent / url.removeprefix(_SQLITE)).exists()
    except (OSError, ValueError, AttributeError):
        return False
