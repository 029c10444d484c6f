import numpy as np
import pytest
from scipy.sparse import csr_array

from gisapp.core.method import Method
from gisapp.core.neighbours import queen, with_self
from gisapp.core.publication import WITHHELD, Published
from gisapp.core.sayings_method import how, nameable, named, notices
from gisapp.i18n import Sentence, say
from tests.core.test_neighbours import lattice

STAR = with_self(queen(lattice(2, 2)))
MONTHS = [f"2026-{month:02d}" for month in range(1, 13)]


def english(sentence: Sentence) -> str:
    return say(sentence, lambda message: message, "en")


def told(star: csr_array, totals: list[int]) -> list[str]:
    counts = np.zeros((len(totals), star.shape[0]), np.int64)
    counts[:, 0] = totals
    return [english(one) for one in notices(star, counts, MONTHS[: len(totals)])]


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        ([9] * 12, []),
        ([0] * 12, ["Fewer than 5 disputes in each of 12 months."]),
        ([0] * 3 + [9] * 9, ["Records begin in Apr 2026; the months before count as quiet."]),
        ([9] * 9, ["Records of 9 months only: a trend needs 10."]),
    ],
)
def test_data_that_say_little_are_told(totals: list[int], said: list[str]) -> None:
    assert told(STAR, totals) == said


def test_months_without_data_amid_others_are_counted() -> None:
    (said,) = told(STAR, [9, 9, 0, 4, *[9] * 8])

    assert said.startswith("2 of 12 months hold fewer than 5 disputes on the whole map")


def test_what_is_said_of_months_hangs_on_published_totals_alone() -> None:
    for few in (1, 2, 3, 4):
        assert told(STAR, [9] * 6 + [few] + [9] * 5) == told(STAR, [9] * 6 + [0] + [9] * 5)


def test_one_grid_and_islands_are_told() -> None:
    assert told(with_self(csr_array((1, 1))), [9] * 12) == [
        "There is only one grid: none can stand out."
    ]
    assert told(with_self(csr_array((3, 3))), [9] * 12) == [
        "3 of 3 grids have no neighbours and are judged by themselves."
    ]
    assert notices(csr_array((0, 0)), np.zeros((12, 0), np.int64), MONTHS) == []


def test_an_outlier_is_named_only_where_a_bin_and_a_count_of_its_own_may_be() -> None:
    few = "not_enough_evidence"
    said = Published(
        [5, 10, 20, 5, "<5", WITHHELD, 5], list(range(7)), [2, few, 0, 0, 3, 3, 3], {}, 45
    )

    base = np.array([50.0] * 6 + [9.0])
    found = named(np.array([3, 4, 0, 6, 4, 4, 4]), said, base)

    assert found == ["low_high", few, "like_any", "isolated", few, few, few]
    assert nameable(said, base).tolist() == [kind != few for kind in found]


def test_the_method_is_named_in_full() -> None:
    assert english(how(Method("band:500", "by", "conditional", "month"), plain=True)) == (
        "plain counts, Gi* two-sided, conditional randomisation, neighbours: within 500 m, "
        "false discovery rate within the map (Benjamini-Yekutieli); trends of 2 months at a "
        "time, scored among the same months"
    )
