"""OpenSSH's server on loopback, run as the user who runs the tests, for repositories that are reached over SSH."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.newsroom import eventually, free_port

#: Distributions keep it where only root looks.
SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin") or ""
#: As root it wants a folder that a service manager would make.
_FOR_ROOT = Path("/run/sshd")


@dataclass(slots=True)
class SshHost:
    """``key`` lets somebody in, ``known_hosts`` has the host's own key; both are files in a folder of its own."""

    folder: Path
    port: int = field(default_factory=free_port)
    key: Path = field(init=False)
    known_hosts: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.key, self.known_hosts = self.make_key("key"), self.folder / "known_hosts"
        self.trust(self.make_key("host_key"))
        shutil.copy(f"{self.key}.pub", self.folder / "authorized_keys")
        settings = {
            "ListenAddress": f"127.0.0.1:{self.port}", "HostKey": f'"{self.folder}/host_key"', "PidFile": "none",
            "AuthorizedKeysFile": f'"{self.folder}/authorized_keys"', "AuthenticationMethods": "publickey",
            "PermitRootLogin": "prohibit-password", "UsePAM": "no", "StrictModes": "no", "LogLevel": "VERBOSE",
        }  # fmt: skip
        (self.folder / "sshd_config").write_text("".join(f"{key} {value}\n" for key, value in settings.items()))

    def make_key(self, name: str) -> Path:
        """A pair of keys; the file with the private one."""
        file = self.folder / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(file)], check=True)
        return file

    def trust(self, host_key: Path) -> None:
        """Let ``known_hosts`` say that the host has this key."""
        kind, key = Path(f"{host_key}.pub").read_text(encoding="ascii").split()[:2]
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {kind} {key}\n", encoding="ascii")

    def url(self, repository: Path) -> str:
        """Of a repository on this machine."""
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{repository}"

    def log(self) -> str:
        """What the server has said."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    @contextmanager
    def serving(self) -> Iterator[SshHost]:
        """Up, until the block ends."""
        if os.geteuid() == 0:
            _FOR_ROOT.mkdir(mode=0o755, exist_ok=True)
        with (
            (self.folder / "log").open("ab") as log,
            subprocess.Popen(
                [SSHD, "-D", "-e", "-f", str(self.folder / "sshd_config")], start_new_session=True, stderr=log,
                env={"PATH": os.environ["PATH"]},
            ) as process,
        ):  # fmt: skip
            try:
                eventually(lambda: process.poll() is not None or "Server listening" in self.log())
                assert process.poll() is None, self.log()
                yield self
            finally:
                process.terminate()
