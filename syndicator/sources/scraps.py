"""What programs leave beside posts for themselves, and what nobody looks for posts in."""

from __future__ import annotations

import re

_SCRAP = re.compile(
    r"\.(?:.*\.)?sw[a-z]"  # Vim's swap files
    r"|4913"  # with which Vim tries whether it may write
    r"|.*~"
    r"|#.*#|\.#.*"  # Emacs
    r"|.*___jb_(?:tmp|old)___"
    r"|\.goutputstream-.*"
    r"|\.DS_Store|\._.*|Thumbs\.db"
    r"|.*\.(?:part|filepart|crdownload)",
    re.DOTALL,
)
_STORES = frozenset({".git", ".hg", ".svn", "node_modules"})


def is_scrap(name: str) -> bool:
    """Whether a file is an editor's or a desktop's own: what happens to it changes no feed."""
    return _SCRAP.fullmatch(name) is not None


def is_store(name: str) -> bool:
    """Whether a folder holds thousands of files that are no site's: history, libraries."""
    return name in _STORES
