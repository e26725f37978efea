"""Slugs as the filters ``slugify`` and ``slug`` of Eleventy make them, as far as they can be known."""

from __future__ import annotations

import re
import unicodedata


def _pairs(written: str) -> dict[str, str]:
    return {pair[0]: pair[1:] for pair in written.split()}


#: What becomes of letters beside losing their marks. Capitals follow from these.
_LATIN = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ð": "d", "ø": "o", "þ": "th", "đ": "d", "ħ": "h",
    "ı": "i", "ĳ": "ij", "ł": "l"}  # fmt: skip
_GREEK = _pairs("αa βv γg δd εe ζz ηi θth ιi κk λl μm νn ξks οo πp ρr ςs σs τt υy φf χx ψps ωo")
_CYRILLIC = _pairs(
    "аa бb вv гg дd еe жzh зz иi йy кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щsch ъ ыy ь эe юyu яya ёyo єye іi "
    "їyi љlj њnj ќkj ґg"
)
_LIGATURES = ("æ", "ø")
_SIGNS = {"&": " and ", "🦄": " unicorn ", "♥": " love ", "€": "e", "₹": "r", "₽": "p", "₺": "l", "₿": "b", "¢": "c",
    "¥": "y", "💯": "100", "‽": "?!"}  # fmt: skip
_SLUGIFY = {**_LATIN, **_GREEK, **_CYRILLIC, **_SIGNS}
#: Letters and signs that the filter spells out as well, in ways that are not known here.
_UNKNOWN = re.compile(
    "[\u0530-\u058f\u0600-\u06ff\u0780-\u07ff\u09f3\u10a0-\u10ff\u20a0-\u20cf\u2126\u2460-\u24ff\u0af1\u0e3f"
    "\ufe69\ufea0-\ufeff\uffe0-\uffe6\U0001d400-\U0001d7ff\U0001f100-\U0001f1e5\U0001f519-\U0001f51e\U0001f51f-\U0001f524"
    "\U0001f670-\U0001f67f\U0001f700-\U0001f77f]"
)
_POSSESSIVE = re.compile(r"([a-z0-9])'([ts])(\s|$)")
_NO_SLUG = re.compile(r"[^a-z0-9]+")

_SLUG = {**_LATIN, "ä": "a", "ö": "o", "ü": "u", "đ": "dj", "ħ": "", "ĳ": "", "œ": "oe", "$": "dollar", "%": "percent",
    "&": "and", "<": "less", ">": "greater", "|": "or", "£": "pound", "€": "euro", "¢": "cent", "¥": "yen",
    "©": "(c)", "®": "(r)", "™": "tm", "–": " ", "-": " ", "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"',
    "†": "+", "•": "*", "…": "..."}  # fmt: skip
_SLUG_KNOWN = re.compile("[\u0020-\u017f\u1e80-\u1e85\u1ea0-\u1ef9\u2000-\u203f\u20ac\u2122\u0300-\u036f\\s]*")
_SLUG_UNFIT = re.compile(r"[^\w\s$*+~.()'\"!:@-]+", re.ASCII)


def slugify(text: str) -> str:
    """As ``| slugify``: letters of Latin, Greek and Cyrillic are spelt out, all else becomes hyphens.

    Raises ValueError for what the filter spells out in a way that is not known.
    """
    text = unicodedata.normalize("NFC", text)
    signs = unicodedata.normalize("NFD", text)
    if (unknown := next((char for char in signs if char not in _SLUGIFY and _UNKNOWN.match(char)), "")) != "":
        raise ValueError(f'asks for the slug of "{unknown}", which this program does not know')
    spelt = _spelt(text.lower(), _SLUGIFY)
    return _NO_SLUG.sub("-", _POSSESSIVE.sub(r"\1\2\3", spelt)).strip("-")


def slug(text: str) -> str:
    """As ``| slug``, the older of the two: some signs are words, others stay. Raises ValueError as ``slugify``."""
    text = unicodedata.normalize("NFC", text)
    if not _SLUG_KNOWN.fullmatch(text):
        raise ValueError("asks for the slug of letters that this program does not know")
    spelt = _SLUG_UNFIT.sub("", _spelt(text.lower(), _SLUG))
    return re.sub(r"\s+", "-", spelt.strip())


def _spelt(text: str, table: dict[str, str]) -> str:
    """Each character by the table, or without its marks by the table, else without its marks."""
    found: list[str] = []
    for char in text:
        if char not in table and not char.isascii():
            bare = "".join(c for c in unicodedata.normalize("NFD", char) if not unicodedata.combining(c))
            # Ligatures with marks are not spelt out.
            found.append("" if bare in _LIGATURES else "".join(table.get(c, c) for c in bare))
        else:
            found.append(table.get(char, char))
    return "".join(found)
