"""What people are told when there is no answer, or none that can be used: nothing secret, and in the system's words."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpcore

from syndicator.errors import BlockedAddress, OutboundError
from syndicator.outbound.addresses import Refused
from syndicator.outbound.lean import httpx
from syndicator.text import printable

_SHOWN = 200
_USER_INFO = re.compile(r"//[^/]*@")


class Unfit(Exception):
    """There is an answer, and it cannot be used."""


@contextmanager
def explained(way: Sequence[str], seconds: float) -> Iterator[None]:
    """Turn what goes wrong between us and the last address of the way into an error of ours."""
    try:
        yield
    except Refused as error:
        raise BlockedAddress(_plain(way[0]), _told(way, str(error)), error.remedy) from error
    except Unfit as error:
        raise OutboundError(_plain(way[0]), _told(way, str(error))) from error
    except (TimeoutError, httpcore.TimeoutException, httpx.TimeoutException) as error:
        reason = f"no whole answer within {seconds:g} seconds"
        raise OutboundError(_plain(way[0]), _told(way, reason), "see whether the host is up") from error
    except (httpcore.ConnectError, httpx.ConnectError) as error:
        remedy = "see whether the host is up and its certificate is valid"
        raise OutboundError(_plain(way[0]), _told(way, f"no connection ({_cause(error)})"), remedy) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpx.TransportError, OSError) as error:
        reason = f"the answer broke off or is not HTTP ({_cause(error)})"
        raise OutboundError(_plain(way[0]), _told(way, reason), "see whether the host is up") from error


def _told(way: Sequence[str], reason: str) -> str:
    return reason if len(way) == 1 else f"it redirects to {_plain(way[-1])}: {reason}"


def _plain(url: str) -> str:
    """The address without what may be secret: user, password, query."""
    shown = printable(_USER_INFO.sub("//", url.partition("#")[0].partition("?")[0], count=1))
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"


def _cause(error: BaseException) -> str:
    """What the system said, in its words; httpcore cuts the chain of causes, the contexts stay."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, OSError) and not isinstance(link, ssl.SSLError) and link.errno:
            return os.strerror(link.errno) if link.errno > 0 else str(link.strerror)
        link = link.__cause__ or link.__context__
    return printable(str(error)) or type(error).__name__
