"""The cheapest pairs first: a quick flow for the simplex to begin from."""

from gisapp.core.compiled import Kernel
from gisapp.core.matching.problem import Flags, Row


@Kernel
def fill(order: Row, person: Row, seat: Row, room: Row, seats: Row, taken: Flags) -> None:
    """Mark in ``taken`` the pairs that still find room and a seat, in the given order."""
    for pair in order:
        if room[person[pair]] > 0 and seats[seat[pair]] > 0:
            taken[pair] = True
            room[person[pair]] -= 1
            seats[seat[pair]] -= 1
