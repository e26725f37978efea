"""Files that are not whole yet: a real program writes them, slowly, while the service runs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from tests.newsroom import Newsroom, eventually

#: Seconds: a second is promised, on a machine that has nothing else to do.
SOON = 2.0

#: Writes files in pieces: one that it keeps open, one that it empties first, one that it makes longer, one that it
#: opens anew for each piece, and one of which the second half never comes.
WRITER = r"""
import sys, time
from pathlib import Path
posts = Path(sys.argv[1])
head = "---\ntitle: %s\n---\n"
words = [f"Part {number}.\n\n" for number in range(1, 6)]
def opened(name):
    return (posts / f"2026-02-0{name}.md").open("w", buffering=1)
slow = opened("1-slow")
slow.write(head % "Slow")
emptied = opened("2-emptied")
longer = (posts / "2026-02-03-longer.md").open("a")
(posts / "2026-02-04-again.md").write_text("---\ntitle: Again\n")
(posts / "2026-02-05-never.md").write_text("---\ntitle: Never\n")
for number, part in enumerate(words):
    time.sleep(0.3)
    for file in (slow, longer):
        file.write(part)
        file.flush()
    if number == 2:
        emptied.write(head % "Emptied")
        emptied.flush()
    if number == 3:
        with (posts / "2026-02-04-again.md").open("a") as again:
            again.write("---\nAll of it.\n")
emptied.write("New words.\n")
for file in (slow, emptied, longer):
    file.close()
"""


def texts(newsroom: Newsroom) -> dict[str, str]:
    return {item["title"]: item.get("content_html", "") for item in json.loads(newsroom.get("feed.json")[2])["items"]}


def test_a_file_that_is_being_written_is_published_when_it_is_whole_and_what_was_published_stays_until_then(
    newsroom: Newsroom,
) -> None:
    posts = newsroom.root / "content/_posts"
    newsroom.post("2026-02-02-emptied.md", "Old words.", title="Emptied")
    newsroom.post("2026-02-03-longer.md", "Part 0.\n", title="Longer")
    newsroom.post("2026-02-05-never.md", "Once there was more.", title="Never")
    whole = {
        "Slow": "Part 1.Part 2.Part 3.Part 4.Part 5.",
        "Emptied": "New words.",
        "Longer": "Part 0.Part 1.Part 2.Part 3.Part 4.Part 5.",
        "Again": "All of it.",
        "Never": "Once there was more.",
    }
    before = {"Emptied": "Old words.", "Longer": "Part 0.", "Never": whole["Never"]}

    def plain(text: str) -> str:
        return text.replace("<p>", "").replace("</p>", "").replace("\n", "")

    with newsroom.running():
        eventually(lambda: len(texts(newsroom)) == 3)
        begun = time.monotonic()
        with subprocess.Popen([sys.executable, "-c", WRITER, str(posts)]) as writer:
            number = 0
            while writer.poll() is None:
                number += 1
                (posts / "../touched.txt").write_text(str(number))  # other things happen, and passes are made
                for title, text in texts(newsroom).items():
                    assert plain(text) in (before.get(title), whole[title]), (title, text)
                time.sleep(0.1)
        assert time.monotonic() - begun > 1.5
        eventually(lambda: {title: plain(text) for title, text in texts(newsroom).items()} == whole, within=3)
        eventually(lambda: "post refused" in newsroom.log())
        refused = [line for line in newsroom.log().splitlines() if "post refused" in line]

    assert ["_posts/2026-02-05-never.md:1"] == [json.loads(line)["post"] for line in refused]


def test_the_sites_own_configuration_counts_when_it_is_whole_and_until_then_as_it_was(newsroom: Newsroom) -> None:
    """Half of it may be good YAML, and would give every post another address."""
    site = newsroom.root / "content/_config.yml"
    site.write_text("title: The Site\npermalink: /one/:title/\n")
    toml = newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace('title = "The Example"\n', ""))
    newsroom.post("2026-01-01-a.md", title="Alpha")

    def feed() -> tuple[str, set[str]]:
        found = json.loads(newsroom.files()["feed.json"])
        return found["title"], {item["url"].removeprefix("https://news.example.org") for item in found["items"]}

    with newsroom.running():
        eventually(lambda: json.loads(newsroom.get("readyz?json")[2])["watching"] == "")
        with site.open("w") as file:
            file.write("title: The S")
            file.flush()
            newsroom.post("2026-01-02-b.md", title="Beta")
            eventually(lambda: len(feed()[1]) == 2)
            assert ("The Site", {"/one/a/", "/one/b/"}) == feed()
            file.write("ite\npermalink: /two/:title/\n")

        eventually(lambda: feed() == ("The Site", {"/two/a/", "/two/b/"}), within=SOON)
    assert '"error"' not in newsroom.log()


def test_a_page_of_the_built_site_is_read_when_the_generator_has_written_it(newsroom: Newsroom) -> None:
    """frontmatter-41. Generators write pages in place; what was published stays until then, and a new post waits."""
    toml = newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace('every = "30s"', 'every = "30s"\nrendered = "_site"'))

    def page(name: str) -> Path:
        return newsroom.root / f"content/_site/2026/01/0{name}.html"

    head, end = "<article class=post><p>First of {}.</p>", "<p>The end.</p></article>"
    page("1/a").parent.mkdir(parents=True)
    page("2/b").parent.mkdir(parents=True)
    page("1/a").write_text(head.format("one") + end)
    newsroom.post("2026-01-01-a.md", title="Alpha")
    with newsroom.running():
        eventually(lambda: "First of one" in texts(newsroom)["Alpha"])
        eventually(lambda: json.loads(newsroom.get("readyz?json")[2])["watching"] == "")
        with page("1/a").open("w") as old, page("2/b").open("w") as new:
            old.write(head.format("two"))
            new.write(head.format("three"))
            old.flush()
            new.flush()
            newsroom.post("2026-01-02-b.md", title="Beta")
            newsroom.post("2026-01-03-c.md", title="Gamma")
            eventually(lambda: "Gamma" in texts(newsroom))
            assert "Beta" not in texts(newsroom)
            assert "First of one" in texts(newsroom)["Alpha"]
            old.write(end)
            new.write(end)

        eventually(lambda: "Beta" in texts(newsroom) and "First of two" in texts(newsroom)["Alpha"], within=SOON)
        assert all("The end." in texts(newsroom)[title] for title in ("Alpha", "Beta"))
    assert "post refused" not in newsroom.log()


def test_changes_behind_links_and_in_folders_that_come_whole_show_up_at_once(
    newsroom: Newsroom,
) -> None:
    """Without the scan that comes every half minute: a link to a folder inside that is turned, a folder moved in, a
    folder in a new folder, the folder itself replaced."""
    posts, away = newsroom.root / "content/_posts", newsroom.root / "away"
    newsroom.post("2026-01-01-a.md", title="Alpha")

    def post(path: Path, title: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\ntitle: {title}\n---\nWords.\n")

    post(newsroom.root / "content/.one/2026-01-02-b.md", "One")
    post(newsroom.root / "content/.two/2026-01-03-c.md", "Two")
    (posts / "linked").symlink_to("../.one")
    with newsroom.running():
        eventually(lambda: set(texts(newsroom)) == {"Alpha", "One"})
        eventually(lambda: json.loads(newsroom.get("readyz?json")[2])["watching"] == "")

        post(newsroom.root / "content/.one/2026-01-04-d.md", "Behind")
        eventually(lambda: "Behind" in texts(newsroom), within=SOON)
        (posts / "turned").symlink_to("../.two")
        (posts / "turned").replace(posts / "linked")
        eventually(lambda: set(texts(newsroom)) == {"Alpha", "Two"}, within=SOON)
        post(posts / "2026/03/2026-01-05-e.md", "Nested")
        eventually(lambda: "Nested" in texts(newsroom), within=SOON)
        post(away / "deep/2026-01-06-f.md", "Whole")
        away.rename(posts / "whole")
        eventually(lambda: "Whole" in texts(newsroom), within=SOON)
        (newsroom.root / "content").rename(newsroom.root / "old")
        post(posts / "2026-01-01-a.md", "Alpha")
        post(posts / "2026-01-07-g.md", "Anew")
        eventually(lambda: set(texts(newsroom)) == {"Alpha", "Anew"}, within=SOON)


def test_where_nobody_tells_of_changes_a_file_is_read_when_it_has_rested_for_a_second(newsroom: Newsroom) -> None:
    toml = newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace('every = "30s"', 'every = "200ms"\nwatch = false'))
    post = newsroom.post("2026-02-01-slow.md", "Old words.", title="Slow")
    with newsroom.running():
        eventually(lambda: "Slow" in texts(newsroom))
        with post.open("w") as file:
            file.write("---\ntitle: Slow\n---\n")
            for number in range(5):
                time.sleep(0.3)
                file.write(f"Part {number}.\n")
                file.flush()
                assert "Old words." in texts(newsroom)["Slow"]

        eventually(lambda: "Part 4." in texts(newsroom)["Slow"])
    assert "post refused" not in newsroom.log()
