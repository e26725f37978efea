"""The glance at the configuration that decides whether helpers start early."""

from __future__ import annotations

from pathlib import Path

import pytest

from syndicator.configuration.guess import nothing_built_yet


@pytest.mark.parametrize(
    ("text", "environ", "state"),
    [
        ("", {}, "var/state.db"),
        ("[state]\n", {}, "var/state.db"),
        ('[state]\nurl = "sqlite:///kept/a.db"\n', {}, "kept/a.db"),
        ('[state]\nurl = "sqlite:///kept/a.db"\n', {"SYNDICATOR_STATE__URL": "sqlite:///b.db"}, "b.db"),
    ],
)
def test_a_build_is_the_first_until_there_is_a_state(
    tmp_path: Path, text: str, environ: dict[str, str], state: str
) -> None:
    file = tmp_path / "syndicator.toml"
    file.write_text(text, encoding="utf-8")

    assert nothing_built_yet(file, environ)

    (tmp_path / state).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / state).touch()

    assert not nothing_built_yet(file, environ)


@pytest.mark.parametrize("text", ["[state", 'state = "x"', "[state]\nurl = 3\n", '[state]\nurl = "postgresql://x/y"\n'])
def test_what_cannot_be_read_at_a_glance_is_left_to_the_real_reader(tmp_path: Path, text: str) -> None:
    file = tmp_path / "syndicator.toml"
    file.write_text(text, encoding="utf-8")

    assert not nothing_built_yet(file, {})
    assert not nothing_built_yet(tmp_path / "nowhere.toml", {})
