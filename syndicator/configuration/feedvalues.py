"""The kinds of values that a feed is described with: filters, pictures, ages, colors."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from syndicator.configuration.addresses import picture
from syndicator.configuration.durations import duration_or_none
from syndicator.configuration.values import FieldName, filled, language, listed
from syndicator.configuration.words import Expect, Wrong

_COLOR = re.compile(r"#?([0-9a-f]{6})", re.IGNORECASE | re.ASCII)


def _language(value: str) -> str:
    return language(value) if value else ""


def _color(value: str) -> str:
    match = _COLOR.fullmatch(value)
    if match is None and value:
        raise Wrong
    return match[1].upper() if match else ""


def _some(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise Wrong
    return values


# --- kinds --------------------------------------------------------------------------------------------------------


FilterName = FieldName
FilterValues = Annotated[
    tuple[Annotated[str, AfterValidator(filled)], ...],
    BeforeValidator(listed),
    AfterValidator(_some),
    Expect('a value such as "news", or a list of them'),
]
Age = Annotated[timedelta, BeforeValidator(duration_or_none), Expect('a duration such as "2d", or "0s" for any')]
Picture = Annotated[str, AfterValidator(picture), Expect('an address such as "https://news.example.org/logo.png"')]
Color = Annotated[str, AfterValidator(_color), Expect('a color such as "#1a7f37"')]
Minutes = Annotated[int, Field(ge=0, le=525_600), Expect("a whole number of minutes from 1 to 525600, or 0")]
OwnLanguage = Annotated[str, AfterValidator(_language), Expect('a language tag such as "en" or "pt-BR"')]
