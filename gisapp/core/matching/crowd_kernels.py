"""Who of a crowd goes where, so that nobody sits twice in one post."""

import numpy as np

from gisapp.core.compiled import Kernel
from gisapp.core.matching.problem import Row


@Kernel
def seat(  # one walk
    hub: Row,
    post: Row,
    desk: Row,
    past_first: Row,
    past: Row,
    crowd_first: Row,
    crowd: Row,
    quota: Row,
    who: Row,
) -> None:
    """Fill ``who`` for each unit that a hub sends to a post; -1 where only somebody there is left.

    Units stand desk by desk. ``past`` lists by hub who comes past the crowd, ``crowd`` by desk
    who comes through it; of these a hub takes ``quota``. Who is taken is struck out (-1).
    """
    begin = 0
    for unit in range(len(hub)):
        at = hub[unit]
        if desk[at] != desk[hub[begin]]:
            begin = unit
        who[unit] = -1
        for turn in range(2):
            if who[unit] >= 0 or (turn == 1 and quota[at] == 0):
                continue
            rows = past if turn == 0 else crowd
            one = past_first[at] if turn == 0 else crowd_first[desk[at]]
            stop = past_first[at + 1] if turn == 0 else crowd_first[desk[at] + 1]
            for k in range(one, stop):
                if rows[k] < 0:
                    continue
                free = True
                for other in range(begin, unit):
                    if who[other] == rows[k] and post[other] == post[unit]:
                        free = False
                        break
                if free:
                    who[unit] = rows[k]
                    rows[k] = -1
                    quota[at] -= turn
                    break


@Kernel
def fill(
    order: Row,
    hub: Row,
    slot: Row,
    hub_desk: Row,
    hub_type: Row,
    first: Row,
    lacks: Row,
    room: Row,
    seats: Row,
    steps: Row,
    load: Row,
    who: Row,
) -> None:
    """Fill ``who`` (-1: nobody) for the ways that find somebody and a seat, in the given order.

    First those who know what is asked, then anybody. People stand desk by desk from ``first``;
    ``lacks`` is by person and type, ``steps`` what a next post costs, by ``load``.
    """
    last = len(steps) - 1
    for turn in range(2):
        for way in order:
            if who[way] >= 0 or seats[slot[way]] == 0:
                continue
            desk, kind = hub_desk[hub[way]], hub_type[hub[way]]
            least, best = np.int64(1) << 60, -1
            for k in range(first[desk], first[desk + 1]):
                if room[k] > 0 and (turn or lacks[k, kind] == 0):
                    cost = lacks[k, kind] + steps[min(load[k], last)]
                    if cost < least:
                        least, best = cost, k
            if best >= 0:
                who[way] = best
                room[best] -= 1
                load[best] += 1
                seats[slot[way]] -= 1
