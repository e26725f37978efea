"""What the guard takes for an accident, and what for a day's work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from syndicator.concerns import moment, redated, seconds, suspects
from syndicator.feeds import select
from syndicator.guard import Proposal, compare, leaving, taken_down
from syndicator.holding import Case, hold
from syndicator.model import Concern, FeedRecord, FeedSpec, Format, Held, Limits, PostRecord, Site, Visibility
from syndicator.selections import Selection
from syndicator.traces import dates_of, name_of, noted

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SITE = Site(title="The Example", url="https://news.example.org/")
LIMITS = Limits()
DAY = timedelta(days=1)
SPEC = FeedSpec(name="main", outputs=((Format.RSS, "feed.xml"),), limit=20)
EACH = FeedSpec(name="category", outputs=((Format.RSS, "category/{slug}.xml"),), each="category", limit=20)


def post(number: int, **fields: str) -> PostRecord:
    """A post of so many days before now."""
    published = NOW - number * DAY
    record = PostRecord(
        path=f"{number}.md", version="v", digest="d", content="c", match="m", visibility=Visibility.PUBLIC,
        due=published, published=published, updated=published, entry_id=f"tag:{number}",
        terms=(("category", ("News",) if number < 15 else ("Town",)),),
    )  # fmt: skip
    return record._replace(**fields)  # type: ignore[arg-type]


def stamps(members: list[PostRecord]) -> dict[str, tuple[int, int]]:
    return {record.entry_id: (seconds(record.published), seconds(record.updated)) for record in members}


def published(members: list[PostRecord], spec: FeedSpec = SPEC, name: str = "") -> FeedRecord:
    return FeedRecord(
        name=name or spec.name, id="urn:x", updated=NOW, members=tuple(r.entry_id for r in members),
        dates=dates_of([r.entry_id for r in members], stamps(members)), spec=name_of(spec),
    )  # fmt: skip


def proposal(members: list[PostRecord], *others: PostRecord, spec: FeedSpec = SPEC) -> Proposal:
    return Proposal(
        members=members, spec=name_of(spec), known={record.entry_id: record for record in (*members, *others)}
    )


def rules(prior: FeedRecord, proposed: Proposal, limits: Limits = LIMITS, approved: tuple[str, ...] = ()) -> list[str]:
    return [concern.rule for concern in compare(prior, proposed, limits, NOW, approved)]


TWENTY = [post(number) for number in range(1, 21)]
GONE = [record._replace(gone=NOW) for record in TWENTY]


def test_the_same_feed_is_no_concern() -> None:
    assert [] == rules(published(TWENTY), proposal(TWENTY))


def test_posts_pushed_out_by_news_are_no_concern() -> None:
    news = [post(0, path=f"n{n}.md", entry_id=f"tag:n{n}") for n in range(15)]

    assert [] == rules(published(TWENTY), proposal([*news, *TWENTY[:5]], *TWENTY[5:]))


def test_posts_whose_files_are_gone_in_bulk_are_a_concern() -> None:
    (concern,) = compare(published(TWENTY), proposal(TWENTY[:10], *GONE[10:]), LIMITS, NOW)[:1]

    assert ("vanished", 50, 30) == (concern.rule, concern.figure, concern.limit)
    assert "10 of 20 posts vanish (50 %, and 30 % is the limit)" == concern.sentence
    assert ("vanished: 11.md", "and 5 more") == (concern.examples[0], concern.examples[-1])
    assert {f"tag:{number}" for number in range(11, 21)} == suspects((concern,))


def test_fewer_than_the_least_are_no_concern_whatever_their_share() -> None:
    assert [] == rules(published(TWENTY), proposal(TWENTY[:11], *GONE[11:]))
    assert [] == rules(published(TWENTY[:9]), proposal([], *GONE[:9]))


def test_ids_that_nobody_knows_any_more_vanished_too() -> None:
    assert ["vanished", "shrunk"] == rules(published(TWENTY), proposal([]))


def test_posts_that_their_authors_take_down_are_no_concern() -> None:
    hidden = [
        *(record._replace(visibility=Visibility.DRAFT) for record in TWENTY[:7]),
        *(record._replace(visibility=Visibility.KILLED) for record in TWENTY[7:14]),
        *(record._replace(expires=NOW) for record in TWENTY[14:]),
    ]

    assert [] == rules(published(TWENTY), proposal([], *hidden))
    assert all(taken_down(record, NOW) for record in hidden)
    assert not any(taken_down(record, NOW) for record in (*TWENTY, *GONE, None))


def test_posts_that_their_authors_forbid_a_partner_are_no_concern_there_alone() -> None:
    partner = replace(SPEC, name="msn", partner="msn")
    forbidden = [record._replace(terms=(("syndicate", ("no",)),)) for record in TWENTY[:14]]
    prior, left = published(TWENTY, partner), proposal(TWENTY[14:], *forbidden, spec=partner)

    assert [] == rules(prior, replace(left, asked=partner))
    assert {r.entry_id for r in forbidden} == leaving(prior, replace(left, asked=partner), (), NOW)
    assert not any(taken_down(record, NOW, SPEC) for record in forbidden)
    assert ["vanished", "shrunk"] == rules(published(TWENTY), proposal(TWENTY[14:], *forbidden))


def test_posts_that_move_into_the_future_vanish() -> None:
    later = [record._replace(due=NOW + DAY) for record in TWENTY]

    assert ["vanished", "shrunk"] == rules(published(TWENTY), proposal([], *later))


def test_old_posts_with_new_ids_are_a_concern() -> None:
    others = [record._replace(entry_id=f"{record.entry_id};2") for record in TWENTY]

    assert ["vanished", "strangers"] == rules(published(TWENTY), proposal(others))


def test_an_old_archive_that_turns_up_behind_is_a_concern_unless_it_was_asked_for() -> None:
    archive = [post(number) for number in range(100, 115)]
    wider = replace(SPEC, limit=50)

    assert ["strangers"] == rules(published(TWENTY), proposal([*TWENTY, *archive]))
    assert [] == rules(published(TWENTY), proposal([*TWENTY, *archive], spec=wider))


def test_older_posts_that_move_up_for_those_that_leave_are_no_strangers() -> None:
    archive = [post(number) for number in range(100, 110)]

    assert ["vanished"] == rules(published(TWENTY), proposal([*TWENTY[10:], *archive], *GONE[:10]))


def test_posts_that_get_other_dates_in_bulk_are_a_concern() -> None:
    edited = [record._replace(updated=NOW) for record in TWENTY[:10]]

    (concern,) = compare(published(TWENTY), proposal([*edited, *TWENTY[10:]]), LIMITS, NOW)

    assert ("redated", 50) == (concern.rule, concern.figure)
    assert {record.entry_id for record in edited} == redated((concern,))
    assert [] == rules(published(TWENTY), proposal([*edited[:9], *TWENTY[9:]]))


def test_feeds_without_dates_are_not_compared_by_date() -> None:
    old = replace(published(TWENTY), dates=(), spec="")

    assert [] == rules(old, proposal([record._replace(updated=NOW) for record in TWENTY]))
    assert ["turned"] == rules(old, proposal(TWENTY[::-1]))
    assert ["strangers"] == rules(old, proposal([*TWENTY, *(post(number) for number in range(100, 115))]))
    assert [] == rules(replace(old, members=("tag:x",) * 20), Proposal(members=TWENTY, spec="", known={}))[1:]


def test_an_order_that_turns_over_is_a_concern() -> None:
    assert ["turned"] == rules(published(TWENTY), proposal(TWENTY[::-1]))
    assert [] == rules(published(TWENTY), proposal([TWENTY[1], TWENTY[0], *TWENTY[2:]]))
    (concern,) = compare(published(TWENTY), proposal(TWENTY[::-1]), LIMITS, NOW)
    assert [] == rules(published(TWENTY), proposal(TWENTY[::-1]), approved=concern.evidence)


def test_a_lower_limit_is_no_concern() -> None:
    assert [] == rules(published(TWENTY), proposal(TWENTY[:2], *TWENTY, spec=replace(SPEC, limit=2)))
    assert [] == rules(published(TWENTY), proposal(TWENTY[:2], *TWENTY))


def test_live_posts_that_leave_from_the_middle_are_a_concern_unless_something_else_is_asked_for() -> None:
    fewer = [*TWENTY[:3], TWENTY[19]]

    assert ["vanished", "shrunk"] == rules(published(TWENTY), proposal(fewer, *TWENTY))
    assert [] == rules(published(TWENTY), proposal(fewer, *TWENTY, spec=replace(SPEC, each="tag")))
    assert ["vanished"] == rules(published(TWENTY), proposal(fewer, *GONE, *fewer, spec=replace(SPEC, each="tag")))


def test_a_feed_that_all_its_live_posts_leave_is_no_concern() -> None:
    assert [] == rules(published(TWENTY), proposal([], *TWENTY))
    assert ["vanished", "shrunk"] == rules(published(TWENTY), proposal([], *TWENTY[:10], *GONE[10:]))


def test_no_percent_is_any() -> None:
    off = Limits(vanished_percent=0, strangers_percent=0, redated_percent=0, turned_percent=0, shrunk_percent=0)
    others = [record._replace(entry_id=f"{record.entry_id};2", updated=NOW) for record in TWENTY[::-1]]

    assert [] == rules(published(TWENTY), proposal([]), off)
    assert [] == rules(published(TWENTY), proposal(others), off)


@given(st.data())
def test_what_is_approved_is_no_concern_and_what_is_beside_it_is(data: st.DataObject) -> None:
    numbers = st.lists(st.integers(1, 40), unique=True, max_size=30)
    before = [post(number) for number in sorted(data.draw(numbers, "before"))]
    after = [
        post(number)._replace(updated=data.draw(st.sampled_from([NOW, NOW - number * DAY])))
        for number in data.draw(numbers, "after")
    ]
    limits = Limits(least_posts=data.draw(st.integers(1, 5)))
    concerns = compare(published(before), proposal(after), limits, NOW)
    approved = [name for concern in concerns for name in concern.evidence]

    again = compare(published(before), proposal(after), limits, NOW, approved)

    assert not {name for c in again for name in c.evidence if c.rule != "shrunk"} & set(approved)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)))
def test_a_moment_is_kept_to_the_second(instant: datetime) -> None:
    instant = instant.replace(tzinfo=UTC)

    assert instant.replace(microsecond=0) == moment(seconds(instant))
    assert 0 == seconds(None)


# --- all feeds together -------------------------------------------------------------------------------------------


def case(records: list[PostRecord], *waiting: Held, specs: tuple[FeedSpec, ...] = (SPEC, EACH)) -> Case:
    """Twenty posts were shown; these are there now."""
    live = [r for r in records if r.gone is None and not taken_down(r, NOW) and r.due and r.due <= NOW]
    return Case(
        proposed=select(specs, live, SITE, NOW),
        prior={
            "main": published(TWENTY),
            "category/news": published(TWENTY[:14], EACH, "category/news"),
            "category/town": published(TWENTY[14:], EACH, "category/town"),
            "removed": published(TWENTY, SPEC, "removed"),
        },
        waiting={held.feed: held for held in waiting},
        records=records,
        specs=specs,
    )


def judge(judged: Case, limits: Limits = LIMITS) -> tuple[dict[str, Selection], dict[str, Held], frozenset[str]]:
    result = hold(judged, limits, lambda posts: select((SPEC, EACH), posts, SITE, NOW), NOW)
    assert result.untouched <= result.held.keys()
    return {selection.name: selection for selection in result.selections}, dict(result.held), result.untouched


def ids(selection: Selection) -> list[str]:
    return [record.entry_id for record in selection.members]


def test_nothing_is_held_of_what_stays() -> None:
    selections, held, _ = judge(case(TWENTY))

    assert {"main", "category/news", "category/town"} == selections.keys()
    assert {} == held


def test_small_feeds_that_the_same_accident_hits_or_ends_are_held_too() -> None:
    selections, held, untouched = judge(case([*TWENTY[:8], *GONE[8:]]))

    assert {"main": "vanished", "category/news": "along", "category/town": "along"} == {
        name: each.concerns[0].rule for name, each in held.items()
    }
    assert held.keys() == untouched
    assert ids(selections["category/town"]) == [record.entry_id for record in TWENTY[14:]]
    assert "The Example: Town" == selections["category/town"].title
    assert "removed" not in selections


def test_a_feed_that_ended_gives_way_to_one_at_its_path() -> None:
    other = FeedSpec(name="other", outputs=((Format.RSS, "category/town.xml"),), limit=20)

    selections, held, _ = judge(case([*TWENTY[:8], *GONE[8:]], specs=(SPEC, EACH, other)))

    assert "category/town" not in selections
    assert "category/town" not in held


def test_a_feed_that_ended_and_whose_posts_say_nothing_of_it_keeps_its_name() -> None:
    gone = [record._replace(terms=()) for record in GONE[8:]]

    selections, _, _ = judge(case([*TWENTY[:8], *gone]))

    assert ("town", (("rss", "category/town.xml"),)) == (
        selections["category/town"].title, selections["category/town"].outputs,
    )  # fmt: skip


def test_posts_that_are_taken_down_leave_held_feeds() -> None:
    hidden = TWENTY[2]._replace(visibility=Visibility.KILLED)

    selections, held, untouched = judge(case([*TWENTY[:2], hidden, *TWENTY[3:8], *GONE[8:]]))

    assert {"main", "category/news", "category/town"} == held.keys()
    assert {"category/town"} == untouched
    assert [r.entry_id for r in TWENTY if r.entry_id != hidden.entry_id] == ids(selections["main"])


def test_posts_whose_new_dates_wait_are_shown_with_the_old_ones_everywhere() -> None:
    edited = [record._replace(updated=NOW) for record in TWENTY]

    result = hold(case(edited), LIMITS, lambda posts: select((SPEC, EACH), posts, SITE, NOW), NOW)

    assert {"main", "category/news"} == result.held.keys()
    assert {record.path for record in TWENTY} == result.frozen
    assert {s.name: list(s.members) for s in result.selections} == {
        "main": TWENTY, "category/news": TWENTY[:14], "category/town": TWENTY[14:],
    }  # fmt: skip


def test_what_is_approved_of_a_post_is_approved_in_every_feed() -> None:
    edited = [record._replace(updated=NOW) for record in TWENTY]
    _, held, _ = judge(case(edited))
    said = replace(held["main"], approved=held["main"].evidence)

    assert {} == judge(case(edited, said, held["category/news"]))[1]


def test_new_dates_that_some_feed_shows_already_are_not_taken_back() -> None:
    edited = [record._replace(updated=NOW) for record in TWENTY]
    known = case(edited)
    town = published(edited[14:], EACH, "category/town")

    result = hold(
        replace(known, prior={**known.prior, "category/town": town}),
        LIMITS, lambda posts: select((SPEC, EACH), posts, SITE, NOW), NOW,
    )  # fmt: skip

    assert {record.path for record in TWENTY[:14]} == result.frozen


def test_a_feed_that_waits_for_its_size_loses_what_is_taken_down() -> None:
    concern = Concern(rule="swollen", figure=2, limit=1, sentence="large", evidence=("swollen feed.xml",))
    waiting = Held(feed="main", concerns=(concern,), since=NOW - DAY)
    hidden = [TWENTY[0]._replace(visibility=Visibility.KILLED), *TWENTY[1:]]

    assert {} == judge(case(TWENTY, waiting))[1]
    selections, held, untouched = judge(case(hidden, waiting))
    assert ({"main": waiting}, frozenset()) == (held, untouched)
    assert [record.entry_id for record in TWENTY[1:]] == ids(selections["main"])
    assert {} == judge(case(hidden, replace(waiting, approved=concern.evidence)))[1]


def test_changes_add_up_for_a_while_and_no_longer() -> None:
    def step(known: FeedRecord, members: list[PostRecord], now: datetime) -> FeedRecord:
        return noted(known, known, spec="", stamps=stamps(members), now=now, limits=LIMITS, freed=False)

    first = [*(record._replace(updated=NOW) for record in TWENTY[:6]), *TWENTY[6:]]
    second = [record._replace(updated=NOW) if n < 12 else record for n, record in enumerate(TWENTY)]
    known = step(published(TWENTY), first, NOW)
    assert known.past is not None

    def held(later: timedelta) -> bool:
        found = replace(case(second), prior={"main": known}, specs=(SPEC,))
        return bool(hold(found, LIMITS, lambda posts: select((SPEC,), posts, SITE, NOW), NOW + later).held)

    assert [True, False] == [held(timedelta(minutes=9)), held(timedelta(minutes=11))]
    assert known.past == step(known, second, NOW + timedelta(minutes=9)).past
    assert step(known, first, NOW + timedelta(minutes=11)).past is None
    assert noted(known, known, spec="", stamps=stamps(second), now=NOW, limits=LIMITS, freed=True).past is None
    assert noted(known, known, spec="", stamps=stamps(second), now=NOW, limits=None, freed=False).past is None
