"""What well-known tags, includes and shortcodes show, for any reader: pictures, and links in the place of players."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape

_ARGUMENT = re.compile(
    r"\s*+,?\s*+(?:([A-Za-z_][\w-]*+)(?:\s*+=\s*+|:\s++))?"
    r"(?:\"((?>(?:[^\"\\]|\\.)*))\"|'((?>(?:[^'\\]|\\.)*))'|`([^`]*+)`|([^\s,\"'`]++))",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MOST_ARGUMENTS = 50
_ADDRESS = re.compile(r"(?:https?:)?//\S+")
_YOUTUBE = re.compile(r"(?:[?&]v=|youtu\.be/|/embed/|/shorts/|/live/|/v/)([\w-]{6,20})")
_YOUTUBE_ID = re.compile(r"[\w-]{6,20}")
_NUMBER = re.compile(r"\d{1,25}")
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*")
_SIZE = re.compile(r"(\d{1,5})(?:px)?")
_MARKS = re.compile(r"[*_`\[<]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What stands behind the name of a tag: values by place, and by name (in lower case, ``-`` as ``_``)."""

    places: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def first(self, *names: str, place: int | None = None) -> str:
        """The first of these names that has a value, else what stands at a place; "" for nothing."""
        for name in names:
            if value := self.names.get(name, "").strip():
                return value
        return self.places[place].strip() if place is not None and place < len(self.places) else ""

    @property
    def values(self) -> tuple[str, ...]:
        """All that is given."""
        return (*self.places, *self.names.values())


def arguments(text: str, resolve: Callable[[str], str] | None = None) -> Arguments:
    """What is written behind the name of a tag: ``a "b c" d=e f='g'``. ``resolve`` knows the value of a bare word."""
    places: list[str] = []
    names: dict[str, str] = {}
    at = 0
    for _ in range(_MOST_ARGUMENTS):
        match = _ARGUMENT.match(text, at)
        if match is None:
            break
        at = match.end()
        name, double, single, raw, bare = match.groups()
        quoted = next((part for part in (double, single) if part is not None), None)
        value = raw if raw is not None else bare if quoted is None else _ESCAPED.sub(r"\1", quoted)
        if bare is not None and resolve is not None:
            value = resolve(bare)
        if name:
            names.setdefault(name.lower().replace("-", "_"), value)
        else:
            places.append(value)
    return Arguments(places=tuple(places), names=names)


def embed(name: str, given: Arguments) -> str | None:
    """HTML for the well-known thing of a name, "" when it lacks what it is about; None when the name says nothing."""
    known = _KINDS.get(_plain(name))
    if known is None:
        return None
    if known is _video and (provider := _KINDS.get(_plain(given.first("provider", "host", "service")))):
        return provider(given)
    return known(given)


def _plain(name: str) -> str:
    """``components/YouTube-Embed.html`` is ``youtubeembed``."""
    stem = name.rpartition("/")[2]
    stem = stem.partition(".")[0]
    return re.sub(r"[^a-z0-9]", "", stem.lower())


def link(url: str, text: str) -> str:
    """A plain link."""
    return f'<a href="{escape(url)}">{escape(text)}</a>'


def is_block(html: str) -> bool:
    """Whether it stands by itself, and not inside of a line."""
    return html.startswith(("<figure", "<pre", "<details"))


# --- kinds --------------------------------------------------------------------------------------------------------


def _figure(given: Arguments) -> str:
    source = given.first(
        "src", "url", "image_path", "image_url", "image", "img", "path", "file", "filename", "link_src", place=0
    )
    if not source:
        return ""
    caption, title = given.first("caption", "cap", "figcaption"), given.first("title")
    credit, credit_link = given.first("attr", "credit", "attribution"), given.first("attrlink")
    attributes = [("src", source), ("alt", given.first("alt", "alt_text", place=1))]
    attributes += [(key, size[1]) for key in ("width", "height") if (size := _SIZE.fullmatch(given.first(key)))]
    if title and not caption:
        title, caption = "", title
    image = "<img" + "".join(f' {key}="{escape(value)}"' for key, value in attributes) + ">"
    target = given.first("link", "href")
    if _ADDRESS.fullmatch(target) or target.startswith("/"):
        image = f'<a href="{escape(target)}">{image}</a>'
    parts = [f"<strong>{escape(title)}</strong>"] if title else []
    parts += [_caption(caption)] if caption else []
    if credit:
        parts.append(link(credit_link, credit) if credit_link else escape(credit))
    return f"<figure>{image}<figcaption>{' '.join(parts)}</figcaption></figure>" if parts else image


def _caption(text: str) -> str:
    """Captions may hold Markdown, or HTML; both are told apart by their marks alone."""
    if "<" in text or not _MARKS.search(text):
        return text if "<" in text else escape(text, quote=False)
    return f"\n\n{text}\n\n"


def _image(given: Arguments) -> str:
    """``img`` of Octopress has a class or a side before the address."""
    places = given.places
    at = next((i for i, value in enumerate(places) if "/" in value or "." in value), None)
    if given.names.get("src") or at is None:
        return _figure(given)
    sizes = [value for value in places[at + 1 :] if _SIZE.fullmatch(value)]
    texts = [value for value in places[at + 1 :] if not _SIZE.fullmatch(value)]
    names = {**dict(zip(("width", "height"), sizes, strict=False)), "alt": texts[-1] if texts else "", **given.names}
    return _figure(Arguments(names={**names, "src": places[at]}))


def _youtube(given: Arguments) -> str:
    value = given.first(
        "id", "video_id", "videoid", "video", "youtube_id", "youtubeid", "code", "url", "src", "link", place=0
    )
    found = _YOUTUBE.search(value)
    video = found[1] if found else value if _YOUTUBE_ID.fullmatch(value) else ""
    if not video:
        return ""
    text = given.first("title", "caption") or "Watch on YouTube"
    return (
        f'<a href="https://www.youtube.com/watch?v={video}">'
        f'<img src="https://i.ytimg.com/vi/{video}/hqdefault.jpg" alt=""><br>{escape(text)}</a>'
    )


def _vimeo(given: Arguments) -> str:
    number = _NUMBER.search(given.first("id", "video_id", "video", "vimeo_id", "url", "src", place=0))
    return link(f"https://vimeo.com/{number[0]}", given.first("title", "caption") or "Watch on Vimeo") if number else ""


def _gist(given: Arguments) -> str:
    places = [value for value in given.places if _PATH.fullmatch(value)]
    if address := _address(given):
        return link(address, "Gist on GitHub")
    gist = given.first("id", "gist", "gist_id")
    if not gist:
        # Hugo gives user, gist and file; Jekyll the two with a slash between them, or the gist alone.
        gist = "/".join(places[:2]) if len(places) > 1 and "/" not in places[0] and "." not in places[1] else ""
        gist = gist or (places[0] if places else "")
    return link(f"https://gist.github.com/{gist}", "Gist on GitHub") if _PATH.fullmatch(gist) else ""


def _tweet(given: Arguments) -> str:
    if address := _address(given):
        return link(address, "Post on X")
    user = given.first("user", place=0 if len(given.places) > 1 else None)
    number = _NUMBER.fullmatch(
        given.first("id", "tweet_id", "tweetid", "tweet", place=len(given.places) - 1 if given.places else None)
    )
    user = user if re.fullmatch(r"\w{1,40}", user) else "i/web"
    return link(f"https://x.com/{user}/status/{number[0]}", "Post on X") if number else ""


def _instagram(given: Arguments) -> str:
    if address := _address(given):
        return link(address, "Post on Instagram")
    post = given.first("id", place=0)
    return link(f"https://www.instagram.com/p/{post}/", "Post on Instagram") if _YOUTUBE_ID.fullmatch(post) else ""


def _codepen(given: Arguments) -> str:
    user, pen = given.first("user"), given.first("id", "hash", "slug_hash", place=0)
    if _PATH.fullmatch(user) and _PATH.fullmatch(pen):
        return link(f"https://codepen.io/{user}/pen/{pen}", "Pen on CodePen")
    return _video(given)


def _video(given: Arguments) -> str:
    """Anything that is played or shown elsewhere: a link to it, when it says where."""
    address = _address(given) or given.first("src", "url", "file", "mp4", "path", place=0)
    text = given.first("title", "caption", "text", "label")
    if not _ADDRESS.fullmatch(address) and not address.startswith("/"):
        return ""
    return link(address, text or address.partition("//")[2].partition("/")[0] or address.rpartition("/")[2])


def _words(given: Arguments) -> str:
    """A box around words: the words."""
    return given.first("content", "text", "message", "body")


def _address(given: Arguments) -> str:
    return next((value for value in given.values if _ADDRESS.fullmatch(value)), "")


_NAMES: tuple[tuple[Callable[[Arguments], str], tuple[str, ...]], ...] = (
    (_figure, ("figure fig figureimage imagefigure captionedimage imagecaption", "imagewithcaption postimage")),
    (_image, ("image img picture photo responsiveimage imgcaption",)),
    (_youtube, ("youtube yt youtubeembed embedyoutube youtubeplayer youtubevideo", "youtubelite liteyoutube")),
    (_vimeo, ("vimeo vimeoembed embedvimeo vimeoplayer vimeovideo vimeosimple",)),
    (_gist, ("gist githubgist embedgist",)),
    (_tweet, ("twitter tweet x xsimple twittersimple twitterembed embedtweet",)),
    (_instagram, ("instagram instagramsimple instagramembed",)),
    (_codepen, ("codepen",)),
    (_video, ("video audio audioplayer videoplayer iframe soundcloud spotify bandcamp dailymotion tiktok bluesky",
              "mastodon twitch asciinema speakerdeck slideshare jsfiddle facebook peertube pdf pdfviewer button",
              "linkbutton embed oembed loom")),
    (_words, ("note notice alert callout admonition infobox tip warning info important pullquote quote blockquote",)),
)  # fmt: skip
_KINDS = {name: kind for kind, lines in _NAMES for line in lines for name in line.split()}
