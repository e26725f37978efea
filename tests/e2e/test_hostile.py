"""Hostile posts through the whole of it: the good ones go out, every refusal is one line, nothing leaks."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import feedparser
import html5lib
import pytest
from lxml import etree

from tests.bombs import BODIES
from tests.newsroom import COMMAND, Newsroom

HOSTILE = Path(__file__).parents[1] / "hostile" / "_posts"
REFUSED = (
    "yaml-alias-bomb", "yaml-merge-bomb", "yaml-python-tag", "yaml-tab-indent", "yaml-not-a-map", "yaml-unclosed",
)  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Newsroom, subprocess.CompletedProcess[str]]:
    newsroom = Newsroom(tmp_path_factory.mktemp("hostile"))
    for post in HOSTILE.iterdir():
        (newsroom.root / "content/_posts" / post.name).write_bytes(post.read_bytes())
    before = time.monotonic()
    done = newsroom.build(status=1)
    assert time.monotonic() - before < 10
    return newsroom, done


def test_the_good_posts_go_out_whatever_the_others_do(built: tuple[Newsroom, subprocess.CompletedProcess[str]]) -> None:
    assert "The good post" in built[0].titles()
    assert "JSON front matter" in built[0].titles()


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_one_line_with_file_and_line(
    built: tuple[Newsroom, subprocess.CompletedProcess[str]], name: str
) -> None:
    lines = [line for line in built[1].stderr.splitlines() if name in line and line.startswith("refused: ")]

    assert 1 == len(lines)
    assert re.search(rf"{name}\.md:\d+", lines[0])


def test_only_what_must_be_refused_is_refused(built: tuple[Newsroom, subprocess.CompletedProcess[str]]) -> None:
    refused = {line.split()[1].split(":")[0] for line in built[1].stderr.splitlines() if line.startswith("refused: ")}
    allowed = (
        *REFUSED,
        "utf16",
        "latin1",
        "controls",
        "collision-two",
        "slug-traversal",
        "surrogate",
        "missing-and-empty",
        "date-zero",
        "date-leap-second",
        "date-text",
        "date-huge-epoch",
        "date-list",
    )

    assert all(any(name in path for name in allowed) for path in refused), refused


def test_no_secret_no_script_no_traceback_gets_out(built: tuple[Newsroom, subprocess.CompletedProcess[str]]) -> None:
    newsroom, done = built
    everything = b"".join(newsroom.files().values()).decode() + done.stdout + done.stderr

    assert "SECRET" not in everything
    assert "PWNED" not in everything
    assert not (Path.cwd() / "PWNED").exists()
    assert "root:" not in everything
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", everything)
    assert not list(newsroom.root.parent.rglob("*ESCAPED*"))


def test_every_document_is_well_formed_and_its_html_harmless(
    built: tuple[Newsroom, subprocess.CompletedProcess[str]],
) -> None:
    newsroom, _ = built
    for name, data in newsroom.files().items():
        if name.endswith(".json"):
            json.loads(data, parse_constant=lambda constant: pytest.fail(f"{constant} is not JSON"))
            continue
        etree.fromstring(data)
        parsed = feedparser.parse(data)
        assert not parsed.bozo, name
    for item in newsroom.items():
        tree = html5lib.parse(item.get("content_html", ""), namespaceHTMLElements=False)
        for element in tree.iter():
            assert element.tag not in ("script", "style", "iframe", "object", "embed", "form", "base", "meta") or (
                element.tag == "style" and not element.text
            )
            for name, value in element.items():
                assert not name.startswith("on"), (item["title"], name)
                assert name != "style"
                assert not value.strip().lower().startswith(("javascript:", "file:")), (item["title"], value)


def test_a_second_build_says_the_same_and_changes_nothing(
    built: tuple[Newsroom, subprocess.CompletedProcess[str]],
) -> None:
    newsroom, done = built
    before = newsroom.files()

    again = newsroom.build(status=1)

    def refusals(said: str) -> list[str]:
        return [line for line in said.splitlines() if line.startswith("refused")]

    assert before == newsroom.files()
    assert refusals(done.stderr) == refusals(again.stderr)


def test_memory_stays_small(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path)
    for post in HOSTILE.iterdir():
        (newsroom.root / "content/_posts" / post.name).write_bytes(post.read_bytes())
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], capture_output=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    words = [*COMMAND, "-c", str(newsroom.root / "syndicator.toml"), "build"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)

    assert int(done.stdout) < 200 * 1024


def test_no_connection_is_made_to_any_private_address_in_a_post(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path)
    toml = newsroom.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace('allow = ["127.0.0.0/8"]', "allow = []"))
    for post in HOSTILE.glob("*ssrf*"):
        (newsroom.root / "content/_posts" / post.name).write_bytes(post.read_bytes())
    watched = tmp_path / "watched.py"
    watched.write_text(
        "import sys\n"
        "def watch(event, arguments):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo'):\n"
        "        print('REACHED', event, arguments, file=sys.stderr)\n"
        "sys.addaudithook(watch)\n"
        "sys.argv = ['syndicator', *sys.argv[1:]]\n"
        "from syndicator.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, str(watched), "-c", str(toml), "build", "--ask-images"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": ""},
    )

    assert 0 == done.returncode, done.stderr
    assert "REACHED" not in done.stderr
    assert 3 == len(newsroom.items())


#: Where each dialect looks for posts; Hugo and Eleventy have to be told of names and of the collection.
PLACES = {
    "jekyll": ("_posts", {}),
    "hugo": ("content/posts", {"hugo.toml": '[frontmatter]\ndate = ["date", ":filename"]\n'}),
    "eleventy": ("posts", {"posts/posts.json": '{"tags": "post"}'}),
    "plain": (".", {}),
}
ALWAYS_REFUSED = {
    *REFUSED, "date-text", "utf16-with-bom", "date-huge-epoch", "date-list", "title-raw-controls",
    "guid-collision-two", "title-lone-surrogate", "date-zero", "date-leap-second", "invalid-utf8-latin1",
}  # fmt: skip


@pytest.mark.parametrize("dialect", sorted(PLACES))
def test_check_says_each_refusal_on_one_line_and_build_publishes_the_rest(tmp_path: Path, dialect: str) -> None:
    newsroom = Newsroom(tmp_path, dialect=dialect)
    folder, files = PLACES[dialect]
    (newsroom.root / "content" / folder).mkdir(parents=True, exist_ok=True)
    for post in HOSTILE.iterdir():
        (newsroom.root / "content" / folder / post.name).write_bytes(post.read_bytes())
    for name, text in files.items():
        (newsroom.root / "content" / name).write_text(text)

    done = newsroom.command("check")

    assert 1 == done.returncode
    lines = [line.removeprefix("error: ") for line in done.stderr.splitlines() if line.startswith("error: ")]
    refused = [re.sub(r".*/|^\d{4}-\d\d-\d\d-|\.md$", "", line.split(":")[0]) for line in lines]
    refused = [re.sub(r"^\d{4}-\d\d-\d\d-", "", name) for name in refused]
    assert sorted(ALWAYS_REFUSED) == sorted(refused)
    assert done.stderr.isprintable() or not re.search(r"[^\n -~\u00a0-\uffff]", done.stderr)
    assert all(re.search(r"\.md(:\d+){0,2}: .+; .+|holds more than 10,000 values", line) for line in lines), lines
    built = newsroom.build(status=1)
    assert len(refused) == sum(line.startswith("refused: ") for line in built.stderr.splitlines())
    assert "The good post" in newsroom.titles()
    everything = b"".join(newsroom.files().values()).decode() + built.stderr + done.stderr
    assert "SECRET" not in everything
    assert "PWNED" not in everything


KILLERS = (
    "star-tower", "brackets-open", "links-many", "table-fill", "table-fill-bare", "ticks-growing", "reference-titles",
    "html-attributes-block", "html-p", "abbreviation-huge", "attributes-named", "notes-same", "liquid-push-join",
    "liquid-push-text", "bare-mails", "dots",
)  # fmt: skip


@pytest.mark.parametrize("dialect", ["jekyll", "hugo"])
def test_posts_made_to_cost_much_cost_little_and_the_good_one_goes_out(tmp_path: Path, dialect: str) -> None:
    """Each of these took longer than ten seconds, or more than 200 MB, before it was weighed."""
    newsroom = Newsroom(tmp_path, dialect=dialect)
    folder = newsroom.root / "content" / PLACES[dialect][0]
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in {**{name: BODIES[name](1_900_000) for name in KILLERS}, "good": "Words."}.items():
        (folder / f"2026-01-01-{name}.md").write_text(f"---\ndate: 2026-01-01\ntitle: {name}\n---\n{body}\n")
    code = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True, timeout=120)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(done.returncode, used.ru_maxrss, round(used.ru_utime + used.ru_stime))"
    )
    words = [*COMMAND, "-c", str(newsroom.root / "syndicator.toml"), "build"]

    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    status, kilobytes, seconds = map(int, done.stdout.split())

    assert 1 == status
    assert "good" in newsroom.titles()
    assert kilobytes < 300 * 1024
    assert seconds < 2 * len(KILLERS)
