"""Addresses as feeds may carry them: absolute, percent-encoded once, ASCII, no credentials, harmless schemes only."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import unquote

from syndicator.text import legal

LINKABLE = frozenset({"http", "https", "mailto", "tel"})
FETCHABLE = frozenset({"http", "https"})

# Most addresses are fine as they are; these say so without taking them apart (dot segments are looked for apart).
_FINE = re.compile(
    r"https?://[a-z0-9_][a-z0-9_.-]*"
    r"(?:/(?>(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*))?"
    r"(?:#(?>(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*))?"
)
_FINE_PATH = re.compile(r"/(?!/)(?>(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)")
_FINE_ORIGIN = re.compile(r"https?://[a-z0-9_][a-z0-9_.-]*(?=[/?#]|\Z)")
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]*))?")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*)")
# RFC 3986 section 3.3 to 3.5: what may stand unencoded; a percent sign only before two hexadecimal digits.
_UNFIT = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9._~!$&'()*+,;=:@/?%-]")
_CANDIDATE = re.compile(r"[\s,]*(\S+)")
_DESCRIPTOR = re.compile(r"\d+w|\d+h|\d+(?:\.\d+)?x")


def encode(url: str) -> str:
    """The address in ASCII, percent-encoded once, host in IDNA, user names and passwords gone; "" when it has no host.

    Relative addresses stay relative. Idempotent. Sources: RFC 3986, and the URL standard for what people really write
    (back slashes, white space around and line ends inside). rss-29, rss-38, jsonfeed-37.
    """
    return _encode(*_scheme_and_rest(url))


def absolute(url: str, base: str, *, allowed: frozenset[str] = LINKABLE) -> str:
    """The address resolved against ``base`` (an absolute http or https address) and encoded; "" when not allowed.

    ``allowed`` names the schemes; FETCHABLE is for images and other things that readers fetch by themselves.
    """
    if "/." not in url and "/%2" not in url:
        if _FINE.fullmatch(url):
            return url
        if _FINE_PATH.fullmatch(url) and (origin := _FINE_ORIGIN.match(base)):
            return origin[0] + url
    scheme, rest = _scheme_and_rest(url)
    if not scheme:
        return _resolve(rest, base) if rest else ""
    if scheme not in allowed:
        return ""
    return _encode(scheme, rest, undot=True)


def srcset(value: str, base: str) -> str:
    """Every candidate of a ``srcset`` made absolute; those that are not http or https are left out."""
    found: list[str] = []
    at = 0
    while candidate := _CANDIDATE.match(value, at):
        at = candidate.end()
        url = candidate[1].rstrip(",")
        descriptor = ""
        if url == candidate[1]:
            end = value.find(",", at)
            end = len(value) if end < 0 else end
            descriptor = value[at:end].strip()
            at = end
        if descriptor and not _DESCRIPTOR.fullmatch(descriptor):
            continue
        if full := absolute(url, base, allowed=FETCHABLE):
            # A comma at an end would be read as the end of the candidate.
            full = full[:-1] + "%2C" if full.endswith(",") else full
            found.append(f"{full} {descriptor}" if descriptor else full)
    return ", ".join(found)


def below(text: str, path: str, *, several: bool = False) -> str:
    """An address that begins at the host's root, begun at ``path`` ("/x/") instead.

    What begins with it already stays, as does all when it is "/". ``several`` are the candidates of a ``srcset``.
    """
    if len(path) < 2 or "/" not in text:
        return text
    begin = r"(?<![^\s,])" if several else r"\A\s*"
    return re.sub(rf"{begin}/(?![/\\])(?!{re.escape(path[1:])}|{re.escape(path[1:-1])}(?:[?#\s]|\Z))", path, text)


def path_of(url: str) -> str:
    """The path of an absolute address, with its slashes."""
    return (_parts(_scheme_and_rest(url)[1])[1] or "/").rstrip("/") + "/"


def host(url: str) -> str:
    """The host of an address that ``absolute`` or ``encode`` has returned, "" when it has none."""
    return _parts(_scheme_and_rest(url)[1])[0] or ""


def _scheme_and_rest(url: str) -> tuple[str, str]:
    url = legal(url).replace("\n", "").replace("\t", "").strip()
    if match := SCHEME.match(url):
        return match[1].lower(), url[match.end() :]
    return "", url


def _encode(scheme: str, rest: str, *, undot: bool = False) -> str:
    if scheme and scheme not in FETCHABLE:
        rest = "".join(rest.split()) if scheme == "tel" else rest
        return f"{scheme}:{_quote_reference(rest)}" if rest else ""
    rest = _forward(rest)
    if scheme:
        rest = "//" + rest.lstrip("/")
    authority, path, query, fragment = _parts(rest)
    if authority is None:
        return _quote_reference(rest)
    place = _authority(authority)
    if not place:
        return ""
    path = _quote(path)
    lead = f"{scheme}:" if scheme else ""
    return f"{lead}//{place}{_undot(path) if undot else path}{_quote_tail(query)}{_quote_tail(fragment)}"


def _resolve(rest: str, base: str) -> str:
    """RFC 3986 section 5.2 for a reference without scheme."""
    scheme, place, base_path, base_query = _base(base)
    if scheme not in FETCHABLE:
        return ""
    rest = _forward(rest)
    if rest.startswith("//"):
        return _encode(scheme, rest, undot=True)
    if not place:
        return ""
    _, path, query, fragment = _parts(rest)
    path = _quote(path)
    if not path:
        path, query = base_path, query or base_query
    elif path.startswith("/"):
        path = _undot(path)
    else:
        path = _undot((base_path.rpartition("/")[0] if base_path else "") + "/" + path)
    return f"{scheme}://{place}{path}{_quote_tail(query)}{_quote_tail(fragment)}"


@lru_cache(maxsize=64)
def _base(base: str) -> tuple[str, str | None, str, str]:
    """Scheme, host, path and query of an address that others are resolved against: a post has one."""
    scheme, rest = _scheme_and_rest(base)
    if scheme not in FETCHABLE:
        return scheme, None, "", ""
    place, path, query, _ = _parts(_encode(scheme, rest, undot=True)[len(scheme) + 1 :])
    return scheme, place, path, query


def _forward(rest: str) -> str:
    """Back slashes before the query turned round, as browsers do."""
    if "\\" not in rest:
        return rest
    end = min((at for at in (rest.find("?"), rest.find("#")) if at >= 0), default=len(rest))
    return rest[:end].replace("\\", "/") + rest[end:]


def _parts(rest: str) -> tuple[str | None, str, str, str]:
    """Authority (None when there is none), path, query with its ``?``, fragment with its ``#``."""
    rest, mark, fragment = rest.partition("#")
    path, sign, query = rest.partition("?")
    authority: str | None = None
    if path.startswith("//"):
        authority, slash, path = path[2:].partition("/")
        path = slash + path
    return authority, path, sign + query, mark + fragment


def _authority(authority: str) -> str:
    """Host and port; credentials never reach a reader."""
    match = _AUTHORITY.fullmatch(authority.rpartition("@")[2])
    if match is None:
        return ""
    name = _host(match[1])
    if not name or not match[2]:
        return name
    port = match[2].lstrip("0") or "0"
    return f"{name}:{port}" if len(port) <= 5 and int(port) <= 65535 else ""


def _host(name: str) -> str:
    if name.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(name[1:-1].lower()).compressed}]" if "%" not in name else ""
        except ValueError:
            return ""
    name = unquote(name)
    name = name.lower() if name.isascii() else _idna(name)
    return name if _HOST.fullmatch(name) else ""


def _idna(name: str) -> str:
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii").lower()
    except UnicodeError:
        pass
    try:
        # Names that were registered under the older rules, such as those with emoji.
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def _undot(path: str) -> str:
    """RFC 3986 section 5.2.4, for a path that begins with a slash; an encoded dot is a dot, as in browsers."""
    if "/." not in path and "/%2" not in path:
        return path
    *segments, last = path.split("/")[1:]
    kept: list[str] = []
    for segment in segments:
        _step(kept, segment)
    if not _step(kept, last):
        kept.append("")
    return "/" + "/".join(kept)


def _step(kept: list[str], segment: str) -> bool:
    """Take one segment; whether it was a name and not a direction."""
    plain = segment.lower().replace("%2e", ".")
    if plain == "..":
        if kept:
            kept.pop()
        return False
    if plain == ".":
        return False
    kept.append(segment)
    return True


def _quote(text: str) -> str:
    return _UNFIT.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "ignore")), text)


def _quote_tail(text: str) -> str:
    """A query or a fragment, behind the one character that marks it."""
    return text[:1] + _quote(text[1:])


def _quote_reference(text: str) -> str:
    path, mark, fragment = text.partition("#")
    return _quote(path) + mark + _quote(fragment)
