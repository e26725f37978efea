"""What is owed to others once documents are published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

#: How a host is called as far as it is purged and looked at.
CACHES = " (caches)"


class DeliveryKind(StrEnum):
    """What is sent, in the order in which it goes out: caches let go of the old bytes, somebody looks whether the world
    sees the new ones, then hubs and partners hear of them."""

    PURGE = "purge"
    VERIFY = "verify"
    HUB = "hub"
    WEBHOOK = "webhook"

    @property
    def stage(self) -> int:
        """Its place in that order."""
        return list(DeliveryKind).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """``target``, an address, is owed something about a topic's new version: by default a hub is owed word of it.

    ``feed`` is the one that the topic belongs to, ``body`` what is sent where that does not follow from the rest.
    """

    target: str
    topic: str
    digest: str
    kind: DeliveryKind = DeliveryKind.HUB
    feed: str = ""
    body: bytes = b""

    @property
    def host(self) -> str:
        """Who is asked, for limits: host and port of the target. Caches are somebody else than what is behind them."""
        return _host(self.kind, self.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing to send to one address, owed ``since`` and tried again when ``due``.

    ``id`` is the state's; ``attempts`` counts those already made; ``status`` is pending or given up. One target is owed
    one thing of a kind a topic: the newest version. Others as in Announcement.
    """

    id: int
    target: str
    topic: str
    digest: str
    attempts: int
    since: datetime
    due: datetime
    kind: DeliveryKind = DeliveryKind.HUB
    feed: str = ""
    body: bytes = b""
    status: str = "pending"
    error: str = ""

    @property
    def host(self) -> str:
        """As in Announcement."""
        return _host(self.kind, self.target)

    @property
    def shown_target(self) -> str:
        """The target without what may be secret in it."""
        parts = urlsplit(self.target)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPause:
    """Nothing is sent to a host before ``until``: it failed so many times in a row, last with ``error``."""

    host: str
    until: datetime
    failures: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What is owed to one host: how much, when ``next`` something goes there, and the pause that it is in.

    ``next`` is None where all was given up, or waits for something else to be done first.
    """

    host: str
    pending: int
    given_up: int
    next: datetime | None = None
    pause: HostPause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetState:
    """How it is between us and one target of a kind: what it is owed, when it last ``heard`` us, and when it last
    ``failed`` and with which ``error``. None and "" where it never did. ``pause`` is its host's.
    """

    kind: DeliveryKind
    target: str
    pending: int = 0
    given_up: int = 0
    heard: datetime | None = None
    failed: datetime | None = None
    error: str = ""
    pause: HostPause | None = None

    @property
    def host(self) -> str:
        """As in Announcement."""
        return _host(self.kind, self.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A partner's web hook, as far as it says who hears what: ``feeds`` are names of feeds ("category/news") or of what
    makes several of them ("category"), none for all.
    """

    url: str
    feeds: tuple[str, ...] = ()

    def wants(self, feed: str) -> bool:
        """Whether it hears of this feed."""
        return not self.feeds or feed in self.feeds or feed.partition("/")[0] in self.feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who is owed something after a publication, beside the hubs that documents name.

    ``purge`` is the address that caches are told at, ``verify`` that below which documents are looked at as the world
    sees them, each "" where that is not done.
    """

    purge: str = ""
    verify: str = ""
    hooks: tuple[Hook, ...] = ()


def _host(kind: DeliveryKind, target: str) -> str:
    host = urlsplit(target).netloc.rpartition("@")[2].lower()
    # A web hook or a hub at the site's own host that is left alone would have everybody wait for a look at the feeds.
    return f"{host}{CACHES}" if kind in (DeliveryKind.PURGE, DeliveryKind.VERIFY) else host
