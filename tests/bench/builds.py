"""Whole builds, the product's and Hugo's by turns over one corpus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.bench import hugo
from tests.bench.corpus import write_corpus
from tests.bench.hugo import Hugo
from tests.bench.measure import MIB, Run, WrongResultError, ratios, spread
from tests.bench.product import Product
from tests.bench.report import Promise, Section

COLUMNS = ("", "files", "wall s", "CPU s", "peak MiB", "tree MiB", "wall / Hugo", "CPU / Hugo")
# What was promised: the ratio for large sites, memory and the second build for all.
PROMISED_RATIO_FROM = 10_000
WALL_RATIO, PEAK_MIB, UNCHANGED_SECONDS = 0.7, 120, 0.5


def measure_builds(folder: Path, posts: int, repetitions: int) -> Section:
    """Build ``posts`` posts in ``folder``, each contender in turn, ``repetitions`` times after one to warm up."""
    corpus = folder / "corpus"
    write_corpus(corpus, posts, seconds=True)
    peer = Hugo.set_up(folder / "hugo", corpus)
    rss = Product.set_up(folder / "rss", corpus, ("rss",))
    all_formats = Product.set_up(folder / "all", corpus, ("rss", "atom", "json"))
    trees = [contender.cold_tree_peak() for contender in (peer, rss, all_formats)]
    _agree(peer, rss, all_formats)

    runs: dict[str, list[Run]] = {"hugo": [], "rss": [], "all": [], "unchanged": []}
    for _ in range(repetitions):
        for key, build in (
            ("hugo", peer.cold),
            ("rss", rss.cold),
            ("all", all_formats.cold),
            ("unchanged", all_formats.unchanged),
        ):
            _warm(corpus)
            runs[key].append(build())
    _agree(peer, rss, all_formats)

    names = (
        (f"Hugo {hugo.version()}, RSS", "hugo", 13, trees[0]),
        ("syndicator, RSS", "rss", rss.files, trees[1]),
        ("syndicator, RSS + Atom + JSON", "all", all_formats.files, trees[2]),
        ("the same again, nothing changed", "unchanged", all_formats.files, None),
    )
    return Section(
        title=f"{posts:,} posts",
        columns=COLUMNS,
        rows=tuple(_row(name, files, tree, runs[key], runs["hugo"]) for name, key, files, tree in names),
        promises=_promises(posts, runs),
    )


def _warm(corpus: Path) -> None:
    """Bring the posts into the page cache: a system that frees idle memory would make every first reader wait."""
    for path in corpus.rglob("*"):
        if path.is_file():
            path.read_bytes()


def _row(name: str, files: int, tree: int | None, runs: Sequence[Run], peer: Sequence[Run]) -> tuple[str, ...]:
    against_itself = runs is peer
    return (
        name,
        str(files),
        spread([run.wall for run in runs]),
        spread([run.cpu for run in runs]),
        f"{max(run.peak for run in runs) / MIB:.0f}",
        "" if tree is None else f"{tree / MIB:.0f}",
        "1" if against_itself else spread(ratios([run.wall for run in runs], [run.wall for run in peer])),
        "1" if against_itself else spread(ratios([run.cpu for run in runs], [run.cpu for run in peer])),
    )


def _promises(posts: int, runs: dict[str, list[Run]]) -> tuple[Promise, ...]:
    walls = {key: [run.wall for run in some] for key, some in runs.items()}
    promises = [
        Promise(
            what=f"{posts:,} posts, largest process",
            figure=max(run.peak for key in ("rss", "all", "unchanged") for run in runs[key]) / MIB,
            limit=PEAK_MIB,
            unit=" MiB",
        ),
        Promise(
            what=f"{posts:,} posts, nothing changed",
            figure=median(walls["unchanged"]),
            limit=UNCHANGED_SECONDS,
            unit=" s",
        ),
    ]
    if posts >= PROMISED_RATIO_FROM:
        promises += [
            Promise(
                what=f"{posts:,} posts, {name}, wall time against Hugo's",
                figure=median(ratios(walls[key], walls["hugo"])),
                limit=WALL_RATIO,
            )
            for key, name in (("rss", "RSS"), ("all", "RSS + Atom + JSON"))
        ]
    return tuple(promises)


def _agree(peer: Hugo, *products: Product) -> None:
    expected = peer.verify()
    for product in products:
        title = product.verify()
        if title != expected:
            raise WrongResultError(f"the newest entry is {title!r}, Hugo's is {expected!r}")
