"""The day: the service runs, editors edit, things break, and in the end all must be as if nothing had happened."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syndicator.model import digest
from tests.newsroom import COMMAND, Newsroom, eventually
from tests.soak.edits import CATEGORIES, Desk
from tests.soak.world import Hub, Partner, Reader, Server, entries, fetch

_MAIN = ("feed.xml", "atom.xml", "feed.json")
_PATHS = (*_MAIN, *(f"category/{category.lower()}.xml" for category in CATEGORIES))
#: Seconds in which all must be well again once nothing is broken any more.
_RECOVERY = 30.0
#: Seconds in which what is due can be delivered.
_BETWEEN = 5.0


@dataclass(slots=True)
class Day:
    """A day of ``seconds`` in a folder; the same ``seed`` gives the same deeds (their moments are the machine's)."""

    folder: Path
    seed: int
    seconds: float
    tell: Callable[[str], None] = print
    done: Counter[str] = field(default_factory=Counter)
    _chance: random.Random = field(init=False)
    _desk: Desk = field(init=False)
    _newsroom: Newsroom = field(init=False)
    _service: subprocess.Popen[bytes] | None = None
    _small: bool = False
    #: Faults to come: each once before any comes again.
    _bag: list[Callable[[], str]] = field(default_factory=list)
    _hurried: float = 0.0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._newsroom = Newsroom(self.folder)
        self._desk = Desk(self.folder / "content" / "_posts", self._chance)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._newsroom.port}/"

    def spend(self) -> list[str]:
        """Live through it; all complaints."""
        with ExitStack() as stack:
            self._small = stack.enter_context(_small_disk(self.folder / "public"))
            hubs = [stack.enter_context(Hub().listening()) for _ in range(2)]
            partner = stack.enter_context(Partner().listening())
            self._newsroom.settings = "".join(f'\n[[hubs]]\nurl = "{hub.url}"\n' for hub in hubs)
            self._newsroom.settings += f'\n[[webhooks]]\nurl = "{partner.url}"\nsecret = "{Partner.SECRET}"\n'
            self._newsroom.settings += '\n[guard]\nenabled = false\n[run]\nstop_within = "6s"\n[log]\nformat = "json"\n'
            self._newsroom.configure()
            for _ in range(12):
                self._desk.write()
            stack.callback(self._kill)
            self._start()
            reader = Reader(self.base, _PATHS, self._desk)
            with reader.reading():
                self._work([*hubs, partner])
                complaints = self._evening(hubs, partner)
            return [*dict.fromkeys((*reader.complaints, *partner.complaints)), *complaints]

    # --- the day -------------------------------------------------------------------------------------------------

    def _work(self, others: Sequence[Server]) -> None:
        end = time.monotonic() + self.seconds
        said = 0.0
        while (left := end - time.monotonic()) > 0:
            deed = self._deed(others)
            self.done[deed.split()[0]] += 1
            if time.monotonic() - said > 5:
                said = time.monotonic()
                self.tell(f"{left:4.0f} s left: {sum(self.done.values())} deeds, the last: {deed}")
            time.sleep(self._chance.choice((0.0, 0.02, 0.1, 0.3, 0.6)))

    def _deed(self, others: Sequence[Server]) -> str:
        luck = self._chance.random()
        if luck < 0.75:
            return self._desk.edit()
        if luck < 0.78:
            return self._desk.burst(20)
        if luck < 0.84:
            other = self._chance.choice(others)
            other.mood = self._chance.choice(Server.MOODS)
            return f"mood:{other.mood}"
        if not self._bag:
            self._bag = [
                self._killed, self._killed, self._restarted, self._locked, self._vandalised, self._unmounted,
                self._frozen, self._doubled, self._filled, self._robbed,
            ]  # fmt: skip
            self._chance.shuffle(self._bag)
        return self._bag.pop()()

    def _killed(self) -> str:
        time.sleep(self._chance.uniform(0, 0.2))
        self._kill()
        for _ in range(self._chance.randrange(4)):
            self._desk.edit()
        self._start(wait=self._chance.random() < 0.7)
        return "killed"

    def _restarted(self) -> str:
        assert self._service is not None
        self._service.send_signal(signal.SIGTERM)
        status = self._service.wait(20)
        if status not in (0, -signal.SIGTERM):  # the signal may come before anybody listens to it
            raise AssertionError(f"SIGTERM ended the service with status {status}")
        self._start()
        return "restarted"

    def _locked(self) -> str:
        """Another program writes to the database for a while."""
        with closing(sqlite3.connect(self.folder / "state.db", timeout=5)) as state:
            try:
                state.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return "locked not"
            for _ in range(3):
                self._desk.edit()
            time.sleep(self._chance.uniform(0.2, 1.5))
            state.rollback()
        return "locked"

    def _vandalised(self) -> str:
        """Somebody tampers with what was published."""
        path = self.folder / "public" / self._chance.choice(_PATHS)
        if not path.exists():
            return "vandalised nothing"
        if self._chance.random() < 0.5:
            path.unlink()
        else:
            path.write_bytes(b"<vandal/>")
        return "vandalised"

    def _unmounted(self) -> str:
        """The posts are away for a while, and another empty folder stands there sometimes."""
        content, away = self.folder / "content", self.folder / "away"
        content.rename(away)
        if bare := self._chance.random() < 0.5:
            content.mkdir()
        time.sleep(self._chance.uniform(0.2, 2))
        if bare:
            content.rmdir()
        away.rename(content)
        return "unmounted"

    def _robbed(self) -> str:
        """Somebody removes a file of the state: it is there again."""
        self._is_up()
        file = self.folder / self._chance.choice(("state.db", "state.db-wal", "state.db.lock"))
        file.unlink()
        self._desk.edit()
        eventually(file.exists, within=_RECOVERY)
        return "robbed"

    def _frozen(self) -> str:
        """The machine sleeps."""
        assert self._service is not None
        self._service.send_signal(signal.SIGSTOP)
        try:
            self._desk.edit()
            time.sleep(self._chance.uniform(0.2, 2))
        finally:
            self._service.send_signal(signal.SIGCONT)
        return "frozen"

    def _doubled(self) -> str:
        """Somebody starts a second service on the same state: it refuses."""
        self._is_up()
        second = self._newsroom.command("build")
        if second.returncode != 1 or "Traceback" in second.stderr:
            raise AssertionError(f"a second one ended with {second.returncode}: {second.stderr}")
        return "doubled"

    def _filled(self) -> str:
        """The disk that feeds go to is full for a while."""
        if not self._small:
            return "filled not, as nothing can be mounted"
        filler = self.folder / "public" / ".filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        try:
            for _ in range(3):
                self._desk.edit()
            time.sleep(self._chance.uniform(0.2, 1.5))
        finally:
            filler.unlink()
        return "filled"

    # --- the evening ---------------------------------------------------------------------------------------------

    def _evening(self, hubs: Sequence[Hub], partner: Partner) -> list[str]:
        """Mend everything, and see whether all becomes as it must be."""
        self.tell("evening: nothing is broken any more")
        for other in (*hubs, partner):
            other.mood = "well"
        self._desk.tidy()
        self._is_up()
        complaints = []
        now = datetime.now(UTC) + timedelta(seconds=5)
        waits = [i for a in self._desk.articles.values() for i in (a.from_, a.until) if i and i > datetime.now(UTC)]
        time.sleep(max(0.0, (max(waits, default=now) - datetime.now(UTC)).total_seconds()))
        checks = {
            "what is served is not what the editors wrote": self._is_served,
            "what is served is not what stands on disk": self._is_on_disk,
            "hubs have not heard of the last versions": lambda: self._is_announced(hubs),
            "the partner has not heard what feeds show": lambda: self._is_told(partner),
        }
        for complaint, check in checks.items():
            try:
                eventually(check, within=_RECOVERY)
            except AssertionError as error:
                complaints.append(f"{complaint}: {error}")
        self._restarted()
        self._stop()
        return complaints + self._compare() + self._log()

    def _is_served(self) -> bool:
        for path in _MAIN:
            status, body = fetch(self.base + path)
            assert status == 200, f"{path} answers {status}"
            titles, wanted = {title for _, title, _ in entries(path, body)}, self._desk.live(datetime.now(UTC))
            assert titles == wanted, f"{path} lacks {sorted(wanted - titles)}, has {sorted(titles - wanted)} too many"
        return True

    def _is_on_disk(self) -> bool:
        for path, body in self._newsroom.files().items():
            assert fetch(self.base + path) == (200, body), path
        return True

    def _is_announced(self, hubs: Sequence[Hub]) -> bool:
        self._hurry()
        for path, body in self._newsroom.files().items():
            for hub in hubs:
                assert hub.seen.get(self.base + path) == digest(body), f"{hub.url} of {path}"
        return True

    def _is_told(self, partner: Partner) -> bool:
        self._hurry()
        for path, body in self._newsroom.files().items():
            assert partner.seen.get(self.base + path) == digest(body), path
        shown = {entry_id: title for entry_id, title, _ in entries("feed.json", self._newsroom.files()["feed.json"])}
        assert partner.shown.get("main", {}) == shown
        return True

    def _hurry(self) -> None:
        """Nobody waits for hours here: what was owed while others were unwell is sent again, once in a while."""
        if time.monotonic() < self._hurried + _BETWEEN:
            return
        self._hurried = time.monotonic()
        done = self._newsroom.command("deliveries", "retry", "--all")
        assert done.returncode == 0, done.stderr

    def _compare(self) -> list[str]:
        """A build into an empty folder, with the same ledger, gives the same bytes."""
        before = self._newsroom.files()
        for child in (self.folder / "public").iterdir():
            shutil.rmtree(child) if child.is_dir() else child.unlink()
        done = self._newsroom.command("build", "--no-announce")
        if done.returncode:
            return [f"the fresh build ended with {done.returncode}: {done.stderr}"]
        after = self._newsroom.files()
        return [f"a fresh build gives another {p}" for p in sorted({*before, *after}) if before.get(p) != after.get(p)]

    def _log(self) -> list[str]:
        return [f"the log: {line}" for line in self._newsroom.log().splitlines() if "Traceback" in line][:5]

    # --- the service ---------------------------------------------------------------------------------------------

    def _start(self, *, wait: bool = True) -> None:
        with (self.folder / "log").open("ab") as log:
            self._service = subprocess.Popen(
                [*COMMAND, "-c", str(self.folder / "syndicator.toml"), "run"],
                stdout=log,
                stderr=log,
                cwd=Path(__file__).parents[2],
                env={**os.environ, "PYTHONFAULTHANDLER": "1", "SYNDICATOR_PUBLISH__VERIFY": "true"},
            )
        if wait:
            self._is_up()

    def _is_up(self) -> None:
        assert self._service is not None

        def ready() -> bool:
            assert self._service is not None
            if self._service.poll() is not None:
                raise RuntimeError(f"the service ended with {self._service.returncode}: {self._newsroom.log()[-2000:]}")
            return self._newsroom.ready()

        eventually(ready, within=_RECOVERY)

    def _stop(self) -> None:
        assert self._service is not None
        self._service.send_signal(signal.SIGTERM)
        if (status := self._service.wait(20)) != 0:
            raise AssertionError(f"the service ended with status {status}")

    def _kill(self) -> None:
        if self._service is not None and self._service.poll() is None:
            self._service.kill()
            self._service.wait()


@contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    """Mount a small disk there where this user may; whether it is one."""
    folder.mkdir(parents=True, exist_ok=True)
    small = os.geteuid() == 0 and _mount("mount", "-t", "tmpfs", "-o", "size=4m", "syndicator-soak", str(folder))
    try:
        yield small
    finally:
        if small:
            _mount("umount", "--lazy", str(folder))


def _mount(*words: str) -> bool:
    try:
        return subprocess.run(words, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
