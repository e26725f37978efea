"""Writes what Hugo makes of the shortcodes in ``hugo.json``: ``python tests/golden/shortcodes/record.py``.

Needs Hugo from the development dependencies (the figures here are of 0.168), set up as it comes: without raw HTML. The
tests do not need it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

FILE = Path(__file__).parent / "hugo.json"
SITE = """
baseURL = "https://news.example.org/"
disableKinds = ["home", "section", "taxonomy", "term", "sitemap", "robotstxt", "404", "rss"]
"""


def main() -> None:
    cases = json.loads(FILE.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as name:
        site = Path(name)
        (site / "content" / "posts").mkdir(parents=True)
        (site / "layouts").mkdir()
        (site / "hugo.toml").write_text(SITE, encoding="utf-8")
        (site / "layouts" / "page.html").write_text("{{ .Content }}", encoding="utf-8")
        (site / "content" / "posts" / "calm.md").write_text("---\ntitle: Calm\n---\nCalm.\n", encoding="utf-8")
        for number, case in enumerate(cases):
            body = f"---\ntitle: x\n---\n{case['body']}"
            (site / "content" / "posts" / f"p{number}.md").write_text(body, encoding="utf-8")
        subprocess.run([Path(sys.executable).parent / "hugo", "--quiet"], cwd=site, check=True)
        for number, case in enumerate(cases):
            case["site"] = (site / "public" / "posts" / f"p{number}" / "index.html").read_text("utf-8")
    FILE.write_text(json.dumps(cases, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
