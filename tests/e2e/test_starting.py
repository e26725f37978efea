"""Commands begin from nothing as they do where all is imported already, which is how most tests run them."""

from __future__ import annotations

import subprocess

import pytest

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


def steady(said: str) -> str:
    """Without the moments and durations, which differ from run to run."""
    return "\n".join(line for line in said.splitlines() if "seconds" not in line and "last pass" not in line)
