"""Sound, video and other files in front matter, in all the shapes that authors give them."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from syndicator.dialects.hugo import Hugo
from syndicator.dialects.jekyll import Jekyll
from syndicator.dialects.plain import Plain
from syndicator.model import EnclosureRef, Post, Site, SourceFile
from syndicator.ports import Dialect
from syndicator.posts.attached import enclosure_refs
from syndicator.posts.fields import DEFAULT_FIELDS
from syndicator.posts.parse import parse_post
from syndicator.posts.rules import Rules
from syndicator.posts.skim import skim_post

SITE = Site(title="The Example", url="https://news.example.org/")
AT = SITE.url


def read(head: str, *, dialect: Dialect | None = None, path: str = "_posts/2023-08-24-a.md") -> Post:
    data = f"---\ntitle: A\ndate: 2023-08-24\n{head}\n---\nWords.\n".encode()
    return parse_post(SourceFile(path=path, version="v", data=data), dialect or Jekyll(), SITE, Rules())


def files(head: str) -> tuple[EnclosureRef, ...]:
    return read(head).enclosures


MP3 = EnclosureRef(url=f"{AT}e.mp3", file="e.mp3", type="audio/mpeg")


@pytest.mark.parametrize(
    "head",
    [
        "audio: /e.mp3",
        "audio: e.mp3",
        "audio: https://news.example.org/e.mp3",
        "audio: [e.mp3]",
        "audio: {url: e.mp3}",
        "audio: {path: e.mp3}",
        "audio: {src: e.mp3}",
        "audio: [{file: e.mp3}]",
        "podcast: e.mp3",
        "podcast: {file: e.mp3, season: 2}",
        "enclosure: e.mp3",
        "enclosures: [{url: e.mp3, type: audio/mp3}]",
        "attachments: [e.mp3, e.mp3]",
        "media: [e.mp3, {image: x.jpg}, 3, null, [y.mp3]]",
        "audio: e.mp3\nenclosure: e.mp3",
    ],
)
def test_a_file_is_found_in_any_shape(head: str) -> None:
    """rss-40, rss-41: an address, a table or a list of them."""
    assert (MP3,) == files(head)
    assert () == read(head).warnings


def test_what_the_author_says_of_a_file_is_kept() -> None:
    """jsonfeed-39."""
    head = 'podcast: {file: "https://cdn.example.com/e?id=1", type: audio/mpeg, length: "34,216,300", title: "*One*"}'

    assert (
        EnclosureRef(url="https://cdn.example.com/e?id=1", type="audio/mpeg", length=34216300, title="One"),
    ) == files(head)


def test_sound_comes_before_video_and_that_before_others() -> None:
    """rss-40."""
    found = files("attachments: [paper.pdf, photo.jpg]\nvideos: [b.mp4]\naudio: a.ogg")

    assert ["audio/ogg", "video/mp4", "application/pdf", "image/jpeg"] == [file.type for file in found]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ('"1:02:03"', 3723),
        ('"62:03"', 3723),
        ("62:03", 3723),
        ("3723", 3723),
        ("3723.5", 3723),
        ("PT1H2M3S", 3723),
        ("PT45M", 2700),
        ('"0:45"', 45),
        ("0", None),
        ('"00:00"', None),
    ],
)
def test_a_duration_is_seconds(written: str, seconds: int | None) -> None:
    """jsonfeed-39."""
    (file,) = files(f"audio: {{url: e.mp3, duration: {written}}}")

    assert seconds == file.duration
    assert () == read(f"audio: {{url: e.mp3, duration: {written}}}").warnings


@pytest.mark.parametrize(
    "field", ["duration: 1:99", 'duration: "1:75:00"', "duration: soon", "duration: PT", "length: 12 MB", "length: -1"]
)
def test_a_number_that_cannot_be_read_is_said_and_ignored(field: str) -> None:
    """rss-41, rss-56: nothing is invented."""
    post = read(f"audio: {{url: e.mp3, {field}}}")

    assert (MP3,) == post.enclosures
    assert ["audio"] == [warning.reason.partition(":")[0] for warning in post.warnings]


@pytest.mark.parametrize(
    "head", ["video: dQw4w9WgXcQ", "video: https://video.example/watch?v=1", "media: photo", "audio: true", "audio: ''"]
)
def test_a_page_or_an_id_is_no_file(head: str) -> None:
    """rss-41: what has no type by its name or by the author's word may be anything."""
    assert ((), ()) == (files(head), read(head).warnings)


@pytest.mark.parametrize(
    "head",
    [
        "enclosure: {url: https://x.example/file}",
        "audio: file:///etc/passwd.mp3",
        "audio: ../../secret.mp3",
        "audio: javascript:alert(1).mp3",
        "audio: https://me:secret@x.example/a.mp3",
    ],
)
def test_what_is_left_out_is_said(head: str) -> None:
    post = read(head)

    assert () == post.enclosures
    assert 1 == len(post.warnings)
    assert "left out" in post.warnings[0].reason
    assert "secret@" not in post.warnings[0].reason


def test_there_is_an_end_to_files() -> None:
    post = read(f"attachments: [{', '.join(f'{n}.mp3' for n in range(1000))}]")

    assert 20 == len(post.enclosures)
    assert ["attachments: there are more than 20 files, the others are left out"] == [w.reason for w in post.warnings]


def test_a_file_is_where_an_image_would_be() -> None:
    """frontmatter-48, frontmatter-76."""
    leaf = read("audio: e.mp3", dialect=Hugo(), path="content/posts/a/index.md")
    plain = read("audio: e.mp3", dialect=Plain(), path="a/index.md")

    assert [f"{AT}posts/a/e.mp3"] == [file.url for file in leaf.enclosures]
    assert [(f"{AT}a/e.mp3", "a/e.mp3")] == [(file.url, file.file) for file in plain.enclosures]


def test_another_file_is_news_and_no_file_is_none() -> None:
    """atom-36: posts without any keep the name of their content."""

    def content(head: str) -> str:
        data = f"---\ntitle: A\n{head}\n---\nWords.\n".encode()
        file = SourceFile(path="_posts/2023-08-24-a.md", version="v", data=data)
        return skim_post(file, Jekyll(), SITE, Rules()).content

    assert 2 == len({content("audio: a.mp3"), content("audio: b.mp3")})
    assert content("") == content("# nothing")


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("a.mp3")
_ANY = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(("url", "file", "type", "length", "duration", "title", "x")), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(("audio", "podcast", "video", "enclosure", "media")), _ANY, max_size=3))
def test_any_value_gives_files_that_can_be_written_or_none(data: dict[str, object]) -> None:
    for file in enclosure_refs(
        data, DEFAULT_FIELDS, base=AT, beside="", path="a.md", warn=lambda _field, _reason: None
    ):
        assert file.url.startswith(("https://", "http://"))
        assert "/" in file.type
        assert (file.length or 1) > 0
        assert (file.duration or 1) > 0


def test_the_configuration_says_where_files_are() -> None:
    data = yaml.safe_load("episode: {mp3: e.mp3}")
    fields = DEFAULT_FIELDS.of({"audio": ("episode.mp3",)})
    found = enclosure_refs(data, fields, base=AT, beside="", path="a.md", warn=lambda _field, _reason: None)

    assert (MP3,) == found
