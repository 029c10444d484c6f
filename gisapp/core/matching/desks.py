"""Desks: who shares an office, a department and a rank; and what slots ask of them."""

import numpy as np

from gisapp.core.matching.network import Network
from gisapp.core.matching.problem import NONE, Flags, Ints, distinct

PEOPLE = 3
"""People of each desk, in the mean, from which a crowd is worth looking at."""
LARGE = 3_000
"""People from which it is; a smaller town is done in a second, and proves something at once."""


def crowded(net: Network) -> bool:
    """Tell whether many people share a desk, and there are seats for them."""
    if not net.open.any():
        return False
    cadres, free = net.problem.cadres, net.room > 0
    rows = np.column_stack([cadres.office, cadres.department, cadres.leader])[free]
    if len(rows) < LARGE:
        return False
    return len(rows) >= PEOPLE * len(np.unique(rows, axis=0)) > 0


class Desks:
    """Numbers of desks, types of slots, and hubs (a desk and a type)."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self._types()
        self._desks()
        self._barred()

    def may(self, *, chief: bool) -> Flags:
        """Tell which desks may serve posts of a role."""
        if chief:
            return self.leader
        members: Flags = ~self.leader | self.net.problem.weights.leaders_as_members
        return members

    def _types(self) -> None:
        """Give numbers to what slots ask for, and what lacking it costs."""
        net = self.net
        slots, costs = net.problem.slots, net.costs
        rows = np.column_stack([costs.asked, costs.levels, slots.specialty == NONE])
        _, self.sample, kind = np.unique(rows, axis=0, return_index=True, return_inverse=True)
        self.type: Ints = kind.ravel()
        self.chief = net.problem.posts.chief[slots.post]

    def _desks(self) -> None:
        """List desks, and hubs: desks and types that may go together."""
        net, cadres = self.net, self.net.problem.cadres
        self.free = np.flatnonzero(net.room > 0)
        rows = np.column_stack([cadres.office, cadres.department, cadres.leader])[self.free]
        desks, first, desk = np.unique(rows, axis=0, return_index=True, return_inverse=True)
        self.desk: Ints = desk.ravel()
        self.office, self.department, leader = desks[:, 0], desks[:, 1], desks[:, 2] > 0
        self.leader: Flags = leader
        self.someone = self.free[first]
        self.units = np.bincount(self.desk, net.room[self.free], minlength=len(desks))
        types = len(self.sample)
        asked = np.zeros((2, types), np.bool_)
        asked[self.chief[net.open].astype(np.int64), self.type[net.open]] = True
        members = self.may(chief=False)
        on = (asked[1] & self.leader[:, None]) | (asked[0] & members[:, None])
        # Each by itself: as columns of one table the kernels would be compiled for them once more.
        self.hub_desk, self.hub_type = (np.ascontiguousarray(each) for each in np.nonzero(on))
        self.hub = np.full(on.shape, -1, np.int64)
        self.hub[on] = np.arange(len(self.hub_desk))

    def _barred(self) -> None:
        """Keep a hub from the posts that somebody of the desk may not have."""
        net = self.net
        never = net.never
        at = np.full(net.people, -1, np.int64)
        at[self.free] = self.desk
        desk, post = at[never // net.posts], never % net.posts
        barred = self.hub[desk[desk >= 0]]
        key = barred * net.posts + post[desk >= 0, None]
        self.never = distinct(key[barred >= 0])
