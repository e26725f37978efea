"""A roster that is kept true edit by edit chooses what a look at all posts would."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.feeds import live, select
from syndicator.instants import next_change
from syndicator.model import FeedSpec, Format, PostRecord, PostState, Site, Visibility
from syndicator.moments import micros
from syndicator.ports import PostLine
from syndicator.posts.references import Targets
from syndicator.roster import Roster
from syndicator.seen import Seen

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
SITE = Site(title="The Example", url="https://news.example.org/")
OUTPUTS = ((Format.RSS, "feed.xml"),)
EACH = ((Format.RSS, "{slug}.xml"),)
SPECS = (
    FeedSpec(name="main", outputs=OUTPUTS, limit=3),
    FeedSpec(name="history", outputs=((Format.ATOM, "history.xml"),), limit=2, archive=True),
    FeedSpec(name="young", outputs=((Format.RSS, "young.xml"),), limit=2, max_age=timedelta(days=3)),
    FeedSpec(name="news", outputs=(), limit=2, sitemap="news.xml"),
    FeedSpec(name="category", each="category", outputs=EACH, limit=2, exclude=(("tag", ("paid",)),)),
    FeedSpec(
        name="tag", each="tag", outputs=EACH, limit=2, sitemap="{slug}.map", max_age=timedelta(days=4),
        title="All of {value}",
    ),
    FeedSpec(name="folder", each="section", outputs=EACH, limit=4, include=(("path", ("a/**",)),)),
    FeedSpec(name="partner", outputs=((Format.RSS, "partner.xml"),), limit=3, partner="Acme"),
    FeedSpec(
        name="some", each="language", outputs=EACH, limit=9, include=(("category", ("News", "town")), ("tag", ("x",)))
    ),
)  # fmt: skip
DAYS = st.integers(-3, 9)
HOURS = st.sampled_from((0, 0, 1, 23))


def section(path: str) -> str:
    return path.partition("/")[0]


@st.composite
def records(draw: st.DrawFn) -> PostRecord:
    """A post among few paths and moments, so that many meet."""
    path = f"{draw(st.sampled_from('ab'))}/{draw(st.sampled_from('pqrstu'))}.md"
    published = NOON - timedelta(days=draw(DAYS), hours=draw(HOURS))
    due = draw(st.sampled_from((published, published, None, published + timedelta(days=1))))
    entry_id = draw(st.sampled_from((f"tag:{path}", f"tag:{path}", "")))
    settles = None if entry_id else draw(st.sampled_from((None, None, NOON - timedelta(days=draw(DAYS)))))
    values = st.lists(st.sampled_from(("News", "NEWS", "new s", "Town", "x", "paid")), max_size=3).map(tuple)
    return PostRecord(
        path=path,
        version=draw(st.sampled_from(("1:v", "2:v", "1:v~"))),
        digest="d",
        content="c",
        match="m",
        visibility=draw(st.sampled_from((*[Visibility.PUBLIC] * 4, *Visibility))),
        due=due,
        published=draw(st.sampled_from((published, published, published, None))),
        updated=published,
        expires=draw(st.sampled_from((None, None, NOON + timedelta(days=2), NOON - timedelta(days=draw(DAYS))))),
        entry_id=entry_id,
        terms=tuple(
            sorted(
                {
                    "category": draw(values),
                    "tag": draw(values),
                    "language": draw(st.sampled_from(((), ("en",), ("de",)))),
                    "syndicate_to": draw(st.sampled_from(((), (), ("acme",), ("other",)))),
                    "never asked for": draw(values),
                }.items()
            )
        ),
        gone=draw(st.sampled_from((None, None, None, NOON))),
        down=draw(st.sampled_from((None, None, None, NOON - timedelta(days=1)))),
        ready=None if settles is None else settles - timedelta(days=1),
        settles=settles,
    )


STEPS = st.lists(
    st.tuples(st.lists(records(), max_size=4), st.lists(st.sampled_from(("a/p.md", "b/q.md")), max_size=1), DAYS),
    min_size=1,
    max_size=5,
)


def lines(posts: Mapping[str, PostRecord], names: Collection[str]) -> list[PostLine]:
    def moment(instant: datetime | None) -> int | None:
        return None if instant is None else micros(instant)

    return [
        PostLine(
            path=r.path, version=r.version, published=moment(r.published), due=moment(r.due),
            expires=moment(r.expires), visibility=r.visibility, gone=r.gone is not None, named=r.entry_id != "",
            down=moment(r.down), ready=moment(r.ready), settles=moment(r.settles),
            terms=tuple(term for term in r.terms if term[0] in names),
        )
        for r in posts.values()
    ]  # fmt: skip


@pytest.mark.parametrize("many", [0, 2_000])
@pytest.mark.parametrize("last_path_first", [False, True])
@settings(max_examples=20, deadline=None)
@given(begin=st.lists(records(), max_size=9), steps=STEPS)
def test_a_roster_chooses_what_a_look_at_all_posts_would(
    last_path_first: bool, many: int, begin: list[PostRecord], steps: list[tuple[list[PostRecord], list[str], int]]
) -> None:
    """One edit after the other, and where so many come at once that everything is put in its place anew."""
    posts = {record.path: record for record in begin}
    roster = Roster(SPECS, section, last_path_first=last_path_first, begin="1:", many=many)
    roster.load(lines(posts, roster.names))

    def fetch(_: Collection[str]) -> Mapping[str, PostRecord]:
        return posts

    for changed, away, days in steps:
        now = NOON + timedelta(days=days)
        roster.turn(now)
        for path in away:
            posts.pop(path, None)
        posts.update({record.path: record for record in changed})
        roster.note(list({record.path: record for record in changed}.values()), away)
        shown = live(posts.values(), now, last_path_first=last_path_first)

        assert select(SPECS, shown, SITE, now, section) == roster.select(SITE, now, fetch)
        assert len(shown) == roster.live()
        assert next_change(posts.values(), now) == roster.next_change()
        there = {record.path: record for record in posts.values() if record.gone is None}
        due = {path for path, record in there.items() if record.state(now) is PostState.LIVE}
        assert len(there) == roster.there
        assert {path for path in due if not posts[path].entry_id} == roster.ripe()
        assert roster.risen() <= {path for path in due if posts[path].down}
        waiting = {p for p, r in there.items() if r.ready and not r.entry_id}
        assert {p for p in waiting if (ready := posts[p].ready) and ready > now} == roster.untimely(timedelta(days=1))
        assert waiting == roster.untimely(timedelta(days=2)) == roster.untimely(timedelta())
        killed = {p for p, r in posts.items() if r.visibility is Visibility.KILLED and r.down}
        assert killed == roster.killed(NOON - timedelta(days=2))
        assert {path for path in there if path.startswith("a/")} == set(roster.below("a"))
        assert {p: r.version[2:] if r.version[0] == "1" else "" for p, r in there.items()} == roster.versions()
        assert {path for path, record in there.items() if record.version == "1:v~"} == roster.unsettled
        assert [Targets(there).find(name, "a/x.md") for name in "pqrstu"] == [
            roster.targets().find(name, "a/x.md") for name in "pqrstu"
        ]


def test_whoever_is_to_be_seen_again_is_told_of_once_the_hour_has_come() -> None:
    """atom-66: also when nobody touched the file."""
    post = PostRecord(
        path="a.md", version="v", digest="", content="", match="", visibility=Visibility.PUBLIC, due=NOON,
        published=NOON - timedelta(hours=9), updated=NOON, entry_id="tag:a", down=NOON,
    )  # fmt: skip
    roster = Roster(SPECS, None)
    roster.turn(NOON - timedelta(hours=2))
    roster.note([post])
    before = set(roster.risen())
    roster.turn(NOON)

    assert (set(), {"a.md"}) == (before, roster.risen())


def test_what_is_refused_is_compared_by_its_own_version() -> None:
    roster = Roster((), None)
    post = PostRecord(
        path="a/b.md", version="good", digest="", content="", match="", visibility=Visibility.PUBLIC, due=NOON,
        published=NOON, updated=NOON, entry_id="tag:a",
    )  # fmt: skip
    roster.note([post, post._replace(path="a/c.md"), post._replace(path="a!.md"), post._replace(path="a0.md")])
    seen = Seen(roster, {"a/b.md": "bad", "a/new.md": ""})

    assert ("bad", "good", "", None) == tuple(map(seen.get, ("a/b.md", "a/c.md", "a/new.md", "a/d.md")))
    assert (True, True, False) == ("a/b.md" in seen, "a/new.md" in seen, "a" in seen)
    assert {"a/b.md", "a/c.md", "a/new.md"} == set(seen.below("a"))
    assert {"a/b.md": "bad", "a/c.md": "good", "a!.md": "good", "a0.md": "good", "a/new.md": ""} == seen.all()
