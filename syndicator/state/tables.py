"""The tables, as both SQLite and PostgreSQL understand them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    event,
)
from sqlalchemy.engine import Connection, Dialect

from syndicator.moments import EPOCH, MICROSECOND

#: The newest migration; a database that says so needs no look at alembic.
HEAD = "0011"

#: "Synd": says in the header of a SQLite file whose it is, also where the rest of it is damaged.
APPLICATION = 0x53796E64


class Instant(TypeDecorator[datetime]):
    """A moment as whole microseconds since 1970 in UTC: exact, sortable and the same in every database."""

    # As in ``moments``, written out: a call more for every moment of every row would be felt.

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else EPOCH + value * MICROSECOND


class Json(TypeDecorator[Any]):
    """A value of plain types as JSON bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes:  # noqa: ARG002
        return orjson.dumps(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else orjson.loads(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

posts = Table(
    "posts",
    metadata,
    Column("path", String, primary_key=True),
    Column("version", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("content", String, nullable=False),
    Column("match", String, nullable=False),
    Column("visibility", String, nullable=False),
    Column("due", Instant),
    Column("published", Instant),
    Column("updated", Instant),
    Column("modified", Instant),
    Column("expires", Instant),
    Column("entry_id", String, nullable=False),
    Column("given_id", String, nullable=False),
    Column("terms", Json, nullable=False),
    Column("gone", Instant),
    Column("down", Instant),
    Column("ready", Instant),
    Column("settles", Instant),
    Index("ix_posts_entry_id", "entry_id"),
)
# Few posts are gone, so that these cost a build nothing.
for _clue in ("gone", "digest", "given_id"):
    Index(
        f"ix_posts_gone_by_{_clue}",
        posts.c[_clue],
        sqlite_where=posts.c.gone.is_not(None),
    )


@event.listens_for(posts, "before_create")
def _few_posts_are_gone(_: Table, connection: Connection, **__: object) -> None:
    # The same in PostgreSQL's words; to say them before loads all that is known of PostgreSQL, wanted or not.
    if connection.dialect.name == "postgresql":
        for index in posts.indexes:
            if str(index.name).startswith("ix_posts_gone_by_"):
                index.dialect_kwargs["postgresql_where"] = posts.c.gone.is_not(None)


refusals = Table(
    "refusals",
    metadata,
    Column("path", String, primary_key=True),
    Column("version", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("since", Instant, nullable=False),
    Column("line", Integer),
    Column("column", Integer),
    Column("remedy", String, nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("path", String, ForeignKey("posts.path", ondelete="CASCADE"), primary_key=True),
    Column("key", String, nullable=False),
    Column("image", Json, nullable=False),
    Column("entry", Json, nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    Column("name", String, primary_key=True),
    Column("id", String, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("settings", String, nullable=False),
    Column("members", Json, nullable=False),
    Column("tombstones", Json),
    Column("dates", Json),
    Column("spec", String),
    Column("past", Json),
)

held = Table(
    "held",
    metadata,
    Column("feed", String, primary_key=True),
    Column("concerns", Json, nullable=False),
    Column("since", Instant, nullable=False),
    Column("approved", Json),
)

documents = Table(
    "documents",
    metadata,
    Column("path", String, primary_key=True),
    Column("url", String, nullable=False),
    Column("feed", String, nullable=False),
    Column("format", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("source", String, nullable=False),
    Column("version", String, nullable=False),
    Column("changed", Instant, nullable=False),
    Column("media_type", String, nullable=False),
    Column("hubs", Json, nullable=False),
    Column("length", BigInteger),
    Column("page", Integer, nullable=False, server_default="0"),
)

pages = Table(
    "pages",
    metadata,
    Column("feed", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("members", Json, nullable=False),
    Column("content", String, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("missing", Json),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("target", String, nullable=False),
    Column("host", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("feed", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("status", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("since", Instant, nullable=False),
    Column("due", Instant, nullable=False),
    Column("leased_until", Instant),
    Column("error", String, nullable=False),
    UniqueConstraint("kind", "target", "topic"),
    Index("ix_deliveries_due", "status", "due"),
    Index("ix_deliveries_host", "status", "host", "due"),
    Index("ix_deliveries_topic", "topic", "status", "kind"),
    Index("ix_deliveries_feed", "feed", "status", "kind"),
    sqlite_autoincrement=True,  # an id is never used again
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", String, primary_key=True),
    Column("until", Instant, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("error", String, nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("kind", String, primary_key=True),
    Column("target", String, primary_key=True),
    Column("heard", Instant),
    Column("failed", Instant),
    Column("error", String, nullable=False, server_default=""),
)

images = Table(
    "images",
    metadata,
    Column("url", String, primary_key=True),
    Column("version", String, nullable=False),
    Column("type", String, nullable=False),
    Column("length", BigInteger),
    Column("width", Integer),
    Column("height", Integer),
    Column("status", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", Instant),
    Column("leased_until", Instant),
    Column("error", String, nullable=False),
    Index("ix_images_due", "status", "due"),
)

passes = Table(
    "passes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("posts", Integer, nullable=False),
    Column("live", Integer, nullable=False),
    Column("feeds", Integer, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("written", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("orders", String, nullable=False),
    Column("next_change", Instant),
    Column("next_why", String),
    Column("source", Json),
)
