"""What kind of file system a folder is on: some keep quiet about what other machines do."""

from __future__ import annotations

import re
from pathlib import Path

_REMOTE = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "coda", "davfs", "autofs"),
        *("ceph", "glusterfs", "lustre", "ocfs2", "gpfs", "fuse", "sshfs", "s3fs", "gcsfuse"),
        *("9p", "virtiofs", "vboxsf", "vmhgfs", "prl_fs"),
    }
)


def kind_of(folder: Path) -> str:
    """The name of the file system, "" where nobody tells."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    best, found = -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        place = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
        # The last one of a place hides those before it.
        if folder.is_relative_to(place) and len(place) >= best:
            best, found = len(place), after.split()[0]
    return found


def is_remote(kind: str) -> bool:
    """Whether others may change what is on such a file system, without a word to this machine."""
    return kind in _REMOTE or kind.startswith("fuse.")
