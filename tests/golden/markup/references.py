"""Writes what kramdown and Hugo make of the golden bodies beside them: ``python tests/golden/markup/references.py``.

Needs Debian's ruby-kramdown and ruby-kramdown-parser-gfm (the figures here are of kramdown 2.4.0 and its GFM parser
1.1.0, set up as Jekyll 4 does) and Hugo from the development dependencies (0.168, Goldmark with raw HTML let through).
The tests need neither.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent

KRAMDOWN = """
require "json"; require "kramdown"; require "kramdown-parser-gfm"
options = {input: "GFM", hard_wrap: false, auto_ids: true, toc_levels: 1..6, entity_output: "as_char",
           smart_quotes: "lsquo,rsquo,ldquo,rdquo", footnote_nr: 1, syntax_highlighter: nil}
JSON.parse(STDIN.read).each { |body| puts JSON.dump(Kramdown::Document.new(body, options).to_html) }
"""
HUGO = """
baseURL = "https://news.example.org/"
disableKinds = ["home", "section", "taxonomy", "term", "sitemap", "robotstxt", "404", "rss"]
[markup.goldmark.renderer]
unsafe = true
"""


def by_kramdown(bodies: Sequence[str]) -> list[str]:
    answer = subprocess.run(
        ["ruby", "-e", KRAMDOWN], input=json.dumps(bodies), capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in answer.stdout.splitlines()]


def by_hugo(bodies: Sequence[str]) -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        site = Path(name)
        for folder in ("content", "layouts"):
            (site / folder).mkdir()
        (site / "hugo.toml").write_text(HUGO, encoding="utf-8")
        (site / "layouts" / "page.html").write_text("{{ .Content }}", encoding="utf-8")
        for number, body in enumerate(bodies):
            (site / "content" / f"p{number}.md").write_text(f"---\ntitle: x\n---\n{body}", encoding="utf-8")
        subprocess.run(["hugo", "--quiet"], cwd=site, check=True)
        return [(site / "public" / f"p{number}" / "index.html").read_text("utf-8") for number in range(len(bodies))]


def main() -> None:
    for folder, render in (("kramdown", by_kramdown), ("goldmark", by_hugo)):
        paths = sorted((HERE / folder).glob("*.md"))
        for path, html in zip(paths, render([path.read_text("utf-8") for path in paths]), strict=True):
            path.with_suffix(".html").write_text(html.rstrip("\n") + "\n", encoding="utf-8")
        file = HERE / folder / "differences.json"
        differences = json.loads(file.read_text("utf-8"))
        for difference, html in zip(differences, render([each["body"] for each in differences]), strict=True):
            difference["site"] = html
        file.write_text(json.dumps(differences, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
