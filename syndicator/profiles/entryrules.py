"""Each rule about an entry: whether it is broken, in a sentence, and the entry as it would be mended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from syndicator.markup.summary import cut, text_of
from syndicator.model import Entry, Feed, Image, Person, ProfileRule
from syndicator.profiles.html import (
    allow,
    fewer_breaks,
    flatten,
    is_secure,
    length_of,
    over_https,
    truncate,
)
from syndicator.profiles.pictures import may_go, rights_of, swap, too_small


@dataclass(frozen=True, slots=True)
class Breach:
    """What is wrong, and the entry without that; None where nothing can be done about it."""

    message: str
    mended: Entry | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule is asked about: ``wants`` begins the end of its sentence, ``instead`` is our own picture."""

    entry: Entry
    rule: ProfileRule
    feed: Feed
    who: str
    instead: Image | None = None

    @property
    def number(self) -> float:
        """The rule's value where it is a number."""
        return self.rule.value if isinstance(self.rule.value, int | float) else 0

    @property
    def words(self) -> tuple[str, ...]:
        """The rule's value where it is a list."""
        return self.rule.value if isinstance(self.rule.value, tuple) else ()

    @property
    def most(self) -> int:
        """The rule's value as a limit."""
        return int(self.number)

    def says(self, what: str, wants: str) -> str:
        """``title has 17 characters, MSN wants more than 20``."""
        return f"{what}, {self.who} wants {wants}"


Find = Callable[[Asked], Breach | None]


def _languages(asked: Asked) -> Breach | None:
    language = (asked.entry.language or asked.feed.language).casefold()
    taken = [word.casefold() for word in asked.words]
    if not language or any(language == word or language.startswith(f"{word}-") for word in taken):
        return None
    return Breach(asked.says(f"language is {language}", " or ".join(asked.words)))


def _title_min(asked: Asked) -> Breach | None:
    length = len(asked.entry.title)
    if length >= asked.number or asked.entry.short_title:
        return None
    return Breach(asked.says(f"title has {_characters(length)}", f"more than {asked.most - 1}"))


def _at_most(name: str, text: Callable[[Entry], str], having: Callable[[Entry, str], Entry]) -> Find:
    def find(asked: Asked) -> Breach | None:
        length = len(text(asked.entry))
        if length <= asked.number:
            return None
        shorter = having(asked.entry, cut(text(asked.entry), asked.most))
        return Breach(asked.says(f"{name} has {_characters(length)}", f"at most {asked.most}"), shorter)

    return find


def _author_required(asked: Asked) -> Breach | None:
    if asked.entry.people:
        return None
    name = asked.feed.author.strip()
    signed = replace(asked.entry, people=(Person(name=name),)) if name else None
    return Breach(asked.says("no author", "one"), signed)


def _https_only(asked: Asked) -> Breach | None:
    entry = asked.entry
    picture = entry.image is not None and not is_secure(entry.image.url)
    html = over_https(entry.html)
    if not picture and html == entry.html and all(is_secure(file.url) for file in entry.enclosures):
        return None
    mended = swap(entry, asked.instead, from_text=False) if picture else entry
    mended = replace(mended, html=html, enclosures=tuple(file for file in mended.enclosures if is_secure(file.url)))
    return Breach(asked.says("a picture or file without https", "https"), mended)


def _image_rights(asked: Asked) -> Breach | None:
    image = asked.entry.image
    if image is None or image == asked.instead or may_go(image, asked.words):
        return None
    what = f'the rights of the picture are "{rights_of(image)}"'
    return Breach(
        f"{what}, the feed has those of {', '.join(asked.words) or 'none'}",
        swap(asked.entry, asked.instead, from_text=True),
    )


def _image_credit(asked: Asked) -> Breach | None:
    image = asked.entry.image
    if image is None or image == asked.instead or image.credit.strip():
        return None
    return Breach(asked.says("picture has no credit", "one"), swap(asked.entry, asked.instead, from_text=True))


def _image_types(asked: Asked) -> Breach | None:
    image = asked.entry.image
    if image is None or not image.type or image.type in asked.words:
        return None
    return _unfit(asked, f"picture is {image.type}", " or ".join(asked.words))


def _image_max_bytes(asked: Asked) -> Breach | None:
    image = asked.entry.image
    if image is None or image.length is None or image.length <= asked.number:
        return None
    return _unfit(asked, f"picture has {image.length:,} bytes", f"at most {asked.most:,}")


def _side(name: str, side: Callable[[int, int], int]) -> Find:
    def find(asked: Asked) -> Breach | None:
        image = asked.entry.image
        size = too_small(image, asked.number, side) if image else ""
        return _unfit(asked, f"picture has {size} pixels", f"{name} of at least {asked.most}") if size else None

    return find


def _image_ratio(*, least: bool) -> Find:
    def find(asked: Asked) -> Breach | None:
        image = asked.entry.image
        if image is None or not image.width or not image.height:
            return None
        ratio = image.width / image.height
        if ratio >= asked.number if least else ratio <= asked.number:
            return None
        wants = f"{'at least' if least else 'at most'} {asked.number:g}"
        return _unfit(asked, f"picture is {ratio:.2f} times as wide as high", wants)

    return find


def _image_required(asked: Asked) -> Breach | None:
    return None if asked.entry.image else Breach(asked.says("no picture", "one"))


def _html_elements(asked: Asked) -> Breach | None:
    if not asked.entry.html:
        return None
    html, gone = allow(asked.entry.html, frozenset(asked.words))
    if not gone:
        return None
    message = f"text has {', '.join(gone)}, which {asked.who} does not take"
    return Breach(message, replace(asked.entry, html=html))


def _html_depth(asked: Asked) -> Breach | None:
    html, depth = flatten(asked.entry.html, asked.most)
    if depth <= asked.number:
        return None
    return Breach(
        asked.says(f"elements stand {depth} deep in each other", f"at most {asked.most}"),
        replace(asked.entry, html=html),
    )


def _html_breaks(asked: Asked) -> Breach | None:
    html, longest = fewer_breaks(asked.entry.html, asked.most)
    if longest <= asked.number:
        return None
    return Breach(
        asked.says(f"{longest} line breaks in a row", f"at most {asked.most}"), replace(asked.entry, html=html)
    )


def _body_max(asked: Asked) -> Breach | None:
    length = length_of(asked.entry.html)
    if length <= asked.number:
        return None
    shorter = replace(asked.entry, html=truncate(asked.entry.html, asked.most))
    return Breach(asked.says(f"text has {_characters(length)}", f"at most {asked.most:,}"), shorter)


def _body_required(asked: Asked) -> Breach | None:
    if asked.entry.html.strip():
        return None
    return Breach(asked.says("no text beside the summary", "the whole"))


def _max_item_bytes(asked: Asked) -> Breach | None:
    size = sum(len(part.encode()) for part in (asked.entry.title, asked.entry.summary, asked.entry.html))
    if size <= asked.number:
        return None
    return Breach(asked.says(f"post has {size:,} bytes", f"at most {asked.most:,}"))


def _description_min(asked: Asked) -> Breach | None:
    length = len(asked.entry.summary)
    if length >= asked.number:
        return None
    text = text_of(asked.entry.html)
    # A third more than is wanted, so that the sentence may end.
    longer = cut(text, asked.most + asked.most // 3 + 1)
    mended = replace(asked.entry, summary=longer) if len(longer) >= asked.number else None
    return Breach(asked.says(f"summary has {_characters(length)}", f"at least {asked.most}"), mended)


#: By name; they are applied in the order of ``profiles.kinds``.
FINDERS: Mapping[str, Find] = MappingProxyType(
    {
        "languages": _languages,
        "title_min": _title_min,
        "title_max": _at_most("title", lambda entry: entry.title, lambda entry, text: replace(entry, title=text)),
        "short_title_max": _at_most(
            "short title", lambda entry: entry.short_title, lambda entry, text: replace(entry, short_title=text)
        ),
        "author_required": _author_required,
        "https_only": _https_only,
        "image_rights": _image_rights,
        "image_credit": _image_credit,
        "image_types": _image_types,
        "image_max_bytes": _image_max_bytes,
        "image_min_side": _side("a shorter side", min),
        "image_min_longer_side": _side("a longer side", max),
        "image_min_width": _side("a width", lambda width, _: width),
        "image_ratio_min": _image_ratio(least=True),
        "image_ratio_max": _image_ratio(least=False),
        "image_required": _image_required,
        "html_elements": _html_elements,
        "html_depth": _html_depth,
        "html_breaks": _html_breaks,
        "body_max": _body_max,
        "body_required": _body_required,
        "max_item_bytes": _max_item_bytes,
        "description_min": _description_min,
        "description_max": _at_most(
            "summary", lambda entry: entry.summary, lambda entry, text: replace(entry, summary=text)
        ),
    }
)


def _unfit(asked: Asked, what: str, wants: str) -> Breach:
    return Breach(asked.says(what, wants), swap(asked.entry, asked.instead, from_text=False))


def _characters(count: int) -> str:
    return f"{count:,} character" + ("" if count == 1 else "s")
