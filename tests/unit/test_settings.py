"""What a configuration means, and what a person is told when it is wrong."""

from __future__ import annotations

import ipaddress
import pickle
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from syndicator.configuration.durations import spelled
from syndicator.configuration.keys import secrets
from syndicator.configuration.repositories import Branch, Repository, is_folder
from syndicator.configuration.tomlfile import key_lines
from syndicator.configuration.words import shown
from syndicator.errors import ConfigError, Fault
from syndicator.model import Content, FeedSpec, Format, Site
from syndicator.ports import SiteFacts
from syndicator.publication import site_of
from syndicator.settings import Settings, load_settings

NEEDED = """\
[site]
title = "The Example"
url = "https://news.example.org"
[source]
path = "posts"
[publish]
to = "public"
url = "https://news.example.org/feeds"
"""
ONE_FEED = '[[feeds]]\nname = "main"\nrss = "feed.xml"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def load(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> Settings:
    file = folder / "site.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environ or {})


def faults(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> tuple[Fault, ...]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text, environ)
    return caught.value.faults


def faults_of(work: Callable[[], Settings]) -> tuple[Fault, ...]:
    """What is wrong, if anything is."""
    try:
        work()
    except ConfigError as error:
        return error.faults
    return ()


def told(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    """The faults as a person reads them, without the folder."""
    return [str(fault).removeprefix(f"{folder}/") for fault in faults(folder, text, environ)]


def one(folder: Path, added: str, environ: Mapping[str, str] | None = None) -> str:
    """The one fault of a good configuration with something added to its end."""
    (fault,) = told(folder, NEEDED + added, environ)
    return fault


# --- what it means ------------------------------------------------------------------------------------------------


def test_the_smallest_configuration_has_all_defaults(folder: Path) -> None:
    settings = load(folder, NEEDED)

    assert Site(title="The Example", url="https://news.example.org/") == site_of(settings, SiteFacts())[0]
    assert (
        FeedSpec(
            name="main",
            outputs=((Format.RSS, "feed.xml"), (Format.ATOM, "atom.xml"), (Format.JSON, "feed.json")),
            limit=50,
            content=Content.FULL,
        ),
    ) == settings.feed_specs()
    assert () == settings.hub_urls()
    assert "https://news.example.org/feeds/" == settings.publish.url
    assert timedelta(seconds=60) == settings.source.every
    assert timedelta(minutes=5) == settings.serve.cache
    assert timedelta(days=2) == settings.announce.give_up_after
    assert {} == settings.source.fields


def test_paths_begin_at_the_folder_of_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "etc").mkdir()
    (folder / "etc" / "site.toml").write_text(NEEDED)
    monkeypatch.chdir(folder)

    settings = load_settings(Path("etc/site.toml"), {"SYNDICATOR_PUBLISH__TO": "out"})

    assert Path("etc/site.toml") == settings.file
    assert folder / "etc" == settings.base
    assert folder / "etc" / "posts" == settings.source_path
    assert folder / "etc" / "out" == settings.publish_path
    assert folder / "etc" / "var" / "state.db" == settings.state_path
    assert f"sqlite:///{folder}/etc/var/state.db" == settings.state_url


def test_an_absolute_path_stays(folder: Path) -> None:
    settings = load(folder, NEEDED + '[state]\nurl = "sqlite:////srv/state.db"\n')

    assert Path("/srv/state.db") == settings.state_path
    assert "sqlite:////srv/state.db" == settings.state_url


def test_settings_never_change_and_can_be_handed_to_another_process(folder: Path) -> None:
    settings = load(folder, NEEDED)

    assert settings == pickle.loads(pickle.dumps(settings))
    with pytest.raises(ValueError, match="frozen"):
        settings.site.title = "Another"
    with pytest.raises(ValueError, match="frozen"):
        settings.site = settings.site


def test_feeds_come_in_the_order_of_the_file(folder: Path) -> None:
    text = """
[[feeds]]
name = "zebra"
rss = "zebra.xml"
[[feeds]]
name = "by-desk"
each = "desk"
json = "{slug}/feed.json"
limit = 500
content = "summary"
[source.fields]
desk = "section"
"""
    first, second = load(folder, NEEDED + text).feed_specs()

    assert ("zebra", ((Format.RSS, "zebra.xml"),)) == (first.name, first.outputs)
    assert ("desk", 500, Content.SUMMARY) == (second.each, second.limit, second.content)


def test_a_hub_that_is_named_twice_is_told_once(folder: Path) -> None:
    hubs = "".join(
        f'[[hubs]]\nurl = "{url}"\n' for url in ("https://b.example/", "https://a.example", "HTTPS://B.example/")
    )

    assert ("https://b.example/", "https://a.example") == load(folder, NEEDED + hubs).hub_urls()


def test_fields_take_one_name_or_a_list_and_an_empty_list(folder: Path) -> None:
    text = '[source.fields]\nsummary = "deck"\nimage = ["a.b", "c"]\ncategory = []\n'

    assert {"summary": ("deck",), "image": ("a.b", "c"), "category": ()} == load(folder, NEEDED + text).source.fields


def test_includes_are_told_by_name(folder: Path) -> None:
    """frontmatter-39"""
    text = '[source.includes]\n"media/a.html" = "figure src=path"\nb = "drop"\n'

    assert {"media/a.html": "figure src=path", "b": "drop"} == load(folder, NEEDED + text).source.includes
    assert {"b.html": "text"} == (
        load(folder, NEEDED, {"SYNDICATOR_SOURCE__INCLUDES": '{"b.html": "text"}'}).source.includes
    )
    assert {"b": "link"} == load(folder, NEEDED, {"SYNDICATOR_SOURCE__INCLUDES__B": "link"}).source.includes


def test_all_faults_of_includes_are_told_at_once_with_their_lines(folder: Path) -> None:
    """frontmatter-39"""
    text = (
        '[source.includes]\n"a.html" = "figur"\n"b.html" = "figure text=a src"\n"../c.html" = "drop"\n'
        '"d.html" = 1\n"e.html" = "drop"\n'
    )
    begin = NEEDED.count("\n") + 2

    expected = (
        (
            'source.includes."a.html": names no kind of thing that can be shown;'
            " begin with one of: figure, youtube, vimeo, link, text, drop"
        ),
        (
            'source.includes."b.html": a figure has no such part; what is behind the kind is not written as'
            " part=parameter; the parts of a figure are: src, alt, caption, credit, link"
        ),
        'source.includes."../c.html": expected the name of an include such as "figure.html", in quotes',
        (
            'source.includes."d.html": expected what it shows, such as "figure" or "figure src=path", found 1;'
            ' text stands in quotes: "d.html" = "1"'
        ),
    )
    assert [f"site.toml:{begin + at}: {line}" for at, line in enumerate(expected)] == told(folder, NEEDED + text)


def test_networks_are_networks(folder: Path) -> None:
    settings = load(folder, NEEDED + '[network]\nallow = ["10.0.0.0/8", "fd00::/8", "127.0.0.1"]\n')

    assert tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "fd00::/8", "127.0.0.1/32"))) == settings.network.allow


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://news.example.org", "https://news.example.org/"),
        ("https://news.example.org/a/b", "https://news.example.org/a/b/"),
        ("HTTP://News.Example.Org:8080/Ä b/", None),
        ("HTTP://News.Example.Org:8080/Ä/", "http://news.example.org:8080/%C3%84/"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://[2001:DB8::1]/", "https://[2001:db8::1]/"),
        ("https://news.example.org/?a=b", None),
        ("https://news.example.org/#top", None),
        ("https://name@news.example.org/", None),
        ("https://news.example.org:99999/", None),
        ("https:///path", None),
        ("https://a..b/", None),
        ("https://-a.example/", None),
        (f"https://{'a' * 64}.example/", None),
        (f"https://{'b' * 64}ü.example/", None),
        ("https://999.1.1.1/", None),
        ("https://news.example.org./", "https://news.example.org./"),
        ("http://my_host:8080/", "http://my_host:8080/"),
        ("http://10.0.0.1/", "http://10.0.0.1/"),
        ("https:news.example.org", None),
        ("ftp://news.example.org/", None),
        ("//news.example.org/", None),
        ("/feeds/", None),
        ("https://news.example.org\\@evil.example/", None),
        (" https://news.example.org/", None),
        ("", None),
    ],
)
def test_an_address_is_absolute_and_ends_in_a_slash(folder: Path, written: str, meant: str | None) -> None:
    environ = {"SYNDICATOR_SITE__URL": written}
    if meant is None:
        assert ["site.url"] == [fault.key for fault in faults(folder, NEEDED, environ)]
    else:
        assert meant == load(folder, NEEDED, environ).site.url


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"250ms"', timedelta(milliseconds=250)),
        ('"10s"', timedelta(seconds=10)),
        ('"1h30m"', timedelta(minutes=90)),
        ('"1d12h"', timedelta(hours=36)),
        ('"90m"', timedelta(minutes=90)),
        ('"3650d"', timedelta(days=3650)),
        ('"3651d"', None),
        ('"999999999d999999999d"', None),
        ('"30m1h"', None),
        ('"1s1s"', None),
        ('"0s"', None),
        ('"-5s"', None),
        ('"1.5h"', None),
        ('"10 s"', None),
        ('"10S"', None),
        ('"٣s"', None),
        ('"10"', None),
        ('""', None),
        ("10", None),
        ("true", None),
        ("00:10:00", None),
    ],
)
def test_a_duration_is_a_number_with_its_unit(folder: Path, written: str, meant: timedelta | None) -> None:
    text = f"{NEEDED}[network]\ntimeout = {written}\n"
    if meant is None:
        assert ["network.timeout"] == [fault.key for fault in faults(folder, text)]
    else:
        assert meant == load(folder, text).network.timeout


@given(st.timedeltas(min_value=timedelta(milliseconds=1), max_value=timedelta(days=3650)))
@hypothesis_settings(max_examples=50, deadline=None)
def test_a_duration_that_is_spelled_is_read_back(duration: timedelta) -> None:
    from pydantic import TypeAdapter

    from syndicator.configuration.values import Duration

    whole = duration - duration % timedelta(milliseconds=1)

    assert whole == TypeAdapter(Duration).validate_python(spelled(whole))


@pytest.mark.parametrize("tag", ["en", "pt-BR", "zh-Hant-TW", "sr-Latn", "es-419", "de-CH-1996", "sl-rozaj", "en-x-us"])
def test_a_language_tag_is_taken(folder: Path, tag: str) -> None:
    assert tag == load(folder, NEEDED, {"SYNDICATOR_SITE__LANGUAGE": tag}).site.language


@pytest.mark.parametrize("tag", ["", "e", "english language", "en_US.UTF-8", "en-", "-en", "en--US", "dé"])
def test_what_is_no_language_tag_is_refused(folder: Path, tag: str) -> None:
    assert ["site.language"] == [fault.key for fault in faults(folder, NEEDED, {"SYNDICATOR_SITE__LANGUAGE": tag})]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("New York", 'did you mean "America/New_York"?'),
        ("europe/berlin", 'did you mean "Europe/Berlin"?'),
        ("Europe/Berln", 'did you mean "Europe/Berlin"?'),
        ("America", 'name a place in it, such as "America/Adak"'),
        ("../../etc/passwd", "names look like Europe/Berlin"),
        ("/etc/localtime", "names look like Europe/Berlin"),
        ("x" * 5000, "names look like Europe/Berlin"),
        ("localtime", "write its name, such as Europe/Berlin"),
    ],
)
def test_a_time_zone_must_exist_on_every_machine(folder: Path, name: str, remedy: str) -> None:
    (fault,) = faults(folder, NEEDED, {"SYNDICATOR_SITE__TIMEZONE": name})

    assert ("site.timezone", remedy) == (fault.key, fault.remedy)


# --- faults, with file and line -----------------------------------------------------------------------------------

URL = 'expected an address such as "https://news.example.org/"'


@pytest.mark.parametrize(
    ("added", "message"),
    [
        (
            "[hub]\nenabled = true\n",
            (
                "site.toml:10: hub.enabled: the embedded hub is not part of this version; "
                "name hubs under [[hubs]] instead"
            ),
        ),
        (
            '[state]\nurl = "postgresql://me:hush@db/x"\n',
            (
                "site.toml:10: state.url: this version keeps its state in "
                'SQLite only; write it as "sqlite:///var/state.db"'
            ),
        ),
        (
            '[state]\nurl = "sqlite://"\n',
            (
                "site.toml:10: state.url: names no file, and what is remembered must outlive "
                'the program; as in "sqlite:///var/state.db"'
            ),
        ),
        ("[serve]\nport = 65536\n", "site.toml:10: serve.port: expected a whole number from 0 to 65535, found 65536"),
        (
            '[serve]\nport = "8080"\n',
            (
                'site.toml:10: serve.port: expected a whole number from 0 to 65535, found "8080"; '
                "leave out the quotes: port = 8080"
            ),
        ),
        (
            "[serve]\ncache = 300\n",
            (
                'site.toml:10: serve.cache: expected a duration such as "250ms", "10s" or "1h30m", '
                'found 300; say of what: "300s" is seconds'
            ),
        ),
        (
            '[images]\nask = "false"\n',
            ('site.toml:10: images.ask: expected true or false, found "false"; leave out the quotes: ask = false'),
        ),
        (
            '[log]\nlevel = "warn"\n',
            (
                'site.toml:10: log.level: expected "debug" or "info" or "warning" or "error", found '
                '"warn"; did you mean "warning"?'
            ),
        ),
        (
            '[network]\nallow = [\n  "10.0.0.0/8",\n  "10.1.2.3/8",\n]\n',
            ('site.toml:10: network.allow[1]: has bits set beyond its length; did you mean "10.0.0.0/8"?'),
        ),
        ('[network]\nallow = "ten"\n', "site.toml:10: network.allow[0]: is not a network such as 10.0.0.0/8"),
        (
            '[source.fields]\nImage = "x"\n',
            ("site.toml:10: source.fields.Image: expected a name of lower-case letters and underscores"),
        ),
        (
            "[source.fields]\nimage = 1\n",
            (
                "site.toml:10: source.fields.image: expected a name in the front matter such "
                'as "image.path", or a list of them, found 1'
            ),
        ),
        (
            '[[hubs]]\nurl = "hub.example.net/x"\n',
            (
                "site.toml:10: hubs[0].url: expected an address such as "
                '"https://hub.example.net/", found "hub.example.net/x"; did you mean "https://hub.example.net/x"?'
            ),
        ),
        (
            '[[hubs]]\nurl = "https://hub.example.net/\\u0000"\n',
            (
                'site.toml:10: hubs[0].url: expected an address such as "https://hub.example.net/", '
                r'found "https://hub.example.net/\x00"'
            ),
        ),
        (
            '[[hubs]]\nurl = "https://hub.example.net:0/"\n',
            (
                "site.toml:10: hubs[0].url: names port 0, where nobody can listen; "
                "leave out the port, or name one from 1 to 65535"
            ),
        ),
        (
            '[[hubs]]\nurl = "https://hub.example.net./"\n',
            "site.toml:10: hubs[0].url: names a host that ends in a dot; leave out the dot",
        ),
        (
            '[[hubs]]\nurl = "https://0x7f/"\n',
            "site.toml:10: hubs[0].url: names a host that cannot be; hosts look like news.example.org",
        ),
        ("[[hubs]]\n", "site.toml:9: hubs[0].url: is missing; add url = … under [[hubs]]"),
        (
            '[hubs]\nurl = "https://hub.example.net/"\n',
            (
                "site.toml:9: hubs: expected tables, each under [[hubs]], found "
                "a table; write [[hubs]] instead of [hubs]"
            ),
        ),
        ("[[log]]\n", "site.toml:9: log: expected a table, [log], found a list; write [log] instead of [[log]]"),
        ("[sight]\n", "site.toml:9: sight: is not known; did you mean [site]?"),
        ("[serve]\nhots = 1\n", "site.toml:10: serve.hots: is not known; did you mean 'host'?"),
        ("[run]\nport = 1\n", "site.toml:10: run.port: is not known; 'port' stands under [serve]"),
        ("[run]\nxyzzy = 1\n", "site.toml:10: run.xyzzy: is not known; known here: stop_within"),
        ('[run]\n"\\u001b[1m" = 1\n', 'site.toml:10: run."\\u001b[1m": is not known; known here: stop_within'),
    ],
)
def test_a_fault_says_where_what_and_what_to_do(folder: Path, added: str, message: str) -> None:
    assert message == one(folder, added)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('title = " "', 'site.title: expected text, not empty, found " "'),
        ("title = 1984", 'site.title: expected text, not empty, found 1984; text stands in quotes: title = "1984"'),
        (
            'url = "news.example.org"',
            (f'site.url: {URL}, found "news.example.org"; did you mean "https://news.example.org"?'),
        ),
        (
            'url = "https://me:hush@x/"',
            ("site.url: holds a user name or password, and readers would see it; leave out all before the @"),
        ),
        ('url = "https://x/?a"', "site.url: holds a query (?…), and other addresses are built upon it; leave it out"),
        ('url = "ftp://me:hush@x/"', f'site.url: {URL}, found "ftp://…@x/"'),
        (
            'language = "en_US"',
            ('site.language: expected a language tag such as "en" or "pt-BR", found "en_US"; did you mean "en-US"?'),
        ),
        ('path = "x"', "site.path: is not known; 'path' stands under [source]"),
    ],
)
def test_the_site_must_make_sense(folder: Path, line: str, message: str) -> None:
    key = line.partition(" ")[0]
    kept = [text for text in NEEDED.splitlines() if not text.startswith(f"{key} ") or text.startswith("path")]
    rest = "\n".join([*kept[:1], "", line, *kept[1:]])
    if key == "url":
        rest += '\nurl = "https://news.example.org/"\n'

    assert [f"site.toml:3: {message}"] == told(folder, rest)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("kind", '"foldr"', 'expected "folder" or "git", found "foldr"; did you mean "folder"?'),
        (
            "dialect",
            '"jekyl"',
            'expected "eleventy" or "hugo" or "jekyll" or "plain", found "jekyl"; did you mean "jekyll"?',
        ),
        ("max_post_bytes", "0", "expected a whole number from 1 to 100000000, found 0"),
        ("max_post_bytes", "2.5", "expected a whole number from 1 to 100000000, found 2.5"),
        ("max_post_bytes", "0x" + "f" * 6000, "expected a whole number from 1 to 100000000, found a very large number"),
        ("watch", "1", "expected true or false, found 1"),
        ("permalink", "2024-01-02", "expected text, found 2024-01-02"),
        ("every", '"soon"', 'expected a duration such as "10s" or "1h30m", found "soon"'),
        ("every", '"1ms"', "must be at least 100ms, or nothing else is done; a minute is usual"),
    ],
)
def test_the_source_must_be_one_that_this_version_reads(folder: Path, key: str, value: str, message: str) -> None:
    text = NEEDED.replace("[source]\n", f"[source]\n{key} = {value}\n")

    assert [f"site.toml:5: source.{key}: {message}"] == told(folder, text)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('"-5m"', 'expected a duration such as "5m", or "0s" for none, found "-5m"'),
        ('"5"', 'expected a duration such as "5m", or "0s" for none, found "5"; say of what: "5s" is seconds'),
        ("5", 'expected a duration such as "5m", or "0s" for none, found 5; say of what: "5s" is seconds'),
        ("0", 'expected a duration such as "5m", or "0s" for none, found 0; say of what: "0s" is seconds'),
        ("-5", 'expected a duration such as "5m", or "0s" for none, found -5'),
        ("true", 'expected a duration such as "5m", or "0s" for none, found true'),
        ('"abc"', 'expected a duration such as "5m", or "0s" for none, found "abc"'),
        ('""', 'expected a duration such as "5m", or "0s" for none, found ""'),
        ('"10 years"', 'expected a duration such as "5m", or "0s" for none, found "10 years"'),
        ('"3651d"', 'must be "0s", or at most 3650d'),
        ('"5m1h"', 'has its units out of order or twice; write the largest first, as in "1h30m"'),
        ('["5m"]', 'expected a duration such as "5m", or "0s" for none, found a list'),
    ],
)
def test_a_hold_off_must_be_a_duration_or_none(folder: Path, value: str, message: str) -> None:
    text = NEEDED.replace("[publish]\n", f"[publish]\nsettle = {value}\n")
    line = text.splitlines().index(f"settle = {value}") + 1

    assert [f"site.toml:{line}: publish.settle: {message}"] == told(folder, text)


def test_the_hold_off_is_none_unless_it_is_set(folder: Path) -> None:
    some = NEEDED.replace("[publish]\n", '[publish]\nsettle = "1h30m"\n')
    none = NEEDED.replace("[publish]\n", '[publish]\nsettle = "0s"\n')

    assert [timedelta(), timedelta(), timedelta(minutes=90)] == [
        load(folder, text).publish.settle for text in (NEEDED, none, some)
    ]


REPOSITORY = 'expected a repository such as "https://git.example.org/site.git", or a folder'
GIT_NEEDED = NEEDED.replace("[source]\n", '[source]\nkind = "git"\n').replace('"posts"', '"."')


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            "",
            'url: is missing, but kind is git; name the repository, as in url = "https://git.example.org/site.git"',
        ),
        ('url = "--upload-pack=id"', f'url: {REPOSITORY}, found "--upload-pack=id"'),
        (
            'url = "ext::sh -c id"',
            "url: would have git start another program; name a folder, or an address with https:// or ssh://",
        ),
        (
            'url = "ftp://git.example.org/site"',
            "url: is in a protocol that is not taken; name a folder, or an address with https:// or ssh://",
        ),
        (
            'url = "https://me:hush@git.example.org/site"',
            "url: holds a user name or password; leave out all before the @, and set username and token instead",
        ),
        (
            'url = "ssh://-oProxyCommand=id/site"',
            "url: names a host that cannot be; hosts look like git.example.org",
        ),
        (
            'url = "https://git.example.org/site"\nbranch = "--upload-pack=id"',
            'branch: expected the name of a branch such as "main", found "--upload-pack=id"',
        ),
        (
            'url = "https://git.example.org/site"\nbranch = "a..b"',
            'branch: expected the name of a branch such as "main", found "a..b"',
        ),
        (
            'url = "http://git.example.org/site"\ntoken = "hush"',
            "token: would be sent for everybody to read, or is of no use there; write [source] url with https://",
        ),
        (
            'url = "git@git.example.org:site"\nssh_key = "key"',
            "known_hosts: is missing, but the repository is reached over SSH; name a file as known_hosts",
        ),
    ],
)
def test_a_repository_must_be_one_that_git_reaches_without_harm(folder: Path, lines: str, message: str) -> None:
    (fault,) = told(folder, GIT_NEEDED.replace('kind = "git"\n', f'kind = "git"\n{lines}\n'))

    assert f"source.{message}" == fault.partition(": ")[2]


def test_a_folder_inside_the_repository_leads_not_out_of_it(folder: Path) -> None:
    for path in ("/srv/site", "../site", "a/../../b"):
        text = GIT_NEEDED.replace('"."', f'"{path}"').replace('"git"\n', '"git"\nurl = "https://g.example/s"\n')

        assert ["leads out of the repository"] == [fault.problem for fault in faults(folder, text)]


def test_an_address_of_a_repository_without_its_kind_is_told(folder: Path) -> None:
    text = NEEDED.replace("[source]\n", '[source]\nurl = "https://git.example.org/site.git"\n')

    assert ['site.toml:5: source.url: is set, but posts come from a folder with this kind; write kind = "git"'] == told(
        folder, text
    )


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        ("https://git.example.org/news/site.git", "https://git.example.org/news/site.git"),
        ("git@git.example.org:news/site.git", "git@git.example.org:news/site.git"),
        ("ssh://git@git.example.org:2222/site", "ssh://git@git.example.org:2222/site"),
        ("file:///srv/site.git", "/srv/site.git"),
        ("/srv/site.git", "/srv/site.git"),
        ("repositories/site:1", "{folder}/repositories/site:1"),
    ],
)
def test_a_repository_is_an_address_or_a_folder(folder: Path, url: str, repository: str) -> None:
    added = f'"git"\nurl = "{url}"\nssh_key = "k"\nknown_hosts = "h"\n'
    settings = load(folder, GIT_NEEDED.replace('"git"\n', added).replace('"."', '"./site//blog/"'))

    assert repository.format(folder=folder) == settings.repository
    assert "site/blog" == settings.source_folder
    assert folder / "var" / "state.db.git" == settings.clone_path


@given(st.text(max_size=60) | st.from_regex(r"(ext::|--|ssh://|git@|https://|file://)[ -~]{0,30}", fullmatch=True))
def test_no_address_of_a_repository_is_an_option_or_names_a_program(url: str) -> None:
    try:
        good = TypeAdapter(Repository).validate_python(url)
    except ValidationError:
        return
    assert not good.startswith("-")
    assert not re.match(r"[A-Za-z0-9+.-]*::", good)
    # What is a folder becomes an absolute path.
    assert is_folder(good) or not re.match(r"(?:[a-z]+://)?(?:[^@/]*@)?-", good)


@given(st.text(max_size=30) | st.from_regex(r"[-./@{a-z~^: ]{1,12}", fullmatch=True))
def test_what_is_taken_for_a_branch_is_one_to_git_too(branch: str) -> None:
    try:
        TypeAdapter(Branch).validate_python(branch)
    except ValidationError:
        return
    assert not branch.startswith("-")
    assert ".." not in branch
    assert not set(branch) & set(" ~^:?*[\\\n\0")


def test_the_token_of_a_repository_is_never_shown(folder: Path) -> None:
    text = GIT_NEEDED.replace('"git"\n', '"git"\nurl = "https://git.example.org/site"\n')

    assert "hush" not in "".join(told(folder, text.replace("https", "http"), {"SYNDICATOR_SOURCE__TOKEN": "hush"}))
    assert "hush" not in repr(load(folder, text, {"SYNDICATOR_SOURCE__TOKEN": "hush"}))


@pytest.mark.parametrize(
    ("secret", "problem"),
    [
        ("hush-hush", "has less than 16 characters, so that others may guess it"),
        (" correct horse battery", "has spaces around it, or characters that nobody can type"),
        ("correct horse\\tbattery", "has spaces around it, or characters that nobody can type"),
    ],
)
def test_a_secret_that_others_may_guess_or_nobody_can_type_is_refused_and_none_is_ever_shown(
    folder: Path, secret: str, problem: str
) -> None:
    (fault,) = faults(folder, NEEDED.replace('path = "', f'hook_secret = "{secret}"\npath = "', 1), {})
    good = {"SYNDICATOR_SOURCE__HOOK_SECRET": "correct horse battery"}

    assert ("source.hook_secret", problem) == (fault.key, fault.problem)
    assert secret not in str(fault)
    assert "horse" not in repr(load(folder, NEEDED, good))
    assert ["correct horse battery"] == [each for each in secrets(load(folder, NEEDED, good)) if "horse" in each]


@pytest.mark.parametrize("to", ["s3://bucket/prefix", "file:///srv"])
def test_feeds_go_to_a_folder(folder: Path, to: str) -> None:
    message = "site.toml:7: publish.to: is an address, and this version knows folders only; name a folder"

    assert [message] == told(folder, NEEDED.replace('"public"', f'"{to}"'))


def feeds(*tables: str) -> str:
    return "".join(f"[[feeds]]\n{table}\n" for table in tables)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (['name = "main"'], 'site.toml:9: feeds[0]: has no output; give it rss, atom or json, as in rss = "feed.xml"'),
        (['rss = "a"'], "site.toml:9: feeds[0].name: is missing; add name = … under [[feeds]]"),
        (
            ['name = "Main"\nrss = "a"'],
            ('site.toml:10: feeds[0].name: expected a name of lower-case letters, digits and hyphens, found "Main"'),
        ),
        (
            ['name = "a\\n"\nrss = "a"'],
            ('site.toml:10: feeds[0].name: expected a name of lower-case letters, digits and hyphens, found "a\\n"'),
        ),
        (
            ['name = "a"\nrss = "a"', 'name = "a"\nrss = "b"'],
            ("site.toml:13: feeds[1].name: feeds[0] has the same name; each feed needs its own"),
        ),
        (
            ['name = "a"\nrss = "x"', 'name = "b"\natom = "x"'],
            ("site.toml:14: feeds[1].atom: is the same path as feeds[0].rss; each output needs its own"),
        ),
        (
            ['name = "a"\nrss = "x"\njson = "x/y"'],
            (
                "site.toml:12: feeds[0].json: cannot be a file and a folder: see "
                "feeds[0].rss; give one of them another path"
            ),
        ),
        (
            ['name = "a"\nrss = "/feed.xml"'],
            ("site.toml:11: feeds[0].rss: begins with /, but is a path inside [publish] to; leave out the first /"),
        ),
        (
            ['name = "a"\nrss = "a/../../x"'],
            ('site.toml:11: feeds[0].rss: leads out of [publish] to by ".."; name a path inside it'),
        ),
        (
            ["name = \"a\"\nrss = 'a\\x'"],
            ("site.toml:11: feeds[0].rss: has a back slash; write / between folder and file"),
        ),
        (
            ['name = "a"\nrss = "a?b"'],
            (
                "site.toml:11: feeds[0].rss: has a character that file names or addresses cannot "
                "have; use letters, digits, - _ . and /"
            ),
        ),
        (
            ['name = "a"\nrss = "a/"'],
            ('site.toml:11: feeds[0].rss: expected a path such as "feed.xml", inside [publish] to, found "a/"'),
        ),
        (
            ['name = "a"\neach = "tag"\nrss = "x"'],
            ('site.toml:12: feeds[0].rss: needs {slug}, because each makes many feeds; as in "category/{slug}.xml"'),
        ),
        (
            ['name = "a"\nrss = "{slug}"'],
            (
                "site.toml:11: feeds[0].rss: has a placeholder, but this is one feed; "
                'leave it out, or set each = "category"'
            ),
        ),
        (
            ['name = "a"\neach = "catgory"\nrss = "{slug}"'],
            ("site.toml:11: feeds[0].each: is no field that feeds can be made from; did you mean 'category'?"),
        ),
        (
            ['name = "a"\nrss = "x"\nlimit = 501'],
            ("site.toml:12: feeds[0].limit: expected a whole number from 1 to 500, found 501"),
        ),
        (
            ['name = "a"\nrss = "x"\nlimit = "many"'],
            ('site.toml:12: feeds[0].limit: expected a whole number from 1 to 500, found "many"'),
        ),
        (
            ['name = "a"\nrss = "x"\ncontent = "ful"'],
            ('site.toml:12: feeds[0].content: expected "full" or "summary", found "ful"; did you mean "full"?'),
        ),
        (['name = "a"\nrss = "x"\nlimits = 5'], "site.toml:12: feeds[0].limits: is not known; did you mean 'limit'?"),
        (
            ['name = "a"\nrss = "x"\ninclude = { categry = "news" }'],
            "site.toml:12: feeds[0].include.categry: is no field that posts can be chosen by; did you mean 'category'?",
        ),
        (
            ['name = "a"\nrss = "x"\n[feeds.exclude]\nzzz = ["news"]'],
            (
                "site.toml:13: feeds[0].exclude.zzz: is no field that posts can be chosen by; name one of "
                "author, category, language, path, section, tag"
            ),
        ),
        (
            ['name = "a"\nrss = "x"\ninclude = { tag = [] }'],
            'site.toml:12: feeds[0].include.tag: expected a value such as "news", or a list of them, found a list',
        ),
        (
            ['name = "a"\nrss = "x"\ninclude = { tag = [" "] }'],
            'site.toml:12: feeds[0].include.tag[0]: expected a value such as "news", or a list of them, found " "',
        ),
        (
            ['name = "a"\nrss = "x"\ninclude = { Tag = "x" }'],
            "site.toml:12: feeds[0].include.Tag: expected a name of lower-case letters and underscores",
        ),
        (
            ['name = "a"\nrss = "x"\nmax_age = "2"'],
            (
                'site.toml:12: feeds[0].max_age: expected a duration such as "2d", or "0s" for any, found "2"; '
                'say of what: "2s" is seconds'
            ),
        ),
        (
            ['name = "a"\nrss = "x"\nmax_age = "2d"\narchive = true'],
            (
                "site.toml:12: feeds[0].max_age: cannot be together with archive, which keeps every post within reach; "
                "leave out one of them"
            ),
        ),
        (
            ['name = "a"\nrss = "Feed.xml"\njson = "feed.xml"'],
            "site.toml:12: feeds[0].json: differs only in case from feeds[0].rss; each output needs its own",
        ),
        (
            ['name = "a"\nrss = "x/Y"\njson = "X"'],
            (
                "site.toml:12: feeds[0].json: cannot be a file and a folder: see feeds[0].rss; "
                "give one of them another path"
            ),
        ),
        (
            ['name = "a"\nrss = "x"\nsitemap = "x"'],
            "site.toml:12: feeds[0].sitemap: is the same path as feeds[0].rss; each output needs its own",
        ),
        (
            ['name = "a"\neach = "tag"\nrss = "{slug}"\nsitemap = "x"'],
            'site.toml:13: feeds[0].sitemap: needs {slug}, because each makes many feeds; as in "category/{slug}.xml"',
        ),
        (
            ['name = "a"\nrss = "x"\nlogo = "logo.png"'],
            (
                'site.toml:12: feeds[0].logo: expected an address such as "https://news.example.org/logo.png", found '
                '"logo.png"; did you mean "https://logo.png"?'
            ),
        ),
        (
            ['name = "a"\nrss = "x"\naccent = "green"'],
            'site.toml:12: feeds[0].accent: expected a color such as "#1a7f37", found "green"',
        ),
        (
            ['name = "a"\nrss = "x"\nttl = -1'],
            "site.toml:12: feeds[0].ttl: expected a whole number of minutes from 1 to 525600, or 0, found -1",
        ),
        (
            ['name = "a"\nrss = "x"\nlanguage = "en_US"'],
            (
                'site.toml:12: feeds[0].language: expected a language tag such as "en" or "pt-BR", found "en_US"; '
                'did you mean "en-US"?'
            ),
        ),
    ],
)
def test_a_feed_must_make_sense(folder: Path, tables: list[str], message: str) -> None:
    assert message == one(folder, feeds(*tables))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('opml = "feed.xml"', "publish.opml: is the same path as feeds[0].rss; each output needs its own"),
        ('opml = "../x"', 'publish.opml: leads out of [publish] to by ".."; name a path inside it'),
        ('opml = "{slug}.opml"', "publish.opml: has a placeholder, but this is one file; leave it out"),
        (
            'opml = "A"\nfeed_menu = "a"',
            "publish.feed_menu: differs only in case from publish.opml; each output needs its own",
        ),
    ],
)
def test_a_list_of_feeds_has_a_path_of_its_own(folder: Path, line: str, message: str) -> None:
    text = NEEDED + line + "\n"

    assert [f"site.toml:{len(text.splitlines())}: {message}"] == told(folder, text)


def test_a_feed_says_what_it_takes_and_what_it_is(folder: Path) -> None:
    text = (
        'name = "a"\nsitemap = "news.xml"\nlogo = "/logo.png"\naccent = "#1a7f37"\nmax_age = "2d"\n'
        'include = { tag = ["b", "a"], category = "news" }\n'
    )
    (spec,) = load(folder, NEEDED + feeds(text)).feed_specs()

    assert ((), "news.xml", "/logo.png", "1A7F37") == (spec.outputs, spec.sitemap, spec.logo, spec.accent)
    assert ((("category", ("news",)), ("tag", ("b", "a"))), timedelta(days=2)) == (spec.include, spec.max_age)


def test_a_list_without_feeds_publishes_nothing_and_is_refused(folder: Path) -> None:
    assert [
        "site.toml:1: feeds: is empty: there is nothing to publish; leave it out to have one feed in all formats"
    ] == (told(folder, "feeds = []\n" + NEEDED))


def test_all_faults_are_told_at_once_from_top_to_bottom(folder: Path) -> None:
    text = """\
[site]
title = ""
langauge = "en"
[source]
path = 5
[[feeds]]
name = "a"
rss = "x"
[[feeds]]
name = "a"
rss = "x"
limit = 0
[serv]
port = 1
"""
    environ = {"SYNDICATOR_LOG__LEVEL": "loud", "SYNDICATOR_SITE__TITEL": "x"}

    assert [
        ("site.toml", 0, "publish.to"),
        ("site.toml", 0, "publish.url"),
        ("site.toml", 2, "site.title"),
        ("site.toml", 3, "site.langauge"),
        ("site.toml", 5, "source.path"),
        ("site.toml", 10, "feeds[1].name"),
        ("site.toml", 11, "feeds[1].rss"),
        ("site.toml", 12, "feeds[1].limit"),
        ("site.toml", 13, "serv"),
        ("SYNDICATOR_LOG__LEVEL", 0, "log.level"),
        ("SYNDICATOR_SITE__TITEL", 0, ""),
    ] == sorted(
        ((Path(f.where).name, f.line or 0, f.key) for f in faults(folder, text, environ)),
        key=lambda fault: (fault[0] != "site.toml", fault),
    )


def test_an_empty_file_is_told_what_it_needs(folder: Path) -> None:
    assert [
        "site.toml: source.path: is missing; add path = … under [source], or set SYNDICATOR_SOURCE__PATH",
        "site.toml: publish.to: is missing; add to = … under [publish], or set SYNDICATOR_PUBLISH__TO",
        "site.toml: publish.url: is missing; add url = … under [publish], or set SYNDICATOR_PUBLISH__URL",
    ] == told(folder, "")


# --- the file itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[site]\ntitle = Example\n",
            ('site.toml:2: is not TOML: Invalid value (column 9); text stands in quotes: key = "value"'),
        ),
        (
            "[site]\ntitle: x\n",
            (
                "site.toml:2: is not TOML: Expected '=' after a key in a key/value pair (column 6); "
                'a setting is written as key = "value", a table as [name]'
            ),
        ),
        (
            "[site]\n\n[site]\n",
            (
                "site.toml:3: is not TOML: Cannot declare ('site',) twice (column 6); the same table "
                "stands here twice: put all its settings into one"
            ),
        ),
        (
            '[site]\ntitle = "a"\ntitle = "b"\n',
            (
                "site.toml:3: is not TOML: Cannot overwrite a value (column 12); "
                "the same key stands here twice: remove one"
            ),
        ),
        (
            "[feeds]\na = [1,\n\n",
            (
                "site.toml:2: is not TOML: Invalid value (at the end); a value is missing, or a bracket "
                "or a quote was opened and not closed"
            ),
        ),
    ],
)
def test_what_is_not_toml_is_told_with_its_line(folder: Path, text: str, message: str) -> None:
    assert [message] == told(folder, text)


def test_a_broken_file_does_not_hide_what_is_wrong_in_the_environment(folder: Path) -> None:
    assert 2 == len(faults(folder, "[site", {"SYNDICATOR_SITE_TITLE": "x"}))


def test_a_missing_file_is_one_fault_with_what_to_do(folder: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(folder / "none.toml", {})

    assert (
        f"{folder}/none.toml: there is no such file; name the configuration with -c FILE or in SYNDICATOR_CONFIG"
        == str(caught.value)
    )


def test_a_folder_is_no_configuration(folder: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder; name the file in it"):
        load_settings(folder, {})


def test_bytes_that_are_not_utf_8_are_told_with_their_line(folder: Path) -> None:
    (folder / "site.toml").write_bytes(b'[site]\ntitle = "caf\xe9"\n')

    with pytest.raises(ConfigError, match=r"site\.toml:2: has bytes that are not UTF-8; save the file as UTF-8"):
        load_settings(folder / "site.toml", {})


def test_a_byte_order_mark_and_line_ends_of_windows_are_fine(folder: Path) -> None:
    (folder / "site.toml").write_bytes(b"\xef\xbb\xbf" + (NEEDED + "[log]\nlevel = 1\n").replace("\n", "\r\n").encode())

    with pytest.raises(ConfigError, match=r"site\.toml:10: log\.level"):
        load_settings(folder / "site.toml", {})


def test_brackets_without_end_are_refused(folder: Path) -> None:
    (fault,) = told(folder, "a = " + "[" * 20_000)

    assert fault.startswith("site.toml: is nested too deeply")


def test_lines_are_known_whatever_stands_between() -> None:
    text = '''\
# [not] = "a table"
top.inner = 1
"quoted \\"key\\"".'single' = """
[not.a.table]
no = "key" # \\""" no comment
""""
list = [ # ]
  "]", '[',
  { a = "}" },
]
[ a . b ]
x = \'\'\'
\'y\'\'\'\'
[[c]]
[c.d]
e = 1
[[c]]
f = {g = 1}
[[c.h]]
[[c.h]]
i = """x""" # end
'''
    expected = {
        ("top",): 2, ("top", "inner"): 2, ('quoted "key"',): 3, ('quoted "key"', "single"): 3, ("list",): 7,
        ("a",): 11, ("a", "b"): 11, ("a", "b", "x"): 12, ("c",): 14, ("c", 0): 14, ("c", 0, "d"): 15,
        ("c", 0, "d", "e"): 16, ("c", 1): 17, ("c", 1, "f"): 18, ("c", 1, "h"): 19, ("c", 1, "h", 0): 19,
        ("c", 1, "h", 1): 20, ("c", 1, "h", 1, "i"): 21,
    }  # fmt: skip

    assert expected == key_lines(text)


# --- the environment ----------------------------------------------------------------------------------------------


def test_the_environment_goes_on_top_of_the_file(folder: Path) -> None:
    environ = {
        "SYNDICATOR_SITE__TITLE": "Another",
        "SYNDICATOR_SERVE__PORT": "9000",
        "SYNDICATOR_SOURCE__WATCH": "off",
        "SYNDICATOR_SOURCE__EVERY": "5m",
        "SYNDICATOR_SOURCE__FIELDS__SUMMARY": "deck, description",
        "SYNDICATOR_NETWORK__ALLOW": "10.0.0.0/8,fd00::/8",
        "SYNDICATOR_HUBS": '[{"url": "https://hub.example.net/"}]',
        "SYNDICATOR_LOG": '{"level": "debug", "format": "json"}',
        "SYNDICATOR_LOG__FORMAT": "console",
    }
    settings = load(folder, NEEDED + '[source.fields]\nimage = "cover"\n[serve]\nport = 1\n', environ)

    assert ("Another", "https://news.example.org/") == (settings.site.title, settings.site.url)
    assert (9000, False, timedelta(minutes=5)) == (
        settings.serve.port, settings.source.watch, settings.source.every,
    )  # fmt: skip
    assert {"summary": ("deck", "description"), "image": ("cover",)} == settings.source.fields
    assert 2 == len(settings.network.allow)
    assert ("https://hub.example.net/",) == settings.hub_urls()
    assert ("debug", "console") == (settings.log.level, settings.log.format)


def test_a_list_from_the_environment_may_be_json(folder: Path) -> None:
    settings = load(
        folder, NEEDED, {"SYNDICATOR_NETWORK__ALLOW": ' ["10.0.0.0/8"]', "SYNDICATOR_SOURCE__FIELDS__TAG": ""}
    )

    assert (ipaddress.ip_network("10.0.0.0/8"),) == settings.network.allow
    assert {"tag": ()} == settings.source.fields


def test_everything_can_come_from_the_environment(folder: Path) -> None:
    environ = {
        "SYNDICATOR_SITE": '{"title": "x", "url": "https://x.example/"}',
        "SYNDICATOR_SOURCE__PATH": "posts",
        "SYNDICATOR_PUBLISH": '{"to": "public", "url": "https://x.example/"}',
        "SYNDICATOR_FEEDS": '[{"name": "main", "json": "feed.json"}]',
    }

    assert (Format.JSON, "feed.json") == load(folder, "", environ).feed_specs()[0].outputs[0]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SYNDICATOR_SERVE__PORT", "http", 'serve.port: expected a whole number from 0 to 65535, found "http"'),
        (
            "SYNDICATOR_SERVE__PORT",
            "9" * 5000,
            (f'serve.port: expected a whole number from 0 to 65535, found "{"9" * 57}…"'),
        ),
        ("SYNDICATOR_IMAGES__ASK", "maybe", 'images.ask: expected true or false, found "maybe"'),
        ("SYNDICATOR_SITE__TITLE", "", 'site.title: expected text, not empty, found ""'),
        ("SYNDICATOR_SITE__TITEL", "x", "sets nothing that is known; did you mean SYNDICATOR_SITE__TITLE?"),
        ("SYNDICATOR_SITE_URL", "x", "sets nothing that is known; did you mean SYNDICATOR_SITE__URL?"),
        ("SYNDICATOR_LOG_LEVEL", "x", "sets nothing that is known; did you mean SYNDICATOR_LOG__LEVEL?"),
        ("SYNDICATOR_SITE__TITEL_FILE", "x", "sets nothing that is known; did you mean SYNDICATOR_SITE__TITLE?"),
        ("SYNDICATOR_SITE__Url", "x", "sets nothing that is known; did you mean SYNDICATOR_SITE__URL?"),
        ("SYNDICATOR_XYZZY", "x", "sets nothing that is known; variables are SYNDICATOR_, the table, __ and the key"),
        (
            "SYNDICATOR_FEEDS__0__LIMIT",
            "5",
            ("sets nothing that is known; set SYNDICATOR_FEEDS to the whole list, as JSON"),
        ),
        (
            "SYNDICATOR_HUBS",
            "https://hub.example.net/",
            ('hubs: expected tables, each under [[hubs]], found "https://hub.example.net/"'),
        ),
        (
            "SYNDICATOR_HUBS",
            "[{]",
            ('is not JSON: Expecting property name enclosed in double quotes (character 3); as in ["one", "two"]'),
        ),
        ("SYNDICATOR_HUBS", "[" * 50_000, "is nested too deeply; write it with fewer brackets in brackets"),
        (
            "SYNDICATOR_HUBS",
            '[{"ulr": "https://hub.example.net/", "url": "https://hub.example.net/"}]',
            "hubs[0].ulr: is not known; did you mean 'url'?",
        ),
        ("SYNDICATOR_HUBS", "[{}]", "hubs[0].url: is missing; add url = … under [[hubs]]"),
        (
            "SYNDICATOR_SITE__TITLE_FILE",
            "none",
            (
                "names a file that cannot be read (No such file or directory): "
                "{folder}/none; name one that this user may read"
            ),
        ),
    ],
)
def test_a_fault_in_the_environment_names_the_variable(folder: Path, name: str, value: str, message: str) -> None:
    assert [f"{name}: {message.replace('{folder}', str(folder))}"] == told(
        folder, NEEDED + '[[hubs]]\nurl = "https://hub.example.org/"\n', {name: value}
    )


def test_variables_of_others_are_left_alone(folder: Path) -> None:
    environ = {
        "PATH": "/bin",
        "SYNDICATOR_CONFIG": "x",
        "SYNDICATOR_PORT": "tcp://10.0.0.1:80",
        "SYNDICATOR_PORT_8080_TCP_ADDR": "10.0.0.1",
        "SYNDICATOR_SERVICE_HOST": "10.0.0.1",
        "SYNDICATOR_SERVICE_PORT_HTTP": "80",
        "SYNDICATORS": "x",
    }

    assert load(folder, NEEDED) == load(folder, NEEDED, environ)


def test_a_value_can_be_kept_in_a_file_of_its_own(folder: Path) -> None:
    (folder / "secret").write_text("sqlite:///elsewhere.db\n")
    (folder / "fields").write_text("deck,description\r\n")
    environ = {
        "SYNDICATOR_STATE__URL_FILE": str(folder / "secret"),
        "SYNDICATOR_SOURCE__FIELDS__SUMMARY_FILE": "fields",
    }

    settings = load(folder, NEEDED, environ)

    assert folder / "elsewhere.db" == settings.state_path
    assert {"summary": ("deck", "description")} == settings.source.fields


def test_a_variable_and_its_file_cannot_both_be_set(folder: Path) -> None:
    (folder / "title").write_text("x")
    environ = {"SYNDICATOR_SITE__TITLE": "x", "SYNDICATOR_SITE__TITLE_FILE": "title"}

    assert ["SYNDICATOR_SITE__TITLE_FILE: sets the same as SYNDICATOR_SITE__TITLE; unset one of them"] == told(
        folder, NEEDED, environ
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x" * 1_000_001, "names a file of more than a million bytes; name the file that holds the value alone"),
        (b"", "site.title: expected text, not empty, found a value that is not shown"),
        (b"caf\xe9", "names a file that is not UTF-8; save it as UTF-8"),
    ],
)
def test_a_file_that_cannot_hold_a_value_is_refused(folder: Path, content: bytes, message: str) -> None:
    (folder / "value").write_bytes(content)

    assert [f"SYNDICATOR_SITE__TITLE_FILE: {message}"] == told(folder, NEEDED, {"SYNDICATOR_SITE__TITLE_FILE": "value"})


def test_a_variable_for_a_whole_table_must_hold_a_table(folder: Path) -> None:
    environ = {
        "SYNDICATOR_SITE": "x",
        "SYNDICATOR_SITE__TITLE": "y",
        "SYNDICATOR_SOURCE__FIELDS": "[" + "9" * 5000 + "]",
    }

    assert [
        "SYNDICATOR_SOURCE__FIELDS: holds a number that is too long",
        'SYNDICATOR_SITE: site: expected a table, [site], found "x"',
    ] == told(folder, NEEDED, environ)


def test_a_name_in_the_front_matter_has_no_empty_parts(folder: Path) -> None:
    message = 'source.fields.image: expected a name in the front matter such as "image.path", or a list of them, found '

    assert f'site.toml:10: {message.replace("image:", "image[1]:")}"a..b"' == one(
        folder, '[source.fields]\nimage = ["a", "a..b"]\n'
    )


@pytest.mark.parametrize(
    "path",
    [
        "STATE__URL", "SITE__URL", "SITE__LANGUAGE", "SITE__TIMEZONE", "SERVE__PORT", "SERVE__CACHE", "LOG__LEVEL",
        "NETWORK__ALLOW", "FEEDS", "HUBS", "SITE", "SOURCE", "SOURCE__KIND", "IMAGES__ASK", "NETWORK__TIMEOUT",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "secret", ["hush!", "12345678901234567890", '["hush!"]', '{"url": "hush!"}', '[{"url": "hush!"}]']
)
def test_what_was_kept_in_a_file_is_never_shown(folder: Path, path: str, secret: str) -> None:
    (folder / "secret").write_text(secret)

    message = "\n".join(told(folder, NEEDED, {f"SYNDICATOR_{path}_FILE": "secret"}))

    assert f"SYNDICATOR_{path}_FILE" in message
    assert "hush" not in message
    assert "123456" not in message


def test_the_address_of_the_database_is_shown_neither_in_faults_nor_in_what_is_loaded(folder: Path) -> None:
    for value in ("postgresql://me:hush@db/x", "hush", '["hush"]', "sqlite:///hush?"):
        assert "hush" not in "".join(told(folder, NEEDED, {"SYNDICATOR_STATE__URL": value}))

    assert "hush" not in repr(load(folder, NEEDED, {"SYNDICATOR_STATE__URL": "sqlite:///hush"}))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\x1b[2J\nb", '"a\\x1b[2J\\nb"'),
        ("https://me:hush@x/", '"https://…@x/"'),
        ("\udc80", '"\\udc80"'),
        ({}, "a table"),
        ([], "a list"),
        (None, "nothing"),
        (float("nan"), "nan"),
    ],
)
def test_a_value_is_shown_on_one_line_without_passwords(value: object, text: str) -> None:
    assert text == shown(value)


# --- whatever comes -----------------------------------------------------------------------------------------------

SCRAPS = st.sampled_from(
    [
        *NEEDED.splitlines(), *ONE_FEED.splitlines(), "[[hubs]]", "[feeds]", "feeds = 5", "site = []",
        '_env_file = "x"', "[source.fields]", "[source.fields.x]", "x = {y = [{}]}", '"" = 1', "file = 1", "url = nan",
        "limit = -0x1",
        "[[site]]", "[feeds.x]", "rss = ['x']", "each = 1979-05-27", 'a."b.c".d = """', '"""', "hubs = [1, {}]",
        "[[source.fields]]", 'name = "\\u0000"', "self = 1", "model_config = 1", "every = 07:32:00", '"[key]" = 1',
    ]
)  # fmt: skip


@given(text=st.one_of(st.text(max_size=200), st.lists(SCRAPS | st.text(max_size=20), max_size=12).map("\n".join)))
@hypothesis_settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_configuration_or_a_fault_and_nothing_else(folder: Path, text: str) -> None:
    file = folder / "any.toml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    found = faults_of(lambda: load_settings(file, {}))

    assert all(fault.problem and "\n" not in str(fault) for fault in found)
    assert all(fault.line is None or 1 <= fault.line <= text.count("\n") + 1 for fault in found)


VARIABLES = st.sampled_from(
    [
        "SITE__TITLE", "SITE", "FEEDS", "HUBS", "SOURCE", "SOURCE__FIELDS", "SOURCE__FIELDS__IMAGE", "SERVE__PORT",
        "NETWORK__ALLOW", "SERVE__CACHE", "SITE__URL_FILE", "FEEDS__0", "", "__", "SOURCE__FIELDS__", "IMAGES__ASK",
    ]
)  # fmt: skip
SNIPPETS = st.sampled_from(
    ["[", "{}", "[{}]", "[1]", '[{"name": 1, "rss": []}]', "null", "-1", "1e999", "[NaN]", "\udcff"]
)


@given(environ=st.dictionaries(VARIABLES.map("SYNDICATOR_".__add__), SNIPPETS | st.text(max_size=20), max_size=5))
@hypothesis_settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_environment_is_taken_or_a_fault_and_nothing_else(folder: Path, environ: dict[str, str]) -> None:
    found = faults_of(lambda: load(folder, NEEDED, environ))

    assert all(fault.problem and "\n" not in str(fault) for fault in found)


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("livez", "/livez"),
        ("readyz", "/readyz"),
        ("metrics", "/metrics"),
        ("hub", "/hub"),
        ("hooks/feed.xml", "/hooks/"),
        ("livez.xml", ""),
        ("hub/feed.xml", ""),
        ("feeds/livez", ""),
    ],
)
def test_a_path_that_the_service_answers_for_itself_is_refused(folder: Path, path: str, taken: str) -> None:
    feed = f'[[feeds]]\nname = "main"\nrss = "{path}"\n'
    at_root = {"SYNDICATOR_PUBLISH__URL": "https://news.example.org"}

    found = [
        (fault.line, fault.key, fault.problem) for fault in faults_of(lambda: load(folder, NEEDED + feed, at_root))
    ]

    said = f"comes to lie at {taken}, where the service itself answers"
    assert ([(11, "feeds[0].rss", said)] if taken else []) == found
    assert () == faults_of(lambda: load(folder, NEEDED + feed))


def test_the_folder_that_feeds_are_published_below_counts_for_what_is_reserved(folder: Path) -> None:
    feed = '[[feeds]]\nname = "main"\nrss = "feed.xml"\n'

    (fault,) = faults(folder, NEEDED + feed, {"SYNDICATOR_PUBLISH__URL": "https://news.example.org/hooks"})

    assert "comes to lie at /hooks/" in fault.problem


def test_a_value_that_could_name_a_reserved_path_is_refused(folder: Path) -> None:
    feed = '[[feeds]]\nname = "tag"\neach = "tag"\nrss = "{slug}"\n'

    found = faults(folder, NEEDED + feed, {"SYNDICATOR_PUBLISH__URL": "https://news.example.org/"})

    assert ["/livez", "/readyz", "/metrics", "/hub"] == [fault.problem.split()[5].rstrip(",") for fault in found]


@pytest.mark.parametrize(
    ("host", "good"),
    [("127.0.0.1", True), ("::", True), ("0.0.0.0", True), ("localhost", True), ("fe80::1%eth0", True),
     ("a..b", False), ("", False), ("127.0.0.1:80", False), ("http://x/", False), ("300.1.1.1", False)],
)  # fmt: skip
def test_the_host_to_listen_on_is_an_address_or_a_name(folder: Path, host: str, good: bool) -> None:
    found = faults_of(lambda: load(folder, NEEDED, {"SYNDICATOR_SERVE__HOST": host}))

    assert ([] if good else ["serve.host"]) == [fault.key for fault in found]


def test_the_service_stops_before_a_container_engine_would_kill_it(folder: Path) -> None:
    assert timedelta(seconds=8) == load(folder, NEEDED).run.stop_within
