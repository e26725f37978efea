"""Templates through the whole of it: posts lead to each other, losses are told, and nothing of a template gets out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.newsroom import Newsroom, eventually


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path)


def html(newsroom: Newsroom, title: str) -> str:
    return next(str(item["content_html"]) for item in newsroom.items() if item["title"] == title)


def test_a_post_leads_to_another_and_follows_it_when_it_moves(newsroom: Newsroom) -> None:
    """frontmatter-39: the address of the other is in nobody's memory, and still an unchanged post learns of it."""
    newsroom.post("2023-01-02-calm.md", title="Calm")
    newsroom.post("2023-01-03-storm.md", "After [the calm]({% post_url 2023-01-02-calm %}).", title="Storm")
    newsroom.post("2023-01-04-sun.md", "[Later]({% post_url 2023-01-05-rain %})", title="Sun")
    newsroom.build()
    assert 'href="https://news.example.org/2023/01/02/calm.html"' in html(newsroom, "Storm")
    assert "<a>Later</a>" in html(newsroom, "Sun")

    newsroom.post("2023-01-02-calm.md", title="Calm", permalink="/moved/")
    newsroom.post("2023-01-05-rain.md", title="Rain")
    newsroom.build()

    assert 'href="https://news.example.org/moved/"' in html(newsroom, "Storm")
    assert 'href="https://news.example.org/2023/01/05/rain.html"' in html(newsroom, "Sun")
    before = newsroom.files()
    newsroom.build()
    assert before == newsroom.files()


def test_a_post_follows_pages_and_data_of_its_site(newsroom: Newsroom) -> None:
    """frontmatter-39: neither the post nor the configuration changes, and still its entry does."""
    site = newsroom.root / "content"
    (site / "_data").mkdir()
    newsroom.post("2023-01-02-calm.md", "[Us]({% link about.md %}), {{ site.data.team.lead }}.", title="Calm")
    newsroom.post("2023-01-03-storm.md", title="Storm")
    done = newsroom.build()
    assert "<p><a>Us</a>, .</p>" == html(newsroom, "Calm")
    assert "_posts/2023-01-02-calm.md:4: template {% link about.md %}" in done.stdout + done.stderr

    (site / "about.md").write_text("---\n---\n")
    (site / "_data" / "team.yml").write_text("lead: Jane\n")
    newsroom.build()
    assert '<p><a href="https://news.example.org/about.html">Us</a>, Jane.</p>' == html(newsroom, "Calm")

    (site / "about.md").write_text("---\npermalink: /us/\n---\n")
    newsroom.build()
    assert '<p><a href="https://news.example.org/us/">Us</a>, Jane.</p>' == html(newsroom, "Calm")
    (site / "_data" / "team.yml").write_text("lead: Joan\n")
    newsroom.build()
    assert "Joan" in html(newsroom, "Calm")
    before = newsroom.files()
    newsroom.build()
    assert before == newsroom.files()


def test_the_running_service_notices_other_data(newsroom: Newsroom) -> None:
    site = newsroom.root / "content"
    (site / "_data").mkdir()
    (site / "_data" / "team.yml").write_text("lead: Jane\n")
    newsroom.post("2023-01-02-calm.md", "{{ site.data.team.lead }}", title="Calm")
    with newsroom.running():
        eventually(lambda: "Jane" in html(newsroom, "Calm"))
        (site / "_data" / "team.yml").write_text("lead: Joan\n")

        assert eventually(lambda: "Joan" in html(newsroom, "Calm"))


def test_includes_show_what_the_settings_say(newsroom: Newsroom) -> None:
    """frontmatter-39"""
    path = newsroom.root / "syndicator.toml"
    path.write_text(
        path.read_text() + "\n[source.includes]\n"
        '"photo.html" = "figure src=path credit=by"\n"ad.html" = "drop"\nclip = "youtube id=code"\n'
    )
    newsroom.post(
        "2023-01-02-calm.md",
        '{% include_cached media/photo.html path="/a.jpg" alt="A" by="Jane" %}\n\n'
        'A{% include ad.html %}. {% include_relative clip.html code="dQw4w9WgXcQ" %} {% include other.html %}',
        title="Calm",
    )

    done = newsroom.command("check")
    newsroom.build()

    shown = html(newsroom, "Calm")
    assert '<img src="https://news.example.org/a.jpg" alt="A">' in shown
    assert "<figcaption>Jane</figcaption>" in shown
    assert "https://www.youtube.com/watch?v=dQw4w9WgXcQ" in shown
    told = [line for line in (done.stdout + done.stderr).splitlines() if "template " in line]
    assert 1 == len(told)
    assert "calm.md:6: template {% include other.html %}" in told[0]


def test_check_tells_file_line_and_tag_of_what_is_left_out(newsroom: Newsroom) -> None:
    newsroom.post("2023-01-02-calm.md", "Words.\n\n{% include ad.html %} {{ page.title }}", title="Calm")

    done = newsroom.command("check")
    said = done.stdout + done.stderr

    assert "_posts/2023-01-02-calm.md:6: template {% include ad.html %} cannot be known outside of the site" in said


def test_posts_that_are_mostly_template_can_be_refused(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path)
    path = newsroom.root / "syndicator.toml"
    path.write_text(path.read_text().replace('path = "content"', 'path = "content"\ntemplates = "skip"'))
    newsroom.post("2023-01-02-calm.md", "{% for p in site.posts %}{{ p.title }}{% endfor %}", title="Calm")
    newsroom.post("2023-01-03-storm.md", "Words. {{ page.title }}", title="Storm")

    done = newsroom.build(status=1)

    assert ["Storm"] == newsroom.titles()
    assert "_posts/2023-01-02-calm.md:4: is mostly template" in done.stderr


def test_an_excerpt_of_a_post_that_is_kept_back_has_its_templates_done(newsroom: Newsroom) -> None:
    """frontmatter-23, -35: a block that is open where the excerpt ends is closed."""
    path = newsroom.root / "content/_posts/2023-01-02-calm.md"
    path.write_text(
        "---\ntitle: Calm\nfeed: {excerpt_only: true}\n---\n"
        "{% if page.title %}{{ page.title }} waters.\n\nKEPT BACK{% endif %}\n"
    )

    newsroom.build()

    assert ["Calm waters."] == [item["summary"] for item in newsroom.items()]
    assert "KEPT BACK" not in b"".join(newsroom.files().values()).decode()


def test_posts_have_the_text_of_their_pages_and_follow_them(tmp_path: Path) -> None:
    """frontmatter-41"""
    newsroom = Newsroom(tmp_path)
    path = newsroom.root / "syndicator.toml"
    path.write_text(path.read_text().replace('path = "content"', 'path = "content"\nrendered = "_site"'))
    newsroom.post("2023-01-02-calm.md", "{% include ad.html %}Source.", title="Calm")
    newsroom.post("2023-01-03-storm.md", "Source.", title="Storm")
    page = newsroom.root / "content/_site/2023/01/02/calm.html"
    page.parent.mkdir(parents=True)
    page.write_text('<article><div class="post-content"><p>{{ Built }} <a href="/x">x</a></p><script>1</script></div>')

    done = newsroom.build()

    assert '<p>{{ Built }} <a href="https://news.example.org/x">x</a></p>' == html(newsroom, "Calm")
    assert "<p>Source.</p>" == html(newsroom, "Storm")
    assert "its page is not in the built site" in done.stdout + done.stderr
    page.write_text('<article><div class="post-content"><p>Built again</p></div>')
    newsroom.build()
    assert "<p>Built again</p>" == html(newsroom, "Calm")
    page.unlink()
    newsroom.build()
    assert "<p>Source.</p>" == html(newsroom, "Calm")


@pytest.mark.parametrize("name", ["public", "./public/", "out/of/it"])
def test_no_page_of_the_built_site_is_a_post(tmp_path: Path, name: str) -> None:
    """frontmatter-41: to the plain dialect every Markdown or HTML file is one, and pages had been before."""
    newsroom = Newsroom(tmp_path, dialect="plain")
    (newsroom.root / "content/2023-01-02-calm.md").write_text("---\ntitle: Calm\n---\nSource.\n")
    page = newsroom.root / "content" / name / "calm/index.html"
    page.parent.mkdir(parents=True)
    page.write_text("---\ndate: 2023-01-02\n---\n<article><p>Built.</p></article>")
    newsroom.build()
    assert 2 == len(newsroom.items())

    path = newsroom.root / "syndicator.toml"
    path.write_text(path.read_text().replace('path = "content"', f'path = "content"\nrendered = "{name}"'))
    newsroom.build()

    assert ["Calm"] == [item["title"] for item in newsroom.items()]
    assert "<p>Built.</p>" == html(newsroom, "Calm")
