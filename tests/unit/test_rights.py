"""Who may have a post: what its author wrote, and what a feed for a partner makes of it. When in doubt nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from syndicator.model import FeedSpec, Format, PostRecord, Visibility
from syndicator.posts.fields import DEFAULT_FIELDS
from syndicator.rights import access_of, rights_terms, withheld_from

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
OUTPUTS = ((Format.RSS, "feed.xml"),)


def terms(data: dict[str, Any]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    said: list[str] = []
    found = rights_terms(data, DEFAULT_FIELDS, lambda _, reason: said.append(reason))
    return dict(found), said


def reason(data: dict[str, Any], partner: str) -> str:
    record = PostRecord(
        path="a.md", version="v", digest="d", content="c", match="m", visibility=Visibility.PUBLIC, due=NOON,
        published=NOON, updated=NOON, terms=tuple(terms(data)[0].items()),
    )  # fmt: skip
    return withheld_from(record, FeedSpec(name="f", outputs=OUTPUTS, partner=partner))


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ({}, None), ({}, ""), ({}, True), ({}, "yes"), ({}, "all"), ({}, "Everybody"),
        ({"syndicate": ("no",)}, False), ({"syndicate": ("no",)}, "no"), ({"syndicate": ("no",)}, "none"),
        ({"syndicate": ("no",)}, []), ({"syndicate_to": ("msn",)}, "msn"),
        ({"syndicate_to": ("msn", "x y")}, ["msn", "x y"]),
    ],
)  # fmt: skip
def test_the_author_allows_all_some_or_none(expected: dict[str, tuple[str, ...]], value: object) -> None:
    assert (expected, []) == terms({"syndicate": value})


def test_what_is_neither_yes_or_no_nor_names_means_no_and_is_told() -> None:
    found, said = terms({"syndicate": {"a": "b"}})

    assert {"syndicate": ("no",)} == found
    assert ['syndicate: "" is neither yes or no nor a list of partners, it is read as no'] == said


@pytest.mark.parametrize(
    ("data", "partner", "expected"),
    [
        ({"syndicate": False}, "msn", "the post says that no partner may have it (syndicate: no)"),
        ({"syndicate": ["MSN", "Smart_News"]}, "smart-news", ""),
        ({"syndicate": ["MSN"]}, "flipboard", "the post is for MSN alone, not for flipboard (syndicate)"),
        ({"syndicate_except": "msn"}, "MSN", "the post is not for MSN (syndicate_except)"),
        ({"syndicate_except": "msn"}, "flipboard", ""),
        ({"syndicate": False, "syndicate_except": "x"}, "", ""),
    ],
)
def test_a_feed_for_a_partner_heeds_it_and_one_of_our_own_does_not(
    data: dict[str, Any], partner: str, expected: str
) -> None:
    assert expected == reason(data, partner)


@pytest.mark.parametrize(
    ("expected", "data"),
    [
        ("", {}), ("", {"access": "public"}), ("", {"access": "Free"}), ("", {"visibility": "open"}),
        ("", {"access": ""}), ("", {"access": False}), ("members", {"access": True}),
        ("members", {"access": "members"}),
        ("paid", {"access": "Paid"}), ("members", {"visibility": "members"}), ("tiers", {"visibility": "tiers"}),
        ("gold, silver", {"access": ["gold", "silver"]}), ("members", {"access": {"tier": "gold"}}),
        ("members", {"access": "members", "visibility": "public"}),
        ("members", {"access": "public", "visibility": "members"}),
    ],
)  # fmt: skip
def test_text_is_for_everybody_only_where_nobody_says_otherwise(expected: str, data: dict[str, Any]) -> None:
    """user-ask 18: default-deny."""
    assert expected == access_of(data, DEFAULT_FIELDS)


def test_what_an_author_says_about_rights_is_nothing_that_readers_see() -> None:
    """It moves no date and makes no feed: names with a meaning of their own are no fields of the owner's."""
    assert () == DEFAULT_FIELDS.further
