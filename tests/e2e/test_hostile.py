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
