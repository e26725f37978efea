"""Profiles in files: the program's are whole, the owner's stand beside them, what is wrong with one is said once."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest

from syndicator.configuration.tomlfile import read_toml
from syndicator.errors import ConfigError
from syndicator.model import Content, Deed, Mark
from syndicator.profiles.files import SHIPPED, Shelf, read_folder, shipped, shipped_names
from syndicator.profiles.kinds import RULES
from syndicator.settings import Settings, load_settings

PAGE = (Path(__file__).parents[2] / "docs" / "partners.md").read_text(encoding="utf-8")
CONFIG = """
[site]
title = "The Example"
url = "https://news.example.org"
[source]
path = "posts"
[publish]
to = "public"
url = "https://news.example.org/feeds"
[profiles]
folder = "profiles"
[[feeds]]
name = "partner"
rss = "partner.xml"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "profiles").mkdir()
    return tmp_path


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / "profiles" / f"{name.replace('_', '-')}.toml").write_text(text, encoding="utf-8")


def load(folder: Path, feed: str = "", environ: dict[str, str] | None = None) -> Settings:
    (folder / "site.toml").write_text(CONFIG + feed, encoding="utf-8")
    return load_settings(folder / "site.toml", environ or {})


def told(folder: Path, feed: str = "") -> list[str]:
    """All that is wrong, without the folder's name."""
    with pytest.raises(ConfigError) as caught:
        load(folder, feed)
    return [str(fault).replace(f"{folder}/", "") for fault in caught.value.faults]


def test_the_program_brings_what_the_checklist_asks_for() -> None:
    """partners.md L, its last line"""
    wanted = {"public", "summary", "newsletter", "msn", "smartnews", "flipboard", "newsbreak", "partner-fulltext"}

    assert wanted | {"google-news"} == set(shipped_names())
    assert {"msn", "smartnews", "flipboard", "newsbreak", "partner-fulltext"} == {
        name for name in shipped_names() if shipped(name).partner
    }


@pytest.mark.parametrize("name", shipped_names())
def test_a_profile_of_the_program_is_good_and_says_of_each_rule_how_sure_it_is(name: str) -> None:
    """partners-55: data with a date of review and the marks."""
    tables = tomllib.loads((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))
    read_again = Shelf({name: read_toml(SHIPPED / f"{name}.toml")})

    assert [] == read_again.faults(name)
    assert [] == [rule for rule, table in tables.get("rules", {}).items() if table.get("mark") not in set(Mark)]
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", shipped(name).reviewed)


@pytest.mark.parametrize("name", shipped_names())
def test_the_page_on_partners_names_every_profile_with_its_date_of_review(name: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))

    assert shipped(name).reviewed in row


def test_the_page_on_partners_names_every_rule_with_what_it_takes() -> None:
    rows = {match[1]: line for line in PAGE.splitlines() if (match := re.match(r"\| `([a-z_]+)` \|", line))}
    names = [name for name in rows if name in RULES]

    assert [*RULES] == names
    for name, kind in RULES.items():
        assert kind.takes.value in rows[name] or all(choice in rows[name] for choice in kind.choices)
        assert ", ".join(kind.does) in rows[name]


def test_a_profile_of_the_owner_stands_beside_those_of_the_program(folder: Path) -> None:
    write(folder, weekly='title = "The Weekly"\npartner = true\n[rules]\nmax_items = 10\ncontent = "summary"\n')
    (spec,) = load(folder, 'profile = "weekly"\n').feed_specs()

    assert (10, Content.SUMMARY, "weekly") == (spec.limit, spec.content, spec.partner)
    assert spec.profile is not None
    assert "The Weekly" == spec.profile.title


def test_a_profile_takes_from_another_all_but_the_rules_that_it_changes(folder: Path) -> None:
    write(
        folder,
        msn_south='based_on = "msn"\ntitle = "MSN South"\n[rules]\ntitle_min = 5\n[rules.title_max]\ndoes = "drop"\n',
    )
    found, msn = read_folder(folder / "profiles").profile("msn-south"), shipped("msn")

    assert (5, Deed.DROP, Mark.OURS) == ((rule := found.rule("title_min")) and (rule.value, rule.does, rule.mark))
    assert (150, Deed.DROP) == ((rule := found.rule("title_max")) and (rule.value, rule.does))
    assert msn.rule("html_depth") == found.rule("html_depth")
    assert (True, msn.reviewed) == (found.partner, found.reviewed)


def test_a_profile_of_the_owner_may_go_on_top_of_that_of_the_same_name(folder: Path) -> None:
    write(folder, msn='based_on = "msn"\n[rules]\ntitle_min = 5\n', other='based_on = "msn"\n')
    shelf = read_folder(folder / "profiles")

    assert 5 == shelf.profile("msn").number("title_min")
    assert 5 == shelf.profile("other").number("title_min")
    assert 150 == shelf.profile("other").number("title_max")


@pytest.mark.parametrize(
    ("expected", "feed"),
    [
        ((), ""),
        ((), 'profile = "newsletter"\n'),
        (("own",), 'partner = "Big"\n'),
        (("own",), 'profile = "weekly"\n'),
        (("wire",), 'profile = "weekly"\nimage_rights = "wire"\n'),
        ((), 'profile = "msn"\n'),
    ],
)
def test_a_partner_has_the_rights_of_our_own_pictures_unless_feed_or_profile_says_more(
    folder: Path, expected: tuple[str, ...], feed: str
) -> None:
    write(folder, weekly="partner = true\n")

    assert expected == load(folder, feed).feed_specs()[0].image_rights
    assert ("own",) == shipped("msn").words("image_rights")


def test_what_a_feed_says_itself_goes_before_its_profile(folder: Path) -> None:
    (spec,) = load(folder, 'profile = "summary"\ncontent = "full"\npartner = "Big"\nlimit = 7\n').feed_specs()

    assert (Content.FULL, "Big", 7) == (spec.content, spec.partner, spec.limit)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rules]\ntitel_min = 5\n", "own.toml:2: rules.titel_min: is no rule; did you mean 'title_min'?"),
        ('[rules]\ntitle_min = "5"\n', 'own.toml:2: rules.title_min: expected a whole number of at least 1, found "5"'),
        ("[rules]\ntitle_min = true\n",
         "own.toml:2: rules.title_min: expected a whole number of at least 1, found true"),
        ("[rules]\ntitle_min = 0\n", "own.toml:2: rules.title_min: expected a whole number of at least 1, found 0"),
        ("[rules.max_age]\nvalue = 5\n",
         'own.toml:2: rules.max_age.value: expected a duration such as "12h" or "365d", found 5'),
        ('[rules]\nhero = "now"\n',
         'own.toml:2: rules.hero: expected one of "never", "always", "absent", found "now"'),
        ('[rules]\nelements = ["aol"]\n',
         'own.toml:2: rules.elements: expected a list of "msn", "smartnews", found a list'),
        ('[rules]\nlanguages = "en"\n',
         'own.toml:2: rules.languages: expected a list of names such as ["en"], found "en"'),
        ('[rules.title_min]\nvalue = 5\ndoes = "fix"\n',
         'own.toml:3: rules.title_min.does: expected "drop" or "warn", found "fix"'),
        ('[rules.title_min]\ndoes = "drop"\n',
         "own.toml:1: rules.title_min: has no value; add value = … under [rules.title_min]"),
        ('[rules.title_min]\nvalue = 5\nmark = "sure"\n',
         'own.toml:3: rules.title_min.mark: expected one of "read", "seen", "memory", "ours", found "sure"'),
        ("[rules.title_min]\nvalue = 5\nmark = {}\n",
         'own.toml:3: rules.title_min.mark: expected one of "read", "seen", "memory", "ours", found a table'),
        ('based_on = "summary"\n[rules.title_min]\ndoes = "drop"\n',
         "own.toml:2: rules.title_min: has no value; add value = … under [rules.title_min]"),
        ('title = " "\n', "own.toml:1: title: is empty; write how messages are to call it, or leave it out"),
        ('reviewed = "soon"\n', 'own.toml:1: reviewed: expected a date such as 2026-01-31, found "soon"'),
        ("[rules.title_min]\nvalue = 5\nnote = 1\n", "own.toml:3: rules.title_min.note: expected text, found 1"),
        ("[rules.title_min]\nvalu = 5\nvalue = 5\n",
         "own.toml:2: rules.title_min.valu: is not known; did you mean 'value'?"),
        ("partner = 1\n", "own.toml:1: partner: expected true or false, found 1"),
        ("sources = [1]\n", "own.toml:1: sources: expected a list of addresses"),
        ("rules = 1\n", "own.toml:1: rules: expected a table, [rules], found 1"),
        ('titel = "x"\n', "own.toml:1: titel: is not known; did you mean 'title'?"),
        ('\nbased_on = "msm"\n', 'own.toml:2: based_on: "msm" is no profile; did you mean "msn"?'),
        ("rules = {\n", None),
    ],
)  # fmt: skip
def test_a_file_with_a_fault_gets_one_message_with_its_line(folder: Path, text: str, said: str | None) -> None:
    write(folder, own=text)
    found = told(folder, 'profile = "own"\n')

    assert 1 == len(found)
    assert found == [f"profiles/{said}"] if said else found[0].startswith("profiles/own.toml:")


def test_profiles_that_lean_on_each_other_in_a_circle_are_told(folder: Path) -> None:
    write(folder, a='based_on = "b"\n', b='based_on = "a"\n', c='based_on = "c"\n')
    tail = "base one of them on a profile of the program"

    assert [
        f"profiles/a.toml:1: based_on: goes round in a circle: a > b > a; {tail}",
        f"profiles/b.toml:1: based_on: goes round in a circle: b > a > b; {tail}",
        f'profiles/c.toml:1: based_on: "c" is no profile; the profiles are a, b, {", ".join(shipped_names())}',
    ] == told(folder)


def test_a_profile_that_is_not_there_is_told_with_the_nearest(folder: Path) -> None:
    assert ['site.toml:15: feeds[0].profile: is no profile; did you mean "flipboard"?'] == told(
        folder, 'profile = "flipbord"\n'
    )


def test_a_profile_by_which_posts_leave_cannot_be_together_with_an_archive(folder: Path) -> None:
    problem = (
        "feeds[0].profile: has a max_age, which cannot be together with archive, which keeps every post within reach"
    )

    assert [f"site.toml:15: {problem}; leave out one of them"] == told(folder, 'profile = "msn"\narchive = true\n')


def test_a_folder_that_is_not_there_is_told(folder: Path) -> None:
    (folder / "profiles").rmdir()

    assert ["profiles: there is no such folder; make it, or mend folder under [profiles]"] == told(folder)


def test_a_file_with_a_name_that_no_feed_could_write_is_told(folder: Path) -> None:
    (folder / "profiles" / "My Own.toml").write_text("")

    assert [
        "profiles/My Own.toml: is no name for a profile; name the file in lower-case letters, digits and hyphens"
    ] == told(folder)


def test_a_file_that_is_huge_or_no_file_is_told_and_not_read(folder: Path) -> None:
    write(folder, own="#" * 10_000_000)
    os.mkfifo(folder / "profiles" / "pipe.toml")
    (folder / "profiles" / "zero.toml").symlink_to("/dev/zero")
    remedy = "take it out of the folder"

    assert [
        "profiles/own.toml: has more than 200,000 bytes; name a file of settings, and nothing else",
        f"profiles/pipe.toml: is no file; {remedy}",
        f"profiles/zero.toml: is no file; {remedy}",
    ] == told(folder)


def test_a_parameter_that_no_address_could_carry_is_refused(folder: Path) -> None:
    assert [] != told(folder, '[feeds.tracking]\n"a b" = "c"\n')
    assert (("utm_source", "rss"), ("b", "c")) == load(
        folder, '[feeds.tracking]\nutm_source = "rss"\nb = "c"\n'
    ).feed_specs()[0].tracking
