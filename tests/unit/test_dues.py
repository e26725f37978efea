"""Who is owed what for documents that were published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from syndicator.dues import changed, owed
from syndicator.model import Announcement, Audience, DeliveryKind, DocumentRecord, Format, Hook

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HUBS = ("https://hub.example.net/", "https://other.example/hub")
ALL = Audience(purge="https://cdn.example.net/", verify="https://news.example.org/feeds/")
RSS = DocumentRecord(
    path="feed.xml", url="https://news.example.org/feeds/feed.xml", feed="main", format=Format.RSS, digest="new",
    source="s", version="v", changed=NOON, hubs=HUBS, length=1234,
)  # fmt: skip
PAGE = replace(RSS, path="feed.archive-1.xml", url="https://news.example.org/feeds/feed.archive-1.xml", hubs=(), page=1)
SITEMAP = replace(RSS, path="news.xml", url="https://news.example.org/feeds/news.xml", feed="main:sitemap",
                  format=Format.NEWS_SITEMAP, hubs=())  # fmt: skip


def kinds(announcements: tuple[Announcement, ...]) -> list[tuple[str, str]]:
    return [(one.kind.value, one.topic.rpartition("/")[2]) for one in announcements]


def test_a_document_is_news_when_its_bytes_or_its_address_changed() -> None:
    """websub-8."""
    old, moved = replace(RSS, digest="old"), replace(RSS, url="https://old.example/feed.xml")

    assert (RSS,) == changed([RSS], {})
    assert (RSS,) == changed([RSS], {"feed.xml": old})
    assert (RSS,) == changed([RSS], {"feed.xml": moved})
    assert () == changed([RSS], {"feed.xml": replace(RSS, source="another", version="w")})


def test_without_caches_and_partners_only_hubs_are_owed_anything() -> None:
    """websub-12: one word a topic a hub."""
    assert tuple(
        Announcement(target=hub, topic=RSS.url, digest="new", feed="main") for hub in HUBS
    ) == tuple(owed([RSS, SITEMAP], [PAGE], {}, Audience()))  # fmt: skip


def test_caches_go_first_then_a_look_then_hubs() -> None:
    """websub-7."""
    found = tuple(owed([RSS], [], {}, ALL))

    assert [("purge", "feed.xml"), ("verify", "feed.xml"), ("hub", "feed.xml"), ("hub", "feed.xml")] == kinds(found)
    assert ("https://cdn.example.net/", "https://news.example.org/feeds/") == (found[0].target, found[1].target)
    assert sorted(found, key=lambda one: one.kind.stage) == list(found)


def test_a_look_knows_how_many_bytes_to_expect() -> None:
    assert [b"1234"] == [one.body for one in owed([RSS], [], {}, ALL) if one.kind is DeliveryKind.VERIFY]


def test_lists_are_looked_at_though_no_hub_hears_of_them() -> None:
    assert [("purge", "news.xml"), ("verify", "news.xml")] == kinds(tuple(owed([SITEMAP], [], {}, ALL)))


def test_only_a_page_of_an_archive_that_was_there_before_is_purged_and_none_is_looked_at() -> None:
    assert [] == kinds(tuple(owed([PAGE], [], {}, ALL)))
    assert [("purge", "feed.archive-1.xml")] == kinds(tuple(owed([PAGE], [], {PAGE.path: PAGE}, ALL)))


def test_caches_let_go_of_what_is_not_published_any_more() -> None:
    assert [("purge", "feed.xml")] == kinds(tuple(owed([], [RSS], {}, ALL)))
    assert [] == kinds(tuple(owed([], [RSS], {}, Audience(verify="https://news.example.org/feeds/"))))


def test_a_hook_wants_all_feeds_or_those_that_it_names() -> None:
    everything, some = Hook(url="https://x.example/"), Hook(url="https://x.example/", feeds=("main", "tag/news"))

    assert everything.wants("main")
    assert everything.wants("category/news")
    assert ["main", "tag/news"] == [
        name for name in ("main", "mainly", "tag", "tag/news", "tag/sport") if some.wants(name)
    ]
    assert Hook(url="https://x.example/", feeds=("tag",)).wants("tag/sport")
