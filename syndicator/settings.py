"""Everything that can be configured, and how it is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

from pydantic import PrivateAttr, ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, SettingsConfigDict

from syndicator.caches import origin, request_for
from syndicator.configuration.environment import content, read_environment
from syndicator.configuration.faults import Origins, explain, profile_faults, wrong_value
from syndicator.configuration.feedfaults import feed_faults
from syndicator.configuration.feedtable import FeedTable
from syndicator.configuration.keys import Kind, keys_of, secrets
from syndicator.configuration.repositories import is_folder, source_faults
from syndicator.configuration.tables import (
    AnnounceTable,
    AuthorTable,
    GuardTable,
    HubsTable,
    HubTable,
    ImagesTable,
    LogTable,
    NetworkTable,
    ProfilesTable,
    PublishTable,
    RunTable,
    ServeTable,
    SiteTable,
    SourceTable,
    StateTable,
)
from syndicator.configuration.tellfaults import hook_faults, purge_faults
from syndicator.configuration.telltables import PurgeTable, WebhooksTable
from syndicator.configuration.tellvalues import secret_keys
from syndicator.configuration.tomlfile import TomlFile, read_toml
from syndicator.errors import ConfigError, Fault
from syndicator.model import Audience, DeliveryKind, FeedSpec, Format, Person
from syndicator.posts.fields import DEFAULT_FIELDS
from syndicator.profiles.files import Shelf, read_folder

_ONE_FEED = {"name": "main", "rss": "feed.xml", "atom": "atom.xml", "json": "feed.json"}


class Settings(BaseSettings):
    """One site's configuration; ``load_settings`` makes it. Paths in tables are as written, the properties absolute."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, case_sensitive=True)

    site: SiteTable = SiteTable()
    source: SourceTable
    authors: tuple[AuthorTable, ...] = ()
    publish: PublishTable
    profiles: ProfilesTable = ProfilesTable()
    feeds: tuple[FeedTable, ...] = (FeedTable.model_validate(_ONE_FEED),)
    hubs: tuple[HubsTable, ...] = ()
    hub: HubTable = HubTable()
    purge: PurgeTable = PurgeTable()
    webhooks: tuple[WebhooksTable, ...] = ()
    serve: ServeTable = ServeTable()
    state: StateTable = StateTable()
    network: NetworkTable = NetworkTable()
    images: ImagesTable = ImagesTable()
    announce: AnnounceTable = AnnounceTable()
    guard: GuardTable = GuardTable()
    run: RunTable = RunTable()
    log: LogTable = LogTable()

    _file: Path = PrivateAttr()
    _config_place: tuple[str, int | None] = PrivateAttr()
    _shelf: Shelf = PrivateAttr(default_factory=Shelf)
    _secrets: dict[str, str] = PrivateAttr(default_factory=dict)

    def __init__(self, file: Path, *tables: dict[str, Any], config_place: tuple[str, int | None] = ("", None)) -> None:
        """What earlier tables say goes on top of later ones. Raises pydantic's ValidationError."""
        sources = tuple(InitSettingsSource(type(self), table) for table in tables)
        super().__init__(_build_sources=(sources, {}))
        self._file = file
        self._config_place = config_place

    @property
    def file(self) -> Path:
        """The configuration file, as it was named."""
        return self._file

    @property
    def config_place(self) -> tuple[str, int | None]:
        """Where the operator names the site's own configuration: file and line, or the environment variable."""
        return self._config_place if self._config_place[0] else (str(self._file), None)

    @property
    def base(self) -> Path:
        """The absolute folder of the file, where relative paths begin."""
        return self._file.absolute().parent

    @property
    def source_path(self) -> Path:
        """The absolute folder that posts come from."""
        return self.base / self.source.path

    @property
    def source_folder(self) -> str:
        """The folder inside the git repository that posts come from, "" for the whole."""
        return "/".join(part for part in self.source.path.split("/") if part not in ("", "."))

    @property
    def repository(self) -> str:
        """The git repository: an address, or an absolute path."""
        url = self.source.url
        return str(self.base / url) if is_folder(url) else url

    @property
    def clone_path(self) -> Path:
        """The absolute folder of our own copy of the git repository: beside the state, unless another is named."""
        state = self.state_path
        return self.base / self.source.clone if self.source.clone else state.with_name(f"{state.name}.git")

    @property
    def publish_path(self) -> Path:
        """The absolute folder that documents go to."""
        return self.base / self.publish.to

    @property
    def state_path(self) -> Path:
        """The absolute path of the database's file."""
        return self.base / self.state.url.removeprefix("sqlite:///")

    @property
    def state_url(self) -> str:
        """The database's address with an absolute path."""
        return f"sqlite:///{self.state_path}"

    def feed_specs(self) -> tuple[FeedSpec, ...]:
        """The feeds that are wanted, in the file's order."""
        profile = self._shelf.profile
        return tuple(feed.to_spec(profile(feed.profile) if feed.profile else None) for feed in self.feeds)

    def shelf(self) -> Shelf:
        """The profiles that feeds can have."""
        return self._shelf

    def with_shelf(self, shelf: Shelf) -> Self:
        """The same with profiles of the owner's."""
        self._shelf = shelf
        return self

    def lists(self) -> tuple[tuple[Format, str], ...]:
        """The lists of all feeds that are wanted, and their paths."""
        wanted = ((Format.OPML, self.publish.opml), (Format.FEED_MENU, self.publish.feed_menu))
        return tuple((format_, path) for format_, path in wanted if path)

    def people(self) -> dict[str, Person]:
        """Whom the operator knows, by key and by name in lower case."""
        found = {author.name.casefold(): author.to_person() for author in self.authors}
        return {**found, **{author.key.casefold(): author.to_person() for author in self.authors if author.key}}

    def hub_urls(self) -> tuple[str, ...]:
        """The hubs to tell, each once, in the file's order."""
        return tuple(dict.fromkeys(hub.url for hub in self.hubs))

    def audience(self) -> Audience:
        """Who is owed something after a publication, beside the hubs."""
        purge, publish = self.purge.to_purge(), self.publish
        return Audience(
            purge=origin(request_for(purge, publish.url).url) if purge.is_on else "",
            verify=publish.url if publish.verify else "",
            hooks=tuple(hook.to_hook() for hook in self.webhooks),
        )

    def targets(self) -> dict[DeliveryKind, tuple[str, ...]]:
        """All addresses that anything may be owed to, by kind."""
        audience = self.audience()
        return {
            DeliveryKind.PURGE: (audience.purge,),
            DeliveryKind.VERIFY: (audience.verify,),
            DeliveryKind.HUB: self.hub_urls(),
            DeliveryKind.WEBHOOK: tuple(hook.url for hook in audience.hooks),
        }

    def hook_keys(self, hook: WebhooksTable) -> tuple[bytes, ...]:
        """What messages to a web hook are signed with."""
        return secret_keys(hook.secret or self._secrets[hook.secret_in])

    def secrets(self) -> Iterator[str]:
        """All that is never to be shown, those in files too."""
        yield from secrets(self)
        for text in (*(hook.secret for hook in self.webhooks), *self._secrets.values()):
            yield from text.split()

    def with_secrets(self, secrets: Mapping[str, str]) -> Self:
        """The same with what is in files that hold secrets, by their names."""
        self._secrets = dict(secrets)
        return self


def load_settings(file: Path, environ: Mapping[str, str]) -> Settings:
    """The configuration in a TOML file, with what the environment sets on top. Raises ConfigError with all faults."""
    keys = keys_of(Settings)
    environment = read_environment(environ, keys, file.absolute().parent)
    try:
        toml = read_toml(file)
    except ConfigError as error:
        raise ConfigError((*error.faults, *environment.faults)) from error
    origins = Origins(file=toml, environment=environment, keys=keys)
    faults = list(environment.faults)
    feeds = environment.tables.get("feeds", toml.tables.get("feeds"))
    fields = _values_for_each(environment.tables, toml.tables)
    feeds, lists = [_ONE_FEED] if feeds is None else feeds, _merged("publish", toml.tables, environment.tables)
    for path, wrong in feed_faults(feeds, fields, _base_path(environment.tables, toml.tables), lists):
        faults.append(wrong_value(path, None, wrong, origins))
    for path, wrong in source_faults(_merged("source", toml.tables, environment.tables)):
        faults.append(wrong_value(path, None, wrong, origins))
    base, texts = file.absolute().parent, dict[str, str]()

    def secret(name: str) -> str:
        texts[name] = content(base, name)
        return texts[name]

    hooks = environment.tables.get("webhooks", toml.tables.get("webhooks"))
    tell_faults = (
        *purge_faults(_merged("purge", toml.tables, environment.tables)),
        *hook_faults(hooks, _names(feeds), secret),
    )
    for path, wrong in tell_faults:
        faults.append(wrong_value(path, None, wrong, origins))
    profiles = _merged("profiles", toml.tables, environment.tables)
    shelf, own = _shelf_of(profiles.get("folder"), file.absolute().parent)
    faults += own
    for path, wrong in () if own else profile_faults(feeds, shelf.names(), shelf.lets_age):
        faults.append(wrong_value(path, None, wrong, origins))
    # The tables with required keys are always there, so that each key that is missing is named.
    needed: dict[str, Any] = {key.path[0]: {} for key in keys.values() if key.required and key.kind is Kind.TABLE}
    try:
        named = origins.fault(("source", "config"), "")
        settings = Settings(file, environment.tables, toml.tables, needed, config_place=(named.where, named.line))
        settings = settings.with_shelf(shelf).with_secrets(texts)
    except ValidationError as error:
        faults.extend(explain(error.errors(include_url=False), origins))
    if faults:
        raise ConfigError(_in_order(faults, toml))
    return settings


def _names(feeds: object) -> dict[str, bool]:
    """The names of feeds, as written, and whether each makes a feed for each value."""
    tables = [table for table in (feeds if isinstance(feeds, list) else ()) if isinstance(table, dict)]
    return {table["name"]: bool(table.get("each")) for table in tables if isinstance(table.get("name"), str)}


def _shelf_of(folder: object, base: Path) -> tuple[Shelf, tuple[Fault, ...]]:
    """The profiles that there are, and what is wrong with the owner's."""
    if not isinstance(folder, str) or not folder:
        return Shelf(), ()
    try:
        return read_folder(base / folder), ()
    except ConfigError as error:
        return Shelf(), error.faults


def _values_for_each(*tables: dict[str, Any]) -> frozenset[str]:
    """What feeds can be made from and filtered by: what every post has, and the fields that the operator has added."""
    added: set[str] = set()
    for source in (table.get("source") for table in tables):
        fields = source.get("fields") if isinstance(source, dict) else None
        added |= set(fields) if isinstance(fields, dict) else set()
    return frozenset(
        {"author", "category", "language", "section", "tag"} | (added - {name for name, _ in DEFAULT_FIELDS.paths})
    )


def _merged(name: str, *tables: dict[str, Any]) -> dict[str, Any]:
    """A table as written, later ones on top; so are tables in it."""
    merged: dict[str, Any] = {}
    for table in (table.get(name) for table in tables):
        for key, value in table.items() if isinstance(table, dict) else ():
            before = merged.get(key)
            merged[key] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value
    return merged


def _base_path(*tables: dict[str, Any]) -> str:
    """The path of ``publish.url`` as written, whatever else is wrong with it; "" when there is none."""
    for publish in (table.get("publish") for table in tables):
        url = publish.get("url") if isinstance(publish, dict) else None
        if isinstance(url, str):
            return "/" + unquote(url.partition("://")[2].partition("/")[2])
    return ""


def _in_order(faults: list[Fault], toml: TomlFile) -> tuple[Fault, ...]:
    """The file's first, from top to bottom; none twice."""
    return tuple(sorted(dict.fromkeys(faults), key=lambda fault: (fault.where != toml.name, fault.line or 0)))
