"""What a measured build must have written; a fast wrong answer is no figure."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.bench.measure import WrongResultError

ATOM = "{http://www.w3.org/2005/Atom}"
FULL_TEXT = "{http://purl.org/rss/1.0/modules/content/}encoded"
# The shortest body of the corpus has 300 words; less than this is a summary.
SHORTEST_BODY = 1200


def check_rss(path: Path, *, items: int) -> str:
    """Title of the first item. Raises WrongResultError unless there are ``items`` of them with their full text."""
    found = ET.parse(path).getroot().findall("channel/item")
    full = sum(len(item.findtext(FULL_TEXT) or item.findtext("description") or "") > SHORTEST_BODY for item in found)
    _expect(path, items=items, found=len(found), full=full)
    return found[0].findtext("title") or ""


def check_atom(path: Path, *, items: int) -> str:
    """The same for Atom."""
    found = ET.parse(path).getroot().findall(f"{ATOM}entry")
    full = sum(len(entry.findtext(f"{ATOM}content") or "") > SHORTEST_BODY for entry in found)
    _expect(path, items=items, found=len(found), full=full)
    return found[0].findtext(f"{ATOM}title") or ""


def check_json(path: Path, *, items: int) -> str:
    """The same for JSON Feed."""
    found = json.loads(path.read_bytes())["items"]
    full = sum(len(item.get("content_html", "")) > SHORTEST_BODY for item in found)
    _expect(path, items=items, found=len(found), full=full)
    return str(found[0]["title"])


def _expect(path: Path, *, items: int, found: int, full: int) -> None:
    if found != items or full != items:
        raise WrongResultError(f"{path.name} has {found} entries, {full} of them in full; {items} were to be there")
