"""Which addresses strangers may have us ask: the table of websub-55, and more of its kind."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.outbound import is_public
from syndicator.outbound.addresses import Refused, check_host, check_port, unwrapped

CLOSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::a00:1",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
OPEN = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "198.17.255.255",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "2a00:1450:4001::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", CLOSED)
def test_a_closed_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OPEN)
def test_an_open_address_is_public(address: str) -> None:
    assert is_public(address)


def test_what_is_no_address_is_an_error() -> None:
    with pytest.raises(ValueError, match="example"):
        is_public("example.org")


@settings(max_examples=100, deadline=None)
@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_inside_another_as_alone(inner: IPv4Address) -> None:
    assert is_public(f"::ffff:{inner}") == is_public(str(inner))
    assert is_public(str(IPv6Address(int(IPv6Address("64:ff9b::")) | int(inner)))) == is_public(str(inner))
    assert not is_public(str(IPv6Address(0x2002 << 112 | int(inner) << 80)))


@settings(max_examples=100, deadline=None)
@given(st.ip_addresses())
def test_nothing_is_public_that_python_knows_to_be_special(address: IPv4Address | IPv6Address) -> None:
    ip = unwrapped(address)
    special = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved

    assert not (special and is_public(str(address)))


def test_python_alone_would_let_some_of_them_through() -> None:
    """The day this fails Python has learnt them, and our own list may shrink."""
    assert ip_address("224.0.0.1").is_global
    assert ip_address("64:ff9b::7f00:1").is_global
    assert ip_address("fec0::1").is_global


@pytest.mark.parametrize(
    "host",
    [
        "",
        "127.1",
        "127.0.1",
        "0x7f.1",
        "0x7f000001",
        "0x",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.01",
        "1.2.3.4.5",
        "example.0x7f",
        "example.1",
        "256.1.1.1",
        "localhost.",
        "example.org.",
        "127.0.0.1.",
        ".example.org",
        "a..b",
        "%31%32%37.0.0.1",
        "a%20b",
        "fe80::1%25eth0",
        "::1%lo",
        "münchen.example",
        "x" * 64 + ".example",
    ],
)
def test_a_host_that_is_written_oddly_is_refused(host: str) -> None:
    with pytest.raises(Refused, match="host"):
        check_host(host)


@pytest.mark.parametrize(
    "host",
    ["example.org", "localhost", "my_hub", "xn--mnchen-3ya.example", "8.8.8.8", "::1", "2606:4700::1", "1.example.0xg"],
)
def test_a_host_that_is_written_plainly_is_not(host: str) -> None:
    """Where it leads is seen when it is resolved."""
    check_host(host)


@pytest.mark.parametrize("port", [None, 80, 443, 1024, 8080, 65535])
def test_ports_of_the_web_may_be_asked(port: int | None) -> None:
    check_port(port)


@pytest.mark.parametrize("port", [0, 1, 22, 25, 81, 1023, 65536, 99999])
def test_other_ports_are_refused(port: int) -> None:
    """websub-54."""
    with pytest.raises(Refused, match=str(port)):
        check_port(port)
