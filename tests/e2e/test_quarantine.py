"""Posts that cannot be read: the last good version stays, all is said with file and line, and they come back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.newsroom import Newsroom, eventually
from tests.repositories import Authors

#: Where posts lie, and a template that nobody can do outside of the site.
DIALECTS = {
    "jekyll": ("_posts/2026-01-0{n}-{name}.md", "{% for post in site.posts %}{{ post.title }}{% endfor %}"),
    "hugo": ("content/posts/{name}.md", "{{< mystery >}}"),
    "eleventy": ("posts/{name}.md", "{{ collections.all }}"),
    "plain": ("{name}.md", "{{ mystery }}"),
}
#: What breaks each post, the line that is told, and what is said of it. No one of them is found by skimming but two.
BROKEN = ("matter", "deep", "heavy", "template", "never")
SAID = {
    "matter": r":4:\d+: .*tab",
    "deep": r":6: its HTML is nested too deep .*; shorten it, or make several posts of it",
    "heavy": r":6: has 300,\d\d\d signs of Markdown or HTML and ends of lines, more than 250,000; shorten it",
    "template": r":6: is mostly template: .* cannot be known outside of the site; take its text from the built site",
    "never": r":2: date: .*; write \"YYYY-MM-DD HH:MM\"",
}


@dataclass(frozen=True)
class Desk:
    """A newsroom of one dialect and kind of source; ``publish`` makes what was written known to it."""

    newsroom: Newsroom
    folder: Path
    dialect: str
    publish: Callable[[], object]

    def path(self, name: str) -> str:
        return DIALECTS[self.dialect][0].format(name=name, n=1 + [*BROKEN, "good"].index(name))

    def write(self, name: str, body: str = "Words.", date: str = "2026-01-02", more: str = "tags: [posts]") -> None:
        file = self.folder / self.path(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"---\ndate: {date}\n{more}\ntitle: {name}\n---\n{body}\n", encoding="utf-8")

    def break_all(self) -> None:
        self.write("matter", more="tags:\n\t- posts")
        self.write("deep", "<div>" * 10_000)
        self.write("heavy", "*" * 300_000)
        self.write("template", DIALECTS[self.dialect][1])
        self.publish()

    def texts(self) -> dict[str, str]:
        return {item["title"]: item["content_html"] for item in self.newsroom.items()}


@pytest.fixture(params=[(dialect, kind) for dialect in DIALECTS for kind in ("folder", "git")], ids="-".join)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    dialect, kind = request.param
    return make_desk(tmp_path, dialect, kind)


def make_desk(root: Path, dialect: str, kind: str) -> Desk:
    newsroom = Newsroom(root, dialect=dialect)
    toml = newsroom.root / "syndicator.toml"
    place = 'path = "content"'
    if kind == "git":
        authors = Authors(root / "authors")
        place = f'kind = "git"\nurl = "{authors.bare}"\npath = "."'
        desk = Desk(newsroom, authors.work, dialect, authors.publish)
    else:
        desk = Desk(newsroom, newsroom.root / "content", dialect, lambda: None)
    settings = toml.read_text().replace('path = "content"', f'{place}\ntemplates = "skip"')
    toml.write_text(settings.replace('every = "30s"', 'every = "1s"'))
    if dialect == "hugo":
        desk.folder.mkdir(parents=True, exist_ok=True)
        (desk.folder / "hugo.toml").write_text("[markup.goldmark.renderer]\nunsafe = true\n")
    return desk


def told(said: str, desk: Desk, names: tuple[str, ...]) -> list[str]:
    """Those of some posts of which a line says all that it should."""
    return [
        name
        for name in names
        if 1 == len([line for line in said.splitlines() if re.search(re.escape(desk.path(name)) + SAID[name], line)])
    ]


def test_what_cannot_be_read_keeps_its_last_good_version_and_comes_back_when_mended(desk: Desk) -> None:
    newsroom = desk.newsroom
    for name in (*BROKEN, "good"):
        desk.write(name, date="never" if name == "never" else "2026-01-02")
    desk.publish()
    first = newsroom.build(status=1)
    assert ["never"] == told(first.stderr, desk, BROKEN)
    before = desk.texts()
    assert sorted(before) == ["deep", "good", "heavy", "matter", "template"]

    desk.break_all()
    desk.write("good", "Other words.")
    desk.publish()
    built = newsroom.build(status=1)

    assert {**before, "good": "<p>Other words.</p>"} == desk.texts()
    assert list(BROKEN) == told(built.stderr, desk, BROKEN)
    again = newsroom.build(status=1)
    assert list(BROKEN) == told(again.stderr, desk, BROKEN)
    assert list(BROKEN) == told(newsroom.command("status").stdout, desk, BROKEN)
    checked = newsroom.command("check")
    assert 1 == checked.returncode
    assert list(BROKEN) == told(checked.stderr, desk, BROKEN)

    for name in BROKEN:
        desk.write(name, "Mended.")
    desk.publish()
    mended = newsroom.build()

    assert "refused: " not in mended.stderr
    assert {**dict.fromkeys(BROKEN, "<p>Mended.</p>"), "good": "<p>Other words.</p>"} == desk.texts()
    assert [] == json.loads(newsroom.command("status", "--json").stdout)["refused"]


@pytest.mark.parametrize("kind", ["folder", "git"])
def test_the_service_says_each_once_in_its_log_and_takes_them_back_by_itself(tmp_path: Path, kind: str) -> None:
    desk = make_desk(tmp_path, "jekyll", kind)
    newsroom = desk.newsroom
    for name in (*BROKEN, "good"):
        desk.write(name)
    desk.publish()
    with newsroom.running():
        eventually(lambda: len(newsroom.titles()) == 6)
        before = desk.texts()
        desk.write("never", date="never")
        desk.break_all()
        eventually(lambda: list(BROKEN) == logged(newsroom.log(), desk))
        assert before == desk.texts()
        assert list(BROKEN) == told(newsroom.command("status").stdout, desk, BROKEN)
        assert desk.path("deep") in newsroom.get("")[2].decode()

        for name in BROKEN:
            desk.write(name, "Mended.")
        desk.publish()

        eventually(lambda: set(desk.texts().values()) == {"<p>Mended.</p>", "<p>Words.</p>"})
        eventually(lambda: "refused    0 posts" in newsroom.command("status").stdout)
        assert list(BROKEN) == logged(newsroom.log(), desk)
    assert "Traceback" not in newsroom.log()


def logged(log: str, desk: Desk) -> list[str]:
    """The broken posts of which the log has exactly one line."""
    lines = [line for line in log.splitlines() if "refused" in line]
    return [name for name in BROKEN if 1 == sum(desk.path(name) in line for line in lines)]


def test_a_post_that_was_refused_comes_back_when_its_page_is_built(tmp_path: Path) -> None:
    """frontmatter-41: the post itself is as it was."""
    desk = make_desk(tmp_path, "jekyll", "folder")
    toml = desk.newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace('path = "content"', 'path = "content"\nrendered = "_site"'))
    desk.write("template", DIALECTS["jekyll"][1])
    assert ["template"] == told(desk.newsroom.build(status=1).stderr, desk, ("template",))

    page = desk.folder / "_site/2026/01/02/template.html"
    page.parent.mkdir(parents=True)
    page.write_text("<article><p>Built.</p></article>")

    assert "refused: " not in desk.newsroom.build().stderr
    assert {"template": "<p>Built.</p>"} == desk.texts()


def test_why_knows_a_post_that_cannot_be_read_by_the_address_of_its_last_good_version(newsroom: Newsroom) -> None:
    newsroom.post("2026-01-02-storm.md", title="Storm")
    newsroom.build()
    newsroom.post("2026-01-02-storm.md", title="[")
    newsroom.build(status=1)

    done = newsroom.command("why", "https://news.example.org/2026/01/02/storm.html")

    assert 0 == done.returncode
    assert "address     https://news.example.org/2026/01/02/storm.html" in done.stdout
    assert re.search(r"main +in +number 1 of 1, its last good version", done.stdout)
