"""How hotspots are found, as far as an installation may choose."""

from dataclasses import dataclass
from typing import Final, Literal

Correction = Literal["bh", "by"]
Randomisation = Literal["total", "conditional"]
Reference = Literal["cube", "month"]


@dataclass(frozen=True, slots=True)
class Method:
    """One way to find hotspots: the same for all who ask, or two answers would tell a third."""

    neighbours: str = "queen"
    """``queen``: grids that touch; ``knn:8``: the 8 nearest; ``band:500``: within 500 m."""
    correction: Correction = "bh"
    """False discoveries: Benjamini-Hochberg, or Benjamini-Yekutieli."""
    randomisation: Randomisation = "total"
    """Whether chance may put a grid's own value elsewhere, too."""
    reference: Reference = "cube"
    """What a month is scored against for its trend: all months, or the same month."""


USUAL: Final = Method()
