"""A city of mainland China comes in: communities without codes, offices in GCJ-02, addresses."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gisapp.actions.import_datum import SystemOffered
from gisapp.actions.import_proposal import propose
from gisapp.actions.import_reading import Asked
from gisapp.actions.imports import Report, import_file
from gisapp.auth import OPERATOR
from gisapp.intake import profile_text
from gisapp.intake.kinds import KINDS
from gisapp.intake.profiles import load
from gisapp.runtime import Runtime
from gisapp.settings import Settings
from gisapp.store import installation, reference

NOW = datetime(2026, 7, 15, 4, tzinfo=UTC)
PROFILES = Path(__file__).parent / "profiles" / "wuhan"


class City:
    """Wuhan's communities, stored; everything else is tried on them and taken back."""

    def __init__(self, runtime: Runtime, folder: Path) -> None:
        self.runtime = runtime
        self.folder = folder
        with runtime.sessions.write(OPERATOR, NOW) as session:
            installation.make(session)
            reference.fill(session)
        self.areas = self.bring("areas", "wuhan_communities.gpkg", "areas", keep=True)

    def bring(
        self,
        kind: str,
        file: str | Path,
        profile: str,
        crs: str | None = None,
        *,
        keep: bool = False,
    ) -> Report:
        asked = Asked(profile=PROFILES / f"{profile}.toml", crs=crs)
        with self.runtime.sessions.write(OPERATOR, NOW) as session:
            report = import_file(session, kind, self.folder / file, asked)
            if not keep:
                session.rollback()
        return report


@pytest.fixture(scope="module")
def city(
    blank: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[City]:
    path = tmp_path_factory.mktemp("wuhan") / "wuhan.sqlite"
    path.write_bytes(blank.read_bytes())
    runtime = Runtime.open(Settings(database_url=f"sqlite:///{path}"))
    yield City(runtime, shared_data / "wuhan")
    runtime.close()


def kinds(report: Report) -> dict[str, int]:
    found = [finding.code for finding in report.findings]
    return {code: found.count(code) for code in set(found)}


def test_all_communities_come_in_and_the_four_invalid_ones_are_repaired(city: City) -> None:
    assert (city.areas.read, city.areas.stored, len(city.areas.repairs)) == (974, 974, 4)


def test_offices_read_as_they_are_are_said_to_be_gcj_02_with_the_figures(city: City) -> None:
    report = city.bring("enterprises", "wuhan_admin_codes_gcj02.csv", "codes", "EPSG:4326")

    assert report.offer is not None
    assert report.offer.plain == report.offer.fields | {
        "option": "gcj02", "level": "community", "points": 913, "before": 355, "after": 392,
        "gained": 56, "lost": 19,
    }  # fmt: skip
    assert report.findings[0].code == "datum"
    assert report.crs == "EPSG:4326"


def test_offices_read_as_gcj_02_give_rise_to_no_offer(city: City) -> None:
    report = city.bring("enterprises", "wuhan_admin_codes_gcj02.csv", "codes")

    assert report.offer is None
    assert kinds(report) == {"no_place": 3_624 - 913}


def test_outlines_of_districts_are_said_to_be_gcj_02_by_the_communities_in_them(
    city: City,
) -> None:
    read = {
        crs: city.bring("areas", "wuhan_districts_gcj02.geojson", "districts", crs)
        for crs in ("EPSG:4326", "gcj02")
    }

    offer = read["EPSG:4326"].offer
    assert offer is not None
    assert (offer.option, offer.level, offer.outlines) == ("gcj02", "community", True)
    assert offer.fit.after > offer.fit.before
    assert read["gcj02"].offer is None


def test_latitude_before_longitude_is_noticed_and_the_option_works(
    city: City, tmp_path: Path
) -> None:
    with (city.folder / "wuhan_admin_codes_gcj02.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["longitude"]]
    path = tmp_path / "swapped.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, ["code", "name", "longitude", "latitude"])
        table.writeheader()
        table.writerows(
            {
                "code": row["code"],
                "name": row["name"],
                "longitude": row["latitude"],
                "latitude": row["longitude"],
            }
            for row in rows
        )

    with pytest.raises(SystemOffered) as wrong:
        city.bring("enterprises", path, "codes")

    assert wrong.value.fields["option"] == "gcj02-swapped"
    assert city.bring("enterprises", path, "codes", "gcj02-swapped").offer is None


def test_a_number_of_the_zone_in_the_easting_is_noticed(city: City, tmp_path: Path) -> None:
    path = tmp_path / "zone.csv"
    rows = "\n".join(f"{n},n,{38_530_076 + 100 * n},{3_392_277 + 100 * n}" for n in range(20))
    path.write_text(f"code,name,longitude,latitude\n{rows}\n")

    with pytest.raises(SystemOffered) as wrong:
        city.bring("enterprises", path, "codes", "EPSG:4547")

    assert wrong.value.fields["option"] == "EPSG:4526"


def test_addresses_without_coordinates_are_kept_and_listed(city: City) -> None:
    report = city.bring("enterprises", "wuhan_hotels_hospitals_addresses.csv", "addresses")

    assert (report.read, report.stored, kinds(report)) == (132, 132, {"no_place": 132})


def test_communities_come_in_as_grids_too(city: City) -> None:
    report = city.bring("grids", "wuhan_communities.gpkg", "grids")

    assert (report.read, report.stored, len(report.repairs)) == (974, 974, 4)


def test_a_profile_for_the_offices_is_proposed_with_the_shift(city: City) -> None:
    with city.runtime.sessions.read(OPERATOR, NOW) as session:
        found = propose(session, city.folder / "wuhan_admin_codes_gcj02.csv", None, None)

    assert (found.crs, found.taken.came.encoding, found.proposal.code_column) == (
        "gcj02",
        "utf-8",
        "code",
    )
    assert len(found.rows) == 5
    assert found.rows[0] == {
        "line": 2,
        "register_number": "420100000000",
        "name": "武汉市",
        "lon": 114.300031,
        "lat": 30.595592,
    }


def test_a_profile_for_the_communities_is_proposed_and_runs(city: City, tmp_path: Path) -> None:
    with city.runtime.sessions.read(OPERATOR, NOW) as session:
        found = propose(session, city.folder / "wuhan_communities.gpkg", None, None)
    path = tmp_path / "areas.toml"
    path.write_text(profile_text.written(found.profile), "utf-8")

    assert (found.proposal.kind.name, found.crs, found.crs_said) == ("areas", "EPSG:4547", True)
    assert found.profile.repair
    assert load(path, KINDS["areas"]).templates["code"] == "990001001{FID_1:03d}"
