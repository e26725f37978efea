"""What changes too much at once is stopped, said, and let through by a word: through the commands."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.forking import forker
from tests.newsroom import Newsroom, eventually

ROOT = Path(__file__).parents[2]


def fill(newsroom: Newsroom, words: str = "Words.", count: int = 24) -> None:
    """Posts of many days; the first three are of a small category as well, two of these of a still smaller one."""
    for number in range(count):
        edit(newsroom, number, words)


def edit(newsroom: Newsroom, number: int, words: str, **fields: str) -> Path:
    categories = ["News", *(["Small"] if number < 3 else []), *(["Tiny"] if number < 2 else [])]
    return newsroom.post(
        f"2026-01-{number + 1:02}-p{number}.md", words,
        **{"title": f"Post {number}", "categories": f"[{', '.join(categories)}]", **fields},
    )  # fmt: skip


def posts(newsroom: Newsroom) -> list[Path]:
    return sorted((newsroom.root / "content/_posts").glob("*.md"))


def take_away(newsroom: Newsroom, count: int = 12) -> None:
    """The older half of the folder is not mounted."""
    away = newsroom.root / "away"
    away.mkdir()
    for path in posts(newsroom)[:count]:
        path.rename(away / path.name)


def bring_back(newsroom: Newsroom) -> None:
    for path in (newsroom.root / "away").iterdir():
        path.rename(newsroom.root / "content/_posts" / path.name)


def held(newsroom: Newsroom) -> dict[str, list[str]]:
    """The rules that feeds are held by, as status has it."""
    things: dict[str, Any] = json.loads(newsroom.command("status", "--json").stdout)
    return {each["feed"]: [concern["rule"] for concern in each["concerns"]] for each in things["held"]}


def texts(newsroom: Newsroom) -> set[str]:
    return {item["content_html"] for item in newsroom.items()}


def test_a_first_build_is_in_nobodys_way(newsroom: Newsroom) -> None:
    fill(newsroom)

    assert "held" not in newsroom.build().stderr


def test_a_mass_edit_is_stopped_told_approved_and_published(newsroom: Newsroom) -> None:
    fill(newsroom)
    newsroom.build()
    before = newsroom.files()

    fill(newsroom, "Other words.")
    done = newsroom.build(status=1)

    assert before == newsroom.files()
    said = 'held: feed "main": 24 of 24 posts change their dates, as edited posts do (100 %, and 50 % is the limit)'
    assert said in done.stderr
    assert "let it through with 'syndicator approve main'" in done.stderr
    assert {"main": ["redated"], "category/news": ["redated"]} == held(newsroom)
    assert said in newsroom.build(status=1).stderr, "a pass that finds nothing new says so too"
    assert before == newsroom.files()
    assert "held       2 feeds" in newsroom.command("status").stdout
    check = newsroom.command("check")
    assert (1, True) == (check.returncode, 'error: feed "main": held: 24 of 24 posts' in check.stderr)
    assert "in      as it was shown before: the feed is held: 24" in newsroom.command("why", "p3.md", "main").stdout
    listed = newsroom.command("approve")
    assert (2, True) == (listed.returncode, "nothing is approved: name a feed, or say --all" in listed.stderr)
    assert before == newsroom.files()

    approved = newsroom.command("approve", "main")

    assert 0 == approved.returncode, approved.stderr
    assert "  24 of 24 posts change their dates" in approved.stdout
    assert "    redated: _posts/2026-01-24-p23.md, published 2026-01-24 05:00, updated 20" in approved.stdout
    assert "    and 19 more" in approved.stdout
    assert "held" not in newsroom.build().stderr, "what was approved of a post is approved wherever it is shown"
    assert {"<p>Other words.</p>"} == texts(newsroom)
    assert {} == held(newsroom)
    after = newsroom.files()
    newsroom.build()
    assert after == newsroom.files()


def test_an_honest_mass_edit_goes_through_with_a_word_beforehand(newsroom: Newsroom) -> None:
    fill(newsroom)
    newsroom.build()
    fill(newsroom, "Other words.")

    newsroom.build("--approve")

    assert {"<p>Other words.</p>"} == texts(newsroom)


def test_what_is_held_goes_through_with_a_word_to_the_build(newsroom: Newsroom) -> None:
    fill(newsroom)
    newsroom.build()
    fill(newsroom, "Other words.")
    newsroom.build(status=1)

    newsroom.build("--approve")

    assert {"<p>Other words.</p>"} == texts(newsroom)
    assert {} == held(newsroom)


def test_a_dry_run_says_what_would_be_held_and_holds_nothing(newsroom: Newsroom) -> None:
    fill(newsroom)
    newsroom.build()
    fill(newsroom, "Other words.")

    assert 'held: feed "main"' in newsroom.build("--dry-run", status=1).stderr
    assert {} == held(newsroom)


def test_half_a_folder_that_is_away_changes_no_feed_and_comes_back_by_itself(newsroom: Newsroom) -> None:
    fill(newsroom)
    newsroom.build()
    before = newsroom.files()

    take_away(newsroom)
    done = newsroom.build(status=1)

    assert 'held: feed "main": 12 of 24 posts vanish (50 %, and 30 % is the limit)' in done.stderr
    assert before == newsroom.files(), "feeds that are too small to raise a concern, or gone as a whole, stay with them"
    assert {"main", "category/news", "category/small", "category/tiny"} == held(newsroom).keys()
    assert ["along"] == held(newsroom)["category/tiny"]
    assert "in      as it was shown before" in newsroom.command("why", "p1.md", "category/tiny").stdout
    (newsroom.root / "public/feed.xml").unlink()
    newsroom.build(status=1)
    assert before == newsroom.files(), "what somebody deletes is written again as it was"

    bring_back(newsroom)
    newsroom.build()

    assert before == newsroom.files()
    assert {} == held(newsroom)


def test_half_a_folder_that_went_on_purpose_goes_with_a_word(newsroom: Newsroom) -> None:
    fill(newsroom)
    newsroom.build()
    take_away(newsroom)
    newsroom.build(status=1)

    newsroom.command("approve", "main")
    newsroom.build()

    assert [f"Post {number}" for number in reversed(range(12, 24))] == newsroom.titles()
    assert not (newsroom.root / "public/category/tiny.xml").exists()


@pytest.mark.parametrize(
    ("fields", "claim"),
    [
        ({"published": "false"}, "published: false"),
        ({"expires": "2026-02-01"}, "expired"),
        ({"draft": "true"}, "draft"),
    ],
    ids=["published-false", "expired", "draft"],
)
def test_a_post_that_is_taken_down_leaves_a_held_feed(newsroom: Newsroom, fields: dict[str, str], claim: str) -> None:
    fill(newsroom)
    newsroom.build()
    former = texts(newsroom)
    fill(newsroom, "Other words.")
    newsroom.build(status=1)

    edit(newsroom, 2, "Other words.", **fields)
    newsroom.build(status=1)

    assert [f"Post {number}" for number in reversed(range(24)) if number != 2] == newsroom.titles(), claim
    assert former == texts(newsroom), "the others as they were"
    assert b"Post 2<" not in b"".join(newsroom.files().values())
    assert {"main", "category/news"} == held(newsroom).keys()
    after = newsroom.files()
    newsroom.build(status=1)
    assert after == newsroom.files()


def test_a_post_that_is_taken_down_leaves_a_feed_that_is_no_more_and_is_held(newsroom: Newsroom) -> None:
    fill(newsroom)
    newsroom.build()
    take_away(newsroom)
    newsroom.build(status=1)

    edit(newsroom, 1, "Words.", published="false")
    newsroom.build(status=1)

    tiny = newsroom.files()["category/tiny.xml"]
    assert (True, False) == (b"Post 0<" in tiny, b"Post 1<" in tiny)
    assert b"<title>The Example: Tiny</title>" in tiny


def test_a_single_file_that_is_removed_leaves_at_once_though_others_are_held(newsroom: Newsroom) -> None:
    fill(newsroom)
    newsroom.build()
    posts(newsroom)[23].unlink()
    newsroom.build()
    assert "Post 23" not in newsroom.titles()
    fill(newsroom, "Other words.", count=23)
    newsroom.build(status=1)

    posts(newsroom)[22].unlink()
    newsroom.build(status=1)

    assert [f"Post {number}" for number in reversed(range(22))] == newsroom.titles()


def test_dates_that_a_bad_script_rewrites_reach_nobody(newsroom: Newsroom) -> None:
    """user-asks 11 and 12: a date given once stays, and posts that all move into the future do not vanish by that."""
    fill(newsroom)
    newsroom.build()
    before = newsroom.files()
    shown = [(item["id"], item["date_published"], item.get("date_modified")) for item in newsroom.items()]

    for number in range(24):
        edit(newsroom, number, "Words.", date="2031-01-01")
    newsroom.build(status=1)

    assert before == newsroom.files()
    assert ["vanished", "shrunk"] == held(newsroom)["main"]
    for number in range(24):
        edit(newsroom, number, "Words.", date="2026-11-01")
    newsroom.build()
    assert shown == [(item["id"], item["date_published"], item.get("date_modified")) for item in newsroom.items()]
    for number in range(24):
        edit(newsroom, number, "Touched.", last_modified_at="2026-11-02")
    newsroom.build(status=1)
    assert ["redated"] == held(newsroom)["main"]


def test_ids_that_change_in_bulk_are_held(newsroom: Newsroom) -> None:
    """user-asks 2 and 4: readers would show all of them as new."""
    fill(newsroom)
    newsroom.build()
    before = newsroom.files()

    for path in posts(newsroom):
        path.unlink()
    for number in range(24):
        newsroom.post(f"2026-01-{number + 1:02}-q{number}.md", "Words!", title=f"Q {number}", categories="[News]")
    newsroom.build(status=1)

    assert before == newsroom.files()
    assert ["vanished", "strangers"] == held(newsroom)["main"]
    why = newsroom.command("why", "q3.md", "main").stdout
    assert "waiting the feed is held: 24 of 24 posts vanish" in why


def test_news_of_a_week_is_no_concern_of_the_guard(newsroom: Newsroom) -> None:
    newsroom.feeds = '[[feeds]]\nname = "main"\nlimit = 20\njson = "feed.json"\n'
    newsroom.configure()
    fill(newsroom)
    newsroom.build()

    for number in range(20):
        newsroom.post(f"2026-02-{number + 1:02}-n{number}.md", "News.", title=f"News {number}")
    newsroom.build()

    assert [f"News {number}" for number in reversed(range(20))] == newsroom.titles()


def test_what_is_approved_stays_so_when_news_come_before_the_next_pass(newsroom: Newsroom) -> None:
    fill(newsroom)
    newsroom.build()
    fill(newsroom, "Other words.")
    newsroom.build(status=1)
    newsroom.command("approve", "--all")

    newsroom.post("2026-02-01-new.md", "News.", title="News", categories="[News]")
    newsroom.build()

    assert 25 == len(newsroom.titles())


def test_what_is_proposed_after_the_word_is_judged_anew(newsroom: Newsroom) -> None:
    fill(newsroom)
    newsroom.build()
    before = newsroom.files()
    fill(newsroom, "Other words.")
    newsroom.build(status=1)
    newsroom.command("approve", "--all")

    take_away(newsroom)
    newsroom.build(status=1)

    assert before == newsroom.files()
    assert ["vanished", "shrunk"] == held(newsroom)["main"]
    newsroom.command("approve", "--all")
    newsroom.build()
    assert 12 == len(newsroom.titles())


def test_other_feeds_go_on_while_one_is_held(newsroom: Newsroom) -> None:
    fill(newsroom)
    for number in range(5):
        newsroom.post(f"2026-01-{number + 1:02}-town{number}.md", "Words.", title=f"Town {number}", categories="[Town]")
    newsroom.build()
    fill(newsroom, "Other words.")
    newsroom.build(status=1)
    before = newsroom.files()

    newsroom.post("2026-02-01-town.md", "News.", title="News of the town", categories="[Town]")
    newsroom.build(status=1)

    after = newsroom.files()
    assert {"category/town.xml"} == {path for path in after if after[path] != before[path]}
    assert b"News of the town" in after["category/town.xml"]
    assert "waiting the feed is held" in newsroom.command("why", "2026-02-01-town.md", "main").stdout


def test_what_the_operator_asks_of_a_feed_is_no_accident(newsroom: Newsroom) -> None:
    def configure(limit: int, url: str = "https://news.example.org") -> None:
        newsroom.feeds = f'[[feeds]]\nname = "main"\nlimit = {limit}\njson = "feed.json"\n'
        newsroom.configure()
        path = newsroom.root / "syndicator.toml"
        path.write_text(path.read_text().replace("https://news.example.org", url))

    fill(newsroom)
    seen = []
    for limit, url in ((24, ""), (10, ""), (24, ""), (24, "https://elsewhere.example")):
        configure(limit, url or "https://news.example.org")
        newsroom.build()
        seen.append(len(newsroom.titles()))

    assert [24, 10, 24, 24] == seen


def test_a_state_of_an_older_version_is_gone_on_with(newsroom: Newsroom) -> None:
    fill(newsroom)
    newsroom.build()
    before = newsroom.files()
    with sqlite3.connect(newsroom.root / "state.db") as connection:
        connection.execute("UPDATE feeds SET dates = NULL, spec = NULL, past = NULL")
        connection.execute("UPDATE documents SET length = NULL")
    connection.close()

    (newsroom.root / "public/feed.xml").unlink()
    newsroom.build()

    assert before == newsroom.files()
    fill(newsroom, "Other words.")
    newsroom.build(status=1)
    assert before == newsroom.files()


def test_a_slow_script_does_not_slip_through_in_small_steps(newsroom: Newsroom) -> None:
    """A running service sees each file as it comes."""
    fill(newsroom)
    newsroom.build()

    for step in range(0, 24, 6):
        for number in range(step, step + 6):
            edit(newsroom, number, "Other words.")
        done = newsroom.command("build")

    assert 1 == done.returncode
    assert {"<p>Words.</p>", "<p>Other words.</p>"} == texts(newsroom)
    newsroom.command("approve", "--all")
    newsroom.build()
    edit(newsroom, 1, "More words.")
    newsroom.build()


def test_a_guard_that_is_off_holds_nothing(newsroom: Newsroom) -> None:
    newsroom.settings = "\n[guard]\nenabled = false\n"
    newsroom.configure()
    fill(newsroom)
    newsroom.build()
    fill(newsroom, "Other words.")

    newsroom.build()

    assert {"<p>Other words.</p>"} == texts(newsroom)


def test_a_document_that_outgrows_its_limit_waits_and_what_is_taken_down_does_not(newsroom: Newsroom) -> None:
    """rss-9"""
    newsroom.settings = "\n[guard]\nmax_bytes = 60000\n"
    newsroom.configure()
    fill(newsroom, count=5)
    newsroom.build()
    before = newsroom.files()

    edit(newsroom, 5, "Long words. " * 8000)
    done = newsroom.build(status=1)

    assert before == newsroom.files()
    assert "feed.xml would have" in done.stderr
    assert "and 60000 is the limit" in done.stderr
    assert {"main": ["swollen"] * 3, "category/news": ["swollen"]} == held(newsroom)
    assert "waiting the feed is held: feed.xml would" in newsroom.command("why", "p5.md", "main").stdout

    edit(newsroom, 2, "Words.", published="false")
    newsroom.build(status=1)

    assert ["Post 4", "Post 3", "Post 1", "Post 0"] == newsroom.titles()
    newsroom.build(status=1)
    newsroom.command("approve", "main")
    newsroom.build(status=1)
    assert ["Post 5", "Post 4", "Post 3", "Post 1", "Post 0"] == newsroom.titles()
    assert {"category/news"} == held(newsroom).keys()
    newsroom.command("approve", "category")
    newsroom.build()
    edit(newsroom, 6, "Words.")
    newsroom.build()
    assert "Post 6" == newsroom.titles()[0], "what is too large already may stay so"


def test_a_first_document_may_have_any_size(newsroom: Newsroom) -> None:
    newsroom.settings = "\n[guard]\nmax_bytes = 100\n"
    newsroom.configure()
    fill(newsroom, count=5)

    newsroom.build()

    assert 5 == len(newsroom.titles())


def test_nothing_held_is_nothing_to_approve(newsroom: Newsroom) -> None:
    fill(newsroom, count=3)
    newsroom.build()

    named, everything, nothing = (newsroom.command("approve", *words) for words in (["main"], ["--all"], []))

    assert (1, 'feed "main": it is not held; no feed is\n') == (named.returncode, named.stderr)
    assert [(0, "no feed is held\n")] * 2 == [(done.returncode, done.stdout) for done in (everything, nothing)]


def test_the_service_holds_says_so_and_publishes_what_is_approved(newsroom: Newsroom) -> None:
    path = newsroom.root / "syndicator.toml"
    path.write_text(path.read_text().replace('every = "30s"', 'every = "1h"'))
    fill(newsroom)
    with newsroom.running():
        before = newsroom.get("feed.json")[2]

        fill(newsroom, "Other words.")

        eventually(lambda: b"feed main: 24 of 24 posts change" in newsroom.get("readyz?verbose")[2])
        assert 200 == newsroom.get("readyz")[0]
        assert before == newsroom.get("feed.json")[2]
        assert b"feed main" in newsroom.get("")[2] or b"24 of 24 posts" in newsroom.get("")[2]

        assert 0 == newsroom.command("approve", "--all").returncode

        eventually(lambda: b"Other words." in newsroom.get("feed.json")[2])
        eventually(lambda: b"ready\n" == newsroom.get("readyz?verbose")[2])
    assert 2 == newsroom.log().count("feed held"), "once for each"


def test_killed_anywhere_nothing_that_is_held_gets_out_and_nothing_approved_is_lost(newsroom: Newsroom) -> None:
    def mortal(point: int) -> int:
        words = [str(point), str(newsroom.root), "-c", str(newsroom.root / "syndicator.toml"), "build"]
        return forker().run(words, program="tests.mortal").returncode

    fill(newsroom)
    newsroom.build()
    before = newsroom.files()
    fill(newsroom, "Other words.")

    for point in range(1, 60, 6):
        mortal(point)
        assert before == newsroom.files(), point

    newsroom.build(status=1)
    newsroom.command("approve", "--all")
    for point in range(1, 60, 6):
        mortal(point)

    newsroom.build()
    assert {"<p>Other words.</p>"} == texts(newsroom)
