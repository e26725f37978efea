"""A fresh newsroom for each test, and file systems that are mounted for real and never left behind."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.past import lived
from tests.newsroom import Newsroom


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path)


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """One with a past, to be copied."""
    newsroom = Newsroom(tmp_path_factory.mktemp("past"), port=8080)
    lived(newsroom)
    return newsroom


def mount(*words: str) -> None:
    """Mount something; where nobody may, the test cannot be made."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")


def unmount(folder: Path) -> None:
    """Take it away at once, whoever uses it."""
    subprocess.run(["umount", "-l", str(folder)], check=True, capture_output=True)


@pytest.fixture
def disk() -> Iterator[Callable[[Path, str], Path]]:
    """Mounts a file system of so many bytes at a folder, which is made."""
    mounted: list[Path] = []

    def make(folder: Path, size: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
        mounted.append(folder)
        return folder

    yield make
    for folder in reversed(mounted):
        if os.path.ismount(folder):
            unmount(folder)


@pytest.fixture
def locked_down() -> Iterator[Callable[[Path], Callable[[], None]]]:
    """Makes a folder read-only, for root too; gives what makes it writable again."""
    mounted: list[Path] = []

    def make(folder: Path) -> Callable[[], None]:
        mount("--bind", str(folder), str(folder))
        mounted.append(folder)
        mount("-o", "remount,bind,ro", str(folder))
        return lambda: mount("-o", "remount,bind,rw", str(folder))

    yield make
    for folder in reversed(mounted):
        unmount(folder)
