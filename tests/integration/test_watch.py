"""The real watcher over real folders: what is a hint, what is not, and what happens when the folder goes."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from watchfiles import awatch

from syndicator.sources import watch
from syndicator.sources.watch import hints


class Watched:
    """Counts the hints that come."""

    def __init__(self) -> None:
        self.count = 0
        self._news = asyncio.Event()

    async def follow(self, root: Path, stop: asyncio.Event, ignore: tuple[Path, ...]) -> None:
        async for _ in hints(root, stop, ignore):
            self.count += 1
            self._news.set()

    async def hint(self) -> None:
        """Wait for one more than came until now."""
        self._news.clear()
        async with asyncio.timeout(10):
            await self._news.wait()

    async def silence(self, seconds: float) -> int:
        """How many come in some time in which none should."""
        before = self.count
        await asyncio.sleep(seconds)
        return self.count - before


@asynccontextmanager
async def watching(root: Path, *ignore: Path) -> AsyncIterator[Watched]:
    watched, stop = Watched(), asyncio.Event()
    task = asyncio.create_task(watched.follow(root, stop, ignore))
    try:
        yield watched
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await task


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(watch, "_STILL_THERE", 100)
    monkeypatch.setattr(watch, "_SHORTEST", 0.05)
    monkeypatch.setattr(watch, "_LONGEST", 0.2)
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.__dict__["reason"] for record in caplog.records if record.levelno >= logging.WARNING]


async def test_that_watching_has_begun_is_a_hint_and_so_is_a_file(root: Path) -> None:
    async with watching(root) as watched:
        await watched.hint()
        assert 0 == await watched.silence(0.3)
        (root / "a.md").write_text("a")
        await watched.hint()


async def test_a_file_in_a_new_folder_in_a_new_folder_is_seen_now_and_when_it_changes(root: Path) -> None:
    async with watching(root) as watched:
        await watched.hint()
        (root / "2026/03").mkdir(parents=True)
        (root / "2026/03/a.md").write_text("a")
        await watched.hint()
        await watched.silence(0.5)
        (root / "2026/03/a.md").write_text("b")
        await watched.hint()


@pytest.mark.parametrize("way", ["removed", "renamed", "replaced"])
async def test_a_folder_that_is_made_anew_is_watched_anew(root: Path, way: str) -> None:
    async with watching(root) as watched:
        await watched.hint()
        if way == "removed":
            shutil.rmtree(root)
            await watched.silence(0.5)
        else:
            root.rename(root.with_name("away"))
        root.mkdir()
        await watched.hint()
        await watched.silence(0.6)
        (root / "a.md").write_text("a")
        await watched.hint()


async def test_a_link_that_is_turned_to_another_folder_is_followed(root: Path) -> None:
    link, other = root.with_name("current"), root.with_name("release-2")
    link.symlink_to(root)
    async with watching(link) as watched:
        await watched.hint()
        other.mkdir()
        turned = root.with_name("turned")
        turned.symlink_to(other)
        turned.replace(link)
        await watched.hint()
        await watched.silence(0.4)
        (other / "a.md").write_text("a")
        await watched.hint()


async def test_a_missing_folder_is_said_once_and_is_no_hint(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    root.rmdir()
    async with watching(root) as watched:
        assert 0 == await watched.silence(0.5)
        assert ["it is not watched at all: it is not there"] == warnings(caplog)
        root.mkdir()
        await watched.hint()

    assert "changes in the folder are seen at once again" in caplog.messages


async def test_a_folder_that_cannot_be_watched_is_tried_again_ever_more_rarely(
    root: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    enough = asyncio.Event()

    async def pause(stop: asyncio.Event, seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 5:
            enough.set()
            await stop.wait()

    def refuse(*_: object, **__: object) -> None:
        raise OSError("OS file watch limit reached.")

    monkeypatch.setattr(watch, "_pause", pause)
    monkeypatch.setattr(watch, "awatch", refuse)
    async with watching(root) as watched, asyncio.timeout(10):
        await enough.wait()

        assert [0.05, 0.1, 0.2, 0.2, 0.2] == pauses
        assert 0 == watched.count
    assert ["it is not watched at all: OS file watch limit reached."] == warnings(caplog)


async def test_what_the_service_writes_below_the_folder_is_no_hint(root: Path) -> None:
    (root / "public").mkdir()
    async with watching(root, root / "public", root / "state.db", root.parent / "elsewhere", root, root.parent) as seen:
        await seen.hint()
        (root / "public/category").mkdir()
        (root / "public/category/feed.xml").write_text("x")
        (root / "state.db").write_text("x")
        assert 0 == await seen.silence(0.5)
        (root / "public.md").write_text("x")
        await seen.hint()


async def test_what_is_ignored_may_be_named_through_a_link(root: Path) -> None:
    (root / "public").mkdir()
    link = root.with_name("current")
    link.symlink_to(root)
    async with watching(link, link / "public") as watched:
        await watched.hint()
        (root / "public/feed.xml").write_text("x")
        assert 0 == await watched.silence(0.5)
        (root / "a.md").write_text("x")
        await watched.hint()


async def test_one_folder_that_may_not_be_read_does_not_end_the_watch_over_the_others(
    root: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "closed", "z"):
        (root / name).mkdir()
    (root / "closed").chmod(0)
    if os.getuid() == 0:
        real = awatch

        def as_everybody(*folders: Path, recursive: bool, **other: Any) -> object:
            if recursive and (root / "closed").stat().st_mode & 0o777 == 0:
                raise PermissionError("Permission denied")
            return real(*folders, recursive=recursive, **other)

        monkeypatch.setattr(watch, "awatch", as_everybody)
    caplog.set_level(logging.INFO)
    async with watching(root) as watched:
        await watched.hint()
        for name in ("a", "z"):
            (root / name / "a.md").write_text("x")
            await watched.hint()
            await watched.silence(0.3)
        (root / "new").mkdir()
        await watched.hint()
        await watched.silence(0.5)
        (root / "new/a.md").write_text("x")
        await watched.hint()
        assert ["some folders in it may not be read"] == warnings(caplog)
        (root / "closed").chmod(0o755)
        await watched.hint()
        await watched.silence(0.5)
        (root / "closed/a.md").write_text("x")
        await watched.hint()

    assert "changes in the folder are seen at once again" in caplog.messages
