"""What a pass notes so that the next one can tell whether anything is other than it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import orjson

from syndicator.errors import PostError
from syndicator.model import digest
from syndicator.ports import Refusal


def answers_noted(answers: Mapping[str, str]) -> str:
    """What was asked of the site beside its posts and what came of it, as it is kept with a pass; "" for nothing."""
    if not answers:
        return ""
    asked = sorted(answers)
    return f" {orjson.dumps([*asked, digest(repr([answers[question] for question in asked]).encode())]).decode()}"


def refusals_noted(
    bad: Iterable[tuple[PostError, str]], quarantine: Mapping[str, Refusal], now: datetime
) -> dict[str, Refusal]:
    """Errors as lines of the quarantine; one that stood there before keeps its date."""
    refusals: dict[str, Refusal] = {}
    for error, version in bad:
        before = quarantine.get(error.path)
        refusals[error.path] = Refusal(
            path=error.path,
            version=version,
            reason=error.reason,
            since=before.since if before and before.reason == error.reason else now,
            line=error.line,
            column=error.column,
            remedy=error.remedy,
        )
    return refusals
