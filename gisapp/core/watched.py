"""What states of coverage told of a year while it went by, to who tried drafts at every look."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.core import nest

Counts = npt.NDArray[np.integer]

ENDS: Final = range(nest.QUARTER, nest.MONTHS, nest.QUARTER)
"""After so many months of a year the number of its cases moves; not with the year itself."""


@dataclass(frozen=True, slots=True)
class Watched:
    """
    What `coverage.cases` told of each grid and category.

    Whether there is a case, at the end of each month; and of some quarters' ends, too, about
    how many.
    """

    before: Counts
    """Shape (11, categories, n). The months before January, which twelve months hold, too."""
    ends: Sequence[int] = ENDS
    """Of `ENDS`, after which months of the year the number was told."""

    @property
    def first_year(self) -> bool:
        """Whether nothing is on record of the year before."""
        return not self.before.any()
