"""The sites that readers read: built and served once for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from tests.readers.sites import DEMO, SAMPLES, Site, serving


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Site]]:
    """The demo and the samples, by name."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(serving(name, tmp_path_factory.mktemp(name))) for name in (DEMO, SAMPLES)}


@pytest.fixture(autouse=True)
def loopback_needs_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine's settings are."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
