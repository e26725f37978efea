"""Feeds that were somebody else's until now: what their readers have seen, and under which ids."""

from __future__ import annotations

from syndicator.errors import SyndicatorError
from syndicator.oldfeeds.items import OldFeed, OldItem, merged
from syndicator.oldfeeds.jsonfeed import read_json
from syndicator.oldfeeds.xml import read_xml
from syndicator.text import printable

__all__ = ["MAX_BYTES", "OldFeed", "OldItem", "merged", "read_old_feed"]

#: A feed of more than this is no feed that anybody reads.
MAX_BYTES = 20_000_000
_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")


def read_old_feed(data: bytes, address: str) -> OldFeed:
    """The feed in some bytes: RSS of any version, Atom or JSON Feed, by the letter first and else as far as it goes.

    ``address`` is where it was found, an address or a file's name. Raises SyndicatorError, and nothing else whatever
    the bytes are.
    """
    what = printable(address)
    if len(data) > MAX_BYTES:
        raise SyndicatorError(what, f"has more than {MAX_BYTES // 1_000_000} MB", "give a feed of fewer items")
    begin = data[:1_000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    if not begin:
        raise SyndicatorError(what, "is empty", "give the address or file of an old feed")
    if data.startswith(_COMPRESSED):
        raise SyndicatorError(what, "is compressed", "unpack it first")
    return read_json(data, address, what) if begin[:1] in (b"{", b"[") else read_xml(data, address, what)
