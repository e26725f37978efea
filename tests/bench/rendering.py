"""What it costs to write 50 full entries as RSS, Atom and JSON Feed.

The figures come from a process of its own (``python -m tests.bench.rendering REPETITIONS``), so that the process
that measures whole builds never holds the product's libraries.
"""

from __future__ import annotations

import html
import json
import sys
import time
from datetime import UTC, timedelta
from statistics import median

from tests.bench.corpus import START, post
from tests.bench.measure import run, spread
from tests.bench.product import ROOT
from tests.bench.report import Section

ENTRIES = 50


def measure_rendering(repetitions: int) -> Section:
    """Processor milliseconds a document, over ``repetitions`` documents of each format."""
    answer = run((sys.executable, "-m", "tests.bench.rendering", str(repetitions)), ROOT)
    figures: dict[str, dict[str, list[float]]] = json.loads(answer.output)
    return Section(
        title=f"Writing a document of {ENTRIES} full entries",
        columns=("", "KiB", "CPU ms", "entries/s"),
        rows=tuple(
            (
                name,
                f"{found['bytes'][0] / 1024:.0f}",
                spread(found["ms"], 1),
                f"{ENTRIES / median(found['ms']) * 1000:,.0f}",
            )
            for name, found in figures.items()
        ),
    )


def main() -> None:
    """Print the figures as JSON: format to sizes in bytes and processor times in milliseconds."""
    from syndicator.formats import render
    from syndicator.model import Content, Entry, Feed, Format, Image, Person

    def entry(i: int) -> Entry:
        name, text = post(i)
        title, body = name.removesuffix(".md"), text.split("---\n", 2)[2]
        moment = START.replace(tzinfo=UTC) - timedelta(hours=i)
        return Entry(
            id=f"tag:news.example.org,2024:{title}",
            url=f"https://news.example.org/{title}.html",
            title=title.replace("-", " "),
            summary=body[:200].replace("\n", " "),
            html="\n".join(f"<p>{html.escape(part)}</p>" for part in body.split("\n\n")),
            published=moment,
            updated=moment,
            people=(Person(name="Donna Teetree", title="Staff Writer"),),
            categories=("News",),
            image=Image(
                url=f"https://news.example.org/assets/img/{i}.png",
                alt="A picture",
                type="image/png",
                length=20_000,
                width=1200,
                height=675,
            ),
        )

    outputs = tuple((format_, f"feed.{format_}") for format_ in Format if format_.is_feed)
    feed = Feed(
        name="main",
        id="tag:news.example.org,2024:main",
        title="The Example",
        description="News and analysis",
        home_url="https://news.example.org/",
        language="en",
        author="The Example newsroom",
        updated=START.replace(tzinfo=UTC),
        content=Content.FULL,
        outputs=outputs,
        entries=tuple(entry(i) for i in range(ENTRIES)),
        hubs=("https://hub.example.net/",),
    )
    figures: dict[str, dict[str, list[float]]] = {}
    for format_, path in outputs:
        url = f"https://news.example.org/feeds/{path}"
        size = len(render(feed, format_, path, url).body)
        times = []
        for _ in range(int(sys.argv[1])):
            begin = time.process_time_ns()
            render(feed, format_, path, url)
            times.append((time.process_time_ns() - begin) / 1e6)
        figures[str(format_)] = {"bytes": [size], "ms": times}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
