"""Marks of generators in every place of a body: no reader sees one, and where they are text they stay.

frontmatter-82. Each goes from the file to the entry, as in a build.
"""

from __future__ import annotations

from urllib.parse import unquote

import html5lib
import pytest

from syndicator.dialects.eleventy import Eleventy
from syndicator.dialects.hugo import Hugo
from syndicator.dialects.jekyll import Jekyll
from syndicator.dialects.plain import Plain
from syndicator.entries import make_entry
from syndicator.ledger import record_of
from syndicator.model import Site, SourceFile
from syndicator.ports import Dialect
from syndicator.posts.parse import parse_post
from syndicator.posts.rules import Rules
from syndicator.posts.skim import skim_post

SITE = Site(title="The Example", url="https://news.example.org/")
DIALECTS: dict[str, tuple[Dialect, str]] = {
    "jekyll": (Jekyll(), "_posts/2023-08-24-a.md"),
    "hugo": (Hugo(), "content/posts/a.md"),
    "eleventy": (Eleventy(), "posts/a.md"),
    "plain": (Plain(), "posts/a.md"),
}
LIQUID = {"liquid-tag": "{% include k.html %}", "liquid-output": "{{ k.unknown }}"}
SHORTCODES = {"shortcode-html": "{{< k >}}", "shortcode-markdown": "{{% k %}}"}
LISTS = {"attributes-span": "{:.k}", "attributes-block": "{: .k #l}"}
GOLDMARK = {"attributes-goldmark": "{.k #l}"}
MARKS = LIQUID | SHORTCODES | LISTS | GOLDMARK
PLACES = {
    "paragraph": "so {} here",
    "below-a-paragraph": "so\n{}\n",
    "above-a-paragraph": "{}\nso\n",
    "alone": "so\n\n{}\n\nmore\n",
    "behind-emphasis": "so *here*{}",
    "heading": "## so {}",
    "underlined-heading": "so {}\n======\n",
    "list-item": "- so {}\n- more\n",
    "below-a-list": "- so\n- more\n{}\n",
    "begins-a-list-item": "- {} so\n- more\n",
    "table-cell": "| a | so {} |\n|---|---|\n| so {} | b |\n",
    "table-head": "so {} | b\n---|---\nc | d\n",
    "block-quote": "> so {}\n",
    "definition": "so\n: so {}\n",
    "footnote": "so[^1]\n\n[^1]: note {}\n",
    "link-text": "[so {}](/a)",
    "link-address": "[so](/a{}b)",
    "link-title": '[so](/a "so {}")',
    "reference-address": "[so][r]\n\n[r]: /a{}b\n",
    "image-address": "![so](/a{}b.png)",
    "image-alt": "![so {}](/a.png)",
    "html-span": "so <b>{}</b>",
    "html-attribute": 'so <a href="/a{}b">x</a>',
    "html-block": "<div>\nso {}\n</div>\n",
    "html-markdown": '<div markdown="1">\nso {}\n</div>\n',
}
CODE = {
    "code-span": "so `{}` here",
    "fence": "```\n{}\n```\n",
    "fence-in-a-list": "- so\n\n  ```\n  {}\n  ```\n",
    "fence-in-a-quote": "> ```\n> {}\n> ```\n",
    "indented": "so\n\n    {}\n",
    "highlight": "{% highlight text %}\n{}\n{% endhighlight %}\n",
    "highlight-raw": "{% highlight text %}{% raw %}\n{}\n{% endraw %}{% endhighlight %}\n",
    "hugo-highlight": "{{< highlight text >}}\n{}\n{{< /highlight >}}\n",
    "html-pre": "<pre><code>{}</code></pre>\n",
    "html-pre-with-ticks": "<pre><code>so `a` {} `b`</code></pre>\n",
}


def is_mark(mark: str, place: str, dialect: str) -> bool:
    """Whether it is more than text there."""
    if mark in GOLDMARK:
        return place in ("heading", "underlined-heading")
    if mark in LISTS:
        # In an element that is no Markdown neither engine looks for any.
        return dialect != "hugo" and not (dialect == "jekyll" and place == "html-block")
    return mark in SHORTCODES or dialect != "hugo"


def read(body: str, dialect: str) -> tuple[str, str]:
    """What a reader of the entry sees or follows, outside of code and in it."""
    kind, path = DIALECTS[dialect]
    data = f"---\ntitle: A\ndate: 2023-08-24 10:00:00\ntags: [posts]\n---\n{body}".encode()
    file = SourceFile(path=path, version="v", data=data)
    record = record_of(skim_post(file, kind, SITE, Rules()), "v", SITE.url)
    entry, _ = make_entry(parse_post(file, kind, SITE, Rules()), record, SITE, kind.markdown)
    seen: list[str] = []
    code: list[str] = []
    tree = html5lib.parseFragment(entry.html, treebuilder="etree", namespaceHTMLElements=False)
    within = {id(each) for outer in tree.iter() if outer.tag in ("code", "pre") for each in outer.iter()}
    parents = {id(child): parent for parent in tree.iter() for child in parent}
    for element in tree.iter():
        inside = code if id(element) in within else seen
        inside += [unquote(value) for value in element.attrib.values()]
        inside.append(element.text or "")
        parent = parents.get(id(element))
        (code if parent is not None and id(parent) in within else seen).append(element.tail or "")
    return "\n".join((*seen, entry.summary if not code else "")), "\n".join(code)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_seen_only_where_it_is_none(mark: str, place: str, dialect: str) -> None:
    """frontmatter-82"""
    seen, code = read(PLACES[place].replace("{}", MARKS[mark]), dialect)

    assert "so" in seen
    assert not code
    if is_mark(mark, place, dialect):
        assert not [sign for sign in ("{%", "%}", "{{", "}}", "{:", "{.") if sign in seen]
    else:
        assert MARKS[mark].strip("{}% ") in seen.replace("“", '"')


@pytest.mark.parametrize(
    ("place", "dialect"),
    [
        (place, dialect)
        for place in CODE
        for dialect in DIALECTS
        # Elsewhere the highlighting is no code.
        if not (place.startswith("highlight") and dialect == "hugo")
        and not (place == "hugo-highlight" and dialect in ("jekyll", "eleventy"))
    ],
)
@pytest.mark.parametrize("mark", MARKS)
def test_in_code_a_mark_stays_as_it_is(mark: str, place: str, dialect: str) -> None:
    """frontmatter-82"""
    seen, code = read(CODE[place].replace("{}", MARKS[mark]), dialect)

    assert MARKS[mark] in code
    assert not [sign for sign in ("{%", "{{", "{:", "{.") if sign in seen]


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "hugo"])
@pytest.mark.parametrize("mark", MARKS)
def test_raw_keeps_templates_and_nothing_else(mark: str, dialect: str) -> None:
    """frontmatter-39, -82"""
    seen, code = read(f"{{% raw %}}so {MARKS[mark]}{{% endraw %}}", dialect)

    assert (MARKS[mark] in seen) == (mark not in LISTS)
    assert not code


def test_templates_in_a_block_of_html_are_none_that_are_shown() -> None:
    """frontmatter-82: kramdown knows no indented code there."""
    assert "{%" not in "".join(read("so\n\n<div>\n\n    {% include k.html %}\n\n</div>\n", "jekyll"))
