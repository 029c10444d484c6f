"""Hotspots at full precision, for those who may see it, and never unnoticed."""

from dataclasses import dataclass

from gisapp.auth import Scope
from gisapp.core import hotmap, windows
from gisapp.query import HotspotQuery
from gisapp.store import audit, disputes, hotspots, installation
from gisapp.store.session import Session


def answerable(session: Session, query: HotspotQuery) -> None:
    """Refuse a category that is not known and a window that is not over, before work is begun."""
    session.actor.must(Scope.HOTSPOTS_READ)
    if query.category is not None:
        disputes.category_name(session, query.category)
    if query.window is not None:
        windows.whole(query.window, session.today)


@dataclass(frozen=True, slots=True)
class Exact:
    """What is true of one grid's window."""

    code: str
    count: int
    z: float
    """Gi* of the rate, or of the count where bases are missing."""
    p: float
    """Two-sided, randomised as the installation says."""


def disclose(session: Session, query: HotspotQuery) -> list[Exact]:
    """Return true counts, scores and chances of one window; the audit says who asked."""
    session.actor.must(Scope.HOTSPOTS_EXACT)
    picture = hotspots.picture(session, query)
    counts = picture.window_counts
    z, p = hotmap.exact(counts, picture.base, picture.star, hotspots.dice(), picture.method)
    audit.note(
        session,
        "hotspots.disclosed",
        f"window {picture.window}",
        area_code=installation.root_area(session),
        category=picture.category,
        grids=len(picture.codes),
    )
    return [
        Exact(code, int(count), float(score), float(chance))
        for code, count, score, chance in zip(picture.codes, counts, z, p, strict=True)
    ]
