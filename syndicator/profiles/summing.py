"""What rules decided, in few words: counts for a summary, sentences for those who ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from syndicator.model import Deed, Verdict

_SAID = {Deed.DROP: "left out", Deed.FIX: "mended", Deed.WARN: "noted"}


def summed_up(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """``msn: posts 3 left out, 2 mended`` for each feed, in the order of their names; each post counts once."""
    feeds: dict[str, dict[str, Deed]] = {}
    weight = [*_SAID]
    for verdict in verdicts:
        if verdict.entry:
            posts = feeds.setdefault(verdict.feed, {})
            posts[verdict.entry] = min(posts.get(verdict.entry, verdict.action), verdict.action, key=weight.index)
    for name in sorted(feeds):
        counts = {said: [*feeds[name].values()].count(deed) for deed, said in _SAID.items()}
        yield f"{name}: posts " + ", ".join(f"{count} {said}" for said, count in counts.items() if count)


def spoken(verdict: Verdict) -> str:
    """What was decided, as it goes on after the name of a post."""
    return f"{_SAID[verdict.action]}: {verdict.message}"
