"""Names of files as Jekyll sorts them: which are posts, which are left out. frontmatter.md 17, 18."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

WILD = re.compile(r"[*?\[]")

#: A post by its name, whatever its ending says: Jekyll copies what it cannot convert. Only what is no text is none.
POST = re.compile(
    r"(\d{2,4}-\d{1,2}-\d{1,2})-([^/]*)"
    r"\.(?!(?:7z|aac|avif|avi|bmp|bz2|css|docx?|eot|flac|gif|gz|hei[cf]|ico|jpe?g|js|jxl|m4[av]|map|mkv|mov|mp[34]|"
    r"mpe?g|od[pst]|og[agv]|opus|otf|pdf|png|pptx?|rar|s[ac]ss|svg|tar|tgz|tiff?|ttf|wav|web[mp]|woff2?|xlsx?|xz|zip)\Z)"
    r"[^./]*[^./~]",
    re.ASCII | re.IGNORECASE,
)

#: What is left out whatever ``exclude`` says.
EXCLUDED = (
    ".sass-cache", ".jekyll-cache", "gemfiles", "Gemfile", "Gemfile.lock", "node_modules", "vendor/bundle/",
    "vendor/cache/", "vendor/gems/", "vendor/ruby/",
)  # fmt: skip


def listed(entries: Sequence[str], path: str) -> bool:
    """Whether an entry of ``exclude`` or ``include`` names a file or folder, or something that its path begins with."""
    return any(
        path.startswith(entry) or entry == f"{path}/" or (WILD.search(entry) and fnmatchcase(path, entry))
        for entry in entries
    )


def special(name: str) -> bool:
    return name[0] in "._#~" or name[-1] in "~."
