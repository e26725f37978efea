"""Record what Jekyll and jekyll-feed make of the site beside this file, for the tests that compare with it.

    apt-get install -y jekyll ruby-jekyll-feed
    python tests/sites/record_jekyll.py

The tests themselves need neither. The time of the build is fixed, so that the record is the same on every day.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TIME = "2026-06-01 12:00:00 +0000"
ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"


def build(site: Path, out: Path, extra: str = "") -> None:
    """Run Jekyll over a site, with settings on top of its own."""
    with tempfile.TemporaryDirectory() as folder:
        more = Path(folder, "more.yml")
        more.write_text(f"time: {TIME}\n{extra}", encoding="utf-8")
        subprocess.run(
            ["jekyll", "build", "--quiet", "--disable-disk-cache", "-s", site, "-d", out,
             "--config", f"{site / '_config.yml'},{more}"],
            check=True,
            env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "America/New_York"},
        )  # fmt: skip


def entries(feed: Path) -> list[dict[str, Any]]:
    """The entries of jekyll-feed's Atom, in its order."""
    return [_entry(entry) for entry in ET.parse(feed).getroot().iter(f"{ATOM}entry")]


def _entry(entry: ET.Element) -> dict[str, Any]:
    link = entry.find(f"{ATOM}link")
    image = entry.find(f"{MEDIA}thumbnail")
    return {
        "id": entry.findtext(f"{ATOM}id"),
        "url": link.get("href") if link is not None else "",
        "title": entry.findtext(f"{ATOM}title"),
        "published": entry.findtext(f"{ATOM}published"),
        "updated": entry.findtext(f"{ATOM}updated"),
        "author": {part: entry.findtext(f"{ATOM}author/{ATOM}{part}") for part in ("name", "email", "uri")},
        "categories": [term.get("term") for term in entry.iter(f"{ATOM}category")],
        "summary": entry.findtext(f"{ATOM}summary"),
        "image": image.get("url") if image is not None else None,
        "has_content": entry.find(f"{ATOM}content") is not None,
    }


def record_site() -> dict[str, Any]:
    """The site for which there is one post a rule."""
    with tempfile.TemporaryDirectory() as out:
        build(HERE / "jekyll", Path(out))
        return {
            "feed": entries(Path(out, "feed.xml")),
            "posts": json.loads(Path(out, "dump.json").read_bytes()),
            "staff": json.loads(Path(out, "staff.json").read_bytes()),
        }


def main() -> int:
    """Write the record."""
    version = subprocess.run(["jekyll", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    record = {"made_by": f"{version}, tests/sites/record_jekyll.py", "time": TIME, **record_site()}
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    (HERE / "jekyll.expected.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
