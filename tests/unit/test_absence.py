"""When posts that are gone count as an accident."""

from __future__ import annotations

import pytest

from syndicator.absence import require_mounts, require_presence
from syndicator.errors import SourceError


@pytest.mark.parametrize("changed", [0, 1])
def test_all_posts_gone_with_next_to_nothing_in_their_place_is_an_accident(changed: int) -> None:
    with pytest.raises(SourceError, match="all 4 known posts are gone at once"):
        require_presence(4, 4, changed, lambda: False)


@pytest.mark.parametrize(
    ("there", "gone", "changed"),
    [
        pytest.param(4, 0, 0, id="none"),
        pytest.param(4, 3, 0, id="not all"),
        pytest.param(4, 4, 2, id="perhaps they moved"),
        pytest.param(2, 2, 0, id="only two"),
        pytest.param(0, 0, 0, id="there were none"),
    ],
)
def test_other_posts_may_go(there: int, gone: int, changed: int) -> None:
    require_presence(there, gone, changed, lambda: False)


@pytest.mark.parametrize(
    ("there", "said"), [(2, "all 2 known posts are gone at once"), (1, "the only known post is gone")]
)
def test_an_empty_folder_is_an_accident_however_few_posts_there_were(there: int, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        require_presence(there, there, 0, lambda: True)


def test_an_empty_folder_that_had_no_post_is_none() -> None:
    require_presence(0, 0, 0, lambda: True)


@pytest.mark.parametrize(
    ("before", "after", "gone", "place"),
    [
        ({"/srv", "_posts/old"}, {"/srv"}, ["_posts/old/a.md", "_posts/b.md"], "1 posts .* at _posts/old;"),
        ({"/srv/content"}, {"/"}, ["_posts/a.md", "_posts/b.md"], "2 posts .* at /srv/content;"),
    ],
)
def test_posts_that_go_with_a_file_system_are_an_accident(
    before: set[str], after: set[str], gone: list[str], place: str
) -> None:
    with pytest.raises(SourceError, match=place):
        require_mounts(before, after, gone)


@pytest.mark.parametrize(
    ("before", "after", "gone"),
    [
        (set(), {"/srv"}, ["a.md"]),
        ({"/srv"}, {"/srv"}, ["a.md"]),
        ({"/srv", "old"}, {"/srv"}, ["older/a.md"]),
        ({"/srv", "old"}, {"/srv"}, []),
        ({"/srv/content"}, {"/var/lib/content"}, ["a.md"]),
    ],
)
def test_posts_that_go_by_themselves_may_go(before: set[str], after: set[str], gone: list[str]) -> None:
    require_mounts(before, after, gone)
