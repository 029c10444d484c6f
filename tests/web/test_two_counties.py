from collections.abc import Iterator
from itertools import product
from pathlib import Path
from uuid import NAMESPACE_URL, uuid4, uuid5

import pytest
import shapely
from sqlalchemy import insert, select

from gisapp.runtime import Runtime
from gisapp.settings import Settings
from gisapp.store import audit
from gisapp.store.models import Context, Job, Post
from gisapp.web.context import CSRF_HEADER
from tests.factories import FIRST, NOW, Make
from tests.web.routes import EXAMPLES, TOKEN, application, ask, client, config, plain

OK = 200

VIEWS = ["planner:990001", "leader:990001"]


def build_county(make: Make, code: str, mark: str) -> tuple[str, str]:
    """Make a county with people, a plan, enterprises and disputes; returns a grid and a plan."""
    make.area(code, name=f"County {mark}")
    community = make.area(f"{code}001001", name=f"Community {mark}")
    department = make.department(f"D-{mark}", area=code, name=f"Department {mark}")
    office = make.office(department, name=f"Office {mark}", code=f"O-{mark}")
    cadres = [
        make.cadre(f"Cadre {mark}{number}", office=office, staff_number=f"{mark}{number}")
        for number in range(3)
    ]
    grids = [make.grid(f"Grid {mark}{number}", community=community) for number in range(4)]
    posts = [
        make.session.scalars(select(Post).where(Post.grid_id == one.id)).one() for one in grids
    ]
    plan = make.plan({post: [cadre] for post, cadre in zip(posts, cadres, strict=False)}, area=code)
    make.publication(plan)
    make.enterprise(grids[0], name=f"Enterprise {mark}", register_number=f"R-{mark}")
    for number in range(12):
        make.dispute(grids[number % 3], case_number=f"C-{mark}-{number}")
    road = shapely.LineString([(120, 30), (120.1, 30.01)])
    make.session.execute(
        insert(Context),
        [{"area_code": code, "kind": "road", "name": f"Road {mark}", "shape": road}],
    )
    make.session.add(job(code))
    make.commit()
    return grids[0].code, f"{plan.area_code}-{plan.number}"


def job(county: str) -> Job:
    """Work that a county's planner asked for."""
    return Job(
        client_id=uuid5(NAMESPACE_URL, county),
        name="compare",
        arguments={"before": "1", "after": "1"},
        state="waiting",
        not_before=NOW,
        actor="planner",
        role="planner",
        home=county,
        created_at=NOW,
        area_code=county,
    )


@pytest.fixture(params=["spatialite", "postgis"])
def runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    """One installation, once on each database: nothing else keeps two counties apart."""
    runtime = Runtime.open(Settings(database_url=request.getfixturevalue(request.param)))
    yield runtime
    runtime.close()


@pytest.fixture
def alone(request: pytest.FixtureRequest, blank: Path, tmp_path: Path) -> Iterator[Make]:
    """An installation with the first county only; on SpatiaLite beside either database."""
    path = tmp_path / "alone.sqlite"
    path.write_bytes(blank.read_bytes())
    runtime = Runtime.open(Settings(database_url=f"sqlite:///{path}"))
    yield Make(runtime)
    runtime.close()


def test_a_county_gets_the_same_answers_as_if_it_stood_alone(make: Make, alone: Make) -> None:
    build_county(alone, "990001", "ALFA")
    grid, plan = build_county(make, "990001", "ALFA")
    build_county(make, "990002", "BRAVO")
    one, both = application(alone.runtime), application(make.runtime)
    assert ask(client(both, "leader:9900"), "/values/hotspots").status_code == OK
    there = {"grid": grid, "plan": plan, "job": str(job("990001").client_id)}
    told = config(client(one, VIEWS[0]))
    there |= {"key": told["revision"], "context": told["context"]}

    paths = [example for rule in one.url_map.iter_rules() for example in EXAMPLES[rule.rule]]
    # The server names the job that a check is, each time anew.
    paths = [path for path in paths if path != "POST /check"]
    for view, example in product(VIEWS, paths):
        path = example.format(**there)
        expected = plain(ask(client(one, view), path))
        found = plain(ask(client(both, view), path))

        assert found == expected, path
        assert b"BRAVO" not in found[2], path
        assert b"990002" not in found[2], path


def test_nothing_of_another_county_is_there_to_be_asked_for(make: Make) -> None:
    build_county(make, "990001", "ALFA")
    grid, plan = build_county(make, "990002", "BRAVO")
    app = application(make.runtime)
    told = config(client(app, "planner:990002"))
    key, context = told["revision"], told["context"]
    browser = client(app, VIEWS[0])

    assert config(browser)["revision"] != key
    for path in (
        f"/geometry/{key}/ids",
        f"/geometry/{key}/0/0/0.mvt",
        f"/context/{context}/0/0/0.mvt",
        f"/labels/{key}",
        f"/api/v1/layers/coverage/rows/{grid}",
        f"/values/plan?plan={plan}",
        f"/api/v1/drafts/{plan}",
        f"/api/v1/jobs/{job('990002').client_id}",
        f"POST /api/v1/jobs/{job('990002').client_id}/cancel",
    ):
        assert ask(browser, path).status_code == 404, path
    assert ask(browser, "/api/v1/search?q=BRAVO").json == {"rows": []}
    for path, body in (
        ("", {"based_on": plan}),
        (f"/{plan}/branch", {"version": 1}),
        (f"/{plan}/deeds", {"deed": "lock", "all": True}),
        (f"/{plan}/undo", {}),
        (f"/{plan}/comments", {"place": grid, "text": "?"}),
    ):
        answer = browser.post(
            f"/api/v1/drafts{path}",
            json={"id": str(uuid4()), **body},
            headers={CSRF_HEADER: TOKEN, "If-Match": '"1"'},
        )
        assert answer.status_code == 404, path


def test_what_is_kept_changes_with_a_deed_in_the_county_only(make: Make) -> None:
    build_county(make, "990001", "ALFA")
    build_county(make, "990002", "BRAVO")
    app = application(make.runtime)
    browser = client(app, VIEWS[0])
    before = ask(browser, "/values/grids").json

    audit.note(make.session, "batch.stored", "grids 1", area_code="990002001")
    make.area("990001001001").name = "Renamed without a deed"
    make.grid("Other", community="990002001001", valid_from=FIRST)
    make.commit()
    assert ask(browser, "/values/grids").json == before

    make.grid("Another", community="990001001001")
    audit.note(make.session, "batch.stored", "grids 2", area_code="990001001")
    make.commit()
    after = ask(browser, "/values/grids").json

    assert len(after["columns"]["name"]) == len(before["columns"]["name"]) + 1
