"""A min-cost circulation that can grow: solve, add arcs and nodes, change costs, solve again."""

from typing import Self

import numpy as np

from gisapp.core.matching.basis_kernels import lay
from gisapp.core.matching.problem import Ints
from gisapp.core.matching.simplex_kernels import EMPTY, FULL, TREE, hang, pivots

SLICE = 20_000
"""Pivots between two looks at whether to go on."""

ARC_ROWS = ("tail", "head", "room", "cost", "flow", "state")
NODE_ROWS = ("parent", "pred", "up", "thread", "back", "size", "last", "price")


class Simplex:
    """
    Arcs, the flow on them and the tree of the basis, all of it growing.

    Node 0 is the root. Every other node has an arc to the root of its own that costs ``ransom``,
    more than any flow can earn, so that it carries nothing at the optimum: with it, every node
    has somewhere to hang from. Arcs keep their numbers for ever.
    """

    def __init__(self, nodes: int, ransom: int) -> None:
        self.ransom = ransom
        self.arcs = 0
        self._search = 0
        self._free = np.zeros(0, np.int64)
        self.tail = np.zeros(0, np.int32)
        self.head = np.zeros(0, np.int32)
        self.room = np.zeros(0, np.int64)
        self.cost = np.zeros(0, np.int64)
        self.flow = np.zeros(0, np.int64)
        self.state = np.zeros(0, np.int8)
        self.parent = np.full(1, -1, np.int32)
        self.pred = np.full(1, -1, np.int32)
        self.up = np.zeros(1, np.int8)
        self.thread = self.back = self.size = self.last = np.zeros(1, np.int32)
        self.price = np.zeros(1, np.int64)
        self.add_nodes(nodes - 1)

    @property
    def nodes(self) -> int:
        """How many there are, with the root."""
        return len(self.parent)

    def add_nodes(self, many: int) -> Ints:
        """Append nodes that hang from the root by their own arc; return their numbers."""
        new = np.arange(self.nodes, self.nodes + many, dtype=np.int64)
        arcs = self.add_arcs(new, np.zeros(many, np.int64), 1 << 40, self.ransom)
        self.parent = np.concatenate([self.parent, np.zeros(many, np.int32)])
        self.pred = np.concatenate([self.pred, arcs.astype(np.int32)])
        self.up = np.concatenate([self.up, np.ones(many, np.int8)])
        self.state[arcs] = TREE
        return new

    def add_arcs(self, tail: Ints, head: Ints, room: Ints | int, cost: Ints | int) -> Ints:
        """Append arcs without flow; return their numbers."""
        first, self.arcs = self.arcs, self.arcs + len(tail)
        if self.arcs > len(self.tail):
            for name in ARC_ROWS:
                old = getattr(self, name)
                new = np.zeros(max(self.arcs, len(old) * 5 // 4), old.dtype)
                new[:first] = old[:first]
                setattr(self, name, new)
        here = slice(first, self.arcs)
        self.tail[here], self.head[here] = tail, head
        self.room[here], self.cost[here] = room, cost
        self.flow[here], self.state[here] = 0, EMPTY
        return np.arange(first, self.arcs, dtype=np.int64)

    def hang_from(self, node: Ints, arc: Ints) -> None:
        """Hang nodes that carry no flow by other arcs than before; each leads from its node."""
        self.state[self.pred[node]] = EMPTY
        self.pred[node], self.parent[node], self.up[node] = arc, self.head[arc], 1
        self.state[arc] = TREE

    def carry(self, arc: Ints, flow: Ints | int, below: Ints, *, held: bool) -> None:
        """Let arcs carry flow: ``held`` in the tree, each holding its node ``below`` it."""
        self.flow[arc] = flow
        if held:
            self.state[self.pred[below]] = EMPTY
            self.pred[below], self.parent[below], self.up[below] = arc, self.tail[arc], -1
            self.state[arc] = TREE
        else:
            self.state[arc] = FULL

    def rebuild(self) -> None:
        """Derive walk and prices from the tree, after it was changed from outside."""
        many = self.nodes
        for name in ("thread", "back", "size", "last"):
            setattr(self, name, np.zeros(many, np.int32))
        self.price = np.zeros(many, np.int64)
        tree = (self.parent, self.pred, self.up, self.cost)
        hang(*tree, self.thread, self.back, self.size, self.last, self.price)

    def lay(self, price: Ints) -> None:
        """Make a tree for the flow as it is, near to given prices."""
        arcs, flow = self.arcs, self.flow[: self.arcs]
        rows = (self.tail, self.head, self.room, self.cost, self.flow)
        lay(arcs, *rows, price, self.parent, self.pred, self.up)
        room = self.room[:arcs]
        self.state[:arcs] = np.where(flow == room, FULL, EMPTY)
        inside = (flow > 0) & (flow < room)
        inside[self.pred[1:]] = False
        self.state[self.pred[1:]] = TREE
        self._free = np.flatnonzero(inside)
        self.rebuild()

    def run(self, most: int = SLICE) -> bool:
        """Pivot at most so many times; tell whether no pivot improves any more."""
        if not self.arcs:
            return True
        block = max(20, int(np.sqrt(self.arcs) / 2))
        arcs = (self.tail, self.head, self.room, self.cost, self.flow, self.state)
        walk = (self.thread, self.back, self.size, self.last)
        tree = (self.price, self.parent, self.pred, self.up, *walk)
        made, self._search, done = pivots(
            self.arcs, most, *arcs, *tree, self._search, block, self._free
        )
        self._free = self._free[made:]
        return bool(done)

    @property
    def total(self) -> int:
        """Cost of the flow."""
        return int(self.flow[: self.arcs] @ self.cost[: self.arcs])

    def copy(self) -> Self:
        """Return one that can be changed without changing this one."""
        twin = object.__new__(type(self))
        twin.ransom, twin.arcs, twin._search = self.ransom, self.arcs, self._search
        twin._free = self._free
        for name in ARC_ROWS:
            setattr(twin, name, getattr(self, name)[: self.arcs].copy())
        for name in NODE_ROWS:
            setattr(twin, name, getattr(self, name).copy())
        return twin
