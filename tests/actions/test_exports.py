"""A layer as a file: the shapes of its revision, one row a grid, one line in the book."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import select

from gisapp.actions.exports import NothingToExport, export_values
from gisapp.auth import ScopeMissing
from gisapp.layer import Values
from gisapp.runtime import Runtime
from gisapp.store.models import Audit
from tests.factories import LEADER, PLANNER, Make


def test_an_export_has_a_row_a_grid_and_leaves_a_line_in_the_book(
    runtime: Runtime, make: Make, tmp_path: Path
) -> None:
    grids = [make.grid("=1+1"), make.grid("江澜")]
    session = make.session
    found = runtime.layers["grids"].read(session, session.actor, {})
    assert isinstance(found, Values)

    rows = export_values(
        session, "grids", found.revision, found.codes, found.columns, tmp_path / "grids.csv"
    )

    with (tmp_path / "grids.csv").open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    assert rows == 2
    assert [row["code"] for row in written] == [grid.code for grid in grids]
    assert written[0]["name"] == "'=1+1"
    assert session.scalar(select(Audit.deed)) == "layer.exported"


def test_a_layer_without_rows_says_so_and_writes_nothing(make: Make, tmp_path: Path) -> None:
    with pytest.raises(NothingToExport):
        export_values(make.session, "grids", "", [], {}, tmp_path / "grids.csv")

    assert not (tmp_path / "grids.csv").exists()


def test_a_leader_takes_nothing_out_as_a_file(make: Make, tmp_path: Path) -> None:
    with make.seen_by(LEADER) as session, pytest.raises(ScopeMissing):
        export_values(session, "grids", "", ["1"], {}, tmp_path / "grids.csv")


def test_a_planner_exports_her_area_and_nothing_else(
    runtime: Runtime, make: Make, tmp_path: Path
) -> None:
    own = make.grid()
    make.grid(community="990002001001")
    make.commit()

    with runtime.sessions.write(PLANNER, make.now) as session:
        found = runtime.layers["grids"].read(session, session.actor, {})
        assert isinstance(found, Values)
        export_values(
            session, "grids", found.revision, found.codes, found.columns, tmp_path / "grids.csv"
        )

    text = (tmp_path / "grids.csv").read_text("utf-8-sig")
    assert own.code in text
    assert "990002" not in text
