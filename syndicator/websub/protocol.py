"""What WebSub asks of a publisher: the form of an announcement, and what a hub's answer means."""

from __future__ import annotations

from collections.abc import Sequence

from syndicator.deliveries.outcome import Verdict, meaning


def ping(topic: str) -> Sequence[tuple[str, str]]:
    """The form that tells a hub of a topic's new version.

    One topic a request, named twice: hubs of protocol 0.3 read ``hub.url``, others ``hub.topic`` (websub-11, 12).
    """
    return (("hub.mode", "publish"), ("hub.url", topic), ("hub.topic", topic))


def judge(status: int, body: bytes) -> Verdict:
    """Any 2xx is success. A hub without subscribers to a topic may say so with a 500: nothing is owed then."""
    if status == 500 and b"topic not found" in body.lower():
        return Verdict.UNHEARD
    return meaning(status)
