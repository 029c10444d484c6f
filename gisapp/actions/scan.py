"""Scans for clusters of any size as background work; what is told is protected."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from gisapp.actions.work import Task, Work
from gisapp.auth import Scope
from gisapp.core import rates, windows
from gisapp.core.publication import Published
from gisapp.core.scan import clusters, telling
from gisapp.core.scan.clusters import Cluster
from gisapp.core.scan.telling import Told
from gisapp.i18n import N_, Name, Sentence
from gisapp.query import HotspotQuery
from gisapp.store import audit, hotspots, installation, scan
from gisapp.store.scan import Field
from gisapp.store.session import Session

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Watch = Callable[[float], None]

ALL: Final = Name("全部", "All")

SAYING: Final = N_("Comparing with chance")


class ScanQuery(HotspotQuery):
    """Which scan of which calendar window and category.

    A prospective scan looks back from the window's last month; from the last month with
    records by default.
    """

    kind: Literal["space", "prospective", "flexible"] = "space"


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan found. Only `document` may leave."""

    query: ScanQuery
    field: Field
    clusters: list[Cluster]
    """At full precision; grids are positions in the picture."""
    months: range
    """Those that were looked at."""

    @property
    def told(self) -> list[Told]:
        """What may be said of which clusters."""
        prospective = self.query.kind == "prospective"
        return telling.tell(
            self.clusters,
            self.published() if self.clusters else [],
            self.months,
            prospective=prospective,
        )

    def published(self) -> list[Published]:
        """Return what is published of the window, or of each of the months."""
        picture = self.field.picture
        if self.query.kind != "prospective":
            return [picture.published()]
        return picture.published_series()[1]

    def document(self) -> dict[str, Any]:
        """Say what may leave."""
        picture, told = self.field.picture, self.told
        return {
            "kind": self.query.kind,
            "window": picture.window,
            "from": windows.name(self.months[0]),
            "to": windows.name(self.months[-1]),
            "category": picture.category,
            "category_name": picture.name or ALL,
            "value": "count" if picture.plain else "rate",
            "sentence": self._headline(len(told)),
            "clusters": [
                {
                    "rank": rank,
                    "grids": [picture.codes[grid] for grid in one.cluster.grids.tolist()],
                    "bounds": self._bounds(one.cluster),
                    "from": windows.name(one.first),
                    "to": windows.name(one.last),
                    "count": f"≥{one.least}",
                    "recurrence": one.recurrence,
                    "odds": one.odds,
                    "sentence": one.sentence,
                }
                for rank, one in enumerate(told, 1)
            ],
        }

    def _bounds(self, cluster: Cluster) -> list[float]:
        """Return west, south, east and north of the middles of a cluster's grids."""
        places = self.field.places[cluster.grids]
        found: list[float] = (
            np.concatenate([places.min(axis=0), places.max(axis=0)]).round(6).tolist()
        )
        return found

    def _headline(self, told: int) -> Sentence:
        grids = len(self.field.picture.codes)
        if not grids:
            return Sentence(N_("No grids yet. Import them, or look at the invented town."))
        if not self.field.picture.part(self.months).any():
            return Sentence(N_("No disputes are recorded in these months."))
        if not told:
            return Sentence(N_("No gathering of any size is more than chance would make."))
        return Sentence(N_("Gatherings that chance would hardly make: {told}."), {"told": told})


def read(session: Session, query: ScanQuery) -> Field:
    """Read what a scan needs; it may then go on without the database."""
    session.actor.must(Scope.HOTSPOTS_READ)
    usual = windows.name if query.kind == "prospective" else windows.last_quarter
    return scan.field(session, query, usual)


def find(field: Field, query: ScanQuery, watch: Watch, draws: int = clusters.DRAWS) -> Found:
    """Scan; the same data give the same answer."""
    picture, rng = field.picture, hotspots.dice()
    months = picture.within
    if query.kind == "prospective":
        months = picture.until_window(hotspots.SERIES)
    there, base, counts = scannable(field, months)
    points = field.points[there]
    if query.kind == "prospective":
        found = clusters.prospective(points, base, counts, rng, draws=draws, watch=watch)
    elif query.kind == "flexible":
        near, whole = picture.star[there][:, there], counts.sum(axis=0)
        drawn_by = telling.stands_for(picture.published(), there, base)
        found = clusters.flexible(
            points, near, base, whole, rng, drawn_by=drawn_by, draws=draws, watch=watch
        )
    else:
        found = clusters.space(points, base, counts.sum(axis=0), rng, draws=draws, watch=watch)
    return Found(query, field, [one.among(there) for one in found], months)


def scannable(field: Field, months: range) -> tuple[Whole, Array, Whole]:
    """Return positions, base and monthly counts of the grids that have a place to scan from."""
    picture = field.picture
    there = np.flatnonzero(np.isfinite(field.points).all(axis=1))
    known = rates.usable(picture.base) if len(picture.codes) else None
    base = np.ones(len(picture.codes)) if known is None else known
    return there, base[there], picture.part(months)[:, there]


def disclose(session: Session, found: Found) -> list[dict[str, Any]]:
    """Return every cluster at full precision; the audit says who asked."""
    session.actor.must(Scope.HOTSPOTS_EXACT)
    picture = found.field.picture
    audit.note(
        session,
        "scans.disclosed",
        f"{found.query.kind} {picture.window}",
        area_code=installation.root_area(session),
        category=picture.category,
        clusters=len(found.clusters),
    )
    return [
        {
            "grids": [picture.codes[grid] for grid in one.grids.tolist()],
            "from": windows.name(found.months[-one.months])
            if found.query.kind == "prospective"
            else windows.name(found.months[0]),
            "to": windows.name(found.months[-1]),
            "exact_count": one.count,
            "expected": one.expected,
            "llr": one.ratio,
            "p": one.p,
        }
        for one in found.clusters
    ]


def work(task: Task, query: ScanQuery) -> dict[str, Any]:
    """Scan as the asker sees the data."""
    with task.read() as session:
        field = read(session, query)

    def watch(share: float) -> None:
        task.tell("scan", share, Sentence(SAYING))
        task.leave_if_stopped()

    return find(field, query, watch).document()


WORK: Final = Work("scan", Scope.HOTSPOTS_READ, ScanQuery, work)
