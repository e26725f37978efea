"""Template tags: never executed, never shown, and code about them left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.markup.templates import drop_templates
from syndicator.model import Markup


@pytest.mark.parametrize(
    ("body", "expected", "dropped"),
    [
        ("no tags { here } %", "no tags { here } %", 0),
        ("a {{ page.title | upcase }} b", "a  b", 1),
        ("a {%- if x -%}b{%- endif -%} c", "a b c", 2),
        ("{% include x.html a='1' %}", "", 1),
        ("{% assign x = 1 %}{% capture y %}z{% endcapture %}", "z", 3),
        ("a {% comment %}SECRET {{ x }} {% if %}{% endcomment %} b", "a  b", 0),
        ("a {%- # inline -%} b", "a  b", 0),
        ("a {% comment %} b", "a  b", 1),
        ("{% raw %}{{ x }} {% y %}{% endraw %} {{ z }}", "{{ x }} {% y %} ", 1),
        ("{%- raw -%}{{< x >}}{%- endraw -%}", "{{< x >}}", 0),
        ("{% raw %} never closed {{ x }}", " never closed ", 1),
        ("{{ \"{% link %}\" }} {{ '}}' }}", "{% link %} }}", 0),
        ("{{< youtube id >}} b", " b", 1),
        ("{{% note %}}*a*{{% /note %}}", "*a*", 1),
        ("{{< a\n  b=1 >}}", "", 1),
        ("{{</* x */>}} {{%/* y */%}}", "{{< x >}} {{% y %}}", 0),
        ("{{ open and {{ closed }}", "{{ open and ", 1),
        ("{% open", "{% open", 0),
    ],
)
def test_tags_go_and_text_stays(body: str, expected: str, dropped: int) -> None:
    """frontmatter-39, -40, -59"""
    assert (expected, dropped) == drop_templates(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{% highlight ruby linenos %}\na < b\n{% endhighlight %}\nc", "```ruby\na < b\n```\nc"),
        ("{% highlight %}\na\n{% endhighlight %}", "```\na\n```"),
        ("{% highlight c++ %}\n```\n{% endhighlight %}", "````c++\n```\n````"),
        ("{% highlight liquid %}{% raw %}{{ x }}{% endraw %}{% endhighlight %}", "```liquid\n{{ x }}\n```"),
        ("  {% highlight js %}\n  a\n  {% endhighlight %} b", "  ```js\n  a\n  ```\n   b"),
        ("see {% highlight js %}a{% endhighlight %}", "see \n```js\na\n```"),
        ('{{< highlight go "hl_lines=1" >}}\na\n{{< / highlight >}}', "```go\na\n```"),
        ("{% highlight js %} b", " b"),
    ],
)
def test_highlight_becomes_a_code_block(body: str, expected: str) -> None:
    """frontmatter-39, -59"""
    assert expected == drop_templates(body)[0]


def test_highlight_in_an_html_body_becomes_html() -> None:
    body = "{% highlight js %}\nif (a < b) {}\n{% endhighlight %}`{{ x }}`"

    assert drop_templates(body, Markup.HTML) == ('<pre><code class="language-js">if (a &lt; b) {}</code></pre>``', 1)


@pytest.mark.parametrize(
    "body",
    [
        "`{{ x }}` and ``{% if ` %}``",
        "```\n{{ range }}{{< x >}}\n```",
        "1. ~~~ yaml\n   ${{ github.sha }}\n   ~~~\n",
        "`{% highlight x %}` `{% endhighlight %}`",
        "```\n{{ never closed",
    ],
)
def test_code_stays_literal(body: str) -> None:
    """frontmatter-40"""
    assert drop_templates(body) == (body, 0)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("```\n{% raw %}\n{{ x }}\n{% endraw %}\n```", "```\n{{ x }}\n```"),
        ("`{% raw %}{{ x }}{% endraw %}`", "`{{ x }}`"),
        ("{% raw %}\n```\n{{ x }}\n```\n{% endraw %}", "\n```\n{{ x }}\n```\n"),
        ("```\n{{</* x */>}}\n```", "```\n{{< x >}}\n```"),
    ],
)
def test_the_marks_of_raw_go_in_code_too(body: str, expected: str) -> None:
    """frontmatter-39: Jekyll reads raw before Markdown."""
    assert (expected, 0) == drop_templates(body)


@pytest.mark.parametrize(
    "body",
    [
        "{{< " * 10_000,
        "{% \n" * 10_000,
        "{{< " * 5_000 + "{% \n" * 5_000 + '{{ "a" ' + '| replace: "a", "aa" ' * 60 + "}}\n{% raw %} {% never closed",
        "{% for i in (1..1000000000) %}x" * 5_000,
        "{% raw %}" * 5_000,
        "{% comment %}" * 5_000,
        "{% highlight x %}`" * 5_000,
        "{{< highlight x >}}" * 5_000,
        '{{ "' * 10_000,
        "{%" + " " * 40_000,
        "`{{" * 10_000,
    ],
    ids=lambda body: body[:16],
)
def test_a_storm_of_tags_is_over_in_no_time(body: str) -> None:
    """2026-01-12-shortcode-storm.md"""
    started = time.process_time()

    drop_templates(body)

    assert time.process_time() - started < 1


@settings(max_examples=100, deadline=None)
@given(
    st.from_regex(
        r"(?:\{\{[<%-]?|[>%-]?\}\}|\{%-?|-?%\}| |/|raw|endraw|comment|endcomment|highlight|\n|`|a|\"){0,30}",
        fullmatch=True,
    )
)
def test_any_mix_of_marks_is_survived(body: str) -> None:
    text, dropped = drop_templates(body)

    assert dropped <= body.count("{")
    assert len(text) <= 2 * len(body) + 20 * body.count("highlight")
