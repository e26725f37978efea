"""Until when posts are held off before they first appear, and why the next change comes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("ready", sa.BigInteger(), nullable=True))
    op.add_column("posts", sa.Column("settles", sa.BigInteger(), nullable=True))
    op.add_column("passes", sa.Column("next_why", sa.String(), nullable=True))
