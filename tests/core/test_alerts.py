import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core.alerts import NEW, Known, Seen, Verdict, false_alarms, judge, overlap, sentence
from gisapp.i18n import say

GRIDS = st.frozensets(st.sampled_from("ABCDEFGH"), min_size=1)


def seen(grids: str, *, strength: int = 5, least: int = 20, first: int = 91) -> Seen:
    return Seen(frozenset(grids), first, strength, least)


def known(grids: str, key: int = 7, *, strength: int = 5, least: int = 20, last: int = 99) -> Known:
    return Known(key, frozenset(grids), strength, least, 8, last)


def whys(verdicts: list[Verdict]) -> list[str]:
    return [verdict.why for verdict in verdicts]


def test_what_was_not_known_is_new() -> None:
    verdicts, over = judge(100, [seen("ABC")], [known("XYZ")])

    assert (whys(verdicts), verdicts[0].known, over) == (["new"], None, [])


def test_what_goes_on_as_it_was_is_not_told_again() -> None:
    verdicts, over = judge(100, [seen("ABC")], [known("ABD")])

    assert (whys(verdicts), verdicts[0].known, over) == (["quiet"], 7, [])


def test_five_disputes_more_as_published_or_a_rarer_class_are_told_again() -> None:
    for now, why in (
        (seen("AB", least=25), "added"),
        (seen("AB", strength=10), "worse"),
        (seen("AB", strength=2, least=10), "quiet"),
    ):
        assert whys(judge(100, [now], [known("ABC")])[0]) == [why]


def test_what_comes_more_slowly_than_before_is_not_told_as_added() -> None:
    # 20 in eight months were 2.5 a month; 25 in eleven are fewer.
    assert whys(judge(100, [seen("AB", least=25, first=90)], [known("AB")])[0]) == ["quiet"]


def test_a_gathering_unseen_for_three_months_is_over_and_not_before() -> None:
    assert judge(101, [], [known("A")]) == ([], [])
    assert judge(102, [], [known("A")]) == ([], [7])


def test_what_broke_off_a_known_gathering_is_not_new() -> None:
    verdicts, over = judge(100, [seen("ABC"), seen("DE")], [known("ABCDE")])

    assert whys(verdicts) == ["quiet", "quiet"]
    assert ([verdict.known for verdict in verdicts], over) == ([7, None], [])


def test_what_became_part_of_another_is_over_at_once() -> None:
    verdicts, over = judge(100, [seen("ABCDE")], [known("ABC", 1), known("DE", 2)])

    assert (whys(verdicts), verdicts[0].known, over) == (["quiet"], 1, [2])


@given(st.lists(GRIDS, max_size=4), st.lists(GRIDS, max_size=4))
def test_each_gathering_gets_one_verdict_and_no_known_one_two(
    now: list[frozenset[str]], before: list[frozenset[str]]
) -> None:
    told = [Seen(grids, 91, 5, 20) for grids in now]
    old = [Known(key, grids, 5, 20, 8, 99) for key, grids in enumerate(before)]

    verdicts, over = judge(100, told, old)

    assert [verdict.seen for verdict in verdicts] == told
    went_on = [verdict.known for verdict in verdicts if verdict.known is not None]
    assert len(went_on) == len(set(went_on))
    assert not set(went_on) & set(over)
    for verdict in verdicts:
        if verdict.why == "new":
            assert all(overlap(verdict.seen.grids, one) < 0.5 for one in before)


@given(st.lists(GRIDS, max_size=4))
def test_the_same_month_told_again_tells_nothing(now: list[frozenset[str]]) -> None:
    told = [Seen(grids, 91, 5, 20) for grids in now]
    old = [Known(key, grids, 5, 20, 10, 100) for key, grids in enumerate(now)]

    verdicts, _ = judge(100, told, old)

    assert set(whys(verdicts)) <= {"quiet"}


def test_a_lasting_gathering_is_one_alarm_and_a_flicker_no_second() -> None:
    lasting = [[seen("AB")]] * 12
    flicker = [[seen("AB")] if month % 3 else [] for month in range(12)]
    anew = [[seen("AB")] if month in {0, 6} else [] for month in range(12)]

    assert [false_alarms(months, 0) for months in (lasting, flicker, anew)] == [1, 1, 2]
    assert false_alarms(lasting, 1) == 0


def test_rare_independent_alarms_are_all_counted() -> None:
    rng = np.random.default_rng(1)
    months = [
        [Seen(frozenset({str(month)}), 0, 5, 20)] if rng.random() < 0.1 else []
        for month in range(600)
    ]

    assert false_alarms(months, 0) == sum(map(len, months))


@pytest.mark.parametrize(("grids", "where"), [(1, "1 grid"), (6, "6 grids together")])
def test_an_alert_is_one_sentence_of_published_figures(grids: int, where: str) -> None:
    said = say(sentence(NEW, grids, "2026-07", 1204, 50), lambda message: message, "en")

    assert said == (
        f"New: in {where} at least 1,204 disputes since Jul 2026. "
        "Chance alone does as much less than once in 50 years."
    )
