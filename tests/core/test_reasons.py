"""A grid's state is said in one sentence, in numbers that may leave."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.core import reasons
from gisapp.core.coverage import FAR, SERVED, SPECIALTY_MISSING, STRETCHED, UNSERVED, Limits
from gisapp.core.reasons import Facts, Helper
from gisapp.i18n import Name, Sentence, say

LIMITS = Limits(need=1.0, far_min=30.0, stretch=1.5, cases=12.0)
LAW = Name("劳动法", "Labour law")
NEAR = Helper(13.2, "Justice")
FACTS = Facts(UNSERVED, 0, math.inf, LAW, 11.0, 5.0, NEAR)


def english(sentence: Sentence) -> str:
    return say(sentence, lambda message: message, "en")


def told(**changes: object) -> str:
    facts = dataclasses.replace(FACTS, **changes)  # type: ignore[arg-type]
    return english(reasons.reason(facts, LIMITS))


def test_nobody_serves_and_the_nearest_free_one_is_named() -> None:
    assert told() == "Nobody; the nearest free cadre for labour law is 14 min away (Justice)."
    assert told(specialty=None) == "Nobody; the nearest free cadre is 14 min away (Justice)."


def test_nobody_serves_and_nobody_could() -> None:
    assert told(helper=None) == "Nobody, and no free cadre knows labour law."
    assert told(helper=None, specialty=None) == "Nobody, and no cadre is free."


def test_a_missing_specialty_says_how_much_it_is_needed() -> None:
    said = told(state=SPECIALTY_MISSING, minutes=5.0, members=2, helper=None)

    assert said == (
        "No labour law: need about 10 cases a year; nobody in the grid or community knows it, "
        "and nobody who does is free."
    )


def test_a_far_member_needs_more_than_the_limit_even_when_rounded() -> None:
    said = told(state=FAR, minutes=30.01, members=1, helper=Helper(40.0, "Court"))

    assert said == "The nearest member needs 31 min; the limit is 30. Nobody free is nearer."


def test_a_stretched_grid_says_need_and_supply_but_no_ratio() -> None:
    said = told(state=STRETCHED, minutes=5.0, members=1)

    assert said == "Labour law: need about 10 cases a year, supply 5.0: over the limit of 1.5."


def test_a_served_grid_says_by_how_many() -> None:
    assert told(state=SERVED, members=2, minutes=7.0) == "Served by 2; the nearest needs 7 min."


@pytest.mark.parametrize(
    ("need", "said"),
    [(0.0, "fewer than 5 cases"), (4.99, "fewer than 5 cases"), (8.0, "about 10 cases")],
)
def test_a_need_leaves_in_whole_cases_as_published(need: float, said: str) -> None:
    assert english(reasons.cases(need)) == said


def test_where_too_few_live_no_figure_leaves() -> None:
    said = told(state=STRETCHED, minutes=5.0, members=1, need=None)

    assert said == "Labour law: need some cases a year, supply 5.0: over the limit of 1.5."


@given(st.floats(0, 1000), st.floats(0, 0.99))
def test_a_fraction_of_a_case_changes_nothing_that_is_said(need: float, more: float) -> None:
    whole = float(int(need))

    assert reasons.cases(whole + more) == reasons.cases(whole)


def test_open_seats_and_holders_are_said_together() -> None:
    people = [("Gu", "Justice", 11.5), ("Lin", "Court", 20.0)]

    assert english(reasons.served_by(people, 0, 2)) == (
        "Served by Gu (Justice, 12 min), Lin (Court, 20 min)."
    )
    assert english(reasons.served_by(people, 1, 3)) == (
        "1 of 3 seats open; served by Gu (Justice, 12 min), Lin (Court, 20 min)."
    )
    assert english(reasons.served_by([], 2, 2)) == "2 of 2 seats open; nobody serves."


def test_a_choice_says_way_knowledge_and_room() -> None:
    assert english(reasons.chosen(12.0, LAW, 1, locked=False)) == (
        "Chosen: 12 min away, knows labour law, can take 1 more."
    )
    assert english(reasons.chosen(12.0, None, 0, locked=True)) == (
        "Locked here by the planner; 12 min away."
    )
