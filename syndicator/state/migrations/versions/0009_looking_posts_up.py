"""Posts found by their ids, and those that are gone by what a post that turns up elsewhere has in common with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_posts_entry_id", "posts", ["entry_id"], unique=False)
    gone = sa.text("gone IS NOT NULL")
    for clue in ("gone", "digest", "given_id"):
        op.create_index(
            f"ix_posts_gone_by_{clue}", "posts", [clue], unique=False, sqlite_where=gone, postgresql_where=gone
        )
