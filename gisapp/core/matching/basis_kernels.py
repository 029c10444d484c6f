"""A tree for a flow that is given: the shortest ways to the root along what the flow leaves."""

from heapq import heappop, heappush

import numpy as np

from gisapp.core.compiled import Kernel
from gisapp.core.matching.problem import Row


@Kernel
def lay(  # noqa: C901  # one search
    arcs: int,
    tail: Row,
    head: Row,
    room: Row,
    cost: Row,
    flow: Row,
    price: Row,
    parent: Row,
    pred: Row,
    up: Row,
) -> None:
    """Fill ``parent``, ``pred`` and ``up`` (see `simplex_kernels`) of a strongly feasible tree.

    Lengths are reduced costs by the prices as given, nothing where these are below nothing or an
    arc is in part use (Dijkstra 1959). Every node has an arc to the root, so all are reached.
    """
    n = len(parent)
    first = np.zeros(n + 1, np.int64)
    for arc in range(arcs):
        first[tail[arc] + 1] += 1
        first[head[arc] + 1] += 1
    for node in range(n):
        first[node + 1] += first[node]
    place = first[:n].copy()
    around = np.empty(2 * arcs, np.int32)
    for arc in range(arcs):
        for node in (tail[arc], head[arc]):
            around[place[node]] = arc
            place[node] += 1
    far = np.int64(1) << 60
    away = np.full(n, far)
    done = np.zeros(n, np.bool_)
    away[0] = 0
    heap = [(np.int64(0), np.int64(0))]
    while heap:
        here, near = heappop(heap)
        if done[near]:
            continue
        done[near] = True
        for k in range(first[near], first[near + 1]):
            arc = around[k]
            out = head[arc] == near
            other = np.int64(tail[arc] if out else head[arc])
            if done[other] or (flow[arc] == room[arc] if out else flow[arc] == 0):
                continue
            length = cost[arc] + price[tail[arc]] - price[head[arc]]
            if not out:
                length = -length
            inside = 0 < flow[arc] < room[arc]
            there = here if inside or length < 0 else here + length
            if there < away[other]:
                away[other] = there
                parent[other], pred[other], up[other] = near, arc, 1 if out else -1
                heappush(heap, (there, other))
