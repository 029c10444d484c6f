import pytest

from gisapp.core.sayings import headline
from gisapp.i18n import say

FEW = "not_enough_evidence"


@pytest.mark.parametrize(
    ("levels", "classes", "said"),
    [
        ({}, {}, "No grids yet. Import them, or look at the invented town."),
        ({FEW: 9}, {FEW: 9}, "Not enough evidence: no grid has 10 disputes around it."),
        ({0: 5, 1: 2, -1: 2}, {"no_pattern": 9}, "None of 9 grids stands out."),
        ({0: 6, -2: 2, -3: 1}, {"no_pattern": 9}, "None of 9 grids is hot; 3 are cold."),
        ({0: 8, 3: 1}, {"no_pattern": 9}, "1 of 9 grids is hot; none is new or rising."),
        (
            {0: 7, 3: 2},
            {FEW: 9},
            "2 of 9 grids are hot; too few disputes or months for a trend.",
        ),
        (
            {0: 7, 3: 2},
            {"new_hot": 1, "no_pattern": 8},
            "2 of 9 grids are hot. To deal with now: 0 intensifying, 0 consecutive, 1 new.",
        ),
        (
            {FEW: 9},
            {"intensifying_hot": 1, FEW: 8},
            "0 of 9 grids are hot. To deal with now: 1 intensifying, 0 consecutive, 0 new.",
        ),
    ],
)
def test_the_headline_says_nothing_that_the_map_does_not_show(
    levels: dict[int | str, int], classes: dict[str, int], said: str
) -> None:
    assert say(headline(levels, classes), lambda message: message, "en") == said
