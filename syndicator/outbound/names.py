"""Looks names up, each in a thread of its own: names that no server answers for hold nobody else up.

The loop's own way has a few threads for all: four dead names fill them for half a minute and longer. Hubs whose names
are well known are not asked meanwhile, nor, with asyncio's loop, is the database.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

#: So many are looked up at a time, also those whose askers have gone: nothing can end a look-up but its name server.
_MOST = 128
#: Seconds after which a look-up that has not ended is waited for no more: the next one may find a server that is up.
_ANEW = 60.0

_Found = asyncio.Future[Sequence[str] | OSError]


class Names:
    """A resolver, for one event loop. A name that several ask for is looked up once, and again ``anew`` seconds later
    where that look-up does not end."""

    def __init__(self, anew: float = _ANEW) -> None:
        self._anew = anew
        self._on_way: dict[str, tuple[float, _Found]] = {}
        self._threads = 0

    async def __call__(self, host: str, _port: int) -> Sequence[str]:
        """The IP addresses of a name, in the system's order of preference. Raises OSError where there are none."""
        now = time.monotonic()
        begun, found = self._on_way.get(host) or (now, None)
        if found is None or now - begun > self._anew:
            found = self._begin(host)
            self._on_way[host] = now, found
        addresses = await asyncio.shield(found)
        if isinstance(addresses, OSError):
            raise OSError(*addresses.args) from addresses
        return addresses

    def _begin(self, host: str) -> _Found:
        if self._threads >= _MOST:
            raise OSError(f"{_MOST} other names are being looked up, and no name server answers")
        loop = asyncio.get_running_loop()
        found: _Found = loop.create_future()

        def keep(addresses: Sequence[str] | OSError) -> None:
            self._threads -= 1
            if (known := self._on_way.get(host)) and known[1] is found:
                del self._on_way[host]
            found.set_result(addresses)

        def look_up() -> None:
            addresses = _addresses(host)
            with suppress(RuntimeError):  # the loop has ended: nobody asks any more
                loop.call_soon_threadsafe(keep, addresses)

        try:
            # A daemon, as the program's end must not wait for it.
            threading.Thread(target=look_up, name=f"name {host}", daemon=True).start()
        except RuntimeError as error:
            raise OSError("no thread can be started to look its name up") from error
        self._threads += 1
        return found


def _addresses(host: str) -> Sequence[str] | OSError:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    except ValueError:  # of Unicode: no label of a name may be empty or very long
        return OSError("it is no name that can be looked up")
    return list(dict.fromkeys(str(item[4][0]) for item in found))
