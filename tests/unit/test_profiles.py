"""What rules decide about entries: left out, mended or only noted, each with a sentence that says why."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.formats import render
from syndicator.model import (
    Content,
    Deed,
    Enclosure,
    Entry,
    FeedSpec,
    Format,
    Person,
    Profile,
    ProfileRule,
    Tombstone,
    Verdict,
)
from syndicator.model.profile import RuleValue
from syndicator.profiles.files import shipped, shipped_names
from syndicator.profiles.kinds import RULES
from syndicator.profiles.summing import summed_up
from syndicator.profiles.tailoring import fit, tailor, track
from tests.unit.feed_samples import BARE, NOON, PHOTO, RICH, legal_feeds, make_entry, make_feed
from tests.unit.test_profile_goldens import pictured

OUTPUTS = ((Format.RSS, "partner.xml"),)
LONG = make_entry(title="Rain in the valley, and no end to it")


def spec(profile: Profile | str | None = None, **changes: Any) -> FeedSpec:
    """A feed of a profile, changed as told."""
    found = shipped(profile) if isinstance(profile, str) else profile
    facts: dict[str, Any] = {"name": "main", "outputs": OUTPUTS, "profile": found}
    return FeedSpec(**{**facts, **changes})


def rule(name: str, value: RuleValue, does: Deed | None = None) -> Profile:
    """A profile of one rule."""
    one = ProfileRule(name=name, value=value, does=does or RULES[name].does[0])
    return Profile(name="strict", title="Strict", rules=(one,))


def one(entry: Entry, wanted: FeedSpec, **changes: Any) -> tuple[Entry | None, list[str]]:
    """What becomes of an entry, and what is said."""
    found = tailor(make_feed(entry, **changes), wanted)
    shown = found.feed.entries[0] if found.feed.entries else None
    return shown, [f"{verdict.action}: {verdict.message}" for verdict in found.verdicts]


def test_the_sentence_about_a_short_title_names_both_numbers() -> None:
    """partners-24, partners-53"""
    short = make_entry(title="Rain in the north")
    wanted = spec(rule("title_min", 21)).profile
    assert wanted is not None

    assert (None, ["drop: title has 17 characters, MSN wants more than 20"]) == one(
        short, spec(replace(wanted, title="MSN"))
    )


def test_a_short_title_makes_up_for_a_long_one() -> None:
    """partners-24: unless a short title is also given."""
    shown, said = one(make_entry(short_title="Rain"), spec(rule("title_min", 21)))

    assert (make_entry(short_title="Rain"), []) == (shown, said)


PICTURE = make_entry(image=PHOTO, enclosures=(Enclosure(url=PHOTO.url, type="image/jpeg", length=84213),))
NO_PICTURE = replace(PICTURE, image=None, enclosures=())
HTTP = replace(PHOTO, url="http://cdn.example.org/a.jpg")


@pytest.mark.parametrize(
    ("name", "value", "does", "entry", "mended", "said"),
    [
        ("title_max", 10, "fix", LONG, {"title": "Rain in…"}, "title has 36 characters, Strict wants at most 10"),
        ("title_max", 10, "warn", LONG, {}, "title has 36 characters, Strict wants at most 10"),
        ("short_title_max", 4, "fix", make_entry(short_title="Rains"), {"short_title": "Rai…"},
         "short title has 5 characters, Strict wants at most 4"),
        ("author_required", True, "fix", LONG, {"people": (Person(name="The Example newsroom"),)},
         "no author, Strict wants one"),
        ("description_max", 5, "fix", LONG, {"summary": "It…"}, "summary has 9 characters, Strict wants at most 5"),
        ("description_min", 20, "fix", LONG, {"summary": "It rains in the valley."},
         "summary has 9 characters, Strict wants at least 20"),
        ("body_max", 12, "fix", LONG, {"html": "<p>It rains in…</p>"},
         "text has 23 characters, Strict wants at most 12"),
        ("html_depth", 1, "fix", make_entry(html="<p><b>x</b></p>"), {"html": "<p>x</p>"},
         "elements stand 2 deep in each other, Strict wants at most 1"),
        ("html_breaks", 1, "fix", make_entry(html="a<br><br>b"), {"html": "a<br>b"},
         "2 line breaks in a row, Strict wants at most 1"),
        ("html_elements", ("p",), "fix", make_entry(html="<p><b>x</b></p>"), {"html": "<p>x</p>"},
         "text has b, which Strict does not take"),
        ("image_types", ("image/png",), "fix", PICTURE, {"image": None, "enclosures": ()},
         "picture is image/jpeg, Strict wants image/png"),
        ("image_max_bytes", 1000, "fix", PICTURE, {"image": None, "enclosures": ()},
         "picture has 84,213 bytes, Strict wants at most 1,000"),
        ("image_min_side", 900, "fix", PICTURE, {"image": None, "enclosures": ()},
         "picture has 1200 × 800 pixels, Strict wants a shorter side of at least 900"),
        ("image_min_longer_side", 1201, "warn", PICTURE, {},
         "picture has 1200 × 800 pixels, Strict wants a longer side of at least 1201"),
        ("image_min_width", 1201, "warn", PICTURE, {},
         "picture has 1200 × 800 pixels, Strict wants a width of at least 1201"),
        ("image_ratio_max", 1.2, "warn", PICTURE, {},
         "picture is 1.50 times as wide as high, Strict wants at most 1.2"),
        ("image_ratio_min", 1.6, "warn", PICTURE, {},
         "picture is 1.50 times as wide as high, Strict wants at least 1.6"),
        ("image_credit", True, "fix", replace(PICTURE, image=replace(PHOTO, credit="")),
         {"image": None, "enclosures": ()}, "picture has no credit, Strict wants one"),
        ("image_rights", ("own",), "fix", replace(PICTURE, image=replace(PHOTO, rights="Wire")),
         {"image": None, "enclosures": ()}, 'the rights of the picture are "wire", the feed has those of own'),
        ("https_only", True, "fix", make_entry(image=HTTP, html='<p>x</p><img src="http://a.example/b.jpg">'),
         {"image": None, "html": "<p>x</p>"}, "a picture or file without https, Strict wants https"),
    ],
)  # fmt: skip
def test_a_rule_mends_what_can_be_mended_and_says_why(
    name: str, value: RuleValue, does: str, entry: Entry, mended: dict[str, Any], said: str
) -> None:
    """partners.md J"""
    assert (replace(entry, **mended), [f"{does}: {said}"]) == one(entry, spec(rule(name, value, Deed(does))))


@pytest.mark.parametrize(
    ("name", "value", "entry", "said"),
    [
        ("languages", ("en", "de"), make_entry(language="it"), "language is it, Strict wants en or de"),
        ("image_required", True, NO_PICTURE, "no picture, Strict wants one"),
        ("body_required", True, BARE, "no text beside the summary, Strict wants the whole"),
        ("max_item_bytes", 20, LONG, "post has 75 bytes, Strict wants at most 20"),
        ("title_min", 100, LONG, "title has 36 characters, Strict wants more than 99"),
    ],
)
def test_a_rule_leaves_out_what_cannot_be_mended(name: str, value: RuleValue, entry: Entry, said: str) -> None:
    assert (None, [f"drop: {said}"]) == one(entry, spec(rule(name, value, Deed.DROP)))


def test_a_language_with_a_region_is_that_language() -> None:
    assert [] == one(make_entry(language="en-GB"), spec(rule("languages", ("en",))))[1]
    assert [] == one(make_entry(), spec(rule("languages", ("en",))), language="")[1]


def test_what_is_not_known_of_a_picture_is_not_held_against_it() -> None:
    unknown = replace(PICTURE, image=replace(PHOTO, type="", length=None, width=None, height=None))

    assert [] == one(unknown, spec("partner-fulltext", limit=1))[1][1:]


def test_who_mends_in_vain_says_so_and_goes_on() -> None:
    shown, said = one(BARE, spec(rule("description_min", 300)))

    assert (BARE, ["warn: summary has 0 characters, Strict wants at least 300"]) == (shown, said)


def test_a_picture_of_somebody_else_goes_from_the_text_too_and_ours_stands_in() -> None:
    """partners.md J; a wire photo is left out or swapped."""
    wire = replace(
        RICH, image=replace(PHOTO, rights="wire"),
        html='<p>a</p><figure><img src="https://cdn.example.org/tower.jpg?w=300"><figcaption>x</figcaption></figure>',
    )  # fmt: skip
    shown, said = one(wire, spec(image_rights=("own", "Getty"), image_fallback="/logo.png"))
    assert shown is not None

    assert "https://news.example.org/logo.png" == (shown.image.url if shown.image else "")
    assert ["https://news.example.org/logo.png", "https://cdn.example.org/fall.mp3"] == [
        file.url for file in shown.enclosures
    ]
    assert "<p>a</p>" == shown.html
    assert ['fix: the rights of the picture are "wire", the feed has those of own, Getty'] == said


@pytest.mark.parametrize("name", [name for name in shipped_names() if shipped(name).partner])
def test_a_partner_gets_no_picture_of_the_wire_unless_the_feed_has_the_rights(name: str) -> None:
    """partners-31: nor are MSN syndication rights told of a picture of which nobody has them."""
    wire = pictured(1, "A flood in the valley that passes everywhere", rights="wire")

    def written(**changes: Any) -> tuple[bool, bool]:
        feed = tailor(make_feed(wire), spec(name, **changes)).feed
        data = render(feed, Format.RSS, "f", "https://news.example.org/f").body
        return wire.image is not None and wire.image.url.encode() in data, b"hasSyndicationRights" in data

    assert (False, False) == written()
    assert (True, name == "msn") == written(image_rights=("wire",))


def test_a_picture_without_a_word_on_its_rights_is_our_own() -> None:
    assert [] == one(PICTURE, spec(image_rights=("own",)))[1]
    assert ['fix: the rights of the picture are "own", the feed has those of wire'] == one(
        PICTURE, spec(image_rights=("wire",))
    )[1]


def test_the_text_of_a_members_post_stays_where_it_is() -> None:
    """user-ask 18"""
    kept = replace(RICH, access="members")
    shown, said = one(kept, spec())
    assert shown is not None

    assert ("", kept.summary, kept.image, kept.enclosures[:1]) == (
        shown.html, shown.summary, shown.image, shown.enclosures
    )  # fmt: skip
    assert ['fix: its text is kept for "members", the summary stands for it'] == said
    assert (kept, []) == one(kept, spec(members=True))


def test_entries_that_do_not_fit_give_way_to_the_next() -> None:
    entries = [
        make_entry(id=f"urn:{n}", title="Too short" if n % 2 else "A title that is long enough") for n in range(6)
    ]
    found = tailor(make_feed(*entries), spec("msn", limit=2))

    assert ["urn:0", "urn:2"] == [entry.id for entry in found.feed.entries]
    assert spec("msn", limit=2).candidates > 2
    assert 2 == spec("newsletter", limit=2).candidates


def test_a_feed_with_too_few_entries_is_told() -> None:
    found = tailor(make_feed(LONG), spec(rule("min_items", 30)))

    assert ["1 posts, Strict wants at least 30"] == [verdict.message for verdict in found.verdicts]


def test_a_feed_that_is_too_large_loses_its_oldest_entries_and_no_text() -> None:
    entries = tuple(make_entry(id=f"urn:{n}", html="x" * 10) for n in range(5))
    found = fit(make_feed(*entries), 35, "Strict", lambda feed: sum(len(entry.html) for entry in feed.entries))

    assert entries[:3] == found.feed.entries
    assert [
        ("urn:3", "with it the file has 50 bytes, Strict wants at most 35"),
        ("urn:4", found.verdicts[0].message),
    ] == [(verdict.entry, verdict.message) for verdict in found.verdicts]


def test_the_public_profile_changes_nothing() -> None:
    feed = make_feed(LONG, RICH, BARE)

    assert feed == tailor(feed, spec("public")).feed
    assert feed == tailor(feed, spec("summary", content=Content.SUMMARY)).feed


@given(legal_feeds(), st.sampled_from(shipped_names()))
def test_a_feed_that_was_made_to_fit_fits(feed: Any, name: str) -> None:
    """Whatever entries are: nothing is mended twice, and what stays out stays out."""
    wanted = spec(name, tracking=(("utm_source", "rss"),))
    once = tailor(feed, wanted)

    assert once.feed == tailor(once.feed, wanted).feed
    assert set() == {v.rule for v in tailor(once.feed, wanted).verdicts if v.action is not Deed.WARN}
    assert {entry.id for entry in once.feed.entries} <= {entry.id for entry in feed.entries}


@pytest.mark.parametrize(
    ("expected", "url"),
    [
        ("https://a.example/b?utm_source=rss&utm_medium=a%26b", "https://a.example/b"),
        ("https://a.example/b?x=1&utm_source=rss&utm_medium=a%26b#top", "https://a.example/b?x=1#top"),
        ("https://a.example/b?utm_source=own&utm_medium=a%26b", "https://a.example/b?utm_source=own"),
        ("https://a.example/b?utm_source=rss&utm_medium=a%26b#", "https://a.example/b?#"),
    ],
)
def test_tracking_goes_to_the_end_of_the_query_and_before_the_fragment(expected: str, url: str) -> None:
    assert expected == track(url, (("utm_source", "rss"), ("utm_medium", "a&b")))
    assert expected == track(expected, (("utm_source", "rss"), ("utm_medium", "a&b")))


def test_tracking_leaves_ids_and_files_alone() -> None:
    shown, said = one(RICH, spec(tracking=(("utm_source", "rss"),)))

    assert (replace(RICH, url=f"{RICH.url}?utm_source=rss"), []) == (shown, said)


def test_counts_name_each_post_once_by_the_worst_that_befell_it() -> None:
    def verdict(entry: str, action: Deed) -> Verdict:
        return Verdict(feed="msn", entry=entry, rule="r", action=action, message="m")

    found = [verdict("a", Deed.FIX), verdict("a", Deed.DROP), verdict("b", Deed.WARN), verdict("", Deed.WARN)]

    assert ["msn: posts 1 left out, 1 noted"] == [*summed_up(found)]
    assert [] == [*summed_up([])]


def test_the_profiles_that_come_with_the_program_use_every_rule_but_one() -> None:
    """Nobody wants summaries short."""
    used = {rule.name for name in shipped_names() for rule in shipped(name).rules}

    assert {"description_max"} == set(RULES) - used


STONES = (
    Tombstone(ref="urn:a", when=NOON, title="What it was called", url="https://news.example.org/a.html",
              published=NOON - timedelta(days=3)),
    Tombstone(ref="urn:b", when=NOON - timedelta(days=1)),
)  # fmt: skip


def test_smartnews_is_told_of_a_take_down_by_an_item_that_says_so_with_a_new_date() -> None:
    """partners.md L: keep the item, set media:status to deleted, and change its date."""
    feed = tailor(make_feed(LONG, tombstones=STONES), spec("smartnews")).feed
    parsed = feedparser.parse(render(feed, Format.RSS, "f", "https://news.example.org/f").body)

    told = [(e.id, e.title, (e.get("media_status") or {}).get("state", "")) for e in parsed.entries]
    assert [
        ("urn:a", "What it was called", "deleted"),
        ("urn:b", "Withdrawn by its publisher", "deleted"),
        (LONG.id, LONG.title, ""),
    ] == told
    assert [(2023, 8, 24), (2023, 8, 23), (2023, 8, 24)] == [tuple(e.published_parsed[:3]) for e in parsed.entries]
    assert () == feed.tombstones
    assert feed == tailor(feed, spec("smartnews")).feed
    assert b"urn:a" not in render(feed, Format.JSON, "f", "https://news.example.org/f").body


def test_msn_is_told_of_a_take_down_by_an_end() -> None:
    """partners-28, and partners.md L: an end at least two hours ahead."""
    feed = tailor(make_feed(LONG, tombstones=STONES), spec("msn")).feed
    body = render(feed, Format.RSS, "f", "https://news.example.org/f").body.decode()

    assert ["urn:a", "urn:b", LONG.id] == [entry.id for entry in feed.entries]
    assert ["2023-08-24T14:00:00Z", "2023-08-23T14:00:00Z"] == re.findall(r"<dcterms:valid>end=([^;]+);", body)
    assert ["2023-08-24T12:00:00Z"] == re.findall(r"<dcterms:modified>([^<]+)<", body)[:1]
    assert "media:status" not in body


@pytest.mark.parametrize(
    ("deletion", "said", "unsaid"),
    [("media-status", '<media:status state="deleted"/>', "dcterms"), ("expiry", "<dcterms:valid>end=", "media:")],
)
def test_a_partner_of_the_owners_hears_of_a_take_down_without_elements_of_its_own(
    deletion: str, said: str, unsaid: str
) -> None:
    feed = tailor(make_feed(LONG, tombstones=STONES), spec(rule("deletion", deletion))).feed

    for format_ in (Format.RSS, Format.ATOM):
        body = render(feed, format_, "f", "https://news.example.org/f").body.decode()
        assert 2 == body.count(said)
        assert unsaid not in body


def test_who_wants_nothing_told_is_told_nothing() -> None:
    assert (STONES, ()) == (
        tailor(make_feed(LONG, tombstones=STONES), spec(rule("deletion", "tombstone"))).feed.tombstones,
        tailor(make_feed(LONG, tombstones=STONES), spec(rule("deletion", "drop"))).feed.tombstones,
    )
