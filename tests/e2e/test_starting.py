"""Commands begin from nothing as they do where all is imported already, which is how most tests run them."""

from __future__ import annotations

import shlex
import subprocess

import pytest

from syndicator import __version__
from tests.newsroom import COMMAND, Newsroom


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--version"],
        ["build", "--json"],
        ["build", "--nothing"],
        ["check"],
        ["why", "nothing.md"],
        ["status"],
        ["approve", "main"],
        ["lint", "main"],
        ["init", "content"],
        ["adopt", "feed.xml", "--feed", "main"],
        ["healthcheck"],
    ],
    ids=" ".join,
)
def test_a_command_says_and_does_the_same_from_nothing(newsroom: Newsroom, words: list[str]) -> None:
    newsroom.post("2023-08-24-rain.md", "Words *and* `code`.", title="Rain", category="News")
    newsroom.build()
    toml = str(newsroom.root / "syndicator.toml")

    warm = newsroom.command(*words, cwd=newsroom.root)
    files = newsroom.files()
    cold = subprocess.run(
        [*COMMAND, "-c", toml, *words], capture_output=True, text=True, check=False, cwd=newsroom.root
    )

    assert (warm.returncode, steady(warm.stdout), warm.stderr) == (cold.returncode, steady(cold.stdout), cold.stderr)
    assert files == newsroom.files()


def test_the_version_is_told_without_a_command(newsroom: Newsroom) -> None:
    told = newsroom.command("--version")

    assert (0, f"syndicator {__version__}\n", "") == (told.returncode, told.stdout, told.stderr)


@pytest.mark.parametrize("words", [["status"], ["--help"]], ids=" ".join)
def test_an_answer_that_cannot_be_written_is_said_in_words(newsroom: Newsroom, words: list[str]) -> None:
    newsroom.post("2023-08-24-rain.md", title="Rain")
    newsroom.build()

    done = shell("exec {} >/dev/full", newsroom, words)

    assert 1 == done.returncode
    assert "standard output: cannot be written (No space left on device); free some space" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_build_does_its_work_where_nobody_can_be_told(newsroom: Newsroom) -> None:
    """Its standard streams are closed: neither the state nor a document takes their place."""
    newsroom.post("2023-08-24-rain.md", title="Rain")
    newsroom.post("2023-08-25-bad.md", title="Bad", date="soon")

    done = shell("exec {} <&- >&- 2>&-", newsroom, ["build"])

    assert ["Rain"] == newsroom.titles()
    assert 1 == done.returncode  # as a post is refused
    assert "refused    1 posts" in newsroom.command("status").stdout


def shell(script: str, newsroom: Newsroom, words: list[str]) -> subprocess.CompletedProcess[str]:
    """A command from a shell, which stands where {} is."""
    command = shlex.join([*COMMAND, "-c", str(newsroom.root / "syndicator.toml"), *words])
    return subprocess.run(["sh", "-c", script.format(command)], capture_output=True, text=True, check=False)


def steady(said: str) -> str:
    """Without the moments and durations, which differ from run to run."""
    return "\n".join(line for line in said.splitlines() if "seconds" not in line and "last pass" not in line)
