"""A town into which files are brought and out of which they are taken again."""

from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import select

from gisapp.actions import batches
from gisapp.actions.batches import undo_batch
from gisapp.actions.boundaries import Accepted
from gisapp.actions.import_reading import Asked
from gisapp.actions.imports import Report, import_file
from gisapp.auth import OPERATOR
from gisapp.errors import Conflict
from gisapp.store import models, revisions
from tests.factories import Make

CRS = Asked(crs="EPSG:4326")

WHAT: list[Any] = [
    mapper.local_table
    for mapper in models.Base.registry.mappers
    if issubclass(mapper.class_, models.Brought)
    or mapper.class_.__name__ in {"CadrePhone", "CadreSpecialty", "DisputePlace", "Slot"}
]
"""What imports fill."""
NEVER = 1000
"""The year before which places hold that an import brought and that went."""


class Town:
    """An installation into which files are brought and taken out again."""

    def __init__(self, make: Make, folder: Path) -> None:
        self.make = make
        self.folder = folder

    def bring(self, kind: str, content: Any, asked: Asked = CRS) -> Report:
        path = content if isinstance(content, Path) else self.folder / f"{kind}.csv"
        if not isinstance(content, Path):
            path.write_text(content, "utf-8")
        with self.make.runtime.sessions.write(OPERATOR, self.make.now) as session:
            return import_file(session, kind, path, asked)

    def undo(self, report: Report | Accepted) -> batches.Undone:
        with self.make.runtime.sessions.write(OPERATOR, self.make.now) as session:
            return undo_batch(session, report.batch)

    def refusal(self, report: Report | Accepted, kind: type[Conflict]) -> Conflict:
        """Say why a batch cannot be taken back; nothing may have changed."""
        before = self.picture()
        with pytest.raises(kind) as wrong:
            self.undo(report)
        assert self.picture() == before
        return wrong.value

    def picture(self) -> dict[str, list[str]]:
        """All rows of the town as they are, but for their versions and what is past."""
        found: dict[str, list[str]] = {}
        with self.make.runtime.sessions.read(OPERATOR, self.make.now) as session:
            connection = session.connection()
            for table in WHAT:
                columns = [column for column in table.c if column.name != "version"]
                rows = connection.execute(select(*columns)).mappings()
                found[table.name] = sorted(
                    repr({name: _plain(value) for name, value in row.items()})
                    for row in rows
                    if "valid_to" not in row or not _gone(row["valid_to"])
                )
            revision = revisions.newest(session)
            found["shapes"] = [] if revision is None else _shapes(session, revision)
        return found


def _plain(value: Any) -> Any:
    return shapely.to_wkt(value) if isinstance(value, shapely.Geometry) else value


def _gone(day: Any) -> bool:
    return day is not None and day.year < NEVER


def _shapes(session: Any, revision: int) -> list[str]:
    """Codes and outlines of the newest boundaries."""
    codes = revisions.ids(session, revision).codes
    return [
        f"{code} {shapely.to_wkt(shape)}"
        for level in revisions.LEVELS
        for code, shape in zip(
            codes[level], revisions.shapes(session, revision, level), strict=True
        )
    ]
