"""Whatever lies in a folder: what is a post by its name is in the records or refused, and nothing else is."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.crew import Crew
from syndicator.ledger import settle
from syndicator.reading import read_all
from syndicator.settings import load_settings
from syndicator.sourcing import reader

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Where the posts of a dialect lie, and what they are called: a file is one when both its folder and name are."""

    folders: tuple[str, ...]
    names: tuple[str, ...]
    other_folders: tuple[str, ...]
    other_names: tuple[str, ...]
    config: str = ""


#: By the rules of each generator (frontmatter-17 to -19, -48, -63, -72), written down without a look at ours.
RULES = {
    "jekyll": Rule(
        folders=("_posts/", "news/_posts/", "_posts/deep/er/", "a b/ü/_posts/"),
        names=(
            "2023-08-24-a.md", "2023-08-24-A.MD", "23-8-4-b.markdown", "2023-08-24-a.html", "2023-08-24-a.txt",
            "2023-08-24-a.adoc", "2023-08-24-a.md.bak", "2023-13-45-bad-day.md", "0000-00-00-never.md",
            "2023-08-24-.md", "2023-08-24-日本 x.mkd", "2023-08-24-a.yml",
        ),
        other_folders=("", "posts/", "_drafts/", "_site/_posts/", "node_modules/_posts/", ".git/_posts/", "_posts/.x/"),
        other_names=("notes.md", "2023-08-24.md", "2023-08-24-a.jpg", "2023-08-24-a.md~", ".2023-08-24-a.md"),
    ),
    "hugo": Rule(
        folders=("content/", "content/posts/", "content/a b/ü/"),
        names=("a.md", "B.MARKDOWN", "c.html", "d.adoc", "e.org", "2023-08-24-f.md", "日本.md", "g.h.md"),
        other_folders=("", "static/", "layouts/", "content/.git/", "archetypes/"),
        other_names=("_index.md", "a.txt", "a.jpg", ".a.md", "#a.md", "a.md~"),
    ),
    "eleventy": Rule(
        folders=("", "posts/", "a b/ü/"),
        names=("a.md", "2023-08-24-b.md", "index.md", "日本.md", "c.d.md"),
        other_folders=("_includes/", "_data/", "node_modules/x/", "_site/"),
        other_names=("a.txt", "a.jpg", "a.js"),
        config='collection = "post"\n',
    ),
    "plain": Rule(
        folders=("", "news/", "a b/ü/"),
        names=("a.md", "A.MD", "2023-08-24-b.markdown", "c.html", "index.md", "2023-08-24-README.md", "日本.md"),
        other_folders=("_x/", ".git/", "node_modules/"),
        other_names=("README.md", "a.txt", "a.jpg", "_a.md", ".a.md", "a.md~"),
    ),
}  # fmt: skip

FIELDS = st.dictionaries(
    st.sampled_from([
        "title", "date", "draft", "published", "tags", "id", "permalink", "slug", "categories", "expiryDate",
    ]),
    st.sampled_from([
        "2020-01-01", "2020/01/02 12:30", "2020-13-45", "1697328000", "", "post", "same", "no", "/:title/", "/:x/",
        "../..",
    ]) | st.lists(st.text(max_size=5), max_size=2) | st.text(max_size=10),
    max_size=4,
)  # fmt: skip
BYTES = st.one_of(
    st.binary(max_size=60),
    FIELDS.map(lambda fields: (json.dumps(fields) + "\nwords").encode()),
    FIELDS.map(lambda fields: f"---\n{json.dumps(fields, ensure_ascii=False)}\n---\nwords".encode("utf-8", "replace")),
    st.sampled_from([
        b"", b"---\n", b"---\ntitle: a\n", b"---\n---\n", b"+++\ndate = 12:30:00\n+++\n", "---\nü".encode("utf-16"),
        b"---\ndate: 2020-01-01\ntags: post\nid: same\n---\nx", b"---\n- a\n---\n", b"---js\n{}\n---\n",
        b"#+TITLE: x\n",
        b"---\ndate: &a [*a]\n---\n", b"\xff\xfe", b"---\ntitle: \x00\n---\n",
    ]),
)  # fmt: skip


@pytest.mark.parametrize("dialect", sorted(RULES))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_post_by_name_is_in_the_records_or_refused(dialect: str, data: st.DataObject) -> None:
    """frontmatter-5, frontmatter-17, frontmatter-85."""
    rule = RULES[dialect]
    paths = st.tuples(
        st.sampled_from(rule.folders + rule.other_folders), st.sampled_from(rule.names + rule.other_names)
    )
    files = data.draw(st.dictionaries(paths, BYTES, max_size=8))
    expected = {folder + name for folder, name in files if folder in rule.folders and name in rule.names}
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        (base / "site").mkdir()
        for (folder, name), content in files.items():
            (base / "site" / folder).mkdir(parents=True, exist_ok=True)
            (base / "site" / folder / name).write_bytes(content)
        config = base / "syndicator.toml"
        config.write_text(
            '[site]\ntitle = "T"\nurl = "https://example.org/"\n'
            f'[source]\npath = "site"\ndialect = "{dialect}"\n{rule.config}'
            '[publish]\nto = "public"\nurl = "https://example.org/feeds/"\n',
            encoding="utf-8",
        )
        with Crew(1) as crew:
            scan, result = read_all(reader(load_settings(config, {})), crew)

    settled = settle({}, result.records, (), now=NOW, site_url="https://example.org/")
    refused = [*scan.refused, *(error for error, _ in result.refused), *settled.refused]
    told = [*settled.records, *(error.path for error in refused)]
    assert sorted(expected) == sorted(told)
    assert all(error.reason and "this program cannot read it" not in error.reason for error in refused)
