"""Network simplex on arrays: the tree of a basis, its prices, and pivots until none improves.

Node 0 is the root. A tree arc hangs its node below a parent; ``up`` is 1 where it leads from the
node to the parent, -1 where it comes from there. The price of going from i to j is
``cost + price[i] - price[j]``: 0 on the tree, and never negative on any arc with room left once
no pivot improves. The tree stays strongly feasible (Cunningham 1976, Mathematical Programming
11, 105-116: every node could send one more unit to the root), so pivots never cycle; entering
arcs are found block by block (Grigoriadis 1986; Király and Kovács 2012, Acta Universitatis
Sapientiae Informatica 4, 67-118).
"""

import numpy as np

from gisapp.core.compiled import Kernel
from gisapp.core.matching.problem import Row

EMPTY, TREE, FULL = 1, 0, -1
"""State of an arc: no flow, in the tree, no room left."""


@Kernel
def hang(  # noqa: C901  # one walk
    parent: Row,
    pred: Row,
    up: Row,
    cost: Row,
    thread: Row,
    back: Row,
    size: Row,
    last: Row,
    price: Row,
) -> None:
    """Derive from ``parent`` the order of a walk (``thread``, ``back``), sizes and prices."""
    n = len(parent)
    first = np.zeros(n + 1, np.int64)
    for node in range(1, n):
        first[parent[node] + 1] += 1
    for node in range(n):
        first[node + 1] += first[node]
    place = first[:n].copy()
    child = np.empty(n, np.int64)
    for node in range(1, n):
        child[place[parent[node]]] = node
        place[parent[node]] += 1
    stack = np.empty(n, np.int64)
    order = np.empty(n, np.int64)
    deep, seen = 1, 0
    stack[0] = 0
    price[0] = 0
    while deep:
        deep -= 1
        node = stack[deep]
        order[seen] = node
        seen += 1
        if node:
            price[node] = price[parent[node]] - up[node] * cost[pred[node]]
        for k in range(first[node + 1] - 1, first[node] - 1, -1):
            stack[deep] = child[k]
            deep += 1
    for k in range(n):
        thread[order[k]] = order[(k + 1) % n]
        back[order[(k + 1) % n]] = order[k]
    for node in range(n):
        size[node] = 1
        last[node] = node
    for k in range(n - 1, 0, -1):
        node = order[k]
        size[parent[node]] += size[node]
    for k in range(n):
        node = order[k]
        last[node] = order[k + size[node] - 1]


@Kernel
def pivots(  # noqa: C901, PLR0912, PLR0915  # one loop, and a call would cost more than a pivot
    arcs: int,
    most: int,
    tail: Row,
    head: Row,
    room: Row,
    cost: Row,
    flow: Row,
    state: Row,
    price: Row,
    parent: Row,
    pred: Row,
    up: Row,
    thread: Row,
    back: Row,
    size: Row,
    last: Row,
    begin: int,
    block: int,
    pushed: Row,
) -> tuple[int, int, bool]:
    """Pivot up to ``most`` times; return the pivots made, where to search on, and whether done.

    Arcs in part use outside the tree (``pushed``) enter first, whichever way pays.
    """
    stale = np.empty(len(parent), np.int64)
    search = begin
    for made in range(most):
        # The arc to enter: the best of the first block that has one.
        best, enter, left, arc = 0, -1, block, search
        if made < len(pushed):
            enter = int(pushed[made])
            reduced = cost[enter] + price[tail[enter]] - price[head[enter]]
            state[enter] = EMPTY if reduced <= 0 else FULL
        for _ in range(0 if enter >= 0 else arcs):
            reduced = state[arc] * (cost[arc] + price[tail[arc]] - price[head[arc]])
            if reduced < best:
                best, enter = reduced, arc
            left -= 1
            arc += 1
            if arc == arcs:
                arc = 0
            if left == 0:
                if enter >= 0:
                    break
                left = block
        if enter < 0:
            return made, search, True
        search = arc

        # The cycle it closes, and the arc to leave: the last that blocks, walking from the apex.
        one, two = tail[enter], head[enter]
        while one != two:
            if size[one] < size[two]:
                one = parent[one]
            else:
                two = parent[two]
        apex = one
        if state[enter] == EMPTY:
            source, target = tail[enter], head[enter]
        else:
            source, target = head[enter], tail[enter]
        amount, leave, side = flow[enter], -1, 0
        if state[enter] == EMPTY:
            amount = room[enter] - flow[enter]
        node = source
        while node != apex:
            # Flow comes down to the source: against an arc that leads up, along one that comes.
            free = flow[pred[node]] if up[node] == 1 else room[pred[node]] - flow[pred[node]]
            if free < amount:
                amount, leave, side = free, node, 1
            node = parent[node]
        node = target
        while node != apex:
            free = room[pred[node]] - flow[pred[node]] if up[node] == 1 else flow[pred[node]]
            if free <= amount:
                amount, leave, side = free, node, 2
            node = parent[node]
        if amount:
            step = state[enter] * amount
            flow[enter] += step
            node = tail[enter]
            while node != apex:
                flow[pred[node]] -= up[node] * step
                node = parent[node]
            node = head[enter]
            while node != apex:
                flow[pred[node]] += up[node] * step
                node = parent[node]
        if side == 0:
            state[enter] = -state[enter]
            continue
        inner, outer = (source, target) if side == 1 else (target, source)
        state[enter] = TREE
        state[pred[leave]] = EMPTY if flow[pred[leave]] == 0 else FULL

        # Hang what is below the leaving arc onto the entering one.
        old_back, old_size, old_last, old_parent = (
            back[leave],
            size[leave],
            last[leave],
            parent[leave],
        )
        if inner == leave:
            parent[inner] = outer
            pred[inner] = enter
            up[inner] = 1 if inner == tail[enter] else -1
            if thread[outer] != leave:
                after = thread[old_last]
                thread[old_back] = after
                back[after] = old_back
                after = thread[outer]
                thread[outer] = leave
                back[leave] = outer
                thread[old_last] = after
                back[after] = old_last
        else:
            rest = thread[old_last] if old_back == outer else thread[outer]
            stem, above, end = inner, outer, last[inner]
            after = thread[end]
            thread[outer] = inner
            many = 1
            stale[0] = outer
            while stem != leave:
                following = parent[stem]
                thread[end] = following
                stale[many] = end
                many += 1
                before = back[stem]
                thread[before] = after
                back[after] = before
                parent[stem] = above
                above, stem = stem, following
                end = back[above] if last[stem] == last[above] else last[stem]
                after = thread[end]
            parent[leave] = above
            thread[end] = rest
            back[rest] = end
            last[leave] = end
            if old_back != outer:
                thread[old_back] = after
                back[after] = old_back
            for k in range(many):
                back[thread[stale[k]]] = stale[k]
            total, tip = 0, last[leave]
            node, above = leave, parent[leave]
            while node != inner:
                pred[node] = pred[above]
                up[node] = -up[above]
                total += size[node] - size[above]
                size[node] = total
                last[above] = tip
                node, above = above, parent[above]
            pred[inner] = enter
            up[inner] = 1 if inner == tail[enter] else -1
            size[inner] = old_size
        limit = apex if last[apex] == outer else -1
        tip = last[leave]
        node = outer
        while node != -1 and last[node] == outer:
            last[node] = tip
            node = parent[node]
        if old_back not in (apex, outer):
            node = old_parent
            while node != limit and last[node] == old_last:
                last[node] = old_back
                node = parent[node]
        elif tip != old_last:
            node = old_parent
            while node != limit and last[node] == old_last:
                last[node] = tip
                node = parent[node]
        node = outer
        while node != apex:
            size[node] += old_size
            node = parent[node]
        node = old_parent
        while node != apex:
            size[node] -= old_size
            node = parent[node]

        # Prices below the entering arc shift by what its price was.
        shift = price[outer] - price[inner] - up[inner] * cost[enter]
        stop = thread[last[inner]]
        node = inner
        while node != stop:
            price[node] += shift
            node = thread[node]
    return most, search, False
