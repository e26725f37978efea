"""Faults of python-frontmatter 1.3 that made us drive its handlers ourselves. A test fails the day one is mended."""

from __future__ import annotations

import frontmatter
import pytest
from frontmatter import default_handlers
from frontmatter.default_handlers import JSONHandler, YAMLHandler


def test_a_byte_order_mark_loses_all_fields() -> None:
    assert {} == frontmatter.loads("\ufeff---\ntitle: A\n---\nbody").metadata


def test_three_dots_do_not_end_front_matter() -> None:
    assert {} == frontmatter.loads("---\ntitle: A\n...\nbody").metadata


def test_unclosed_front_matter_becomes_text() -> None:
    assert ({}, "---\ntitle: A\nbody") == frontmatter.parse("---\ntitle: A\nbody")


@pytest.mark.parametrize("key", ["content", "handler", "2024"])
def test_some_keys_crash_loads(key: str) -> None:
    # eyeseast/python-frontmatter, issue 96
    with pytest.raises(TypeError):
        frontmatter.loads(f"---\n{key}: A\n---\nbody")


def test_a_list_is_dropped_silently() -> None:
    assert {} == frontmatter.loads("---\n- a\n---\nbody").metadata


def test_toml_stays_in_the_body_without_the_old_library() -> None:
    # eyeseast/python-frontmatter, issue 101
    assert default_handlers.TOMLHandler is None
    assert ({}, '+++\ntitle = "A"\n+++\nbody') == frontmatter.parse('+++\ntitle = "A"\n+++\nbody')


def test_an_explicit_handler_drops_what_stands_before_the_first_rule() -> None:
    metadata, body = frontmatter.parse("intro\n\n---\ntitle: x\n---\nrest", handler=YAMLHandler())

    assert ({"title": "x"}, "rest") == (metadata, body)


def test_json_on_one_line_is_not_seen() -> None:
    assert not JSONHandler().detect('{"title": "A"}\n\nbody')


def test_json_ends_at_the_first_brace_of_a_line() -> None:
    with pytest.raises(ValueError, match="delimiter"):
        frontmatter.loads('{\n"a": {\n"b": 1\n}\n}\nbody')


def test_an_indented_first_line_loses_its_indentation() -> None:
    assert "code" == frontmatter.loads("---\na: 1\n---\n    code").content


def test_duplicate_keys_go_unsaid() -> None:
    assert {"a": 2} == frontmatter.loads("---\na: 1\na: 2\n---\n").metadata


def test_an_impossible_date_raises_what_no_caller_expects() -> None:
    with pytest.raises(ValueError, match="month"):
        frontmatter.loads("---\ndate: 2024-13-45\n---\n")


def test_yaml_1_1_mangles_titles() -> None:
    assert {"title": False, "n": 10, "t": 750} == frontmatter.loads("---\ntitle: no\nn: 012\nt: 12:30\n---\n").metadata
