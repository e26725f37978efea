"""Settings about caches, looks from outside and partners' web hooks, and what a person is told when they are wrong."""

from __future__ import annotations

import json
import pickle
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from syndicator.errors import ConfigError
from syndicator.model import Audience, DeliveryKind, Hook
from syndicator.settings import Settings, load_settings

NEEDED = """\
[site]
title = "The Example"
url = "https://news.example.org"
[source]
path = "posts"
[[feeds]]
name = "main"
rss = "feed.xml"
[[feeds]]
name = "tag"
each = "tag"
rss = "tag/{slug}.xml"
[[hubs]]
url = "https://hub.example.net/"
[publish]
to = "public"
url = "https://news.example.org/feeds/"
"""
KEY = bytes(range(24))
SECRET = "whsec_" + b64encode(KEY).decode()
OTHER = "whsec_" + b64encode(bytes(64)).decode()
HOOK = f'[[webhooks]]\nurl = "https://partner.example/hook"\nsecret = "{SECRET}"\n'


def load(folder: Path, added: str, environ: Mapping[str, str] | None = None) -> Settings:
    (folder / "site.toml").write_text(NEEDED + added, encoding="utf-8")
    return load_settings(folder / "site.toml", environ or {})


def told(folder: Path, added: str, environ: Mapping[str, str] | None = None) -> list[str]:
    """The faults as a person reads them, without the folder and with lines counted from the added part."""
    with pytest.raises(ConfigError) as caught:
        load(folder, added, environ)
    before = NEEDED.count("\n")
    return [
        str(fault).removeprefix(f"{folder}/").replace(f"site.toml:{fault.line}:", f"line {(fault.line or 0) - before}:")
        for fault in caught.value.faults
    ]


def test_nobody_but_hubs_is_owed_anything_by_default(tmp_path: Path) -> None:
    settings = load(tmp_path, "")

    assert Audience() == settings.audience()
    assert ("https://hub.example.net/",) == settings.targets()[DeliveryKind.HUB]
    assert timedelta(minutes=10) == settings.publish.verify_within


def test_everybody_who_is_named_is_owed_something(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        'verify = true\nverify_within = "90s"\n[purge]\npreset = "cloudflare"\nzone = "z"\ntoken = "t"\n'
        + HOOK
        + 'feeds = "main"\n',
    )

    assert settings.audience() == Audience(
        purge="https://api.cloudflare.com/",
        verify="https://news.example.org/feeds/",
        hooks=(Hook(url="https://partner.example/hook", feeds=("main",)),),
    )
    assert settings.targets() == {
        DeliveryKind.PURGE: ("https://api.cloudflare.com/",),
        DeliveryKind.VERIFY: ("https://news.example.org/feeds/",),
        DeliveryKind.HUB: ("https://hub.example.net/",),
        DeliveryKind.WEBHOOK: ("https://partner.example/hook",),
    }
    assert (KEY,) == settings.hook_keys(settings.webhooks[0])


def test_a_purge_of_the_address_itself_goes_to_the_host_of_the_feeds(tmp_path: Path) -> None:
    assert "https://news.example.org/" == load(tmp_path, '[purge]\nurl = "{url}"\n').audience().purge


def test_a_request_of_ones_own_is_taken_as_written(tmp_path: Path) -> None:
    text = """
[purge]
url = "https://cdn.example.net/purge?url={url}"
method = "POST"
headers = { Authorization = "Bearer {token}", Host = "{host}" }
body = '{"files": ["{url}"]}'
"""
    purge = load(tmp_path, text, {"SYNDICATOR_PURGE__TOKEN": "abc"}).purge.to_purge()

    assert ("POST", "abc", '{"files": ["{url}"]}') == (purge.method, purge.token, purge.body)
    assert (("Authorization", "Bearer {token}"), ("Host", "{host}")) == purge.headers


def test_headers_of_the_environment_come_beside_those_of_the_file(tmp_path: Path) -> None:
    text = '[purge]\nurl = "{url}"\nheaders = { Authorization = "Bearer {token}" }\n'
    settings = load(tmp_path, text, {"SYNDICATOR_PURGE__TOKEN": "abc", "SYNDICATOR_PURGE__HEADERS__X_ZONE": "z"})

    assert {"Authorization": "Bearer {token}", "x_zone": "z"} == settings.purge.headers


def test_secrets_come_from_files_and_from_the_environment_and_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("TOKEN\n", encoding="utf-8")
    (tmp_path / "hook").write_text(f"{SECRET}\n{OTHER}\n", encoding="utf-8")
    hook = {"url": "https://partner.example/hook", "secret_in": "hook", "headers": {"Authorization": "HIDDEN"}}
    settings = load(
        tmp_path,
        '[purge]\npreset = "fastly"\n',
        {"SYNDICATOR_PURGE__TOKEN_FILE": "token", "SYNDICATOR_WEBHOOKS": json.dumps([hook])},
    )

    assert "TOKEN" == settings.purge.token
    assert (KEY, bytes(64)) == settings.hook_keys(settings.webhooks[0])
    shown = repr(settings) + repr(settings.audience()) + repr(settings.purge.to_purge())
    assert [] == [secret for secret in ("TOKEN", "HIDDEN", SECRET.removeprefix("whsec_")) if secret in shown]
    assert {"TOKEN", "HIDDEN", SECRET, OTHER} <= set(settings.secrets())
    assert (KEY, bytes(64)) == pickle.loads(pickle.dumps(settings)).hook_keys(settings.webhooks[0])


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ('verify = "yes"\n', 'line 1: publish.verify: expected true or false, found "yes"'),
        (
            'verify_within = "10"\n',
            ('line 1: publish.verify_within: expected a duration such as "250ms", "10s" or "1h30m", found "10"; '
            'say of what: "10s" is seconds'),
        ),
        (
            '[purge]\npreset = "fastli"\n',
            'line 2: purge.preset: expected "" or "fastly" or "cloudflare", found "fastli"; did you mean "fastly"?',
        ),
        (
            '[purge]\npreset = "cloudflare"\nzone = "z"\n',
            ("line 1: purge.token: is missing, and Cloudflare asks for one; "
            "set SYNDICATOR_PURGE__TOKEN, or SYNDICATOR_PURGE__TOKEN_FILE to the file that holds it"),
        ),
        (
            '[purge]\npreset = "cloudflare"\ntoken = "t"\n',
            "line 1: purge.zone: is missing, and Cloudflare asks for it; copy the zone's id from its overview",
        ),
        (
            '[purge]\npreset = "fastly"\nkey = "k"\ntoken = "t"\n',
            "line 1: purge.service: is missing, and surrogate keys are those of a service; add its id",
        ),
        (
            '[purge]\npreset = "fastly"\nservice = "s"\n',
            "line 1: purge.key: is missing, and a service is only named for it; add the surrogate key",
        ),
        (
            '[purge]\npreset = "fastly"\nservice = "s"\nkey = "k"\n',
            ("line 1: purge.token: is missing, and surrogate keys are purged with one; "
            "set SYNDICATOR_PURGE__TOKEN, or SYNDICATOR_PURGE__TOKEN_FILE to the file that holds it"),
        ),
        (
            '[purge]\npreset = "fastly"\nzone = "z"\n',
            "line 3: purge.zone: is of no use with preset = fastly; leave it out",
        ),
        (
            '[purge]\npreset = "fastly"\nbody = "x"\n',
            "line 3: purge.body: is of no use with preset = fastly; leave it out",
        ),
        (
            '[purge]\nurl = "{url}"\nsoft = true\n',
            "line 3: purge.soft: is of no use in a request of your own; leave it out",
        ),
        (
            '[purge]\npreset = "fastly"\nurl = "https://x.example/{path}"\n',
            "line 3: purge.url: has places to fill, but with a preset it is where the API is; leave it out",
        ),
        (
            '[purge]\nmethod = "BAN"\n',
            "line 2: purge.method: is set, but nothing is purged without preset or url; set one of them",
        ),
        (
            '[purge]\nurl = "{url}"\nmethod = "purge"\n',
            'line 3: purge.method: expected a method of HTTP such as "PURGE" or "POST", found "purge"',
        ),
        (
            '[purge]\nurl = "https://cdn.example.net/{adress}"\n',
            ("line 2: purge.url: has {adress} in it, which stands for nothing here; "
            "what stands for something: {url}, {host}, {path}"),
        ),
        (
            '[purge]\nurl = "https://cdn.example.net/{token}"\n',
            "line 2: purge.url: has {token} in it, and addresses are shown; put it into headers",
        ),
        (
            '[purge]\nurl = "cdn.example.net/purge"\n',
            ('line 2: purge.url: expected an address such as "https://cdn.example.net/purge?url={url}", or "{url}", '
            'found "cdn.example.net/purge"; did you mean "https://cdn.example.net/purge"?'),
        ),
        (
            '[purge]\nurl = "{url}"\nbody = "{tokn}"\n',
            ("line 3: purge.body: has {tokn} in it, which stands for nothing here; "
            "what stands for something: {url}, {host}, {path}, {token}"),
        ),
        (
            '[purge]\nurl = "{url}"\nheaders = { Authorization = "Bearer {token}" }\n',
            ("line 1: purge.token: is missing, but {token} stands for it; "
            "set SYNDICATOR_PURGE__TOKEN, or SYNDICATOR_PURGE__TOKEN_FILE to the file that holds it"),
        ),
        (
            '[purge]\nurl = "{url}"\ntoken = "t"\n',
            ("line 3: purge.token: is set, but no header and no body has {token} in it; "
            'as in headers = { Authorization = "Bearer {token}" }'),
        ),
        (
            '[purge]\npreset = "fastly"\ntoken = "two words"\n',
            ("line 3: purge.token: is not a token: it has white space in it, or letters that no header can have; "
            "copy it once more"),
        ),
        (
            '[purge]\nurl = "{url}"\nheaders = { "X Y" = "z" }\n',
            'line 3: purge.headers."X Y": expected the name of a header such as "Authorization"',
        ),
        (
            '[purge]\nurl = "{url}"\nheaders = { Connection = "close" }\n',
            "line 3: purge.headers.Connection: is a header that is set by itself; leave it out",
        ),
        (
            '[purge]\nurl = "{url}"\nheaders = { X = "a\\nb" }\n',
            ("line 3: purge.headers.X: is not text that a header can have; "
            "ASCII on one line, without white space around it"),
        ),
        (
            '[purge]\nurl = "{url}"\nheaders = { X-Key = "a", x-key = "b" }\n',
            "line 3: purge.headers.x-key: is named twice; leave out one of them: case does not matter",
        ),
        (f'[[webhooks]]\nsecret = "{SECRET}"\n', "line 1: webhooks[0].url: is missing; add url = … under [[webhooks]]"),
        (
            '[[webhooks]]\nurl = "https://p.example/"\n',
            ("line 1: webhooks[0].secret_in: is missing, and messages are signed; "
            'name the file that holds the secret, such as "hook.secret"'),
        ),
        (HOOK + HOOK, "line 5: webhooks[1].url: is named twice; let one of them have all feeds"),
        (HOOK + 'secret_in = "x"\n', "line 4: webhooks[0].secret_in: is set, and so is secret; leave out one of them"),
        (
            HOOK + 'feeds = ["mian"]\n',
            'line 4: webhooks[0].feeds: names a feed that there is not; did you mean "main"?',
        ),
        (
            HOOK + 'feeds = ["main/news"]\n',
            'line 4: webhooks[0].feeds: names a feed that there is not; did you mean "main"?',
        ),
        (
            HOOK + 'feeds = ["xyz"]\n',
            "line 4: webhooks[0].feeds: names a feed that there is not; the feeds are main, tag",
        ),
        (
            HOOK + 'headers = { Webhook-Id = "x" }\n',
            "line 4: webhooks[0].headers.Webhook-Id: is a header that is set by itself; leave it out",
        ),
        (
            HOOK + 'headers = { Authorization = "Bearer {token}" }\n',
            ("line 4: webhooks[0].headers.Authorization: has {token} in it, "
            "and nothing is filled in here as it is under [purge]; write it out"),
        ),
        (
            '[[webhooks]]\nurl = "https://p.example/"\nsecret = "hunter2"\n',
            ("line 3: webhooks[0].secret: is not a secret of the form whsec_…; "
            'make one with: echo "whsec_$(openssl rand -base64 32)"'),
        ),
        (
            '[[webhooks]]\nurl = "https://p.example/"\nsecret = "whsec_***"\n',
            ("line 3: webhooks[0].secret: is not a secret: what follows whsec_ is not Base64; "
            'make one with: echo "whsec_$(openssl rand -base64 32)"'),
        ),
        (
            '[[webhooks]]\nurl = "https://p.example/"\nsecret = "whsec_c2hvcnQ="\n',
            ("line 3: webhooks[0].secret: is a secret of 5 bytes, and 24 to 64 are wanted; "
            'make one with: echo "whsec_$(openssl rand -base64 32)"'),
        ),
        (
            '[[webhooks]]\nurl = "https://p.example/"\nsecret_in = "empty"\n',
            "line 3: webhooks[0].secret_in: names a file that is empty; write the secret into it",
        ),
        (
            '[[webhooks]]\nurl = "https://p.example/"\nsecret_in = "weak"\n',
            ("line 3: webhooks[0].secret_in: is not a secret of the form whsec_…; "
            'make one with: echo "whsec_$(openssl rand -base64 32)"'),
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line_and_what_to_do(tmp_path: Path, added: str, message: str) -> None:
    (tmp_path / "empty").write_bytes(b"\n")
    (tmp_path / "weak").write_bytes(b"hunter2\n")

    assert [message] == told(tmp_path, added)


def test_a_file_with_a_secret_that_is_not_there_is_named(tmp_path: Path) -> None:
    (fault,) = told(tmp_path, '[[webhooks]]\nurl = "https://p.example/"\nsecret_in = "nowhere"\n')

    assert fault.startswith(
        "line 3: webhooks[0].secret_in: names a file that cannot be read (No such file or directory)"
    )


def test_a_feed_that_each_makes_and_all_that_it_makes_can_be_named(tmp_path: Path) -> None:
    assert ("tag", "tag/news") == load(tmp_path, HOOK + 'feeds = ["tag", "tag/news"]\n').webhooks[0].feeds


@pytest.mark.parametrize(
    "added",
    [
        "[[webhooks]]\nfeeds = 3\nheaders = 3\nurl = 3\nsecret = 3\n",
        "[[webhooks]]\nfeeds = [3]\nsecret_in = 3\n",
        "[purge]\nurl = 3\nheaders = [1]\nbody = 2\n",
        "[webhooks]\nurl = 3\n",
        "[[purge]]\nurl = 3\n",
    ],
)
def test_whatever_is_written_there_is_a_fault_and_nothing_else(tmp_path: Path, added: str) -> None:
    assert told(tmp_path, added)
