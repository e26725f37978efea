"""Posts from a repository behind a real SSH server: who is let in, and which host is believed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.newsroom import Newsroom, eventually
from tests.repositories import Authors
from tests.ssh_host import SSHD, SshHost

pytestmark = pytest.mark.skipif(
    not SSHD, reason="there is no sshd to try it with; install OpenSSH's server (Debian: openssh-server)"
)
STAYS = "it is tried again; the feeds stay as they are"


@pytest.fixture
def authors(tmp_path: Path) -> Authors:
    authors = Authors(tmp_path / "authors")
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.publish()
    return authors


@pytest.fixture
def host(tmp_path: Path) -> Iterator[SshHost]:
    with SshHost(tmp_path / "a host").serving() as host:
        yield host


def of_ssh(newsroom: Newsroom, host: SshHost, authors: Authors) -> Newsroom:
    """The newsroom, with its posts from the host."""
    toml = newsroom.root / "syndicator.toml"
    settings = f'kind = "git"\nurl = "{host.url(authors.bare)}"\npath = "."\n'
    settings += f'ssh_key = "{host.key}"\nknown_hosts = "{host.known_hosts}"\n'
    text = toml.read_text().replace('path = "content"', settings)
    toml.write_text(text.replace('every = "30s"', 'every = "1s"'))
    return newsroom


def test_a_key_of_the_settings_opens_a_host_that_is_known(newsroom: Newsroom, host: SshHost, authors: Authors) -> None:
    of_ssh(newsroom, host, authors)

    with newsroom.running():
        eventually(lambda: newsroom.titles() == ["Alpha"])
        authors.write("_posts/2026-01-02-b.md", title="Beta")
        authors.publish()
        eventually(lambda: newsroom.titles() == ["Beta", "Alpha"])

    assert "Accepted publickey" in host.log()


def test_a_host_with_another_key_is_not_believed(newsroom: Newsroom, host: SshHost, authors: Authors) -> None:
    of_ssh(newsroom, host, authors).build()
    before, let_in = newsroom.files(), host.log().count("Accepted publickey")
    authors.write("_posts/2026-01-02-b.md", title="Beta")
    authors.publish()
    host.trust(host.make_key("another"))

    failed = newsroom.build(status=1)

    assert "has changed and you have requested strict checking" in failed.stderr
    assert (
        "put the host's key, as the host publishes it, into the file that [source] known_hosts names" in failed.stderr
    )
    assert STAYS in failed.stderr
    assert before == newsroom.files()
    assert let_in == host.log().count("Accepted publickey")
    host.trust(host.folder / "host_key")
    newsroom.build()
    assert ["Beta", "Alpha"] == newsroom.titles()


def test_a_host_that_nobody_knows_is_not_believed(newsroom: Newsroom, host: SshHost, authors: Authors) -> None:
    of_ssh(newsroom, host, authors)
    host.known_hosts.write_text("")

    failed = newsroom.build(status=1)

    assert "host key is known for [127.0.0.1]" in failed.stderr
    assert "into the file that [source] known_hosts names" in failed.stderr
    assert "" == host.known_hosts.read_text()
    assert {} == newsroom.files()


def test_with_another_key_nobody_is_let_in_and_the_feeds_stay(
    newsroom: Newsroom, host: SshHost, authors: Authors
) -> None:
    of_ssh(newsroom, host, authors).build()
    before, good = newsroom.files(), host.key.read_bytes()
    authors.write("_posts/2026-01-02-b.md", title="Beta")
    authors.publish()
    host.key.write_bytes(host.make_key("another").read_bytes())

    with newsroom.running():
        eventually(lambda: "Permission denied (publickey)" in newsroom.command("status").stdout)
        status = newsroom.command("status").stdout
        assert f"give [source] token or ssh_key the right to read it; {STAYS}" in status
        assert before == newsroom.files()
        host.key.write_bytes(good)
        eventually(lambda: newsroom.titles() == ["Beta", "Alpha"])
    assert "PRIVATE KEY" not in newsroom.log()


def test_a_key_that_others_may_read_is_told_and_not_used(newsroom: Newsroom, host: SshHost, authors: Authors) -> None:
    of_ssh(newsroom, host, authors)
    host.key.chmod(0o644)

    failed = newsroom.build(status=1)

    assert "bad permissions" in failed.stderr
    assert "let the file that [source] ssh_key names be a private key that only this user may read" in failed.stderr
    assert {} == newsroom.files()
