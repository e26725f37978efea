"""``syndicator init`` and then ``syndicator build`` on sites as they are, with nothing edited in between."""

from __future__ import annotations

import html
import json
import os
import pty
import shutil
import signal
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from select import select
from typing import Any
from urllib.parse import quote

import pytest

from tests.forking import forker
from tests.newsroom import COMMAND, PATIENCE

ROOT = Path(__file__).parents[2]
SITES = ROOT / "tests" / "sites"

#: Titles and posts in which we differ from the generators on purpose; why stands with the tests of each dialect.
HIDDEN = {"item-20-published-quoted-false.html", "item-20-published-word.html"}
HUGO_HIDDEN = {"posts/49-render-never.md", "posts/48-no-matter.md", "about.md"}
TITLES = {
    "https://parity.example.org/daily/2023/05/02/item-25-title.html": "A title: with marks & tags",
    "https://hugo.example.org/blog/posts/48-no-title/": "48 no title",
    "https://hugo.example.org/blog/posts/60-emoji/": ':rocket: "Quotes" & -- dashes bold',
}

NOTHING_THERE = (
    "empty: holds neither the configuration of Jekyll, Hugo or Eleventy nor a post in Markdown; "
    "name the folder of the site, or say --dialect NAME\n"
)
ZONE_WANTED = (
    '--timezone: expected the name of a time zone such as "Europe/Berlin", found "Berlin"; '
    'did you mean "Europe/Berlin"?'
)


@dataclass(frozen=True)
class Place:
    """A folder in which somebody types commands."""

    root: Path

    def command(self, *words: str, status: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, which must have this exit status."""
        done = forker().run(words, cwd=self.root, env=env)
        assert status == done.returncode, f"{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def build(self, status: int = 0) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(
            self.command("build", "-c", "syndicator.toml", "--json", status=status).stdout
        )
        return report

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def settings(self, path: str = "syndicator.toml") -> dict[str, Any]:
        return tomllib.loads((self.root / path).read_text(encoding="utf-8"))

    def names(self) -> set[str]:
        return {path.name for path in self.root.iterdir()}

    def items(self, path: str = "public/feed.json") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads((self.root / path).read_bytes())["items"]
        return found


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def jekyll(place: Place) -> Place:
    place.write("site/_config.yml", "title: The Site\nurl: https://site.example.net\ntimezone: Asia/Tokyo\n")
    place.write("site/_posts/2024-01-02-alpha.md", "---\ntitle: Alpha\n---\nWords.\n")
    return place


def expected(dialect: str) -> dict[str, str]:
    """Addresses of all posts that readers see with their titles, as recorded; in the feed's order where that is."""
    match dialect:
        case "jekyll":
            record = json.loads((SITES / "jekyll.expected.json").read_bytes())
            feed = [entry for entry in record["feed"] if entry["url"].rpartition("/")[2] not in HIDDEN]
            return {entry["url"]: html.unescape(html.unescape(entry["title"])) for entry in feed}
        case "hugo":
            languages = json.loads((SITES / "hugo.json").read_bytes())["languages"].values()
            pages = [page for language in languages for page in language["pages"] if page["path"] not in HUGO_HIDDEN]
            return {page["permalink"]: page["title"] for page in pages}
        case "eleventy":
            record = json.loads((SITES / "eleventy" / "expected.json").read_bytes())
            shown = [post for post in record["collection"] if post["url"]]
            return {f"https://eleventy.example.org{quote(post['url'])}": post["title"] for post in shown}
    posts = json.loads((SITES / "plain" / "expected.json").read_bytes())["posts"].values()
    return {
        f"https://plain.example.org/{post['permalink']}": post.get("title", "") for post in posts if "permalink" in post
    }


@pytest.mark.parametrize(
    ("dialect", "folder", "words", "live"),
    [
        ("jekyll", "jekyll", (), 68),
        ("hugo", "hugo", (), 92),
        ("eleventy", "eleventy/site", (), 54),
        (
            "plain",
            "plain/site",
            ("--url", "https://plain.example.org/", "--timezone", "Asia/Tokyo", "--title", "Plain"),
            82,
        ),
    ],
)
def test_a_sample_site_is_built_with_the_configuration_as_it_was_made(
    place: Place, dialect: str, folder: str, words: tuple[str, ...], live: int
) -> None:
    """The entries are those that the generator's own feed has, or that the checklist says."""
    shutil.copytree(SITES / folder, place.root / "site")
    told = json.loads(place.command("init", "site", "--json", *words).stdout)
    built = place.build(status=1 if told["refused"] else 0)

    assert (dialect, live, live) == (told["dialect"], told["live"], built["live"])
    want, items = expected(dialect), place.items()
    assert len(items) == min(live, told_limit(place))
    for item in items:
        if item["url"] in want:
            assert TITLES.get(item["url"], want[item["url"]]) in (item["title"], "")
        elif dialect != "plain":
            pytest.fail(f"{item['url']} is no post to {dialect}")
    if dialect == "jekyll":
        assert list(want) == [item["url"] for item in items]


def told_limit(place: Place) -> int:
    limit: int = place.settings()["feeds"][0].get("limit", 50)
    return limit


def test_the_demo_asks_for_its_address_and_has_nothing_else_missing(place: Place) -> None:
    """frontmatter-90: no url, no time zone."""
    shutil.copytree(ROOT / "config" / "demo" / "content", place.root / "content")
    done = place.command("init", "content", status=2)

    assert (
        "content: site.url: the site's own configuration does not say it; say --url https://…\n", "", {"content"},
    ) == (done.stderr, done.stdout, place.names())  # fmt: skip

    done = place.command("init", "content", "--url", "https://news.example.org")
    assert "dialect    jekyll, because of _posts\n" in done.stdout
    assert "guessed    site.timezone: " in done.stdout
    assert "guessed    site.title: " in done.stdout
    # How many it is depends on the day: one ends, one is yet to come.
    live = place.build()["live"]
    assert f"posts      13, {live} live\n" in done.stdout
    assert 8 <= live == len(place.items())


def test_what_the_site_says_itself_is_a_comment_and_what_nobody_says_is_marked(jekyll: Place) -> None:
    jekyll.command("init", "site")
    text = (jekyll.root / "syndicator.toml").read_text()

    assert "site" not in jekyll.settings() or {} == jekyll.settings()["site"]
    assert '# The site\'s own configuration says "The Site", and that counts.\n' in text
    assert 1 == text.count("# GUESSED: ")
    assert "# GUESSED: nothing says where the world will find the folder above" in text
    assert {"path": "site", "dialect": "jekyll", "fields": {}, "includes": {}} == jekyll.settings()["source"]
    assert ["main"] == [feed["name"] for feed in jekyll.settings()["feeds"]]
    assert '# [[feeds]]\n# name = "category"\n' in text


def test_a_category_makes_a_feed_of_each(jekyll: Place) -> None:
    jekyll.write("site/_posts/2024-01-03-beta.md", "---\ntitle: Beta\ncategory: Local News\n---\n")
    jekyll.command("init", "site")
    jekyll.build()

    assert ["Beta"] == [item["title"] for item in jekyll.items("public/category/local-news.json")]


def test_the_feed_of_jekyll_feed_keeps_its_address_and_length(jekyll: Place) -> None:
    """frontmatter-38."""
    more = "plugins: [jekyll-feed]\nfeed:\n  path: /news/atom.xml\n  posts_limit: 7\n"
    with (jekyll.root / "site/_config.yml").open("a") as file:
        file.write(more)
    done = jekyll.command("init", "site")
    feed = jekyll.settings()["feeds"][0]

    assert {"name": "main", "rss": "feed.xml", "atom": "news/atom.xml", "json": "feed.json", "limit": 7} == feed
    assert "https://site.example.net/" == jekyll.settings()["publish"]["url"]
    assert "so that feeds keep the addresses of feed.path" in done.stdout
    jekyll.build()
    assert (jekyll.root / "public/news/atom.xml").read_bytes().startswith(b"<?xml")


def test_a_path_that_no_feed_can_have_is_told_and_not_kept(jekyll: Place) -> None:
    with (jekyll.root / "site/_config.yml").open("a") as file:
        file.write('feed:\n  path: "../../etc/feed.xml"\n')
    done = jekyll.command("init", "site")

    assert "guessed    feeds.rss: the path of feed.path cannot be that of a feed here." in done.stdout
    assert "atom.xml" == jekyll.settings()["feeds"][0]["atom"]


def test_a_file_that_is_there_is_written_over_only_by_force(jekyll: Place) -> None:
    jekyll.write("syndicator.toml", "mine\n")
    done = jekyll.command("init", "site", status=2)

    assert "syndicator.toml: is there already; say --force to write over it, or -o for another file\n" == done.stderr
    assert "mine\n" == (jekyll.root / "syndicator.toml").read_text()

    jekyll.command("init", "site", "--force")
    assert "site" == jekyll.settings()["source"]["path"]
    assert {"site", "syndicator.toml"} == jekyll.names()


@pytest.mark.parametrize("words", [("--stdout",), ("-o", "-")])
def test_the_configuration_can_be_printed_and_nothing_is_written(jekyll: Place, words: tuple[str, ...]) -> None:
    done = jekyll.command("init", "site", *words)

    assert "jekyll" == tomllib.loads(done.stdout)["source"]["dialect"]
    assert "dialect    jekyll, because of _config.yml\n" in done.stderr
    assert {"site"} == jekyll.names()


def test_paths_are_relative_to_the_file_wherever_it_is(jekyll: Place) -> None:
    (jekyll.root / "etc").mkdir()
    jekyll.command("init", "site", "-o", "etc/ours.toml")

    assert "../site" == jekyll.settings("etc/ours.toml")["source"]["path"]
    jekyll.command("check", "-c", "etc/ours.toml")


def test_a_folder_behind_a_link_is_named_in_a_way_that_leads_there(jekyll: Place) -> None:
    (jekyll.root / "a" / "b").mkdir(parents=True)
    (jekyll.root / "link").symlink_to("a/b")
    jekyll.command("init", "site", "-o", "link/ours.toml")

    assert str(jekyll.root / "site") == jekyll.settings("link/ours.toml")["source"]["path"]
    jekyll.command("check", "-c", "link/ours.toml")


def test_in_the_sites_own_folder_feeds_and_state_go_where_no_generator_looks(jekyll: Place) -> None:
    site = Place(jekyll.root / "site")
    done = site.command("init")
    site.build()

    assert "." == site.settings()["source"]["path"]
    assert {"_config.yml", "_posts", ".syndicator", "syndicator.toml"} == site.names()
    assert {"public", "state.db"} <= {path.name for path in (site.root / ".syndicator").iterdir()}
    assert (
        "mind       add syndicator.toml to exclude in _config.yml, or Jekyll publishes it with the site\n"
        in done.stdout
    )


def test_a_git_working_copy_is_told_that_its_repository_could_be_followed(jekyll: Place) -> None:
    subprocess.run(["git", "init", "-q", str(jekyll.root / "site")], check=True)

    assert 'with [source] kind = "git" its repository is followed instead' in jekyll.command("init", "site").stdout
    assert 1 == jekyll.build()["live"]


def test_all_faults_are_told_at_once(place: Place) -> None:
    place.write("syndicator.toml", "mine\n")
    place.write("content/_posts/2024-01-02-a.md", "---\ntitle: A\n---\n")
    done = place.command("init", "content", "--timezone", "Berlin", status=2)

    assert [
        "syndicator.toml: is there already; say --force to write over it, or -o for another file",
        ZONE_WANTED,
        "content: site.url: the site's own configuration does not say it; say --url https://…",
    ] == done.stderr.splitlines()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere",), "nowhere: does not exist; name the folder of the site\n"),
        (("paper",), "paper: is no folder; name the folder of the site\n"),
        (
            ("empty",),
            NOTHING_THERE,
        ),
        (
            ("site", "--url", "example"),
            '--url: expected an address such as "https://news.example.org/", found "example"\n',
        ),
        (("site", "-o", "no/ours.toml"), "no/ours.toml: its folder does not exist; make the folder, or name another\n"),
        (("x" * 300,), f"{'x' * 300}: does not exist; name the folder of the site\n"),
        (
            ("site", "-o", "x" * 300),
            f"{'x' * 300}: cannot be written (File name too long); name another file with -o\n",
        ),
        (("site", "-o", "site"), "site: is a folder; name a file, as in -o syndicator.toml\n"),
    ],
)
def test_what_cannot_be_is_told_in_words(jekyll: Place, words: tuple[str, ...], told: str) -> None:
    jekyll.write("paper", "")
    (jekyll.root / "empty").mkdir()

    assert told == jekyll.command("init", *words, status=2).stderr
    assert {"site", "paper", "empty"} == jekyll.names()


def test_a_broken_configuration_is_told_with_its_line(jekyll: Place) -> None:
    jekyll.write("site/_config.yml", "title: The Site\nurl: a: b\n")
    done = jekyll.command("init", "site", status=1)

    assert "source _config.yml:2: not valid YAML" in done.stderr
    assert {"site"} == jekyll.names()


def test_a_zone_that_the_site_has_wrong_can_be_said_right(jekyll: Place) -> None:
    jekyll.write("site/_config.yml", "title: The Site\nurl: https://site.example.net\ntimezone: Mars/Base\n")

    told = jekyll.command("init", "site", status=2).stderr
    assert told.startswith('site: site.timezone: the site\'s own configuration says "Mars/Base"')
    assert told.endswith("; mend it there, or say --timezone NAME\n")
    jekyll.command("init", "site", "--timezone", "Europe/Rome")
    assert {"timezone": "Europe/Rome"} == jekyll.settings()["site"]


def test_a_title_that_means_something_in_toml_stays_a_title(place: Place) -> None:
    place.write("site/a.md", "---\ndate: 2024-01-02\n---\nWords.\n")
    title = 'A "quoted" \\ title # \x7f\n[source]'
    place.command("init", "site", "--url", "https://a.example.net/", "--title", title)

    assert title == place.settings()["site"]["title"]
    assert "plain" == place.settings()["source"]["dialect"]


def test_a_title_of_the_site_cannot_leave_its_comment(place: Place) -> None:
    title = json.dumps('x"\n[hub]\nenabled = true\x1b[2J')
    place.write("site/_config.yml", f"title: {title}\nurl: https://a.example.net\n")
    done = place.command("init", "site")

    assert {} == place.settings()["hub"]
    assert "\x1b" not in done.stdout + (place.root / "syndicator.toml").read_text()
    assert "mind       no post is live yet" in done.stdout


@pytest.mark.parametrize("words", [(), ("--json",), ("--stdout",)])
def test_names_that_are_not_utf_8_end_in_words(place: Place, words: tuple[str, ...]) -> None:
    odd = os.fsdecode(b"\xff")
    place.write(f"site/{odd}.md", "---\ntitle: A\ndate: 2024-01-02\n---\n")
    place.write(f"{odd}/a.md", "---\ntitle: A\ndate: 2024-01-02\n---\n")
    url = ("--url", "https://a.example.net")

    done = place.command("init", "site", *url, *words, "-o", f"{odd}.toml")
    assert "udcff.md" in done.stdout + done.stderr
    told = "\\udcff: has a name that is not UTF-8; rename the folder\n"
    assert told == place.command("init", odd, *url, *words, status=2).stderr


def test_a_link_to_itself_is_a_file_that_is_there(jekyll: Place) -> None:
    (jekyll.root / "syndicator.toml").symlink_to("syndicator.toml")

    assert "is there already" in jekyll.command("init", "site", status=2).stderr
    jekyll.command("init", "site", "--force")
    assert "site" == jekyll.settings()["source"]["path"]


def test_files_of_several_generators_are_told_and_one_can_be_chosen(jekyll: Place) -> None:
    jekyll.write("site/eleventy.config.js", "export default function () {}\n")

    told = "guessed    source.dialect: _config.yml decides, but eleventy.config.js looks like Eleventy.\n"
    assert told in jekyll.command("init", "site").stdout
    words = ("init", "site", "--force", "--dialect", "eleventy", "--url", "https://a.example.net", "--title", "T")
    assert "dialect    eleventy, because of --dialect\n" in jekyll.command(*words).stdout


def test_on_a_terminal_the_address_is_asked_for_until_it_is_one(place: Place) -> None:
    """frontmatter-90."""
    place.write("site/_config.yml", "title: The Site\n")
    status, said = typed(place, "nonsense\nhttps://asked.example.net\n")

    assert 0 == status
    assert "The address of the site: the site's own configuration does not say it." in said
    assert 'expected an address such as "https://news.example.org/", found "nonsense"' in said
    assert {"url": "https://asked.example.net"} == place.settings()["site"]


def test_ctrl_c_at_the_question_ends_with_130_and_writes_nothing(place: Place) -> None:
    place.write("site/_config.yml", "title: The Site\n")
    status, said = typed(place, "")

    assert 130 == status
    assert "Traceback" not in said
    assert {"site"} == place.names()


def typed(place: Place, answer: str) -> tuple[int, str]:
    """Exit status and all that was said on a terminal where somebody types this when there is a question; "" for
    Ctrl-C."""
    ours, theirs = pty.openpty()
    said, asked = b"", False
    with subprocess.Popen(
        [*COMMAND, "init", "site"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=place.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        os.close(theirs)
        try:
            while (part := heard(ours)) is None or part:
                said += part or b""
                if b"Where does it live" in said and not (asked and answer):
                    if answer:
                        os.write(ours, answer.encode())
                    elif part is None or not asked:
                        # Again while nothing is heard: one that comes just before Python begins to read is forgotten.
                        process.send_signal(signal.SIGINT)
                    asked = True
            return process.wait(PATIENCE), said.decode().replace("\r\n", "\n")
        finally:
            os.close(ours)
            process.kill()


def heard(terminal: int) -> bytes | None:
    """What comes next, None while nothing does, nothing when there is nobody at the other end any more."""
    if not select([terminal], [], [], 0.5)[0]:
        return None
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""
