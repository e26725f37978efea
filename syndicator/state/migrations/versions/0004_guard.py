"""What the guard compares, and the feeds that it holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held",
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("concerns", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("approved", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_held")),
    )
    op.add_column("feeds", sa.Column("dates", sa.LargeBinary(), nullable=True))
    op.add_column("feeds", sa.Column("spec", sa.String(), nullable=True))
    op.add_column("feeds", sa.Column("past", sa.LargeBinary(), nullable=True))
    op.add_column("documents", sa.Column("length", sa.BigInteger(), nullable=True))
