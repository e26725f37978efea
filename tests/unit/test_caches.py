"""How caches are told: requests as Fastly, Cloudflare and caches of one's own want them."""

from __future__ import annotations

import orjson
import pytest

from syndicator.caches import Purge, fill, fill_address, origin, request_for

TOPIC = "https://news.example.org/feeds/category/caf%C3%A9.xml"


def test_a_purge_is_on_when_there_is_where_to_send_it() -> None:
    assert [False, True, True] == [each.is_on for each in (Purge(), Purge(preset="fastly"), Purge(url="{url}"))]


def test_a_cache_of_ones_own_is_asked_at_the_address_of_the_document() -> None:
    request = request_for(Purge(url="{url}"), TOPIC)

    assert ("PURGE", TOPIC, (), b"") == (request.method, request.url, request.headers, request.content)


def test_a_cache_behind_another_door_hears_path_and_host() -> None:
    purge = Purge(url="http://10.0.0.7:6081{path}", headers=(("Host", "{host}"),))

    request = request_for(purge, f"{TOPIC}?a=1")

    assert "http://10.0.0.7:6081/feeds/category/caf%C3%A9.xml?a=1" == request.url
    assert (("Host", "news.example.org"),) == request.headers


@pytest.mark.parametrize(
    ("template", "address"),
    [
        (
            "https://cdn.example.net/purge?url={url}",
            "https://cdn.example.net/purge?url=https%3A%2F%2Fx.example%2Fa.xml",
        ),
        ("https://cdn.example.net/purge/{host}{path}", "https://cdn.example.net/purge/x.example/a.xml"),
        ("https://cdn.example.net/{other}?p={path}", "https://cdn.example.net/{other}?p=%2Fa.xml"),
    ],
)
def test_an_address_is_encoded_in_a_query_and_as_it_is_in_a_path(template: str, address: str) -> None:
    assert address == fill_address(template, "https://x.example/a.xml")


def test_an_address_without_a_path_has_the_shortest_one() -> None:
    assert "/" == fill("{path}", "https://news.example.org")


def test_the_token_goes_into_headers_and_bodies_as_json_or_as_a_form() -> None:
    body = '{"urls": ["{url}"], "key": "{token}"}'
    json = request_for(Purge(url="https://cdn.example.net/", method="POST", body=body, token="t&t"), TOPIC)
    form = request_for(
        Purge(
            url="https://cdn.example.net/", method="POST", body="url={url}&key={token}", token="t&t",
            headers=(("content-type", "application/x-www-form-urlencoded"),),
        ),
        "https://x.example/a.xml",
    )  # fmt: skip

    assert {"urls": [TOPIC], "key": "t&t"} == orjson.loads(json.content)
    assert b"url=https%3A%2F%2Fx.example%2Fa.xml&key=t%26t" == form.content


def test_cloudflare_is_told_the_address_under_its_zone() -> None:
    request = request_for(Purge(preset="cloudflare", token="abc", zone="0123"), TOPIC)

    assert ("POST", "https://api.cloudflare.com/client/v4/zones/0123/purge_cache") == (request.method, request.url)
    assert {"files": [TOPIC]} == orjson.loads(request.content)
    assert {"Authorization": "Bearer abc", "Content-Type": "application/json"} == dict(request.headers)


def test_fastly_takes_a_purge_of_the_address_or_with_a_token_a_word_to_its_api() -> None:
    bare = request_for(Purge(preset="fastly", soft=True), TOPIC)
    let_in = request_for(Purge(preset="fastly", token="abc"), TOPIC)

    assert ("PURGE", TOPIC) == (bare.method, bare.url)
    assert "1" == dict(bare.headers)["Fastly-Soft-Purge"]
    assert ("POST", f"https://api.fastly.com/purge/{TOPIC.removeprefix('https://')}") == (let_in.method, let_in.url)
    assert {"Accept": "application/json", "Fastly-Key": "abc"} == dict(let_in.headers)


def test_fastly_lets_go_of_all_with_a_surrogate_key() -> None:
    request = request_for(Purge(preset="fastly", token="abc", service="S1", key="feeds/all"), TOPIC)

    assert "https://api.fastly.com/service/S1/purge/feeds%2Fall" == request.url


def test_the_api_of_a_preset_may_be_elsewhere() -> None:
    purge = Purge(preset="cloudflare", url="http://127.0.0.1:9/v4", token="abc", zone="z")

    assert "http://127.0.0.1:9/v4/zones/z/purge_cache" == request_for(purge, TOPIC).url


def test_whom_it_goes_to_is_named_without_anything_else() -> None:
    assert "https://cdn.example.net:8443/" == origin("https://cdn.example.net:8443/purge?url=x")


def test_what_lets_us_in_is_not_shown() -> None:
    purge = Purge(preset="cloudflare", token="SECRET", zone="z", headers=(("X", "SECRET"),))

    assert "SECRET" not in repr(purge) + repr(request_for(purge, TOPIC))
