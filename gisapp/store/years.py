"""Tells the months of a year that are over, once and for all, county by county."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from gisapp.core import nest, release, windows
from gisapp.core.areas import Areas
from gisapp.core.cells import Cells
from gisapp.core.watched import ENDS, Watched
from gisapp.store import books, disputes, hot_ground, lineage, numbering, state, yearbook
from gisapp.store.hot_ground import SEED, Ground, Part, method
from gisapp.store.session import Session
from gisapp.store.yearbook import Said, Year

Whole = npt.NDArray[np.int64]


def year(session: Session, ground: Ground, number: int) -> Said:
    """
    Return what may be said of a year: as it was said before, and of newer months for once.

    Each county has a book of its own, which depends on nothing beyond it. Who sees less of it
    sees a part of that book; who sees more than one sees theirs side by side, under bins of
    all of them that no other book could turn into a count.
    """
    rule = session.settings.hotspot_neighbours
    now = state.recorded(session, hot_ground.stands_in(session))
    return session.kept(
        ("year", ground.mesh.key, rule, now, number),
        lambda: Said.of(_year(session, ground, number)),
        lambda told: told.size,
    )


def sums(session: Session, ground: Ground, number: int) -> Whole:
    """Add up the disputes of each whole and month of a year; categories are those of the tally."""
    told = year(session, ground, number)
    rule = session.settings.hotspot_neighbours
    now = state.recorded(session, hot_ground.stands_in(session))
    months = range(nest.MONTHS * number, nest.MONTHS * (number + 1))
    return session.kept(
        ("sums", ground.mesh.key, rule, now, number),
        lambda: ground.tally.sums(months, told.areas.whole_of(told.cells), told.areas.wholes),
        lambda made: made.nbytes,
    )


def _year(session: Session, ground: Ground, number: int) -> Year:
    if not ground.parts:
        return _book(session, ground, number)
    told = [_of_county(session, part, number) for part in ground.parts]
    if len(told) > 1:
        return books.joined(told, _book(session, ground, number))
    if told[0].codes == ground.mesh.codes:
        return told[0]
    return books.cut(told[0], ground.mesh.codes, ground.area)


def _of_county(session: Session, part: Part, number: int) -> Year:
    """Read the book of a county; its ground only where something is to be written."""
    with session.within(part.area) as inside:
        told = yearbook.find(inside, part.area, number)
        if (
            told is not None
            and told.codes == part.codes
            and told.categories == [*disputes.categories(inside)]
            and told.months >= _over(inside, number)
        ):
            return told
        read = hot_ground.ground(inside)
        assert read is not None  # noqa: S101  # it has grids
        return _book(inside, read[0], number)


def _over(session: Session, number: int) -> int:
    """Count the months of a year that are over."""
    last = windows.number(session.today) - 1
    return max(min(last + 1 - nest.MONTHS * number, nest.MONTHS), 0)


def _book(session: Session, ground: Ground, number: int) -> Year:
    """Read the book of a county, or the bins of several together, and write it on."""
    mesh, categories = ground.mesh, list(disputes.categories(session))
    lay = Areas.none if ground.parts else ground.lay
    told = yearbook.find(session, ground.area, number)
    # What was told of several counties before each had its own book says figures, too.
    if told is None or (ground.parts and told.cells.counted.any()):
        cells = Cells.none(len(mesh.codes)) if ground.parts else ground.cells
        told = Year.blank(mesh.codes, categories, cells, lay(cells))
    told = told.recoded(lineage.recoded(session, mesh.codes, told.codes))
    told = told.on(mesh.codes, categories, lay)
    months = _over(session, number)
    if told.months < months:
        told = _told(session, ground, told, number, months)
        yearbook.keep(session, ground.area, number, told)
    return told


def looked_into(session: Session, number: int) -> bool:
    """Say whether somebody can have seen states of coverage that tell of a year.

    They tell of the twelve months before the one in which somebody looks.
    """
    return numbering.began(session) < nest.MONTHS * (number + 2)


def _told(session: Session, ground: Ground, told: Year, number: int, months: int) -> Year:
    """Tell further months of a year."""
    first = nest.MONTHS * number
    grids = len(told.codes)
    counts = ground.tally.cube(range(first, first + months), grids, told.categories)
    watched, how = None, method(session)
    if looked_into(session, number):
        earlier = range(first - nest.MONTHS + 1, first)
        before = ground.tally.cube(earlier, grids, told.categories)
        if not (told.months or before.any()):
            end = numbering.end(session, number)
            told = replace(told, numbered=end if end <= months else 0)
        ends = [end for end in ENDS if told.numbered in (end, numbering.ALL)]
        watched = Watched(before, ends)
    base, star = ground.households + ground.enterprises, ground.mesh.star
    under = release.Ground(base, star, told.cells, told.areas)
    for month in range(told.months + 1, months + 1):
        rng = np.random.default_rng(SEED)
        until = counts[:month]
        told.bins[nest.ending(month)] = (
            release.firm(until, base, star, rng, how)
            if ground.parts
            else release.month(until, under, told.shown, rng, how, watched)
        )
    return replace(told, months=months)
