"""Our own copy of a git repository: objects and the commits that were its branch's tip, without a working tree."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syndicator.errors import SourceError
from syndicator.model import digest
from syndicator.ports import FetchReport
from syndicator.sources.gitcommand import Access, GitFailed, GitStopped, git
from syndicator.sources.gitfaults import BY_ITSELF, DAMAGED, damaged, unreachable, unwritable
from syndicator.sources.gitfolder import alone, clear, make
from syndicator.sources.gitfolder import replace as put_in_place

#: So many former tips are kept: what the feeds were made from, until a pass has gone through.
_TIPS = 20
_REMOTE = "upstream"
#: Marks a copy that cannot be read.
_DAMAGED = "damaged"
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_OWN_BRANCH = re.compile(rb"ref: refs/heads/([^\t\n]{1,1000})\tHEAD\n")
#: Seconds that tidying up may take.
_TIDY = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """What was fetched of one branch, in the folder ``where``; the branch "" is the one that the repository names.

    ``depth`` counts the commits that are fetched, 0 is all of them; with ``partial`` old versions of files are left
    out. Reading changes nothing on disk. A tip is noted only when all of it is there, so that whatever cuts a fetch
    off leaves the former one.
    """

    where: Path
    access: Access
    branch: str = ""
    depth: int = 1
    partial: bool = False
    within: timedelta = timedelta(minutes=5)

    @property
    def name(self) -> str:
        """For people: where it is fetched from."""
        return f"{self.access.url} ({self.branch or 'its own branch'})"

    def tips(self) -> tuple[str, ...]:
        """The commits that were the branch's tip, the newest first; none when nothing was fetched yet.

        Raises SourceError when the copy is damaged.
        """
        if not self.where.is_dir():
            return ()
        try:
            return self._tips(self.where)
        except GitFailed as error:
            raise damaged(self.where, str(error)) from error

    def spoil(self) -> None:
        """Note that the copy cannot be read: the next fetch makes it anew."""
        with suppress(OSError):
            (self.where / _DAMAGED).touch()

    def is_spoilt(self) -> bool:
        """Whether a fetch is needed to mend it."""
        return (self.where / _DAMAGED).exists()

    def fetch(self, stopped: Callable[[], bool] = bool) -> bool:
        """Get what is new; whether there is a new tip. It may be cut off anywhere, and repeated.

        Raises SourceError, also noted for whoever asks, when it cannot be had; the former tip stays.
        """
        now = datetime.now(UTC)
        with alone(self.where) as lock:
            try:
                news = self._fetch(lock, stopped)
            except GitStopped:
                return False
            except (GitFailed, SourceError) as error:
                problem = error if isinstance(error, SourceError) else damaged(self.where, str(error))
                self._note(FetchReport(url=self.name, tried=now, problem=str(problem)))
                raise problem from error
            self._note(FetchReport(url=self.name, tried=now, fetched=now))
            return news

    def own_branch(self) -> str:
        """The branch that the repository itself names, "" when it names none. Raises SourceError."""
        with alone(self.where) as lock:
            words = ("ls-remote", "--quiet", "--symref", "--", self.access.url, "HEAD")
            answer = self._ask(self.where, lock, bool, *words)
        found = _OWN_BRANCH.match(answer)
        return found[1].decode("utf-8", "replace") if found else ""

    def report(self) -> FetchReport | None:
        """How the last fetch went, None when there was none."""
        try:
            data = json.loads(self._report_file.read_bytes())
            moments = {name: datetime.fromisoformat(data[name]) for name in ("tried", "fetched") if data[name]}
            return FetchReport(url=self.name, commit=str(data["commit"]), problem=str(data["problem"]), **moments)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    # --- fetching ------------------------------------------------------------------------------------------------

    def _fetch(self, lock: int, stopped: Callable[[], bool]) -> bool:
        folder = self.where
        before: tuple[str, ...] = ()
        try:
            sound = self.where.is_dir() and not self.is_spoilt()
            before = self.tips() if sound else ()
        except SourceError:
            sound = False
        if sound:
            clear(folder)
        else:
            folder = make(self.where)
        tip = self._look(folder, lock, stopped)
        if before and before[0] == tip and (self.depth or not _is_shallow(folder)):
            return False
        self._get(folder, lock, stopped)
        commit = self._settle(folder, before)
        if folder != self.where:
            put_in_place(self.where)
        self._tidy(lock, stopped)
        return not before or before[0] != commit

    def _look(self, folder: Path, lock: int, stopped: Callable[[], bool]) -> str:
        """The commit that the branch is at, from the host: a small question before a large one."""
        wanted = f"refs/heads/{self.branch}" if self.branch else "HEAD"
        answer = self._ask(folder, lock, stopped, "ls-remote", "--quiet", "--", self.access.url, wanted)
        for line in answer.decode("utf-8", "replace").splitlines():
            commit, _, name = line.partition("\t")
            if name == wanted and _COMMIT.fullmatch(commit):
                return commit
        what = f'has no branch "{self.branch}" (any more)' if self.branch else "has no commit, or names no branch"
        raise SourceError(f"source {self.access.url}", what, f"push it, or set [source] branch; {BY_ITSELF}")

    def _get(self, folder: Path, lock: int, stopped: Callable[[], bool]) -> None:
        wanted = f"refs/heads/{self.branch}" if self.branch else "HEAD"
        words = ["fetch", "--quiet", "--no-tags", "--force", "--no-recurse-submodules", "--no-auto-maintenance"]
        words += ["--no-write-fetch-head"]
        if self.depth:
            words.append(f"--depth={self.depth}")
        elif _is_shallow(folder):
            words.append("--unshallow")
        if self.partial:
            words.append("--filter=blob:none")
        self._ask(folder, lock, stopped, *words, "--", _REMOTE, f"+{wanted}:{self._incoming}")
        if self.partial:
            listed = git(folder, "rev-list", "--objects", "--missing=print", "--no-walk", self._incoming)
            missing = b"".join(line[1:] + b"\n" for line in listed.splitlines() if line.startswith(b"?"))
            if missing:
                words = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"]
                words += ["--no-recurse-submodules", "--filter=blob:none", "--stdin"]
                self._ask(folder, lock, stopped, *words, "--", _REMOTE, told=missing)

    def _ask(self, folder: Path, lock: int, stopped: Callable[[], bool], *words: str, told: bytes = b"") -> bytes:
        """A command that reaches the repository's host. Raises SourceError that says what to do."""
        # The child holds the lock too: it may outlive us.
        try:
            return git(
                folder, *words, within=self.within.total_seconds(), access=self.access, options=self._remote(),
                told=told, held=(lock,), stopped=stopped,
            )  # fmt: skip
        except GitStopped:
            raise
        except GitFailed as error:
            if DAMAGED.search(str(error)):
                self.spoil()
            raise unreachable(self.access.url, str(error)) from error
        except OSError as error:
            raise unwritable(self.where, error.strerror) from error

    def _remote(self) -> tuple[str, ...]:
        options = (f"remote.{_REMOTE}.url={self.access.url}",)
        if not self.partial:
            return options
        return (*options, f"remote.{_REMOTE}.promisor=true", f"remote.{_REMOTE}.partialCloneFilter=blob:none")

    def _settle(self, folder: Path, before: tuple[str, ...]) -> str:
        """Note what has come as the newest tip; its number."""
        commit = git(folder, "rev-parse", "--verify", f"{self._incoming}^{{commit}}").decode().strip()
        if before and before[0] == commit:
            return commit
        names = git(folder, "for-each-ref", "--format=%(refname)", "--sort=-refname", self._refs).decode().split()
        number = int(names[0].rpartition("/")[2]) + 1 if names else 1
        orders = [f"create {self._refs}/{number:08d} {commit}"]
        orders += [f"delete {name}" for name in names[_TIPS - 1 :]]
        git(folder, "update-ref", "--stdin", told="".join(f"{order}\n" for order in orders).encode())
        return commit

    def _tips(self, folder: Path) -> tuple[str, ...]:
        answer = git(folder, "for-each-ref", "--format=%(objectname)", "--sort=-refname", self._refs)
        return tuple(answer.decode().split())

    def _tidy(self, lock: int, stopped: Callable[[], bool]) -> None:
        """Pack what has piled up, should it be much. Not worth a word when it fails: the next time will do."""
        with suppress(GitFailed):
            options = ("gc.auto=6700", "gc.autoDetach=false", "gc.pruneExpire=1.day.ago", *self._remote())
            git(self.where, "gc", "--auto", "--quiet", within=_TIDY, options=options, held=(lock,), stopped=stopped)

    # --- the folder ----------------------------------------------------------------------------------------------

    @property
    def _scope(self) -> str:
        # Another address or branch begins afresh: its posts are not those of the former one.
        return digest(f"{self.access.url}\n{self.branch}".encode())[:12]

    @property
    def _refs(self) -> str:
        return f"refs/tips/{self._scope}"

    @property
    def _incoming(self) -> str:
        return f"refs/incoming/{self._scope}"

    @property
    def _report_file(self) -> Path:
        return self.where.with_name(f"{self.where.name}.{self._scope}.json")

    def _note(self, report: FetchReport) -> None:
        """Keep how it went, for ``status``."""
        known = self.report()
        with suppress(SourceError):
            tips = self.tips()
            report = FetchReport(
                url=report.url, tried=report.tried, problem=report.problem, commit=tips[0] if tips else "",
                fetched=report.fetched or (known.fetched if known else None),
            )  # fmt: skip
        data = {
            "tried": report.tried.isoformat(), "fetched": report.fetched.isoformat() if report.fetched else "",
            "commit": report.commit, "problem": report.problem,
        }  # fmt: skip
        beside = self._report_file.with_suffix(".tmp")
        with suppress(OSError):
            beside.write_text(json.dumps(data), encoding="utf-8")
            beside.replace(self._report_file)


def _is_shallow(folder: Path) -> bool:
    return git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"
