"""Posts from a git repository on loopback: feeds follow what is pushed, and stay when nothing can be had."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.newsroom import COMMAND, Newsroom, eventually
from tests.repositories import Authors, Daemon, HttpHost, run_git

BODY = "\n\n".join(f"Paragraph {number} says what happened, where, and to whom." for number in range(20))


@pytest.fixture
def authors(tmp_path: Path) -> Authors:
    return Authors(tmp_path / "authors")


def of_git(newsroom: Newsroom, url: str, more: str = "") -> Newsroom:
    """The newsroom, with its posts from a repository."""
    toml = newsroom.root / "syndicator.toml"
    settings = toml.read_text().replace('path = "content"', f'kind = "git"\nurl = "{url}"\npath = "."\n{more}')
    toml.write_text(settings.replace('every = "30s"', 'every = "1s"'))
    return newsroom


def ids(newsroom: Newsroom) -> dict[str, str]:
    """Ids in the JSON feed by title."""
    return {item["title"]: item["id"] for item in newsroom.items()}


def test_push_rename_revert_and_force_push_show_up_while_the_service_runs_and_ids_stay(
    newsroom: Newsroom, authors: Authors
) -> None:
    authors.write("_posts/2026-01-01-a.md", BODY, title="Alpha", category="News")
    authors.publish()
    daemon = Daemon(authors.bare.parent)
    of_git(newsroom, daemon.url)
    with daemon.serving(), newsroom.running():
        eventually(lambda: newsroom.titles() == ["Alpha"])
        alpha = ids(newsroom)["Alpha"]

        authors.write("_posts/2026-01-02-b.md", BODY, title="Beta")
        authors.publish()
        eventually(lambda: newsroom.titles() == ["Beta", "Alpha"])
        beta = ids(newsroom)["Beta"]

        # Renamed, retitled and rewritten at once: only git knows.
        (authors.work / "_posts/2026-01-02-b.md").unlink()
        authors.write("_posts/2026-01-02-c.md", BODY + "\n\nMore of it.", title="Gamma")
        authors.publish()
        eventually(lambda: newsroom.titles() == ["Gamma", "Alpha"])
        assert beta == ids(newsroom)["Gamma"]

        run_git(authors.work, "revert", "--no-edit", "HEAD")
        authors.push()
        eventually(lambda: newsroom.titles() == ["Beta", "Alpha"])
        assert beta == ids(newsroom)["Beta"]

        run_git(authors.work, "reset", "-q", "--hard", "HEAD~3")
        authors.write("_posts/2026-01-03-d.md", title="Delta")
        authors.commit()
        authors.push("--force", "origin", "main")
        eventually(lambda: newsroom.titles() == ["Delta", "Alpha"])
        assert alpha == ids(newsroom)["Alpha"]


def test_a_build_lets_posts_expire_while_no_copy_of_the_repository_can_be_had(
    newsroom: Newsroom, authors: Authors
) -> None:
    """The copy is gone, and the host is away."""
    until = time.time() + 2.5
    authors.write("_posts/2026-01-01-a.md", BODY, title="Alpha")
    authors.write("_posts/2026-01-02-b.md", BODY, title="Brief", expiryDate=f"{datetime.fromtimestamp(until, UTC)}")
    authors.publish()
    daemon = Daemon(authors.bare.parent)
    of_git(newsroom, daemon.url)
    with daemon.serving():
        newsroom.build()
    before = newsroom.titles()
    shutil.rmtree(newsroom.root / "state.db.git")
    eventually(lambda: time.time() > until)

    said = newsroom.build(status=1).stderr

    assert ["Brief", "Alpha"] == before
    assert ["Alpha"] == newsroom.titles()
    assert "cannot be fetched" in said


def test_what_was_fetched_last_stays_while_host_or_branch_is_away_and_comes_back_by_itself(
    newsroom: Newsroom, authors: Authors
) -> None:
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.publish()
    daemon = Daemon(authors.bare.parent)
    of_git(newsroom, daemon.url, 'branch = "main"\n')
    with daemon.serving():
        newsroom.build()
    before = newsroom.files()
    with newsroom.running():
        eventually(lambda: "Connection refused" in newsroom.log())
        assert "Connection refused" in newsroom.get("readyz?verbose")[2].decode()
        assert "it is tried again; the feeds stay as they are" in newsroom.get("")[2].decode()
        assert 200 == newsroom.get("readyz")[0]
        assert "  failed " in newsroom.command("status").stdout

        run_git(authors.bare, "update-ref", "-d", "refs/heads/main")
        with daemon.serving():
            eventually(lambda: 'has no branch "main" (any more)' in newsroom.command("status").stdout)
            assert before == newsroom.files()

            authors.write("_posts/2026-01-02-b.md", title="Beta")
            authors.publish()
            eventually(lambda: newsroom.titles() == ["Beta", "Alpha"])
            status = newsroom.command("status").stdout
            assert f"source     {daemon.url} (main) at {run_git(authors.work, 'rev-parse', 'HEAD')[:10]}" in status
            assert "  failed " not in status
    assert "Traceback" not in newsroom.log()


def test_a_build_without_its_host_says_so_and_leaves_the_feeds_as_they_are(
    newsroom: Newsroom, authors: Authors
) -> None:
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.publish()
    daemon = Daemon(authors.bare.parent)
    of_git(newsroom, daemon.url)
    never = newsroom.build(status=1)
    assert "cannot be fetched" in never.stderr
    assert {} == newsroom.files()
    with daemon.serving():
        newsroom.build()
    before = newsroom.files()

    failed = newsroom.build(status=1)

    assert f"source {daemon.url}: cannot be fetched" in failed.stderr
    assert "it is tried again; the feeds stay as they are" in failed.stderr
    assert before == newsroom.files()
    with daemon.serving():
        newsroom.build()
    assert "failed" not in newsroom.command("status").stdout


def test_looking_changes_nothing_on_disk(newsroom: Newsroom, authors: Authors) -> None:
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.publish()
    of_git(newsroom, str(authors.bare))
    for words in (("check",), ("build", "--dry-run")):
        done = newsroom.command(*words)
        assert (1, True) == (done.returncode, "nothing was fetched yet; 'syndicator run' and 'syn" in done.stderr)
    newsroom.build()
    authors.write("_posts/2026-01-02-b.md", title="Beta")
    authors.publish()
    before = snapshot(newsroom.root)

    for words in (("check",), ("why", "2026-01-01-a.md"), ("status",), ("build", "--dry-run")):
        done = newsroom.command(*words)
        assert 0 == done.returncode, done.stderr

    assert before == snapshot(newsroom.root)


def snapshot(root: Path) -> dict[str, tuple[int, int]]:
    """Every file with its size and time."""
    return {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file() and "authors" not in path.parts
    }


def test_a_fresh_clone_and_a_folder_give_the_same_bytes(newsroom: Newsroom, authors: Authors, tmp_path: Path) -> None:
    """frontmatter-83"""
    for number in range(1, 6):
        authors.write(f"_posts/2026-01-0{number}-p.md", BODY, title=f"Post {number}", category="News")
    picture = authors.work / "images" / "a.png"
    picture.parent.mkdir()
    picture.write_bytes(PNG)
    authors.write("_posts/2026-01-06-p.md", title="Pictured", image="/images/a.png")
    authors.publish()
    of_git(newsroom, str(authors.bare)).build()
    (tmp_path / "second").mkdir()
    second = Newsroom(tmp_path / "second", port=newsroom.port)
    of_git(second, authors.bare.as_uri()).build()
    (tmp_path / "third").mkdir()
    third = Newsroom(tmp_path / "third", port=newsroom.port)
    run_git(tmp_path, "clone", "-q", str(authors.bare), str(third.root / "content" / "site"))
    toml = third.root / "syndicator.toml"
    toml.write_text(toml.read_text().replace('path = "content"', 'path = "content/site"'))
    third.build()

    assert 4 == len(newsroom.files())
    assert newsroom.files() == second.files() == third.files()
    assert b'length="69"' in newsroom.files()["feed.xml"]


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003"
    "010100c9fe92ef0000000049454e44ae426082"
)


def test_a_token_reaches_the_host_and_nobody_else(newsroom: Newsroom, authors: Authors, tmp_path: Path) -> None:
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.publish()
    host = HttpHost(authors.bare.parent, username="reader", password="hush-hush")
    (tmp_path / "token").write_text("hush-hush\n")
    spy = tmp_path / "bin" / "git"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>{tmp_path}/said\nPATH={os.environ["PATH"]} exec git "$@"\n')
    spy.chmod(0o755)
    environ = {"SYNDICATOR_SOURCE__TOKEN_FILE": str(tmp_path / "token"), "PATH": f"{spy.parent}:{os.environ['PATH']}"}
    with host.serving():
        of_git(newsroom, host.url, 'username = "reader"\n')
        done = newsroom.build(env=environ)

        assert ["Alpha"] == newsroom.titles()
        assert {"reader:hush-hush"} == set(host.credentials)
        (tmp_path / "token").write_text("hush-wrong\n")
        wrong = newsroom.build(env=environ, status=1)
        assert "give [source] token or ssh_key the right to read it" in wrong.stderr
        bare = newsroom.build(status=1)
        assert "give [source] token or ssh_key the right to read it" in bare.stderr
    everything = done.stdout + done.stderr + wrong.stderr + (tmp_path / "said").read_text()
    kept = [path for path in newsroom.root.rglob("*") if path.is_file() and "authors" not in path.parts]
    assert "fetch" in everything
    assert "hush" not in everything
    assert [tmp_path / "token"] == [path for path in kept if b"hush" in path.read_bytes()]


def test_a_token_does_not_follow_a_redirect(newsroom: Newsroom, authors: Authors) -> None:
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.publish()
    with HttpHost(authors.bare.parent, password="x").serving() as other:
        host = HttpHost(authors.bare.parent, status=302, location=f"{other.url}/info/refs?service=git-upload-pack")
        with host.serving():
            done = of_git(newsroom, host.url).build(status=1, env={"SYNDICATOR_SOURCE__TOKEN": "hush"})

    assert [] == other.heard == other.credentials
    assert "set [source] url to the address that it redirects to" in done.stderr


def test_nothing_in_a_hostile_repository_is_run_or_read_from_outside(
    newsroom: Newsroom, authors: Authors, tmp_path: Path
) -> None:
    proof = tmp_path / "proof"
    secret = tmp_path / "secret.md"
    secret.write_text("---\ntitle: Secret\n---\nSecret.\n")
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.write("_posts/2026-01-02---upload-pack=touch.md", title="Dashes")
    authors.write("_posts/-rf.md", title="Not a post")
    authors.write("_posts/2026-01-03-a\nb.md", title="Newline")
    posts = authors.work / "_posts"
    (posts / "2026-01-04-out.md").symlink_to(secret)
    (posts / "2026-01-05-up.md").symlink_to("../../../../../../etc/passwd")
    (posts / "2026-01-06-in.md").symlink_to("2026-01-01-a.md")
    (posts / "2026-01-07-loop.md").symlink_to("2026-01-07-loop.md")
    (authors.work / "out").symlink_to(tmp_path)
    authors.write("_posts/2026-01-08-image.md", title="Image", image="/out/secret.md")
    (authors.work / ".gitmodules").write_text(
        f'[submodule "x"]\n\tpath = sub\n\turl = ext::sh -c "touch {proof}"\n\tupdate = !touch {proof}\n'
    )
    (authors.work / ".gitattributes").write_text("* filter=evil diff=evil\n")
    run_git(authors.work, "add", "-A")
    run_git(authors.work, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    authors.commit()
    run_git(authors.work, "update-ref", "refs/heads/--upload-pack=x", "HEAD")
    authors.push("origin", "main", "refs/heads/--upload-pack=x")
    for name in ("post-checkout", "post-merge", "reference-transaction", "pre-auto-gc", "upload-pack"):
        hook = authors.bare / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {proof}\n")
        hook.chmod(0o755)
    for key in ("uploadpack.packObjectsHook", "core.fsmonitor", "core.sshCommand", "core.alternateRefsCommand"):
        run_git(authors.bare, "config", key, f"touch {proof}")
    (authors.bare / "HEAD").write_text("ref: refs/heads/--upload-pack=x\n")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        f"[core]\n\thooksPath = {authors.bare}/hooks\n\tfsmonitor = touch {proof}\n"
        f'[url "ext::touch {proof} "]\n\tinsteadOf = /\n[protocol]\n\tallow = always\n'
    )
    environ = {"HOME": str(home), "GIT_SSH_COMMAND": f"touch {proof}", "GIT_EXEC_PATH": str(tmp_path), "GIT_DIR": "/x"}

    done = of_git(newsroom, str(authors.bare)).build(status=1, env=environ)

    assert not proof.exists()
    assert ["Image", "Alpha", "Dashes", "Alpha"] == newsroom.titles()
    refused = [line for line in done.stderr.splitlines() if line.startswith("refused: ")]
    leads = "is a link that leads out of the repository, or nowhere; copy the file instead"
    assert [
        "refused: _posts/2026-01-03-a\\nb.md: its name is not printable UTF-8; rename it",
        f"refused: _posts/2026-01-04-out.md: {leads}",
        f"refused: _posts/2026-01-05-up.md: {leads}",
        f"refused: _posts/2026-01-07-loop.md: {leads}",
    ] == refused
    assert b"secret" not in newsroom.files()["feed.xml"].replace(b"/out/secret.md", b"").lower()
    assert b'length="0"' in newsroom.files()["feed.xml"] or b"enclosure" not in newsroom.files()["feed.xml"]


def test_a_damaged_copy_keeps_the_feeds_and_is_fetched_anew(newsroom: Newsroom, authors: Authors) -> None:
    for number in range(1, 5):
        authors.write(f"_posts/2026-01-0{number}-a.md", BODY, title=f"Post {number}")
    authors.publish()
    of_git(newsroom, str(authors.bare))
    with newsroom.running():
        eventually(lambda: 4 == len(newsroom.titles()))
        before = newsroom.files()
        for path in (newsroom.root / "state.db.git" / "objects").rglob("*"):
            if path.is_file():
                path.chmod(0o644)
                path.write_bytes(b"\0" * path.stat().st_size)
        authors.write("_posts/2026-01-05-b.md", title="Beta")
        authors.publish()
        eventually(lambda: "Beta" in newsroom.titles())
        after = {name: newsroom.files()[name] for name in before}
    assert "damaged" in newsroom.log()
    assert "Traceback" not in newsroom.log()
    assert before.keys() == after.keys()


def test_it_stops_in_time_while_a_host_hangs_and_leaves_no_git_behind(newsroom: Newsroom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        of_git(newsroom, f"git://127.0.0.1:{silent.getsockname()[1]}/site.git")
        with (
            newsroom.root.joinpath("log").open("ab") as log,
            subprocess.Popen(
                [*COMMAND, "-c", str(newsroom.root / "syndicator.toml"), "run"], stdout=log, stderr=log
            ) as process,
        ):
            connection, _ = silent.accept()
            assert 200 == newsroom.get("livez")[0]
            process.send_signal(signal.SIGTERM)
            assert 0 == process.wait(9)
            connection.settimeout(5)
            while connection.recv(4096):
                pass
            connection.close()


def test_a_build_that_was_killed_while_fetching_is_repeated(newsroom: Newsroom, authors: Authors) -> None:
    authors.write("_posts/2026-01-01-a.md", title="Alpha")
    authors.publish()
    of_git(newsroom, str(authors.bare), 'timeout = "3s"\n').build()
    store = newsroom.root / "state.db.git"
    for name in ("shallow.lock", "packed-refs.lock", "HEAD.lock", "config.lock"):
        (store / name).touch()
    authors.write("_posts/2026-01-02-b.md", title="Beta")
    authors.publish()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        toml = newsroom.root / "syndicator.toml"
        good = toml.read_text()
        toml.write_text(good.replace(str(authors.bare), f"git://127.0.0.1:{silent.getsockname()[1]}/x"))
        with subprocess.Popen([*COMMAND, "-c", str(toml), "build"], stderr=subprocess.DEVNULL) as process:
            connection, _ = silent.accept()
            process.kill()
            process.wait()
            toml.write_text(good)
            # The orphan still holds the copy's lock, for as long as a fetch may take.
            assert "somebody else is fetching into it" in newsroom.build(status=1).stderr
            eventually(lambda: newsroom.command("build").returncode == 0)
            connection.close()

    assert ["Beta", "Alpha"] == newsroom.titles()


def test_updated_is_the_date_of_the_last_change_where_the_whole_history_is_there(
    newsroom: Newsroom, authors: Authors, tmp_path: Path
) -> None:
    authors.write("_posts/2026-01-01-a.md", BODY, title="Alpha")
    authors.commit(at="2026-01-01T10:00:00+00:00")
    authors.write("_posts/2026-01-01-a.md", BODY + "\n\nMore.", title="Alpha")
    authors.commit(at="2026-01-05T10:00:00+01:00")
    authors.write("_posts/2026-01-02-b.md", title="Beta", lastmod="2026-01-03 12:00:00 +0000")
    authors.commit(at="2026-01-09T10:00:00+00:00")
    authors.push()
    of_git(newsroom, str(authors.bare), "depth = 0\n").build()
    (tmp_path / "second").mkdir()
    shallow = Newsroom(tmp_path / "second")
    of_git(shallow, str(authors.bare), "depth = 1\n").build()

    assert ["2026-01-03T12:00:00Z", "2026-01-05T09:00:00Z"] == [item.get("date_modified") for item in newsroom.items()]
    assert "2026-01-05" not in (shallow.root / "public" / "atom.xml").read_text()


def test_thousands_of_posts_are_read_by_several_processes_as_from_a_folder(
    newsroom: Newsroom, authors: Authors, tmp_path: Path
) -> None:
    for number in range(2_100):
        authors.write(f"_posts/2026-01-{number % 28 + 1:02}-post-{number}.md", title=f"Post {number}")
    authors.publish()
    of_git(newsroom, str(authors.bare)).build()
    (tmp_path / "second").mkdir()
    second = Newsroom(tmp_path / "second", port=newsroom.port)
    (second.root / "content" / "_posts").rmdir()
    (authors.work / "_posts").rename(second.root / "content" / "_posts")
    second.build()

    assert 50 == len(newsroom.items())
    assert newsroom.files() == second.files()


def test_pages_of_the_built_site_are_those_of_the_commit_too(newsroom: Newsroom, authors: Authors) -> None:
    """frontmatter-41: the post is as it was, and its page is pushed anew; the service goes on with that."""
    authors.write("_posts/2026-01-01-a.md", "Source.", title="Alpha", category="News")
    page = authors.work / "_site/news/2026/01/01/a.html"
    page.parent.mkdir(parents=True)
    page.write_text("<article><p>Built.</p></article>")
    authors.publish()
    of_git(newsroom, str(authors.bare), 'rendered = "_site"')
    with newsroom.running():
        eventually(lambda: newsroom.items()[0]["content_html"] == "<p>Built.</p>")

        page.write_text("<article><p>Again.</p></article>")
        authors.publish()
        eventually(lambda: newsroom.items()[0]["content_html"] == "<p>Again.</p>")


def test_dates_of_a_history_are_the_same_in_every_clone(newsroom: Newsroom, authors: Authors, tmp_path: Path) -> None:
    """frontmatter-66 and 83"""
    (authors.work / "posts").mkdir()
    (authors.work / "posts" / "posts.json").write_text('{"tags": "posts", "date": "git Created"}')
    for number in range(1, 4):
        authors.write(f"posts/p{number}.md", BODY, title=f"Post {number}")
        authors.commit(at=f"2026-01-0{number}T10:00:00+00:00")
    run_git(authors.work, "mv", "posts/p1.md", "posts/first.md")
    authors.commit(at="2026-01-09T10:00:00+00:00")
    authors.push()
    rooms = [newsroom]
    for name in ("second", "third"):
        (tmp_path / name).mkdir()
        rooms.append(Newsroom(tmp_path / name, port=newsroom.port))
    for room in rooms:
        of_git(room, str(authors.bare), "depth = 0\n")
        toml = room.root / "syndicator.toml"
        toml.write_text(re.sub('dialect = ".*"', 'dialect = "eleventy"', toml.read_text()))
        room.build()
        for file in (room.root / "state.db.git").rglob("*"):
            os.utime(file, (1, 1))

    assert ["2026-01-03", "2026-01-02", "2026-01-01"] == [i["date_published"][:10] for i in newsroom.items()]
    assert newsroom.files() == rooms[1].files() == rooms[2].files()
