import numpy as np
import pytest

from gisapp.core.scan.calibration import (
    THRESHOLDS,
    Calibration,
    calibrate,
    least_years,
    uncalibrated,
)

SIDE = 8
POINTS = np.indices((SIDE, SIDE)).reshape(2, -1).T.astype(float)
BASE = np.random.default_rng(2).integers(100, 900, SIDE * SIDE).astype(float)


def made(months: list[int], years: int = 4) -> Calibration:
    return calibrate(POINTS, BASE, months, np.random.default_rng(1), years=years, draws=199)


def test_a_stricter_threshold_gives_fewer_false_alarms() -> None:
    found = made([100, 300] * 12, years=10)

    alarms = [alarms for _, alarms in found.table]
    assert [p for p, _ in found.table] == list(THRESHOLDS)
    assert alarms[0] >= alarms[4] >= alarms[-1]
    # A month tells at most as often as p; that a gathering goes on makes it less.
    assert 0 < alarms[0] <= 12 * THRESHOLDS[0]
    assert alarms[-1] <= 0.5


def test_the_same_generator_gives_the_same_table() -> None:
    assert made([120] * 24) == made([120] * 24)


def test_the_loosest_threshold_that_keeps_the_wish_is_taken() -> None:
    table = Calibration([(0.3, 2.5), (0.2, 1.5), (0.1, 0.9), (0.01, 0.1)], 20)

    assert [table.threshold(wanted) for wanted in (3, 1.5, 1, 0.5, 0.05)] == [
        *(0.3, 0.2, 0.1, 0.01, 0.01)
    ]


def test_without_calibration_the_threshold_is_strict() -> None:
    assert uncalibrated(1.0) == pytest.approx(1 / 12)


@pytest.mark.parametrize("months", [[0, 0, 0], [7]])
def test_a_short_or_empty_history_is_no_crash(months: list[int]) -> None:
    assert len(made(months, years=1).table) == len(THRESHOLDS)


def test_one_grid_gives_no_alarm() -> None:
    found = calibrate(POINTS[:1], BASE[:1], [9] * 12, np.random.default_rng(1), years=1, draws=9)

    assert {alarms for _, alarms in found.table} == {0.0}


def test_the_doubt_of_a_rate_is_that_of_a_poisson_mean() -> None:
    made = Calibration([(0.05, 0.5)], years=20)

    low, high = made.doubt(0.5)  # ten alarms

    assert low * 20 == pytest.approx(4.7954, abs=1e-4)
    assert high * 20 == pytest.approx(18.3904, abs=1e-4)
    assert made.doubt(0.0) == (0.0, pytest.approx(3.6889 / 20, abs=1e-5))
    assert [least_years(wanted) for wanted in (12, 1, 0.5)] == [1, 4, 8]
