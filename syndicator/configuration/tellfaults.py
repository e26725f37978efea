"""What is wrong between the keys of [purge], and between web hooks, feeds and files with secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from syndicator.caches import TOKEN, places
from syndicator.configuration.tellvalues import secret_keys
from syndicator.configuration.tomlfile import KeyPath
from syndicator.configuration.words import Wrong, nearest

_OF_PRESETS: Mapping[str, tuple[str, ...]] = {"fastly": ("service", "key", "soft"), "cloudflare": ("zone",)}
_OF_REQUESTS = ("method", "headers", "body")
#: Headers of messages that are ours to say.
_OF_MESSAGES = ("content-type", "host", "webhook-id", "webhook-timestamp", "webhook-signature")


def purge_faults(purge: Mapping[str, object]) -> Iterator[tuple[KeyPath, Wrong]]:
    """What is wrong with ``[purge]`` as a whole, as written."""
    preset = purge.get("preset") or ""
    given = {key for key, value in purge.items() if value}
    if preset not in ("", *_OF_PRESETS):
        return  # is told by itself
    if not preset and "url" not in given:
        for key in sorted(given - {"within"}):
            yield ("purge", key), Wrong("is set, but nothing is purged without preset or url", "set one of them")
        return
    yield from _headers(("purge",), purge.get("headers"))
    strange = {key for name, keys in _OF_PRESETS.items() if name != preset for key in keys}
    for key in sorted(given & (strange | (set(_OF_REQUESTS) if preset else set()))):
        place = f"with preset = {preset}" if preset else "in a request of your own"
        yield ("purge", key), Wrong(f"is of no use {place}", "leave it out")
    yield from _needs(purge, str(preset), given)


def _needs(purge: Mapping[str, object], preset: str, given: set[str]) -> Iterator[tuple[KeyPath, Wrong]]:
    keep_out = "set SYNDICATOR_PURGE__TOKEN, or SYNDICATOR_PURGE__TOKEN_FILE to the file that holds it"
    if preset and isinstance(url := purge.get("url"), str) and any(places(url)):
        yield ("purge", "url"), Wrong("has places to fill, but with a preset it is where the API is", "leave it out")
    if preset == "cloudflare":
        if "zone" not in given:
            yield (
                ("purge", "zone"),
                Wrong("is missing, and Cloudflare asks for it", "copy the zone's id from its overview"),
            )
        if "token" not in given:
            yield ("purge", "token"), Wrong("is missing, and Cloudflare asks for one", keep_out)
    elif preset == "fastly":
        if "key" in given and "service" not in given:
            yield ("purge", "service"), Wrong("is missing, and surrogate keys are those of a service", "add its id")
        if "service" in given and "key" not in given:
            yield ("purge", "key"), Wrong("is missing, and a service is only named for it", "add the surrogate key")
        if "key" in given and "token" not in given:
            yield ("purge", "token"), Wrong("is missing, and surrogate keys are purged with one", keep_out)
    else:
        headers = purge.get("headers")
        texts = [purge.get("body"), *(headers.values() if isinstance(headers, dict) else ())]
        wanted = any(TOKEN in places(text) for text in texts if isinstance(text, str))
        if wanted and "token" not in given:
            yield ("purge", "token"), Wrong("is missing, but {token} stands for it", keep_out)
        if "token" in given and not wanted:
            remedy = 'as in headers = { Authorization = "Bearer {token}" }'
            yield ("purge", "token"), Wrong("is set, but no header and no body has {token} in it", remedy)


def hook_faults(
    hooks: object, feeds: Mapping[str, bool], read: Callable[[str], str]
) -> Iterator[tuple[KeyPath, Wrong]]:
    """What is wrong with ``[[webhooks]]`` as a whole, as written. ``feeds`` says of each name under [[feeds]] whether
    it makes a feed for each value; ``read`` gives what is in a file, or raises Wrong.
    """
    seen: set[str] = set()
    for index, hook in enumerate(hooks if isinstance(hooks, list) else ()):
        if not isinstance(hook, dict):
            continue
        place: KeyPath = ("webhooks", index)
        url, secret, file = (hook.get(key) or "" for key in ("url", "secret", "secret_in"))
        if isinstance(url, str) and url:
            if url in seen:
                yield (*place, "url"), Wrong("is named twice", "let one of them have all feeds")
            seen.add(url)
        if secret and file:
            yield (*place, "secret_in"), Wrong("is set, and so is secret", "leave out one of them")
        elif not secret and not file:
            yield (
                (*place, "secret_in"),
                Wrong(
                    "is missing, and messages are signed", 'name the file that holds the secret, such as "hook.secret"'
                ),
            )
        elif isinstance(file, str) and file:
            try:
                if not secret_keys(read(file)):
                    raise Wrong("names a file that is empty", "write the secret into it")
            except Wrong as wrong:
                yield (*place, "secret_in"), wrong
        yield from _strange_feeds(place, hook.get("feeds"), feeds)
        yield from _headers(place, hook.get("headers"), _OF_MESSAGES)


def _headers(place: KeyPath, headers: object, ours: Sequence[str] = ()) -> Iterator[tuple[KeyPath, Wrong]]:
    seen: set[str] = set()
    for name in headers if isinstance(headers, dict) else ():
        if isinstance(name, str) and name.lower() in ours:
            yield (*place, "headers", name), Wrong("is a header that is set by itself", "leave it out")
        elif isinstance(name, str) and name.lower() in seen:
            yield (*place, "headers", name), Wrong("is named twice", "leave out one of them: case does not matter")
        seen.add(str(name).lower())


def _strange_feeds(place: KeyPath, wanted: object, feeds: Mapping[str, bool]) -> Iterator[tuple[KeyPath, Wrong]]:
    names: Sequence[object] = [wanted] if isinstance(wanted, str) else wanted if isinstance(wanted, list) else ()
    for name in names:
        if not isinstance(name, str):
            continue
        first, slash, _ = name.partition("/")
        if first not in feeds or (slash and not feeds[first]):
            meant = nearest(first, feeds)
            remedy = f'did you mean "{meant}"?' if meant else f"the feeds are {', '.join(feeds)}"
            yield (*place, "feeds"), Wrong("names a feed that there is not", remedy)
