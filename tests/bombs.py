"""Posts made to cost much: each a pattern that some reader of it might be slow or greedy with, grown to a size.

Front matter (64 KiB at most) and bodies; names say what is meant to explode.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Body = Callable[[int], str]


def _times(unit: str, end: str = "", begin: str = "") -> Body:
    return lambda size: begin + unit * max(1, (size - len(end) - len(begin)) // len(unit)) + end


def _nested(opening: str, closing: str, middle: str = "x") -> Body:
    def make(size: int) -> str:
        count = max(1, size // (len(opening) + len(closing)))
        return opening * count + middle + closing * count

    return make


def _numbered(unit: str, end: str = "") -> Body:
    """``unit`` with a number in the place of ``%d``."""

    def make(size: int) -> str:
        parts: list[str] = []
        length = 0
        number = 0
        while length < size:
            parts.append(unit.replace("%d", str(number)))
            length += len(parts[-1])
            number += 1
        return "".join(parts) + end

    return make


def _indented(size: int) -> str:
    lines: list[str] = []
    length = depth = 0
    while length < size and depth < 3_000:
        lines.append("  " * depth + "- a")
        length += len(lines[-1]) + 1
        depth += 1
    return "\n".join(lines)


def _notes(size: int) -> str:
    count = size // 40
    return (
        "".join(f"[^{n}] " for n in range(count))
        + "\n\n"
        + "".join(f"[^{n}]: note [^{n + 1}]\n\n" for n in range(count))
    )


def _references(size: int) -> str:
    """One long address, and many short links to it."""
    return f"[a]: /{'x' * (size // 2)}\n\n" + "[a] " * (size // 8)


def _table(size: int) -> str:
    """A head of many cells and many short rows, which a reader may fill up with empty cells."""
    side = int((size / 4) ** 0.5) * 2
    return "|" + "a|" * side + "\n|" + "-|" * side + "\n" + "|a\n" * (side * 2)


def _table_rows(size: int) -> str:
    cells = size // 8
    return "|" + "a|" * cells + "\n|" + "-|" * cells + "\n" + "a\n" * cells


def _abbreviations(size: int) -> str:
    return "".join(f"*[A{n}]: {'long ' * 200}\n" for n in range(200)) + "\n" + "A1 A77 A199 " * (size // 16)


def _abbreviation_huge(size: int) -> str:
    return f"*[A]: {'x' * (size // 2)}\n\n" + "A " * (size // 4)


def _held_attributes(size: int) -> str:
    return f'{{:big: title="{"x" * (size // 2)}"}}\n\n' + "![a](b){: big}\n" * (size // 30)


BODIES: Mapping[str, Body] = {
    # CommonMark
    "stars": _times("*"),
    "stars-spaced": _times("* "),
    "star-text": _times("*a "),
    "star-pairs": _times("a**b"),
    "star-under": _times("*a_ "),
    "star-tower": _nested("**x*y ", " *z**"),
    "emphasis-nested": _nested("*a **a ", "b** b*"),
    "underscores": _times("_a __b "),
    "tildes": _times("~~a "),
    "tilde-one": _times("~a"),
    "brackets-open": _times("["),
    "brackets-nested": _nested("[", "]"),
    "brackets-link": _nested("[", "](a)"),
    "images-open": _times("!["),
    "images-nested": _nested("![", "](a)"),
    "links-open": _times("[a](<b"),
    "links-parens": _times("[a](b("),
    "links-parens-nested": _times("(", begin="[a]("),
    "links-title": _times('[a](b "'),
    "links-spaced": _times("[a](b c (d) "),
    "links-spaced-open": _times("(d) e ", begin="[a](b "),
    "links-many": _times("[a](/b) "),
    "links-dots": _times("../", begin="[a](/", end=")"),
    "reference-long": _references,
    "references-many": _numbered("[a%d]: /x%d\n", "\n[a1]"),
    "references-same": _times("[a]: /b\n"),
    "reference-open": _times("[a]: <b\n"),
    "reference-spaced": _times(" a b", begin="[a]: b"),
    "reference-titles": _times("[a]: /b '\n"),
    "quotes-deep": _times(">"),
    "quotes-spaced": _times("> ", end="a"),
    "quotes-lines": _times("> > > a\n"),
    "quote-list": _times("> - ", end="a"),
    "list-one-line": _times("- ", end="a"),
    "list-deep": _indented,
    "list-lines": _times("- a\n"),
    "list-numbers": _times("1) a\n2. b\n"),
    "list-mixed": _times("- a\n* b\n+ c\n"),
    "list-loose": _times("- a\n\n\n"),
    "numbers-late": _times("text\n2. b\n"),
    "text-numbers": _times("a\n", end="7. b\n"),
    "text-then-numbers": _times("a\n7. b\n\n"),
    "text-underlines": _times("a\na\n---\n"),
    "headings": _times("# a\n"),
    "hashes": _times("#"),
    "heading-closing": _times("# a #####\n"),
    "rules": _times("---\n"),
    "rule-long": _times("- - "),
    "equals": _times("a\n=\n"),
    "ticks": _times("`"),
    "ticks-growing": lambda size: " ".join("`" * n for n in range(1, int((2 * size) ** 0.5))),
    "ticks-odd": _times("``a` "),
    "fence-open": _times("```\n~~~\n"),
    "fences": _times("```\na\n```\n"),
    "fence-long-info": _times("a", begin="```"),
    "fences-growing": lambda size: "\n".join("`" * n for n in range(3, int((2 * size) ** 0.5))),
    "indented": _times("    a\n"),
    "indented-blank": _times("    a\n\n"),
    "spaces": _times(" "),
    "spaces-text": _times(" ", end="a"),
    "spaces-lines": _times("   \n"),
    "text-spaces": lambda size: ("a" + " " * 1_000) * (size // 1_001),
    "tabs": _times("\t"),
    "tabs-list": _times("\t", begin="- "),
    "line-ends": _times("\n"),
    "escapes": _times("\\"),
    "escapes-lines": _times("\\\\\n"),
    "entities": _times("&amp;"),
    "entities-open": _times("&"),
    "entities-long": _times("a", begin="&"),
    "entity-quotes": _times("&quot;"),
    "html-open": _times("<"),
    "html-names": _times("<a"),
    "html-attributes": _times(" a", begin="<a", end=">"),
    "html-attributes-open": _times(" a=", begin="<a"),
    "html-attributes-named": _numbered(" a%d=b"),
    "html-attributes-block": lambda size: "<div" + _numbered(" a%d=b")(size) + ">",
    "html-quote": _times('<a b="'),
    "html-comments": _times("<!--"),
    "html-comments-in": _times("a <!-- "),
    "html-cdata": _times("a <![CDATA["),
    "html-pi": _times("a <?"),
    "html-declaration": _times("a <!A "),
    "html-divs": _times("<div>"),
    "html-divs-lines": _times("<div>\n"),
    "html-divs-nested": _nested("<div>", "</div>"),
    "html-b": _times("<b>"),
    "html-b-p": _times("<b><p>"),
    "html-a-p": _times("<a href=x><p>"),
    "html-font": _times("<font><i><b><p>"),
    "html-formatting-close": _nested("<b><i>", "</b></i>"),
    "html-tables": _times("<table>"),
    "html-table-foster": lambda size: "<table>" + "<b>a" * (size // 8),
    "html-table-cells": _times("<td>", begin="<table><tr>"),
    "html-tr-text": _times("<tr>x", begin="<table>"),
    "html-select": _times("<select>"),
    "html-svg": _times("<svg><desc>"),
    "html-math": _times("<math><mi>"),
    "html-math-open": _times("<math "),
    "html-iframes": _times('<iframe src="https://e.org/">'),
    "html-iframe-open": _times("<iframe "),
    "html-iframe-quotes": _times("<iframe a='\""),
    "html-iframe-attributes": _times(" a", begin="<iframe", end="></iframe>"),
    "html-end-tags": _times("</p>"),
    "html-br-end": _times("</br>"),
    "html-button": _times("<button>"),
    "html-li": _times("<li>"),
    "html-ul-li": _times("<ul><li>"),
    "html-dl": _times("<dl><dt><dd>"),
    "html-p": _times("<p>"),
    "html-p-lines": _times("<p>\n\n"),
    "html-pre": _times("<pre>\n"),
    "html-textarea": _times("<textarea>"),
    "html-script": _times("<script>"),
    "html-style": _times("<style><!--"),
    "html-title": _times("<title>"),
    "html-plaintext": _times("<plaintext>"),
    "html-ruby": _times("<ruby><rt>"),
    "html-details": _times("<details><summary>"),
    "html-ids": _numbered('<i id="a%d"></i><a href="#a%d">b</a>'),
    "html-names-anchors": _times('<a name="x" href="#x">'),
    "html-srcset": _times("a 1x, ", begin='<img src="/a" srcset="', end='">'),
    "html-srcset-spaces": _times(" ", begin='<img src="/a" srcset="a', end='">'),
    "html-srcset-commas": _times(",", begin='<img src="/a" srcset="', end='">'),
    "html-long-address": _times("a", begin='<img src="/', end='">'),
    "html-odd-address": _times("ü%", begin='<img src="/', end='">'),
    "html-host": _times("a.", begin='<img src="https://', end='/">'),
    "html-host-unicode": _times("ü", begin='<img src="https://', end='/">'),
    "html-host-unicode-many": _numbered('<a href="https://ü%d.org/">a</a>'),
    "html-host-digits": _times("1", begin='<img src="https://a:', end='/">'),
    "html-port-digits": _times("9", begin='<a href="https://a.org:', end='/">x</a>'),
    "html-numbered-images": _numbered('<img src="/a%d.jpg" alt="b">'),
    "html-images": _times("<img src=/a>"),
    "html-tiny-links": _times("<a href=a>"),
    "html-dates": _times('<time datetime="a">'),
    "html-code-class": _times("<code class=language-a>"),
    "html-escape": _times('"&<'),
    "html-nul": _times("&#0;"),
    "html-footnotes": _times('<sup><a href="#'),
    "html-sections": _times('<section>\n<ol>\n<li id="fn'),
    "html-lines": _times("<i>\n"),
    "html-block-lines": _times("</div>\n<div>\n"),
    "html-block-open": _times('<div markdown="1">\n'),
    "html-block-open-paired": _nested('<div markdown="1">\n', "</div>\n"),
    "html-block-same-line": _times('<div markdown="1">a</div>\n'),
    "html-block-tag-open": _times('<div markdown="1"\n'),
    "html-span-markdown": _times('<span markdown="1">'),
    "html-kramdown-quotes": _times("<div a='\n"),
    "autolinks": _times("<http://a>"),
    "bare-links": _times("http://a.b "),
    "bare-links-long": _times("http://"),
    "bare-www": _times("www."),
    "bare-www-parens": _times("www.a.b/(("),
    "bare-mails": _times("a@b.c "),
    "bare-mail-open": _times("a@"),
    "bare-mail-dots": _times("a.", end="@b"),
    "bare-underscores": _times("_", begin="www.a"),
    "colons": _times(":"),
    "emoji": _times(":a:"),
    "emoji-real": _times(":smile:"),
    "equals-marks": _times("==a"),
    "carets": _times("^a"),
    "pluses": _times("++a"),
    # tables, notes, definitions, marks
    "table-fill": _table,
    "table-fill-bare": _table_rows,
    "table-rows-bare": lambda size: "|" + "a|" * 50 + "\n|" + "-|" * 50 + "\n" + "a\n" * (size // 2),
    "mails-long-text": lambda size: "a@b.c " * 90 + "word " * ((size - 600) // 5),
    "liquid-push-text": lambda size: (
        "{% assign t = '"
        + "a" * 190_000
        + "' %}{% assign l = 'a' | split: ' ' %}"
        + "{% assign l = l | push: t %}" * 1_000
        + "{{ l }}"
    ),
    "table-rows": _times("|a|b|\n", begin="|a|b|\n|-|-|\n"),
    "table-pipes": _times("|"),
    "table-no-head": _times("|a|b|\n"),
    "table-heads": _times("|a|\n|-|\n"),
    "table-dashes": _times("|-", begin="a|b\n"),
    "table-escaped": _times("\\|", begin="|a|\n|-|\n|"),
    "table-ticks": _times("`|", begin="|a|\n|-|\n|"),
    "pipes-text": _times("a | b\n"),
    "notes": _notes,
    "notes-same": _times("[^a]", end="\n\n[^a]: b\n"),
    "notes-open": _times("[^"),
    "notes-defined": _numbered("[^%d]: a\n"),
    "notes-defined-same": _times("[^a]: a\n"),
    "notes-nested": _times("[^a[^"),
    "notes-inline": _times("^[a "),
    "definitions": _times("a\n: b\n\n"),
    "definitions-few-terms": _times(": b\n", begin="a\n"),
    "definitions-terms": _times("a\n", end=": b\n"),
    "definitions-loose": _times("a\n\n: b\n\n"),
    "definition-nested": _times(": ", begin="a\n"),
    "definitions-below-limit": lambda size: "a\n: b\n\n" * 1_900 + "c " * ((size - 15_000) // 2),
    "definitions-below-limit-long": lambda size: "".join(
        "a\n: " + "b " * (size // 4_000) + "\n\n" for _ in range(1_900)
    ),
    "attributes": _times("a{: .b}\n"),
    "attributes-lines": _times("{: .b}\n"),
    "attributes-open": _times("{:"),
    "attributes-braces": _times("{: a "),
    "attributes-images": _times('![a](b){: width="1"}'),
    "attributes-named": _held_attributes,
    "attributes-names": _numbered('{:a%d: title="b"}\n'),
    "attributes-headings": _times("# a {#b}\n"),
    "attributes-hugo": _times("# a {.b .c"),
    "attributes-hugo-line": _times(" .a", begin="# a {", end="}\n"),
    "attributes-hugo-quotes": _times(" a='b'", begin="# a {"),
    "braces": _times("{"),
    "braces-dots": _times("{."),
    "toc": _times("* a\n{:toc}\n"),
    "abbreviations": _abbreviations,
    "abbreviation-huge": _abbreviation_huge,
    "abbreviations-open": _times("*[a"),
    "abbreviations-lines": _times("\n*[a]: b"),
    "extensions": _times("{::comment}"),
    "extensions-closed": _times("{::comment}a{:/comment}"),
    "extension-nomarkdown": _times("{::nomarkdown}a{:/}"),
    "extension-options": _times('{::options a="b" /}\n'),
    "math": _times("$$"),
    "math-text": _times("$$a$$ "),
    "math-lines": _times("$$\na\n$$\n\n"),
    "math-escaped": _times("\\$$"),
    "guillemets": _times("<<"),
    "guillemets-closing": _times(">>a"),
    "straight-quotes": _times('"'),
    "single-quotes": _times("'"),
    "quote-words": _times("\"a' "),
    "quote-words-closing": _times("a\" 'b"),
    "dashes": _times("-a--b---c"),
    "dots": _times("...."),
    "end-of-block": _times("a\n^\n"),
    "marks-raw": _times("\x02" + "0\x02\x03"),
    "mark-addresses": _times("%020%02"),
    "more": _times("<!--more-->"),
    # templates
    "liquid-open": _times("{{"),
    "liquid-tag-open": _times("{%"),
    "liquid-outputs": _times("{{ a }}"),
    "liquid-few-long": lambda size: ("{{ " + "a." * (size // 400) + "b }}") * 190,
    "liquid-brackets": lambda size: "{{ " + "a[" * (size // 4) + "0" + "]" * (size // 4) + " }}",
    "liquid-string": _times("a", begin='{{ "', end='" }}'),
    "liquid-quote-open": _times("'\"", begin="{{ ", end=" }}"),
    "liquid-filters": _times("| upcase ", begin='{{ "a" ', end="}}"),
    "liquid-filters-append": _times("| append: a ", begin='{% assign a = "aaaaaaaaaaaaaaaaaaaa" %}{{ a ', end="}}"),
    "liquid-arguments": _times(", 1", begin='{{ "a" | default: 1', end=" }}"),
    "liquid-range": lambda size: "{% for a in (1..100000000) %}x{% endfor %}" * 4,
    "liquid-loops": lambda size: "{% for a in (1..5000) %}" * 3 + "x" + "{% endfor %}" * 3,
    "liquid-loop-text": lambda size: "{% for a in (1..9000) %}" + "x" * (size - 100) + "{% endfor %}",
    "liquid-loop-outputs": lambda size: "{% for a in (1..9000) %}" + "{{ a }}" * 4_900 + "{% endfor %}",
    "liquid-loop-filters": lambda size: (
        '{% assign t = "a b " %}'
        + "{% assign t = t | append: t %}" * 14
        + "{% for a in (1..4900) %}{{ t | split: ' ' | sort | join: 'x' | size }}{% endfor %}"
    ),
    "liquid-double": lambda size: '{% assign t = "aaaaaaaaaa" %}' + "{% assign t = t | append: t %}" * 60 + "{{ t }}",
    "liquid-double-capture": lambda size: (
        "{% assign t = 'aaaaaaaaaa' %}" + "{% capture t %}{{ t }}{{ t }}{% endcapture %}" * 60 + "{{ t }}"
    ),
    "liquid-replace": lambda size: (
        '{% assign t = "aaaaaaaaaa" %}' + "{% assign t = t | replace: 'a', 'aaaaaaaaaa' %}" * 30 + "{{ t }}"
    ),
    "liquid-split": lambda size: '{% assign t = "' + "a" * 190_000 + '" %}' + '{{ t | split: "" | size }}' * 1_000,
    "liquid-sort": lambda size: (
        '{% assign t = "' + "b a " * 2_400 + '" | split: " " %}' + "{% assign x = t | sort %}" * 4_000
    ),
    "liquid-uniq": lambda size: (
        '{% assign t = "' + " ".join(map(str, range(4_900))) + '" | split: " " %}' + "{% assign x = t | uniq %}" * 4_000
    ),
    "liquid-concat": lambda size: "{% assign t = 'a b' | split: ' ' %}" + "{% assign t = t | concat: t %}" * 40,
    "liquid-push": lambda size: (
        "{% assign t = 'a b' | split: ' ' %}" + "{% assign t = t | push: t %}" * 1_000 + "{{ t | jsonify }}"
    ),
    "liquid-push-join": lambda size: (
        "{% assign t = 'a b' | split: ' ' %}" + "{% assign t = t | push: t | push: t %}" * 25 + "{{ t }}"
    ),
    "liquid-power": lambda size: (
        "{% assign t = 99999999999999999 %}" + "{% assign t = t | times: t %}" * 30 + "{{ t }}"
    ),
    "liquid-power-long": lambda size: "{{ 9 " + "| times: 99999999999999999" * (size // 30) + " }}",
    "liquid-number": _times("9", begin="{{ ", end=" }}"),
    "liquid-float": lambda size: "{{ 1e999999999 | plus: 1 }}{{ 1.5 | round: 999999999 }}",
    "liquid-date": lambda size: "{{ 'now' | date: '" + "%Y" * (size // 2 - 20) + "' }}",
    "liquid-date-width": lambda size: "{{ 1 | date: '" + "%99Y" * (size // 4 - 20) + "' }}",
    "liquid-date-wide": lambda size: "{{ 1 | date: '%999999999Y' }}",
    "liquid-truncate": lambda size: "{{ 'a' | truncate: 999999999999, 'b' }}{{ 'a' | ljust: 999999999 }}",
    "liquid-url": lambda size: "{% assign t = '" + "ü" * 90_000 + "' %}" + "{% assign t = t | url_encode %}" * 20,
    "liquid-escape": lambda size: (
        "{% assign t = '" + "&" * 40_000 + "' %}" + "{% assign t = t | escape %}" * 100 + "{{ t }}"
    ),
    "liquid-strip-html": lambda size: "{% assign t = '" + "<" * 190_000 + "' %}" + "{{ t | strip_html }}" * 1_000,
    "liquid-strip-html-open": lambda size: (
        "{% assign t = '" + "<!--" * 45_000 + "' %}" + "{{ t | strip_html }}" * 1_000
    ),
    "liquid-strip-script": lambda size: (
        "{% assign t = '" + "<script" * 27_000 + "' %}" + "{{ t | strip_html }}" * 1_000
    ),
    "liquid-words": lambda size: "{% assign t = '" + "a " * 90_000 + "' %}" + "{{ t | number_of_words }}" * 4_900,
    "liquid-slugify": lambda size: "{% assign t = '" + "a-" * 90_000 + "' %}" + "{{ t | slugify }}" * 1_000,
    "liquid-output-big": lambda size: "{% assign t = '" + "a" * 190_000 + "' %}" + "{{ t }}" * 4_900,
    "liquid-where": lambda size: (
        "{% assign t = '" + "a " * 4_900 + "' | split: ' ' %}" + "{{ t | where: 'a', 'b' }}" * 4_900
    ),
    "liquid-contains": lambda size: (
        "{% assign t = '" + "a" * 190_000 + "' %}" + "{% if t contains 'aaaaaab' %}{% endif %}" * 2_400
    ),
    "liquid-ifs": _nested("{% if a %}", "{% endif %}"),
    "liquid-ifs-open": _times("{% if a %}"),
    "liquid-elsif": lambda size: "{% if a %}" + "{% elsif b %}" * 4_900 + "{% endif %}",
    "liquid-condition": _times(" and a", begin="{% if a", end=" %}{% endif %}"),
    "liquid-case": _times(", 1", begin="{% case a %}{% when 1", end=" %}{% endcase %}"),
    "liquid-raw": _times("{% raw %}"),
    "liquid-raws": _times("{% raw %}a{% endraw %}"),
    "liquid-comments": _times("{% comment %}"),
    "liquid-highlight": _nested("{% highlight a %}", "{% endhighlight %}"),
    "liquid-highlights": _times("{% highlight a %}\na\n{% endhighlight %}\n"),
    "liquid-highlight-linenos": lambda size: "{% highlight a linenos %}\n" + "a\n" * (size // 2) + "{% endhighlight %}",
    "liquid-unknown": _numbered("{% a%d %}"),
    "liquid-unknown-nested": _nested("{% a %}", "{% enda %}"),
    "liquid-include": lambda size: ("{% include a.html " + "b='c' " * 300 + "%}") * (size // 2_000),
    "liquid-include-quote": _times("\\", begin="{% include a.html b='", end=" %}"),
    "liquid-youtube": _times("{% youtube abcdefghijk %}\n"),
    "liquid-figure": _times('{% include figure.html src="/a" caption="*b*" %}\n'),
    "liquid-dashes": _times("{%- a -%} "),
    "liquid-spaces": _times(" ", begin="a{%", end="%}"),
    "liquid-cycle": lambda size: "{% for a in (1..5000) %}{% cycle 'a', 'b' %}{% endfor %}" * 50,
    "liquid-increment": _times("{% increment a %}"),
    "liquid-posts": _times("{% post_url 2020-01-01-a %}"),
    "liquid-many-lost": _numbered("{{ a%d }} "),
    "liquid-body-in-loop": lambda size: (
        "{% for a in (1..5000) %}{{ page.title }}{{ page.content }}{{ page.big }}{% endfor %}"
    ),
    "hugo-open": _times("{{<"),
    "hugo-percent": _times("{{%"),
    "hugo-nested": _nested("{{< a >}}", "{{< /a >}}"),
    "hugo-open-tags": _numbered("{{< a%d >}}"),
    "hugo-closing": _times("{{< /a >}}"),
    "hugo-comments": _times("{{</* a */>}}"),
    "hugo-figure": _times('{{< figure src="/a" caption="b" >}}\n'),
    "hugo-figure-caption": _times("*", begin='{{< figure src="/a" caption="', end='" >}}'),
    "hugo-youtube": _times("{{< youtube abcdefghijk >}} "),
    "hugo-highlight": _times("{{< highlight a >}}\nb\n{{< /highlight >}}\n"),
    "hugo-highlight-open": _times("{{< highlight a >}}"),
    "hugo-details": _nested("{{< details >}}", "{{< /details >}}"),
    "hugo-details-summary": _times('{{< details "a" >}}b{{< /details >}}'),
    "hugo-param": _times('{{< param "big" >}}'),
    "hugo-ref": _times('{{< ref "a" >}}'),
    "hugo-arguments": _times('a="b" ', begin="{{< figure ", end=">}}"),
    "hugo-quote": _times('"\\', begin="{{< figure ", end=">}}"),
    "hugo-ticks": _times("{{< a `", end=">}}"),
    "words": _times("word "),
    "word": _times("a"),
    "paragraphs": _times("a\n\n"),
    "ideographs": _times("漢"),
    "combining": _times("\u0301", begin="a"),
    "flags": _times("\U0001f1e6"),
    "controls": _times("\x0b"),
    "surrogate-like": _times("\ufffe"),
}


def _aliases(size: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, size // 50)]
    return "\n".join(lines)


def _merges(size: int) -> str:
    lines = ["m0: &m0 {a: 1}"]
    lines += [f"m{n}: &m{n}\n  <<: [{', '.join(f'*m{k}' for k in range(n))}]\n  k{n}: 1" for n in range(1, 100)]
    return "\n".join(lines)[:size]


#: Front matter in YAML, between the usual date and title.
HEADS: Mapping[str, Body] = {
    "aliases": _aliases,
    "aliases-few": lambda size: "t: &t [" + "a, " * 3_000 + "]\n" + "tags: [" + "*t, " * 3 + "]",
    "aliases-wide": lambda size: "t: &t [" + "a, " * 1_000 + "]\n" + "tags: [" + "*t, " * 9 + "]",
    "merges": _merges,
    "lists": _times("["),
    "lists-closed": _nested("x: [", "]"),
    "maps": _times("{a: "),
    "keys": _numbered("k%d: v\n"),
    "keys-same": _times("k: v\n"),
    "keys-dotted": _times("a.", begin="x", end=": 1"),
    "dashes": _times("- ", begin="a:\n  ", end="x"),
    "quotes": _times("''", begin="a: '", end="'"),
    "quote-open": _times("x", begin="a: '"),
    "escapes": _times("\\U0001F600", begin='a: "', end='"'),
    "comments": _times("# a\n"),
    "colons": _times(": ", begin="a", end="\n"),
    "question": _times("? a\n"),
    "tags-yaml": _times("!!str ", begin="a: ", end="x"),
    "anchors": _numbered("k%d: &k%d v\n"),
    "block": _times("  a\n", begin="a: |\n"),
    "folded": _times("  a\n\n", begin="summary: >\n"),
    "multiline": _times("  a\n", begin="summary: a\n"),
    "multiline-quoted": _times("  a\n", begin='summary: "a\n', end='"'),
    "spaces": _times(" ", begin="a:"),
    "trailing": _times("a: b   \n"),
    "title-stars": _times("*a ", begin="title2: x\ntitle: '", end="'"),
    "title-brackets": _times("[", begin="title: '", end="'"),
    "title-html": _times("<b>", begin="title: '", end="'"),
    "title-short-html": lambda size: "title: '" + "<b>" * 300 + "'",
    "title-short-links": lambda size: "title: '" + "[a](" * 240 + "'",
    "title-short-stars": lambda size: "title: '" + "*a " * 330 + "'",
    "title-short-ticks": lambda size: "title: '" + "`a" * 490 + "'",
    "title-space": lambda size: "title: 'a" + " " * (size - 20) + "b'",
    "summary-html": _times("<b a", begin="summary: '", end="'"),
    "summary-comments": _times("<!--", begin="description: '", end="'"),
    "summary-script": _times("<script ", begin="description: '", end="'"),
    "summary-entities": _times("&amp", begin="description: '", end="'"),
    "date-digits": _times("9", begin="date: 2020-01-01 0", end=""),
    "date-spaces": _times(" ", begin="date: 2020-01-01", end="10:00"),
    "date-text": _times("Jan ", begin="date: ", end=""),
    "date-zone": _times("+", begin="date: 2020-01-01 10:00 ", end=""),
    "date-fraction": _times("1", begin="date: 2020-01-01T10:00:00.", end="Z"),
    "date-epoch": _times("1", begin="date: ", end=""),
    "date-months": _times("a", begin="date: 1 ", end=" 2020"),
    "tags-flow": _times("a, ", begin="tags: [", end="b]"),
    "tags-numbered": lambda size: "tags: [" + _numbered("t%d, ")(size - 20) + "b]",
    "tags-spaces": _times("a ", begin="tags: '", end="'"),
    "tags-commas": _times(",", begin="tags: '", end="'"),
    "tags-nested": _nested("[", "]", "a"),
    "categories": lambda size: "categories: [" + _numbered("c%d, ")(size - 20) + "b]",
    "category-long": _times("ü/", begin="categories: ['", end="']"),
    "authors": lambda size: "author: [" + _numbered("a%d, ")(size - 20) + "b]",
    "authors-text": _times("a and ", begin="author: '", end="b'"),
    "authors-commas": _times("a, ", begin="author: '", end="b'"),
    "author-mail": _times("a@", begin="author: '", end="b'"),
    "author-angle": _times("<a", begin="author: '", end="b'"),
    "author-parens": _times("a (", begin="author: '", end="b'"),
    "author-space": lambda size: "author: 'a" + " " * (size - 20) + "b'",
    "author-tables": lambda size: "author:\n" + _numbered("  - {name: a%d, url: /b}\n")(size - 20),
    "image-dots": _times("../", begin="image: '", end="a.jpg'"),
    "image-slashes": _times("/", begin="image: '", end="a.jpg'"),
    "image-percent": _times("%25", begin="image: '/", end="a.jpg'"),
    "image-list": lambda size: "image: [" + _numbered("/a%d, ")(size - 20) + "b]",
    "image-caption": _times("<b>", begin="image: {path: /a.jpg, caption: '", end="'}"),
    "permalink": _times(":title/", begin="permalink: '/", end="'"),
    "permalink-categories": lambda size: (
        "categories: [" + _numbered("c%d, ")(size // 2) + "]\npermalink: '/" + ":categories/" * (size // 30) + "'"
    ),
    "permalink-slashes": _times("/", begin="permalink: '", end="'"),
    "permalink-dots": _times("/..", begin="permalink: '", end="'"),
    "permalink-liquid": _times("{{ title }}", begin="permalink: '/", end="/'"),
    "permalink-liquid-loop": lambda size: (
        "permalink: '/{% for a in (1..9999) %}{% for b in (1..9999) %}x{% endfor %}{% endfor %}/'"
    ),
    "slug": _times("Aü -", begin="slug: '", end="'"),
    "slug-dashes": _times("-", begin="slug: 'a", end="b'"),
    "title-words": _times("Aü -", begin="title: '", end="'"),
    "aliases-hugo": lambda size: "aliases: [" + _numbered("/a%d, ")(size - 20) + "]",
    "excerpt-separator": lambda size: "excerpt_separator: '" + "a" * (size - 30) + "'",
    "id-long": _times("a", begin="id: '", end="'"),
    "language": _times("-a", begin="lang: 'en", end="'"),
    "bool": _times("true ", begin="draft: '", end="'"),
    "big": _times("a", begin="big: '", end="'"),
    "big-list": lambda size: "big: [" + "a, " * (size // 3 - 10) + "]",
    "excerpt-markdown": _times("[a](<b", begin="excerpt: '", end="'"),
    "excerpt-html": _times("<div>", begin="excerpt: '", end="'"),
    "excerpt-liquid": lambda size: "excerpt: '{% for a in (1..9000) %}{{ page.title }}{% endfor %}'",
    "excerpt-only": lambda size: "feed: {excerpt_only: true}",
    "computed": lambda size: (
        "eleventyComputed: {permalink: '{% for a in (1..9999) %}{% for b in (1..9999) %}x{% endfor %}{% endfor %}/'}"
    ),
}
