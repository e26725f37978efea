"""Identity: given once, kept through renames, the same on every fresh build."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.ledger import Settled, record_of, settle
from syndicator.model import PostRecord, PostState, Skim, Visibility
from syndicator.ports import Move
from syndicator.posts.references import FORMER

SITE = "https://news.example.org/"
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


def post(path: str = "_posts/2026-03-01-bread.md", **changes: object) -> Skim:
    """A post as skimmed; ``text`` stands for what readers see of it."""
    text = changes.pop("text", "Flour and water.")
    values: dict[str, object] = {
        "path": path,
        "digest": f"bytes of {path} {text} {sorted(changes.items(), key=str)}",
        "content": f"Bread: {text}",
        "match": "Bread of 2026-03-01",
        "visibility": Visibility.PUBLIC,
        "published": datetime(2026, 3, 1, tzinfo=UTC),
    }
    return Skim(**(values | changes))  # type: ignore[arg-type]


def settled(
    known: dict[str, PostRecord],
    *posts: Skim,
    gone: tuple[str, ...] = (),
    now: datetime = NOON,
    moved: tuple[Move, ...] = (),
) -> Settled:
    return settle(known, [record_of(p, "v", SITE) for p in posts], gone, now=now, site_url=SITE, moved=moved)


def ids(result: Settled) -> dict[str, str]:
    return {path: record.entry_id for path, record in result.records.items() if record.gone is None}


def test_an_id_is_minted_from_the_post_alone() -> None:
    """atom-28: a tag URI."""
    first = settled({}, post())
    second = settled({}, post(), now=LATER)

    assert {"_posts/2026-03-01-bread.md": "tag:news.example.org,2026-03-01:_posts/2026-03-01-bread"} == ids(first)
    assert ids(first) == ids(second)


def test_an_id_survives_a_moved_file() -> None:
    """atom-24, atom-30, rss-30."""
    before = settled({}, post(digest="same bytes"))
    after = settled(
        dict(before.records),
        post("_posts/2026-03-01-loaf.md", digest="same bytes"),
        gone=("_posts/2026-03-01-bread.md",),
    )

    assert {"_posts/2026-03-01-loaf.md": before.records["_posts/2026-03-01-bread.md"].entry_id} == ids(after)
    assert ("_posts/2026-03-01-bread.md",) == after.moved


def test_an_id_survives_a_file_that_was_moved_and_edited_at_once() -> None:
    before = settled({}, post())
    after = settled(
        dict(before.records),
        post("_posts/2026-03-01-loaf.md", text="Flour, water, salt."),
        gone=("_posts/2026-03-01-bread.md",),
    )

    assert set(ids(before).values()) == set(ids(after).values())


@pytest.mark.parametrize(
    ("alike", "changes", "kept"),
    [
        (0.6, {}, True),
        (0.59, {}, False),
        (0.95, {"published": NOON - timedelta(days=2)}, True),
        (0.94, {"published": NOON - timedelta(days=2)}, False),
        (1.0, {"given_id": "its-own"}, False),
    ],
)
def test_a_source_that_knows_of_a_rename_is_believed_where_the_posts_are_alike(
    alike: float, changes: dict[str, object], kept: bool
) -> None:
    before = settled({}, post())
    move = Move(old="_posts/2026-03-01-bread.md", new="_posts/2026-03-01-cake.md", alike=alike)
    after = settled(
        dict(before.records),
        post(move.new, text="Sugar.", match="Cake", **changes),
        gone=(move.old,),
        moved=(move,),
        now=LATER,
    )

    assert kept == (set(ids(before).values()) == set(ids(after).values()))
    assert ((move.old,) if kept else ()) == after.moved


def test_a_rename_of_long_ago_and_one_whose_post_is_found_elsewhere_do_not_count() -> None:
    move = Move(old="_posts/2026-03-01-bread.md", new="_posts/2026-03-01-cake.md", alike=1.0)
    before = settled({}, post(digest="same bytes"))
    cake = post(move.new, text="Sugar.", match="Cake")
    loaf = post("_posts/2026-03-01-loaf.md", digest="same bytes")
    found = settled(dict(before.records), cake, loaf, gone=(move.old,), moved=(move,), now=LATER)
    away = settled(dict(before.records), gone=(move.old,), now=LATER)
    late = settled(dict(away.records), cake, moved=(move,), now=LATER + timedelta(days=1))

    assert ids(before)[move.old] == ids(found)[loaf.path] != ids(found)[move.new]
    assert ids(before)[move.old] != ids(late)[move.new]


@pytest.mark.parametrize("gone", ["_posts/2026-03-01-bread.md", "posts/bread.md", "posts/Bread/index.md"])
def test_a_post_that_redirects_from_one_that_left_carries_on_its_id(gone: str) -> None:
    """frontmatter-34, frontmatter-56, frontmatter-84: also when file, title and text are all new."""
    before = settled({}, post(gone))
    new = post("posts/loaf.md", match="Loaf of 2026-03-02", text="New.", terms=((FORMER, ("crumb", "bread")),))
    other = post("posts/roll.md", match="Roll of 2026-03-02", text="Roll.")
    after = settled(dict(before.records), new, other, gone=(gone,))

    assert ids(before)[gone] == ids(after)["posts/loaf.md"] != ids(after)["posts/roll.md"]


def test_a_post_goes_by_its_title_before_another_by_its_redirect() -> None:
    before = settled({}, post())
    named = post("_posts/2026-03-02-a.md", match="Other", text="Other.", terms=((FORMER, ("bread",)),))
    titled = post("_posts/2026-03-01-loaf.md", text="Rewritten.")
    after = settled(dict(before.records), named, titled, gone=("_posts/2026-03-01-bread.md",))

    assert ids(before)["_posts/2026-03-01-bread.md"] == ids(after)["_posts/2026-03-01-loaf.md"]


def test_an_id_survives_a_file_that_is_away_for_a_while() -> None:
    """rss-70: an id stays reserved."""
    first = settled({}, post(digest="same bytes"))
    second = settled(dict(first.records), gone=("_posts/2026-03-01-bread.md",))
    third = settled(dict(second.records), post("_posts/2026-03-01-loaf.md", digest="same bytes"), now=LATER)

    assert set(ids(first).values()) == set(ids(third).values())


def test_an_id_survives_a_changed_site_address() -> None:
    """atom-24, atom-71, jsonfeed-23, rss-30."""
    before = settled({}, post())
    after = settle(
        dict(before.records),
        [record_of(post(), "v2", "https://moved.example/")],
        (),
        now=LATER,
        site_url="https://moved.example/",
    )

    assert ids(before) == ids(after)


def test_a_new_post_at_the_old_place_of_a_moved_one_gets_an_id_of_its_own() -> None:
    """rss-30, rss-70, jsonfeed-25: an id is never used again."""
    first = settled({}, post(digest="same bytes"))
    second = settled(
        dict(first.records),
        post("_posts/2026-03-01-loaf.md", digest="same bytes"),
        gone=("_posts/2026-03-01-bread.md",),
    )
    third = settled(dict(second.records), post(match="Another bread", digest="other bytes"))

    assert 2 == len(set(ids(third).values()))


def test_two_posts_that_swap_places_keep_their_ids() -> None:
    before = settled({}, post("_posts/a.md", digest="A", match="A"), post("_posts/b.md", digest="B", match="B"))
    after = settled(
        dict(before.records), post("_posts/a.md", digest="B", match="B"), post("_posts/b.md", digest="A", match="A")
    )

    assert ids(before)["_posts/a.md"] == ids(after)["_posts/b.md"]
    assert ids(before)["_posts/b.md"] == ids(after)["_posts/a.md"]


def test_a_chain_of_moves_with_a_new_post_at_its_head_keeps_the_ids() -> None:
    before = settled({}, post("_posts/a.md", digest="A", match="A"), post("_posts/b.md", digest="B", match="B"))
    after = settled(
        dict(before.records),
        post("_posts/a.md", digest="new", match="new"),
        post("_posts/b.md", digest="A", match="A"),
        post("_posts/c.md", digest="B", match="B"),
    )

    assert ids(before)["_posts/a.md"] == ids(after)["_posts/b.md"]
    assert ids(before)["_posts/b.md"] == ids(after)["_posts/c.md"]
    assert 3 == len(set(ids(after).values()))


def test_a_post_rewritten_from_title_to_end_at_its_place_keeps_its_id() -> None:
    before = settled({}, post())
    after = settled(dict(before.records), post(digest="other", match="other", text="Other."), now=LATER)

    assert ids(before) == ids(after)


def test_untitled_posts_of_one_day_and_a_later_post_of_the_same_title_are_other_posts() -> None:
    untitled = settled({}, post("_posts/one.md", match="", digest="one"))
    after = settled(dict(untitled.records), post("_posts/two.md", match="", digest="two"), gone=("_posts/one.md",))
    assert untitled.records["_posts/one.md"].entry_id != after.records["_posts/two.md"].entry_id

    titled = settled({}, post("_posts/one.md", digest="one"))
    left = settled(dict(titled.records), gone=("_posts/one.md",))
    later = settled(dict(left.records), post("_posts/two.md", digest="two"), now=LATER)
    assert titled.records["_posts/one.md"].entry_id != later.records["_posts/two.md"].entry_id


def test_atom_12_a_modified_date_in_the_future_is_not_believed() -> None:
    result = settled({}, post(modified=LATER))

    assert datetime(2026, 3, 1, tzinfo=UTC) == result.records["_posts/2026-03-01-bread.md"].updated
    assert ["_posts/2026-03-01-bread.md"] == [warning.path for warning in result.warnings]


def test_a_copy_is_another_post() -> None:
    before = settled({}, post(digest="same bytes"))
    after = settled(dict(before.records), post("_posts/2026-03-01-copy.md", digest="same bytes"))

    assert 2 == len(set(ids(after).values()))


def test_the_front_matters_own_id_is_taken_as_it_is_when_it_is_an_iri() -> None:
    """atom-25, atom-27, atom-31."""
    assert ["urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a"] == list(
        ids(settled({}, post(given_id="urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a"))).values()
    )
    assert ["https://old.example/?p=123"] == list(
        ids(settled({}, post(given_id="https://old.example/?p=123"))).values()
    )


def test_atom_24_the_front_matters_own_id_is_made_an_iri_when_it_is_none() -> None:
    assert ["tag:news.example.org,2000:id/a%20guid"] == list(ids(settled({}, post(given_id="a guid"))).values())


def test_of_two_posts_with_one_id_the_second_is_refused_and_both_are_named() -> None:
    """atom-22, rss-30, jsonfeed-25."""
    one, two = post("_posts/a.md", given_id="same"), post("_posts/b.md", given_id="same")

    for order in ((one, two), (two, one)):
        result = settled({}, *order)

        assert ["_posts/a.md"] == list(result.records)
        assert ["_posts/b.md"] == [error.path for error in result.refused]
        assert "_posts/a.md" in result.refused[0].reason


def test_the_post_that_had_an_id_first_keeps_it() -> None:
    before = settled({}, post("_posts/b.md", given_id="same"))
    after = settled(dict(before.records), post("_posts/a.md", given_id="same"))

    assert ["_posts/b.md"] == list(ids(after))
    assert ["_posts/a.md"] == [error.path for error in after.refused]


def test_updated_is_the_first_date_until_there_is_an_edit() -> None:
    record = settled({}, post()).records["_posts/2026-03-01-bread.md"]

    assert datetime(2026, 3, 1, tzinfo=UTC) == record.published == record.updated


def test_updated_is_the_posts_own_modified_date() -> None:
    modified = datetime(2026, 3, 5, tzinfo=UTC)

    assert modified == settled({}, post(modified=modified)).records["_posts/2026-03-01-bread.md"].updated


def test_updated_never_lies_before_published() -> None:
    modified = datetime(2020, 1, 1, tzinfo=UTC)

    assert (
        datetime(2026, 3, 1, tzinfo=UTC)
        == settled({}, post(modified=modified)).records["_posts/2026-03-01-bread.md"].updated
    )


def test_an_edit_without_a_date_moves_updated_to_the_moment_it_was_seen_and_published_stays() -> None:
    """atom-36, rss-31, rss-69."""
    before = settled({}, post())
    after = settled(dict(before.records), post(text="Flour, water, salt."), now=LATER)
    record = after.records["_posts/2026-03-01-bread.md"]

    assert LATER == record.updated
    assert datetime(2026, 3, 1, tzinfo=UTC) == record.published


def test_updated_stays_when_only_the_file_changes() -> None:
    """atom-36."""
    before = settled({}, post())
    after = settled(dict(before.records), post(digest="other bytes, same text"), now=LATER)

    assert before.records["_posts/2026-03-01-bread.md"].updated == after.records["_posts/2026-03-01-bread.md"].updated


def test_published_stays_when_the_date_is_edited_later() -> None:
    """rss-69: a date that moves would put an old post on top again."""
    before = settled({}, post())
    after = settled(dict(before.records), post(published=datetime(2026, 3, 2, tzinfo=UTC)), now=LATER)

    assert datetime(2026, 3, 1, tzinfo=UTC) == after.records["_posts/2026-03-01-bread.md"].published


def test_a_draft_has_no_id_until_it_is_live() -> None:
    draft = settled({}, post(visibility=Visibility.DRAFT, published=None))
    live = settled(dict(draft.records), post(), now=LATER)

    assert {"_posts/2026-03-01-bread.md": ""} == ids(draft)
    assert datetime(2026, 3, 1, tzinfo=UTC) == live.records["_posts/2026-03-01-bread.md"].updated
    assert "" not in ids(live).values()


def test_an_embargoed_post_gets_its_id_when_its_time_comes_though_its_file_did_not_change() -> None:
    embargoed = settled({}, post(published=LATER))
    live = settled(dict(embargoed.records), now=LATER)

    assert {"_posts/2026-03-01-bread.md": ""} == ids(embargoed)
    assert "" not in ids(live).values()


def test_a_clock_that_goes_back_takes_nothing_away_that_was_shown_by_its_date() -> None:
    embargoed = settled({}, post(published=NOON))
    early = settled({}, post(published=NOON), now=NOON - timedelta(seconds=1))
    (shown,), (never,) = embargoed.records.values(), early.records.values()

    assert PostState.LIVE is shown.state(NOON - timedelta(hours=1))
    assert PostState.EMBARGOED is never.state(NOON - timedelta(hours=1))
    put_off = settled(dict(embargoed.records), post(published=LATER), now=NOON - timedelta(hours=1))
    assert PostState.EMBARGOED is put_off.records[shown.path].state(NOON)


@pytest.mark.parametrize("before", [timedelta(minutes=1), timedelta(days=7)], ids=["later", "earlier than the first"])
def test_a_clock_that_goes_back_takes_nothing_away_whose_date_was_changed_and_reached(before: timedelta) -> None:
    """Newsrooms give a post the date of its update; put off once more it waits as ever."""
    dated = NOON - before
    first = settled({}, post(published=NOON - timedelta(days=3)))
    (bumped,) = settled(dict(first.records), post(published=dated)).records.values()

    assert PostState.LIVE is bumped.state(NOON)
    assert PostState.LIVE is bumped.state(dated - timedelta(hours=1))
    assert NOON - timedelta(days=3) == bumped.published
    again = settled({bumped.path: bumped}, post(published=dated), now=dated - timedelta(hours=1))
    assert PostState.LIVE is again.records[bumped.path].state(dated - timedelta(hours=1)), "read once more"
    put_off = settled({bumped.path: bumped}, post(published=LATER))
    assert PostState.EMBARGOED is put_off.records[bumped.path].state(NOON)
    assert PostState.LIVE is put_off.records[bumped.path].state(LATER)


@pytest.mark.parametrize(
    ("name", "title"),
    [("{:%Y-%m-%dT%H}-a.md", "Bread"), ("{:%Y-%m-%dT%H}-a.md", ""), ("a.md", "Bread")],
    ids=["by its name", "by its name, and without a title", "by its folder's data"],
)
def test_a_post_that_is_put_off_by_what_is_not_in_it_waits_although_another_date_of_it_had_come(
    name: str, title: str
) -> None:
    """Shown by another date than its first, and then put off, with the same bytes."""
    days = [NOON - timedelta(days=3), NOON - timedelta(days=1), LATER]
    known: dict[str, PostRecord] = {}
    for day in days:
        match = f"{title} of {day}" if title else ""
        fresh = post(name.format(day), published=day, digest="same bytes", match=match)
        known = dict(settled(known, fresh, gone=tuple(known.keys() - {fresh.path})).records)

    (record,) = known.values()
    assert days[0] == record.published
    assert PostState.EMBARGOED is record.state(NOON)
    assert PostState.LIVE is record.state(LATER)


def test_a_post_that_was_shown_before_its_date_waits_for_it_when_that_is_not_wanted_any_more() -> None:
    """As often as the site's setting is given and taken back; its id and its date stay what readers have seen."""
    posts = {early: post(published=LATER, digest="same bytes", early=early) for early in (True, False)}
    known: dict[str, PostRecord] = {}
    states = []
    for early in (True, False, True, False):
        known = dict(settled(known, posts[early]).records)
        (record,) = known.values()
        states.append(record.state(NOON))

    assert [PostState.LIVE, PostState.EMBARGOED, PostState.LIVE, PostState.EMBARGOED] == states
    assert PostState.LIVE is record.state(LATER)
    assert record.published is not None
    assert (LATER, record_of(posts[True], "v", SITE).entry_id) == (
        record.published.replace(microsecond=0),
        record.entry_id,
    )


def test_a_clock_that_goes_back_brings_nothing_back_that_had_expired() -> None:
    (record,) = settled({}, post(expires=NOON)).records.values()
    taken_down = record._replace(down=NOON + timedelta(seconds=1))

    assert PostState.EXPIRED is taken_down.state(NOON - timedelta(hours=1))
    assert PostState.LIVE is taken_down._replace(expires=LATER).state(NOON + timedelta(hours=1))


def test_an_end_that_its_author_puts_off_counts_whatever_a_clock_that_was_ahead_decided() -> None:
    """Else the clock has to get to where it stood before anybody sees the post again."""
    (record,) = settled({}, post(expires=LATER)).records.values()
    known = {record.path: record._replace(down=NOON + timedelta(days=400))}
    assert PostState.EXPIRED is known[record.path].state(NOON)

    states = [
        settled(known, post(expires=expires, text=text)).records[record.path].state(NOON)
        for expires, text in ((LATER, "Edited."), (LATER + timedelta(days=1), "Put off."), (None, "Without."))
    ]

    assert [PostState.EXPIRED, PostState.LIVE, PostState.LIVE] == states


def test_a_post_that_is_changed_when_its_time_comes_appears_as_it_is_now() -> None:
    embargoed = settled({}, post(published=LATER))
    live = settled(dict(embargoed.records), post(published=LATER, text="Other words."), now=LATER)

    assert ["Bread: Other words."] == [record.content for record in live.changed]


def test_nothing_new_changes_nothing() -> None:
    before = settled({}, post())

    assert () == settled(dict(before.records), now=LATER).changed


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["", "x", "y"])), unique_by=lambda p: p[0]),
    st.randoms(),
)
def test_ids_are_unique_and_do_not_depend_on_order(pairs: list[tuple[str, str]], random: object) -> None:
    posts = [post(f"_posts/{name}.md", given_id=own) for name, own in pairs]
    shuffled = list(posts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    one, two = settled({}, *posts), settled({}, *shuffled)

    assert one.records == two.records
    assert len(set(ids(one).values())) == len(ids(one))


def test_a_post_whose_bytes_stayed_is_not_updated_whatever_readers_see_of_it() -> None:
    """frontmatter-75, atom-26: a name in the site's data changed, or how we read a field. That is no edit."""
    before = settled({}, post(digest="same bytes", content="by Jane Doe", terms=(("author", ("Jane Doe",)),)))
    fresh = post(digest="same bytes", content="by Jane Roe", terms=(("author", ("Jane Roe",)),))
    after = settled(dict(before.records), fresh, now=LATER)

    record = after.records[fresh.path]
    assert before.records[fresh.path].updated == record.updated
    assert (before.records[fresh.path].entry_id, ("Jane Roe",)) == (record.entry_id, record.values("author"))
    assert (record,) == after.changed


def test_terms_that_a_newer_version_reads_move_neither_ids_nor_dates() -> None:
    """frontmatter-62: a ledger from before posts had a language."""
    before = settled({}, post())
    fresh = post()._replace(terms=(("language", ("en",)),))
    after = settled(dict(before.records), fresh, now=LATER)

    known = before.records[fresh.path]
    assert known._replace(terms=(("language", ("en",)),)) == after.records[fresh.path]


def test_an_edit_after_a_change_of_the_data_is_one() -> None:
    first = settled({}, post(digest="1", content="by Jane Doe"))
    renamed = settled(dict(first.records), post(digest="1", content="by Jane Roe"), now=LATER)
    after = settled(dict(renamed.records), post(digest="2", content="by Jane Roe, more"), now=LATER)

    assert LATER == after.records["_posts/2026-03-01-bread.md"].updated
