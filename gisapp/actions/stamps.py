"""Tells whether anything an actor may see has changed, from the audit of what was done."""

import hashlib
from collections.abc import Callable, Collection
from typing import Final

from sqlalchemy import func, inspect, or_, select

from gisapp.auth import EVERYWHERE
from gisapp.store import revisions
from gisapp.store.models import Audit, Cadre, Publication
from gisapp.store.narrow import above, below
from gisapp.store.session import Session

Remember = Callable[[str, Callable[[], Collection[str]]], Collection[str]]
"""Keeps what was worked out under a name."""

DRAFTS: Final = "draft."
"""How deeds begin that touch a draft and nothing else."""

MADE: Final = "plan.made"
"""A new draft; the others stay as they are. Posts made with it are a deed of their own."""


def stamp(session: Session, remember: Remember) -> str:
    """Name the state of all that the actor may see; another area's deeds do not change it.

    All but publications: those change it wherever they are, since nobody can be in two places.

    Every deed is in the audit of its area. What an actor sees lies in her own area, was
    published by one above it, or is about a person from elsewhere who serves in it.
    """
    home = session.actor.area_code
    if home == EVERYWHERE:
        return _digest(session, [EVERYWHERE])
    own = _digest(session, [home])
    elsewhere = remember(
        f"elsewhere {home} {own}", lambda: _known_elsewhere(session, home, remember)
    )
    return _digest(session, [home, *elsewhere]) if elsewhere else own


def stamp_of_data(session: Session, remember: Remember) -> str:
    """Name the state of what a draft is made from: edits of drafts do not change it."""
    whole = stamp(session, remember)

    def made() -> list[str]:
        home = session.actor.area_code
        beyond = [] if home == EVERYWHERE else _known_elsewhere(session, home, remember)
        return [_digest(session, [home, *beyond], drafts=False)]

    # What is left out does change the other one: looked up once for each of its states.
    return next(iter(remember(f"data {session.actor.area_code} {whole}", made)))


def _known_elsewhere(session: Session, home: str, remember: Remember) -> Collection[str]:
    """Return what `_elsewhere` lists: edits of drafts bring nobody from elsewhere."""
    data = _digest(session, [home], drafts=False)
    return remember(f"elsewhere of {home} {data}", lambda: _elsewhere(session, home))


def _elsewhere(session: Session, home: str) -> list[str]:
    """List the areas outside ``home`` from which people come who serve in it."""
    codes = session.scalars(select(Cadre.area_code).distinct().order_by(Cadre.area_code))
    return [code for code in codes if not code.startswith(home)]


def _digest(session: Session, codes: list[str], *, drafts: bool = True) -> str:
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
        kind = func.substr(table.c.deed, 1, func.length(DRAFTS))
        question = question.where(kind != DRAFTS, table.c.deed != MADE)
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
        str(revisions.current(session)) if codes == [EVERYWHERE] else "",
        session.today.isoformat(),
    ]
    return hashlib.blake2b("\n".join(state).encode(), digest_size=10).hexdigest()
