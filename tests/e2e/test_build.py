"""``syndicator build``: from posts to documents, once and again."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import feedparser
import pytest

from syndicator.state.lock import only_writer
from tests.loopback_hub import LoopbackHub
from tests.newsroom import Newsroom, eventually, free_port

DEMO = Path(__file__).parents[2] / "config" / "demo" / "content"
SAMPLE = "2023-08-24-russian-pilots-daring-defection.md"


def with_sample(newsroom: Newsroom) -> None:
    target = newsroom.root / "content" / "_posts" / SAMPLE
    target.write_bytes((DEMO / "_posts" / SAMPLE).read_bytes())


def test_the_owners_sample_comes_out_whole_in_all_three_formats(newsroom: Newsroom) -> None:
    with_sample(newsroom)
    newsroom.build()
    image = (
        "https://i.guim.co.uk/img/media/59b7b998c25173e777f607483e1ff828bf9fc76c/0_112_3359_2016/master/3359.jpg"
        "?width=620&dpr=1&s=none"
    )

    (item,) = newsroom.items()
    assert "Russian Pilot’s Daring Defection - Flies Into Ukrainian Territory" == item["title"]
    assert item["summary"].startswith("After a covert operation, a Russian pilot, along with a Mil Mi-8 helicopter")
    assert "Donna Teetree" == item["authors"][0]["name"]
    assert "Staff Writer" in json.dumps(item["_syndicator"])
    assert ["News"] == item["tags"]
    assert "2023-08-24T16:55:00Z" == item["date_published"]
    assert image == item["image"]
    assert "https://news.example.org/news/2023/08/24/russian-pilots-daring-defection.html" == item["url"]

    for name in ("feed.xml", "atom.xml"):
        parsed = feedparser.parse(newsroom.files()[name])
        assert not parsed.bozo
        (entry,) = parsed.entries
        assert item["title"] == entry.title
        assert item["id"] == entry.id
        assert "Donna Teetree" == entry.author
        assert (2023, 8, 24, 16, 55) == tuple(entry.published_parsed[:5])
        assert ["News"] == [tag.get("label") or tag.term for tag in entry.tags]
        (enclosure,) = entry.enclosures
        assert (image, "image/jpeg") == (enclosure.href, enclosure.type)
        assert image == entry.media_content[0]["url"]
        assert "A Mil Mi-8 helicopter during a training mission." in newsroom.files()[name].decode()
        assert "Alex Babenko/Getty Images" in newsroom.files()[name].decode()
        assert "A Mil Mi-8 helicopter." in newsroom.files()[name].decode()
    assert 'length="0"' in newsroom.files()["feed.xml"].decode()


def test_a_second_build_touches_nothing(newsroom: Newsroom) -> None:
    with_sample(newsroom)
    newsroom.build()
    before = {p: p.stat() for p in (newsroom.root / "public").rglob("*.*")}

    said = newsroom.build().stdout

    assert "0 written, 4 unchanged" in said
    assert before == {p: p.stat() for p in (newsroom.root / "public").rglob("*.*")}


@pytest.mark.parametrize(
    "env",
    [
        {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "1", "LC_ALL": "C"},
        {"TZ": "America/St_Johns", "PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "LANG": "tr_TR.UTF-8"},
    ],
)
def test_two_fresh_builds_on_two_machines_give_equal_files(tmp_path: Path, env: dict[str, str]) -> None:
    rooms = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        room = Newsroom(tmp_path / name, port=8080)
        for post in sorted(DEMO.rglob("*"), reverse=name == "two"):
            target = room.root / "content" / post.relative_to(DEMO)
            if post.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(post.read_bytes())
        room.build(env=env if name == "two" else {"TZ": "UTC"})
        rooms.append(room)

    assert rooms[0].files() == rooms[1].files()
    assert len(rooms[0].items()) == 9


def test_a_renamed_edited_and_removed_post(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha", category="News")
    newsroom.post("2026-01-02-b.md", title="Beta", category="Culture")
    newsroom.build()
    ids = {item["title"]: item["id"] for item in newsroom.items()}

    (newsroom.root / "content/_posts/2026-01-01-a.md").rename(newsroom.root / "content/_posts/2026-01-01-alpha.md")
    newsroom.build()
    assert ids == {item["title"]: item["id"] for item in newsroom.items()}
    assert "https://news.example.org/news/2026/01/01/alpha.html" in {item["url"] for item in newsroom.items()}

    newsroom.post("2026-01-02-b.md", "Other words.", title="Beta, revised", category="Culture")
    newsroom.build()
    item = next(item for item in newsroom.items() if item["id"] == ids["Beta"])
    assert ("Beta, revised", "2026-01-02T05:00:00Z") == (item["title"], item["date_published"])
    assert item["date_modified"] > "2026-01-02T05:00:00Z"

    (newsroom.root / "content/_posts/2026-01-02-b.md").unlink()
    newsroom.build()
    assert ["Alpha"] == newsroom.titles()
    assert "category/culture.xml" not in newsroom.files()


def test_ids_survive_a_changed_site_address_and_time_zone(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha", category="News", date="2026-01-01 10:00")
    newsroom.build()
    before = newsroom.items()[0]

    toml = newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace("news.example.org", "moved.example").replace("America/New_York", "UTC"))
    newsroom.build()
    after = newsroom.items()[0]

    assert (before["id"], before["date_published"]) == (after["id"], after["date_published"])
    assert "https://moved.example/news/2026/01/01/a.html" == after["url"]
    assert "date_modified" not in after


def test_drafts_unpublished_and_future_posts_stay_out_and_nothing_of_them_leaks(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.post("2026-01-02-draft.md", "SECRET", title="SECRET", draft="true", category="SECRET")
    newsroom.post("2026-01-03-off.md", "SECRET", title="SECRET", published="false")
    newsroom.post("2099-01-03-future.md", "SECRET", title="SECRET")
    (newsroom.root / "content/_drafts").mkdir()
    (newsroom.root / "content/_drafts/idea.md").write_text("---\ntitle: SECRET\n---\nSECRET\n")
    newsroom.build()

    assert ["Alpha"] == newsroom.titles()
    assert not [name for name, data in newsroom.files().items() if b"SECRET" in data or "secret" in name]


def test_a_bad_post_is_refused_with_its_line_and_the_others_go_out(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-good.md", title="Good")
    (newsroom.root / "content/_posts/2026-01-02-bad.md").write_text("---\ntitle: x\ntags: [a\n---\nx\n")

    said = newsroom.build(status=1).stderr

    assert re.search(r"refused: _posts/2026-01-02-bad\.md:\d+", said)
    assert ["Good"] == newsroom.titles()


def test_the_last_good_version_of_a_post_that_became_bad_stays_until_it_is_mended(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", "Good words.", title="Alpha")
    newsroom.build()
    published = newsroom.files()
    bad = newsroom.root / "content/_posts/2026-01-01-a.md"
    bad.write_text("---\ntitle: Alpha\nnever closed\n")

    newsroom.build(status=1)
    assert published == newsroom.files()
    assert "refused    1 posts" in newsroom.command("status").stdout
    newsroom.build(status=1)
    assert published == newsroom.files()

    newsroom.post("2026-01-01-a.md", "Better words.", title="Alpha")
    newsroom.build()
    assert "Better words." in newsroom.items()[0]["content_html"]
    assert "refused    0 posts" in newsroom.command("status").stdout


def everything(newsroom: Newsroom) -> dict[str, tuple[int, int]]:
    """Every file and folder of the newsroom with its size and when it last changed."""
    paths = (newsroom.root, *newsroom.root.rglob("*"))
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(paths)}


def test_a_dry_run_on_a_fresh_site_touches_nothing(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    before = everything(newsroom)

    assert "3 would be written" in newsroom.build("--dry-run").stdout
    assert before == everything(newsroom)
    assert ["Alpha"] == (newsroom.build() and newsroom.titles())


def test_a_dry_run_beside_what_is_published_touches_nothing(newsroom: Newsroom) -> None:
    newsroom.settings = '[[hubs]]\nurl = "http://127.0.0.1:9/"\n'
    newsroom.configure()
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    newsroom.post("2026-01-02-b.md", title="Beta")
    leftover = newsroom.root / "public" / ".syndicator-tmp-feed.xml"
    leftover.write_text("half a file")
    newsroom.settings = ""
    newsroom.configure()
    before = everything(newsroom)

    said = newsroom.build("--dry-run").stdout

    assert "3 would be written" in said
    assert before == everything(newsroom)
    assert "3 deliveries, 0 given up" in newsroom.command("status").stdout


def test_a_dry_run_needs_nobody_to_stop(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")

    with only_writer(newsroom.root / "state.db"):
        assert "3 would be written" in newsroom.build("--dry-run").stdout
        assert "another syndicator" in newsroom.build(status=1).stderr


def test_asking_touches_nothing(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    before = everything(newsroom)

    for words in (("status",), ("why", "2026-01-01-a.md"), ("check",), ("status", "--json")):
        assert 0 == newsroom.command(*words).returncode
    assert before == everything(newsroom)


def test_asking_before_the_first_build_says_that_there_is_nothing_yet(newsroom: Newsroom) -> None:
    before = everything(newsroom)

    for words in (("status",), ("why", "a.md")):
        done = newsroom.command(*words)
        assert (1, True) == (done.returncode, "there is none yet; run 'syndicator build' first" in done.stderr)
    assert before == everything(newsroom)


def test_a_replaced_local_image_changes_its_length(newsroom: Newsroom) -> None:
    image = newsroom.root / "content/assets/a.png"
    image.parent.mkdir()
    image.write_bytes(next(DEMO.rglob("*.png")).read_bytes())
    newsroom.post("2026-01-01-a.md", title="Alpha", image="/assets/a.png")
    newsroom.build()
    length = newsroom.items()[0]["attachments"][0]["size_in_bytes"]
    assert image.stat().st_size == length

    image.write_bytes(image.read_bytes() + b"\0\0\0")
    newsroom.build()

    item = newsroom.items()[0]
    assert length + 3 == item["attachments"][0]["size_in_bytes"]
    assert "date_modified" not in item


def test_a_file_that_somebody_altered_is_put_right(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    before = newsroom.files()
    (newsroom.root / "public/feed.xml").write_text("oops")
    (newsroom.root / "public/feed.json").unlink()

    newsroom.build()

    assert before == newsroom.files()


def test_why_and_status_and_check_answer(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha", category="News")
    newsroom.post("2026-01-02-draft.md", title="Beta", draft="true")
    newsroom.post("2099-01-03-future.md", title="Gamma")
    newsroom.build()

    assert re.search(r"main +in +number 1 of 1", newsroom.command("why", "2026-01-01-a.md").stdout)
    assert re.search(r"main +out +.*draft", newsroom.command("why", "_posts/2026-01-02-draft.md", "main").stdout)
    assert re.search(r"main +waiting +.*2099", newsroom.command("why", "2099-01-03-future.md").stdout)
    by_id = newsroom.command("why", newsroom.items()[0]["id"], "--json")
    assert "_posts/2026-01-01-a.md" == json.loads(by_id.stdout)[0]["path"]
    assert 1 == newsroom.command("why", "nobody.md").returncode
    assert "1 live" in newsroom.command("status").stdout
    assert 0 == newsroom.command("check").returncode


def test_check_names_everything_wrong_and_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha", guid="same")
    newsroom.post("2026-01-02-b.md", title="Beta", guid="same")
    (newsroom.root / "content/_posts/2026-01-03-c.md").write_text("---\ntitle: x\n")

    done = newsroom.command("check")

    assert 1 == done.returncode
    assert "2026-01-02-b.md" in done.stderr
    assert "2026-01-01-a.md" in done.stderr
    assert "2026-01-03-c.md" in done.stderr
    assert not (newsroom.root / "state.db").exists()
    assert not (newsroom.root / "public").exists()


def test_a_wrong_configuration_is_said_at_once_with_its_lines_and_exit_status_2(newsroom: Newsroom) -> None:
    toml = newsroom.root / "syndicator.toml"
    toml.write_text(
        toml.read_text().replace("timezone =", "timezome =").replace('dialect = "jekyll"', 'dialect = "jekill"')
    )

    for command in ("check", "build", "run", "status"):
        done = newsroom.command(command)

        assert 2 == done.returncode
        assert re.search(r"syndicator\.toml:\d+: .*timezome.*timezone", done.stderr)
        assert "jekill" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_missing_folder_leaves_the_last_good_files(newsroom: Newsroom) -> None:
    for number in range(3):
        newsroom.post(f"2026-01-0{number + 1}-a.md", title=f"Alpha {number}")
    newsroom.build()
    before = newsroom.files()
    content = newsroom.root / "content"
    content.rename(newsroom.root / "elsewhere")

    assert "does not exist" in newsroom.build(status=1).stderr
    content.mkdir()
    assert "all 3 known posts are gone at once" in newsroom.build(status=1).stderr
    assert before == newsroom.files()
    newsroom.build("--allow-empty")
    assert [] == newsroom.items()


def test_plain_posts_are_read_too(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path, dialect="plain")
    (newsroom.root / "content/essay.md").write_text("---\ndate: 2026-01-01\n---\n# On bread\n\nFlour.\n")
    newsroom.build()

    assert ["On bread"] == newsroom.titles()


def test_a_state_that_is_in_use_or_is_none_is_said(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    assert "there is none yet" in newsroom.command("status").stderr
    newsroom.build()
    before = newsroom.files()
    (newsroom.root / "state.db").write_bytes(os.urandom(8192))
    for extra in ("state.db-wal", "state.db-shm"):
        (newsroom.root / extra).unlink(missing_ok=True)

    said = newsroom.build(status=1).stderr

    assert "not a database" in said
    assert before == newsroom.files()


def test_why_names_the_feeds_there_are_when_one_is_not(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha", category="News")
    newsroom.build()

    done = newsroom.command("why", "2026-01-01-a.md", "category/none")

    assert (1, "") == (done.returncode, done.stdout)
    assert 'feed "category/none": there is no such feed now; "category" makes category/news\n' == done.stderr


def test_why_tells_a_last_good_version_from_a_post_that_never_had_one(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-a.md", title="Alpha")
    newsroom.build()
    newsroom.post("2026-01-01-a.md", "<div>" * 10_000, title="Alpha")
    newsroom.post("2026-01-02-b.md", "<div>" * 10_000, title="Beta")
    newsroom.build(status=1)

    assert ["Alpha"] == newsroom.titles()
    assert re.search(r"main +in +number 1 of 1, its last good", newsroom.command("why", "2026-01-01-a.md").stdout)
    why = newsroom.command("why", "2026-01-02-b.md").stdout
    assert re.search(r"main +out +.*2026-01-02-b\.md:4: its HTML is nested", why)


def test_check_finds_what_only_rendering_and_reading_a_post_whole_bring_to_light(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-01-good.md", title="Good")
    newsroom.post("2026-01-02-deep.md", "<div>" * 10_000, title="Deep")
    newsroom.post("2026-01-03-image.md", title="Image", image="file:///etc/passwd")

    done = newsroom.command("check")

    assert 1 == done.returncode
    assert re.search(r"^error: _posts/2026-01-02-deep\.md:4: its HTML is nested", done.stderr, re.MULTILINE)
    assert re.search(r"^warning: _posts/2026-01-03-image\.md:3: image: .*left out", done.stderr, re.MULTILINE)


def test_check_names_images_that_are_not_there_with_file_and_field(newsroom: Newsroom) -> None:
    (newsroom.root / "content/assets").mkdir()
    (newsroom.root / "content/assets/there.png").write_bytes(next(DEMO.rglob("*.png")).read_bytes())
    newsroom.post("2026-01-01-a.md", title="A", image="/assets/there.png")
    newsroom.post("2026-01-02-b.md", title="B", cover="/assets/gone.png")
    (newsroom.root / "content/_posts/2026-01-03-c.md").write_text(
        "---\ntitle: C\nfeatured-image:\n  path: /assets/c.png\n---\nWords.\n"
    )

    done = newsroom.command("check")

    missing, remedy = "there is no image assets", "in the source's folder; put it there, or mend the address"
    assert 0 == done.returncode
    assert [
        f"warning: _posts/2026-01-02-b.md:3: cover: {missing}/gone.png {remedy}",
        f"warning: _posts/2026-01-03-c.md:4: featured-image.path: {missing}/c.png {remedy}",
    ] == done.stderr.splitlines()


def test_check_answers_programs_in_json_the_same_each_time(newsroom: Newsroom) -> None:
    for number in range(5):
        newsroom.post(f"2026-01-0{number + 1}-a.md", title="A", image=f"/{number}.png", id="same")

    done = newsroom.command("check", "--json")
    found = json.loads(done.stdout)

    assert (1, "") == (done.returncode, done.stderr)
    assert (5, 1, 4, 5) == (found["posts"], found["live"], len(found["errors"]), len(found["warnings"]))
    assert {"path", "line", "column", "reason", "remedy"} == set(found["errors"][0])
    assert [f"_posts/2026-01-0{n}-a.md" for n in range(1, 6)] == [warning["path"] for warning in found["warnings"]]
    assert done.stdout == newsroom.command("check", "--json").stdout


def test_a_build_says_which_hub_did_not_hear_and_why(newsroom: Newsroom) -> None:
    hub = f"http://127.0.0.1:{free_port()}/"
    newsroom.settings = f'[[hubs]]\nurl = "{hub}"\n[log]\nformat = "console"\n'
    newsroom.configure()
    newsroom.post("2026-01-01-a.md", title="Alpha")

    done = newsroom.build()

    assert "hubs     3 to announce: 0 heard, 3 still owed ('syndicator status' shows why)\n" in done.stdout
    tried, left = done.stderr.splitlines()
    assert re.search(rf"announcement postponed.*hub={hub}.*reason=.*refused.*topic={newsroom_url(newsroom)}", tried)
    assert re.search(r"host left alone.*failures=1 host=127.0.0.1:\d+ reason=.*refused.*until=20", left)
    assert "hubs     3 to announce: 0 heard, 3 still owed" in newsroom.build().stdout


def newsroom_url(newsroom: Newsroom) -> str:
    return f"http://127.0.0.1:{newsroom.port}/"


def test_a_build_says_how_many_announcements_were_heard(newsroom: Newsroom) -> None:
    with LoopbackHub(answers=[204, 410, 503]).listening() as hub:
        newsroom.settings = f'[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.configure()
        newsroom.post("2026-01-01-a.md", title="Alpha")

        said = newsroom.build("--json")

    counts = json.loads(said.stdout)
    assert (3, 1) == (counts["owed_before"], counts["heard"])
    assert 2 == counts["owed"] + counts["given_up"]


def test_a_build_that_all_hubs_heard_says_nothing_more(newsroom: Newsroom) -> None:
    with LoopbackHub().listening() as hub:
        newsroom.settings = f'[[hubs]]\nurl = "{hub.url}"\n'
        newsroom.configure()
        newsroom.post("2026-01-01-a.md", title="Alpha")

        done = newsroom.build()

    assert ("", True) == (done.stderr, "hubs     3 to announce: 3 heard\n" in done.stdout)


def test_the_health_check_asks_the_service_itself_whatever_proxy_is_set(newsroom: Newsroom) -> None:
    proxies = {"http_proxy": "http://127.0.0.1:9/", "HTTP_PROXY": "http://127.0.0.1:9/", "no_proxy": "", "NO_PROXY": ""}

    with newsroom.running():
        assert 0 == newsroom.command("healthcheck", env=proxies).returncode
    done = newsroom.command("healthcheck", env=proxies)
    assert (1, True) == (done.returncode, done.stderr.startswith("not ready: "))


def test_help_says_each_command_in_a_whole_line(newsroom: Newsroom) -> None:
    done = newsroom.command("--help", env={"COLUMNS": "80"})

    commands = done.stdout.partition("Commands:\n")[2].splitlines()
    assert 11 == len(commands)
    assert [] == [line for line in commands if not line.endswith(".") or line.endswith("...")]


def test_what_happens_without_a_changed_file_is_noticed_all_the_same(newsroom: Newsroom) -> None:
    image = newsroom.root / "content/assets/a.png"
    image.parent.mkdir()
    image.write_bytes(next(DEMO.rglob("*.png")).read_bytes())
    newsroom.post("2026-01-01-a.md", title="Alpha", image="/assets/a.png")
    began = time.time()
    newsroom.build()
    soon = time.time() + 2 + 5 * (time.time() - began)  # two builds from now, on a busy machine too
    newsroom.post("2026-01-02-b.md", title="Beta", date=time.strftime("%Y-%m-%d %H:%M:%S +0000", time.gmtime(soon)))
    newsroom.build()
    newsroom.build()
    assert ["Alpha"] == newsroom.titles()

    image.unlink()
    newsroom.build()
    assert "size_in_bytes" not in json.dumps(newsroom.items())

    toml = newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace('title = "The Example"', 'title = "Another"'))
    newsroom.build()
    assert b'"title": "Another"' in newsroom.files()["feed.json"]

    eventually(lambda: newsroom.build() and newsroom.titles() == ["Beta", "Alpha"])
    (newsroom.root / "public/atom.xml").unlink()
    newsroom.build()
    assert "atom.xml" in newsroom.files()
