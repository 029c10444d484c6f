"""Why a draft is as it is, held against the best plan under its locks."""

from typing import Any, Final

from gisapp.actions import asked, matches
from gisapp.actions.desk import Desk
from gisapp.actions.draft_people import position
from gisapp.actions.examined import Examined, Holder
from gisapp.actions.laid import Laid
from gisapp.auth import Scope
from gisapp.core.coverage import NONE
from gisapp.core.matching import explain, words
from gisapp.core.reasons import whole
from gisapp.errors import InvalidInput
from gisapp.i18n import N_
from gisapp.store import ties
from gisapp.store.session import Session

FURTHER: Final = 5
"""Posts that are looked at beyond those asked for; each takes a tenth of a second and more."""


class CadreAmbiguous(InvalidInput):
    """Several people have the name."""

    code = "cadre_ambiguous"
    message = N_("{cadre} is the name of several people. Give the staff number.")


def why(session: Session, desk: Desk, post: str, why_not: str = "") -> dict[str, Any] | None:
    """Say of each match of a post why it is, and who would come instead.

    Waits for the solve; None where that takes a while yet.

    ``why_not`` is a staff number or a name: what it would cost to put that person there.
    """
    session.actor.must(Scope.PLANS_WRITE if why_not else Scope.PLANS_READ)
    at = desk.post_at.get(post)
    if at is None:
        raise asked.NoSuchPost(post=post[:60])
    who = _who(desk, why_not) if why_not else None
    found = examined(desk, desk.now(session)[1])
    if found is None:
        return None
    return {
        "post": post,
        "place": found.place(at),
        "against": found.against,
        "sentence": found.sentence,
        "proven": found.engine.gap == 0,
        "matches": [_match(desk, found, at, holder) for holder in found.holders(at)],
        "why_not": None if who is None else matches.why_not(found, who, at),
    }


def _who(desk: Desk, text: str) -> int:
    """Find somebody by staff number or by the whole name."""
    if text in desk.cadre_at:
        return desk.cadre_at[text]
    roster, home = desk.town.roster, desk.table.roster.tolist()
    found = [at for at, there in enumerate(home) if roster.names[there] == text]
    if len(found) > 1:
        choices = [
            {
                "staff_number": roster.staff_numbers[home[at]],
                "name": roster.names[home[at]],
                "department": roster.departments[home[at]],
            }
            for at in found
        ]
        raise CadreAmbiguous(cadre=text[:40], choices=choices)
    return found[0] if found else position(desk, text)


def offers(
    session: Session, desk: Desk, staff_number: str, most: int
) -> list[dict[str, Any]] | None:
    """List posts somebody could take, by what the whole plan would then cost more.

    Waits for the solve as `why` does.

    Only those of the least bounds are looked at: `gisapp offers` takes the time to look at all.
    """
    session.actor.must(Scope.PLANS_WRITE)
    who = position(desk, staff_number)
    found = examined(desk, desk.now(session)[1])
    if found is None:
        return None
    told = []
    for each in explain.offers(found.engine, who, most, most + FURTHER):
        pieces = found.pieces(each.cadre, each.post)
        code = desk.muster.problem.posts.codes[each.post]
        told.append(
            {
                "post": code,
                "place": found.place(each.post),
                "grid": ties.place(code) if desk.table.grid[each.post] != NONE else None,
                "minutes": whole(pieces.travel / 100),
                "change": each.change.change / 100,
                "sentence": words.offer(found.post(each.post), pieces, each.change.change),
            }
        )
    return told


def examined(desk: Desk, laid: Laid) -> Examined | None:
    """Hold placements against the best plan under their locks; None: it takes a while yet."""
    engine = desk.solved(laid)
    if engine is None:
        return None
    return Examined(
        desk.code,
        desk.seed,
        imported=False,
        town=desk.muster,
        engine=engine,
        fresh=desk.fresh,
        whole=not laid.fallen,
        sound=True,
        cadre=laid.cadre,
        slot=laid.slot,
        tally=laid.tally,
        holders=lambda post: _holders(desk, laid, post),
        people=desk.people,
        places=desk.places,
        specialties=desk.specialty_names,
        costs=desk.table.tallier.costs,
        part="" if desk.whole else desk.area,
    )


def _holders(desk: Desk, laid: Laid, post: int) -> list[Holder]:
    problem, roster = desk.muster.problem, desk.town.roster
    found = []
    for row in laid.of_post(post):
        cadre, slot = int(laid.cadre[row]), int(laid.slot[row])
        home = int(desk.table.roster[cadre])
        found.append(
            Holder(
                problem.cadres.codes[cadre],
                roster.names[home],
                roster.department_codes[home],
                int(problem.slots.number[slot]),
                bool(laid.locked[row]),
                (cadre, slot),
            )
        )
    return found


def _match(desk: Desk, found: Examined, post: int, holder: Holder) -> dict[str, Any]:
    """Explain a match, and tell where its runner-up comes from."""
    told = matches.match(found, post, holder)
    second = told["runner_up"]
    if second["change"] is None:
        return told
    if second["cadre"] is None:
        return told | {"stays_open": True, "change": second["change"]}
    cadre = desk.cadre_at[second["cadre"]]
    roster, home = desk.town.roster, int(desk.table.roster[cadre])
    pieces = found.pieces(cadre, post)
    lon, lat = roster.places[home].round(6).tolist()
    return told | {
        "runner_up": second
        | {
            "department": roster.departments[home],
            "office": roster.offices[home],
            "lon": lon,
            "lat": lat,
            "minutes": whole(pieces.travel / 100),
            "total": (pieces.travel + pieces.specialty + pieces.load - pieces.link) / 100,
        }
    }
