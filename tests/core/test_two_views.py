"""Who puts a city's view and its counties' together works out no cell of one to four."""

import pytest

from tests.core.attacker import worked_out
from tests.core.attacker_views import city, of_counties, with_a_city_of_its_own, with_the_city
from tests.depth import cases

TELLING = 33
"""A city whose counties give a cell away to who also knows figures protected for it alone."""


COUNTED = 112
"""A city where about how many cases the first quarter had gives a cell away with all the rest."""


@pytest.mark.parametrize("seed", [*range(9, 9 + cases(2)), COUNTED])
def test_t47_a_city_and_its_counties_put_together_leave_every_cell_a_second_value(
    seed: int,
) -> None:
    town = city(seed)

    leaked, rules = of_counties(town)

    assert worked_out(leaked, town.counts, with_the_city(leaked, rules, town)) == []


def test_the_attacker_wins_where_a_city_is_protected_without_its_counties() -> None:
    town = city(TELLING)
    leaked, rules = of_counties(town)

    found = worked_out(leaked, town.counts, with_a_city_of_its_own(rules, town))

    assert worked_out(leaked, town.counts, rules) == []
    assert found != []
