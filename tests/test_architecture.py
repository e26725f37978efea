"""Imports go down: every module has a floor, and meets only modules on floors below its own."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "syndicator"

FLOORS: tuple[tuple[str, ...], ...] = (
    ("__init__", "text", "moments", "durable", "openfiles", "lean", "realpath"),
    ("errors",),
    ("model.values", "model.site", "model.image", "model.delivery", "model.profile"),
    ("model.post", "model.feed", "model.held"),
    ("model.records",),
    ("model",),
    ("markup.flavour", "markup.clock"),
    ("ports.source", "ports.dialect", "ports.publisher", "ports.serving", "ports.outbox", "ports.images"),
    ("ports.ledger",),
    ("ports",),
    # pure stages: from a file to a post, from a post to a document
    (
        "ids",
        "logs",
        "dialects.recognise",
        "markup.links",
        "markup.code",
        "markup.mathml",
        "markup.weight",
        "posts.dates",
        "posts.epoch",
        "posts.plaintext",
        "posts.values",
        "dialects.permalinks",
        "dialects.defaults",
        "dialects.globs",
        "dialects.titles",
        "dialects.slugs",
        "dialects.eleventyjs",
        "media",
        "memory",
        "holdoff",
        "reaching",
        "agenda",
        "deliveries.pauses",
    ),
    ("markup.attributes", "posts.fullyaml", "dialects.hugopaths", "dialects.hugoplaces", "dialects.eleventydates"),
    ("posts.plainyaml",),
    (
        "markup.marks",
        "markup.typography",
        "markup.sanitize",
        "markup.templates",
        "markup.summary",
        "markup.embeds",
        "markup.selectors",
        "markup.values",
        "posts.frontmatter",
        "posts.fields",
        "images",
        "hero",
    ),
    ("markup.containers", "markup.tags"),
    ("profiles.kinds", "profiles.tags", "profiles.summing", "rights"),
    ("profiles.html",),
    ("profiles.pictures",),
    ("profiles.entryrules",),
    ("profiles.tailoring",),
    ("markup.kramdown", "markup.goldmark", "markup.htmlblocks", "markup.lists", "markup.notes", "markup.tables"),
    (
        "markup.markdown",
        "markup.extract",
        "markup.filters",
        "markup.nunjucks",
        "markup.shortcodes",
        "posts.featured",
        "posts.corrections",
        "posts.people",
        "posts.references",
        "posts.templated",
        "posts.visibility",
        "formats.media_types",
        "formats.apart",
        "dialects.hugoaddresses",
        "dialects.hugocascade",
        "dialects.sitedata",
        "dialects.cascade",
        "dialects.expressions",
        "dialects.jekyllnames",
        "dialects.jekyllurls",
        "markup.includes",
    ),
    ("posts.rules", "posts.attached", "markup.liquidcontext", "markup.markdownify", "dialects.jekylldata"),
    ("markup.liquidnodes",),
    ("markup.liquidtags",),
    ("markup.liquid",),
    ("markup.rendering", "markup.render"),
    (
        "formats.parts",
        "dialects.hugoconfig",
        "dialects.eleventysite",
        "dialects.authors",
        "formats.pieces",
        "dialects.ownfeeds",
        "dialects.hugoresources",
        "posts.times",
    ),
    ("formats.partners",),
    ("formats.extensions", "dialects.eleventyposts", "dialects.hugopeople", "dialects.eleventyaddresses", "posts.skim"),
    (
        "posts.parse",
        "formats.xml",
        "formats.jsonfeed",
        "formats.lists",
        "formats.newsmap",
        "dialects.hugo",
        "dialects.jekyll",
        "dialects.eleventy",
        "dialects.plain",
    ),
    ("dialects.jekyllpeople", "dialects.jekyllplaces", "dialects.jekylloverlooked", "posts.bearings"),
    (
        "dialects.hugosite",
        "dialects.jekyllsite",
    ),
    (
        "formats",
        "concerns",
        "filters",
        "selections",
        "ledger",
        "deliveries.outcome",
        "absence",
        "web.conditional",
        "web.signatures",
    ),
    ("sitemaps", "corrections", "entries", "instants", "websub.protocol", "deliveries.settling"),
    ("feeds", "lineup"),
    ("choosing",),
    ("roster", "book"),
    ("seen",),
    # the linter: a reader of finished documents, which shares nothing with those who write them
    ("lint.words", "lint.findings", "lint.context", "lint.jsontree", "lint.fragment"),
    ("lint.tree", "lint.rules", "lint.source", "lint.served", "lint.vocabulary"),
    ("lint.dates", "lint.values", "lint.circumstances"),
    ("lint.html", "lint.elements"),
    ("lint.media", "lint.links", "lint.atomparts", "lint.jsonmembers", "lint.opml", "lint.sitemap"),
    ("lint.rssitem", "lint.tombstones", "lint.jsonitem"),
    ("lint.rss", "lint.atom", "lint.jsonfeed"),
    ("lint",),
    # a feed that was somebody else's
    ("oldfeeds.items", "oldfeeds.decoding"),
    ("oldfeeds.jsonfeed", "oldfeeds.xml"),
    ("oldfeeds", "adoption"),
    ("takeover",),
    ("history", "hindrances"),
    ("marks",),
    ("standing",),
    ("profiles.documents",),
    (
        "plan",
        "dues",
        "notices",
        "caches",
        "explain",
        "listing",
        "guard",
        "takedowns",
        "web.shelf",
        "web.hooks",
        "health",
        "passes",
        "touches",
        "showing",
    ),
    ("behind",),
    ("turns",),
    ("hearers",),
    ("traces", "overview", "alarms", "looks", "restoring"),
    ("web.status", "reporting", "mending"),
    ("binding",),
    ("holding",),
    ("lapsing", "judging"),
    # configuration
    ("configuration.words", "configuration.guess", "configuration.template"),
    ("configuration.durations",),
    ("configuration.values",),
    ("configuration.addresses", "configuration.keys", "configuration.tomlfile"),
    ("configuration.repositories", "configuration.feedvalues", "configuration.tellvalues", "profiles.rulevalues"),
    ("configuration.table",),
    (
        "configuration.environment",
        "configuration.feedtable",
        "configuration.tables",
        "configuration.telltables",
        "configuration.tellfaults",
        "profiles.filefaults",
    ),
    ("configuration.faults", "profiles.files"),
    ("configuration.feedfaults",),
    ("settings",),
    ("publication", "drafting"),
    # back ends
    (
        "outbound.addresses",
        "outbound.lean",
        "outbound.names",
        "outbound.reply",
        "publishers.local",
        "sources.belongings",
        "sources.gitcommand",
        "sources.gitfaults",
        "sources.mounts",
        "sources.walking",
        "sources.settling",
        "sources.inotify",
        "sources.scraps",
        "sources.writers",
        "sources.notices",
        "sources.filesystems",
        "state.tables",
        "scheduler",
        "state.aside",
        "state.rows",
        "state.gate",
        "state.holders",
    ),
    ("state.words", "state.damage", "state.names"),
    (
        "outbound.transport",
        "outbound.faults",
        "state.database",
        "state.lock",
        "web.feeds",
        "sources.look",
        "sources.site",
        "sources.tree",
        "sources.gitblobs",
        "sources.gitfolder",
    ),
    (
        "outbound",
        "state.announcements",
        "state.versions",
        "state.keeping",
        "state.postrows",
        "sources.glance",
        "state.kept",
        "state.contacts",
        "state.due",
        "web.app",
        "web.server",
        "sources.watcher",
        "sources.gitclone",
        "sources.gitlog",
        "sources.built",
    ),
    ("state.posts", "state.looking", "sources.folder"),
    (
        "state.deliveries",
        "asking",
        "oldfeeds.pages",
        "websub.hub",
        "deliveries.dispatch",
        "deliveries.purge",
        "deliveries.verify",
        "deliveries.webhook",
        "sources.git",
        "sources.gitsite",
        "sources.watch",
        "state.questions",
    ),
    # wiring
    ("crew",),
    ("reader",),
    ("reading", "placing"),
    ("making", "noting", "progress"),
    ("outcomes",),
    ("gathering", "settling", "knowing", "resting"),
    ("archiving", "telling"),
    ("writing",),
    ("publishing", "pruning"),
    ("meanwhile",),
    ("standby",),
    ("pipeline", "remains"),
    ("service", "app", "safekeeping", "sourcing", "live"),
    ("sending", "checking", "asked", "approving", "owing", "visiting", "linting", "rebuilding"),
    ("reasons", "presenting", "scouting", "opening"),
    ("running", "building", "surveying"),
    ("starting", "adopting"),
    ("commands.terminal",),
    (
        "commands.adopt",
        "commands.approve",
        "commands.build",
        "commands.deliveries",
        "commands.init",
        "commands.lint",
        "commands.questions",
        "commands.service",
    ),
    ("cli",),
    ("__main__",),
)

PACKAGES = {
    "commands",
    "configuration",
    "deliveries",
    "dialects",
    "markup",
    "posts",
    "profiles",
    "publishers",
    "sources",
    "state",
    "web",
    "websub",
}


@cache
def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "migrations" in parts:
            continue
        if parts[-1] == "__init__" and len(parts) > 1:
            parts = parts[:-1]
        found[".".join(parts)] = path
    return found


def floor_of(name: str) -> int:
    for number, floor in enumerate(FLOORS):
        if name in floor:
            return number
    raise KeyError(name)


@cache
def import_statements(path: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return tuple(node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)))


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    known = modules()
    for node in import_statements(path):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "syndicator":
            inner = node.module.partition(".")[2]
            for alias in node.names:
                full = f"{inner}.{alias.name}" if inner else alias.name
                names.add(full if full in known else inner or "__init__")
        elif isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[2] for alias in node.names if alias.name.startswith("syndicator.")}
    return names


@pytest.mark.parametrize("name", sorted(modules().keys() - PACKAGES))
def test_a_module_imports_only_from_floors_below(name: str) -> None:
    mine = floor_of(name)

    assert [] == [
        other for other in sorted(imports(modules()[name])) if other not in PACKAGES and floor_of(other) >= mine
    ]


def test_the_floors_list_no_module_that_is_not_there() -> None:
    listed = {name for floor in FLOORS for name in floor}

    assert set() == listed - modules().keys()


def test_where_a_path_leads_is_asked_in_one_way() -> None:
    """``Path.resolve`` raises RuntimeError for links in circles before Python 3.13: see realpath.py."""
    asking = {name for name, path in modules().items() if ".resolve(" in path.read_text(encoding="utf-8")}

    assert set() == asking


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("feedgen", {"formats.xml", "formats.extensions"}),
        ("lxml", {"formats.extensions", "formats.partners", "lint.tree", "markup.extract", "oldfeeds.xml"}),
        ("frontmatter", {"posts.frontmatter"}),
        ("yaml", {"posts.fullyaml"}),
        ("httpx", {"outbound.lean"}),
        ("httpcore", {"outbound.faults", "outbound.transport"}),
        ("apscheduler", {"scheduler"}),
        ("imagesize", {"images"}),
        ("comrak", {"markup.markdown"}),
        ("nh3", {"markup.sanitize"}),
        ("math_core", {"markup.mathml"}),
        ("liquid", {"markup.liquid", "markup.liquidcontext", "markup.liquidnodes", "markup.liquidtags"}),
        ("watchfiles", {"sources.notices"}),
        ("structlog", {"logs"}),
        (
            "sqlalchemy",
            {
                "state.tables",
                "state.database",
                "state.versions",
                "state.posts",
                "state.postrows",
                "state.announcements",
                "state.deliveries",
                "state.contacts",
                "state.due",
                "state.questions",
            },
        ),
    ],
)
def test_a_library_lives_in_one_place(library: str, homes: set[str]) -> None:
    users = {
        name
        for name, path in modules().items()
        for node in import_statements(path)
        if (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == library for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == library)
    }

    assert users <= homes


#: Which back ends a module of the wiring may name, and no other may.
WIRING = {
    "sourcing": {
        "dialects.eleventy",
        "dialects.hugosite",
        "dialects.jekyllsite",
        "dialects.plain",
        "sources.built",
        "sources.folder",
        "sources.git",
        "sources.gitclone",
        "sources.gitsite",
        "sources.site",
    },
    "app": {"state.deliveries", "state.kept", "state.questions"},
}
#: Has processes import early what they will need, and uses none of it.
EARLY = "commands.build"


@pytest.mark.parametrize("wiring", WIRING)
def test_back_ends_are_named_in_the_wiring_alone(wiring: str) -> None:
    users = {
        name
        for name, path in modules().items()
        if imports(path) & WIRING[wiring] and name.partition(".")[0] not in ("dialects", "sources", "state")
    }

    assert {wiring} == users - {EARLY}


_POSSESSIVE = """
import importlib, pkgutil, re, sys, syndicator
from re import _parser
compile_, wrong = re.compile, []
def of_groups(parsed):
    for kind, args in parsed:
        parts = [part for part in (args if isinstance(args, (list, tuple)) else [args])]
        if str(kind) == "POSSESSIVE_REPEAT":
            inside = args[2]
            yield len(inside) != 1 or str(inside[0][0]) not in ("IN", "LITERAL", "NOT_LITERAL", "ANY", "CATEGORY")
        for part in parts:
            for below in part if isinstance(part, list) else [part]:
                if isinstance(below, _parser.SubPattern):
                    yield from of_groups(below)
def look(pattern, flags=0):
    found = compile_(pattern, flags)
    name = sys._getframe(1).f_globals.get("__name__", "")
    if name.startswith("syndicator.") and any(of_groups(_parser.parse(found.pattern, int(flags)))):
        wrong.append(name)
    return found
re.compile = look
for module in pkgutil.walk_packages(syndicator.__path__, "syndicator."):
    if "migrations" not in module.name and not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(sorted(set(wrong)))
"""


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Before Python 3.11.5 that matches wrongly where the group can backtrack; ``(?>(?:…)*)`` says the same."""
    command = [sys.executable, "-c", _POSSESSIVE]

    assert "[]\n" == subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT.parent).stdout
