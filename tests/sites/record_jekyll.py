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

#: frontmatter-77: every form of a date, as it stands in YAML, in each zone.
ZONES = ("UTC", "Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles")
FORMS = (
    "2023-08-24",
    "2023-08-24 12:55",
    "2023-08-24 12:55:00",
    "2023-08-24T12:55",
    "2023-08-24T12:55:00",
    "2023-08-24T12:55:00Z",
    "2023-08-24 12:55:00 Z",
    "2023-08-24 12:55:00 +02:00",
    "2023-08-24 12:55:00 +0200",
    "2023-08-24 12:55 +0200",
    "2023-08-24 12:55 +02:00",
    "2023-08-24 23:30:00 +0000",
    "2023-08-24 00:30:00 +0900",
    "2023-08-24 12:55:00.5",
    "2023-08-24 12:55:00 UTC",
    "2023-8-4",
    "2023-8-4 9:05",
    "2023-8-4 9:05:06",
    '"2023-08-24"',
    '"2023-08-24 12:55"',
    '"2023-08-24 12:55:00"',
    "'2023-08-24 12:55:00 +0200'",
    "15 Oct 2023",
    "Thu, 24 Aug 2023 12:55:00 +0200",
    "2024-03-31",
    "2024-03-31 02:30",
    "2024-03-31 02:30:00",
    "2024-10-27 02:30",
    "2024-10-27 02:30:00",
    "2024-03-10 02:30",
    "2024-11-03 01:30",
    "2024-11-03 23:59",
    "2023-12-31 23:59",
    "2023-12-31 23:59:59",
    "2023/10/15",
    "2023/10/15 12:30",
    "2023/10/15 12:30:00",
    "2023/10/15 12:30:00 +0200",
    "2023/1/5T9:05:06",
    "2023.10.15",
    "2023.10.15 12:30:00",
    "20231015",
    "2024/03/31 02:30:00",
    "2024/10/27 02:30:00",
)
DUMP = """---
layout: null
---
[{% for post in site.posts %}{% unless forloop.first %},{% endunless %}
["{{ post.slug }}", "{{ post.date | date_to_xmlschema }}", "{{ post.url }}"]{% endfor %}]
"""


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


def record_dates() -> list[dict[str, str]]:
    """Every form in every zone: the instant, and the day of the address."""
    found: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        site, out = Path(folder, "site"), Path(folder, "out")
        (site / "_posts").mkdir(parents=True)
        (site / "_config.yml").write_text("title: Dates\n", encoding="utf-8")
        (site / "dump.json").write_text(DUMP, encoding="utf-8")
        for number, form in enumerate(FORMS):
            post = site / "_posts" / f"2020-01-01-{number}.md"
            post.write_text(f"---\ndate: {form}\n---\nWords.\n", encoding="utf-8")
        for zone in ZONES:
            build(site, out, f"timezone: {zone}\n")
            posts = {slug: rest for slug, *rest in json.loads((out / "dump.json").read_bytes())}
            for number, form in enumerate(FORMS):
                date, url = posts[str(number)]
                day = url.removeprefix("/").rpartition("/")[0]
                found.append({"form": form, "zone": zone, "date": date, "day": day})
    return found


def main() -> int:
    """Write the record."""
    version = subprocess.run(["jekyll", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    record = {"made_by": f"{version}, tests/sites/record_jekyll.py", "time": TIME, **record_site()}
    write("jekyll.expected.json", record)
    write("jekyll-dates.expected.json", {"made_by": record["made_by"], "dates": record_dates()})
    return 0


def write(name: str, record: dict[str, Any]) -> None:
    """Beside this file, so that two records can be compared line by line."""
    (HERE / name).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
