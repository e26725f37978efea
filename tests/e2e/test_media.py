"""Sound and pictures of posts, from files in the folder to what readers are told of them."""

from __future__ import annotations

import os

import feedparser
from pytest_httpserver import HTTPServer

from tests.newsroom import Newsroom
from tests.unit.test_images import jpeg

SOUND = b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(990)


def with_episode(newsroom: Newsroom) -> None:
    for name, data in (("e.mp3", SOUND), ("a.jpg", jpeg(40, 30))):
        (newsroom.root / "content" / name).write_bytes(data)
    newsroom.post(
        "2024-05-01-episode.md",
        title="An episode",
        image="{path: /a.jpg, caption: By the sea, credit: Ana}",
        audio='{url: /e.mp3, duration: "1:02:03", title: Episode 1}',
        attachments="[/paper.pdf]",
    )


def test_an_episode_is_measured_and_told_of_in_every_format(newsroom: Newsroom) -> None:
    """rss-40, rss-41, rss-42, rss-61, atom-51, jsonfeed-36, jsonfeed-39."""
    with_episode(newsroom)
    newsroom.build()

    (item,) = newsroom.items()
    sound, picture, paper = item["attachments"]
    assert {
        "url": "https://news.example.org/e.mp3",
        "mime_type": "audio/mpeg",
        "title": "Episode 1",
        "size_in_bytes": 1000,
        "duration_in_seconds": 3723,
    } == sound
    assert ("https://news.example.org/a.jpg", "image/jpeg") == (picture["url"], picture["mime_type"])
    assert {"url": "https://news.example.org/paper.pdf", "mime_type": "application/pdf"} == paper
    assert picture["url"] == item["image"]

    (rss,) = feedparser.parse(newsroom.files()["feed.xml"]).entries
    assert [("https://news.example.org/e.mp3", "audio/mpeg", "1000")] == [
        (file.href, file.type, file.length) for file in rss.enclosures
    ]
    assert {"e.mp3", "a.jpg", "paper.pdf"} == {file["url"].rpartition("/")[2] for file in rss.media_content}
    (atom,) = feedparser.parse(newsroom.files()["atom.xml"]).entries
    assert ["e.mp3", "a.jpg", "paper.pdf"] == [file.href.rpartition("/")[2] for file in atom.enclosures]


def test_a_longer_recording_is_told_of_and_updates_no_post(newsroom: Newsroom) -> None:
    """rss-42, atom-36: the length is that of the file as it is."""
    with_episode(newsroom)
    newsroom.build()
    (before,) = newsroom.items()
    assert "0 written" in newsroom.build().stdout

    sound = newsroom.root / "content" / "e.mp3"
    sound.write_bytes(SOUND + bytes(500))
    os.utime(sound, (1, 1))
    newsroom.build()

    (after,) = newsroom.items()
    assert 1500 == after["attachments"][0]["size_in_bytes"]
    assert before.get("date_modified") == after.get("date_modified")
    sound.unlink()
    newsroom.build()
    assert "size_in_bytes" not in newsroom.items()[0]["attachments"][0]


def test_check_tells_of_files_that_are_not_there(newsroom: Newsroom) -> None:
    with_episode(newsroom)

    said = newsroom.command("check")

    assert "there is no file paper.pdf in the source's folder" in said.stdout + said.stderr
    assert "e.mp3" not in said.stdout + said.stderr


def test_a_feed_may_show_the_picture_in_the_text(newsroom: Newsroom) -> None:
    """rss-43: by feed, and the others stay as they are."""
    newsroom.feeds += '\n[[feeds]]\nname = "mail"\njson = "mail.json"\nhero = "absent"\n'
    newsroom.configure()
    with_episode(newsroom)
    newsroom.build()

    assert "<figure>" not in newsroom.items()[0]["content_html"]
    (mail,) = newsroom.items("mail.json")
    figure = (
        '<figure><img src="https://news.example.org/a.jpg" alt="" width="40" height="30"><figcaption>By the sea — Ana'
    )
    assert mail["content_html"].startswith(figure)
    assert mail["summary"] == newsroom.items()[0]["summary"]


def test_a_recording_elsewhere_is_asked_for_unless_its_length_is_given(newsroom: Newsroom) -> None:
    """rss-42: never more than the first bytes of it are fetched, and a machine of no concern to the feed never."""
    with HTTPServer(host="127.0.0.1") as server:
        server.expect_request("/e.mp3").respond_with_data(SOUND, content_type="text/plain")
        address = server.url_for("/e.mp3")
        newsroom.post("2024-05-01-a.md", title="A", audio=address)
        newsroom.post("2024-05-02-b.md", title="B", audio=f"{{url: {address}?b, length: 7}}")
        newsroom.post("2024-05-03-c.md", title="C", audio="http://169.254.169.254/latest.mp3")
        newsroom.command("build", "--ask-images")
        newsroom.build()

    lengths = {item["title"]: item["attachments"][0].get("size_in_bytes") for item in newsroom.items()}
    assert {"A": 1000, "B": 7, "C": None} == lengths
    assert ["/e.mp3"] == [request.path + ("?" if request.query_string else "") for request, _ in server.log]
