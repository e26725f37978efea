"""The hold-off: what is saved by accident never leaves, and what readers know is never held (user-asks-17)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.ledger import Settled, record_of, settle
from syndicator.model import PostRecord, PostState, Skim, Visibility
from syndicator.ports import Move
from tests.unit.test_ledger import NOON, SITE, post

MINUTE = timedelta(minutes=1)
WAIT = 5 * MINUTE
NEW, OTHER = "_posts/2026-03-02-cake.md", "_posts/2026-03-02-gateau.md"
DRAFT: dict[str, Any] = {"visibility": Visibility.DRAFT}
KILLED: dict[str, Any] = {"visibility": Visibility.KILLED}
FUTURE: dict[str, Any] = {"published": NOON + timedelta(hours=1)}


def at(minutes: float) -> datetime:
    return NOON + minutes * MINUTE


class Site:
    """A ledger that knows one live post already, and what becomes of it by passes ``at`` so many minutes."""

    def __init__(self, wait: timedelta = WAIT, *known: Skim) -> None:
        self.records: dict[str, PostRecord] = {}
        self.wait = wait
        self.look(-60, post(), *known)

    def look(self, minutes: float, *seen: Skim, gone: tuple[str, ...] = (), moved: tuple[Move, ...] = ()) -> Settled:
        result = settle(
            self.records,
            [record_of(one, "v", SITE) for one in seen],
            gone,
            now=at(minutes),
            site_url=SITE,
            moved=moved,
            hold_off=self.wait,
        )
        self.records = dict(result.records)
        return result

    def state(self, minutes: float, path: str = NEW) -> PostState:
        """The state of a post after a pass in which nothing was seen."""
        self.look(minutes)
        return self.records[path].state(at(minutes))

    def appears(self, path: str = NEW) -> datetime | None:
        """When a post is first live if nothing else happens."""
        record = self.records[path]
        instants = [instant for instant in (record.due, record.settles) if instant is not None]
        return max(instants) if record.visibility is Visibility.PUBLIC and record.gone is None else None


def new(path: str = NEW, **changes: object) -> Skim:
    return post(path, **({"match": "Cake of 2026-03-02", "text": "Sugar."} | changes))


def test_a_new_post_waits_and_has_no_id_until_it_appears_at_that_very_instant() -> None:
    site = Site()
    site.look(0, new())

    assert PostState.SETTLING is site.state(5 - 1e-6)
    assert "" == site.records[NEW].entry_id
    assert PostState.LIVE is site.state(5)
    assert f"tag:news.example.org,2026-03-01:{NEW[:-3]}" == site.records[NEW].entry_id
    assert (None, None) == (site.records[NEW].ready, site.records[NEW].settles)


def test_its_dates_stay_those_of_its_author() -> None:
    held, free = Site(), Site(timedelta())
    for site in (held, free):
        site.look(0, new(modified=NOON - MINUTE))
        site.look(5)

    assert free.records == held.records


@pytest.mark.parametrize("minutes", [-3, 0, 2, 5, 8])
def test_it_appears_at_its_date_or_after_the_hold_off_whichever_is_later(minutes: float) -> None:
    site = Site()
    site.look(0, new(published=at(minutes)))

    assert max(at(minutes), at(5)) == site.appears()
    assert PostState.LIVE is not site.state(max(minutes, 5) - 1e-6)
    assert PostState.LIVE is site.state(max(minutes, 5))


@pytest.mark.parametrize("hidden", [DRAFT, FUTURE, KILLED, {"expires": NOON}])
def test_what_is_hidden_or_put_off_meanwhile_never_left_and_waits_anew_when_it_comes_back(
    hidden: dict[str, Any],
) -> None:
    site = Site()
    site.look(0, new())
    site.look(4, new(**hidden))
    assert PostState.LIVE is not site.state(10)
    assert "" == site.records[NEW].entry_id

    site.look(20, new())

    assert at(25) == site.appears()


def test_a_post_that_was_given_a_date_in_the_future_appears_at_that_date() -> None:
    site = Site()
    site.look(0, new())
    site.look(4, new(**FUTURE))

    assert FUTURE["published"] == site.appears()
    assert PostState.LIVE is site.state(60)


def test_what_is_removed_meanwhile_never_left_and_waits_anew_when_it_comes_back() -> None:
    site = Site()
    site.look(0, new())
    site.look(4, gone=(NEW,))
    site.look(20, new())

    assert at(25) == site.appears()


def test_edits_meanwhile_do_not_move_it() -> None:
    """Or a post that is worked on would never appear."""
    site = Site()
    for minutes in (0, 2, 4.9):
        site.look(minutes, new(text=f"Sugar {minutes}.", match=f"Cake {minutes}"))

    assert at(5) == site.appears()


def test_an_edit_in_the_pass_that_finds_the_time_over_does_not_hold_it_again() -> None:
    site = Site()
    site.look(0, new())
    site.look(9, new(text="More sugar."))

    assert PostState.LIVE is site.records[NEW].state(at(9))
    assert site.records[NEW].entry_id


def test_the_end_of_an_embargo_is_no_first_sight() -> None:
    site = Site()
    site.look(0, new(published=at(30)))
    site.look(31, new(published=at(30), text="Sugar and spice."))

    assert PostState.LIVE is site.records[NEW].state(at(31))


def test_a_post_that_readers_know_is_never_held() -> None:
    site = Site(WAIT, new())
    first = site.records[NEW].entry_id
    changes: dict[str, Any]
    for changes in ({"text": "Honey."}, DRAFT, {}, FUTURE, {}, KILLED, {}):
        site.look(1, new(**changes))
        assert site.records[NEW].settles is None
        assert first == site.records[NEW].entry_id
    site.look(2, gone=(NEW,))
    site.look(3, new())

    assert PostState.LIVE is site.records[NEW].state(at(3))


def test_a_first_pass_holds_nothing_nor_does_one_that_follows_an_adoption() -> None:
    """What was adopted is in the ledger without a version, since no pass has seen it."""
    fresh = Site()
    fresh.records = {}
    fresh.look(0, new(), post())
    adopted = Site()
    adopted.records = {path: record._replace(version="") for path, record in adopted.records.items()}
    adopted.look(0, new(), post())

    assert {PostState.LIVE} == {record.state(at(0)) for site in (fresh, adopted) for record in site.records.values()}


@pytest.mark.parametrize(
    ("renamed", "moved"),
    [
        ({}, ()),
        ({"text": "Other words."}, ()),
        ({"text": "Other words.", "match": "Other title"}, (Move(old=NEW, new=OTHER, alike=0.6),)),
    ],
)
def test_a_rename_keeps_the_time(renamed: dict[str, Any], moved: tuple[Move, ...]) -> None:
    site = Site()
    site.look(0, new(digest="same bytes"))
    bytes_ = {} if renamed else {"digest": "same bytes"}
    site.look(4, new(OTHER, **renamed, **bytes_), gone=(NEW,), moved=moved)

    assert at(5) == site.appears(OTHER)
    assert PostState.LIVE is site.state(5, OTHER)


def test_a_copy_waits_by_itself_and_so_does_the_second_of_two_that_one_may_have_become() -> None:
    site = Site()
    site.look(0, new(digest="same bytes"))
    site.look(2, new(OTHER, digest="same bytes"))
    third = "_posts/2026-03-02-torte.md"
    site.look(4, new(OTHER, digest="x"), new(third, digest="same bytes"), gone=(NEW,))

    assert (at(7), at(5)) == (site.appears(OTHER), site.appears(third))


def test_what_is_killed_and_taken_down_is_never_delayed() -> None:
    site = Site()
    site.look(0, new())
    site.look(1, new(**KILLED), post(**KILLED))

    assert {PostState.KILLED} == {record.state(at(1)) for record in site.records.values()}


def test_lowering_the_setting_frees_at_once_and_raising_it_holds_only_what_was_not_yet_live() -> None:
    site = Site()
    site.look(0, new())
    site.wait = 10 * MINUTE
    assert PostState.SETTLING is site.state(9)
    assert at(10) == site.appears()
    site.wait = 2 * MINUTE
    assert PostState.LIVE is site.state(9)
    site.wait = 60 * MINUTE

    assert PostState.LIVE is site.state(9)


def test_switching_it_off_frees_all_and_switching_it_on_holds_nothing_that_was_known() -> None:
    site = Site(timedelta())
    site.look(0, new(**FUTURE))
    site.wait = WAIT
    site.look(1, new(OTHER))
    assert (FUTURE["published"], at(6)) == (site.appears(), site.appears(OTHER))
    site.wait = timedelta()
    site.look(2)

    assert {None} == {record.settles for record in site.records.values()}
    assert PostState.LIVE is site.records[OTHER].state(at(2))


def test_a_clock_that_was_ahead_holds_nothing_for_longer_than_the_setting_says() -> None:
    site = Site()
    site.look(600, new())
    site.look(0)

    assert at(5) == site.appears()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["shown", "edited", "draft", "killed", "future", "gone", "nothing"]),
        st.integers(min_value=0, max_value=4),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_whatever_happens_it_appears_when_it_was_to_be_shown_for_so_long(steps: list[tuple[str, int]]) -> None:
    """An oracle that only knows since when the post has been as it is."""
    site, minutes = Site(), 0
    kind, since, due, was_live = "gone", 0, 0, False
    for count, (action, pause) in enumerate(steps):
        minutes += pause
        seen: tuple[Skim, ...] = ()
        embargoed_until = due
        if action == "nothing" or (action == "gone" and kind == "gone"):
            pass
        elif action == "gone":
            kind = "gone"
        else:
            wanted = "shown" if action == "edited" else action
            if action == "future":
                due = minutes + 3
            elif action in ("shown", "edited"):
                due = -1440
            was_future = kind == "future" and embargoed_until > minutes
            same = (wanted == kind and (wanted != "future" or was_future)) or (
                kind == "future" and not was_future and wanted == "shown"
            )
            if not same:
                since = minutes
            kind = wanted
            seen = (_step(action, count, due),)
        site.look(minutes, *seen, gone=(NEW,) if action == "gone" and NEW in site.records else ())
        is_shown = kind in ("shown", "future") and due <= minutes
        was_live = was_live or (is_shown and minutes >= since + 5)

        assert was_live == (NEW in site.records and bool(site.records[NEW].entry_id))
        if NEW in site.records and site.records[NEW].gone is None:
            live = site.records[NEW].state(at(minutes)) is PostState.LIVE
            assert (is_shown and (was_live or minutes >= since + 5)) == live


def _step(action: str, count: int, due: int) -> Skim:
    skim = new(text=f"{count}", published=at(due))
    visibility = {"draft": Visibility.DRAFT, "killed": Visibility.KILLED}.get(action, Visibility.PUBLIC)
    return skim._replace(visibility=visibility)
