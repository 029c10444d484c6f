"""Look at every pair of a person and a post, and keep those that would make a plan cheaper."""

import numpy as np

from gisapp.core.compiled import Kernel
from gisapp.core.matching.problem import Floats, Row

BLOCK = 32
"""Posts that lie together are passed over together."""


@Kernel
def boxes(
    post_x: Floats,
    post_y: Floats,
    post_first: Row,
    slot_price: Row,
    best: Row,
    box: Floats,
    top: Row,
) -> None:
    """Fill what the best seat of each post is worth, and of each block; and where blocks lie."""
    posts = len(post_x)
    for p in range(posts):
        worth = slot_price[post_first[p]]
        for s in range(post_first[p] + 1, post_first[p + 1]):
            worth = max(worth, slot_price[s])
        best[p] = worth
    for b in range(len(top)):
        begin, end = b * BLOCK, min((b + 1) * BLOCK, posts)
        box[b, 0], box[b, 1] = post_x[begin:end].min(), post_x[begin:end].max()
        box[b, 2], box[b, 3] = post_y[begin:end].min(), post_y[begin:end].max()
        top[b] = best[begin:end].max()


@Kernel
def _among(key: int, known: Row) -> bool:
    """Tell whether a key is among sorted ones."""
    left, right = 0, len(known)
    while left < right:
        middle = (left + right) // 2
        if known[middle] < key:
            left = middle + 1
        else:
            right = middle
    return left < len(known) and known[left] == key


@Kernel
def scan(  # noqa: C901, PLR0912, PLR0915  # one loop over all pairs; its parts are lines of it
    one_desk: int,
    end_desk: int,
    keep: int,
    scale: int,
    per_metre: float,
    desk_first: Row,
    desk_x: Floats,
    desk_y: Floats,
    desk_way: Row,
    desk_link: Row,
    person: Row,
    person_price: Row,
    knows: Row,
    post_x: Floats,
    post_y: Floats,
    post_first: Row,
    slot_price: Row,
    asked: Row,
    missing: Row,
    way_first: Row,
    way_post: Row,
    way_cost: Row,
    link_first: Row,
    link_post: Row,
    link_bonus: Row,
    total: int,
    post: Row,
    known: Row,
    never: Row,
    found: Row,
    value: Row,
    best: Row,
    box: Floats,
    top: Row,
) -> None:
    """Fill ``found`` (posts) and ``value`` (reduced costs, all below ``value`` as given).

    Persons stand desk by desk (one place, department and rank), the cheapest first; posts stand
    in an order in which neighbours are near. See `pricing.Scan` for what each row holds; desks
    from ``one_desk`` to before ``end_desk`` are looked at, so that several threads can share them.
    """
    posts = len(post_x)
    blocks = len(top)
    grades = missing.shape[1] - 1
    for desk in range(one_desk, end_desk):
        one, stop = desk_first[desk], desk_first[desk + 1]
        x, y, cheapest = desk_x[desk], desk_y[desk], person_price[one]
        limit = value[one, keep - 1]
        for i in range(one + 1, stop):
            limit = max(limit, value[i, keep - 1])
        w, w_end = way_first[desk_way[desk]], way_first[desk_way[desk] + 1]
        k, k_end = link_first[desk_link[desk]], link_first[desk_link[desk] + 1]
        for b in range(blocks):
            begin, end = b * BLOCK, min((b + 1) * BLOCK, posts)
            while w < w_end and way_post[w] < begin:
                w += 1
            while k < k_end and link_post[k] < begin:
                k += 1
            plain = not (w < w_end and way_post[w] < end) and not (k < k_end and link_post[k] < end)
            if plain:
                # Whatever lies in the box costs the way to its edge at least.
                room = limit + top[b] - cheapest
                if room <= 0:
                    continue
                dx = max(box[b, 0] - x, 0.0, x - box[b, 1])
                dy = max(box[b, 2] - y, 0.0, y - box[b, 3])
                reach = (room / scale + 1.0) / (per_metre * 100)
                if dx * dx + dy * dy > reach * reach:
                    continue
            for p in range(begin, end):
                bonus = 0
                while k < k_end and link_post[k] < p:
                    k += 1
                if k < k_end and link_post[k] == p:
                    bonus = link_bonus[k]
                while w < w_end and way_post[w] < p:
                    w += 1
                if w < w_end and way_post[w] == p:
                    way = way_cost[w]
                else:
                    room = limit + best[p] - cheapest + bonus * scale
                    if room <= 0:
                        continue
                    dx, dy = x - post_x[p], y - post_y[p]
                    reach = (room / scale + 1.0) / (per_metre * 100)
                    if dx * dx + dy * dy > reach * reach:
                        continue
                    way = np.int64(np.rint(np.sqrt(dx * dx + dy * dy) * per_metre * 100))
                pair = (way - bonus) * scale
                for i in range(one, stop):
                    if pair + person_price[i] - best[p] >= limit:
                        break
                    cost = pair + person_price[i]
                    least = np.int64(1) << 60
                    for s in range(post_first[p], post_first[p + 1]):
                        grade = 0 if asked[s] < 0 else min(knows[person[i], asked[s]], grades)
                        least = min(least, missing[s, grade] * scale - slot_price[s])
                    cost += least
                    if cost >= value[i, keep - 1]:
                        continue
                    pair_key = person[i] * total + post[p]
                    if _among(pair_key, known) or _among(pair_key, never):
                        continue
                    j = keep - 1
                    while j > 0 and cost < value[i, j - 1]:
                        value[i, j] = value[i, j - 1]
                        found[i, j] = found[i, j - 1]
                        j -= 1
                    value[i, j] = cost
                    found[i, j] = p


@Kernel
def settle(  # noqa: C901  # two sweeps
    arcs: int,
    tail: Row,
    head: Row,
    room: Row,
    cost: Row,
    flow: Row,
    kind: Row,
    price: Row,
) -> None:
    """Move prices within what the flow allows, so that fewer pairs look as if they paid.

    Departments (kind 1, then 2), people (3) and their crowds (5, then 6) go up, seats (4) down;
    other nodes (0) stay.
    """
    far = np.int64(1) << 60
    for turn in (1, 2, 3, 5, 6):
        high = np.full(len(price), far)
        for arc in range(arcs):
            one, two = tail[arc], head[arc]
            if kind[two] == turn and flow[arc] < room[arc]:
                high[two] = min(high[two], price[one] + cost[arc])
            if kind[one] == turn and flow[arc] > 0:
                high[one] = min(high[one], price[two] - cost[arc])
        for node in range(len(price)):
            if kind[node] == turn and high[node] < far:
                price[node] = high[node]
    low = np.full(len(price), -far)
    for arc in range(arcs):
        one, two = tail[arc], head[arc]
        if kind[one] == 4 and flow[arc] < room[arc]:  # noqa: PLR2004
            low[one] = max(low[one], price[two] - cost[arc])
        if kind[two] == 4 and flow[arc] > 0:  # noqa: PLR2004
            low[two] = max(low[two], price[one] + cost[arc])
    for node in range(len(price)):
        if kind[node] == 4 and low[node] > -far:  # noqa: PLR2004
            price[node] = low[node]
