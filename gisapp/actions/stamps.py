"""Tells whether anything an actor may see has changed, from the audit of what was done."""

from collections.abc import Callable, Collection

from gisapp.auth import EVERYWHERE
from gisapp.store import state
from gisapp.store.session import Session

Remember = Callable[[str, Callable[[], Collection[str]]], Collection[str]]
"""Keeps what was worked out under a name."""


def own_stamp(session: Session) -> str:
    """Name the state of the actor's own area, in a way that may leave the building."""
    return state.own(session)


def checked_stamp(session: Session) -> str:
    """Name the state of what a check looks at; it stays inside, for it tells of areas above."""
    return state.checked(session)


def stamp(session: Session, remember: Remember) -> str:
    """Name the state of all that the actor may see; another area's deeds do not change it.

    All but publications: those change it wherever they are, since nobody can be in two places.

    Every deed is in the audit of its area. What an actor sees lies in her own area, was
    published by one above it, or is about a person from elsewhere who serves in it.
    """
    if session.actor.area_code == EVERYWHERE:
        return state.digest(session, [EVERYWHERE])
    return _whole(session, remember)[0]


def stamp_of_data(session: Session, remember: Remember) -> str:
    """Name the state of what a draft is made from: edits of drafts do not change it."""
    home = session.actor.area_code
    if home == EVERYWHERE:
        whole, codes = state.digest(session, [EVERYWHERE]), [EVERYWHERE]
    else:
        whole, data, beyond = _whole(session, remember)
        if not beyond:
            return data
        codes = [home, *beyond]
    # What is left out does change the other one: looked up once for each of its states.
    found = remember(f"data {home} {whole}", lambda: [state.digest(session, codes, drafts=False)])
    return next(iter(found))


def _whole(session: Session, remember: Remember) -> tuple[str, str, list[str]]:
    """Name the state of all, name that of the own area's data, and list the areas elsewhere."""
    home = session.actor.area_code
    own = state.digest(session, [home])
    data, *beyond = remember(f"elsewhere {home} {own}", lambda: _elsewhere(session, home, remember))
    return state.digest(session, [home, *beyond]) if beyond else own, data, beyond


def _elsewhere(session: Session, home: str, remember: Remember) -> list[str]:
    """Name the state of the own area's data, and list what `state.elsewhere` does.

    Edits of drafts bring nobody from elsewhere.
    """
    data = state.digest(session, [home], drafts=False)
    beyond = remember(f"elsewhere of {home} {data}", lambda: state.elsewhere(session, data))
    return [data, *beyond]
