"""Why a plan is as it is: each match of a post, who else could come, what else could be."""

from dataclasses import dataclass, replace
from typing import Any

from gisapp.actions import asked, matches
from gisapp.actions.examined import Examined, examine
from gisapp.auth import Role, Scope
from gisapp.core.matching import explain, words
from gisapp.core.matching.explain import Offer
from gisapp.errors import Forbidden
from gisapp.i18n import N_, Sentence
from gisapp.store.session import Session, whole


class NotYours(Forbidden):
    """A cadre asks what somebody else could take."""

    code = "another_person"
    message = N_("Ask with your own staff number: offers for others are the planner's to see.")


@dataclass(frozen=True, slots=True)
class Explained:
    """A post of a plan: who is in it and why, and why somebody is not."""

    found: Examined
    post: int
    seats: list[dict[str, Any]]
    matches: list[dict[str, Any]]
    why_not: dict[str, Any] | None

    @property
    def open_seats(self) -> int:
        """Seats wanted that nobody has."""
        return sum(max(seat["wanted"] - seat["filled"], 0) for seat in self.seats)

    @property
    def headline(self) -> Sentence:
        """Say how many seats stay open."""
        wanted = sum(seat["wanted"] for seat in self.seats)
        fields = {"post": self.found.post(self.post), "open": self.open_seats, "wanted": wanted}
        if self.open_seats:
            return Sentence(N_("{post}: {open} of {wanted} seats stay open."), fields)
        return Sentence(N_("{post}: no seat stays open, {wanted} wanted."), fields)

    def document(self) -> dict[str, Any]:
        """Say it to programs; the keys are a contract."""
        return head(self.found) | {
            "post": self.found.town.problem.posts.codes[self.post],
            "place": self.found.place(self.post),
            "open_seats": self.open_seats,
            "sentence": self.headline,
            "seats": self.seats,
            "matches": self.matches,
            "why_not": self.why_not,
        }


@dataclass(frozen=True, slots=True)
class Offered:
    """What a person could take, or who could take a post: the least change first."""

    found: Examined
    name: str
    """offers or candidates."""
    about: dict[str, Any]
    rows: list[dict[str, Any]]

    def document(self) -> dict[str, Any]:
        """Say it to programs."""
        return head(self.found) | self.about | {self.name: self.rows}


def explain_post(session: Session, plan: str, post: str, why_not: str | None = None) -> Explained:
    """Say of each match of a post why it is, and who would come instead.

    ``why_not`` is a staff number: what it would cost to put that person into the post. A change
    is the best plan's cost with the demand minus its cost without, over all pairs.
    """
    session.actor.must(Scope.PLANS_READ if why_not is None else Scope.PLANS_WRITE)
    found, where, who = examine(session, plan, post, why_not)
    assert where is not None  # noqa: S101  # a post was asked for
    return Explained(
        found,
        where,
        matches.seats(found, where),
        [matches.match(found, where, holder) for holder in found.holders(where)],
        None if who is None else matches.why_not(found, who, where),
    )


def offers(session: Session, cadre: str, plan: str | None = None, most: int = 10) -> Offered:
    """List the posts somebody could take with the plan staying feasible, the best first.

    Of the named plan, else of the one in force where the person's department belongs; where that
    is of a larger area, of the actor's part of it. A cadre asks for herself, of the plan in force,
    and is not told who else would move.
    """
    if session.actor.role is Role.CADRE:
        return _own_offers(session, cadre, plan, most)
    session.actor.must(Scope.PLANS_WRITE)
    code = plan or asked.plan_of_cadre(session, cadre)
    found, _, who = examine(session, code, cadre=cadre, part=plan is None)
    assert who is not None  # noqa: S101  # a cadre was asked for
    rows = [
        _offer(found, each, found.post(each.post))
        for each in explain.offers(found.engine, who, most)
    ]
    free = bool(found.town.problem.cadres.available[who])
    return Offered(found, "offers", found.called(who) | {"available": free}, rows)


def _own_offers(session: Session, cadre: str, plan: str | None, most: int) -> Offered:
    session.actor.must(Scope.MY_GRID_READ)
    if plan is not None:
        session.actor.must(Scope.PLANS_WRITE)
    if session.actor.cadre_id is None or asked.cadre(session, cadre) != session.actor.cadre_id:
        raise NotYours
    with whole(session) as beyond:
        found = offers(beyond, cadre, most=most)
    rows = [{key: row[key] for key in row if key != "moves"} for row in found.rows]
    return replace(found, rows=rows)


def candidates(session: Session, post: str, plan: str | None = None, most: int = 10) -> Offered:
    """List the people who could take a post with the plan staying feasible, the best first.

    Of the named plan, else of the one in force, as `offers` does.
    """
    session.actor.must(Scope.PLANS_WRITE)
    code = plan or asked.plan_of_post(session, post)
    found, where, _ = examine(session, code, post, part=plan is None)
    assert where is not None  # noqa: S101  # a post was asked for
    rows = [
        _offer(found, each, found.person(each.cadre))
        for each in explain.candidates(found.engine, where, most)
    ]
    return Offered(found, "candidates", {"post": post, "place": found.place(where)}, rows)


def head(found: Examined) -> dict[str, Any]:
    """Say which plan it is about, and what changes are counted from."""
    return {
        "plan": found.code,
        "explained_against": found.against,
        "against": found.sentence,
        "proven": found.engine.gap == 0,
    }


def _offer(found: Examined, row: Offer, what: Sentence) -> dict[str, Any]:
    pieces = found.pieces(row.cadre, row.post)
    return found.called(row.cadre) | {
        "post": found.town.problem.posts.codes[row.post],
        "place": found.place(row.post),
        "change": row.change.change / 100,
        "travel_min": pieces.travel / 100,
        "reasons": pieces.sentences(),
        "moves": found.moves(row.change),
        "sentence": words.offer(what, pieces, row.change.change),
    }
