"""What a running service shows of itself over HTTP: the status page, and what only it knows. Strangers see both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

from syndicator import __version__
from syndicator.app import State
from syndicator.asked import look
from syndicator.configuration.durations import spelled
from syndicator.health import Health, Hearer, Live, Wait
from syndicator.hearers import SILENT, hearers, told_hearer, told_owed
from syndicator.live import name_of_state
from syndicator.model import DeliveryKind
from syndicator.overview import told, told_live, told_states
from syndicator.ports import Sight
from syndicator.realpath import real_path
from syndicator.settings import Settings
from syndicator.sourcing import called
from syndicator.text import bare
from syndicator.web.app import build_app
from syndicator.web.hooks import Hook
from syndicator.web.server import Server
from syndicator.web.shelf import Shelf
from syndicator.web.status import ShownFeed, StatusPage


class Service(Protocol):
    """What is shown of the service, and asked of it."""

    @property
    def health(self) -> Health: ...
    @property
    def sight(self) -> Sight | None: ...
    def wake(self) -> None: ...


def server_of(
    settings: Settings, state: State, shelf: Shelf, service: Service, waits: Callable[[], tuple[Wait, ...]]
) -> Server:
    """The HTTP side of a service, not yet begun."""
    started, source = datetime.now(UTC), settings.source
    hook = Hook(secret=source.hook_secret, git=source.kind == "git", branch=source.branch, wake=service.wake)

    def live() -> Live:
        return live_of(settings, service, hook, waits, started)

    app = build_app(
        shelf,
        lambda: page_of(settings, state, live()),
        service.health.readiness,
        urlsplit(settings.publish.url).path,
        live,
        hook,
    )
    return Server(app, settings.serve.host, settings.serve.port)


def live_of(
    settings: Settings, service: Service, hook: Hook, waits: Callable[[], tuple[Wait, ...]], started: datetime
) -> Live:
    """What the service knows of itself at this moment, fit to be shown to anybody."""
    hide, health = _veil(settings), service.health
    return Live(
        version=__version__,
        state=name_of_state(settings.state_path),
        started=started,
        ready=health.readiness()[0],
        stopping=health.stopping,
        problems=(
            *((hide(p), hide(problem)) for p, problem in sorted(health.problems.items()) if not _of_post(p)),
            *(("state", hide(alarm)) for alarm in health.alarms()),
        ),
        waits=tuple(replace(wait, what=hide(wait.what), why=hide(wait.why)) for wait in waits()),
        watching=hide(_watching(settings, service)),
        scanned=health.scanned,
        called=hook.heard,
        refused=hook.refused,
        hearers=tuple(
            replace(one, target=_host_of(one), error=hide(one.error))
            for one in hearers(settings.targets(), health.targets, datetime.now(UTC))
        ),
    )


def page_of(settings: Settings, state: State, live: Live) -> StatusPage:
    """The status page. Raises StateError.

    Which posts wait for their hour is nobody's business before it has come.
    """
    things, hide = look(settings, state, datetime.now(UTC)), _veil(settings)
    title, url = called(settings)
    addresses: dict[str, list[tuple[str, str]]] = {}
    for document in things.documents:
        addresses.setdefault(document.feed, []).append((document.format.value, document.url))
    given_up = sum(delivery.status != "pending" for delivery in things.deliveries)
    return StatusPage(
        title=title,
        site_url=url,
        version=__version__,
        service=tuple(line for line in told_live(live) if not line.startswith("problem: ")),
        source=hide(things.source),
        next_change=things.last_pass.next_change if things.last_pass else None,
        feeds=tuple(
            ShownFeed(
                title=feed.name,
                addresses=tuple(sorted(addresses.get(feed.name, ()))),
                facts=told(feed).partition(": ")[2],
            )
            for feed in things.feeds
        ),
        last_pass=things.last_pass,
        posts=told_states(things.posts),
        refused=things.refused,
        pending=len(things.deliveries) - given_up,
        given_up=given_up,
        told=(*(() if things.announces else (SILENT,)), *map(told_hearer, live.hearers)),
        owed=tuple(hide(told_owed(owed, things.at)) for owed in things.owed),
        problems=tuple(f"{part}: {problem}" for part, problem in live.problems),
    )


def _host_of(hearer: Hearer) -> str:
    """Its address for strangers: hubs stand in the feeds, and whoever knows that of a web hook may call it."""
    parts = urlsplit(hearer.target)
    return hearer.target if hearer.kind == DeliveryKind.HUB else f"{parts.scheme}://{parts.netloc}/"


def _of_post(part: str) -> bool:
    """The state knows of posts in quarantine, since when, and what to do."""
    return part.startswith("post ")


def _watching(settings: Settings, service: Service) -> str:
    """ "" when changes are noticed at once, else why not."""
    if settings.source.kind == "git":
        hook = ", or when its host calls" if settings.source.hook_secret else ""
        return f"the repository is asked every {spelled(settings.source.every)}{hook}"
    if not settings.source.watch:
        return "[source] watch is off"
    return service.health.problems.get("watch", "") or (service.sight.blind if service.sight else "")


def _veil(settings: Settings) -> Callable[[str], str]:
    """What takes out of a text what is nobody else's business: where things lie on this machine, and what addresses
    carry."""
    folders = [settings.source_path, settings.publish_path, settings.state_path, settings.clone_path, settings.base]
    known = {str(path.parent) for folder in folders for path in (folder, real_path(folder))}
    hidden = sorted((each for each in known if len(each) > 1), key=len, reverse=True)

    def hide(text: str) -> str:
        for folder in hidden:
            text = text.replace(f"{folder}/", "…/")
        return bare(text)

    return hide
