"""Values that formats share: addresses, languages, media types, people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from syndicator.lint.findings import Note, quoted
from syndicator.lint.words import words

# RFC 3986, appendix B; every part is matched by one character class, so that it takes one walk over the text.
_URI = re.compile(r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_ILLEGAL = re.compile(r'[\x00-\x20"<>\\^`{|}\x7f]')
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_AUTHORITY = re.compile(r"(?:[^@\[\]]*@)?(\[[0-9A-Fa-f:.]{2,45}\]|[^@:\[\]]*)(?::\d{0,5})?")
_SCHEMES = words(
    "acct about blob cid data dav dns feed file ftp geo git gopher http https imap info ipp irc ircs jabber ldap ldaps "
    "magnet mailto mid mms news nfs nntp oid pop rsync rtsp service sftp sip sips sms snmp ssh svn tag tel telnet tftp "
    "urn view-source webcal ws wss xmpp"
)
_LANGUAGES = words(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd "
    "ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr "
    "ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_SUBTAGS = re.compile(r"(?:-[A-Za-z0-9]{1,8})*")
_MIME = re.compile(
    r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(?:\s*;\s*[A-Za-z0-9-]+=(?:[A-Za-z0-9!#$&^_.+-]+|\"[^\"]*\"))*"
)
_MAIL = re.compile(r"[^\s@<>()\"',;:]+@[^\s@<>()\"',;:.]+(?:\.[^\s@<>()\"',;:.]+)+")
_SHAPED = re.compile(r"(\S+)\s+\(([^()]+)\)")
_TAG = re.compile(
    r"tag:(?:[a-z0-9._-]{1,64}@)?[a-z0-9]+(?:[.-][a-z0-9]+)*,\d{4}(?:-\d\d(?:-\d\d)?)?:[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,]*"
)
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_URN = re.compile(r"urn:[a-zA-Z0-9][a-zA-Z0-9-]{1,31}:[a-zA-Z0-9()+,\-.:=@;$_!*'%/?#&~]+")


def scheme_of(text: str) -> str:
    """The scheme in lower case, "" for a reference that is not absolute."""
    found = _URI.match(text)
    scheme = found[1] if found else None
    return scheme.lower() if scheme and _SCHEME.fullmatch(scheme) else ""


def host_of(text: str) -> str:
    """The host in lower case, "" when there is none."""
    found = _URI.match(text)
    authority = _AUTHORITY.fullmatch(found[2]) if found and found[2] else None
    return authority[1].lower() if authority else ""


def address_problem(text: str, *, web: bool = False) -> tuple[str, str] | None:
    """Why a text is no absolute address, as a rule's name and a reason; with ``web`` it must be http or https."""
    if found := _ILLEGAL.search(text):
        return "InvalidUriChar", f"no address has {quoted(found[0]) if found[0] != ' ' else 'a space'} in it"
    if not text.isascii():
        return "UriNotIri", "it has characters beyond ASCII"
    if _BAD_ESCAPE.search(text):
        return "InvalidLink", "a % is not followed by two hexadecimal digits"
    scheme, host = scheme_of(text), host_of(text)
    if not scheme:
        return "InvalidFullLink", "it is not absolute"
    if scheme in ("http", "https") and not host:
        return "InvalidLink", "it names no host"
    if scheme not in (("http", "https") if web else _SCHEMES):
        return "InvalidLink", f"{quoted(scheme)} is no scheme that belongs here"
    return None


def check_address(line: int, name: str, text: str, *, web: bool = False) -> Iterator[Note]:
    """An absolute address in ASCII (rss-29, rss-38)."""
    if problem := address_problem(text, web=web):
        yield Note(problem[0], line, f"{name} {quoted(text)}: {problem[1]}")


def is_language(text: str) -> bool:
    """Whether RFC 5646 takes it: the first part is known where it has two letters."""
    primary = text.partition("-")[0].lower()
    if not text.isascii() or not _SUBTAGS.fullmatch(text[len(primary) :]):
        return False
    if len(primary) == 2:
        return primary in _LANGUAGES
    return (len(primary) == 3 and primary.isalpha()) or (primary in ("x", "i") and "-" in text)


def is_mime(text: str) -> bool:
    """Whether it is a media type, ``x/y``, with or without parameters."""
    return len(text) <= 300 and _MIME.fullmatch(text) is not None


def is_mail(text: str) -> bool:
    """Whether it is a bare e-mail address."""
    return len(text) <= 320 and _MAIL.fullmatch(text) is not None


def check_contact(line: int, name: str, text: str) -> Iterator[Note]:
    """rss-18: ``user@host.tld (Real Name)``."""
    shaped = _SHAPED.fullmatch(text[:1000])
    if is_mail(text):
        yield Note("MissingRealName", line, f"{name} has an e-mail address and no name")
    elif shaped and is_mail(shaped[1]):
        return
    elif any(is_mail(word.strip("<>()[],;\"'")) for word in text[:1000].split()):
        yield Note("EmailFormat", line, f"{name} {quoted(text)} has address and name in another order")
    else:
        yield Note("InvalidContact", line, f"{name} {quoted(text)} has no e-mail address")


def check_id(line: int, name: str, text: str) -> Iterator[Note]:
    """An absolute IRI, in its canonical form (atom-24, atom-26, atom-28, atom-29)."""
    scheme = scheme_of(text)
    if not scheme:
        yield Note("InvalidFullLink", line, f"{name} {quoted(text)} is not absolute")
    elif _ILLEGAL.search(text) or _BAD_ESCAPE.search(text):
        yield Note("InvalidUriChar", line, f"{name} {quoted(text)} has characters that no address has")
    elif scheme == "tag" and not (_TAG.fullmatch(text) if text.isascii() else text.startswith("tag:")):
        yield Note("InvalidTAG", line, f"{name} {quoted(text)} is no tag address (RFC 4151)")
    elif text[:9].lower() == "urn:uuid:" and not _UUID.fullmatch(text):
        yield Note("InvalidUUID", line, f"{name} {quoted(text)} is no UUID in lower case")
    elif scheme == "urn" and text.isascii() and not _URN.fullmatch(text):
        yield Note("InvalidURN", line, f"{name} {quoted(text)} is no URN")
    elif scheme in ("http", "https") and not _canonical(text):
        yield Note("NonCanonicalURI", line, f"{name} {quoted(text)} is not in canonical form")


def _canonical(text: str) -> bool:
    found = _URI.match(text)
    scheme, authority, path = (found[1], found[2] or "", found[3]) if found else ("", "", "")
    default = ":80" if scheme == "http" else ":443"
    dots = any(part in (".", "..") for part in path.split("/"))
    return (
        scheme == scheme.lower()
        and authority == authority.lower()
        and path != ""
        and not (dots or authority.endswith((default, ":")))
    )


def count_of(text: str) -> int | None:
    """A whole number from 0, None when the text is none; what has more than 18 digits is none either."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
