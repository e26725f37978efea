"""The product: ``syndicator build`` over a corpus, from nothing and again with nothing changed."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import Run, WrongResultError, run, tree_peak
from tests.bench.verify import check_atom, check_json, check_rss

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "syndicator")

CONFIG = """\
[site]
title = "The Example"
url = "https://news.example.org/"
timezone = "UTC"

[source]
path = "{corpus}"
dialect = "jekyll"

[publish]
to = "public"
url = "https://news.example.org/feeds/"

[[feeds]]
name = "main"
{main}
limit = 50
content = "full"

[[feeds]]
name = "category"
each = "category"
{category}
limit = 50
content = "full"

[state]
url = "sqlite:///var/state.db"
"""
SUFFIXES = {"rss": "xml", "atom": "atom", "json": "json"}
CHECKS = {"rss": check_rss, "atom": check_atom, "json": check_json}


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A configuration in ``folder`` over a corpus, with one main feed and one a category in each of ``formats``."""

    folder: Path
    formats: tuple[str, ...]

    @classmethod
    def set_up(cls, folder: Path, corpus: Path, formats: tuple[str, ...]) -> Product:
        folder.mkdir(parents=True)
        text = CONFIG.format(
            corpus=corpus,
            main="\n".join(f'{name} = "feed.{SUFFIXES[name]}"' for name in formats),
            category="\n".join(f'{name} = "category/{{slug}}.{SUFFIXES[name]}"' for name in formats),
        )
        (folder / "syndicator.toml").write_text(text, encoding="utf-8")
        return cls(folder=folder, formats=formats)

    @property
    def out(self) -> Path:
        return self.folder / "public"

    @property
    def files(self) -> int:
        """Main and 12 categories, in each format."""
        return 13 * len(self.formats)

    @property
    def command(self) -> tuple[str, ...]:
        return (*COMMAND, "-c", str(self.folder / "syndicator.toml"), "build", "--no-announce")

    def cold(self) -> Run:
        self.clean()
        return run(self.command, ROOT)

    def cold_tree_peak(self) -> int:
        self.clean()
        return tree_peak(self.command, ROOT)

    def unchanged(self) -> Run:
        """Build once more. Raises WrongResultError if that touched a feed."""
        before = self._times()
        result = run(self.command, ROOT)
        if self._times() != before:
            raise WrongResultError("a build with nothing changed wrote a feed")
        return result

    def clean(self) -> None:
        for name in ("public", "var"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def verify(self) -> str:
        """Title of the newest entry. Raises WrongResultError unless every feed is there, the main ones full."""
        if len(self._times()) != self.files:
            raise WrongResultError(f"the build left {len(self._times())} files, not {self.files}")
        titles = {CHECKS[name](self.out / f"feed.{SUFFIXES[name]}", items=50) for name in self.formats}
        if len(titles) != 1:
            raise WrongResultError(f"the formats do not agree which entry is newest: {sorted(titles)}")
        return titles.pop()

    def _times(self) -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in self.out.rglob("*") if path.is_file()}
