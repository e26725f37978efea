"""Expressions in addresses: what is known is written out, all else is refused with a reason."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.dialects.expressions import UNKNOWN, rendered

KNOWN: dict[str, object] = {
    "title": "A Storm & more",
    "draft": False,
    "site": {"section": "News", "deep": {"er": "x"}, "with-hyphen": "y"},
    "tags": ["a"],
    "page": {"fileSlug": "storm", "date": datetime(2023, 8, 4, 9, 5, 7, tzinfo=UTC)},
    "nothing": None,
    "empty": "",
}


def write(template: str) -> str:
    return rendered(template, lambda name: KNOWN.get(name, UNKNOWN))


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("/plain/", "/plain/"),
        ("/{{ title | slugify }}/", "/a-storm-and-more/"),
        ("/{{title|slug}}/", "/a-storm-and-more/"),
        ("/{{ page.fileSlug }}/", "/storm/"),
        ("/{{- page.fileSlug -}} /", "/storm/"),
        ("/{{ page['fileSlug'] }}.html", "/storm.html"),
        ('/{{ site["with-hyphen"] }}/', "/y/"),
        ("/{{ site.section | downcase }}/{{ site.section | upper }}/", "/news/NEWS/"),
        ("/{{ site.deep.er }}{{ site.missing }}{{ site.section.none }}/", "/x/"),
        ("/{{ page.date | date: '%Y/%m/%d' }}/", "/2023/08/04/"),
        ("/{{ page.date | date('%-d-%-m-%y %H%M%S %j %B %b %A %a %e %%') }}",
         "/4-8-23 090507 216 August Aug Friday Fri 4 %"),
        ("/{{ nothing | default: 'none' }}{{ empty | default('e') }}{{ title | default: 'x' | slugify }}",
         "/noneea-storm-and-more"),
        ("/{{ nothing | default }}", "/"),
        ("/{{ 'a' | append: 'b' | prepend: \"c\" | replace: 'a', 'z' | remove: 'b' }}/{{ 7 }}", "/cz/7"),
        ("/{{ ' a ' | trim }}{{ ' b ' | strip | safe }}", "/ab"),
        ("/{{ draft }}", "/false"),
    ],
)  # fmt: skip
def test_what_is_known_is_written_out(template: str, expected: str) -> None:
    """frontmatter-68."""
    assert expected == write(template)


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{% if x %}a{% endif %}", "tag"),
        ("{{ unknown }}", '"unknown", which no file says'),
        ("{{ page.url }}", '"page.url", which this program'),
        ("{{ title | readableDate }}", 'the filter "readableDate"'),
        ("{{ title + 'x' }}", "more than a value"),
        ("{{ }}", "more than a value"),
        ("{{ title | }}", "more than a value"),
        ("{{ title slugify }}", "more than a value"),
        ("{{ | slugify }}", "where a value belongs"),
        ("{{ tags }}", "is no text"),
        ("{{ page.date }}", "is no text"),
        ("{{ title | date: '%Y' }}", "the date of something else"),
        ("{{ page.date | date }}", "the date of something else"),
        ("{{ page.date | date: '%Q' }}", 'the part "%Q"'),
        ("{{ title | append }}", "0 arguments"),
        ("{{ title | slugify: 1 }}", "1 arguments"),
        ("x" * 3000, "characters"),
        ("{{ 'مرحبا' | slugify }}", "does not know"),
        ("{{ 'y'" + " | replace: 'y', 'yyyyyyyyyy'" * 60 + " }}", "comes to more than 2,000"),
    ],
)  # fmt: skip
def test_what_cannot_be_known_is_refused(template: str, reason: str) -> None:
    """frontmatter-68: an address that is guessed would be a dead link."""
    with pytest.raises(ValueError, match=re.escape(reason)):
        write(template)


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "template", ["{{" * 900, " " * 1900, "{{ a" + " | a" * 400, '{{ "' * 400, "{{ page" + ".a" * 900 + "! }}"]
)
def test_no_template_takes_for_ever(template: str) -> None:
    with suppress(ValueError):
        write(template)


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            ["{{", "}}", "|", " ", "title", "page", ".", "date", ":", "'%Y'", "(", ")", "-", "slugify", '"']
        )
    ).map("".join)
)
def test_whatever_the_template_only_text_or_a_value_error_comes_out(template: str) -> None:
    with suppress(ValueError):
        assert isinstance(write(template), str)
