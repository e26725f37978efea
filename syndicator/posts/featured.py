"""The featured image as the author gave it: from many shapes to one absolute address."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from syndicator.markup.links import FETCHABLE, SCHEME, absolute
from syndicator.model import ImageRef
from syndicator.posts.fields import FieldMap, Warn, first, quoted, reach, text
from syndicator.posts.plaintext import summary_text
from syndicator.text import legal

MAX_ADDRESS = 2_000

_ADDRESSES = ("path", "url", "src", "href", "file", "filename", "image")
_ALTS = ("alt", "alt-text", "alt_text", "altText")
_CAPTIONS = ("caption", "cutline", "description")
_CREDITS = ("credit", "attribution", "byline", "photographer")
_RIGHTS = ("rights", "usage_rights")
_NO_IMAGE = frozenset({"false", "no", "off", "none", "null", "true", "yes", "on"})

#: In "https://host/": a site without a path of its own.
_SLASHES_OF_A_HOST = 3
_SIDE = re.compile(r"0*([1-9][0-9]{0,5})(?:px)?", re.ASCII)
_UPWARDS = re.compile(r"(?:\.\.?[/\\]+)+")
# An address in the letters of RFC 3986 goes on as it is written, byte for byte, query string and all.
_LETTER = r"[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}"
_VALID = re.compile(
    rf"https?://(?:[A-Za-z0-9_][A-Za-z0-9_.-]*+|\[[0-9A-Fa-f:.]++\])(?::[0-9]{{1,5}})?(?:/(?>(?:{_LETTER})*))?"
    rf"(?:\?(?>(?:{_LETTER}|\?)*))?(?:#(?>(?:{_LETTER}|\?)*))?"
)


def image_ref(
    data: Mapping[str, Any],
    fields: FieldMap,
    *,
    base: str,
    beside: str,
    path: str,
    warn: Warn,
) -> ImageRef | None:
    """The first image that the fields give and a reader may fetch, None when there is none.

    A field holds an address, a table with one, or a list that begins with one (frontmatter.md 74, 76, 87). ``base`` is
    the site's address (absolute, ends in ``/``), ``path`` the post's file in the source. An address that begins with
    ``/`` is below the site's; so is another relative one, unless ``beside`` says what it is relative to.
    """
    asked: set[str] = set()
    for name, value, table in _candidates(data, fields):
        address = legal(value).strip()
        if not address or address.lower() in _NO_IMAGE or address in asked:
            continue
        asked.add(address)
        reason, url, file = resolve(address, base, beside, path)
        if reason:
            warn(name, f"{name}: the image {reason}, it is left out")
            continue
        return ImageRef(
            url=url,
            file=file,
            alt=_words(data, fields["image_alt"], table, _ALTS),
            caption=_words(data, fields["image_caption"], table, _CAPTIONS),
            credit=_words(data, fields["image_credit"], table, _CREDITS),
            rights=_words(data, fields["image_rights"], table, _RIGHTS),
            **_sides(table),
        )
    return None


def _candidates(data: Mapping[str, Any], fields: FieldMap) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Addresses in order, each with the field it is in and the table that stands around it (empty for none)."""
    for name in fields["image"]:
        value = reach(data, name)
        if isinstance(value, list):
            value = next((item for item in value if isinstance(item, (str, dict))), None)
        table: Mapping[str, Any] = value if isinstance(value, dict) else {}
        if table:
            value = first(table, _ADDRESSES)[1]
        elif "." in name:
            around = reach(data, name.rpartition(".")[0])
            table = around if isinstance(around, dict) else {}
        if isinstance(value, str):
            yield name, value, table


def _words(data: Mapping[str, Any], paths: tuple[str, ...], table: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return summary_text(text(first(data, paths)[1]) or text(first(table, names)[1]))


def _sides(table: Mapping[str, Any]) -> dict[str, int]:
    """Width and height in pixels, where both are written: frontmatter.md 74."""
    found = {name: match for name in ("width", "height") if (match := _SIDE.fullmatch(text(table.get(name))))}
    return {name: int(match[1]) for name, match in found.items()} if len(found) == 2 else {}


def resolve(address: str, base: str, beside: str, path: str) -> tuple[str, str, str | None]:
    """Why the address cannot be used ("" when it can), the absolute address, and the file of the source it may be.

    Without ``beside`` all relative addresses are below the site's; ``..`` leads nowhere above the root of a host, and
    is dropped as far as it would stay in the source.
    """
    if len(address) > MAX_ADDRESS:
        return f"has an address of more than {MAX_ADDRESS:,} characters", "", None
    scheme = SCHEME.match(address)
    if scheme and scheme[1].lower() not in FETCHABLE:
        return f'has an address that begins with "{scheme[1][:20]}:"', "", None
    if scheme or address.startswith(("//", "\\\\", "/\\", "\\/")):
        return _resolve_absolute(f"https:{address}" if not scheme else address, base)
    if not beside and base.count("/") == _SLASHES_OF_A_HOST:
        # Browsers do the same, so on such a site what is meant as a way from the post's file works.
        upwards = _UPWARDS.match(address)
        if upwards and upwards[0].count("..") <= path.count("/"):
            address = address[upwards.end() :]
    local = unquote(re.split(r"[?#]", address, maxsplit=1)[0].replace("\\", "/"))
    below = local.startswith("/") or not beside
    file = posixpath.normpath(posixpath.join("" if below else posixpath.dirname(path), local.lstrip("/")))
    if not local or file in (".", "/"):
        return f"has the address {quoted(address)}, which names no file", "", None
    if file.startswith(("../", "/")) or file == ".." or "\0" in file:
        return f"has the address {quoted(address)}, which leads out of the site", "", None
    if below:
        url = absolute(base + address.lstrip("/\\"), base, allowed=FETCHABLE)
    else:
        url = absolute(address, beside, allowed=FETCHABLE)
    return ("", url, file) if url else (f"has the address {quoted(address)}, which is none", "", None)


def _resolve_absolute(address: str, base: str) -> tuple[str, str, str | None]:
    if "@" in re.split(r"[/\\?#]", address.partition(":")[2].lstrip("/\\"), maxsplit=1)[0]:
        # Not shown: what stands there is a password.
        return "has an address with a user name in it", "", None
    url = address if _VALID.fullmatch(address) else absolute(address, base, allowed=FETCHABLE)
    if not url or len(url) > 3 * MAX_ADDRESS:
        return f"has the address {quoted(address)}, which is none", "", None
    file = None
    if url.startswith(base):
        file = posixpath.normpath(unquote(re.split(r"[?#]", url[len(base) :], maxsplit=1)[0]))
        if file.startswith(("../", "/", ".")) or "\0" in file:
            file = None
    return "", url, file
