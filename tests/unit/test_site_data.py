"""A site's data files: any bytes are survived, and no template makes them cost much. frontmatter-39."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.dialects.jekylldata import JekyllData, key_of
from syndicator.errors import PostError
from syndicator.markup.rendering import render_templates
from syndicator.model import Markup, SiteData, TemplateContext


class Files:
    """A folder _data in memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def names(self, folder: str) -> tuple[str, ...]:
        below = {path[len(folder) + 1 :] for path in self._files if path.startswith(f"{folder}/")}
        return tuple(sorted({name.partition("/")[0] + "/" * ("/" in name) for name in below}))

    def find(self, folder: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
        raise AssertionError(f"nothing is looked for in {folder}")


@pytest.mark.parametrize(
    ("name", "key"),
    [("team", "team"), ("my file", "my_file"), ("a.b", "ab"), ("a-b_c", "a-b_c"), ("  x  y ", "x_y"), ("é!x", "x")],
)
def test_a_file_has_the_name_that_jekyll_gives_it(name: str, key: str) -> None:
    assert key == key_of(name)


PARTS = st.sampled_from(
    [b"a: ", b"b: [1, 2]\n", b"- ", b"{", b"}", b'"', b"\n", b"  ", b"[", b"]", b",", b"1", b"\t", b"\xff", b"&x ",
     b"*x", b"<<: ", b"\r\n", b'{"a": [1, null, 1e999]}', b"\0", b"NaN", b"!!python/x ", b"\xef\xbb\xbf"]
)  # fmt: skip


@settings(deadline=None)  # the first one imports the libraries
@given(st.lists(PARTS, max_size=12).map(b"".join), st.sampled_from(["yml", "json", "csv", "tsv", "yaml"]))
def test_any_data_are_read_or_told(data: bytes, ending: str) -> None:
    found = JekyllData(Files({f"_data/x.{ending}": data, "_data/y.json": b'"good"'}), "_data").values(["x", "y"])

    assert "good" == found.values["y"]
    assert bool(found.unread) == any(warning.remedy == "mend it" for warning in found.warnings)
    body = (
        "{{ site.data.x }}{{ site.data.x.a | jsonify }}{% for v in site.data.x %}{{ v }}{% endfor %}{{ site.data.y }}"
    )
    text, _ = render_templates(body, Markup.HTML, TemplateContext(kind="liquid", data=found))
    assert text.endswith("good")


LARGE = SiteData(values={"rows": [{"a": number} for number in range(100_000)], "flat": [1] * 300_000}, all=True)


@pytest.mark.parametrize(
    "body",
    [
        "{{ site.data | jsonify }}",
        "{{ site.data.rows | jsonify | size }}",
        "{% if site.data.flat contains 7 %}x{% endif %}",
        "{% if site.data.rows contains site.data %}x{% endif %}",
        "{% for x in site.data.rows %}{% for y in site.data.rows %}{{ y }}{% endfor %}{% endfor %}",
        "{{ site.data.rows | where: 'a', 3 | sort: 'a' }}",
        "{{ site.data.rows.size }}{{ site.data.rows[99999].a }}",
    ],
)
def test_large_data_cost_little_however_often_they_are_asked_for(body: str) -> None:
    begun = time.process_time()
    with suppress(PostError):
        render_templates(body * 800, Markup.HTML, TemplateContext(kind="liquid", data=LARGE))

    assert time.process_time() - begun < 2
