"""The work of a pass that is done once a post or a feed: rendering entries, writing documents."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from syndicator.corrections import corrected
from syndicator.crew import Crew
from syndicator.entries import make_entry
from syndicator.errors import PostError, PublishError
from syndicator.formats import Pieces, render
from syndicator.model import (
    Document,
    EnclosureRef,
    Entry,
    Feed,
    FeedSpec,
    ImageRef,
    PostRecord,
    PostWarning,
    SiteData,
    SourceFile,
    Verdict,
    digest,
)
from syndicator.plan import Wanted
from syndicator.ports import Publisher
from syndicator.profiles.tailoring import Tailored, fit, most_bytes, tailor
from syndicator.reader import Reader, isolated

_BATCH = 50
#: So many documents of one feed are put in their places at the same time.
_AT_ONCE = 4
#: So many batches or feeds a process are handed out before anybody asks: the caller is busy with the state meanwhile.
_AHEAD = 8
#: From so many entries on a second process saves more than it costs.
_MANY_ENTRIES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Entries as yet without their images and files, and posts that could not be rendered.

    ``again`` says that a file changed since it was chosen: it waits for the next pass, as it may be a draft by now.
    """

    entries: tuple[tuple[PostRecord, Entry, ImageRef | None, tuple[EnclosureRef, ...]], ...]
    refused: tuple[tuple[PostError, str], ...] = ()
    warnings: tuple[PostWarning, ...] = ()
    again: bool = False


#: For a post that refers to others: each reference as it is written, and the path that it means.
Aims = Mapping[str, tuple[tuple[str, str], ...]]


def make_entries(reader: Reader, records: Sequence[PostRecord], crew: Crew, aims: Aims) -> Iterator[Made]:
    """Render posts, batch by batch."""
    batches = [records[start : start + _BATCH] for start in range(0, len(records), _BATCH)]
    return make_batches(reader, batches, crew, aims)


def make_batches(reader: Reader, batches: Sequence[Sequence[PostRecord]], crew: Crew, aims: Aims) -> Iterator[Made]:
    """Render posts in these batches."""
    tasks = ([(record, aims.get(record.path, ())) for record in batch] for batch in batches)
    big = sum(map(len, batches)) >= _MANY_ENTRIES
    return crew.map(partial(_make, reader), tasks, big=big, ahead=_AHEAD)


def _make(reader: Reader, tasks: Sequence[tuple[PostRecord, tuple[tuple[str, str], ...]]]) -> Made:
    entries: list[tuple[PostRecord, Entry, ImageRef | None, tuple[EnclosureRef, ...]]] = []
    refused: list[tuple[PostError, str]] = []
    warnings: list[PostWarning] = []
    addresses: dict[str, str] = {}
    again = False
    files: list[SourceFile] = []
    chosen: list[tuple[PostRecord, tuple[tuple[str, str], ...]]] = []
    for record, aims in tasks:
        try:
            file = reader.source.read(record.path)
        except PostError as error:
            refused.append((error, ""))
            continue
        if digest(file.data) == record.digest:
            files.append(file)
            chosen.append((record, aims))
        else:
            again = True
    for (record, aims), post in zip(chosen, reader.parse_all(files), strict=True):
        try:
            if isinstance(post, PostError):
                raise post
            with isolated(record.path):
                shown, odd = reader.rendered(post)
                known = _addresses(reader, aims, addresses)
                questions = reader.questions(record, known)
                known |= _elsewhere(reader, questions)
                data = _data(reader, questions)
                entry, left_out = make_entry(shown, record, reader.site, reader.flavour, known, data)
                rules = reader.rules
                entry = corrected(entry, shown, reader.flavour, rules.corrections, rules.correction_label)
            entries.append((record, entry, post.image, post.enclosures))
            warnings += (*odd, *left_out)
            warnings += [warning for warning in (data.warnings if data else ()) if warning not in warnings]
        except PostError as error:
            # The post may be good when its page is made, or what it asks for; of that its version says nothing.
            asks = reader.built is not None or reader.questions(record, [written for written, _ in aims])
            refused.append((error, "" if asks else record.version))
    return Made(entries=tuple(entries), refused=tuple(refused), warnings=tuple(warnings), again=again)


def _addresses(reader: Reader, aims: tuple[tuple[str, str], ...], known: dict[str, str]) -> dict[str, str]:
    """The address of the post that each reference means; a post that cannot be read has none.

    The ledger knows no addresses, so that the few posts that others refer to are read for it; ``known`` keeps them.
    """
    found: dict[str, str] = {}
    for written, path in aims:
        if path not in known:
            try:
                known[path] = reader.parse(reader.source.read(path)).permalink
            except PostError:
                known[path] = ""
        if known[path]:
            _, mark, fragment = written.partition("#")
            found[written] = known[path] + mark + fragment
    return found


def _elsewhere(reader: Reader, questions: Sequence[str]) -> dict[str, str]:
    """The address of each page or file of the site that a post refers to."""
    links = (question for question in questions if question.startswith("link "))
    return {question.partition(" ")[2]: found for question in links if (found := reader.answer(question))}


def _data(reader: Reader, questions: Sequence[str]) -> SiteData | None:
    """The data of the site that a post asks for, None when it asks for none."""
    names = [question.partition(" ")[2] for question in questions if question.startswith("data ")]
    return reader.around.data(names) if reader.around is not None and names else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A document that stands, and the publisher's word for its file; its bytes only where somebody shows them."""

    wanted: Wanted
    digest: str
    media_type: str
    hubs: tuple[str, ...]
    version: str
    length: int
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What came of one feed's documents: those that stand, why others do not, and what rules decided about entries.
    Where one is ``too_large``, as its length says, none of them is put in its place.
    """

    written: tuple[Written, ...]
    failed: tuple[PublishError, ...] = ()
    too_large: tuple[tuple[Wanted, int], ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def write_documents(
    publisher: Publisher | None,
    feeds: Iterator[tuple[Feed, FeedSpec, Sequence[Wanted]]],
    entries: int,
    crew: Crew,
    pieces: Pieces | None = None,
    *,
    keep: bool = False,
) -> Iterator[Writing]:
    """Make feeds fit, render their documents and put them in their places; without a publisher only render them.

    ``entries`` is about how many entries they hold together. A crew of one has use for ``pieces``, which keep what they
    came to, and may ``keep`` the bytes of documents that are no pages.
    """
    big = entries >= _MANY_ENTRIES
    if crew.shares(big=big):
        return crew.map(partial(_write, publisher), feeds, big=big, ahead=_AHEAD)
    return _write_all(publisher, feeds, pieces, keep=keep)


def _write(publisher: Publisher | None, task: tuple[Feed, FeedSpec, Sequence[Wanted]]) -> Writing:
    return next(_write_all(publisher, [task]))


def _write_all(
    publisher: Publisher | None,
    feeds: Iterable[tuple[Feed, FeedSpec, Sequence[Wanted]]],
    pieces: Pieces | None = None,
    *,
    keep: bool = False,
) -> Iterator[Writing]:
    """One feed after the other; while the documents of one wait for the disk those of the next are rendered."""
    from concurrent.futures import ThreadPoolExecutor

    def put(document: Document) -> str | PublishError:
        try:
            return publisher.put(document) if publisher is not None else ""
        except PublishError as error:
            return error

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        waiting: deque[tuple[_Rendered, Iterator[str | PublishError]]] = deque()
        for feed, spec, wanted in feeds:
            rendered = _render(feed, spec, wanted, pieces)
            documents = () if rendered.too_large else [document for _, document in rendered.documents]
            waiting.append((rendered, (map if publisher is None else threads.map)(put, documents)))
            if len(waiting) > 1:
                yield _written(*waiting.popleft(), keep=keep)
        while waiting:
            yield _written(*waiting.popleft(), keep=keep)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rendered:
    """A feed's documents, before any of them is put in its place."""

    documents: tuple[tuple[Wanted, Document], ...]
    verdicts: tuple[Verdict, ...]

    @property
    def too_large(self) -> tuple[tuple[Wanted, int], ...]:
        return tuple((i, len(d.body)) for i, d in self.documents if i.most and len(d.body) > i.most)


def _render(feed: Feed, spec: FeedSpec, wanted: Sequence[Wanted], pieces: Pieces | None) -> _Rendered:
    # A list of posts or feeds for somebody else is no feed, whatever it stands beside.
    tailored = tailor(feed, spec) if any(item.format.is_feed for item in wanted) else Tailored(feed=feed)
    fitted = [(item, *fitting(tailored.feed, spec, item, pieces)) for item in wanted]
    return _Rendered(
        documents=tuple((item, document) for item, document, _ in fitted),
        verdicts=tuple(dict.fromkeys((*tailored.verdicts, *(verdict for _, _, about in fitted for verdict in about)))),
    )


def _written(rendered: _Rendered, versions: Iterator[str | PublishError], *, keep: bool) -> Writing:
    if rendered.too_large:
        return Writing(written=(), too_large=rendered.too_large)
    written: list[Written] = []
    failed: list[PublishError] = []
    for (item, document), version in zip(rendered.documents, versions, strict=True):
        if isinstance(version, PublishError):
            failed.append(version)  # the others may have room yet
            continue
        written.append(
            Written(
                wanted=item,
                digest=document.digest,
                media_type=document.media_type,
                hubs=document.hubs,
                version=version,
                length=len(document.body),
                body=document.body if keep and not item.page else None,
            )
        )
    return Writing(written=tuple(written), failed=tuple(failed), verdicts=rendered.verdicts)


def fitting(
    feed: Feed, spec: FeedSpec, item: Wanted, pieces: Pieces | None = None
) -> tuple[Document, tuple[Verdict, ...]]:
    """A document with as many entries as its size allows, and what that cost."""
    document = render(feed, item.format, item.path, item.url, pieces)
    most = most_bytes(spec)
    if most is None or len(document.body) <= most or not item.format.is_feed:
        return document, ()
    who = spec.profile.title if spec.profile and spec.max_bytes is None else "the configuration"
    fitted = fit(feed, most, who, lambda shorter: len(render(shorter, item.format, item.path, item.url).body))
    return render(fitted.feed, item.format, item.path, item.url), fitted.verdicts
