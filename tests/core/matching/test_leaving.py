import numpy as np
import pytest

from gisapp.core.matching import exact, pricing
from gisapp.core.matching.engine import Progress
from tests.core.matching.small import drawn_town


class Left(Exception):
    """Somebody had enough."""


@pytest.mark.parametrize("calls", range(0, 60, 7))
def test_who_leaves_leaves_at_once_and_nothing_behind(
    calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pricing, "SMALL", 0)
    town = drawn_town(200, 150)
    whole = exact.solve(town)
    asked = 0

    def watch(progress: Progress) -> bool:
        nonlocal asked
        asked += 1
        if asked > calls:
            raise Left
        return False

    with pytest.raises(Left):
        exact.solve(town, watch=watch)

    again = exact.solve(town)
    assert asked == calls + 1
    assert np.array_equal(again.cadre, whole.cadre)
    assert np.array_equal(again.slot, whole.slot)


def test_a_pass_asks_between_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pricing, "SMALL", 0)
    told: list[Progress] = []

    exact.solve(drawn_town(200, 150), watch=lambda progress: bool(told.append(progress)))

    assert len(told) >= 20
