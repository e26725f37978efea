"""When what was touched is handed over: all times are given."""

from __future__ import annotations

import time

import pytest

from syndicator.sources.settling import Settling, Touch, is_half

A, B = "_posts/a.md", "_posts/b.md"


def handed(settling: Settling, until: float) -> list[tuple[float, frozenset[str]]]:
    """What is handed over when somebody asks whenever he is to, up to an instant."""
    found = []
    while (due := settling.due()) is not None and due <= until:
        if taken := settling.take(due):
            found.append((round(due, 3), taken))
    return found


def test_a_single_save_waits_five_milliseconds() -> None:
    settling = Settling()
    settling.note(A, Touch.WHOLE, 10.0)

    assert [(10.005, frozenset({A}))] == handed(settling, 20.0)
    assert None is settling.due()


def test_what_an_editor_does_for_one_save_is_handed_over_once() -> None:
    settling = Settling()
    settling.note(A, Touch.GONE, 0.0)
    settling.note(A, Touch.OPEN, 0.001)
    settling.note(A, Touch.WHOLE, 0.002)
    settling.note(A, Touch.MARKED, 0.003)

    assert [(0.008, frozenset({A}))] == handed(settling, 20.0)


def test_a_file_that_is_gone_waits_for_a_new_one_of_its_name_or_of_another() -> None:
    settling = Settling()
    settling.note(A, Touch.GONE, 0.0)
    settling.note(B, Touch.WHOLE, 0.05)

    assert [(0.11, frozenset({A, B}))] == handed(settling, 20.0)


def test_a_rename_waits_for_nothing() -> None:
    settling = Settling()
    settling.note(A, Touch.GONE, 0.0)
    settling.note(B, Touch.WHOLE, 0.0)
    settling.forgive(A)

    assert [(0.005, frozenset({A, B}))] == handed(settling, 20.0)


@pytest.mark.parametrize("gap", [0.0, 0.002, 0.004])
def test_a_burst_of_500_saves_is_handed_over_once(gap: float) -> None:
    settling, found = Settling(), []
    for number in range(500):
        found += handed(settling, number * gap)
        settling.note(f"{number}.md", Touch.WHOLE, number * gap)
    found += handed(settling, 20.0)

    assert 500 == sum(len(paths) for _, paths in found)
    assert 2 >= len(found)


def test_a_burst_with_pauses_is_handed_over_in_two_parts_at_most() -> None:
    settling, found, now = Settling(), [], 0.0
    for number in range(200):
        now += 0.002 if number % 7 else 0.03
        found += handed(settling, now)
        settling.note(f"{number}.md", Touch.WHOLE, now)
    found += handed(settling, 20.0)

    assert 2 >= len(found)


def test_nobody_waits_longer_than_two_seconds_for_a_burst_that_does_not_end() -> None:
    settling, found = Settling(), []
    for number in range(5_000):
        found += handed(settling, number * 0.004)
        settling.note(f"{number}.md", Touch.WHOLE, number * 0.004)

    assert [2.0, 4.0, 6.0, 8.0] == [round(at, 1) for at, _ in found][:4]


def test_a_file_that_is_being_written_is_held_back_until_it_is_closed_and_others_are_not() -> None:
    settling = Settling()
    settling.note(A, Touch.OPEN, 0.0)
    settling.note(B, Touch.WHOLE, 0.1)

    assert [(0.105, frozenset({B}))] == handed(settling, 1.5)
    assert A in settling.written
    settling.note(A, Touch.OPEN, 1.5)
    settling.note(A, Touch.WHOLE, 1.6)
    assert [(1.605, frozenset({A}))] == handed(settling, 20.0)
    assert not settling.written


def test_a_file_that_stays_open_is_taken_ten_seconds_after_the_last_word() -> None:
    settling = Settling()
    settling.note(A, Touch.OPEN, 0.0)
    settling.note(A, Touch.OPEN, 3.0)

    assert [(13.0, frozenset({A}))] == handed(settling, 20.0)


def test_one_that_is_written_in_place_again_and_again_waits_for_a_longer_quiet() -> None:
    settling, found = Settling(), []
    for number in range(8):
        found += handed(settling, number * 0.2)
        settling.note(A, Touch.OPEN, number * 0.2)
        settling.note(A, Touch.WHOLE, number * 0.2)
    found += handed(settling, 20.0)

    assert [(0.005, frozenset({A})), (1.7, frozenset({A}))] == found


def test_one_that_is_written_again_and_again_without_end_is_handed_over_every_two_seconds() -> None:
    settling, found = Settling(), []
    for number in range(60):
        found += handed(settling, number * 0.2)
        settling.note(A, Touch.OPEN, number * 0.2)
        settling.note(A, Touch.WHOLE, number * 0.2 + 0.01)

    assert [0.0, 2.2, 4.4, 6.6] == [round(at, 1) for at, _ in found][:4]


def test_a_burst_of_many_thousand_files_costs_the_same_for_each() -> None:
    def seconds(count: int) -> float:
        settling, begun = Settling(), time.process_time()
        for number in range(count):
            settling.note(f"{number}.md", Touch.OPEN, number * 1e-4)
            settling.note(f"{number}.md", Touch.WHOLE, number * 1e-4)
            settling.due()
            settling.take(number * 1e-4)
        return (time.process_time() - begun) / count

    assert seconds(20_000) < 8 * min(seconds(1_000) for _ in range(3))


def test_a_young_file_that_was_found_waits_for_somebody_who_may_write_it() -> None:
    settling = Settling()
    settling.note("new", Touch.WHOLE, 0.0)
    settling.note("new/a.md", Touch.FOUND, 0.0)

    assert [(0.005, frozenset({"new"})), (0.3, frozenset({"new/a.md"}))] == handed(settling, 20.0)


def test_of_files_that_were_found_those_that_somebody_has_open_wait_until_they_are_closed() -> None:
    settling = Settling()
    for path in (A, B):
        settling.note(path, Touch.FOUND, 0.0)
    assert [False, True] == [settling.is_unsure(now) for now in (0.29, 0.31)]

    settling.note_open([(A, Touch.OPEN), ("open for long.md", Touch.OPEN)], 0.31)

    assert not settling.is_unsure(0.32)
    assert frozenset({B}) == settling.take(0.32)
    settling.note(A, Touch.WHOLE, 3.0)
    assert [(3.005, frozenset({A}))] == handed(settling, 20.0)


@pytest.mark.parametrize(
    ("data", "half"),
    [
        (b"", True),
        (b"\n \n", True),
        (b"--", True),
        (b"---\n", True),
        (b"---\ntitle: x\n", True),
        (b"+++\ntitle = 'x'\n", True),
        (b"---\ntitle: x\n---", False),
        (b"---\r\ntitle: x\r\n---\r\n", False),
        (b"---\ntitle: x\n...\n", False),
        (b"+++\ntitle = 'x'\n+++\n", False),
        (b"Only words.", False),
        (b"- a list\n", False),
    ],
)
def test_nothing_and_front_matter_without_an_end_look_like_half_a_file(data: bytes, half: bool) -> None:
    assert half is is_half(data)
