"""From bytes to text: encoding, declaration, what stands before the root, and characters that nobody should meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from syndicator.lint.findings import Note, quoted

#: What the W3C's validator reads at most (rss-9).
LARGEST = 5_000_000
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Attributes of the declaration are few and short: where there are more, it is none.
_DECLARATION = re.compile(r"<\?xml([^>]{0,200}?)\?>")
_IN_DECLARATION = re.compile(r"""(version|encoding)\s*=\s*["']([^"']*)["']""")
_ENCODING = re.compile(
    r"utf-?(?:8|16|16le|16be)|us-ascii|ascii|iso-8859-\d{1,2}|windows-125\d|shift_jis|euc-jp|euc-kr|gb2312|gbk|gb18030"
    r"|big5|koi8-[ru]", re.IGNORECASE,
)  # fmt: skip
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MOJIBAKE = re.compile("[\x80-\x84\x86-\x9f\ufffd]")
_REFERENCE = re.compile("&#(?:x0*([0-9A-Fa-f]{1,6})|0*([0-9]{1,7}));")
_ROOT = re.compile(r"<(?:rss|feed)[\s>]")
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Source:
    """A document's text; ``blocked`` says that parsing it makes no sense, or is not safe."""

    text: str
    notes: tuple[Note, ...]
    blocked: bool = False


def read_xml(data: bytes, charset: str = "") -> Source:
    """The text of an XML document without its declaration (in whose place stay as many characters), and notes.

    ``charset`` is what its Content-Type said, which goes before the declaration.
    """
    notes: list[Note] = []
    text, declared, problem = _decode(data, charset, notes)
    if problem:
        return Source("", (*notes, problem), blocked=True)
    lead = _SPACE.match(text)
    begin = lead.end() if lead else 0
    declaration = _DECLARATION.match(text, begin)
    if declaration and begin:
        notes.append(Note("WPBlankLine", 1, "white space stands before the XML declaration"))
        return Source("", tuple(notes), blocked=True)
    if not declaration:
        notes.append(Note("MissingXmlDeclaration", 1, "there is no XML declaration at the start"))
    else:
        version = dict(_IN_DECLARATION.findall(declaration[1])).get("version", "")
        if version != "1.0":
            notes.append(Note("BadXmlVersion", 1, f"the XML version is {quoted(version)}"))
        if declared and not re.fullmatch("utf-?8", declared, re.IGNORECASE):
            notes.append(Note("ObscureEncoding", 1, f"the encoding is {quoted(declared)}"))
        text = re.sub(r"[^\n]", " ", text[: declaration.end()]).lstrip(" ") + text[declaration.end() :]
    notes += _characters(text)
    if found := _doctype(text):
        notes.append(Note("DoctypeFound", line_of(text, found), "the document has a document type"))
        return Source("", tuple(notes), blocked=True)
    notes += _late_root(text)
    return Source(text, tuple(notes), blocked=any(note.rule == "IllegalCharacter" for note in notes))


def read_json(data: bytes) -> Source:
    """The text of a JSON document: UTF-8 it must be, without byte order mark (jsonfeed-1)."""
    notes: list[Note] = []
    if data.startswith(b"\xef\xbb\xbf"):
        notes.append(Note("ByteOrderMark", 1, "a byte order mark stands before the JSON"))
        data = data[3:]
    try:
        return Source(data.decode("utf-8"), tuple(notes))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return Source("", (*notes, Note("UnicodeError", line, f"byte {error.start} is not UTF-8")), blocked=True)


def line_of(text: str, position: int) -> int:
    """The line (1-based) of a position."""
    return text.count("\n", 0, position) + 1


def _decode(data: bytes, charset: str, notes: list[Note]) -> tuple[str, str, Note | None]:
    bom, body = "", data
    for mark, name in _BOMS:
        if data.startswith(mark):
            bom, body = name, data[len(mark) :]
            break
    begin = body[:600].decode(bom if bom.startswith("utf-16") else "ascii", "replace")
    head = _DECLARATION.match(begin.lstrip())
    declared = dict(_IN_DECLARATION.findall(head[1])).get("encoding", "") if head else ""
    encoding = bom or charset or declared or "utf-8"
    if declared and _plain(declared) != _plain(bom or charset or declared) and _plain(declared) != "utf16":
        said = f"the declaration says {quoted(declared)}, " + ("the byte order mark" if bom else "the Content-Type")
        notes.append(Note("EncodingMismatch", 1, f"{said} says {bom or quoted(charset)}"))
    if not _ENCODING.fullmatch(encoding) and not bom:
        return "", declared, Note("UnknownEncoding", 1, f"the encoding {quoted(encoding)} is none that readers know")
    try:
        return body.decode(encoding).replace("\r\n", "\n").replace("\r", "\n"), declared, None
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        return "", declared, Note("UnicodeError", line, f"byte {error.start} is not {encoding}")
    except LookupError:
        return "", declared, Note("UnknownEncoding", 1, f"the encoding {quoted(encoding)} is none that readers know")


def _plain(encoding: str) -> str:
    return encoding.lower().replace("-", "").removesuffix("le").removesuffix("be")


def _characters(text: str) -> Iterator[Note]:
    """The first character of each bad sort: one is enough to look for the cause."""
    if found := _CONTROL.search(text):
        shown = f"U+{ord(found[0]):04X}"
        yield Note("IllegalCharacter", line_of(text, found.start()), f"XML has no character {shown}")
    if found := _MOJIBAKE.search(text):
        yield Note("BadCharacters", line_of(text, found.start()), f"U+{ord(found[0]):04X} is a sign of wrong decoding")
        return
    for found in _REFERENCE.finditer(text):
        code = int(found[1], 16) if found[1] else int(found[2])
        if (0x80 <= code <= 0x9F and code != 0x85) or code == 0xFFFD:
            yield Note("BadCharacters", line_of(text, found.start()), f"{found[0]} is a sign of wrong decoding")
            return


def _doctype(text: str) -> int:
    """Where a document type begins, 0 when there is none: comments and instructions before the root are passed over."""
    at = 0
    while True:
        found = text.find("<", at)
        if found < 0:
            return 0
        for opening, closing in (("<!--", "-->"), ("<?", "?>")):
            if text.startswith(opening, found):
                end = text.find(closing, found + len(opening))
                if end < 0:
                    return 0
                at = end + len(closing)
                break
        else:
            return max(found, 1) if text[found : found + 9].upper() == "<!DOCTYPE" else 0


def _late_root(text: str) -> Iterator[Note]:
    """Generic XML types are told apart by the first 512 bytes (rss-65)."""
    found = _ROOT.search(text, 0, 200_000)
    if found and found.start() > 512:
        yield Note("LateRoot", 1, "the root element is not within the first 512 bytes")
