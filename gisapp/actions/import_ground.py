"""Bring in areas and grids: rows by code, outlines as a new boundary revision."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.actions.carrying import carry
from gisapp.actions.import_job import ALWAYS, Job, Refused, area_code, found, some, validity
from gisapp.actions.posts import make_posts
from gisapp.actions.redrawing import Redrawn, compare, resize
from gisapp.core.coordinates import city_srid
from gisapp.i18n import N_
from gisapp.intake.staging import Draft
from gisapp.store import installation, outlines, places, revisions
from gisapp.store.merge import merge
from gisapp.store.models import Area, Grid

LEVEL: Final = {2: "province", 4: "city", 6: "county", 9: "township", 12: "community"}
LEAST_INSIDE: Final = 0.5
"""The share of a grid that must lie in its community."""

Outlines = dict[str, Any]
"""By code."""


def areas(job: Job) -> None:
    """Store areas, those above them that the profile names, and their outlines."""
    parents = {parent.code: _row(parent.code, parent.name) for parent in job.profile.parent}
    there = set(job.known(Area, "code", "id")) | set(parents)
    there |= {str(draft.values["code"]) for drafts in job.chunks() for draft in drafts}

    def make(draft: Draft) -> dict[str, Any]:
        row = _row(area_code(draft.values["code"]), draft.values["name"])
        above = draft.values.get("parent")
        if above is not None:
            if str(above) not in there:
                found("area", {}, above)
            if not (len(str(above)) < len(row["code"]) and row["code"].startswith(str(above))):
                message = N_("Area “{value}” does not begin with its parent's code {parent}.")
                raise Refused("bad_code", message, value=row["code"], parent=above)
        return row | validity(draft.values)

    came: Outlines = {}
    chunks: list[list[dict[str, Any]]] = []
    for drafts, rows in job.each(make):
        chunks.append(rows)
        came |= {row["code"]: draft.shape for draft, row in zip(drafts, rows, strict=True)}
    drawn = resize(job.session, came)
    job.drawn = drawn if drawn.serious else None
    if drawn.serious and not job.accepted:
        return
    named = [row | {"batch_id": job.batch_id} for row in parents.values()]
    if named:  # they are no rows of the file, so they are not counted
        merge(job.session, Area, ["code"], named, ALWAYS, batch=job.origin)
    for rows in chunks:
        job.merge(Area, ["code"], rows, ALWAYS)
    ids = {code: row[0] for code, row in job.known(Area, "code", "id").items()}
    outlines.hang(job.session)
    old = outlines.of_areas(job.session)
    if new := _moved(came, ids, old):
        _unite(parents, came, ids, old, new)
        _record(job, {}, new)
        make_posts(job.session)


def grids(job: Job) -> None:
    """Store grids and their outlines; points that were there before are joined anew."""
    communities = {
        code: row
        for code, row in job.known(Area, "code", "id", "level").items()
        if row[1] == "community"
    }
    grounds = outlines.of_areas(job.session)
    pattern = re.compile(installation.the(job.session).code_pattern)

    def make(draft: Draft) -> dict[str, Any]:
        values = draft.values
        code = str(values["code"])
        if not pattern.fullmatch(code):
            raise Refused(
                "bad_code",
                N_("“{value}” is no grid code of this installation ({pattern})."),
                value=code,
                pattern=pattern.pattern,
            )
        community = str(values.get("community") or code[:12])
        pk, _ = found("area", communities, community)
        if not code.startswith(community):
            raise Refused(
                "bad_code",
                N_("Grid “{value}” does not begin with its community's code {community}."),
                value=code,
                community=community,
            )
        return {
            "code": code,
            "name": values.get("name") or code,
            "community_id": pk,
            "area_code": community,
            **some(values, "households", "population", "enterprises"),
            **({"kind": values["kind"] or "base"} if "kind" in values else {}),
            **validity(values),
        }

    came: Outlines = {}
    chunks: list[list[dict[str, Any]]] = []
    for drafts, rows in job.each(make):
        good = _inside(job, drafts, rows, grounds)
        chunks.append([rows[place] for place in good])
        came |= {rows[place]["code"]: drafts[place].shape for place in good}
    drawn = compare(job.session, came, whole=job.whole and not job.refused)
    job.drawn = drawn if drawn.serious else None
    if drawn.serious and not job.accepted:
        return
    for rows in chunks:
        _merge_grids(job, rows, drawn)
    ids = {code: row[0] for code, row in job.known(Grid, "code", "id").items()}
    new = {ids[code]: came[code] for code in drawn.new if code in ids}
    if new or drawn.going:
        _record(job, new, {}, gone_grids=set(drawn.going.values()))
        if drawn.serious:
            carry(job, drawn)
        else:
            places.join_again(job.session, places.ground(job.session))
    make_posts(job.session)


def _merge_grids(job: Job, rows: Sequence[dict[str, Any]], drawn: Redrawn) -> None:
    """Store the rows of grids; one that takes the land of others begins today."""
    new = drawn.coming if drawn.serious else set()
    later = [row for row in rows if row["code"] in new and "valid_from" not in row]
    usual = [row for row in rows if not (row["code"] in new and "valid_from" not in row)]
    for part, start in ((usual, {}), (later, {"valid_from": job.today})):
        if part:
            job.merge(Grid, ["code"], part, {**ALWAYS, "kind": "base", **start})


def _row(code: str, name: Any) -> dict[str, Any]:
    return {"code": code, "name": name, "level": LEVEL[len(area_code(code))], "area_code": code}


def _inside(
    job: Job, drafts: Sequence[Draft], rows: Sequence[dict[str, Any]], grounds: Mapping[int, Any]
) -> list[int]:
    """Return the positions of grids of which enough lies in the community, where that is drawn."""
    shapes: npt.NDArray[np.object_] = np.array([draft.shape for draft in drafts], dtype=object)
    parents: npt.NDArray[np.object_] = np.array(
        [grounds.get(row["community_id"]) for row in rows], dtype=object
    )
    # A share needs no metres: both lie in the same place.
    inside = shapely.area(shapely.intersection(shapes, parents))
    share = np.where(shapely.is_missing(parents), 1.0, inside / shapely.area(shapes))
    for place in np.flatnonzero(share < LEAST_INSIDE).tolist():
        why = Refused(
            "outside_parent",
            N_(
                "Grid “{value}” lies in its community {community} with only {percent} %. "
                "Mend the border or the code."
            ),
            percent=int(share[place] * 100),
            value=rows[place]["code"],
            community=rows[place]["area_code"],
        )
        job.refuse(drafts[place], why)
    return np.flatnonzero(share >= LEAST_INSIDE).tolist()


def _moved(came: Outlines, ids: Mapping[str, int], old: Mapping[int, Any]) -> dict[int, Any]:
    """Return the outlines that differ from those of the current revision, by id."""
    return {
        ids[code]: shape
        for code, shape in came.items()
        if code in ids
        and (ids[code] not in old or not shapely.equals_exact(old[ids[code]], shape, 0))
    }


def _unite(
    parents: Mapping[str, Any],
    came: Outlines,
    ids: Mapping[str, int],
    old: Mapping[int, Any],
    new: dict[int, Any],
) -> None:
    """Draw the areas that only a profile names around all that lies in them."""
    below = [code for code in ids if len(code) == max(map(len, ids))]
    drawn = {code: came.get(code, old.get(ids[code])) for code in below}
    united: dict[tuple[str, ...], Any] = {}  # a city with one county lies in the same outline
    for code in parents:
        inside = tuple(
            name for name, shape in drawn.items() if name.startswith(code) and shape is not None
        )
        if code in came or not inside:
            continue
        if inside not in united:
            united[inside] = _whole([drawn[name] for name in inside])
        new[ids[code]] = united[inside]


def _whole(parts: Sequence[Any]) -> Any:
    """Unite outlines, and leave out lines and points where they only touch."""
    whole = shapely.union_all(parts)
    surfaces = [part for part in shapely.get_parts([whole]) if part.geom_type == "Polygon"]
    return shapely.orient_polygons(shapely.MultiPolygon(surfaces), exterior_cw=False)


def _record(
    job: Job,
    new_grids: dict[int, Any],
    new_areas: dict[int, Any],
    *,
    gone_grids: Collection[int] = (),
) -> None:
    """Write a new revision; the first one settles the projection in which the city is measured."""
    before = revisions.newest(job.session)
    since = revisions.record(job.session, new_grids, new_areas, gone_grids=gone_grids)
    job.revisions = before, since
    if installation.the(job.session).srid == 0:
        west, south, east, north = shapely.total_bounds(list((new_grids or new_areas).values()))
        installation.set_srid(
            job.session, city_srid(float(west + east) / 2, float(south + north) / 2)
        )
