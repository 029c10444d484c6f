from datetime import timedelta
from typing import Any

from gisapp.actions.plans import match_cadres, publish_plan
from gisapp.actions.surge import stand_down
from tests.factories import NOW, PLANNER, TODAY, Make
from tests.web.routes import application, ask, client
from tests.web.test_two_counties import build_county

VIEW = "planner:990001"
YESTERDAY = TODAY - timedelta(days=1)


def test_pages_follow_the_surge_and_after_it_the_normal_plan_again(make: Make) -> None:
    _, normal = build_county(make, "990001", "ALFA")
    app = application(make.runtime)
    browser = client(app, VIEW)
    before = shown(browser)

    with make.runtime.sessions.write(PLANNER, NOW) as session:
        surge = match_cadres(session, mode="surge").plan
        publish_plan(session, surge, YESTERDAY, TODAY + timedelta(days=9))
    during = shown(browser)
    with make.runtime.sessions.write(PLANNER, NOW) as session:
        stand_down(session)
    after = shown(browser)

    assert [each["plans"] for each in (before, during, after)] == [[normal], [surge], [normal]]
    assert during["modes"] == ["surge"]
    assert before["floors"] < during["floors"]
    assert during["unserved"] == 0 < before["unserved"]
    assert after == before


def shown(browser: Any) -> dict[str, Any]:
    """What the pages say of the plan in force."""
    plan = ask(browser, "/values/plan").json["about"]
    coverage = ask(browser, "/values/coverage").json["about"]
    assert coverage["plans"] == [each["code"] for each in plan["plans"]]
    assert ask(browser, "/map/plan").status_code == 200
    return {
        "plans": coverage["plans"],
        "modes": [each["mode"] for each in plan["plans"]],
        "floors": [row["floor"] for row in plan["departments"]],
        "unserved": coverage["states"]["unserved"],
    }
