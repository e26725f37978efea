"""What the source was like at the last pass: the file systems that it was on, and what goes on without it needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("passes", sa.Column("source", sa.LargeBinary(), nullable=True))
