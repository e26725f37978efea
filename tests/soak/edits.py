"""What editors do, and what readers may see of it: a model of the newsroom that knows nothing of the program."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

CATEGORIES = ("News", "Culture", "Sports")
#: So many posts are live at most, so that every feed shows all of them.
_MOST = 40
_LONGEST_WAIT = 4.0


@dataclass(slots=True)
class Article:
    """A post as its author thinks of it. ``number`` never changes, ``marker`` does with every version.

    ``from_`` and ``until`` are the instants between which readers see it.
    """

    number: int
    path: Path
    category: str
    marker: str
    written: datetime
    draft: bool = False
    broken: bool = False
    renamed: bool = False
    from_: datetime | None = None
    until: datetime | None = None
    #: The last version of it that could be read, and may stand while it is broken.
    readable: Article | None = None

    @property
    def title(self) -> str:
        return f"Article {self.number}"

    @property
    def names_itself(self) -> bool:
        """Whether its front matter has an id."""
        return self.number % 2 == 1

    def is_live(self, now: datetime) -> bool:
        """Whether readers see it at that moment."""
        if self.broken:
            return self.readable is not None and self.readable.is_live(now)
        begun = self.from_ is None or self.from_ <= now
        return begun and not self.draft and (self.until is None or self.until > now)


@dataclass(slots=True)
class Desk:
    """Everything that stands below ``folder``, and each marker with the instant from which readers may see it."""

    folder: Path
    chance: random.Random
    articles: dict[int, Article] = field(default_factory=dict)
    allowed: dict[str, datetime] = field(default_factory=dict)
    count: int = 0
    versions: int = 0

    def edit(self) -> str:
        """Do something at random; what was done."""
        live = list(self.articles.values())
        deeds: list[Callable[[], str]] = [self.write]
        if live:
            deeds += [self.rewrite, self.rewrite, self.toggle, self.schedule, self.rename, self.spoil, self.in_pieces]
        if len(live) >= _MOST // 2:
            deeds += [self.remove, self.remove]
        if len(live) >= _MOST:
            deeds = [self.remove]
        return self.chance.choice(deeds)()

    def write(self) -> str:
        """A new post, often in a folder that is new too."""
        self.count += 1
        embargo = self._soon() if self.chance.random() < 0.2 else None
        folder = self.chance.choice(("", "", f"desk-{self.chance.randrange(4)}/{self.chance.randrange(3)}/"))
        path = self.folder / folder / f"2026-01-{self.count % 28 + 1:02}-article-{self.count}.md"
        self._put(
            Article(
                number=self.count,
                path=path,
                category=self.chance.choice(CATEGORIES),
                marker="",
                written=embargo
                or datetime(2026, 1, self.count % 28 + 1, 12, tzinfo=UTC) + timedelta(seconds=self.count),
                from_=embargo,
                draft=self.chance.random() < 0.2,
            )
        )
        return f"wrote {self.count}"

    def burst(self, size: int) -> str:
        """Many posts saved again at once, as a script or a merge does it."""
        for article in self.chance.sample(sorted(self.articles.values(), key=_number), min(size, len(self.articles))):
            self._put(article)
        return f"saved {size} at once"

    def rewrite(self) -> str:
        article = self._any()
        article.broken = False
        self._put(article)
        return f"rewrote {article.number}"

    def toggle(self) -> str:
        article = self._any()
        article.draft, article.broken = not article.draft, False
        self._put(article)
        return f"{'hid' if article.draft else 'showed'} {article.number}"

    def schedule(self) -> str:
        """An embargo or an expiry some moments ahead.

        Only a post with an id of its own gets another date: renamed at the same moment, no other would be known again.
        """
        article = self._any()
        article.draft = article.broken = False
        if self.chance.random() < 0.5 and article.names_itself:
            article.from_ = article.written = self._soon()
            article.until = None
        else:
            article.until = self._soon()
        self._put(article)
        return f"scheduled {article.number}"

    def rename(self) -> str:
        """Another name, the same post. One that nobody can read would not be known again."""
        article = self._any()
        if article.broken:
            return "renamed none"
        article.renamed = True
        self.versions += 1
        target = article.path.with_name(f"{article.path.name[:11]}article-{article.number}-{self.versions}.md")
        article.path.rename(target)
        article.path = target
        return f"renamed {article.number}"

    def spoil(self) -> str:
        """A post that nobody can read: its last good version stays."""
        article = self._any()
        if not article.broken and not article.renamed:
            article.readable = replace(article)
            article.broken = True
            _save(article.path, "---\ntitle: [never closed\ndate: nonsense\n---\nSpoilt.\n")
        return f"spoilt {article.number}"

    def remove(self) -> str:
        article = self._any()
        article.path.unlink()
        del self.articles[article.number]
        return f"removed {article.number}"

    def in_pieces(self) -> str:
        """A post that is written by somebody slow, in the file itself."""
        article = self._any()
        article.broken = False
        text = self._text(article)
        with article.path.open("w", encoding="utf-8") as file:
            for start in range(0, len(text), len(text) // 5 + 1):
                file.write(text[start : start + len(text) // 5 + 1])
                file.flush()
        return f"wrote {article.number} in pieces"

    def tidy(self) -> None:
        """Mend what is spoilt: the day is over."""
        for article in self.articles.values():
            if article.broken:
                article.broken = False
                self._put(article)

    def live(self, now: datetime) -> set[str]:
        """Titles that readers are to see."""
        return {article.title for article in self.articles.values() if article.is_live(now)}

    def _any(self) -> Article:
        return self.articles[self.chance.choice(sorted(self.articles))]

    def _soon(self) -> datetime:
        """A whole second some moments ahead, as dates in front matter have no parts of one."""
        ahead = timedelta(seconds=self.chance.uniform(1, _LONGEST_WAIT))
        return (datetime.now(UTC) + ahead).replace(microsecond=0)

    def _put(self, article: Article) -> None:
        self.articles[article.number] = article
        article.path.parent.mkdir(parents=True, exist_ok=True)
        _save(article.path, self._text(article))

    def _text(self, article: Article) -> str:
        self.versions += 1
        article.marker = f"marker-{article.number}-{self.versions}-"
        article.readable = None
        if not article.draft:
            self.allowed[article.marker] = article.from_ or datetime.now(UTC)
        head = {
            "title": article.title,
            "date": f"{article.written:%Y-%m-%d %H:%M:%S} +0000",
            "category": article.category,
        }
        head |= {"id": f"article-{article.number}"} if article.names_itself else {}
        head |= {"draft": "true", "published": "false"} if article.draft else {}
        head |= {"expires": f"{article.until:%Y-%m-%d %H:%M:%S} +0000"} if article.until else {}
        lines = "".join(f"{key}: {value}\n" for key, value in head.items())
        return f"---\n{lines}---\n{article.marker}\n\nWords of version {self.versions}.\n"


def _number(article: Article) -> int:
    return article.number


def _save(path: Path, text: str) -> None:
    """Beside, then renamed into place, as editors do."""
    beside = path.with_name(f".{path.name}.swp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
