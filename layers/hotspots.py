"""Hotspots: grids round which more, or fewer, disputes gather than chance would put there."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gisapp import palette
from gisapp.auth import Actor, Scope
from gisapp.coded import counted, mapped
from gisapp.core import hotmap, moran, publication, trend, windows
from gisapp.core.hotspots import SIGNIFICANT
from gisapp.core.neighbours import islands
from gisapp.core.publication import NOT_ENOUGH_EVIDENCE, Published, rounded
from gisapp.core.sayings import about_place, headline
from gisapp.core.sayings_method import OUTLIERS, about_outlier, how, nameable, named, notices
from gisapp.core.trend import CLASSES
from gisapp.i18n import N_, Name, Sentence, window_name
from gisapp.layer import Column, Layer, Share, Values
from gisapp.query import HotspotQuery
from gisapp.store import disputes, grids, hotspots
from gisapp.store.hotspots import Picture
from gisapp.store.session import Session

ALL: Final = Name("全部", "All")


def values(session: Session, actor: Actor, query: HotspotQuery) -> Values:
    """Say of each grid what is published of its window: bin, trend and count."""
    picture = hotspots.picture(session, query)
    said, found = picture.published(), picture.trends()
    # Of a rare category nobody's kind may be told: none is looked for.
    asked = nameable(said, picture.base).any()
    kinds = picture.kinds() if asked else np.full(len(said.bins), moran.NONE)
    outliers = named(kinds, said, picture.base)
    second = query.view == "outliers"

    def sentence(grid: int) -> Sentence:
        if second:
            return about_outlier(outliers[grid])
        return about_place(said.bins[grid], found, grid)

    return Values(
        picture.revision,
        picture.codes,
        {
            "bin": said.bins,
            "trend": found.classes,
            "count": said.counts,
            "outlier": outliers,
        },
        sentence=sentence,
        totals={"count": said.totals},
        about=_about(session, picture, said, found)
        | {"view": query.view, "outliers": counted(outliers)},
        order=_unlike_first(outliers) if second else _urgent_first(said, found),
        holds=found.high.nbytes + found.low.nbytes,
    )


def _urgent_first(said: Published, found: hotmap.Trends) -> npt.NDArray[np.int64]:
    """Order grids by bin, then by the urgency of the trend; never by a count, which would tell it.

    What the headline tells to deal with now comes before all else: what is new of late may not
    stand out over the whole window yet. Where no count may be shown, few people live: such a
    grid follows those of its bin.
    """
    steps: list[int | str] = [3, 2, 1, -3, -2, -1, 0, NOT_ENOUGH_EVIDENCE]
    return np.lexsort(
        (
            trend.urgency(found.classes),
            mapped(said.counts, lambda count: count == publication.WITHHELD, np.bool_),
            _ranked(said.bins, steps),
            mapped(found.classes, lambda name: name not in trend.NOW, np.bool_),
        )
    )


def _unlike_first(outliers: Sequence[str]) -> npt.NDArray[np.int64]:
    """Order grids by their kind: those unlike their neighbours come first."""
    return np.argsort(_ranked(outliers, OUTLIERS), kind="stable")


def _ranked(column: Sequence[int | str], order: Sequence[int | str]) -> npt.NDArray[np.int64]:
    rank = {value: place for place, value in enumerate(order)}
    return mapped(column, rank.__getitem__, np.int64)


def _about(
    session: Session, picture: Picture, said: Published, found: hotmap.Trends
) -> dict[str, Any]:
    """Say what holds for the whole map: the window, its totals, and how it was tested."""
    levels, classes = counted(said.bins), counted(found.classes)
    steps = [*palette.BINS]
    within = [windows.name(month) for month in picture.within]
    months = picture.until_window(trend.STEPS)
    return {
        "sentence": headline(levels, classes),
        "window": picture.window,
        "from": within[0],
        "to": within[-1],
        "day": session.today.isoformat(),
        "category": picture.category,
        "category_name": picture.name or ALL,
        "months": [
            {
                "month": windows.name(month),
                "count": picture.total(range(month, month + 1), picture.category),
            }
            for month in picture.foot
        ],
        "categories": _categories(session, picture),
        "bins": {str(level): levels.get(level, 0) for level in steps},
        "trends": {name: classes.get(name, 0) for name in CLASSES},
        "trend_months": found.months,
        "base": len(picture.codes),
        "base_missing": int(np.isnan(picture.base).sum()),
        "value": "count" if picture.plain else "rate",
        "method": how(picture.method, plain=picture.plain),
        "islands": int(islands(picture.star).size),
        "disputes_outside": rounded(picture.outside),
        "notices": [
            *(_before_records(picture) or _of_records(picture, months)),
            *_late(picture),
            *_without_totals(picture),
        ],
        "added_up": _several(picture),
        "note": Sentence(
            N_(
                "Counts below {few} read <{few}, others are rounded to {few}; so are totals, each "
                "from its own true count. A bin needs {evidence} disputes in a grid and its "
                "neighbours. Where one figure would give another away, it is left out."
            ),
            {"few": publication.FEW, "evidence": publication.EVIDENCE},
        ),
    }


def _before_records(picture: Picture) -> list[Sentence]:
    """Say that a window was over before anything was recorded."""
    if picture.recorded is None or picture.within.stop > picture.recorded.start:
        return []
    return [
        Sentence(
            N_("There are no records of {window}: they begin in {month}."),
            {
                "window": window_name(picture.window),
                "month": window_name(windows.name(picture.recorded.start)),
            },
        )
    ]


def _of_records(picture: Picture, months: range) -> list[Sentence]:
    names = [windows.name(month) for month in months]
    return notices(picture.star, picture.part(months), names)


def _late(picture: Picture) -> list[Sentence]:
    """Say that released months are not what is known now, and what to do."""
    if not picture.late:
        return []
    return [
        Sentence(
            N_(
                "{cases} cases that came late or were corrected are not in the released figures; "
                "“gisapp release” takes a month's figures anew."
            ),
            {"cases": rounded(picture.late)},
        )
    ]


def _without_totals(picture: Picture) -> list[Sentence]:
    """Say why no total of the window's year is told: what was released once stays as it was."""
    if not picture.codes or picture.totalled:
        return []
    return [
        Sentence(
            N_(
                "No totals are told of {year}: its figures were released before totals were "
                "published, or too few live here. What was released stays as it is."
            ),
            {"year": picture.within.start // windows.YEAR},
        )
    ]


def _several(picture: Picture) -> Sentence | None:
    """Say how a map of several counties is made of what each of them is told."""
    if picture.counties < 2:  # noqa: PLR2004  # one county is told its own totals
        return None
    return Sentence(
        N_(
            "The map holds {counties} counties: its total is the sum of their rounded totals, "
            "and a bin is as strong as it would be with one dispute less around the grid."
        ),
        {"counties": picture.counties},
    )


def _categories(session: Session, picture: Picture) -> list[dict[str, Any]]:
    """List the categories with what is published of the window; all of them come first."""
    every: list[dict[str, Any]] = [
        {"code": "", "name": ALL, "count": picture.total(picture.within, None)}
    ]
    return every + [
        {"code": code, "name": name, "count": picture.total(picture.within, code)}
        for code, name in disputes.categories(session).items()
    ]


def detail(session: Session, actor: Actor, query: HotspotQuery, code: str) -> Mapping[str, Any]:
    """Tell of one grid: its months, its trend with the proof, and the grids around it."""
    ground = grids.ground(session, session.today)
    grid = ground.position(code)
    picture = hotspots.picture(session, query)
    said, found = picture.published(), picture.trends()
    months, series = picture.published_series()
    around = picture.star.indices[picture.star.indptr[grid] : picture.star.indptr[grid + 1]]
    rows = [grid, *(int(place) for place in around if place != grid)]
    return {
        "name": ground.names[grid],
        "window": picture.window,
        "count": said.counts[grid],
        "bin": said.bins[grid],
        "trend": found.classes[grid],
        "sentence": about_place(said.bins[grid], found, grid),
        "trend_months": found.months,
        "households": ground.households[grid],
        "enterprises": int(picture.enterprises[grid]),
        "year_ago": _year_ago(session, picture, query, grid),
        "series": [
            {"month": windows.name(month), "count": of.counts[grid], "bin": of.bins[grid]}
            for month, of in zip(months, series, strict=True)
        ],
        "neighbours": [
            {
                "code": picture.codes[place],
                "name": ground.names[place],
                "count": said.counts[place],
                "bin": said.bins[place],
                "trend": found.classes[place],
            }
            for place in rows
        ],
    }


def _year_ago(
    session: Session, picture: Picture, query: HotspotQuery, grid: int
) -> dict[str, Any] | None:
    """Tell what is published of the same window a year before; None before the records."""
    recorded, start = picture.recorded, picture.within.start - windows.YEAR
    if recorded is None or start < recorded.start:
        return None
    window = windows.year_before(picture.window)
    before = hotspots.picture(session, query.of_window(window)).published()
    return {"window": window, "count": before.counts[grid]}


LAYER = Layer(
    name="hotspots",
    title=N_("Hotspots"),
    scope=Scope.HOTSPOTS_READ,
    query=HotspotQuery,
    of="grid",
    columns=(
        Column("bin", N_("Hot or cold")),
        Column("trend", N_("Trend")),
        Column("count", N_("Disputes in the window")),
        Column("outlier", N_("Among its neighbours")),
    ),
    style=palette.by_bin("bin"),
    views={"outliers": palette.by_outlier("outlier")},
    share=Share("bin", (SIGNIFICANT, 3), N_("Share of grids that are significantly hot")),
    values=values,
    detail=detail,
)
