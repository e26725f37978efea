"""Addresses, hosts and networks in a configuration, and what a person is told when one cannot be."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from syndicator.configuration.values import listed
from syndicator.configuration.words import Expect, Wrong
from syndicator.markup.links import FETCHABLE, absolute
from syndicator.text import printable

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

# RFC 1123 section 2.1; underscores are common in names that only a private network knows.
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE | re.ASCII)
# Control characters would be left out without a word, so that another address would count than the one that is written.
_ADDRESS = re.compile(r"https?://([^/?#\\\x00-\x1f\x7f]+)([^\s\\\x00-\x1f\x7f]*)", re.IGNORECASE)


def check_address(value: str) -> str:
    """An absolute address, percent-encoded once. A name and password in it would be shown to every reader.

    Raises Wrong.
    """
    match = _ADDRESS.fullmatch(value)
    if match is None:
        bare = re.fullmatch(r"(?:\w[\w-]*\.)+\w{2,}(?:[:/][^\s\\]*)?", value)
        raise Wrong(remedy=f'did you mean "https://{printable(value)}"?' if bare else "")
    if "@" in match[1]:
        raise Wrong("holds a user name or password, and readers would see it", "leave out all before the @")
    if "#" in match[2]:
        raise Wrong("holds a fragment (#…)", "leave it out")
    if not (url := absolute(value, "", allowed=FETCHABLE)):
        raise Wrong
    parts = urlsplit(url)
    if not is_host(parts.hostname or ""):
        raise Wrong("names a host that cannot be", "hosts look like news.example.org")
    if parts.port == 0:
        raise Wrong("names port 0, where nobody can listen", "leave out the port, or name one from 1 to 65535")
    return url


def check_asked(value: str) -> str:
    """An address that we ask ourselves: the client asks no host that ends in a dot. Raises Wrong."""
    url = check_address(value)
    if (urlsplit(url).hostname or "").endswith("."):
        raise Wrong("names a host that ends in a dot", "leave out the dot")
    return url


def is_host(name: str) -> bool:
    """Whether an IP address or a name that can be looked up: labels of at most 63 letters, digits, - and _."""
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        pass
    else:
        return True
    try:
        plain = name.removesuffix(".").encode("idna").decode("ascii")
    except UnicodeError:
        return False
    labels = plain.split(".")
    # What ends in a number can only be meant as an IP address, and is none.
    return len(plain) <= 253 and all(map(_LABEL.fullmatch, labels)) and not _NUMBER.fullmatch(labels[-1])


def _host(value: str) -> str:
    if not is_host(value):
        raise Wrong
    return value


def _base_address(value: str) -> str:
    url = check_address(value)
    if "?" in url:
        raise Wrong("holds a query (?…), and other addresses are built upon it", "leave it out")
    return url if url.endswith("/") else f"{url}/"


def picture(value: str) -> str:
    """An absolute address, a path of the site, or nothing. Raises Wrong."""
    return value if not value or re.fullmatch(r"/(?!/)[^\s\\#]*", value) else check_address(value)


def _network(value: object) -> IpNetwork:
    if isinstance(value, ipaddress.IPv4Network | ipaddress.IPv6Network):
        return value
    if not isinstance(value, str):
        raise Wrong('is not text such as "10.0.0.0/8"')
    try:
        return ipaddress.ip_network(value)
    except ValueError:
        pass
    try:
        meant = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise Wrong("is not a network such as 10.0.0.0/8") from None
    raise Wrong("has bits set beyond its length", f'did you mean "{meant}"?')


# --- kinds --------------------------------------------------------------------------------------------------------


Address = Annotated[str, AfterValidator(check_asked), Expect('an address such as "https://hub.example.net/"')]
BaseAddress = Annotated[str, AfterValidator(_base_address), Expect('an address such as "https://news.example.org/"')]
Host = Annotated[str, AfterValidator(_host), Expect('an address or a name of this machine such as "127.0.0.1"')]
Network = Annotated[IpNetwork, BeforeValidator(_network)]
Networks = Annotated[
    tuple[Network, ...], BeforeValidator(listed), Expect('a list of networks such as ["10.0.0.0/8", "fd00::/8"]')
]
