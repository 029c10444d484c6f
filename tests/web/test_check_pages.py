"""The page of findings: what is wrong, where, and the repairs that are accepted there."""

from collections.abc import Iterator

import pytest
import shapely
from flask.testing import FlaskClient

from gisapp.auth import OPERATOR
from gisapp.jobs import Worker
from gisapp.store import audit
from gisapp.web import now
from tests.factories import NOW, Make
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


def check(page: FlaskClient, make: Make) -> None:
    """Ask for a check, and do it."""
    assert page.post("/check", data={"csrf_token": TOKEN}).status_code == 303
    assert 'id="job"' in look(page)
    Worker(make.runtime).once()


def send(page: FlaskClient, deed: str, **form: str) -> int:
    return page.post(f"/check/{deed}", data={**form, "csrf_token": TOKEN}).status_code


def test_a_finding_stands_with_its_sentence_and_leads_to_its_place(
    page: FlaskClient, make: Make
) -> None:
    page.set_cookie("lang", "en")
    assert "Not checked yet" in look(page)
    check(page, make)

    text = look(page, "?kind=sliver")

    assert "m wide, lies between" in text
    assert "/map/coverage#at=120.00501," in text
    assert "households" not in text.partition('<ol class="findings">')[2]
    assert "/map/coverage#at=120.00" in look(page, "?kind=households")


def test_a_repair_is_accepted_and_taken_back_on_the_page(page: FlaskClient, make: Make) -> None:
    check(page, make)
    assert send(page, "repair", what="sliver") == 303
    Worker(make.runtime).once()
    assert 'value="sliver' not in look(page)

    assert send(page, "undo", batch="990001-R1") == 303
    Worker(make.runtime).once()
    assert 'value="sliver:' in look(page)


def test_what_nobody_proposed_is_refused(page: FlaskClient) -> None:
    assert send(page, "repair", what="households") == 422
    assert send(page, "undo", batch="990001-R7") == 404


def test_many_notices_stand_in_one_line_that_leads_to_their_list(make: Make) -> None:
    community = make.community()
    for _ in range(12):
        make.grid(households=40_000, community=community)
    make.commit()
    page = client(application(make.runtime), PLANNER)
    page.set_cookie("lang", "en")
    check(page, make)

    assert "Unusual households: 12" in look(page)
    assert look(page).count("40,000 households") == 0
    assert look(page, "?kind=households").count("40,000 households") == 12


def note(make: Make, *deeds: str, area: str = "990001") -> None:
    with make.runtime.sessions.write(OPERATOR, NOW) as session:
        for deed in deeds:
            audit.note(session, deed, "subject 1", area_code=area)


@pytest.mark.parametrize("above", ["990001", "990001001", "9900"])
def test_the_last_check_stays_and_says_when_the_data_have_changed_since(
    make: Make, above: str
) -> None:
    make.grid(households=40_000, community=make.community())
    make.commit()
    page = client(application(make.runtime, now), PLANNER)  # by the clock of the worker
    page.set_cookie("lang", "en")
    check(page, make)
    note(make, "layer.exported", "months.released", "posts.made", "plan.published", "draft.changed")
    note(make, "import.stored", area="990002")
    assert "Something was changed since" not in look(page)

    note(make, "import.stored", area=above)

    assert "Something was changed since" in look(page)
    assert page.post("/check", data={"csrf_token": TOKEN}).status_code == 303
    assert send(page, "stop") == 303
    assert "Checked on" in look(page)
    assert 'id="job"' not in look(page)
