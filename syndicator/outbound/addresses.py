"""Which addresses may be asked: public ones, written the ordinary way."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

__all__ = ["Network", "Refused", "check_host", "check_port", "is_public", "unwrapped"]

Network = IPv4Network | IPv6Network

# The registries of special addresses, by hand: ipaddress calls some of them global, and which ones depends on the
# patch release of Python (websub-55).
_CLOSED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_OPEN_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = tuple(IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
_NAT64 = IPv6Network("64:ff9b::/96")

_NUMBER = re.compile(r"(?:\d+|0x[0-9a-f]*)\Z", re.IGNORECASE | re.ASCII)
_HOST_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\Z", re.IGNORECASE | re.ASCII)


class Refused(Exception):
    """No connection is made: the reason, and what the operator can do."""

    def __init__(self, reason: str, remedy: str = "give an ordinary http or https address") -> None:
        super().__init__(reason)
        self.remedy = remedy


def is_public(address: str) -> bool:
    """Whether an IP address lies in the open internet. Raises ValueError when it is no IP address.

    An IPv4 address inside an IPv6 one is judged itself where hosts really are reached so (mapped, NAT64); 6to4,
    Teredo and private NAT64 are never public (websub-55).
    """
    ip = unwrapped(ip_address(address))
    if isinstance(ip, IPv4Address):
        listed = any(ip in network for network in _CLOSED_V4)
    else:
        listed = ip not in _OPEN_V6 or any(ip in network for network in _CLOSED_V6)
    return ip.is_global and not listed


def unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that a mapped or translated IPv6 one leads to, else the address itself."""
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip in _NAT64:
            return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


def check_host(host: str) -> None:
    """Raise Refused for a host that is written oddly, before any name is looked up (websub-55).

    ``host`` is lower case and ASCII, an IPv6 address without its brackets. A number in any form but four decimals
    (127.1, 0x7f.1, 2130706433) means to a system's resolver something else than to the reader.
    """
    if ":" in host:
        if "%" in host:
            raise Refused("its host names a network interface")
        return
    if not _HOST_NAME.match(host):
        raise Refused("its host is missing, ends in a dot, or is not a plain host name")
    if _NUMBER.match(host.rpartition(".")[2]):
        try:
            IPv4Address(host)
        except ValueError as error:
            raise Refused("its host is a number, not a host name") from error


def check_port(port: int | None) -> None:
    """Raise Refused for a port below 1024 that is not one of the web's (websub-54)."""
    if port is not None and port not in (80, 443) and not 1024 <= port <= 65535:
        raise Refused(f"port {port} is not one of the web's")
