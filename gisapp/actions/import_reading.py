"""Read a file that comes in and put what passed aside; nothing is asked of the store yet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from gisapp.intake import leftovers, positions, profiles, staging
from gisapp.intake import mapping as mappings
from gisapp.intake.faults import NeedsShapes, NotDegrees
from gisapp.intake.gate import TABLES, Admitted, admit
from gisapp.intake.kinds import KINDS, Kind
from gisapp.intake.limits import LIMITS, Limits
from gisapp.intake.process import Content, content
from gisapp.intake.profiles import Profile
from gisapp.intake.rows import Rows

Progress = Callable[[int, int | None], None]


def quiet(done: int, of: int | None) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person asked for beside the file."""

    crs: str | None = None
    layer: str | None = None
    area: str | None = None
    profile: Path | Profile | None = None
    strict: bool = False
    accept: bool = False
    """Change boundaries that are there at once, without a proposal."""
    part: bool = False
    """A file of grids is a part: what it does not name stays."""
    called: str | None = None
    """What the person calls the file, where that is not the name of its path."""


@dataclass(frozen=True, slots=True)
class Came:
    """A file that was read: what passed the gate stands aside, and nothing is stored yet."""

    kind: Kind
    profile: Profile
    asked: Asked
    file: Admitted
    found: Content
    rows: Rows
    aside: Path
    seconds: float
    wrong: NotDegrees | None
    """Most of it is no degrees: only the ground can tell what it may be instead."""
    beside: Path | None = None
    """All its rows as they are, for the report."""

    def forget(self) -> None:
        """Delete what lies aside."""
        for path in (self.aside, self.beside):
            if path is not None:
                path.unlink(missing_ok=True)


@contextmanager
def read_aside(
    kind: str,
    path: Path,
    asked: Asked,
    progress: Progress = quiet,
    limits: Limits = LIMITS,
) -> Iterator[Came]:
    """Read ``path`` as ``kind``; the rows that passed lie aside for as long as this is open."""
    with leftovers.folder("gisapp-rows-") as folder:
        yield read_file(kind, path, folder / "rows", asked, progress, limits)


def read_file(
    kind: str,
    path: Path,
    aside: Path,
    asked: Asked,
    progress: Progress = quiet,
    limits: Limits = LIMITS,
    beside: Path | None = None,
) -> Came:
    """Read ``path`` as ``kind`` and put its rows into the file ``aside``; asks no database.

    What it reads goes into ``beside`` as it is, for a report that shows rows.
    """
    started = perf_counter()
    wanted = KINDS[kind]
    profile = asked.profile or profiles.NONE
    if isinstance(profile, Path):
        profile = profiles.load(profile, wanted)
    wrong = None
    with admit(path, limits, asked.called) as file:
        file.must_hold(asked.layer)
        order = {
            "layer": asked.layer or profile.layer,
            "encoding": profile.encoding,
            "repair": bool(profile.repair),
        }
        with content(file, order, limits) as found:
            rows = _rows(wanted, profile, asked, file, found, progress)
            with nullcontext() if beside is None else beside.open("wb") as rows.beside:
                try:
                    staging.stage(aside, rows.drafts())
                except NotDegrees as not_degrees:
                    wrong = not_degrees
    seconds = perf_counter() - started
    return Came(wanted, profile, asked, file, found, rows, aside, seconds, wrong, beside)


def _rows(
    kind: Kind,
    profile: Profile,
    asked: Asked,
    file: Admitted,
    found: Content,
    progress: Progress,
) -> Rows:
    shaped = file.format not in TABLES
    if kind.shape == "polygon" and not shaped:
        raise NeedsShapes(file=file.name, kind=kind.name)
    mapping = mappings.mapping(
        kind, profile, found.columns, shaped=shaped, file=file.name, layer=found.layer
    )
    placed = kind.shape != "none" and (shaped or "lon" in mapping.sources)
    declared = asked.crs or profile.crs or found.crs
    if declared is None and file.format.startswith("geojson"):
        declared = "EPSG:4326"  # as RFC 7946 says
    crs = positions.system(declared, file.name) if placed else None
    return Rows(file.name, found, mapping, crs, shaped, progress)
