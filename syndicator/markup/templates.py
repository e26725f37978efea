"""Template tags of Liquid and Hugo taken out of a body: nothing is executed, and none of it reaches a reader."""

from __future__ import annotations

import re
from html import escape

from syndicator.markup.code import Code, code_shown
from syndicator.model import Markup

OPEN = re.compile(r"\{\{|\{%")
_CLOSE = {"{{<": ">}}", "{{%": "%}}", "{{": "}}", "{%": "%}"}
NAME = re.compile(r"-?\s*(\w+)?")
# How people print braces in Liquid: {{ "{%" }}. What is quoted is what is meant.
QUOTED = re.compile(r"\{\{-?[ \t]*(?:\"([^\"\n]{0,200})\"|'([^'\n]{0,200})')[ \t]*-?\}\}")
_RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_LANGUAGE = re.compile(r"[\w+#.-]+")
_TICKS = re.compile(r"`+")


def drop_templates(body: str, markup: Markup = Markup.MARKDOWN) -> tuple[str, int]:
    """The body without template tags, and how many of them would have said something (the loss to report).

    * ``{% raw %}`` and Hugo's ``{{</* … */>}}`` give their content as it stands; ``{{ "text" }}`` gives the text.
    * ``{% comment %}`` goes with its content; ``highlight`` becomes a code block.
    * Every other tag goes, and the text between tags stays. What is never closed is no tag, and stays literal.
    * In code of a Markdown body all stays literal, less the marks of ``raw`` and of Hugo's comment form.

    Do it once: what ``raw`` has kept literal would be taken for tags the second time. frontmatter-39, -40, -59.
    Linear in the length of the body.
    """
    text, lost = drop(body, markup)
    return text, len(lost)


def drop(body: str, markup: Markup, *, liquid: bool = True, indented: bool = False) -> tuple[str, dict[int, str]]:
    """The same, with the places of the loss and what stood there; without ``liquid`` only Hugo's tags are tags, with
    ``indented`` lines that are set in are code too.
    """
    if "{" not in body or ("{{" not in body and "{%" not in body):
        return body, {}
    code = code_shown(body, markup, indented=indented)
    return _Scan(body, markup, code, liquid=liquid).run()


def code_block(body: str, markup: Markup, language: str, content: str, start: int, end: int) -> str:
    """Code in the place of what stands from ``start`` to ``end`` of a body."""
    match = _LANGUAGE.match(language)
    name = match[0] if match else ""
    if markup is Markup.HTML:
        label = f' class="language-{name}"' if name else ""
        return f"<pre><code{label}>{escape(content.strip(chr(10)))}</code></pre>"
    before = body[body.rfind("\n", 0, start) + 1 : start]
    indent, lead = (before, "") if before.strip() == "" else ("", "\n")
    fence = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(content)), default=0))
    lines = content.strip("\n").rstrip()
    tail = "" if body.startswith("\n", end) or end == len(body) else "\n" + indent
    return f"{lead}{fence}{name}\n{lines}\n{indent}{fence}{tail}"


class _Scan:
    """One walk over a body, from tag to tag."""

    def __init__(self, body: str, markup: Markup, code: Code, *, liquid: bool) -> None:
        self.body = body
        self.markup = markup
        self.liquid = liquid
        self.code = code
        self.lost: dict[int, str] = {}
        self._kept: list[str] = []
        self._ahead: dict[str, tuple[int, int]] = {}

    def run(self) -> tuple[str, dict[int, str]]:
        at = seen = 0
        while opening := OPEN.search(self.body, seen):
            start = opening.start()
            step = self._tag(start)
            if step is None:
                seen = opening.end()
                continue
            text, end = step
            self._kept += (self.body[at:start], text)
            at = seen = end
        self._kept.append(self.body[at:])
        return "".join(self._kept), self.lost

    def _tag(self, start: int) -> tuple[str, int] | None:
        """What stands for the tag that begins here and where its reach ends; None when it stays as it is."""
        body = self.body
        mark = body[start : start + 3] if body[start : start + 3] in _CLOSE else body[start : start + 2]
        if not self.liquid and len(mark) == 2:
            return None
        if mark == "{{" and start not in self.code and (quoted := QUOTED.match(body, start)):
            return quoted[1] or quoted[2] or "", quoted.end()
        inside = start + len(mark)
        close = self._find(re.escape(_CLOSE[mark]), inside)
        # An opener before the closer: the first one was never closed.
        if close is None or 0 <= self._find_opener(inside) < close[0]:
            return None
        inner, end = body[inside : close[0]], close[1]
        if mark in ("{{<", "{{%") and inner.startswith("/*") and inner.rstrip().endswith("*/"):
            return f"{mark}{inner.rstrip()[2:-2]}{_CLOSE[mark]}", end
        name = _name(inner)
        if mark == "{%" and name == "raw" and (closing := self._find(r"\{%-?\s*endraw\s*-?%\}", end)):
            return self._raw(start, end, *closing), closing[1]
        if start in self.code:
            return None
        return self._liquid(name, inner, start, end) if mark == "{%" else self._output(mark, name, inner, start, end)

    def _raw(self, start: int, inside: int, until: int, end: int) -> str:
        """What raw holds; in a code block its marks take their lines with them, as nobody means those as code."""
        content = self.body[inside:until]
        if start in self.code:
            if content.startswith("\n") and self.body[start - 1] == "\n":
                content = content[1:]
            if content.endswith("\n") and self.body.startswith("\n", end):
                content = content[:-1]
        return content

    def _liquid(self, name: str, inner: str, start: int, end: int) -> tuple[str, int]:
        if name == "comment" and (closing := self._find(r"\{%-?\s*endcomment\s*-?%\}", end)):
            return "", closing[1]
        if name == "highlight" and (closing := self._find(r"\{%-?\s*endhighlight\s*-?%\}", end)):
            return self._code_block(inner, _RAW.sub("", self.body[end : closing[0]]), start, closing[1])
        if name not in ("", "raw", "endraw", "endcomment", "endhighlight"):
            self.lost[start] = self.body[start:end]
        return "", end

    def _output(self, mark: str, name: str, inner: str, start: int, end: int) -> tuple[str, int]:
        if mark != "{{" and name == "highlight":
            closing = self._find(r"\{\{[<%]\s*/\s*highlight\s*[>%]\}\}", end)
            if closing:
                return self._code_block(inner, self.body[end : closing[0]], start, closing[1])
        if not inner.lstrip(" \t-").startswith("/"):  # the end of a pair was counted with its beginning
            self.lost[start] = self.body[start:end]
        return "", end

    def _code_block(self, inner: str, content: str, start: int, end: int) -> tuple[str, int]:
        language = _LANGUAGE.search(inner, inner.find("highlight") + len("highlight"))
        return code_block(self.body, self.markup, language[0] if language else "", content, start, end), end

    def _find(self, pattern: str, at: int) -> tuple[int, int] | None:
        """The next match; each place is looked at once a pattern, however many tags ask."""
        start, end = self._ahead.get(pattern, (-2, -2))
        if start == -1:
            return None
        if start < at:
            match = re.compile(pattern).search(self.body, at)
            start, end = match.span() if match else (-1, -1)
            self._ahead[pattern] = (start, end)
        return None if start == -1 else (start, end)

    def _find_opener(self, at: int) -> int:
        found = self._find(OPEN.pattern, at)
        return found[0] if found else -1


def _name(inner: str) -> str:
    match = NAME.match(inner)
    return (match[1] or "") if match else ""
