"""How many people of each department are out on each day, from the days between which they are.

Days are numbers (ordinals), and both days of a span are included. There are ``n`` spans, ``g``
groups and ``d`` days.
"""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NEVER = -1


def winners(first: Ints, last: Ints) -> tuple[Ints, Ints, Ints]:
    """
    Find the days on which each of several publications holds.

    Parameters
    ----------
    first, last
        Shape (n,). Spans in order of rank: where several cover a day, the earlier row wins.

    Returns
    -------
    which, first, last
        Shape (k,). Positions of winners and the days between which they win, by day. Every day
        that any span covers is in exactly one row; a winner may have several.
    """
    cuts = np.unique(np.concatenate([first, last + 1]))
    start, end = cuts[:-1], cuts[1:] - 1
    covers = (first[:, None] <= start) & (start <= last[:, None])
    some = covers.any(axis=0)
    which = covers.argmax(axis=0) if len(first) else np.zeros(0, np.int64)
    return which[some].astype(np.int64), start[some], end[some]


def united(who: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints, Ints]:
    """
    Unite the spans of each person, so that nobody is counted twice on one day.

    Parameters
    ----------
    who, first, last
        Shape (n,). Persons, and the days between which they hold something. A span whose last
        day comes before its first is empty.

    Returns
    -------
    who, first, last
        Shape (k,), k ≤ n. By person and day; between two spans of one person lies a day at least.
    """
    some = first <= last
    order = np.lexsort((first[some], who[some]))
    who, first, last = who[some][order], first[some][order], last[some][order]
    if not len(who):
        return who, first, last
    # Far enough apart that the furthest day so far never reaches into the next person.
    apart = (last.max() - first.min() + 3) * (np.cumsum(np.diff(who, prepend=who[0]) != 0))
    reach = np.maximum.accumulate(last + apart)
    begins = np.append(0, 1 + np.flatnonzero(first[1:] + apart[1:] > reach[:-1] + 1))
    ends = np.append(begins[1:], len(who)) - 1
    return who[begins], first[begins], reach[ends] - apart[ends]


def counted(group: Ints, first: Ints, last: Ints, *, groups: int, start: int, days: int) -> Ints:
    """
    Count the spans of each group on each day.

    Parameters
    ----------
    group, first, last
        Shape (n,). Groups, 0 to ``groups`` - 1, and spans; an empty span counts nowhere.
    groups, start, days
        Rows of the table, the day of its first column, and its columns.

    Returns
    -------
    table
        Shape (g, d).
    """
    from_, to = np.clip(first - start, 0, days), np.clip(last - start + 1, 0, days)
    some = from_ < to
    rise = np.zeros((groups, days + 1), np.int64)
    np.add.at(rise, (group[some], from_[some]), 1)
    np.add.at(rise, (group[some], to[some]), -1)
    return rise.cumsum(axis=1)[:, :days]


def floors(share: Floats, base: Ints) -> Ints:
    """Return the people that ``share`` of ``base`` asks for, rounded up; shapes as given."""
    # A hair less: 0.3 × 10 is a little more than 3.
    return np.ceil(np.round(share * base, 9)).astype(np.int64)


def falls(deployed: Ints, floor: Ints) -> Ints:
    """
    Find the first day on which each group has fewer people out than its floor.

    Parameters
    ----------
    deployed, floor
        Shape (g, d), d > 0.

    Returns
    -------
    column
        Shape (g,). Position of the day; `NEVER` where the floor is kept on all of them.
    """
    below = deployed < floor
    return np.where(below.any(axis=1), below.argmax(axis=1), NEVER).astype(np.int64)
