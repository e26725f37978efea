"""A deterministic corpus of Jekyll-style posts: ``python -m tests.bench.corpus OUTDIR N``.

Writes OUTDIR/_posts/YYYY-MM-DD-slug.md (N of them) and OUTDIR/assets/img/*.png. What measurements rely on:

* the only source of chance is ``random.Random(seed).random()``, whose sequence Python promises not to change;
* post 0 is the newest; every further post is STEP minutes older, so no two posts share a date;
* post I depends on (seed, I) only, never on N: a corpus of 1,000 is the newest 1,000 posts of one of 10,000;
* the date of the file name is that of the front matter; the slug ends in -I, so names are unique;
* 12 categories (skewed), 60 authors, 300-900 words of Markdown a post.
"""

from __future__ import annotations

import argparse
import random
import struct
import zlib
from datetime import datetime, timedelta
from pathlib import Path

from tests.bench.prose import Rng, body, capital, slugify
from tests.bench.words import AUTHOR_TITLES, AUTHORS, CATEGORIES, CATEGORY_EDGES, CREDITS, LOCAL_IMAGES, REMOTE_IMAGE

START = datetime(2024, 6, 30, 12, 0)
STEP = 47
SEED = 1


def yaml_text(text: str) -> str:
    """Plain where YAML allows it, else double quoted (as people write it)."""
    if ": " in text or text[:1] in "\"'“&*!|>%@`[]{}#,?:-" or text.endswith(":") or " #" in text:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text


def featured_image(g: Rng, i: int) -> list[str]:
    x = g.r()
    if x >= 0.85:
        return []
    if x < 0.45:
        path = f"/assets/img/photo-{g.below(LOCAL_IMAGES):03d}.png"
    else:
        path = REMOTE_IMAGE.format(h=int(g.r() * 2**52) * 2**100 + i, w=g.between(600, 4000))
    return [
        "featured-image: ",
        "  path: " + path,
        "  cutline: " + yaml_text(capital(" ".join(g.words(g.between(5, 12)))) + "."),
        "  credit: " + g.pick(CREDITS),
        "  alt-text: " + yaml_text(capital(" ".join(g.words(5))) + "."),
    ]


def post(i: int, *, seed: int = SEED, seconds: bool = False) -> tuple[str, str]:
    """File name and text of post ``i``; ``seconds`` writes the time as HH:MM:SS (Hugo refuses HH:MM)."""
    g = Rng(seed * 1_000_003 + i)
    when = START - timedelta(minutes=STEP * i)
    words = g.words(g.between(4, 11))
    title = " ".join(capital(w) for w in words)
    x = g.r()
    if x < 0.10:
        title = title.replace(" ", ": ", 1)
    elif x < 0.16:
        title = title.replace(" ", " & ", 1)
    x = g.r()
    category = next(k for k, edge in enumerate(CATEGORY_EDGES) if x < edge)
    lines = [
        "---",
        "title: " + yaml_text(title),
        "subhed: " + yaml_text(capital(" ".join(g.words(g.between(8, 20)))) + "."),
        "author: " + AUTHORS[g.below(len(AUTHORS))],
        "author-title: " + g.pick(AUTHOR_TITLES),
        *featured_image(g, i),
        "layout: post",
        "category: " + CATEGORIES[category],
        "date: " + when.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M"),
        "---",
        "",
    ]
    return f"{when:%Y-%m-%d}-{slugify(words) or 'post'}-{i}.md", "\n".join(lines) + "\n" + body(g)


def png(seed: int, side: int) -> bytes:
    """A valid greyscale PNG of noise, side by side pixels (its size is about side squared)."""
    g = random.Random(seed).random
    rows = b"".join(b"\0" + bytes(int(g() * 256) for _ in range(side)) for _ in range(side))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def write_corpus(folder: Path, n: int, *, seed: int = SEED, seconds: bool = False) -> None:
    """Write ``n`` posts and the images that they name below ``folder``."""
    posts, images = folder / "_posts", folder / "assets" / "img"
    posts.mkdir(parents=True)
    images.mkdir(parents=True)
    for i in range(n):
        name, text = post(i, seed=seed, seconds=seconds)
        (posts / name).write_text(text, encoding="utf-8", newline="\n")
    for k in range(LOCAL_IMAGES):
        (images / f"photo-{k:03d}.png").write_bytes(png(seed * 1000 + k, 24 + 4 * k))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.corpus", description="Make a corpus of posts.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("n", type=int)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--seconds", action="store_true", help="write dates as HH:MM:SS, which Hugo demands")
    options = parser.parse_args()
    write_corpus(options.folder, options.n, seed=options.seed, seconds=options.seconds)


if __name__ == "__main__":
    main()
