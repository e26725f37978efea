"""When each hub, cache and partner last heard of something, and when it last did not, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("heard", sa.BigInteger(), nullable=True),
        sa.Column("failed", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("kind", "target", name=op.f("pk_contacts")),
    )
