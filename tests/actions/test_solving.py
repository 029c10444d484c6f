from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from threading import enumerate as enumerate_threads
from typing import Any

import numpy as np
import pytest

from gisapp.actions import solving
from gisapp.actions.solving import Solves, Solving


@dataclass(frozen=True)
class Town:
    """A problem that is nothing but its locks."""

    locks: Any


class Slow:
    """An engine that solves until it is let go; it remembers what was begun and what finished."""

    begun: list[int]
    finished: list[int]
    go: Event
    there: Event

    def __init__(self, problem: Town, seed: int) -> None:
        self.name = int(problem.locks[0, 0])

    def solve(self, watch: Any) -> None:
        self.begun.append(self.name)
        self.there.set()
        self.go.wait(5)
        watch(None)
        self.finished.append(self.name)


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Slow]]:
    fresh = {"begun": [], "finished": [], "go": Event(), "there": Event()}
    kind = type("Fresh", (Slow,), fresh)
    monkeypatch.setattr(solving, "Engine", kind)
    monkeypatch.setattr(solving, "ensure", lambda problem: None)
    monkeypatch.setattr(solving, "QUIET_S", 0)
    yield kind
    kind.go.set()
    for thread in enumerate_threads():
        if thread.name == "solving":
            thread.join()  # or it would begin with the engine of the next test


def under(solves: Solves, name: int) -> Solving:
    return solves.under(Town(None), np.array([[name, 0]]), 1)  # type: ignore[arg-type]


def test_of_solves_that_pile_up_only_the_newest_is_begun(slow: type[Slow]) -> None:
    solves = Solves(1)
    under(solves, 1)
    assert slow.there.wait(5)

    piled = [under(solves, name) for name in (2, 3, 4)]
    slow.go.set()
    piled[-1].engine()

    assert (slow.begun, slow.finished) == ([1, 4], [4])


def test_locks_that_change_in_a_row_begin_no_solve_but_the_last(
    slow: type[Slow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solving, "QUIET_S", 60)
    slow.go.set()
    solves = Solves(1)

    row = [under(solves, name) for name in (1, 2, 3)]
    row[-1].engine()  # and who asks does not wait for quiet

    assert slow.begun == [3]


def test_who_waits_gets_the_answer_though_locks_are_others_meanwhile(slow: type[Slow]) -> None:
    solves = Solves(1)
    first = under(solves, 1)
    under(solves, 2)

    slow.go.set()

    assert first.engine() is first.engine()
    assert 1 in slow.finished


def test_who_waits_for_a_while_is_told_to_ask_again_and_finds_the_same_solve(
    slow: type[Slow],
) -> None:
    solves = Solves(1)

    early = under(solves, 1).within(0)
    slow.go.set()
    later = under(solves, 1).within(60)

    assert early is None
    assert later is not None
    assert slow.begun == [1]


def test_a_solve_that_nobody_asks_for_again_is_left_and_begun_anew(
    slow: type[Slow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solving, "LEFT_S", -1.0)
    solves = Solves(1)
    first = under(solves, 1)
    assert first.within(0) is None
    assert slow.there.wait(5)

    slow.go.set()
    for thread in enumerate_threads():
        if thread.name == "solving":
            thread.join()

    assert (first.ended, first.done, slow.finished) == (True, False, [])
    assert under(solves, 1).engine()
    assert slow.finished == [1]


def test_locks_that_come_back_are_not_solved_again(slow: type[Slow]) -> None:
    slow.go.set()
    solves = Solves(1)
    first = under(solves, 1)
    first.engine()
    under(solves, 2).engine()

    assert under(solves, 1) is first
    assert slow.begun == [1, 2]


def test_only_the_newest_answers_are_kept(slow: type[Slow]) -> None:
    slow.go.set()
    solves = Solves(1)
    first = under(solves, 1)
    first.engine()
    for name in (2, 3):
        under(solves, name).engine()

    assert under(solves, 1) is not first
