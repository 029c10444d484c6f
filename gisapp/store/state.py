"""The state of an area's data as one short name, from the audit of what was done there."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, func, inspect, or_, select

from gisapp.auth import EVERYWHERE
from gisapp.store import revisions
from gisapp.store.models import Audit, Cadre, Publication
from gisapp.store.narrow import above, below
from gisapp.store.session import Session

DRAFTS: Final = "draft."
"""How deeds begin that touch a draft and nothing else."""

OF_DRAFTS: Final = ("plan.made", "plan.deleted")
"""A draft comes or goes; the others stay as they are. No other ever has the code of one that went.

Posts made with one are a deed of their own.
"""

CHECKED: Final = (
    "import.stored",
    "import.undone",
    "revision.accepted",
    "data.repaired",
    "repair.undone",
    "places.erased",
)
"""The deeds that write areas, grids, enterprises and disputes."""

RELEASED: Final = ("months.released", "month.released_again")
"""The deeds that write what was counted of disputes."""


def own(session: Session) -> str:
    """Name the state of the actor's own area alone: it may leave, for it tells of no other."""
    table, home = inspect(Audit).local_table, session.actor.area_code
    column = table.c.area_code
    question = select(column, func.max(table.c.number)).group_by(column).order_by(column)
    if home != EVERYWHERE:
        question = question.where(below(column, home))
    chains = [tuple(row) for row in session.connection().execute(question)]
    said = f"{chains} {session.today.isoformat()}"
    return hashlib.blake2b(said.encode(), digest_size=10).hexdigest()


def checked(session: Session) -> str:
    """Name the state of what a check looks at, in the actor's area and brought above it.

    Reading, drafting, publishing and releasing leave it as it is, and so does a new day.
    """
    table, home = inspect(Audit).local_table, session.actor.area_code
    column = table.c.area_code
    question = (
        select(column, func.max(table.c.number))
        .where(table.c.deed.in_(CHECKED))
        .group_by(column)
        .order_by(column)
    )
    if home != EVERYWHERE:
        question = question.where(or_(below(column, home), column.in_(above(home))))
    chains = [tuple(row) for row in session.connection().execute(question)]
    return hashlib.blake2b(str(chains).encode(), digest_size=10).hexdigest()


def recorded(session: Session, code: str) -> str:
    """Name the state of what hotspots are made of, in an area and brought above it, on this day.

    As `checked`, and it changes when months are released, too. It stays inside.
    """
    chains = [tuple(row) for row in session.connection().execute(_recorded(code))]
    said = f"{chains} {session.today.isoformat()}"
    return hashlib.blake2b(said.encode(), digest_size=10).hexdigest()


@lru_cache(maxsize=1024)
def _recorded(code: str) -> Select[Any]:
    """Write that question once for each area: a map asks it a dozen times."""
    table = inspect(Audit).local_table
    column = table.c.area_code
    question = (
        select(column, func.max(table.c.number))
        .where(table.c.deed.in_((*CHECKED, *RELEASED)))
        .group_by(column)
        .order_by(column)
    )
    if code == EVERYWHERE:
        return question
    return question.where(or_(below(column, code), column.in_(above(code))))


def digest(session: Session, codes: Sequence[str], *, drafts: bool = True) -> str:
    """Name the state of all that lies in ``codes`` and above; deeds elsewhere do not change it.

    Without ``drafts``, edits of drafts do not change it either.
    """
    # The chains of areas above are not the actor's to read; that they grew is all that is used.
    table = inspect(Audit).local_table
    column = table.c.area_code
    rules = [
        rule
        for code in codes
        if code != EVERYWHERE
        for rule in (below(column, code), column.in_(above(code)))
    ]
    question = select(column, func.max(table.c.number)).group_by(column).order_by(column)
    if not drafts:
        question = question.where(*_of_data(table))
    # Any publication: people from here may have come to serve elsewhere, and have no time left.
    published = inspect(Publication).local_table
    # The sum of the versions grows when one ends early, which publishes nothing.
    latest = select(
        func.max(published.c.id), func.max(published.c.published_at), func.sum(published.c.version)
    )
    chains = session.connection().execute(question.where(or_(*rules)) if rules else question)
    state = [
        str([tuple(row) for row in chains]),
        str(session.connection().execute(latest).one()),
        str(revisions.current(session)) if list(codes) == [EVERYWHERE] else "",
        session.today.isoformat(),
    ]
    return hashlib.blake2b("\n".join(state).encode(), digest_size=10).hexdigest()


def of_data(session: Session) -> str:
    """Name the state of all that the actor may see, whatever drafts are edited."""
    home = session.actor.area_code
    own = digest(session, [home], drafts=False)
    if home == EVERYWHERE:
        return own
    beyond = elsewhere(session, own)
    return digest(session, [home, *beyond], drafts=False) if beyond else own


def elsewhere(session: Session, data: str) -> list[str]:
    """List the areas outside the actor's own from which people come who serve in it.

    ``data`` names the state of the own area; edits of drafts bring nobody from elsewhere.
    """
    home = session.actor.area_code

    def read() -> list[str]:
        codes = session.scalars(select(Cadre.area_code).distinct().order_by(Cadre.area_code))
        return [code for code in codes if not code.startswith(home)]

    return session.kept(("elsewhere", data), read, lambda codes: 64 + 64 * len(codes))


def _of_data(table: Any) -> tuple[Any, ...]:
    """Keep the deeds that touch more than a draft."""
    kind = func.substr(table.c.deed, 1, func.length(DRAFTS))
    return kind != DRAFTS, table.c.deed.not_in(OF_DRAFTS)
