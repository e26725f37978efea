"""What the publication is: our configuration on top of the site's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from syndicator.errors import ConfigError
from syndicator.model import Site
from syndicator.ports import SiteFacts
from syndicator.publication import site_of
from syndicator.settings import Settings

SAID = SiteFacts(
    title="Theirs", url="https://theirs.example.org/blog", description="Of theirs", language="de",
    timezone="Asia/Tokyo", author="They",
)  # fmt: skip
REST = {"source": {"path": "posts"}, "publish": {"to": "public", "url": "https://news.example.org/"}}


def settings(**site: str) -> Settings:
    return Settings(Path("site.toml"), {"site": site, **REST})


def faults(facts: SiteFacts, **site: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        site_of(settings(**site), facts)
    return [str(fault) for fault in raised.value.faults]


def test_what_ours_does_not_say_is_the_sites_own() -> None:
    assert Site(
        title="Theirs", url="https://theirs.example.org/blog/", description="Of theirs", language="de",
        timezone="Asia/Tokyo", author="They",
    ) == site_of(settings(), SAID)[0]  # fmt: skip


def test_ours_goes_on_top_even_where_it_says_what_the_default_is() -> None:
    site, _ = site_of(settings(title="Ours", url="https://ours.example.org", language="en", timezone="UTC"), SAID)

    assert ("Ours", "https://ours.example.org/", "en", "UTC", "They") == (
        site.title, site.url, site.language, site.timezone, site.author,
    )  # fmt: skip


def test_what_neither_says_is_a_fault_of_the_configuration_with_what_to_do() -> None:
    assert [
        (
            "site.toml: site.title: is missing, and the site's own configuration does not say it either; "
            "add title = … under [site], or set SYNDICATOR_SITE__TITLE"
        ),
        (
            "site.toml: site.url: is missing, and the site's own configuration does not say it either; "
            "add url = … under [site], or set SYNDICATOR_SITE__URL"
        ),
    ] == faults(SiteFacts(title=" "))


def test_a_zone_or_address_of_the_site_that_cannot_be_is_told_once_and_never_guessed() -> None:
    told = faults(SiteFacts(title="Theirs", url="theirs", timezone="Mars/Olympus"))

    assert [
        (
            'site.toml: site.url: the site\'s own configuration says "theirs", which is none; '
            "mend it there, or add url = … under [site], or set SYNDICATOR_SITE__URL"
        ),
        (
            'site.toml: site.timezone: the site\'s own configuration says "Mars/Olympus", which is none; '
            "mend it there, or add timezone = … under [site], or set SYNDICATOR_SITE__TIMEZONE"
        ),
    ] == told


def test_what_ours_says_mends_what_the_site_says_wrong() -> None:
    site, _ = site_of(settings(timezone="Europe/Berlin"), SiteFacts(title="T", url="https://a.org", timezone="Mars"))

    assert "Europe/Berlin" == site.timezone


def test_a_language_that_is_none_is_left_out_with_a_warning() -> None:
    site, warnings = site_of(settings(), SiteFacts(title="T", url="https://a.org", language="plain english"))

    assert "en" == site.language
    assert ['site.language: the site\'s own configuration says "plain english", which is none, it is ignored'] == [
        warning.reason for warning in warnings
    ]
