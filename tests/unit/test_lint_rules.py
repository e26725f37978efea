"""Every rule of the linter has a document that breaks it, and nothing else: tests/broken holds them by rule's name."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from syndicator.lint import Circumstances, Severity, lint, rules

BROKEN = Path(__file__).parents[1] / "broken"
DOCUMENTS = sorted(path for path in BROKEN.iterdir() if path.suffix in (".xml", ".json"))
KNOWN: dict[str, dict[str, Any]] = tomllib.loads((BROKEN / "circumstances.toml").read_text(encoding="utf-8"))
#: Their documents would be large, and are made below.
GROWN = {"SitemapTooLong", "LargeFeed"}


def rule_of(path: Path) -> str:
    """``InvalidLink-escape.xml`` is one of several documents that break InvalidLink."""
    return path.stem.partition("-")[0]


@pytest.mark.parametrize("path", DOCUMENTS, ids=[path.name for path in DOCUMENTS])
def test_a_broken_document_gives_its_rule_and_nothing_else(path: Path) -> None:
    found = lint(path.read_bytes(), Circumstances(**KNOWN.get(path.name, {})))

    assert {rule_of(path)} == {finding.rule for finding in found}, [str(finding) for finding in found]


def test_every_rule_has_a_broken_document() -> None:
    assert rules().keys() == {rule_of(path) for path in DOCUMENTS} | GROWN


def test_a_rule_says_what_it_is_from_and_what_to_do() -> None:
    for rule in rules().values():
        assert re.fullmatch(r"(rss|atom|jsonfeed|partners)-\d+", rule.spec), rule
        assert rule.remedy, rule


#: rss.md, section H, row by row: what the W3C's validator says and how loudly.
OUTCOMES = {
    Severity.ERROR: """MissingTitle MissingLink MissingDescription ItemMustContainTitleOrDescription DuplicateElement
        DuplicateValue UnexpectedAttribute UndefinedElement InvalidRFC2822Date IncorrectDOW InvalidHttpGUID
        InvalidPermalink InvalidBooleanAttribute MissingAttribute InvalidIntegerAttribute InvalidMIMEAttribute
        InvalidURLAttribute InvalidWidth InvalidHeight MediaRssNamespace MediaGroupWithoutAlternatives
        InvalidCreditRole InvalidMediaMedium InvalidMediaExpression InvalidMediaTextType InvalidMediaRestrictionRel
        InvalidMediaRestrictionType InvalidMediaStatus InvalidMediaHash InvalidMediaRating""",
    Severity.WARNING: """MissingGuid MissingAtomSelfLink SelfDoesntMatchLocation NeedDescriptionBeforeContent
        MisplacedItem ContainsHTML CharacterData ContainsRelRef SecurityRisk SecurityRiskAttr DangerousStyleAttr NotHtml
        DuplicateEnclosure DuplicateItemSemantics ImplausibleDate ProblematicalRFC822Date EmailFormat
        UnexpectedContentType EncodingMismatch NonSpecificMediaType UnknownNamespace""",
}


@pytest.mark.parametrize("severity", OUTCOMES)
def test_the_validators_outcomes_are_ours_at_the_same_level(severity: Severity) -> None:
    """rss.md, section H."""
    for name in OUTCOMES[severity].split():
        assert severity == rules()[name].severity, name


def test_what_is_too_large_is_told() -> None:
    """rss-9, jsonfeed-6, partners-18."""
    feed = (BROKEN / "ZeroSize.json").read_bytes().replace(b'"size_in_bytes": 0', b'"size_in_bytes": 1')
    news = (BROKEN / "OldNews.xml").read_text(encoding="utf-8")
    begin, end = news.index("  <url>"), news.index("</urlset>")
    many = "".join(news[begin:end].replace("sourdough", f"bread-{number}") for number in range(1_001))

    assert ["ValidatorLimit"] == [finding.rule for finding in lint(b" " * 5_000_001)]
    assert ["LargeFeed"] == [finding.rule for finding in lint(feed + b" " * 1_000_000)]
    pages = "".join(f"<url><loc>https://a.org/{number}</loc></url>" for number in range(50_001))

    assert ["SitemapTooLong"] == [finding.rule for finding in lint((news[:begin] + pages + news[end:]).encode())]
    assert ["SitemapTooLong"] == [finding.rule for finding in lint((news[:begin] + many + news[end:]).encode())]
