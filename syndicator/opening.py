"""How a service begins that cannot have its state yet."""

from __future__ import annotations

import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from syndicator.app import State
from syndicator.errors import StateNotNow

log = logging.getLogger(__name__)

#: It is tried again so much later, in seconds.
_AGAIN = 1.0


@contextmanager
def by_and_by(state: Callable[[], AbstractContextManager[State]]) -> Iterator[State]:
    """The state, as soon as it can be had: whoever locks it, or fills its disk, may be done soon.

    SIGTERM ends the wait, and the program as if it had been at work. Raises SyndicatorError for what does not pass.
    """
    said, before = "", signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with ExitStack() as held:
        while True:
            try:
                had = held.enter_context(state())
                break
            except StateNotNow as error:
                if str(error) != said:
                    facts = {"what": error.what, "reason": error.reason, "remedy": error.remedy}
                    log.warning("not started yet", extra=facts | {"again_in_seconds": _AGAIN})
                said = str(error)
            time.sleep(_AGAIN)
        signal.signal(signal.SIGTERM, before)
        yield had
