"""Everything that can be configured: each table of the file is a class here, each key a field with its default."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, SettingsConfigDict

from syndicator.configuration.addresses import Address, BaseAddress, Host, Networks
from syndicator.configuration.environment import read_environment
from syndicator.configuration.faults import Origins, explain, feed_faults, wrong_value
from syndicator.configuration.guess import DEFAULT_STATE
from syndicator.configuration.keys import Kind, keys_of
from syndicator.configuration.repositories import Branch, Depth, Repository, Token, is_folder, source_faults
from syndicator.configuration.tomlfile import TomlFile, read_toml
from syndicator.configuration.values import (
    Bytes,
    Database,
    DocumentPath,
    Duration,
    Expect,
    FeedName,
    FieldName,
    FieldPaths,
    Filled,
    Folder,
    Language,
    Limit,
    Port,
    Selector,
    Switch,
    Text,
    Timezone,
    not_yet,
)
from syndicator.errors import ConfigError, Fault
from syndicator.model import Content, FeedSpec, Format, Person
from syndicator.posts.fields import DEFAULT_FIELDS


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SiteTable(_Table):
    """``[site]``: the publication. ``title`` and ``url`` may be left to the site's own configuration."""

    title: Filled = ""
    url: BaseAddress = ""
    description: Text = ""
    language: Language = "en"
    timezone: Timezone = "UTC"
    author: Text = ""


class SourceTable(_Table):
    """``[source]``: where posts come from, and how to read them. ``fields`` is only what the operator gives.

    With git ``path`` is a folder inside the repository.
    """

    kind: Literal["folder", "git"] = "folder"
    path: Folder
    dialect: Literal["eleventy", "hugo", "jekyll", "plain"] = "jekyll"
    permalink: Text = ""
    collection: Text = ""
    posts: Text = ""
    input: Text = ""
    typography: Literal["site", "on", "off"] = "site"
    every: Duration = timedelta(seconds=60)
    watch: Switch = True
    max_post_bytes: Bytes = 2_000_000
    max_front_matter_bytes: Bytes = 65_536
    url: Repository = ""
    branch: Branch = ""
    depth: Depth = 50
    partial: Switch = False
    username: Text = "x-access-token"
    token: Token = ""
    ssh_key: Text = ""
    known_hosts: Text = ""
    timeout: Duration = timedelta(minutes=5)
    clone: Text = ""
    templates: Literal["render", "strip", "skip"] = "render"
    rendered: Text = ""
    selector: Selector = ""
    fields: dict[FieldName, FieldPaths] = Field(default_factory=dict)


class AuthorTable(_Table):
    """``[[authors]]``: somebody whom posts name, by ``key`` or by name."""

    name: Filled
    key: Text = ""
    title: Text = ""
    email: Text = ""
    url: Text = ""
    avatar: Text = ""

    def to_person(self) -> Person:
        """The noun; addresses as written."""
        return Person(name=self.name, title=self.title, email=self.email, url=self.url, avatar=self.avatar)


class PublishTable(_Table):
    """``[publish]``: the folder that documents go to, and where the world finds what is in it."""

    to: Folder
    url: BaseAddress


class FeedTable(_Table):
    """``[[feeds]]``: a feed, or with ``each`` one feed for every value of a field."""

    name: FeedName
    title: Text = ""
    description: Text = ""
    each: Annotated[
        str, Field(pattern=r"\A[a-z_]*\z"), Expect('the name of a field such as "category", "tag" or "author"')
    ] = ""
    rss: DocumentPath = ""
    atom: DocumentPath = ""
    json_: DocumentPath = Field("", alias="json")
    limit: Limit = 50
    content: Literal["full", "summary"] = "full"

    def to_spec(self) -> FeedSpec:
        """The noun."""
        paths = ((Format.RSS, self.rss), (Format.ATOM, self.atom), (Format.JSON, self.json_))
        return FeedSpec(
            name=self.name,
            outputs=tuple((format_, path) for format_, path in paths if path),
            title=self.title,
            description=self.description,
            each=self.each,
            limit=self.limit,
            content=Content(self.content),
        )


class HubsTable(_Table):
    """``[[hubs]]``: a WebSub hub that is told of every change."""

    url: Address


class HubTable(_Table):
    """``[hub]``: the embedded hub."""

    enabled: Annotated[
        Switch,
        BeforeValidator(
            not_yet((True,), "the embedded hub is not part of this version", "name hubs under [[hubs]] instead")
        ),
    ] = False


class ServeTable(_Table):
    """``[serve]``: the HTTP server; ``cache`` is how long others may keep an answer (the max-age of HTTP)."""

    host: Host = "127.0.0.1"
    port: Port = 8080
    cache: Duration = timedelta(minutes=5)


class StateTable(_Table):
    """``[state]``: where ids, digests and owed deliveries are remembered. Secret: it may hold a password one day."""

    url: Annotated[Database, Field(repr=False)] = DEFAULT_STATE


class NetworkTable(_Table):
    """``[network]``: private networks that strangers' addresses may reach, and how long one request may take."""

    allow: Networks = ()
    timeout: Duration = timedelta(seconds=10)


class ImagesTable(_Table):
    """``[images]``: whether other hosts are asked for type and size of the images that posts name there."""

    ask: Switch = True


class AnnounceTable(_Table):
    """``[announce]``: word to hubs, and after how long one that never answers is given up."""

    enabled: Switch = True
    give_up_after: Duration = timedelta(days=2)


class RunTable(_Table):
    """``[run]``: how long the service may take to stop; container engines kill it after 10 seconds."""

    stop_within: Duration = timedelta(seconds=8)


class LogTable(_Table):
    """``[log]``: what the log looks like and how much it says."""

    format: Literal["auto", "console", "json"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"


_ONE_FEED = {"name": "main", "rss": "feed.xml", "atom": "atom.xml", "json": "feed.json"}


class Settings(BaseSettings):
    """One site's configuration; ``load_settings`` makes it. Paths in tables are as written, the properties absolute."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, case_sensitive=True)

    site: SiteTable = SiteTable()
    source: SourceTable
    authors: tuple[AuthorTable, ...] = ()
    publish: PublishTable
    feeds: tuple[FeedTable, ...] = (FeedTable.model_validate(_ONE_FEED),)
    hubs: tuple[HubsTable, ...] = ()
    hub: HubTable = HubTable()
    serve: ServeTable = ServeTable()
    state: StateTable = StateTable()
    network: NetworkTable = NetworkTable()
    images: ImagesTable = ImagesTable()
    announce: AnnounceTable = AnnounceTable()
    run: RunTable = RunTable()
    log: LogTable = LogTable()

    _file: Path = PrivateAttr()

    def __init__(self, file: Path, *tables: dict[str, Any]) -> None:
        """What earlier tables say goes on top of later ones. Raises pydantic's ValidationError."""
        sources = tuple(InitSettingsSource(type(self), table) for table in tables)
        super().__init__(_build_sources=(sources, {}))
        self._file = file

    @property
    def file(self) -> Path:
        """The configuration file, as it was named."""
        return self._file

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
        return tuple(feed.to_spec() for feed in self.feeds)

    def people(self) -> dict[str, Person]:
        """Whom the operator knows, by key and by name in lower case."""
        found = {author.name.casefold(): author.to_person() for author in self.authors}
        return {**found, **{author.key.casefold(): author.to_person() for author in self.authors if author.key}}

    def hub_urls(self) -> tuple[str, ...]:
        """The hubs to tell, each once, in the file's order."""
        return tuple(dict.fromkeys(hub.url for hub in self.hubs))


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
    for path, wrong in feed_faults(feeds, fields, _base_path(environment.tables, toml.tables)):
        faults.append(wrong_value(path, None, wrong, origins))
    for path, wrong in source_faults(_merged("source", toml.tables, environment.tables)):
        faults.append(wrong_value(path, None, wrong, origins))
    # The tables with required keys are always there, so that each key that is missing is named.
    needed: dict[str, Any] = {key.path[0]: {} for key in keys.values() if key.required and key.kind is Kind.TABLE}
    try:
        settings = Settings(file, environment.tables, toml.tables, needed)
    except ValidationError as error:
        faults.extend(explain(error.errors(include_url=False), origins))
    if faults:
        raise ConfigError(_in_order(faults, toml))
    return settings


def _values_for_each(*tables: dict[str, Any]) -> frozenset[str]:
    """What feeds can be made from: the fields that every post has, and those that the operator has added."""
    added: set[str] = set()
    for source in (table.get("source") for table in tables):
        fields = source.get("fields") if isinstance(source, dict) else None
        added |= set(fields) if isinstance(fields, dict) else set()
    return frozenset({"author", "category", "tag"} | (added - {name for name, _ in DEFAULT_FIELDS.paths}))


def _merged(name: str, *tables: dict[str, Any]) -> dict[str, Any]:
    """A table as written, later ones on top."""
    found = (table.get(name) for table in tables)
    return {key: value for table in found if isinstance(table, dict) for key, value in table.items()}


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
