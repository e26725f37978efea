"""Deliveries of several kinds, and to which host they go."""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A new table, as SQLite cannot change what is unique in one.
    op.drop_index("ix_deliveries_due", table_name="deliveries")
    op.rename_table("deliveries", "deliveries_before")
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries_of_kinds"),
        sa.UniqueConstraint("kind", "target", "topic", name=op.f("uq_deliveries_kind")),
        sqlite_autoincrement=True,
    )
    same = ("id", "topic", "digest", "status", "attempts", "since", "due", "leased_until", "error")
    connection = op.get_bind()
    former = sa.table("deliveries_before", *map(sa.column, (*same, "hub")))
    table = sa.table("deliveries", *map(sa.column, (*same, "kind", "target", "host", "feed", "body")))
    rows = [
        {
            **{name: row._mapping[name] for name in same},  # noqa: SLF001
            "kind": "hub",
            "target": row.hub,
            "host": urlsplit(row.hub).netloc.rpartition("@")[2].lower(),
            "feed": "",
            "body": b"",
        }
        for row in connection.execute(sa.select(former))
    ]
    if rows:
        op.bulk_insert(table, rows)
    op.drop_table("deliveries_before")
    op.create_index("ix_deliveries_due", "deliveries", ["status", "due"], unique=False)
