"""Propose a profile for a foreign file, with five rows as they would be stored; stores nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from gisapp.actions import import_datum
from gisapp.auth import Scope
from gisapp.i18n import N_, Name, Sentence
from gisapp.intake import mapping as mappings
from gisapp.intake import positions, profile_text, readings
from gisapp.intake.cells import decimal
from gisapp.intake.faults import Finding, NeedsShapes
from gisapp.intake.flow import Row
from gisapp.intake.gate import TABLES, admit
from gisapp.intake.kinds import KINDS
from gisapp.intake.limits import LIMITS, Limits
from gisapp.intake.positions import Array
from gisapp.intake.process import Content, content
from gisapp.intake.profiles import Profile
from gisapp.intake.proposal import Proposal, Sample, guess
from gisapp.intake.rows import Rows
from gisapp.store.session import Session

SAMPLE: Final = 2_000
"""Rows that are looked at."""
SHOWN: Final = 5
POINT: Final = 0
"""Shapely's number of a point."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file's first rows."""

    file: str
    format: str
    came: Content
    rows: Sequence[Row]

    @property
    def table(self) -> bool:
        """Whether it brings no shapes of its own."""
        return self.format in TABLES

    def texts(self, column: str) -> list[str]:
        """Return what stands in a column of the rows that are looked at."""
        return Sample(self.file, self.came.columns, self.rows, "").texts(column)

    def samples(self, most: int) -> dict[str, list[str]]:
        """Return the first different texts of each column."""
        sample = Sample(self.file, self.came.columns, self.rows[:100], "")
        names = [name for name in self.came.columns if name]
        return {name: list(dict.fromkeys(sample.texts(name)))[:most] for name in names}


@dataclass(frozen=True, slots=True)
class Proposed:
    """A profile to look through, and what it would do."""

    proposal: Proposal
    profile: Profile
    taken: Taken
    crs: str | None
    """In which the rows below were read: the file's own, a guess, or the one that fits better."""
    crs_said: bool
    """The file itself says so."""
    offer: import_datum.Offer | None
    unused: list[str]
    rows: list[dict[str, Any]]
    """The first as they would be stored."""
    findings: list[Finding]
    notes: list[Sentence]
    """What to check."""
    given: Array
    """The coordinates of the sample as they stand, shape (n, 2)."""

    @property
    def declared(self) -> str | None:
        """The system that the file itself names."""
        return _declared(self.taken)

    def text(self, notes: Sequence[str] = ()) -> str:
        """Write the profile; ``notes`` are those above in somebody's language."""
        return profile_text.written(self.profile, self.taken.file, notes)


def propose(
    session: Session,
    path: Path,
    kind: str | None,
    layer: str | None,
    limits: Limits = LIMITS,
    called: str | None = None,
) -> Proposed:
    """Guess kind, columns, encoding and system of ``path``; raises what an import would raise."""
    session.actor.must(Scope.DATA_WRITE)
    taken = _take(path, layer, None, limits, called, must=True)
    came, rows = taken.came, taken.rows
    proposal = guess(Sample(taken.file, came.columns, rows, _shaped(rows)), kind)
    tried = _Trial(proposal, Profile.model_validate(proposal.tables), taken)
    declared = _declared(taken)
    crs = declared or _likely(session, tried)
    first = tried.run(crs)
    offer = import_datum.offer(session, first) if first is not None else None
    if offer is not None:
        first = tried.run(offer.option)
    new = offer.option if offer is not None else None if declared else crs
    odd = came.encoding if taken.table and not came.encoding.startswith("utf") else None
    repair = proposal.kind.shape == "polygon" and _invalid(rows)
    said = {"layer": layer, "crs": new, "encoding": odd, "repair": ["structure"] if repair else []}
    return Proposed(
        proposal,
        Profile.model_validate(proposal.tables | said),
        taken,
        new or declared,
        declared is not None and new is None,
        offer,
        [column for column in came.columns if column and not proposal.uses(column)],
        tried.shown,
        [] if first is None else first.refused[:SHOWN],
        list(_notes(proposal, new or declared, declared, offer)),
        tried.given,
    )


def follow(
    session: Session,
    path: Path,
    profile: Profile,
    limits: Limits = LIMITS,
    called: str | None = None,
) -> Proposed:
    """Show what a profile makes of ``path``; a system that fits better is said, and not taken."""
    session.actor.must(Scope.DATA_WRITE)
    taken = _take(path, profile.layer, profile.encoding, limits, called)
    kind = KINDS[str(profile.kind)]
    if kind.shape == "polygon" and taken.table:
        raise NeedsShapes(file=taken.file, kind=kind.name)
    profile, absent = mappings.without(profile, taken.came.columns)
    parents = [(parent.code, parent.name) for parent in profile.parent]
    proposal = Proposal(kind, profile.columns, profile.templates, profile.values, parents)
    given = {*profile.columns, *profile.templates, *profile.constants}
    proposal.missing = mappings.missing(kind, given, shaped=not taken.table)
    tried = _Trial(proposal, profile, taken)
    declared = _declared(taken)
    crs = profile.crs or declared
    first = tried.run(crs)
    offer = import_datum.offer(session, first) if first is not None else None
    return Proposed(
        proposal,
        profile,
        taken,
        crs,
        profile.crs is None and declared is not None,
        offer,
        [column for column in taken.came.columns if column and not proposal.uses(column)],
        tried.shown,
        [] if first is None else first.refused[:SHOWN],
        [
            *(Sentence(N_("The file has no column “{name}”."), {"name": name}) for name in absent),
            *_notes(proposal, crs, profile.crs or declared, offer),
        ],
        tried.given,
    )


def _take(
    path: Path,
    layer: str | None,
    encoding: str | None,
    limits: Limits,
    called: str | None,
    *,
    must: bool = False,
) -> Taken:
    with admit(path, limits, called) as file:
        if must:  # a profile may have been written for a file of another format
            file.must_hold(layer)
        order = {"layer": layer, "encoding": encoding, "repair": False}
        with content(file, order, limits) as came:
            rows = list(islice(came.rows, SAMPLE))
    return Taken(file.name, file.format, came, rows)


def _declared(taken: Taken) -> str | None:
    if taken.came.crs is None and taken.format.startswith("geojson"):
        return "EPSG:4326"  # as RFC 7946 says
    return taken.came.crs


@dataclass(slots=True)
class _Trial:
    """The import of a sample, as often as a system is tried."""

    proposal: Proposal
    profile: Profile
    taken: Taken
    shown: list[dict[str, Any]] = field(default_factory=list)

    def run(self, crs: str | None) -> Rows | None:
        """Read the sample in a system; null when a column is missing that every row needs."""
        self.shown = []
        if self.proposal.missing:
            return None
        file, came, shaped = self.taken.file, self.taken.came, not self.taken.table
        kind = self.proposal.kind
        mapping = mappings.mapping(
            kind, self.profile, came.columns, shaped=shaped, file=file, layer=""
        )
        placed = kind.shape != "none" and (shaped or "lon" in mapping.sources)
        system = positions.system(crs, file) if placed and crs else None
        came = replace(came, rows=iter(self.taken.rows), counted=None)
        rows = Rows(file, came, mapping, system, shaped, _quiet)
        for draft in rows.drafts(whole=False):
            if len(self.shown) < SHOWN:
                self.shown.append(_plain(draft.line, draft.values, draft.shape))
        return rows

    @property
    def given(self) -> Array:
        """The coordinates of the sample as they stand, shape (n, 2)."""
        rows = self.taken.rows
        if not self.taken.table:
            data: Any = np.array([row.wkb for row in rows], dtype=object)
            shapes: Any = shapely.from_wkb(data, on_invalid="ignore")
            return np.asarray(shapely.get_coordinates(shapes), np.float64)
        names = [self.profile.columns.get(name) for name in ("lon", "lat")]
        if None in names:
            return np.empty((0, 2))
        at = [self.taken.came.columns.index(str(name)) for name in names]
        pairs = [[_float(row.cells[place]) for place in at] for row in rows]
        xy = np.array(pairs, np.float64).reshape(-1, 2)
        there = np.isfinite(xy).all(axis=1) & (xy != 0).any(axis=1)
        return np.asarray(xy[there], np.float64)


def _quiet(done: int, of: int | None) -> None:
    """Show no progress."""


def _float(text: str | None) -> float:
    said = decimal(text or "")
    return float("nan") if said is None else said


def _plain(line: int, values: dict[str, Any], shape: Any) -> dict[str, Any]:
    row = {"line": line} | {name: said for name, said in values.items() if said is not None}
    if shape is not None:
        at = shape if shape.geom_type == "Point" else shape.representative_point()
        row |= {"lon": round(at.x, 6), "lat": round(at.y, 6)}
    return row


def _shaped(rows: Sequence[Row]) -> str:
    data: Any = next((row.wkb for row in rows if row.wkb is not None), None)
    if data is None:
        return "none"
    shape: Any = shapely.from_wkb(data, on_invalid="ignore")
    return "point" if int(shapely.get_type_id(shape)) == POINT else "polygon"


def _invalid(rows: Sequence[Row]) -> bool:
    data: Any = np.array([row.wkb for row in rows], dtype=object)
    shapes: Any = shapely.from_wkb(data, on_invalid="ignore")
    return bool((~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)).any())


def _likely(session: Session, tried: _Trial) -> str | None:
    """Return the first system that the coordinates could be in; null when that cannot be told."""
    xy = tried.given
    if tried.proposal.kind.shape == "none" or not len(xy):
        return None
    middle = import_datum.middle(session)
    names = readings.names(xy, middle or (np.nan, np.nan))
    return names[0] if names else None


def _notes(
    proposal: Proposal, crs: str | None, declared: str | None, offer: import_datum.Offer | None
) -> Iterator[Sentence]:
    if proposal.missing:
        fields = [proposal.kind.field(name) for name in proposal.missing]
        for each in fields:
            message = N_("No column seems to be “{field}”. Name it under [columns].")
            yield Sentence(message, {"field": Name(each.zh, each.name)})
    if offer is not None:
        yield offer.finding.message
    elif crs is not None and declared is None:
        message = N_("The file does not say its system; {crs} is a guess. Check it on the map.")
        yield Sentence(message, {"crs": crs})
    elif crs is None and proposal.kind.shape == "polygon":
        yield Sentence(N_("The file does not say its system, and it cannot be told. Ask for it."))
    if any(text.startswith("990001001") for text in proposal.templates.values()):
        message = N_(
            "The file has no official codes: they are made of {column}. Put the township's."
        )
        yield Sentence(message, {"column": proposal.code_column or ""})
    for name in proposal.values:
        each = proposal.kind.field(name)
        message = N_("The code book of “{field}” is a guess. Go through it.")
        yield Sentence(message, {"field": Name(each.zh, each.name)})
