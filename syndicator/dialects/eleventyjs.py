"""What Eleventy's configuration says in plain literals: it is a program, is never run, and the rest stays unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

#: Strings, whose slashes and stars are no comments, and where comments begin. Bounded, so that no text takes for ever.
_PIECE = re.compile(
    r""""(?>(?:[^"\\\n]|\\.){0,1000})"|'(?>(?:[^'\\\n]|\\.){0,1000})'|`(?>(?:[^`\\]|\\.){0,1000})`|//[^\n]*+|/\*""",
    re.DOTALL,
)
_LONGEST = 256 * 1024
_DIR = re.compile(r"\bdir\s*:\s*\{([^{}]{0,2000})\}")
_FORMATS = re.compile(
    r"""\btemplateFormats\s*:\s*\[([\s\w"'`.,-]{0,500})\]|\bsetTemplateFormats\(\s*\[([\s\w"'`.,-]{0,500})\]"""
)
_WORD = re.compile(r"""["'`]([\w.-]+)["'`]""")
_EXCERPT = re.compile(r"""\bexcerpt\s*:\s*true\b""")
_FOLDERS = ("input", "data", "includes", "layouts", "output")
_SETTERS = {name: f"set{name.capitalize()}Directory" for name in _FOLDERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Literals:
    """What is said in literals, "" and () where nothing is; ``unclear`` names what is said in other ways."""

    folders: dict[str, str] = field(default_factory=dict)
    prefix: str = ""
    formats: tuple[str, ...] = ()
    separator: str = ""
    unclear: tuple[str, ...] = ()


def literals(program: str) -> Literals:
    """Folders, path prefix, template formats and the separator of excerpts."""
    program = _without_comments(program[:_LONGEST])
    tables = "\n".join(_DIR.findall(program))
    folders: dict[str, str] = {}
    unclear: list[str] = []
    for name in _FOLDERS:
        found = _strings(rf"\b{name}\s*:\s*", tables) | _strings(rf"\b{_SETTERS[name]}\(\s*", program)
        said = re.search(rf"\b{name}\s*:", tables) or re.search(rf"\b{_SETTERS[name]}\(", program)
        if len(found) == 1:
            folders[name] = found.pop()
        elif said or (name == "input" and re.search(r"\bdir\s*:", program) and not tables):
            unclear.append(name)
    prefixes = _strings(r"\bpathPrefix\s*:\s*", program)
    if len(prefixes) != 1 and re.search(r"\bpathPrefix\s*:", program):
        unclear.append("pathPrefix")
    separators = _strings(r"\bexcerpt_separator\s*:\s*", program)
    separator = ""
    if _EXCERPT.search(program):
        separator = separators.pop() if len(separators) == 1 else "---"
    formats = _FORMATS.search(program)
    return Literals(
        folders=folders,
        prefix=prefixes.pop() if len(prefixes) == 1 else "",
        formats=tuple(_WORD.findall(formats[1] or formats[2] or "")) if formats else (),
        separator=separator,
        unclear=tuple(unclear),
    )


def _strings(before: str, program: str) -> set[str]:
    """The texts that stand, in quotes and as a whole, after a pattern."""
    pattern = rf"""{before}(?:"([^"\\\n]{{0,200}})"|'([^'\\\n]{{0,200}})'|`([^`\\\n$]{{0,200}})`)\s*[,)}}\n]"""
    return {next(part for part in match if part) if any(match) else "" for match in re.findall(pattern, f"{program}\n")}


def _without_comments(program: str) -> str:
    kept: list[str] = []
    at = 0
    while match := _PIECE.search(program, at):
        comment = match[0].startswith("/")
        kept.append(program[at : match.start() if comment else match.end()])
        at = match.end()
        if match[0] == "/*":
            end = program.find("*/", at)
            at = len(program) if end < 0 else end + 2
    return "".join(kept) + program[at:]
