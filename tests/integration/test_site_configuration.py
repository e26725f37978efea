"""The site's own configuration in files that the operator names, as ``--config`` of its generator does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from syndicator.errors import ConfigError, SourceError
from syndicator.settings import Settings, load_settings
from syndicator.sourcing import Readers, reader

CONFIG = """\
[source]
path = "site"
dialect = "{dialect}"
config = [{files}]
[publish]
to = "public"
url = "https://example.org/feeds/"
"""


def site(folder: Path, files: dict[str, str], named: str, dialect: str = "jekyll", **environ: str) -> Settings:
    for name, text in files.items():
        path = folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    file = folder / "syndicator.toml"
    file.write_text(CONFIG.format(files=named, dialect=dialect), encoding="utf-8")
    return load_settings(file, environ)


JEKYLL = {
    "_config.yml": "title: Base\nurl: http://localhost\npermalink: /:title/\nfeed: {excerpt_only: true, path: a.xml}\n",
    "_config.production.yml": "url: https://www.example.org\ntitle:\nfeed: {path: b.xml}\n",
    "extra.toml": 'title = "Extra"\n',
}


def test_later_files_go_on_top_of_earlier_ones_as_with_jekyll(tmp_path: Path) -> None:
    """frontmatter-24: tables are merged, nothing replaces nothing. jekyll build --config says the same."""
    found = reader(site(tmp_path, JEKYLL, '"_config.yml", "_config.production.yml"'))

    assert ("Base", "https://www.example.org/") == (found.site.title, found.site.url)
    assert {"excerpt_only": "true", "path": "b.xml"} == found.rules.site_values["feed"]


def test_only_the_named_files_count(tmp_path: Path) -> None:
    found = reader(site(tmp_path, JEKYLL, '"_config.production.yml", "extra.toml"'))

    assert "Extra" == found.site.title
    assert "permalink" not in found.rules.site_values


def test_a_single_file_needs_no_list_and_the_environment_may_name_it(tmp_path: Path) -> None:
    settings = site(tmp_path, JEKYLL, "", SYNDICATOR_SOURCE__CONFIG="_config.yml,_config.production.yml")

    assert ("_config.yml", "_config.production.yml") == settings.source.config
    assert "https://www.example.org/" == reader(settings).site.url


def test_hugo_merges_named_files_and_puts_its_folder_on_top(tmp_path: Path) -> None:
    """Hugo 0.168: ``--config a.toml,b.toml`` with config/_default."""
    files = {
        "hugo.toml": 'title = "Never"\n',
        "a.toml": 'baseURL = "https://e.example.org/"\ntitle = "A"\n[params]\nx = 1\nl = [1, 2]\n',
        "b.toml": 'title = "B"\n[params]\ny = 2\nl = [3]\n',
        "config/_default/params.toml": "z = 3\n",
        "content/posts/a.md": "",
    }
    found = reader(site(tmp_path, files, '"a.toml", "b.toml"', "hugo"))

    assert ("B", "https://e.example.org/") == (found.site.title, found.site.url)
    assert {"x": 1, "y": 2, "l": [3], "z": 3} == found.rules.site_values["params"]


@pytest.mark.parametrize("dialect", ["jekyll", "hugo"])
def test_a_file_that_is_not_there_is_a_fault_with_its_line(tmp_path: Path, dialect: str) -> None:
    with pytest.raises(ConfigError) as caught:
        reader(site(tmp_path, JEKYLL, '"_config.yml", "nope.yml", "neither.yml"', dialect))

    assert [4, 4] == [fault.line for fault in caught.value.faults]
    assert str(caught.value).startswith(
        f'{tmp_path}/syndicator.toml:4: source.config: names "nope.yml", and there is no'
    )


def test_a_file_that_the_environment_names_is_told_by_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^SYNDICATOR_SOURCE__CONFIG: source.config: names \"nope.yml\""):
        reader(site(tmp_path, JEKYLL, "", SYNDICATOR_SOURCE__CONFIG="nope.yml"))


@pytest.mark.parametrize(
    ("named", "dialect", "said"),
    [
        ('"../secret.yml"', "jekyll", "leads out of the folder that posts come from"),
        ('"/etc/passwd.yml"', "jekyll", "leads out of the folder that posts come from"),
        ('"_config.rb"', "jekyll", "is no configuration that is read"),
        ('""', "jekyll", "is no configuration that is read"),
        ("5", "jekyll", "expected a list of files"),
        ('"eleventy.json"', "eleventy", "is of no use with dialect = eleventy"),
        ('"a.yml"', "plain", "is of no use with dialect = plain"),
    ],
)
def test_what_can_be_no_such_file_is_refused_with_its_line(tmp_path: Path, named: str, dialect: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        site(tmp_path, JEKYLL, named, dialect)

    (fault,) = caught.value.faults
    assert (4, True) == (fault.line, said in str(fault))


def test_a_link_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.yml").write_text("title: Secret\n", encoding="utf-8")
    settings = site(tmp_path, JEKYLL, '"_config.yml", "link.yml"')
    (tmp_path / "site" / "link.yml").symlink_to(tmp_path / "secret.yml")

    with pytest.raises(SourceError, match="leads out"):
        reader(settings)


@pytest.mark.parametrize("text", ["- a\n", "a: [\n"])
def test_a_broken_file_is_told_by_its_own_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match=r"source b\.yml"):
        reader(site(tmp_path, {**JEKYLL, "b.yml": text}, '"_config.yml", "b.yml"'))


def test_a_change_in_a_named_file_is_noticed_by_the_next_pass(tmp_path: Path) -> None:
    readers = Readers(site(tmp_path, JEKYLL, '"_config.yml", "_config.production.yml"'))
    file = tmp_path / "site" / "_config.production.yml"
    os.utime(file, (1_600_000_000, 1_600_000_000))
    before = readers()

    file.write_text("url: https://new.example.org\n", encoding="utf-8")

    assert "https://www.example.org/" == before.site.url
    assert "https://new.example.org/" == readers().site.url
