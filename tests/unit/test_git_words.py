"""What is said to git, and what git says: command lines, renames, dates; whatever bytes come."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from syndicator.sources.gitcommand import _last_words, ssh_command
from syndicator.sources.gitlog import _commits, composed


def test_ssh_uses_one_key_and_trusts_one_file_whatever_their_names() -> None:
    words = shlex.split(ssh_command(Path("/run/my keys/id 100%"), Path("/etc/known'hosts")))

    assert ["ssh", "-F", "/dev/null"] == words[:3]
    for option in (
        'IdentityFile="/run/my keys/id 100%%"', "UserKnownHostsFile=\"/etc/known'hosts\"", "StrictHostKeyChecking=yes",
        "BatchMode=yes", "IdentitiesOnly=yes", "GlobalKnownHostsFile=/dev/null", "IdentityAgent=none",
    ):  # fmt: skip
        assert option in words


def test_why_git_gave_up_is_one_line_without_advice_or_passwords() -> None:
    said = "Cloning\nfatal: unable to look at 'https://me:hush@x/y'\nbecause \x1b[2Jit is away\nPlease make sure you\n"

    assert "fatal: unable to look at 'https://x/y' · because \\x1b[2Jit is away" == _last_words(said)
    assert "" == _last_words("")


def test_renames_one_after_the_other_are_one() -> None:
    answer = b"R100\0a.md\0b.md\0\0R080\0b.md\0c.md\0R100\0x.md\0y.md\0R100\0y.md\0x.md\0"

    assert {"a.md": ("c.md", 0.8)} == composed(answer)


def test_changes_have_the_date_of_their_commit() -> None:
    zero, one, two = b"0" * 40, b"1" * 40, b"2" * 40
    log = (
        b"\x011700000000\0\n:100644 100644 " + one + b" " + two + b" M\0a.md\0"
        b"\x01999999999999\0\n:000000 100644 " + zero + b" " + one + b" A\0a.md\0"
        b"\x011600000000\0\n:100644 100644 " + one + b" " + one + b" R100\0b.md\0a\n.md\0"
        b"::100644 000000 100644 " + one + b" " + zero + b" " + two + b" MA\0c.md\0"
    )
    first = datetime.fromtimestamp(1700000000, UTC)

    for size in (1, 7, 1000):
        pieces = iter([log[at : at + size] for at in range(0, len(log), size)])
        assert [
            (first, two, b"M", b"a.md", b"a.md"),
            (datetime.fromtimestamp(1600000000, UTC), one, b"R", b"b.md", b"a\n.md"),
            (datetime.fromtimestamp(1600000000, UTC), two, b"MA", b"c.md", b"c.md"),
        ] == [(at, c.oid, c.kind, c.old, c.new) for at, changes in _commits(pieces) for c in changes]


@given(st.lists(st.sampled_from([b"R100", b"R0", b"R", b"", b"a", b"b", b"\n", b"\x011", b"\xff", b":1 1 a b M"])))
def test_any_answer_of_git_is_taken(words: list[bytes]) -> None:
    answer = b"\0".join(words)

    composed(answer)
    list(_commits(iter([answer])))
