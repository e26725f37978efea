"""From the bytes of an XML document to its text, and what stands before its first element."""

from __future__ import annotations

import re
from html.entities import name2codepoint

from syndicator.errors import SyndicatorError
from syndicator.text import printable

_BOMS = (
    (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
#: Of all that Python knows, those that a feed may be in; some of the others are no encodings of text at all.
_KNOWN = re.compile(
    r"utf-?8|(?:us-)?ascii|latin-?1|iso-?8859-\d{1,2}|(?:windows|cp)-?(?:125\d|874)|koi8-[ru]|shift[_-]jis"
    r"|euc-(?:jp|kr)|gbk|gb2312|gb18030|big5|tis-620|macintosh",
    re.IGNORECASE,
)
#: Who says so mostly has the signs of Windows in it.
_WINDOWS = frozenset({"iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii"})
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AMPERSANDS = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:#x?[0-9A-Fa-f]{1,7};|(\w{2,8});)?", re.DOTALL)
_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})


def decoded(data: bytes, what: str) -> tuple[str, tuple[str, ...]]:
    """The text of a document by its mark, its declaration or else in UTF-8, and what is odd about it.

    Raises SyndicatorError for an encoding that nobody writes feeds in.
    """
    name = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    if not name:
        declared = _DECLARED.search(data, 0, 1_000)
        name = declared[1].decode("ascii").lower() if declared else "utf-8"
        if name.startswith(("utf-16", "utf-32", "utf16", "ucs")):
            name = "utf-8"  # a declaration that could be read is in no such encoding
        if not _KNOWN.fullmatch(name):
            reason = f"is said to be in {printable(name)}, which is not known here"
            raise SyndicatorError(what, reason, "save it as UTF-8, and give the file")
        name = {"macintosh": "mac-roman"}.get(name, "windows-1252" if name in _WINDOWS else name)
    try:
        return data.decode(name), ()
    except LookupError as error:
        raise SyndicatorError(what, f"is said to be in {name}, which is not known here", "save it as UTF-8") from error
    except UnicodeError:
        return data.decode(name, "replace"), (f"it is not in {name} throughout",)


def prolog(text: str) -> tuple[str, str]:
    """What the document type declaration says, "" for none, and the text from the first element on."""
    doctype, at = "", 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if text.startswith("<?", at):
            end = text.find("?>", at)
            at = end + 2 if end >= 0 else len(text)
        elif text.startswith("<!--", at):
            end = text.find("-->", at)
            at = end + 3 if end >= 0 else len(text)
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            end = text.find(">", at)
            end = end if end >= 0 else len(text)
            doctype = text[at:end]
            if "[" in doctype:
                return doctype, ""
            at = end + 1
        else:
            return doctype, text[at:]


def mended(text: str) -> str:
    """The text with what people get wrong put right: stray ampersands, HTML's names for characters, control
    characters. What is in CDATA stays.
    """
    return _AMPERSANDS.sub(_mended, _FORBIDDEN.sub("", text))


def _mended(match: re.Match[str]) -> str:
    found, name = match[0], match[1]
    if found.startswith(("<", "&#")) or name in _OWN:
        return found
    if name in name2codepoint:
        return f"&#{name2codepoint[name]};"
    return "&amp;" + found[1:]
