"""A push is in the feeds as soon as its host has called, however seldom the repository is asked."""

from __future__ import annotations

import hmac
import urllib.error
import urllib.request
from hashlib import sha256
from pathlib import Path

from tests.newsroom import Newsroom, eventually
from tests.repositories import Authors

SECRET = "a secret that both sides know"
#: A second, and what a busy machine makes of it.
SOON = 3.0


def call(newsroom: Newsroom, body: bytes, secret: str = SECRET) -> int:
    """A signed call, as GitHub makes it."""
    made = hmac.digest(secret.encode(), body, sha256).hex()
    request = urllib.request.Request(
        f"http://127.0.0.1:{newsroom.port}/hooks/source",
        data=body,
        headers={"X-Hub-Signature-256": f"sha256={made}", "X-GitHub-Event": "push", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_signed_call_brings_a_push_into_the_feeds_though_the_repository_is_asked_once_an_hour(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    authors = Authors(tmp_path / "authors")
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.publish()
    toml = newsroom.root / "syndicator.toml"
    source = f'kind = "git"\nurl = "{authors.bare}"\nbranch = "main"\npath = "."\nhook_secret = "{SECRET}"'
    settings = toml.read_text().replace('path = "content"', source).replace('every = "30s"', 'every = "1h"')
    # Feeds below a path of their own: the hook is at the root all the same.
    toml.write_text(settings.replace(f":{newsroom.port}/", f":{newsroom.port}/feeds/"))
    with newsroom.running():
        eventually(lambda: newsroom.titles() == ["Alpha"])

        authors.write("_posts/2026-01-02-b.md", title="Beta")
        authors.publish()
        assert 401 == call(newsroom, b'{"ref": "refs/heads/main"}', "a secret of somebody else")
        assert 200 == call(newsroom, b'{"ref": "refs/heads/draft"}')
        assert ["Alpha"] == newsroom.titles()
        assert 202 == call(newsroom, b'{"ref": "refs/heads/main", "after": "1"}')
        eventually(lambda: newsroom.titles() == ["Beta", "Alpha"], within=SOON)

        assert 409 == call(newsroom, b'{"ref": "refs/heads/main", "after": "1"}')
        status = newsroom.command("status").stdout
        assert "last call of a git host 20" in status
        assert "last call that was refused 20" in status
        assert "the repository is asked every 1h, or when its host calls" in status
    assert SECRET not in newsroom.log() + status
