"""What feeds keep of entries that were taken down, and when posts were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # NULL is none: an older version remembered nothing of the kind.
    op.add_column("feeds", sa.Column("tombstones", sa.LargeBinary(), nullable=True))
    op.add_column("posts", sa.Column("down", sa.BigInteger(), nullable=True))
