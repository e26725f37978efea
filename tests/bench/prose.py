"""Random but repeatable Markdown, in the proportions of a newsroom."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.bench.words import DOMAINS, LOCAL_IMAGES, WORDS


class Rng:
    """Choices made from ``random()`` alone, so that the output never changes."""

    __slots__ = ("r",)

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed).random

    def below(self, n: int) -> int:
        return int(self.r() * n)

    def between(self, lo: int, hi: int) -> int:
        return lo + int(self.r() * (hi - lo + 1))

    def pick(self, choices: Sequence[str]) -> str:
        return choices[int(self.r() * len(choices))]

    def words(self, n: int) -> list[str]:
        return [WORDS[int(self.r() * len(WORDS))] for _ in range(n)]


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def slugify(words: Sequence[str]) -> str:
    keep = ["".join(c for c in w.lower() if c.isascii() and (c.isalnum() or c == "-")).strip("-") for w in words]
    return "-".join(w for w in keep if w)[:60].strip("-")


def sentence(g: Rng, n: int) -> str:
    w = g.words(n)
    if n > 9 and g.r() < 0.5:
        w[n // 2] += ","
    x = g.r()
    i = g.below(n)
    if x < 0.06:
        w[i] = f"*{w[i]}*"
    elif x < 0.12:
        w[i] = f"**{w[i]}**"
    elif x < 0.20:
        w[i] = f"[{w[i]}](https://{g.pick(DOMAINS)}/{slugify(g.words(3))}?id={g.below(99999)}&ref=feed)"
    elif x < 0.25:
        w[i] = f"[{w[i]}](/{g.between(2015, 2024)}/{g.between(1, 12):02d}/{slugify(g.words(3))}/)"
    elif x < 0.27:
        w[i] = f'[{w[i]}](../{slugify(g.words(2))}.html#notes "See also")'
    elif x < 0.29:
        w[i] = f'<em class="term">{w[i]}</em>'
    elif x < 0.31:
        w[i] = f'<a href="/about/{g.below(40)}" target="_blank">{w[i]} &amp; more</a>'
    elif x < 0.33:
        w[i] = f"`{w[i]}_{g.below(100)}`"
    w[0] = capital(w[0])
    return " ".join(w) + ("." if g.r() < 0.94 else "?")


def paragraph(g: Rng, budget: int) -> tuple[str, int]:
    out, used = [], 0
    while used < budget:
        n = g.between(7, 24)
        out.append(sentence(g, n))
        used += n
    return " ".join(out), used


def block(g: Rng, first: bool) -> tuple[str, int]:
    """A block of Markdown and the number of words that it counts for."""
    x = g.r()
    if first or x < 0.55:
        return paragraph(g, g.between(40, 90))
    if x < 0.70:
        n = g.between(2, 6)
        return ("## " if g.r() < 0.3 else "### ") + " ".join(capital(w) for w in g.words(n)), n
    if x < 0.79:
        rows = [sentence(g, g.between(4, 12)) for _ in range(g.between(3, 6))]
        numbered = g.r() < 0.4
        return "\n".join((f"{i}. " if numbered else "- ") + row for i, row in enumerate(rows, 1)), 8 * len(rows)
    if x < 0.86:
        text, n = paragraph(g, 20)
        return "> " + text, n
    if x < 0.90:
        return f"![{' '.join(g.words(4))}](/assets/img/photo-{g.below(LOCAL_IMAGES):03d}.png)", 0
    return odd_block(g, x), 0


def odd_block(g: Rng, x: float) -> str:
    if x < 0.93:
        return (
            f'<figure class="wide">\n<img src="/assets/img/photo-{g.below(LOCAL_IMAGES):03d}.png" '
            f'alt="{" ".join(g.words(3))}" onclick="zoom(this)">\n'
            f"<figcaption>{sentence(g, 8)}</figcaption>\n</figure>"
        )
    if x < 0.95:
        return "```python\nfor post in posts:\n    if a < b and c > d:\n        print(post)\n```"
    if x < 0.97:
        rows = "\n".join(f"| {g.pick(WORDS)} | {g.below(1000)} |" for _ in range(3))
        return "| item | count |\n| --- | --- |\n" + rows
    if x < 0.985:
        return (
            f'<iframe width="560" height="315" src="https://video.{g.pick(DOMAINS)}/embed/'
            f'{g.below(10**8):08x}" allowfullscreen></iframe>'
        )
    return "---"


def body(g: Rng) -> str:
    target, used, parts = g.between(300, 900), 0, list[str]()
    while used < target:
        text, n = block(g, not parts)
        parts.append(text)
        used += n
    return "\n\n".join(parts) + "\n"
