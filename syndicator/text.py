"""Text that every format can carry: characters that XML 1.0 forbids never get past here."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# XML 1.0 section 2.2, less the C1 controls and U+FFFD, which are legal but a sign of mojibake (rss-5, rss-6).
_FIT = "\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffc\U00010000-\U0010ffff"
_CONTROLS = bytes((*range(9), *range(11, 32), 127))
_SPACE = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^\w]+", re.ASCII)
#: An address in a text: its scheme, who asks, what is asked for, and the query.
_ADDRESS = re.compile(
    r"\b([a-z][a-z0-9+.-]{1,20}://)(?:[^\s/?#\"'<>]*@)?([^\s?#\"'<>]*)(\?[^\s\"'<>]*)?", re.IGNORECASE | re.ASCII
)


def legal(text: str) -> str:
    """The text without characters that XML forbids, with LF line ends. Idempotent."""
    # Of what is printable only the replacement character is unfit; most short texts end here.
    if text.isprintable() and "\ufffd" not in text:
        return text
    # Most long ones end here: looking at bytes all at once takes half the time of looking at each character.
    data = text.encode("utf-8", "surrogatepass")
    # In UTF-8 what is unfit beside the controls begins so: C1 controls, surrogates, the end of the first plane. One
    # byte is looked for before two, as it is found ten times as fast.
    suspect = b"\xc2" in data or b"\xed" in data or (b"\xef" in data and b"\xef\xbf" in data)
    if not suspect and len(data.translate(None, _CONTROLS)) == len(data):
        return text
    return _unfit().sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u0085", "\n"))


@lru_cache(maxsize=1)
def _unfit() -> re.Pattern[str]:
    """Compiled when first wanted: the range of all that is fit takes longer than all other patterns here together."""
    return re.compile(f"[^{_FIT}]")


def one_line(text: str) -> str:
    """Legal text with every run of white space folded into one space."""
    if "  " not in text and text.isprintable() and "\ufffd" not in text:
        return text.strip()
    return _SPACE.sub(" ", legal(text)).strip()


def slug(text: str) -> str:
    """A file-name-safe form: ASCII letters, digits and hyphens, "" when nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_WORD.sub("-", plain.lower().replace("_", "-")).strip("-")


def printable(text: str) -> str:
    """The text as it may go to a terminal or a log line: control characters escaped (no sequence gets through)."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def bare(text: str) -> str:
    """The text with all addresses in it as they may be shown: without user, password and query."""
    if "://" not in text:
        return text
    return _ADDRESS.sub(lambda found: f"{found[1]}{found[2]}" + ("?…" if found[3] else ""), text)
