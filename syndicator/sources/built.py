"""Pages that the generator has made, found by the address of their post."""

from __future__ import annotations

from urllib.parse import unquote

from syndicator.errors import SourceError, SourceUnfinished
from syndicator.ports import LiveFiles


class BuiltFolder:
    """The pages below a folder of the source, which ``files`` reads."""

    def __init__(self, files: LiveFiles, folder: str, site_url: str) -> None:
        self._files = files
        self._folder = folder.strip("/")
        self._site_url = site_url

    def look_again(self) -> None:
        """From here on pages are as they are now."""
        self._files.look_again()

    def page(self, permalink: str) -> bytes | None:
        """The page at an address of the site; None when there is none, or it cannot be read.

        Raises SourceUnfinished.
        """
        for path in self._paths(permalink):
            try:
                page = self._files.read(path)
            except SourceUnfinished:
                raise
            except (SourceError, ValueError):
                continue
            if page is not None:
                return page
        return None

    def version(self, permalink: str) -> str:
        """The name of that page, without reading it; "" when there is none."""
        for path in self._paths(permalink):
            try:
                version = self._files.version(path)
            except (SourceError, ValueError):
                continue
            if version:
                return version
        return ""

    def _paths(self, permalink: str) -> tuple[str, ...]:
        """Where generators and servers keep what is at an address."""
        if not permalink.startswith(self._site_url):
            return ()
        below = unquote(permalink[len(self._site_url) :].partition("#")[0].partition("?")[0])
        if not below.isprintable() or ".." in below.split("/"):
            return ()
        at = f"{self._folder}/{below}"
        if not below or below.endswith("/"):
            return (f"{at}index.html",)
        if below.endswith((".html", ".htm")):
            return (at,)
        return (f"{at}.html", f"{at}/index.html")
