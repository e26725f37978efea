"""An open state whose files are removed, renamed or replaced, and a writer whose lock is (promise 5)."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicator.errors import StateError
from syndicator.health import Health
from syndicator.model import PostRecord, Visibility
from syndicator.ports import LedgerChange
from syndicator.safekeeping import Safekeeping
from syndicator.state.keeping import Keeper
from syndicator.state.lock import holder, only_writer
from syndicator.state.looking import open_to_read
from syndicator.state.names import take_up
from syndicator.state.posts import SqlLedger
from syndicator.state.versions import open_database

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ASIDE = "state.db.other-20260101T000000Z"


def note(keeper: Keeper, *paths: str) -> None:
    posts = [PostRecord(
        path=path, version="v", digest="d", content="c", match="m", visibility=Visibility.PUBLIC, due=NOW,
        published=NOW, updated=NOW, expires=None, entry_id=f"tag:{path}", given_id="", terms=(), down=None,
    ) for path in paths]  # fmt: skip
    SqlLedger(keeper.database).remember(LedgerChange(posts=tuple(posts)))


def others_see(file: Path) -> list[str]:
    """What another process finds under the state's name."""
    database = open_to_read(file)
    assert database is not None
    with closing(database):
        return sorted(SqlLedger(database).posts())


@contextmanager
def opened(file: Path) -> Iterator[Keeper]:
    with only_writer(file) as right:
        database = open_database(f"sqlite:///{file}", file.parent)
        keeper = Keeper(database, right)
        with closing(database):
            assert "" == keeper.look()
            yield keeper


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / "state.db"


@pytest.fixture
def keeper(file: Path) -> Iterator[Keeper]:
    with opened(file) as keeper:
        note(keeper, "a.md")
        yield keeper


def removed(file: Path) -> None:
    file.unlink()


def removed_with_its_log(file: Path) -> None:
    for path in file.parent.glob("state.db*"):
        path.unlink()


def removed_with_its_folder(file: Path) -> None:
    shutil.rmtree(file.parent)


def renamed(file: Path) -> None:
    file.rename(file.with_name("away.db"))


def moved_with_its_folder(file: Path) -> None:
    file.parent.rename(file.parent.with_name("away"))


def without_its_log(file: Path) -> None:
    file.with_name("state.db-wal").unlink()


def without_its_index(file: Path) -> None:
    file.with_name("state.db-shm").unlink()


def with_another_log(file: Path) -> None:
    beside = file.with_name("state.db-wal.new")
    beside.write_bytes(b"another")
    beside.replace(file.with_name("state.db-wal"))


REMOVALS = [
    (removed, "its file was removed or renamed"),
    (removed_with_its_log, "its file was removed or renamed"),
    (removed_with_its_folder, "its file was removed or renamed"),
    (renamed, "its file was removed or renamed"),
    (moved_with_its_folder, "its file was removed or renamed"),
    (without_its_log, "state.db-wal, its log, was removed"),
    (without_its_index, "state.db-shm, its log, was removed"),
    (with_another_log, "state.db-wal, its log, was replaced by another file"),
]


@pytest.mark.parametrize(("remove", "said"), REMOVALS)
def test_what_an_open_state_holds_is_put_back_under_its_name(
    file: Path, keeper: Keeper, remove: Callable[[Path], None], said: str
) -> None:
    remove(file)

    assert said == keeper.look()
    note(keeper, "b.md")  # written before anybody has looked
    assert keeper.mend(NOW).startswith(f"{said} while it was in use; it was put back with all that it held")

    assert "" == keeper.look()
    assert ["a.md", "b.md"] == others_see(file)
    note(keeper, "c.md")
    assert ["a.md", "b.md", "c.md"] == others_see(file)
    assert "" == keeper.look()
    with pytest.raises(StateError, match=f"process {os.getpid()}"):
        only_writer(file).__enter__()


def test_what_was_put_back_is_there_after_a_kill_and_so_it_is_when_the_old_log_lies_there_still(
    file: Path, keeper: Keeper, tmp_path: Path
) -> None:
    """The copy is of the same pages: SQLite may read the old log into it once more."""
    log = file.with_name("state.db-wal").read_bytes()
    removed(file)
    note(keeper, "b.md")
    log = file.with_name("state.db-wal").read_bytes()
    keeper.mend(NOW)
    for name, and_log in (("without", False), ("with", True)):
        killed = tmp_path / name / "state.db"
        killed.parent.mkdir()
        shutil.copy(file, killed)
        if and_log:
            killed.with_name("state.db-wal").write_bytes(log)

        with closing(open_database(f"sqlite:///{killed}", None, sound=True)) as database:
            database.examine()
            assert ["a.md", "b.md"] == sorted(SqlLedger(database).posts())


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "half"])
def test_a_whole_copy_of_one_who_was_killed_before_it_had_the_name_is_the_state(
    file: Path, keeper: Keeper, whole: bool
) -> None:
    copy = file.with_name("state.db.copy")
    removed_with_its_log(file)
    keeper.database.save(copy)
    if not whole:
        os.truncate(copy, copy.stat().st_size // 2)

    take_up(file)

    assert (whole, not whole) == (file.exists(), copy.exists())
    if whole:
        assert ["a.md"] == others_see(file)


@pytest.mark.parametrize("take_away", [without_its_log, with_another_log])
def test_a_log_that_somebody_took_away_is_no_disk_that_fails_and_no_damage(
    file: Path, keeper: Keeper, take_away: Callable[[Path], None]
) -> None:
    with keeper.database.read():
        take_away(file)
        with pytest.raises(StateError, match=r"its log, was re.* while it was open; find out who did that"):
            SqlLedger(keeper.database).posts()

    assert keeper.database.damage is None
    keeper.mend(NOW)
    assert ["a.md"] == others_see(file)


def test_a_state_is_put_back_by_whatever_connection_can_read_it(file: Path, keeper: Keeper) -> None:
    """One that was opened when the log was gone cannot, for as long as it is open."""
    with keeper.database.read() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(RESTART)").all()
    note(keeper, "b.md")
    with keeper.database.read():
        without_its_log(file)
        keeper.database.written_meanwhile()
    removed_with_its_log(file)

    keeper.mend(NOW)

    assert ["a.md", "b.md"] == others_see(file)


def test_a_log_that_was_set_aside_alone_is_called_by_the_name_that_it_has(file: Path, keeper: Keeper) -> None:
    with_another_log(file)

    assert keeper.mend(NOW).endswith(f"what stood there was set aside as {ASIDE}-wal")
    assert b"another" == file.with_name(f"{ASIDE}-wal").read_bytes()


def test_what_processes_share_of_a_log_is_not_set_aside_where_no_log_is(file: Path, keeper: Keeper) -> None:
    removed_with_its_log(file)
    file.with_name("state.db-shm").write_bytes(b"another's")

    assert "set aside" not in keeper.mend(NOW)
    assert [] == list(file.parent.glob("state.db.other-*"))
    assert ["a.md"] == others_see(file)


def test_another_file_that_took_the_name_is_set_aside_and_never_overwritten(file: Path, keeper: Keeper) -> None:
    other = file.with_name("older.db")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE places (url TEXT)")
        connection.commit()
    theirs = other.read_bytes()
    other.replace(file)

    assert "another file was put in its place" == keeper.look()
    with pytest.raises(StateError, match="another file was put in its place while it was open"):
        [keeper.database.engine.raw_connection() for _ in range(9)]
    assert keeper.mend(NOW).endswith(f"and what stood there was set aside as {ASIDE}")

    assert theirs == file.with_name(ASIDE).read_bytes()
    assert ["a.md"] == others_see(file)
    note(keeper, "b.md")
    assert ["a.md", "b.md"] == others_see(file)


def test_where_a_link_leads_to_another_file_that_one_is_set_aside_and_the_link_stays(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    file.symlink_to(tmp_path / "one" / "state.db")
    with opened(file) as keeper:
        note(keeper, "a.md")
        (tmp_path / "two" / "state.db").write_bytes(b"another")
        file.unlink()
        file.symlink_to(tmp_path / "two" / "state.db")

        keeper.mend(NOW)

        assert file.is_symlink()
        assert b"another" == (tmp_path / "two" / ASIDE).read_bytes()
        assert ["a.md"] == others_see(tmp_path / "two" / "state.db")
        with pytest.raises(StateError, match=f"process {os.getpid()}"):
            only_writer(tmp_path / "two" / "state.db").__enter__()


def test_who_replaces_the_state_again_and_again_does_not_fill_the_disk(file: Path, keeper: Keeper) -> None:
    for number in range(5):
        file.with_name(f"state.db.other-2026010{number}T000000Z").touch()
    file.unlink()
    file.write_bytes(b"another")

    with pytest.raises(StateError, match="for the 6th time; find out who puts it there, and move"):
        keeper.mend(NOW)

    assert b"another" == file.read_bytes()
    note(keeper, "b.md")
    for path in file.parent.glob("state.db.other-*"):
        path.unlink()
    keeper.mend(NOW)
    assert ["a.md", "b.md"] == others_see(file)


async def test_what_cannot_be_put_back_is_said_until_it_can_and_what_was_stays_to_be_said(
    file: Path, keeper: Keeper, caplog: pytest.LogCaptureFixture
) -> None:
    health = Health()
    assert not await Safekeeping(keeper, health).look(NOW)
    assert {} == health.problems
    others = [file.with_name(f"state.db.other-2026010{number}T000000Z") for number in range(5)]
    for path in others:
        path.touch()
    file.unlink()
    file.write_bytes(b"another")

    assert not await Safekeeping(keeper, health).look(NOW)
    assert "another file was put in its place; state " in health.problems["state"]
    assert "find out who puts it there, and move state.db.other-* elsewhere" in health.problems["state"]
    assert not await Safekeeping(keeper, health).look(NOW)

    others[0].unlink()
    assert await Safekeeping(keeper, health).look(NOW)
    assert health.problems["state"].startswith("on 2026-01-01 at 00:00:00 UTC another file was put in its place while")
    assert ["state not put back", "state put back"] == [record.message for record in caplog.records]
    assert ["a.md"] == others_see(file)


async def test_that_a_state_is_gone_is_said_while_somebody_keeps_it_from_being_put_back(
    file: Path, keeper: Keeper
) -> None:
    health = Health()
    keeping = Safekeeping(keeper, health)
    with keeper.database.read():
        file.unlink()
        look = asyncio.create_task(keeping.look(NOW))
        await asyncio.sleep(0)
        said, was_done = health.problems.get("state"), look.done()

    assert "its file was removed or renamed; it is being put back" == said
    assert not was_done
    assert await look
    assert ["a.md"] == others_see(file)


_SECOND = """
import sys
from pathlib import Path
from syndicator.errors import StateError
from syndicator.state.lock import only_writer
try:
    with only_writer(Path(sys.argv[1])):
        print("mine", flush=True)
        sys.stdin.read()
except StateError as error:
    print(error, flush=True)
"""


@contextmanager
def second(file: Path) -> Iterator[str]:
    """Another process that wants the same state, and what it says."""
    words = [sys.executable, "-S", "-c", _SECOND, str(file)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@pytest.mark.parametrize("replaced", [False, True], ids=["removed", "replaced"])
def test_a_second_process_is_refused_also_where_the_lock_file_is_gone(
    file: Path, keeper: Keeper, replaced: bool
) -> None:
    lock = file.with_name("state.db.lock")
    lock.unlink()
    if replaced:
        lock.touch()

    with second(file) as said:
        assert f"another syndicator is at work on it: process {os.getpid()}; its lock file was removed" in said

    assert "its lock file, state.db.lock, was removed or replaced" == keeper.look()
    keeper.mend(NOW)
    assert "" == keeper.look()
    found = holder(file)
    assert found is not None
    assert os.getpid() == found[0]
    with second(file) as said:
        assert f"another syndicator is at work on it: process {os.getpid()} on " in said


def test_where_another_process_took_state_and_lock_nothing_of_it_is_touched_and_what_was_held_is_saved(
    file: Path, keeper: Keeper
) -> None:
    removed_with_its_log(file)
    with opened_elsewhere(file) as theirs:
        with pytest.raises(StateError, match=f"what it held was saved as {ASIDE}; see which of the two is the right"):
            keeper.mend(NOW)

        assert keeper.is_lost
        assert theirs == file.read_bytes()
        assert ["a.md"] == others_see(file.with_name(ASIDE))


@contextmanager
def opened_elsewhere(file: Path) -> Iterator[bytes]:
    file.write_bytes(b"theirs")
    with second(file) as said:
        assert "mine" == said
        yield b"theirs"


def test_a_state_that_nobody_touches_is_left_alone(file: Path, keeper: Keeper) -> None:
    before = {path.name: path.stat().st_ino for path in file.parent.iterdir()}

    assert [""] * 100 == [keeper.look() for _ in range(100)]
    assert before == {path.name: path.stat().st_ino for path in file.parent.iterdir()}
