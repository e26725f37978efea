"""What can go wrong with a repository and our copy of it, each with what to do."""

from __future__ import annotations

import re
from pathlib import Path

from syndicator.errors import SourceError
from syndicator.ports import FetchReport

LEADS_OUT = "is a link that leads out of the repository, or nowhere"

_CANNOT_ENTER = re.compile(
    r"Authentication failed|could not read (?:Username|Password)|Permission denied|returned error: 40[13]|"
    r"Access denied|HTTP Basic",
    re.IGNORECASE,
)
_REMEDIES = (
    (re.compile(r"Host key verification failed|No \S+ host key is known", re.IGNORECASE),
     "put the host's key, as the host publishes it, into the file that [source] known_hosts names"),
    (re.compile(r"Load key "),
     "let the file that [source] ssh_key names be a private key that only this user may read"),
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
#: What git says of a store, ours or the host's, that it cannot read. Ours is made anew, which harms nothing.
DAMAGED = re.compile(
    r"bad object|corrupt|loose object|bad pack|packfile|inflate|unable to read|not a git repository|"
    r"missing (?:blob|tree)|did not send all necessary objects|shallow file",
    re.IGNORECASE,
)
#: What follows every other remedy.
BY_ITSELF = "it is tried again; the feeds stay as they are"


def unreachable(url: str, said: str) -> SourceError:
    """A host did not give what it was asked for; ``said`` are git's last words."""
    remedy = next((remedy for pattern, remedy in _REMEDIES if pattern.search(said)), "see that it is reachable")
    return SourceError(f"source {url}", f"cannot be fetched ({said})", f"{remedy}; {BY_ITSELF}")


def not_fetched(name: str, report: FetchReport | None) -> SourceError:
    """There is no copy to read from yet."""
    said = f": {report.problem}" if report and report.problem else ""
    remedy = "" if said else "'syndicator run' and 'syndicator build' fetch it"
    return SourceError(f"source {name}", f"nothing was fetched yet{said}", remedy)


def damaged(folder: Path, said: str) -> SourceError:
    """A copy cannot be read."""
    return SourceError(
        f"source {folder}",
        f"the copy of the repository is damaged ({said})",
        "'syndicator run' and 'syndicator build' fetch it anew; the feeds stay as they are",
    )


def busy(folder: Path) -> SourceError:
    """Somebody else writes to a copy."""
    return SourceError(f"source {folder}", "somebody else is fetching into it", "wait for the other, or end it")


def not_ours(folder: Path) -> SourceError:
    """What stands in a copy's place may not be removed."""
    return SourceError(
        f"source {folder}", "is no copy that syndicator has made", "name another folder as [source] clone"
    )


def unwritable(folder: Path, reason: str | None) -> SourceError:
    """A copy cannot be made or changed."""
    return SourceError(f"source {folder}", f"cannot be written ({reason})", "free space, and let this user write there")
