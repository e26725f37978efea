"""Entries: what stands for a post where its author wrote no summary."""

from __future__ import annotations

from syndicator.dialects.hugo import Hugo
from syndicator.dialects.jekyll import Jekyll
from syndicator.entries import make_entry
from syndicator.ledger import record_of
from syndicator.markup.flavour import GOLDMARK, KRAMDOWN
from syndicator.model import Entry, Site, SourceFile
from syndicator.posts.parse import parse_post
from syndicator.posts.rules import Rules
from syndicator.posts.skim import skim_post

SITE = Site(title="The Example", url="https://news.example.org/")


def entry(body: str) -> Entry:
    data = f"---\ntitle: A\n---\n{body}".encode()
    file = SourceFile(path="_posts/2023-08-24-a.md", version="v", data=data)
    record = record_of(skim_post(file, Jekyll(), SITE, Rules()), "v", SITE.url)
    return make_entry(parse_post(file, Jekyll(), SITE, Rules()), record, SITE, KRAMDOWN)[0]


def test_the_excerpt_is_the_summary() -> None:
    """frontmatter-35"""
    assert "One." == entry("One.\n\nTwo.\n").summary


def test_an_excerpt_that_says_nothing_gives_way_to_the_beginning_of_the_text() -> None:
    """frontmatter-44"""
    made = entry("* TOC\n{:toc}\n\n# Head\n{: .note}\n\nOne.\n")

    assert ("One.", "<h1>Head</h1>\n<p>One.</p>") == (made.summary, made.html)


def test_a_leading_slash_is_the_root_of_a_hugo_site_wherever_it_lies() -> None:
    """frontmatter-76: as in Hugo's own feed, where the host's root would be a dead link."""
    site = Site(title="The Example", url="https://example.org/news/")
    data = b"---\ntitle: A\ndate: 2023-08-24\n---\n[a](/about/) ![b](/news/b.png)\n"
    file = SourceFile(path="content/posts/a.md", version="v", data=data)
    record = record_of(skim_post(file, Hugo(), site, Rules()), "v", site.url)

    html = make_entry(parse_post(file, Hugo(), site, Rules()), record, site, GOLDMARK)[0].html

    assert (
        '<p><a href="https://example.org/news/about/">a</a> <img src="https://example.org/news/b.png" alt="b"></p>'
        == html
    )
