"""Which posts a body refers to, and which files are meant."""

from __future__ import annotations

import time

import pytest

from syndicator.posts.references import Targets, data_names, former, references

PATHS = (
    "_posts/2023-01-02-calm.md",
    "_posts/old/2020-02-03-gale.md",
    "news/_posts/2023-01-02-calm.md",
    "news/_posts/2023-04-05-flood.markdown",
    "content/posts/storm/index.md",
    "content/posts/hail.fr.md",
    "content/posts/hail.md",
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("no tags", ()),
        ("{% post_url 2023-01-02-calm %} {%- link _posts/2023-01-02-calm.md -%}",
         ("2023-01-02-calm", "_posts/2023-01-02-calm.md")),
        ('{{< ref "storm" >}} {{% relref path="/posts/hail.md#top" %}} {{< ref storm >}}',
         ("storm", "/posts/hail.md#top")),
        ("{% post_url %} {% linkage x %} {{< reference x >}}", ()),
        ("{% post_url a %}{% post_url a %}", ("a",)),
    ],
)  # fmt: skip
def test_references_are_found_as_they_are_written(body: str, expected: tuple[str, ...]) -> None:
    """frontmatter-39, -59"""
    assert expected == references(body.encode())


@pytest.mark.parametrize(
    ("written", "source", "expected"),
    [
        ("2023-01-02-calm", "_posts/x.md", "_posts/2023-01-02-calm.md"),
        ("2023-01-02-calm", "news/_posts/x.md", "news/_posts/2023-01-02-calm.md"),
        ("/news/2023-01-02-calm", "_posts/x.md", "news/_posts/2023-01-02-calm.md"),
        ("old/2020-02-03-gale", "_posts/x.md", "_posts/old/2020-02-03-gale.md"),
        ("2023-04-05-flood", "_posts/x.md", "news/_posts/2023-04-05-flood.markdown"),
        ("news/_posts/2023-04-05-flood.markdown", "_posts/x.md", "news/_posts/2023-04-05-flood.markdown"),
        ("storm", "content/posts/hail.md", "content/posts/storm/index.md"),
        ("/posts/storm/#top", "content/a.md", "content/posts/storm/index.md"),
        ("posts/storm/index.md", "content/a.md", "content/posts/storm/index.md"),
        ("../posts/hail.md", "content/a/b.md", "content/posts/hail.md"),
        ("nobody", "_posts/x.md", None),
        ("", "_posts/x.md", None),
        ("#top", "_posts/x.md", None),
    ],
)
def test_a_reference_means_a_file(written: str, source: str, expected: str | None) -> None:
    assert expected == Targets(PATHS).find(written, source)


def test_a_storm_of_references_is_over_in_no_time() -> None:
    started = time.process_time()

    found = references(
        b"{% post_url" * 20_000 + b"{% link " + b" " * 200_000 + b"{{< ref " * 20_000 + b"{% link a %}" * 9_000
    )

    assert time.process_time() - started < 1
    assert len(found) <= 500


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            {"aliases": ["/posts/Old-Name/", "older.html", "../2020/01/02/caf%C3%A9/#top"]},
            ("old-name", "older", "café"),
        ),
        ({"redirect_from": "/2020/01/02/old.html", "aliases": ["old", "/"]}, ("old",)),
        ({"aliases": {"a": "b"}}, ()),
        ({}, ()),
    ],
)
def test_what_a_post_was_called_is_said_by_its_redirects(data: dict[str, object], expected: tuple[str, ...]) -> None:
    """frontmatter-34, frontmatter-56"""
    assert expected == former(data)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("site.data.team", ()),
        ("{{ site.data.team.lead }} {% for r in site.data.rows %}{% endfor %} {{site.data.team}}", ("team", "rows")),
        ("{{ site.data['a b'].x }} {{ site['data'][\"c\"] }} {{ site . data . d-e }}", ("a b", "c", "d-e")),
        ("{{ site.data[page.who] }} {{ site.data.team }}", ("*",)),
        ("{% assign d = site.data %}{{ d.x }}", ("*",)),
        ("{{ site.data.équipe }}", ("*",)),
        ("{{ site.data." + "x" * 101 + " }}", ("*",)),
        ("{{ site.database.x }} {{ website.datas }}", ()),
        ("{% if a %}" + "".join(f"{{{{ site.data.n{n} }}}}" for n in range(30)), ("*",)),
    ],
)
def test_data_are_found_by_the_names_that_templates_have_for_them(body: str, expected: tuple[str, ...]) -> None:
    """frontmatter-39: more may be named than is asked for, and never less."""
    assert expected == data_names(body.encode())


def test_a_storm_of_data_is_over_in_no_time() -> None:
    bodies = ["{% " + part * 200_000 for part in ("site.data", "site ", "site['data'", "site.data.x ", 'site.data["')]
    begun = time.process_time()
    for body in bodies:
        data_names(body.encode())

    assert time.process_time() - begun < 2
