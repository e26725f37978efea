"""A folder as publisher: whole files, untouched when equal, nothing outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from syndicator.errors import PublishError
from syndicator.model import Document, Format
from syndicator.publishers.local import LocalPublisher


def document(path: str = "feed.xml", body: bytes = b"<rss/>") -> Document:
    return Document(
        path=path, url=f"https://x.example/{path}", format=Format.RSS, media_type="application/rss+xml", body=body
    )


def test_a_document_stands_at_its_path_and_nothing_else_is_left(tmp_path: Path) -> None:
    LocalPublisher(tmp_path / "public").put(document("category/news.xml"))

    assert [tmp_path / "public/category/news.xml"] == [p for p in tmp_path.rglob("*") if p.is_file()]
    assert b"<rss/>" == (tmp_path / "public/category/news.xml").read_bytes()


def test_an_equal_file_is_not_touched(tmp_path: Path) -> None:
    publisher = LocalPublisher(tmp_path)
    first = publisher.put(document())
    before = (tmp_path / "feed.xml").stat()

    assert first == publisher.put(document())
    assert before == (tmp_path / "feed.xml").stat()


def test_a_changed_file_is_another_file_so_that_a_reader_who_has_it_open_reads_on(tmp_path: Path) -> None:
    publisher = LocalPublisher(tmp_path)
    publisher.put(document(body=b"old"))
    with (tmp_path / "feed.xml").open("rb") as reader:
        publisher.put(document(body=b"new"))

        assert b"old" == reader.read()
    assert b"new" == (tmp_path / "feed.xml").read_bytes()


def test_an_altered_or_missing_file_is_noticed(tmp_path: Path) -> None:
    publisher = LocalPublisher(tmp_path)
    versions = {path: publisher.put(document(path)) for path in ("a.xml", "b.xml", "c.xml")}

    assert frozenset() == publisher.altered(versions)
    (tmp_path / "a.xml").unlink()
    (tmp_path / "b.xml").write_bytes(b"somebody else's")
    assert {"a.xml", "b.xml"} == publisher.altered(versions)


def test_a_deleted_file_takes_its_empty_folder_along_and_may_be_deleted_again(tmp_path: Path) -> None:
    publisher = LocalPublisher(tmp_path / "public")
    publisher.put(document("category/news.xml"))
    publisher.put(document("feed.xml"))

    publisher.delete("category/news.xml")
    publisher.delete("category/news.xml")

    assert ["feed.xml"] == [p.name for p in (tmp_path / "public").iterdir()]


@pytest.mark.parametrize(
    "path", ["../feed.xml", "/etc/feed.xml", "a/../../feed.xml", "", "a//b.xml", "a\\..\\b.xml", "./a"]
)
def test_no_path_leads_out_of_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(PublishError, match="leads out"):
        LocalPublisher(tmp_path / "public").put(document(path))

    assert [] == [p for p in tmp_path.rglob("*") if p.is_file()]


def test_a_link_in_the_folder_does_not_lead_out_of_it(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "public/category").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(PublishError, match="symbolic link"):
        LocalPublisher(tmp_path / "public").put(document("category/news.xml"))

    assert [] == list((tmp_path / "elsewhere").iterdir())


def test_a_folder_that_cannot_be_made_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "public").write_text("a file is in the way")

    with pytest.raises(PublishError) as caught:
        LocalPublisher(tmp_path / "public").put(document())

    assert "feed.xml" in str(caught.value)


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / "category").mkdir()
    for leftover in (tmp_path / ".syndicator-feed.xml", tmp_path / "category/.syndicator-news.xml"):
        leftover.write_bytes(b"<rs")
    (tmp_path / ".syndicator-folder").mkdir()

    LocalPublisher(tmp_path).sweep(["feed.xml", "category/news.xml"])

    assert [tmp_path / ".syndicator-folder", tmp_path / "category"] == sorted(tmp_path.rglob("*"))
