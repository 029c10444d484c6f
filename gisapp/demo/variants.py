"""Which invented towns there can be; apart, because to say so nothing need be loaded."""

from typing import Final

from gisapp.errors import InvalidInput
from gisapp.i18n import N_

DEFAULT: Final = "default"
SHORT_FLOOR: Final = "short-floor"
"""One department cannot reach its floor."""
VARIANTS: Final = (DEFAULT, SHORT_FLOOR)
FEWEST, MOST = 100, 120_000


class NotThatManyGrids(InvalidInput):
    """The town is asked for with fewer or more grids than it can have."""

    code = "not_that_many_grids"
    message = N_("The demo town can have {least} to {most} grids, not {grids}.")


def possible(grids: int) -> None:
    """Raise `NotThatManyGrids` unless there can be a town of that many."""
    if not FEWEST <= grids <= MOST:
        raise NotThatManyGrids(grids=grids, least=FEWEST, most=MOST)
