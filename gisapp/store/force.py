"""Which publication holds where several do: surge before normal, small areas before large ones."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

Row = TypeVar("Row", bound=Any)
"""A publication, or a row with its id, mode and area code."""


def in_order(publications: Iterable[Row]) -> list[Row]:
    """Sort publications that hold on one day: the one that wins for a place first."""
    return sorted(
        publications, key=lambda each: (each.mode != "surge", -len(each.area_code), each.id)
    )


def of_area(publications: Sequence[Row], area_code: str) -> Row | None:
    """Return the one that posts of an area follow; ``publications`` are `in_order`."""
    holds = (each for each in publications if area_code.startswith(each.area_code))
    return next(holds, None)
