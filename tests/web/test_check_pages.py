"""The page of findings: what is wrong, where, and the repairs that are accepted there."""

from collections.abc import Iterator

import pytest
import shapely
from flask.testing import FlaskClient

from tests.factories import Make
from tests.web.routes import TOKEN, application, client

PLANNER = "planner:990001"


@pytest.fixture
def page(make: Make) -> Iterator[FlaskClient]:
    """A planner's browser; two grids have a strip between them, one has too many households."""
    community = make.community(shape=shapely.box(120.0, 30.0, 120.01, 30.005))
    halves = [shapely.box(120.0, 30.0, 120.005, 30.005), shapely.box(120.00502, 30, 120.01, 30.005)]
    make.grid(households=400, community=community, shape=halves[0])
    make.grid(households=40_000, community=community, shape=halves[1])
    make.commit()
    return client(application(make.runtime), PLANNER)


def look(page: FlaskClient, question: str = "") -> str:
    return page.get(f"/check{question}", headers={"Accept": "text/html"}).text


def send(page: FlaskClient, deed: str, **form: str) -> int:
    return page.post(f"/check/{deed}", data={**form, "csrf_token": TOKEN}).status_code


def test_a_finding_stands_with_its_sentence_and_leads_to_its_place(page: FlaskClient) -> None:
    page.set_cookie("lang", "en")

    text = look(page, "?kind=sliver")

    assert "m wide, lies between" in text
    assert "/map/coverage#at=120.00501," in text
    assert "households" not in text.partition('<ol class="findings">')[2]


def test_a_repair_is_accepted_and_taken_back_on_the_page(page: FlaskClient) -> None:
    assert send(page, "repair", what="sliver") == 303
    assert 'value="sliver' not in look(page)

    assert send(page, "undo", batch="990001-R1") == 303
    assert 'value="sliver:' in look(page)


def test_what_nobody_proposed_is_refused(page: FlaskClient) -> None:
    assert send(page, "repair", what="households") == 422
    assert send(page, "undo", batch="990001-R7") == 404
