"""Our own copy of a git repository: objects and the commits that were its branch's tip, without a working tree."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syndicator.errors import SourceError
from syndicator.model import digest
from syndicator.ports import FetchReport
from syndicator.sources.gitcommand import Access, GitFailed, GitStopped, git

#: So many former tips are kept: what the feeds were made from, until a pass has gone through.
_TIPS = 20
_REMOTE = "upstream"
#: Marks a copy as ours, which may be made anew.
_OURS, _DAMAGED = "made-by-syndicator", "damaged"
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
#: Seconds that tidying up may take.
_TIDY = 600.0

_CANNOT_ENTER = re.compile(
    r"Authentication failed|could not read (?:Username|Password)|Permission denied|returned error: 40[13]|"
    r"Access denied|HTTP Basic",
    re.IGNORECASE,
)
_REMEDIES = (
    (re.compile(r"Host key verification failed|No \S+ host key is known", re.IGNORECASE),
     "put the host's key, as the host publishes it, into the file that [source] known_hosts names"),
    (_CANNOT_ENTER, "give [source] token or ssh_key the right to read it"),
    (re.compile(r"redirect|returned error: 30\d", re.IGNORECASE),
     "set [source] url to the address that it redirects to, often the same with .git at its end"),
    (re.compile(r"dubious ownership", re.IGNORECASE),
     "make the repository this user's own, or fetch it by an address"),
    (re.compile(r"not found|does not exist|does not appear to be a git repository|not a git repository|"
                r"repository .* not exported|returned error: 404", re.IGNORECASE),
     "mend [source] url, or give [source] token or ssh_key the right to read it"),
    (re.compile(r"No space left|Permission denied|Read-only file system|unable to (?:create|write)", re.IGNORECASE),
     "free space, and let this user write there"),
)  # fmt: skip
_BY_ITSELF = "it is tried again; the feeds stay as they are"


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
            raise self.damaged(str(error)) from error

    def damaged(self, said: str) -> SourceError:
        """The error for a copy that cannot be read."""
        return SourceError(
            f"source {self.where}",
            f"the copy of the repository is damaged ({said})",
            "'syndicator run' and 'syndicator build' fetch it anew; the feeds stay as they are",
        )

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
        with self._alone() as lock:
            try:
                news = self._fetch(lock, stopped)
            except GitStopped:
                return False
            except SourceError as error:
                self._note(FetchReport(url=self.name, tried=now, problem=str(error)))
                raise
            self._note(FetchReport(url=self.name, tried=now, fetched=now))
            return news

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
            self._clear(folder)
        else:
            # Beside, so that nobody ever meets half a copy, nor loses one that can still be read.
            folder = self.where.with_name(f"{self.where.name}.new")
            self._make(folder)
        tip = self._look(folder, lock, stopped)
        if before and before[0] == tip:
            return False
        self._get(folder, lock, stopped)
        commit = self._settle(folder, before)
        if folder != self.where:
            self._replace(folder)
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
        raise SourceError(f"source {self.access.url}", what, f"push it, or set [source] branch; {_BY_ITSELF}")

    def _get(self, folder: Path, lock: int, stopped: Callable[[], bool]) -> None:
        wanted = f"refs/heads/{self.branch}" if self.branch else "HEAD"
        words = ["fetch", "--quiet", "--no-tags", "--force", "--no-recurse-submodules", "--no-auto-maintenance"]
        words += ["--no-write-fetch-head"]
        if self.depth:
            words.append(f"--depth={self.depth}")
        elif git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true":
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
            said = str(error)
            remedy = next((remedy for pattern, remedy in _REMEDIES if pattern.search(said)), "see that it is reachable")
            what = f"source {self.access.url}"
            raise SourceError(what, f"cannot be fetched ({said})", f"{remedy}; {_BY_ITSELF}") from error
        except OSError as error:
            raise _unwritable(self.where, error) from error

    def _remote(self) -> tuple[str, ...]:
        options = (f"remote.{_REMOTE}.url={self.access.url}",)
        if not self.partial:
            return options
        return (*options, f"remote.{_REMOTE}.promisor=true", f"remote.{_REMOTE}.partialCloneFilter=blob:none")

    def _settle(self, folder: Path, before: tuple[str, ...]) -> str:
        """Note what has come as the newest tip; its number."""
        try:
            commit = git(folder, "rev-parse", "--verify", f"{self._incoming}^{{commit}}").decode().strip()
            if before and before[0] == commit:
                return commit
            names = git(folder, "for-each-ref", "--format=%(refname)", "--sort=-refname", self._refs).decode().split()
            number = int(names[0].rpartition("/")[2]) + 1 if names else 1
            orders = [f"create {self._refs}/{number:08d} {commit}"]
            orders += [f"delete {name}" for name in names[_TIPS - 1 :]]
            git(folder, "update-ref", "--stdin", told="".join(f"{order}\n" for order in orders).encode())
        except GitFailed as error:
            raise self.damaged(str(error)) from error
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

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """Nobody else fetches into it meanwhile. Raises SourceError when somebody does."""
        path = self.where.with_name(f"{self.where.name}.lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise _unwritable(self.where, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield handle
        except BlockingIOError as error:
            raise SourceError(
                f"source {self.where}", "somebody else is fetching into it", "wait for the other, or end it"
            ) from error
        finally:
            os.close(handle)

    def _make(self, folder: Path) -> None:
        _remove(folder)
        if self.where.is_dir() and any(self.where.iterdir()) and not (self.where / _OURS).exists():
            raise _not_ours(self.where)
        try:
            folder.mkdir(mode=0o700)
            (folder / _OURS).touch()
            git(folder, "init", "--quiet", "--bare", "--template=")
        except OSError as error:
            raise _unwritable(folder, error) from error
        except GitFailed as error:
            raise SourceError(f"source {folder}", f"cannot be made ({error})", "let this user write there") from error

    def _replace(self, folder: Path) -> None:
        old = self.where.with_name(f"{self.where.name}.old")
        _remove(old)
        try:
            if self.where.exists():
                self.where.rename(old)
            folder.rename(self.where)
        except OSError as error:
            raise _unwritable(self.where, error) from error
        shutil.rmtree(old, ignore_errors=True)

    def _clear(self, folder: Path) -> None:
        """Remove what a killed git has left behind; whoever fetches holds our lock, so that nobody is at work."""
        for path in (*folder.glob("*.lock"), *(folder / "refs").rglob("*.lock"), *folder.glob("objects/*/tmp_*")):
            with suppress(OSError):
                path.unlink()

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


def _remove(folder: Path) -> None:
    """Remove a copy that we made. Raises SourceError when somebody else made what is there."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _OURS).exists():
        raise _not_ours(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _not_ours(folder: Path) -> SourceError:
    return SourceError(
        f"source {folder}", "is no copy that syndicator has made", "name another folder as [source] clone"
    )


def _unwritable(folder: Path, error: OSError) -> SourceError:
    reason = f"cannot be written ({error.strerror})"
    return SourceError(f"source {folder}", reason, "free space, and let this user write there")
