"""What the operator says that an include of the site shows: a kind of thing, and which of its parameters is what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from syndicator.markup.embeds import Arguments, embed, link

#: The kinds, and for each its parts by the names that a parameter has where nothing else is said. The first of a part
#: is how our own maker of such things (``embeds``) knows it.
KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "figure": {
        "src": ("src", "url", "image_path", "image_url", "image", "img", "path", "file", "filename"),
        "alt": ("alt", "alt_text"),
        "caption": ("caption", "cap", "figcaption", "description"),
        "credit": ("attr", "credit", "attribution", "photographer"),
        "link": ("link", "href"),
    },
    "youtube": {
        "id": ("id", "video_id", "videoid", "video", "youtube_id", "youtubeid", "code", "url", "src"),
        "title": ("title", "caption"),
    },
    "vimeo": {"id": ("id", "video_id", "video", "vimeo_id", "url", "src"), "title": ("title", "caption")},
    "link": {"url": ("url", "href", "link", "src"), "text": ("text", "title", "label", "caption")},
    "text": {"text": ("text", "content", "message", "body", "caption", "title")},
    "drop": {},
}
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
_ADDRESS = re.compile(r"(?:https?:)?//\S+|/\S*|[\w.~%-]+(?:/\S*)?|#\S+|mailto:\S+")
_SCHEME = re.compile(r"\w+:(?!//)")


class NoInclude(ValueError):
    """What stands there says nothing of an include: why, and what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Shown:
    """``kind`` is one of KINDS; ``parts`` has the parameter of each part that the operator has named."""

    kind: str
    parts: tuple[tuple[str, str], ...] = ()


def is_name(name: str) -> bool:
    """Whether an include may be called that."""
    return len(name) <= 200 and _NAME.fullmatch(name) is not None


@lru_cache(maxsize=256)
def shown_as(line: str) -> Shown:
    """``figure src=path caption=text`` taken apart. Raises NoInclude with all that is wrong in it."""
    kind, *pairs = line.split() or [""]
    if kind not in KINDS:
        raise NoInclude("names no kind of thing that can be shown", f"begin with one of: {', '.join(KINDS)}")
    known, parts, wrong = KINDS[kind], dict[str, str](), list[str]()
    for pair in pairs:
        part, equals, parameter = pair.partition("=")
        if not equals or not _PARAMETER.fullmatch(parameter):
            wrong.append("what is behind the kind is not written as part=parameter")
        elif part not in known:
            wrong.append(f"a {kind} has no such part")
        elif part in parts:
            wrong.append(f"the part {part} is named twice")
        else:
            parts[part] = parameter.lower().replace("-", "_")
    if wrong:
        have = f"the parts of a {kind} are: {', '.join(known)}" if known else f"{kind} has no parts"
        raise NoInclude("; ".join(dict.fromkeys(wrong)), have)
    return Shown(kind, tuple(parts.items()))


def find(name: str, includes: Mapping[str, str]) -> Shown | None:
    """What is said of an include: by its whole name, else by what is behind its folders, else by that without its
    extension; None for nothing.
    """
    last = name.rpartition("/")[2]
    for known in (name.removeprefix("./"), last, last.partition(".")[0]):
        if known in includes:
            return shown_as(includes[known])
    return None


def show(shown: Shown, given: Arguments) -> str | None:
    """HTML in place of the include; "" for nothing at all on purpose, None when it lacks what it is about."""
    if shown.kind == "drop":
        return ""
    named = dict(shown.parts)
    parts = {
        part: given.first(named[part]) if part in named else given.first(*names)
        for part, names in KINDS[shown.kind].items()
    }
    if shown.kind == "text":
        return parts["text"] or None
    if shown.kind == "link":
        url = parts["url"]
        if not _ADDRESS.fullmatch(url) or (_SCHEME.match(url) and not url.startswith("mailto:")):
            return None
        return link(url, parts["text"] or url.partition("//")[2].partition("/")[0] or url)
    names = {KINDS[shown.kind][part][0]: value for part, value in parts.items() if value}
    sizes = {name: value for name in ("width", "height") if shown.kind == "figure" and (value := given.first(name))}
    return embed(shown.kind, Arguments(names={**names, **sizes})) or None
