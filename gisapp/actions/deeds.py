"""What a planner can do to a draft by hand, and what each deed changes."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from gisapp.actions import refusals
from gisapp.actions.board import Board
from gisapp.store import ties
from gisapp.store.drafts import Pair, Placed

Codes = tuple[str, str]
"""A post's code, a staff number."""

New = tuple[int, int, int, bool]
"""Post id, slot id, cadre id, locked."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a deed does: placements that go and come, whole or only their lock, and its words."""

    out: Sequence[Pair] = ()
    into: Sequence[New] = ()
    relock: Sequence[Pair] = ()
    """Placements whose lock becomes the other one."""
    says: str = ""
    names: dict[str, Any] = field(default_factory=dict)
    whys: dict[Pair, dict[str, Any]] = field(default_factory=dict)
    """Of placements that come, where they are known."""


class Deed(ABC):
    """One change by hand; raises what it is refused for."""

    name: ClassVar[str]

    @abstractmethod
    def turn(self, board: Board) -> Turn:
        """Work out what it changes."""

    @abstractmethod
    def touches(self) -> tuple[set[str], set[str]] | None:
        """Name the posts and people it is about, by code; None: all of them."""


@dataclass(frozen=True, slots=True)
class Assign(Deed):
    """Put somebody into a post: into a free seat, or into that of somebody else."""

    name: ClassVar[str] = "assign"
    post: str
    cadre: str
    slot: int | None = None
    instead_of: str | None = None

    def turn(self, board: Board) -> Turn:
        post, cadre = board.post(self.post), board.cadre(self.cadre)
        names = board.names(post, cadre)
        if (post, cadre) in board.held:
            raise refusals.ThereAlready(**names)
        board.ensure_fit(post, cadre)
        board.ensure_room(post, cadre)
        if self.instead_of is None:
            slot = board.seat(post, cadre, self.slot)
            return Turn((), [(post, slot, cadre, False)], (), "assigned", names)
        gone = board.pair(self.post, self.instead_of)
        board.ensure_unlocked(gone)
        slot = board.held[gone][0]
        if self.slot is not None:
            rest = {pair: seat for pair, seat in board.held.items() if pair != gone}
            slot = Board(board.session, board.plan, board.table, rest).seat(post, cadre, self.slot)
        names["other"] = board.names(*gone)["person"]
        return Turn([gone], [(post, slot, cadre, False)], (), "replaced", names)

    def touches(self) -> tuple[set[str], set[str]]:
        return {self.post}, {self.cadre, self.instead_of or self.cadre}


@dataclass(frozen=True, slots=True)
class Remove(Deed):
    """Take somebody out of a post."""

    name: ClassVar[str] = "remove"
    post: str
    cadre: str

    def turn(self, board: Board) -> Turn:
        pair = board.pair(self.post, self.cadre)
        board.ensure_unlocked(pair)
        return Turn([pair], (), (), "removed", board.names(*pair))

    def touches(self) -> tuple[set[str], set[str]]:
        return {self.post}, {self.cadre}


@dataclass(frozen=True, slots=True)
class Swap(Deed):
    """Let two people change places."""

    name: ClassVar[str] = "swap"
    post: str
    cadre: str
    with_post: str
    with_cadre: str

    def turn(self, board: Board) -> Turn:
        one = board.pair(self.post, self.cadre)
        two = board.pair(self.with_post, self.with_cadre)
        names = board.names(*one)
        if one[0] == two[0]:
            raise refusals.SamePost(place=names["place"])
        other = board.names(*two)
        turn: list[New] = []
        for (_, cadre), there in ((one, two), (two, one)):
            post = there[0]
            board.ensure_unlocked(there)
            if (post, cadre) in board.held:
                raise refusals.ThereAlready(**board.names(post, cadre))
            board.ensure_fit(post, cadre)
            turn.append((post, board.held[there][0], cadre, False))
        names |= {"other": other["person"], "other_place": other["place"]}
        return Turn([one, two], turn, (), "swapped", names)

    def touches(self) -> tuple[set[str], set[str]]:
        return {self.post, self.with_post}, {self.cadre, self.with_cadre}


@dataclass(frozen=True, slots=True)
class Lock(Deed):
    """Lock placements, so that no proposal changes them, or unlock them."""

    name: ClassVar[str] = "lock"
    pairs: Sequence[Codes] = ()
    grids: Sequence[str] = ()
    """All placements of posts in these grids."""
    all: bool = False
    """Of the whole draft."""
    locked: ClassVar[bool] = True

    def turn(self, board: Board) -> Turn:
        chosen = self._chosen(board)
        changed = sorted(pair for pair in chosen if board.held[pair][1] != self.locked)
        if not changed:
            raise refusals.NothingChanges
        if self.locked:
            self._ensure_could(board, changed)
        one = "locked" if self.locked else "unlocked"
        if len(changed) == 1:
            return Turn((), (), changed, one, board.names(*changed[0]))
        return Turn((), (), changed, f"{one}_many", {"count": len(changed)})

    def _chosen(self, board: Board) -> set[Pair]:
        if self.all:
            return set(board.held)
        pairs = {board.pair(post, cadre) for post, cadre in self.pairs}
        if self.grids:
            codes = board.town.problem.posts.codes
            where: dict[str, set[int]] = {}
            for id_, code in zip(board.town.post_ids, codes, strict=True):
                where.setdefault(ties.place(code), set()).add(id_)
            unknown = [grid for grid in self.grids if grid not in where]
            if unknown:
                raise refusals.NoSuchGrid(grid=unknown[0])
            posts = set().union(*(where[grid] for grid in self.grids))
            pairs |= {pair for pair in board.held if pair[0] in posts}
        return pairs

    def _ensure_could(self, board: Board, pairs: list[Pair]) -> None:
        """Raise for the first placement that cannot stand: its lock would contradict a rule."""
        for pair, fits in zip(pairs, board.fits(pairs), strict=True):
            if not fits:
                reason = board.unfit(*pair).sentence
                raise refusals.LockBarred(reason=reason, **board.names(*pair))

    def touches(self) -> tuple[set[str], set[str]] | None:
        if self.all or self.grids:
            return None
        return {post for post, _ in self.pairs}, {cadre for _, cadre in self.pairs}


@dataclass(frozen=True, slots=True)
class Unlock(Lock):
    """Unlock placements."""

    name: ClassVar[str] = "unlock"
    locked: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class TakeProposal(Deed):
    """Put the placements of a proposal in the place of the draft's."""

    name: ClassVar[str] = "propose"
    placements: Sequence[Placed]
    gap: float | None

    def turn(self, board: Board) -> Turn:
        wanted = {(row[0], row[2]): row for row in self.placements}
        out = [
            pair
            for pair, (slot, _) in board.held.items()
            if pair not in wanted or wanted[pair][1] != slot
        ]
        gone = set(out)
        into = [row for pair, row in wanted.items() if pair not in board.held or pair in gone]
        if not out and not into:
            raise refusals.NothingChanges
        # One who only changes seats within a post neither comes nor goes.
        came = sum(1 for row in into if (row[0], row[2]) not in gone)
        went = sum(1 for pair in out if pair not in wanted)
        whys = {(row[0], row[2]): row[4] or {} for row in into}
        says, names = "proposed", {"came": came, "went": went}
        if not came and not went:
            says, names = "proposed_seats", {"seats": len(into)}
        return Turn(sorted(out), sorted(row[:4] for row in into), (), says, names, whys)

    def touches(self) -> None:
        return None
