"""What all tables of the configuration's file have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table takes the keys that it knows, each as the type that it is, and never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
