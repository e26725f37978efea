"""The real watcher over real folders: what is a hint and where, what is not, and what happens when the folder goes."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import resource
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from syndicator.dialects.plain import Plain
from syndicator.errors import PostError
from syndicator.model import ImageFacts
from syndicator.ports import BEING_WRITTEN, Touched
from syndicator.sources import inotify, tree, watch
from syndicator.sources.filesystems import is_remote, kind_of
from syndicator.sources.folder import FolderSource
from syndicator.sources.watch import hints
from syndicator.sources.watcher import Sight


class Watched:
    """Keeps the hints that come."""

    def __init__(self) -> None:
        self.hints: list[Touched] = []
        self.sight = Sight()
        self._news = asyncio.Event()
        self._seen = 0

    @property
    def count(self) -> int:
        return len(self.hints)

    async def follow(self, root: Path, stop: asyncio.Event, ignore: tuple[Path, ...]) -> None:
        async for touched in hints(root, stop, ignore, self.sight):
            self.hints.append(touched)
            self._news.set()

    async def hint(self) -> Touched:
        """Wait for the next one."""
        async with asyncio.timeout(10):
            while self._seen == len(self.hints):
                self._news.clear()
                await self._news.wait()
        self._seen += 1
        return self.hints[self._seen - 1]

    async def heard_of(self, *paths: str, within: float = 10) -> None:
        """Wait until all of these were touched, or anything may have been."""
        missing = set(paths)
        async with asyncio.timeout(within):
            while missing:
                touched = await self.hint()
                missing -= missing if touched is None else touched

    async def silence(self, seconds: float) -> int:
        """How many come in some time in which none should."""
        before = self.count
        await asyncio.sleep(seconds)
        self._seen = self.count
        return self.count - before


@asynccontextmanager
async def watching(root: Path, *ignore: Path) -> AsyncIterator[Watched]:
    """Watched from here on; that it has begun was told."""
    watched, stop = Watched(), asyncio.Event()
    task = asyncio.create_task(watched.follow(root, stop, ignore))
    try:
        yield watched
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await task


@pytest.fixture(params=["inotify", "elsewhere"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Linux, and systems that have no inotify."""
    if request.param == "elsewhere":
        monkeypatch.setattr(inotify, "is_there", lambda: False)
    return str(request.param)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(watch, "_STILL_THERE", 0.1)
    monkeypatch.setattr(watch, "_SHORTEST", 0.05)
    monkeypatch.setattr(watch, "_LONGEST", 0.2)
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.__dict__["reason"] for record in caplog.records if record.levelno >= logging.WARNING]


# --- what is touched --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("system")
async def test_that_watching_has_begun_is_a_hint_and_so_is_a_file(root: Path) -> None:
    (root / "_posts").mkdir()
    async with watching(root) as watched:
        assert None is await watched.hint()
        assert 0 == await watched.silence(0.1)
        (root / "_posts/a.md").write_text("a")

        await watched.heard_of("_posts/a.md")


def write(path: Path) -> None:
    path.write_text("more words")


def write_beside(path: Path) -> None:
    beside = path.with_name(".a.md.tmp123")
    beside.write_text("other words")
    beside.replace(path)


def write_like_vim(path: Path) -> None:
    kept = path.with_name("a.md~")
    path.rename(kept)
    path.write_text("more words")
    kept.unlink()


def truncate_and_write(path: Path) -> None:
    with path.open("r+") as file:
        file.truncate()
        file.write("words")


def add_a_name(path: Path) -> None:
    other = path.with_name("other.txt")
    other.write_text("words")
    path.unlink()
    os.link(other, path)


@pytest.mark.parametrize(
    "save", [write, write_beside, write_like_vim, truncate_and_write, add_a_name, Path.unlink, Path.touch, None]
)
async def test_whatever_way_a_file_is_saved_one_hint_names_it(
    root: Path, save: Callable[[Path], object] | None
) -> None:
    (root / "a.md").write_text("words")
    async with watching(root) as watched:
        await watched.hint()
        (save or (lambda path: path.chmod(0o600)))(root / "a.md")

        touched = await watched.hint()
        assert touched is not None
        assert "a.md" in touched
        assert not any(name.endswith("~") for name in touched)


async def test_a_rename_is_one_hint_of_both_names(root: Path) -> None:
    (root / "a.md").write_text("words")
    (root / "old").mkdir()
    async with watching(root) as watched:
        await watched.hint()
        (root / "a.md").rename(root / "b.md")
        assert frozenset({"a.md", "b.md"}) == await watched.hint()
        (root / "old").rename(root / "new")
        assert frozenset({"old", "new"}) == await watched.hint()
        (root / "new/a.md").write_text("words")
        await watched.heard_of("new/a.md")


async def test_what_is_deleted_and_made_anew_elsewhere_is_one_hint(root: Path) -> None:
    """As git does on checkout: only who sees both at once knows that it is the same post."""
    (root / "a.md").write_text("words")
    async with watching(root) as watched:
        await watched.hint()
        (root / "a.md").unlink()
        await asyncio.sleep(0.02)
        (root / "b.md").write_text("words")

        assert frozenset({"a.md", "b.md"}) == await watched.hint()


async def test_a_burst_of_500_saves_is_one_hint_or_two(root: Path) -> None:
    async with watching(root) as watched:
        await watched.hint()
        for number in range(500):
            (root / f"{number}.md").write_text("words")
            if number % 10 == 0:
                await asyncio.sleep(0.002)
        await watched.heard_of(*(f"{number}.md" for number in range(500)))

    assert 2 + 1 >= watched.count


async def test_an_editor_that_keeps_notes_of_its_own_gives_no_hints(root: Path) -> None:
    async with watching(root) as watched:
        await watched.hint()
        for name in (".a.md.swp", "4913", "a.md~", "#a.md#", ".goutputstream-AB12"):
            (root / name).write_text("x")
        (root / ".git").mkdir()
        (root / ".git/index").write_text("x")

        assert 0 == await watched.silence(0.3)


async def test_what_comes_while_nobody_could_keep_up_may_be_anywhere(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = inotify.Inotify.read
    overflow = [inotify.Event(-1, inotify.OVERFLOW, 0, "")]
    async with watching(root) as watched:
        await watched.hint()
        monkeypatch.setattr(inotify.Inotify, "read", lambda self: [*read(self)[:0], *overflow])
        (root / "new").mkdir()
        assert None is await watched.hint()
        monkeypatch.setattr(inotify.Inotify, "read", read)
        (root / "new/a.md").write_text("words")
        await watched.heard_of("new/a.md")


# --- what is half there -----------------------------------------------------------------------------------------------


async def test_a_file_that_is_still_open_is_no_hint_and_is_known_to_be_written(root: Path) -> None:
    (root / "a.md").write_text("words")
    async with watching(root) as watched:
        await watched.hint()
        with (root / "a.md").open("w") as file:
            file.write("half")
            file.flush()
            assert watched.sight.is_being_written("a.md", 0.0)
            assert 0 == await watched.silence(0.25)
            file.write(" a post")

        assert frozenset({"a.md"}) == await watched.hint()
        assert not watched.sight.is_being_written("a.md", 0.0)


@pytest.mark.skipif(not inotify.is_there(), reason="nobody tells who has files open")
async def test_a_file_that_was_open_before_anybody_watched_its_folder_is_read_when_it_is_closed(root: Path) -> None:
    """scp -r, or a script: a folder is made, or moved in, and its first file is there before it is watched."""
    outside = root.with_name("outside")
    outside.mkdir()
    with (root / "before.md").open("w") as before, (outside / "a.md").open("w") as file:
        async with watching(root) as watched:
            await watched.hint()
            assert watched.sight.is_being_written("before.md", 0.0)
            (outside / "b.md").write_text("whole")
            file.write("half")
            file.flush()
            outside.rename(root / "new")
            await watched.heard_of("new/b.md", within=2)
            assert 0 == await watched.silence(0.2)
            assert watched.sight.is_being_written("new/a.md", 0.0)
            file.close()
            before.close()

            await watched.heard_of("new/a.md", "before.md", within=2)
            assert not watched.sight.is_being_written("new/a.md", 0.0)


def test_a_young_file_that_looks_like_the_first_half_of_one_is_not_read_yet(root: Path) -> None:
    """Though it was closed: programs empty a file first, or open it again for the rest."""
    source = FolderSource(root, Plain(), lambda _path, _age: False, limit=1000)
    begun = root / "a.md"
    begun.write_text("---\ntitle: Alpha\n")

    with pytest.raises(PostError, match=BEING_WRITTEN):
        source.read("a.md")
    os.utime(begun, (0, 0))
    assert begun.read_bytes() == source.read("a.md").data


def test_of_a_recording_that_grows_nothing_new_is_known_until_it_is_whole(root: Path) -> None:
    """Else each pass during an upload publishes another length, and tells the hubs."""
    uploads = {"a.mp3"}
    source, file = FolderSource(root, Plain(), lambda path, _age: path in uploads, limit=1000), root / "a.mp3"
    file.write_bytes(b"x" * 10)
    assert None is source.measure("a.mp3", "")
    uploads.clear()
    version, facts = source.measure("a.mp3", "") or ("", ImageFacts())
    assert 10 == facts.length

    uploads.add("a.mp3")
    file.write_bytes(b"x" * 20)

    assert (version, ImageFacts()) == source.measure("a.mp3", version)
    os.utime(file, (0, 0))
    assert 20 == (source.measure("a.mp3", version) or ("", ImageFacts()))[1].length


async def test_a_file_that_stays_open_is_taken_as_it_is_in_the_end(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syndicator.sources.settling._STALLED", 0.3)
    async with watching(root) as watched:
        await watched.hint()
        with (root / "a.md").open("w") as file:
            file.write("words")
            file.flush()

            await watched.heard_of("a.md")


async def test_others_do_not_wait_for_a_file_that_is_being_written(root: Path) -> None:
    async with watching(root) as watched:
        await watched.hint()
        with (root / "a.md").open("w") as file:
            file.write("words")
            file.flush()
            (root / "b.md").write_text("words")

            assert frozenset({"b.md"}) == await watched.hint()


def test_where_nobody_listens_a_young_file_may_be_half_there() -> None:
    sight = Sight()

    assert (True, False) == (sight.is_being_written("a.md", 0.2), sight.is_being_written("a.md", 5.0))
    assert not sight.is_exact


# --- folders ----------------------------------------------------------------------------------------------------------


async def test_a_file_in_a_new_folder_in_a_new_folder_is_seen_now_and_when_it_changes(root: Path) -> None:
    async with watching(root) as watched:
        await watched.hint()
        (root / "2026/03").mkdir(parents=True)
        (root / "2026/03/a.md").write_text("a")
        await watched.heard_of("2026", within=1)
        await watched.silence(0.3)
        (root / "2026/03/a.md").write_text("b")
        await watched.heard_of("2026/03/a.md", within=1)


async def test_a_folder_that_is_moved_in_whole_is_a_hint_and_watched(root: Path) -> None:
    outside = root.with_name("outside")
    (outside / "deep").mkdir(parents=True)
    (outside / "deep/a.md").write_text("a")
    os.utime(outside / "deep/a.md", (0, 0))
    async with watching(root) as watched:
        await watched.hint()
        outside.rename(root / "inside")
        assert frozenset({"inside"}) == await watched.hint()
        (root / "inside/deep/a.md").write_text("b")
        await watched.heard_of("inside/deep/a.md", within=1)
        shutil.move(root / "inside", outside)
        await watched.heard_of("inside", within=1)
        await watched.silence(0.1)
        (outside / "deep/a.md").write_text("c")
        assert 0 == await watched.silence(0.3)


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize("way", ["removed", "renamed", "replaced"])
async def test_a_folder_that_is_made_anew_is_watched_anew(root: Path, way: str) -> None:
    async with watching(root) as watched:
        await watched.hint()
        if way == "removed":
            shutil.rmtree(root)
        else:
            root.rename(root.with_name("away"))
        if way != "replaced":
            await watched.heard_of("anything")  # it is gone
        root.mkdir()
        await watched.heard_of("anything")
        await watched.silence(0.3)
        (root / "a.md").write_text("a")
        await watched.heard_of("a.md")


async def test_a_link_that_is_turned_to_another_folder_is_followed_at_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git-sync: the name that leads to the folder is a link, somewhere above it, that is turned."""
    monkeypatch.setattr(watch, "_STILL_THERE", 60.0)
    (root / "site").mkdir()
    link, other = root.with_name("current"), root.with_name("release-2")
    link.symlink_to(root)
    async with watching(link / "site") as watched:
        await watched.hint()
        (other / "site").mkdir(parents=True)
        turned = root.with_name("turned")
        turned.symlink_to("release-2")
        turned.replace(link)
        assert None is await asyncio.wait_for(watched.hint(), 1)
        (other / "site/a.md").write_text("a")
        await watched.heard_of("a.md", within=1)


async def test_files_behind_a_link_inside_that_is_turned_are_looked_for_anywhere(root: Path) -> None:
    """ConfigMap: every file is a link through ..data, and ..data is turned."""
    (root / "..2026_03").mkdir()
    (root / "..2026_03/a.md").write_text("a")
    (root / "..data").symlink_to("..2026_03")
    (root / "a.md").symlink_to("..data/a.md")
    async with watching(root) as watched:
        await watched.hint()
        (root / "..2026_03/a.md").write_text("b")
        await watched.heard_of("a.md", within=1)
        (root / "..2026_04").mkdir()
        (root / "..2026_04/a.md").write_text("c")
        (root / "..data_tmp").symlink_to("..2026_04")
        (root / "..data_tmp").replace(root / "..data")
        shutil.rmtree(root / "..2026_03")
        assert None is await asyncio.wait_for(watched.hint(), 1)
        await watched.silence(0.3)
        (root / "..2026_04/a.md").write_text("d")
        await watched.heard_of("a.md", within=1)


async def test_what_changes_behind_a_link_to_a_folder_inside_is_named_both_ways(root: Path) -> None:
    (root / "drafts/new").mkdir(parents=True)
    (root / "_posts").symlink_to("drafts")
    async with watching(root) as watched:
        await watched.hint()
        (root / "drafts/new/a.md").write_text("a")
        assert frozenset({"drafts/new/a.md", "_posts/new/a.md"}) == await watched.hint()
        (root / "drafts").rename(root / "old")
        assert None is await watched.hint()


async def test_a_link_that_leads_to_itself_or_nowhere_harms_nobody(root: Path) -> None:
    (root / "a").mkdir()
    (root / "a/up").symlink_to("..")
    (root / "a/b").symlink_to("../a")
    (root / "self").symlink_to("self")
    async with watching(root) as watched:
        await watched.hint()
        (root / "a/x.md").write_text("a")

        await watched.heard_of("a/x.md")


async def test_with_too_many_links_a_change_may_be_anywhere(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "_MOST_LINKS", 3)
    for number in range(5):
        (root / f"{number}.md").symlink_to("a.md")
    async with watching(root) as watched:
        await watched.hint()
        (root / "a.md").write_text("a")

        assert None is await watched.hint()


# --- trouble ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("system")
async def test_a_missing_folder_is_said_once_and_is_no_hint(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    root.rmdir()
    async with watching(root) as watched:
        assert 0 == await watched.silence(0.3)
        assert ["it is not watched at all: it is not there"] == warnings(caplog)
        assert "it is not watched at all: it is not there" == watched.sight.blind
        root.mkdir()
        await asyncio.wait_for(watched.hint(), 1)
        assert "" == watched.sight.blind

    assert "changes in the folder are seen at once again" in caplog.messages


@pytest.mark.parametrize(
    ("number", "limit"), [(errno.EMFILE, "max_user_instances"), (errno.ENOSPC, "max_user_watches")]
)
async def test_a_folder_that_cannot_be_watched_is_tried_again_ever_more_rarely(
    root: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, number: int, limit: str
) -> None:
    pauses: list[float] = []
    enough = asyncio.Event()

    async def pause(stop: asyncio.Event, seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 5:
            enough.set()
            await stop.wait()

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(watch, "_pause", pause)
    monkeypatch.setattr(inotify.Inotify, "__init__", refuse)
    async with watching(root) as watched, asyncio.timeout(10):
        await enough.wait()

        assert [0.05, 0.1, 0.2, 0.2, 0.2] == pauses
        assert 0 == watched.count
        assert not watched.sight.is_exact
    (said,) = warnings(caplog)
    assert said == (f"it is not watched at all: fs.inotify.{limit} is reached; raise it with sysctl, and start again")


async def test_a_folder_that_cannot_be_watched_for_want_of_files_says_so(
    root: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system says the same of a process with too many open files and of a user with too many watchers."""
    limits, tried = resource.getrlimit(resource.RLIMIT_NOFILE), asyncio.Event()

    async def pause(stop: asyncio.Event, _: float) -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        tried.set()
        await stop.wait()

    def refuse(*_: object) -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(watch, "_pause", pause)
    monkeypatch.setattr(inotify.Inotify, "__init__", refuse)
    async with watching(root), asyncio.timeout(10):
        await tried.wait()
    (said,) = warnings(caplog)
    assert said.startswith("it is not watched at all: this process cannot open another file (Too many open files); ")
    assert "allow this process more open files" in said


async def test_a_fault_of_ours_in_the_watcher_is_not_kept_quiet(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def follow() -> None:
        async for touched in hints(root, asyncio.Event()):
            assert touched is None
            (root / "a.md").write_text("x")

    monkeypatch.setattr(inotify.Inotify, "read", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(follow(), 10)


async def test_where_only_some_folders_can_be_watched_that_is_said_with_what_to_do(
    root: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        (root / name).mkdir()
    add = inotify.Inotify.add

    def some(self: inotify.Inotify, folder: str, mask: int = inotify.CHANGES) -> int:
        if folder.endswith(("/b", "/c")):
            raise OSError(errno.ENOSPC, "No space left on device")
        return add(self, folder, mask)

    monkeypatch.setattr(inotify.Inotify, "add", some)
    async with watching(root) as watched:
        await watched.hint()
        (root / "a/a.md").write_text("x")
        await watched.heard_of("a/a.md")
        assert not watched.sight.is_exact
    (said,) = warnings(caplog)
    assert said.startswith("only 2 folders in it are watched: fs.inotify.max_user_watches is reached; raise it")


async def test_on_a_file_system_of_other_machines_it_is_said_that_their_changes_are_not_seen(
    root: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "kind_of", lambda _: "nfs4")
    async with watching(root) as watched:
        await watched.hint()
        (root / "a.md").write_text("x")
        await watched.heard_of("a.md")
        assert not watched.sight.is_exact
        assert not watched.sight.is_being_written("a.md", 0.1)
        assert watched.sight.is_being_written("b.md", 0.1)
        assert not watched.sight.is_being_written("b.md", 5.0)
    assert ["it is on nfs4: what other machines change there is not seen"] == warnings(caplog)


@pytest.mark.usefixtures("system")
async def test_what_the_service_writes_below_the_folder_is_no_hint(root: Path) -> None:
    (root / "public").mkdir()
    async with watching(root, root / "public", root / "state.db", root.parent / "elsewhere", root, root.parent) as seen:
        await seen.hint()
        (root / "public/category").mkdir()
        (root / "public/category/feed.xml").write_text("x")
        (root / "state.db").write_text("x")
        assert 0 == await seen.silence(0.3)
        (root / "public.md").write_text("x")
        await seen.heard_of("public.md")


async def test_what_is_ignored_may_be_named_through_a_link(root: Path) -> None:
    (root / "public").mkdir()
    link = root.with_name("current")
    link.symlink_to(root)
    async with watching(link, link / "public") as watched:
        await watched.hint()
        (root / "public/feed.xml").write_text("x")
        assert 0 == await watched.silence(0.3)
        (root / "a.md").write_text("x")
        await watched.heard_of("a.md")


async def test_one_folder_that_may_not_be_read_does_not_end_the_watch_over_the_others(
    root: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "closed", "z"):
        (root / name).mkdir()
    (root / "closed").chmod(0)
    add = inotify.Inotify.add

    def as_everybody(self: inotify.Inotify, folder: str, mask: int = inotify.CHANGES) -> int:
        if folder == str(root / "closed") and Path(folder).stat().st_mode & 0o777 == 0:
            raise PermissionError(errno.EACCES, "Permission denied")
        return add(self, folder, mask)

    monkeypatch.setattr(inotify.Inotify, "add", as_everybody)
    async with watching(root) as watched:
        await watched.hint()
        for name in ("a", "z"):
            (root / name / "a.md").write_text("x")
            await watched.heard_of(f"{name}/a.md")
        assert ["some folders in it may not be read"] == warnings(caplog)
        (root / "closed").chmod(0o755)
        await watched.heard_of("closed")
        (root / "closed/a.md").write_text("x")
        await watched.heard_of("closed/a.md")


@pytest.mark.parametrize(
    ("kind", "remote"),
    [
        ("nfs4", True),
        ("cifs", True),
        ("fuse.sshfs", True),
        ("9p", True),
        ("ext4", False),
        ("overlay", False),
        ("", False),
    ],
)
def test_some_kinds_of_file_systems_are_changed_by_other_machines(kind: str, remote: bool) -> None:
    assert remote is is_remote(kind)


def test_the_kind_of_a_file_system_is_that_of_the_innermost_mount() -> None:
    assert "proc" == kind_of(Path("/proc/self"))
    assert kind_of(Path("/")) not in ("", "proc")
