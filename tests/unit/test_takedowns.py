"""What feeds keep of posts that were taken down, how these come back, and who has them still."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syndicator.feeds import MOST_TOMBSTONES, build_feed, identify, live, select, settings_digest
from syndicator.ledger import Settled, record_of, settle
from syndicator.model import (
    Delivery,
    DocumentRecord,
    Entry,
    FeedRecord,
    FeedSpec,
    Format,
    PostRecord,
    Site,
    Skim,
    Tombstone,
    Visibility,
)
from syndicator.plan import want
from syndicator.selections import Selection
from syndicator.takedowns import by_id, fallen, lay_down, revive, tombstones, who_has_it, with_killed

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
SITE = Site(title="The Example", url="https://news.example.org/")
MAIN = FeedSpec(name="main", outputs=((Format.ATOM, "atom.xml"),), limit=2, tombstones=True)
QUIET = replace(MAIN, name="quiet", tombstones=False)


def skim(name: str, visibility: Visibility = Visibility.PUBLIC, **changes: object) -> Skim:
    values: dict[str, object] = {
        "path": name, "digest": f"{name} {visibility} {changes}", "content": name, "match": f"title of {name}",
        "visibility": visibility, "published": NOON - timedelta(days=ord(name[-1])),
    }  # fmt: skip
    return Skim(**(values | changes))  # type: ignore[arg-type]


class Room:
    """A ledger and its feeds, pass by pass."""

    def __init__(self, *specs: FeedSpec) -> None:
        self.specs = specs or (MAIN, QUIET)
        self.posts: dict[str, PostRecord] = {}
        self.feeds: dict[str, FeedRecord] = {}
        self.shown: dict[str, PostRecord] = {}
        self.selections: tuple[Selection, ...] = ()

    def make_pass(self, *posts: Skim, gone: tuple[str, ...] = (), now: datetime = NOON) -> Settled:
        seen = [record_of(post, "v", SITE.url) for post in posts]
        settled = revive(settle(self.posts, seen, gone, now=now, site_url=SITE.url), self.specs, now)
        alive = live(settled.records.values(), now)
        self.shown = {record.entry_id: record for record in alive}

        def choose(records: object) -> tuple[Selection, ...]:
            return select(self.specs, records, SITE, now)  # type: ignore[arg-type]

        self.selections = with_killed(choose(alive), settled, choose, now)
        settled = lay_down(settled, self.feeds, self.selections, now)
        self.posts = dict(settled.records)
        down = tombstones(fallen(self.feeds, self.selections, self.posts, now), by_id(self.feeds.values()), {}, now)
        self.feeds = {
            one.name: identify(one, self.feeds.get(one.name), settings="s", now=now, feeds_url="x", down=down)
            for one in self.selections
        }
        return settled

    def stones(self, feed: str = "main") -> dict[str, datetime]:
        return {stone.ref: stone.when for stone in self.feeds[feed].tombstones}


def test_the_tombstones_of_a_feed_are_the_newest_hundred() -> None:
    """atom-68, atom-65."""
    stones = tuple(Tombstone(ref=f"tag:{n}", when=NOON - timedelta(minutes=n)) for n in range(MOST_TOMBSTONES + 9))
    prior = FeedRecord(name="main", id="urn:x", updated=NOON, settings="s", tombstones=stones)
    selection = Selection(name="main", spec=MAIN, title="", outputs=MAIN.outputs, members=())

    record = identify(
        selection, prior, settings="s", now=LATER, feeds_url="x", down={stone.ref: stone for stone in stones}
    )

    assert stones[:MOST_TOMBSTONES] == record.tombstones


def test_a_take_down_advances_the_feed_beyond_what_was_published_a_moment_before() -> None:
    """atom-12: the moment of the removal, and not that of a newer entry."""
    room = Room()
    room.make_pass(skim("a"))
    newer = skim("b", published=LATER - timedelta(minutes=5))
    room.make_pass(newer, gone=("a",), now=LATER)

    assert LATER == room.feeds["main"].updated == room.feeds["quiet"].updated


def test_a_feed_that_tells_of_nothing_is_not_moved_by_what_it_did_not_show() -> None:
    room = Room()
    room.make_pass(skim("a"), skim("b"), skim("c"))
    before = {name: feed.updated for name, feed in room.feeds.items()}
    room.make_pass(skim("c", Visibility.KILLED), now=LATER)

    assert {"main": LATER, "quiet": before["quiet"]} == {name: feed.updated for name, feed in room.feeds.items()}
    assert room.stones("main") == room.stones("quiet") != {}


def test_a_feed_that_is_new_knows_what_was_killed_of_late_and_is_not_changed_for_it_later() -> None:
    room = Room(QUIET)
    room.make_pass(skim("a"), skim("b"))
    room.make_pass(skim("a", Visibility.KILLED), now=LATER)
    room.specs = (QUIET, MAIN)
    room.make_pass(now=LATER + timedelta(days=1))
    first = room.feeds
    room.make_pass(now=LATER + timedelta(days=2))

    assert list(room.stones().values()) == [LATER]
    assert first == room.feeds


def test_a_post_shown_before_its_date_is_gone_no_earlier_than_that() -> None:
    """atom-66."""
    room = Room()
    room.make_pass(skim("a", published=LATER + timedelta(days=9), early=True))
    room.make_pass(gone=("a",), now=LATER)

    assert [LATER + timedelta(days=9)] == list(room.stones().values())


def test_a_tombstone_keeps_what_the_entry_was_called() -> None:
    """For formats that say in other ways that something is gone."""
    record = record_of(skim("a"), "v", SITE.url)
    entry = Entry(
        id=record.entry_id, url="https://x.example/a", title="Alpha", summary="", html="", published=NOON, updated=NOON
    )
    (stone,) = tombstones({record.entry_id: record}, {}, {"a": entry}, LATER).values()

    assert Tombstone(ref=record.entry_id, when=LATER, title="Alpha", url="https://x.example/a", published=NOON) == stone


def test_tombstones_are_named_by_a_document_and_its_settings_only_where_it_tells_of_them() -> None:
    """An upgrade moves no feed's date, and no feed is written for what it does not say."""
    stone = Tombstone(ref="tag:a", when=NOON)
    for spec, told in ((MAIN, True), (QUIET, False)):
        selection = Selection(name="x", spec=spec, title="T", outputs=spec.outputs, members=())
        bare = FeedRecord(name="x", id="urn:x", updated=NOON)
        full = replace(bare, tombstones=(stone,))
        sources = {want(selection, record, {}, salt="s", feeds_url="x")[0].source for record in (bare, full)}

        assert (2 if told else 1) == len(sources)
        assert ((stone,) if told else ()) == build_feed(selection, full, {}, SITE, ()).tombstones
    loud, still = (Selection(name="x", spec=s, title="T", outputs=s.outputs, members=()) for s in (MAIN, QUIET))
    assert settings_digest(loud, SITE, (), "x") != settings_digest(still, SITE, (), "x")


def test_a_post_that_was_killed_keeps_the_moment_through_later_changes_and_loses_it_when_it_is_back() -> None:
    room = Room()
    room.make_pass(skim("a"))
    room.make_pass(skim("a", Visibility.KILLED), now=LATER)
    room.make_pass(skim("a", Visibility.KILLED, content="other"), now=LATER + timedelta(days=1))
    assert LATER == room.posts["a"].down

    room.make_pass(skim("a"), now=LATER + timedelta(days=2))
    assert room.posts["a"].down is None


def test_a_post_killed_before_its_moment_was_kept_stays_as_it_is() -> None:
    """By an older version."""
    killed = record_of(skim("a", Visibility.KILLED), "v", SITE.url)._replace(entry_id="tag:a")
    room = Room()
    room.posts = {"a": killed}
    room.make_pass(skim("a", Visibility.KILLED), now=LATER)

    assert room.posts["a"].down is None
    assert {} == room.stones()


def test_nothing_is_revived_that_was_not_told_to_be_gone() -> None:
    """Half of a folder may have been away for a minute: nobody is sent it again."""
    room = Room(QUIET)
    room.make_pass(skim("a"), skim("b"))
    before = room.posts["a"].updated
    room.make_pass(gone=("a",), now=LATER)
    room.make_pass(skim("a"), now=LATER + timedelta(days=1))

    assert before == room.posts["a"].updated


MOVES = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from([Visibility.PUBLIC, Visibility.DRAFT, Visibility.KILLED, None]),
        st.sampled_from([0, 1, 3600, 86_400 * 40]),
        st.booleans(),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=300)
@given(MOVES)
@example([("a", state, 0, False) for state in (Visibility.DRAFT, Visibility.PUBLIC) * 3])
@example([("a", state, 0, False) for state in (Visibility.KILLED, Visibility.PUBLIC) * 3])
def test_whatever_happens_to_posts_readers_are_never_told_that_one_is_both_gone_and_there(
    moves: list[tuple[str, Visibility | None, int, bool]],
) -> None:
    """atom-12, atom-65, atom-66."""
    room = Room()
    now = NOON
    room.make_pass(*(skim(name) for name in "abcd"))
    told: dict[str, datetime] = {}
    for name, visibility, seconds, minor in moves:
        now += timedelta(seconds=seconds)
        terms = (("minor edit", ("true",)),) if minor else ()
        if visibility is None:
            room.make_pass(gone=(name,), now=now)
        else:
            room.make_pass(skim(name, visibility, content=str(seconds), terms=terms), now=now)
        for feed, selection in zip(room.feeds.values(), room.selections, strict=True):
            stones = {stone.ref: stone for stone in feed.tombstones}
            assert not stones.keys() & set(feed.members)
            assert not stones.keys() & room.shown.keys()
            assert len(stones) == len(feed.tombstones)
            if selection.spec.tombstones:
                assert all(stone.when <= feed.updated for stone in stones.values())
                told |= {ref: stone.when for ref, stone in stones.items()}
        for ref in room.feeds["main"].members:
            record = room.shown[ref]
            if ref in told and record.updated is not None:
                assert record.updated.replace(microsecond=0) > told[ref]


# --- who has it ---------------------------------------------------------------------------------------------------


def document(feed: str, changed: datetime, source: str = "s") -> DocumentRecord:
    return DocumentRecord(
        path=f"{feed}.xml", url=f"https://x.example/{feed}.xml", feed=feed, format=Format.ATOM, digest="d",
        source=source, version="v", changed=changed,
    )  # fmt: skip


def feed(name: str, *, members: tuple[str, ...] = (), stones: tuple[Tombstone, ...] = ()) -> FeedRecord:
    return FeedRecord(name=name, id="urn:x", updated=NOON, members=members, tombstones=stones)


GONE = record_of(skim("a"), "v", SITE.url)._replace(gone=NOON, entry_id="tag:a")
STONE = Tombstone(ref="tag:a", when=NOON, title="Alpha", url="https://x.example/a")


@pytest.mark.parametrize(
    ("known", "standing", "shown"),
    [
        (feed("main", stones=(STONE,)), document("main", NOON), ()),
        (feed("main", stones=(STONE,)), document("main", NOON - timedelta(days=1)), ()),
        (feed("main", stones=(STONE,)), document("main", NOON - timedelta(days=1), ""), ("main",)),
        (feed("main", stones=(STONE,)), document("main", NOON, ""), ()),
        (feed("main", members=("tag:a",)), document("main", NOON), ("main",)),
    ],
    ids=["written", "written to the same bytes", "not written", "not written since", "held"],
)
def test_a_document_has_what_it_could_not_be_made_without(
    known: FeedRecord, standing: DocumentRecord, shown: tuple[str, ...]
) -> None:
    (one,) = who_has_it({"a": GONE}, {"main": known}, [standing, document("else", NOON)], (), LATER)

    assert tuple(f"https://x.example/{name}.xml" for name in shown) == one.shown
    assert ("a", "tag:a", "gone") == (one.path, one.id, one.state)


def test_hubs_are_owed_word_of_documents_that_it_was_in() -> None:
    deliveries = tuple(
        Delivery(id=n, target="h", topic=f"https://x.example/{name}.xml", digest="d", attempts=1, since=NOON, due=NOON)
        for n, name in enumerate(("main", "else"))
    )
    feeds = {"main": feed("main", stones=(STONE,)), "else": feed("else")}
    documents = [document("main", NOON), document("else", NOON)]

    (one,) = who_has_it({"a": GONE}, feeds, documents, deliveries, LATER)

    assert deliveries[:1] == one.owed
    assert ("Alpha", NOON) == (one.title, one.when)


def test_what_is_long_gone_or_back_again_is_not_told() -> None:
    feeds = {"main": feed("main", stones=(STONE,))}

    assert () == who_has_it({"a": GONE}, feeds, [], (), NOON + timedelta(days=91))
    assert () == who_has_it({"a": GONE._replace(gone=None)}, feeds, [], (), LATER)
    assert () == who_has_it({}, feeds, [], (), LATER)
