"""The git repository that posts come from: what its settings may say, and what they must say together."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from syndicator.configuration.addresses import is_host
from syndicator.configuration.words import Expect, Wrong

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)")
_HELPER = re.compile(r"[A-Za-z0-9+.-]*::")
# host:path, as ssh has it; what has a slash before the colon is a folder.
_BY_SSH = re.compile(r"(?:([A-Za-z0-9._-]+)@)?([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]):(.+)")
_SCHEMES = ("https", "ssh", "git", "http", "file")
# git check-ref-format, less what git itself takes for something else.
_NO_BRANCH = re.compile(r"^[-/.]|\.\.|//|/\.|@\{|[\x00-\x20\x7f~^:?*\[\\]|\.lock(?:/|$)|[/.]$|^(?:@|HEAD)$")


def _repository(value: str) -> str:
    if not value:
        return value
    if not value.isprintable() or value != value.strip() or value.startswith("-"):
        raise Wrong
    if _HELPER.match(value):
        raise Wrong("would have git start another program", "name a folder, or an address with https:// or ssh://")
    if found := _SCHEME.fullmatch(value):
        return _address(value, found[1].lower(), found[2])
    by_ssh = _BY_SSH.fullmatch(value)
    if by_ssh and (not is_host(by_ssh[2].strip("[]")) or by_ssh[2].startswith("-") or by_ssh[3].startswith("-")):
        raise Wrong("names a host that cannot be", "write it as in git@git.example.org:news/site.git")
    return value


def _address(value: str, scheme: str, rest: str) -> str:
    if scheme not in _SCHEMES:
        raise Wrong("is in a protocol that is not taken", "name a folder, or an address with https:// or ssh://")
    if scheme == "file":
        if not rest.startswith("/"):
            raise Wrong("names a host, but a file is on this machine", "write file:/// and the path")
        return rest
    before, at, _ = rest.partition("/")[0].rpartition("@")
    if at and (scheme != "ssh" or ":" in before):
        raise Wrong("holds a user name or password", "leave out all before the @, and set username and token instead")
    try:
        host = urlsplit(value).hostname or ""
        _ = urlsplit(value).port
    except ValueError:
        raise Wrong from None
    if before.startswith("-") or host.startswith("-") or not is_host(host):
        raise Wrong("names a host that cannot be", "hosts look like git.example.org")
    return value


def _branch(value: str) -> str:
    if value and (_NO_BRANCH.search(value) or not value.isprintable()):
        raise Wrong
    return value


def is_ssh(url: str) -> bool:
    """Whether a repository is reached over SSH."""
    found = _SCHEME.fullmatch(url)
    return found[1].lower() == "ssh" if found else bool(_BY_SSH.fullmatch(url))


def is_folder(url: str) -> bool:
    """Whether a repository is a folder on this machine."""
    return not _SCHEME.fullmatch(url) and not _BY_SSH.fullmatch(url)


def source_faults(source: Mapping[str, object]) -> Iterator[tuple[tuple[str, str], Wrong]]:
    """What is wrong between the keys of ``[source]``, as written, whatever else is wrong with it."""
    text = {key: value for key, value in source.items() if isinstance(value, str)}
    url, path = text.get("url", ""), text.get("path", "")
    if source.get("config") and (dialect := text.get("dialect", "jekyll")) in ("eleventy", "plain"):
        yield (
            ("source", "config"),
            Wrong(f"is of no use with dialect = {dialect}, which has no such files", "leave it out"),
        )
    if text.get("kind", "folder") != "git":
        if url and text.get("kind", "folder") == "folder":
            yield ("source", "url"), Wrong("is set, but posts come from a folder with this kind", 'write kind = "git"')
        return
    if not url:
        yield (
            ("source", "url"),
            Wrong("is missing, but kind is git", 'name the repository, as in url = "https://git.example.org/site.git"'),
        )
    if path.startswith("/") or ".." in path.split("/"):
        yield (
            ("source", "path"),
            Wrong("leads out of the repository", 'name a folder inside it, relative to its root, or "." for the whole'),
        )
    if not url or not _is_good(url):
        return
    if is_ssh(url):
        for key in ("ssh_key", "known_hosts"):
            if not text.get(key):
                yield (
                    ("source", key),
                    Wrong("is missing, but the repository is reached over SSH", f"name a file as {key}"),
                )
    if text.get("token") and not _may_hear_a_token(url):
        yield (
            ("source", "token"),
            Wrong("would be sent for everybody to read, or is of no use there", "write [source] url with https://"),
        )


def _is_good(url: str) -> bool:
    try:
        _repository(url)
    except Wrong:
        return False
    return True


def _may_hear_a_token(url: str) -> bool:
    found = _SCHEME.fullmatch(url)
    scheme = found[1].lower() if found else ""
    try:
        host = urlsplit(url).hostname or ""
        return scheme == "https" or (
            scheme == "http" and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
        )
    except ValueError:
        return False


Repository = Annotated[
    str, AfterValidator(_repository), Expect('a repository such as "https://git.example.org/site.git", or a folder')
]
Branch = Annotated[str, AfterValidator(_branch), Expect('the name of a branch such as "main"')]
Depth = Annotated[int, Field(ge=0, le=1_000_000), Expect("a whole number from 0 to 1000000")]
Token = Annotated[str, Field(repr=False), Expect("text", secret=True)]
