"""What an adoption writes, and what it must leave alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicator.adoption import Match
from syndicator.ledger import record_of, settle
from syndicator.model import PostRecord, Skim, Visibility
from syndicator.oldfeeds import OldItem
from syndicator.takeover import Takeover, take_over

SITE = "https://news.example.org/"
NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
DAY = datetime(2026, 3, 1, tzinfo=UTC)
OLD = "https://news.example.org/?p=1"


def record(path: str = "bread.md", version: str = "v", **changes: object) -> PostRecord:
    values: dict[str, object] = {
        "path": path,
        "digest": f"bytes of {path}",
        "content": f"content of {path}",
        "match": path,
        "visibility": Visibility.PUBLIC,
        "published": DAY,
    }
    return record_of(Skim(**(values | changes)), version, SITE)  # type: ignore[arg-type]


def match(path: str = "bread.md", entry_id: str = OLD, published: datetime | None = DAY, **rest: datetime) -> Match:
    return Match(item=OldItem(id=entry_id, published=published, **rest), path=path, by="address")  # type: ignore[arg-type]


def taken(
    *matches: Match, seen: tuple[PostRecord, ...] = (record(),), known: tuple[PostRecord, ...] = (), dates: bool = True
) -> Takeover:
    before = {one.path: one for one in known}
    settled = settle(before, seen, (), now=NOW, site_url=SITE)
    fresh = {one.path: one for one in seen}
    return take_over(matches, settled.records, before, settled.moved, fresh, now=NOW, dates=dates)


def test_id_and_dates_are_taken_as_they_are() -> None:
    """atom-26."""
    earlier, later = DAY - timedelta(hours=5), DAY + timedelta(hours=5)
    (heir,) = taken(match(entry_id="HTTP://Old.example/%7e", published=earlier, updated=later)).heirs

    assert ("HTTP://Old.example/%7e", earlier, later) == (
        heir.record.entry_id,
        heir.record.published,
        heir.record.updated,
    )


def test_where_a_feed_says_of_no_change_the_post_was_never_updated() -> None:
    """What git knows of later changes is no news to readers who never heard of them."""
    (heir,) = taken(match(), seen=(record(modified=NOW - timedelta(days=1)),)).heirs

    assert DAY == heir.record.updated


def test_without_dates_those_of_the_post_stay() -> None:
    (heir,) = taken(match(published=DAY - timedelta(days=9)), dates=False).heirs

    assert (DAY, DAY) == (heir.record.published, heir.record.updated)


def test_a_change_in_the_future_is_none() -> None:
    (heir,) = taken(match(), seen=(record(modified=NOW + timedelta(days=1)),), dates=False).heirs

    assert DAY == heir.record.updated


def test_dates_in_the_future_are_not_taken() -> None:
    found = taken(match(published=NOW + timedelta(days=1)))

    assert DAY == found.heirs[0].record.published
    assert ("bread.md: the old feed's date lies in the future (2026-03-10), it is not taken",) == found.remarks


@pytest.mark.parametrize("edit", ["none", "rules", "text"])
def test_the_first_pass_after_it_moves_nothing_but_what_was_edited(edit: str) -> None:
    """atom-24."""
    (heir,) = taken(match(updated=DAY + timedelta(hours=1))).heirs
    fresh = {
        "none": record(),
        "rules": record(version="other", content="read in another way"),
        "text": record(digest="new", content="new"),
    }
    after = settle({"bread.md": heir.record}, (fresh[edit],), (), now=NOW, site_url=SITE).records["bread.md"]

    assert (OLD, DAY) == (after.entry_id, after.published)
    assert (NOW if edit == "text" else DAY + timedelta(hours=1)) == after.updated


def test_a_draft_has_its_id_when_it_is_live_again() -> None:
    (heir,) = taken(match(), seen=(record(visibility=Visibility.DRAFT),)).heirs
    after = settle({"bread.md": heir.record}, (record(),), (), now=NOW, site_url=SITE).records["bread.md"]

    assert (OLD, DAY) == (after.entry_id, after.published)


def test_what_has_no_date_at_all_waits() -> None:
    found = taken(match(published=None), seen=(record(published=None, visibility=Visibility.DRAFT),))

    assert ((), (f"bread.md: has no date yet, and is given none; adopt {OLD} when it has one",)) == (
        found.heirs,
        found.remarks,
    )


def test_an_id_in_front_matter_stays() -> None:
    """frontmatter-75."""
    found = taken(match(), seen=(record(given_id="urn:own"),))

    assert ((), ("bread.md: keeps the id of its front matter, urn:own, not " + OLD,)) == (found.heirs, found.remarks)
    assert (OLD,) == tuple(h.record.entry_id for h in taken(match(), seen=(record(given_id=OLD),)).heirs)


def test_what_a_build_has_published_keeps_its_id() -> None:
    found = taken(match(), known=(record(),))

    assert () == found.heirs
    assert ["a build has given it the id tag:news.example.org,2026-03-01:bread, which readers may know"] == [
        reason for _, reason in found.clashes
    ]


def test_another_adoption_changes_nothing_and_a_better_one_corrects() -> None:
    (first,) = taken(match()).heirs
    again = taken(match(), known=(first.record,))
    better = taken(match(entry_id="urn:better"), known=(first.record,))

    assert ((), 1) == (again.heirs, len(again.settled))
    assert [("urn:better", OLD)] == [(heir.record.entry_id, heir.before) for heir in better.heirs]


def test_after_a_build_what_was_adopted_is_as_it_should_be() -> None:
    (first,) = taken(match()).heirs
    built = settle({"bread.md": first.record}, (record(),), (), now=NOW, site_url=SITE).records["bread.md"]
    found = taken(match(published=DAY - timedelta(days=9)), known=(built,))

    assert ((), 1, ()) == (found.heirs, len(found.settled), found.clashes)


@pytest.mark.parametrize(
    ("other", "known"),
    [
        pytest.param(record("cake.md", given_id=OLD), (), id="front-matter"),
        pytest.param(record("cake.md"), (record("cake.md")._replace(entry_id=OLD),), id="ledger"),
        pytest.param(record("cake.md"), (record("gone.md")._replace(entry_id=OLD, gone=DAY),), id="gone"),
    ],
)
def test_an_id_that_another_post_has_is_not_given_twice(other: PostRecord, known: tuple[PostRecord, ...]) -> None:
    found = taken(match(), seen=(record(), other), known=known)
    holder = known[0].path if known else other.path

    assert () == found.heirs
    assert [f"{holder} has that id, or is to have it"] == [reason for _, reason in found.clashes]


def test_one_id_for_two_posts_is_given_to_neither() -> None:
    found = taken(match("bread.md"), match("cake.md"), seen=(record(), record("cake.md")))

    assert ((), 2) == (found.heirs, len(found.clashes))


def test_an_id_that_would_be_minted_for_another_post_is_free() -> None:
    minted = "tag:news.example.org,2026-03-01:cake"
    (heir,) = taken(match(entry_id=minted), seen=(record(), record("cake.md"))).heirs
    after = settle({"bread.md": heir.record}, (record(), record("cake.md")), (), now=NOW, site_url=SITE).records

    assert {"bread.md": minted, "cake.md": minted + ";2"} == {path: one.entry_id for path, one in after.items()}


def test_a_post_that_was_renamed_after_an_adoption_has_its_id_once() -> None:
    (first,) = taken(match()).heirs
    renamed = record("loaf.md", digest="bytes of bread.md")
    before = {"bread.md": first.record}
    settled = settle(before, (renamed,), ("bread.md",), now=NOW, site_url=SITE)
    found = take_over((match("loaf.md"),), settled.records, before, settled.moved, {}, now=NOW, dates=True)

    assert (["loaf.md"], ("bread.md",)) == ([heir.record.path for heir in found.heirs], found.moved)


@pytest.mark.parametrize(
    ("entry_id", "reason"),
    [
        ("x" * 1_001, "its id has more than 1,000 characters"),
        ("a\x00b", "its id has characters that XML cannot carry"),
        ("a\ud800", "its id has characters that XML cannot carry"),
    ],
)
def test_ids_that_no_feed_can_carry_are_refused(entry_id: str, reason: str) -> None:
    assert [reason] == [why for _, why in taken(match(entry_id=entry_id)).clashes]


def test_ids_that_are_no_iris_are_kept_and_told() -> None:
    """atom-24."""
    found = taken(match(entry_id="123"))

    assert ("1 ids are no IRIs, such as 123; they are kept, though Atom asks for IRIs",) == found.remarks


def test_live_posts_that_the_old_feed_has_not_are_named_newest_first() -> None:
    newer = record("cake.md", published=DAY + timedelta(days=1))
    seen = (record(), newer, record("pie.md"), record("draft.md", visibility=Visibility.DRAFT))

    assert ("cake.md", "pie.md") == taken(match(), seen=seen).new
    assert ("pie.md",) == taken(match(), seen=seen, known=(newer,)).new
