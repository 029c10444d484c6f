"""A description of a system becomes its number, or is refused for what it is."""

import pytest
from pyproj import CRS

from gisapp.intake import systems
from gisapp.intake.faults import CrsUnknown, CrsUnsure
from gisapp.intake.positions import system


def esri(epsg: int) -> str:
    return str(CRS.from_epsg(epsg).to_wkt("WKT1_ESRI"))


@pytest.mark.parametrize("epsg", [4490, 4326, 3435, 4547, 4549, 4528, 4526, 32650])
def test_the_text_of_a_prj_is_known_by_its_number(epsg: int) -> None:
    assert systems.declared(None, esri(epsg)) == f"EPSG:{epsg}"


@pytest.mark.parametrize("epsg", [4513, 4526, 4533, 4534, 4547, 4554])
def test_a_zone_of_cgcs2000_is_known_whatever_it_calls_itself(epsg: int) -> None:
    name = CRS.from_epsg(epsg).to_wkt("WKT1_ESRI").split('"')[1]

    assert systems.declared(None, esri(epsg).replace(name, "市坐标系")) == f"EPSG:{epsg}"


@pytest.mark.parametrize("epsg", [4610, 4214, 2379, 2431])
def test_xian_80_and_beijing_54_are_refused_for_what_they_need(epsg: int) -> None:
    with pytest.raises(CrsUnsure) as wrong:
        system(systems.declared(None, esri(epsg)), "a.zip")

    assert "100 m" in str(wrong.value)


def test_rubbish_is_no_system() -> None:
    with pytest.raises(CrsUnknown):
        systems.declared(None, "http://example.invalid/a.prj")
