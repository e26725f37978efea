"""Hosts that are left alone for a while, and what finds deliveries by host, topic and feed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hosts",
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_hosts")),
    )
    op.create_index("ix_deliveries_host", "deliveries", ["status", "host", "due"], unique=False)
    op.create_index("ix_deliveries_topic", "deliveries", ["topic", "status", "kind"], unique=False)
    op.create_index("ix_deliveries_feed", "deliveries", ["feed", "status", "kind"], unique=False)
