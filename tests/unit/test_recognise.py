"""What a site is made with shows in the files that are there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from syndicator.dialects.recognise import Recognised, recognise


class Names:
    """The names of a site's files; nothing is in them."""

    def __init__(self, *paths: str) -> None:
        self.paths = paths

    def read(self, path: str) -> bytes | None:
        return b"" if path in self.paths else None

    def names(self, folder: str) -> tuple[str, ...]:
        below = f"{folder}/" if folder else ""
        parts = [path.removeprefix(below).partition("/") for path in self.paths if path.startswith(below)]
        return tuple(sorted({name + slash for name, slash, _ in parts}))

    def find(self, folder: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
        return tuple(sorted(path for path in self.paths if fits(path.rpartition("/")[2])))


@pytest.mark.parametrize(
    ("paths", "dialect", "because"),
    [
        (("_config.yml", "_posts/a.md"), "jekyll", "_config.yml"),
        (("_config.toml",), "jekyll", "_config.toml"),
        (("hugo.toml", "content/posts/a.md"), "hugo", "hugo.toml"),
        (("hugo.json",), "hugo", "hugo.json"),
        (("config.yaml", "content/a.md"), "hugo", "config.yaml"),
        (("config/_default/hugo.toml", "content/a.md"), "hugo", "config/_default"),
        ((".eleventy.js", "posts/a.md"), "eleventy", ".eleventy.js"),
        (("eleventy.config.mjs",), "eleventy", "eleventy.config.mjs"),
        (("_posts/2024-01-02-a.md",), "jekyll", "_posts"),
        (("a.md", "news/_posts/2024-01-02-a.markdown"), "jekyll", "news/_posts"),
        (("config.toml", "a.md"), "plain", "a.md"),
        (("b/c.MD", "b/d.md"), "plain", "b/c.MD"),
        (("config/app.toml", "a.md"), "plain", "a.md"),
    ],
)
def test_the_files_say_what_a_site_is_made_with(paths: tuple[str, ...], dialect: str, because: str) -> None:
    seen = recognise(Names(*paths))

    assert seen
    assert (dialect, because, ()) == (seen.dialect, seen.because, seen.others)


def test_what_speaks_for_another_is_told_as_well() -> None:
    seen = recognise(Names("eleventy.config.js", "_config.yml", "_config.toml", "a.md"))

    assert Recognised(dialect="jekyll", because="_config.yml", others=(("eleventy", "eleventy.config.js"),)) == seen


@pytest.mark.parametrize("paths", [(), ("index.html",), ("notes.txt", "config.toml")])
def test_where_there_is_no_post_and_no_configuration_nobody_can_say(paths: tuple[str, ...]) -> None:
    assert None is recognise(Names(*paths))
