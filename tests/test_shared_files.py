"""Every file of the shared data comes in as it is listed, or is refused for what it is."""

import csv
import re
from itertools import islice
from pathlib import Path

import pytest

from gisapp.intake.faults import FileFault
from gisapp.intake.gate import TABLES, admit
from gisapp.intake.limits import LIMITS
from gisapp.intake.process import content

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
WHOLE = (
    *(f"chicago/chicago_{name}" for name in ("tracts", "community_areas", "311", "businesses")),
    *(f"wuhan/wuhan_{name}" for name in ("communities", "admin", "hotels")),
)
"""These come in whole, with their profiles, in the tests of the two cities."""
MOST = 200
"""Rows that are counted; of longer files only the first are read."""


def listed() -> list[tuple[str, str]]:
    manifest = SHARED / "manifest.csv"
    if not manifest.exists():
        return []
    with manifest.open(encoding="utf-8-sig") as file:
        rows = [(row["path"], row["opens"]) for row in csv.DictReader(file)]
    return [(path, said) for path, said in rows if " ok" in said and not path.startswith(WHOLE)]


@pytest.mark.parametrize(("path", "said"), listed())
def test_a_file_comes_in_as_it_is_listed(path: str, said: str) -> None:
    order = {"layer": None, "encoding": None, "repair": False}
    counts = re.search(r"(\d+) (?:rows|features|Point|MultiPolygon|Polygon)", said)
    number = re.search(r"EPSG:\d+", said)

    # Answers as JSON, and a bare geometry, are no collection of features.
    if counts is None or "GeometryCollection" in said:
        with pytest.raises(FileFault) as wrong, admit(SHARED / path, LIMITS) as file:
            content(file, order, LIMITS).__enter__()
        assert wrong.value.code == ("json" if counts is None else "shape_alone")
        return
    with admit(SHARED / path, LIMITS) as file, content(file, order, LIMITS) as came:
        rows = len(list(islice(came.rows, MOST + 1)))
        table = file.format in TABLES

    assert rows == min(int(counts[1]), MOST + 1)
    if table:
        assert f"x {len(came.columns)} columns" in said
    elif file.format == "gpkg" and number:
        assert came.crs == number[0]
