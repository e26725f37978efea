"""Git's command line, run so that nothing in a repository, on its host or on this machine decides what else is run."""

from __future__ import annotations

import math
import os
import re
import selectors
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from syndicator.errors import SourceError
from syndicator.text import printable

#: What is read of git's answers at most, and how much of its complaints: the end of them says why.
_LARGEST_ANSWER, _LAST_WORDS = 256 * 2**20, 8192
#: Seconds: how often somebody looks whether to go on, and how long a child has to clear up after itself.
_LOOK, _CLEAR_UP = 0.2, 2.0
#: Seconds that one command may take which asks nobody else.
AT_HOME = 60.0

_OPTIONS = (
    "core.hooksPath=/dev/null", "core.symlinks=false", "core.fsmonitor=false", "core.askPass=", "credential.helper=",
    "core.logAllRefUpdates=false", "protocol.ext.allow=never", "submodule.recurse=false", "gc.auto=0",
    "maintenance.auto=false", "core.bigFileThreshold=16m", "core.attributesFile=/dev/null",
    "http.followRedirects=false",
    # Below a kilobyte a second for half a minute is a host that hangs.
    "http.lowSpeedLimit=1000", "http.lowSpeedTime=30",
)  # fmt: skip
#: How this machine reaches others and whom it trusts is the operator's; all else might change what git does.
_KEPT = (
    "PATH", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
    "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "TMPDIR",
)  # fmt: skip
_COMPLAINT = re.compile(r"fatal|error|remote|ssh|Host key|No \S+ host key|Load key|.*denied")
_ADVICE = re.compile(r"Please make sure|and the repository exists|To add an exception|git config --global")
_ASKPASS = """#!/bin/sh
case $1 in
Username*) printf '%s\\n' "$SYNDICATOR_GIT_USERNAME" ;;
*) printf '%s\\n' "$SYNDICATOR_GIT_TOKEN" ;;
esac
"""


class GitFailed(Exception):
    """A command did not do what it should: its last words, with no secret in them."""


class GitStopped(GitFailed):
    """It was not let finish, because somebody wants to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where a repository is, and how to be let in.

    ``url`` is an absolute path or an address (https, http, ssh, git, or host:path as ssh has it).
    """

    url: str
    username: str = ""
    token: str = field(default="", repr=False)
    key: Path | None = None
    known_hosts: Path | None = None

    @property
    def protocol(self) -> str:
        """The one protocol that git may use to reach it."""
        if self.url.startswith("/"):
            return "file"
        scheme, mark, _ = self.url.partition("://")
        return scheme.lower() if mark else "ssh"

    def variables(self, folder: Path) -> dict[str, str]:
        """What git must find in its environment to reach it; the program that tells it the token is put in a folder."""
        variables = {"GIT_ALLOW_PROTOCOL": self.protocol}
        if self.token:
            program = folder / "askpass"
            program.write_text(_ASKPASS, encoding="utf-8")
            program.chmod(0o700)
            variables |= {
                "GIT_ASKPASS": str(program),
                "SYNDICATOR_GIT_USERNAME": self.username,
                "SYNDICATOR_GIT_TOKEN": self.token,
            }
        if self.protocol == "ssh":
            variables |= {"GIT_SSH_COMMAND": ssh_command(self.key, self.known_hosts), "GIT_SSH_VARIANT": "ssh"}
        return variables

    def hide(self, text: str) -> str:
        """The text without the token, should somebody have sent it back."""
        return text.replace(self.token, "…") if self.token else text


def ssh_command(key: Path | None, known_hosts: Path | None) -> str:
    """SSH that asks nobody, uses this key alone and trusts these hosts alone, whatever the user's own files say."""
    options = [
        "BatchMode=yes", "StrictHostKeyChecking=yes", f"UserKnownHostsFile={_ssh_path(known_hosts)}",
        "GlobalKnownHostsFile=/dev/null", "UpdateHostKeys=no", "IdentitiesOnly=yes", "IdentityAgent=none",
        "ClearAllForwardings=yes", "ConnectTimeout=15", "ServerAliveInterval=15", "ServerAliveCountMax=2",
        f"IdentityFile={_ssh_path(key)}",
    ]  # fmt: skip
    return shlex.join(["ssh", "-F", "/dev/null", *(word for option in options for word in ("-o", option))])


def _ssh_path(path: Path | None) -> str:
    # ssh splits at spaces and knows tokens that begin with a percent sign.
    return '"{}"'.format(str(path).replace("%", "%%")) if path else "/dev/null"


def environment(variables: Mapping[str, str], folder: Path) -> dict[str, str]:
    """All that git sees of this machine: neither its configuration nor the user's, no prompt, no network by itself."""
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        "GIT_DIR": str(folder),
        # A home for libcurl, which would read passwords from .netrc in the user's.
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "LC_ALL": "C",
        **variables,
    }


def command(words: tuple[str, ...], options: tuple[str, ...] = ()) -> list[str]:
    """A command line for git."""
    return ["git", *(word for option in (*_OPTIONS, *options) for word in ("-c", option)), *words]


def start(words: tuple[str, ...], folder: Path) -> subprocess.Popen[bytes]:
    """A command that answers as long as it is asked, over unbuffered pipes, in a process group of its own.

    Raises SourceError when there is no git.
    """
    with _needs_git():
        return subprocess.Popen(
            command(words), env=environment({}, folder), cwd="/", start_new_session=True, bufsize=0,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip


def git(
    folder: Path,
    *words: str,
    within: float = AT_HOME,
    access: Access | None = None,
    options: tuple[str, ...] = (),
    told: bytes = b"",
    held: tuple[int, ...] = (),
    stopped: Callable[[], bool] = bool,
) -> bytes:
    """What a git command on the repository in a folder answers. ``told`` is what it reads; ``held`` files stay open in
    it. Only with ``access`` may it reach others. Raises GitFailed, and SourceError when there is no git.
    """
    variables = access.variables(folder) if access else {}
    line = command(words, options)
    if access and shutil.which("timeout"):
        # Should we be killed, nobody else would end a git that waits for a host for ever.
        line = ["timeout", "-k", "5", str(math.ceil(within) + 1), *line]
    with _needs_git(), tempfile.TemporaryFile() as script:
        script.write(told)
        script.seek(0)
        process = subprocess.Popen(
            line, env=environment(variables, folder), cwd="/", start_new_session=True,
            pass_fds=held, stdin=script, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
    try:
        answer, complaint = _listen(process, time.monotonic() + within, stopped)
        status = process.wait(_CLEAR_UP)  # it has closed its output
    except subprocess.TimeoutExpired as error:
        raise GitFailed("it did not end by itself") from error
    finally:
        end(process)
    if status != 0:
        said = complaint.decode("utf-8", "replace")
        raise GitFailed(_last_words(access.hide(said) if access else said) or f"git {words[0]} ended with {status}")
    return answer


def stream(words: tuple[str, ...], folder: Path) -> Iterator[bytes]:
    """What a command answers, piece by piece; it ends when nobody wants more. Raises GitFailed, and SourceError."""
    process = start(words, folder)
    try:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        deadline = time.monotonic() + AT_HOME
        while data := os.read(process.stdout.fileno(), 2**16):
            if time.monotonic() > deadline:
                raise GitFailed("it was not done in the time that it may take")
            yield data
        if process.wait(_CLEAR_UP) != 0:
            raise GitFailed(f"git {words[0]} ended with {process.returncode}")
    except subprocess.TimeoutExpired as error:
        raise GitFailed("it did not end by itself") from error
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a command and all that it started; one that has ended is fine."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None and number == signal.SIGTERM:
            break
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_CLEAR_UP)
            break
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def _listen(process: subprocess.Popen[bytes], deadline: float, stopped: Callable[[], bool]) -> tuple[bytes, bytes]:
    answer, complaint = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        for pipe, heard in ((process.stdout, answer), (process.stderr, complaint)):
            assert pipe is not None  # noqa: S101 - both are pipes
            selector.register(pipe, selectors.EVENT_READ, heard)
        while selector.get_map():
            if stopped():
                raise GitStopped("it was told to stop")
            if time.monotonic() > deadline:
                raise GitFailed("it was not done in the time that it may take")
            for key, _ in selector.select(_LOOK):
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fileobj)
                key.data.extend(data)
            if len(answer) > _LARGEST_ANSWER:
                raise GitFailed("its answer is too long")
            del complaint[:-_LAST_WORDS]
    return bytes(answer), bytes(complaint)


@contextmanager
def _needs_git() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceError(
            "source", f"git cannot be started ({error.strerror})", "install git 2.32 or newer (Debian: git)"
        ) from error


def _last_words(said: str) -> str:
    """Why git gave up, on one line: from the first line on that says so."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", said) if line.strip() and not _ADVICE.match(line)]
    first = next((at for at, line in enumerate(lines) if _COMPLAINT.match(line)), max(len(lines) - 1, 0))
    return printable(re.sub(r"//[^/?#\s@']*@", "//", " · ".join(dict.fromkeys(lines[first:]))))[:400]
