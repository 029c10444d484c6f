from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from gisapp.actions import checklist
from gisapp.actions.plans import match_cadres, publish_plan
from gisapp.actions.work import Stopped, Task
from gisapp.auth import OPERATOR
from gisapp.runtime import Runtime
from gisapp.store import plans
from gisapp.store.models import Audit, Cadre, Plan, Publication, Recusal
from gisapp.web.context import CSRF_HEADER
from tests import kept
from tests.county import COUNTY, NOW, PLANNER, SINCE, TODAY, build
from tests.factories import Make
from tests.web.routes import TOKEN, application, client, config

VIEW = f"planner:{COUNTY}"
FIRST, SECOND, SURGE = (f"{COUNTY}-{number}" for number in (1, 2, 3))
TOMORROW = TODAY + timedelta(days=1)
HELD = ("plan", "from", "to")


@pytest.fixture
def browser(runtime: Runtime) -> Any:
    """A planner of a county with a plan in force since yesterday, a draft, and a surge draft."""

    def make() -> None:
        build(runtime)
        with runtime.sessions.write(PLANNER, NOW) as session:
            match_cadres(session)
            publish_plan(session, FIRST, TODAY - timedelta(days=1))
            match_cadres(session, based_on=FIRST)
            match_cadres(session, mode="surge")

    kept.once(runtime, "plans", make)
    return client(application(runtime, lambda: NOW), VIEW)


def change(runtime: Runtime, *statements: Any) -> None:
    with runtime.sessions.write(OPERATOR, NOW) as session:
        for each in statements:
            session.execute(each)


def version(runtime: Runtime, plan: str = SECOND) -> int:
    with runtime.sessions.read(PLANNER, NOW) as session:
        return plans.by_code(session, plan).version


def post(browser: Any, path: str, seen: int | None = None, **body: Any) -> TestResponse:
    headers = {CSRF_HEADER: TOKEN} | ({} if seen is None else {"If-Match": f'"{seen}"'})
    answer: TestResponse = browser.post(
        f"/api/v1{path}", json={"id": str(uuid4()), **body}, headers=headers
    )
    return answer


def publish(browser: Any, plan: str, seen: int | None, **body: Any) -> TestResponse:
    """Publish as the page does: with what the checklist says the plan takes days from."""
    days = "&".join(f"{key}={value}" for key, value in body.items() if key in {"from", "to"})
    told = browser.get(f"/api/v1/plans/{plan}/checklist?{days}").json
    displaces = [{key: one[key] for key in HELD} for one in told.get("displaces", ())]
    return post(browser, f"/plans/{plan}/publish", seen, **({"displaces": displaces} | body))


def in_force(runtime: Runtime) -> list[tuple[str, Any]]:
    with runtime.sessions.read(PLANNER, NOW) as session:
        return [(plans.code(each.plan), each.ends_on) for each in plans.publications(session)]


def test_the_list_has_the_newest_first_and_says_where_each_plan_is(browser: Any) -> None:
    found = browser.get("/api/v1/plans").json

    assert [(row["plan"], row["mode"], row["standing"]) for row in found["rows"]] == [
        (SURGE, "surge", "draft"),
        (SECOND, "normal", "draft"),
        (FIRST, "normal", "in_force"),
    ]
    assert found["rows"][1]["based_on"] == FIRST
    assert browser.get("/api/v1/plans?state=draft&size=1&page=2").json["rows"][0]["plan"] == SECOND
    assert browser.get("/api/v1/plans?q=-3").json["total"] == 1


def test_what_is_in_force_heads_the_list_whatever_is_looked_for(browser: Any) -> None:
    for question in ("", "?state=draft", "?q=nobody", "?page=9"):
        assert f"生效中：{FIRST}。" in browser.get(f"/plan/{question}").text


@pytest.mark.parametrize(
    ("question", "before", "after"),
    [
        ("", FIRST, SURGE),
        (f"?before={SECOND}", SECOND, SURGE),
        (f"?before={SURGE}", SURGE, SECOND),
        (f"?after={SECOND}", FIRST, SECOND),
        (f"?after={FIRST}", SURGE, FIRST),
    ],
)
def test_a_side_that_is_left_out_is_chosen_beside_the_one_that_is_named(
    browser: Any, question: str, before: str, after: str
) -> None:
    found = config(browser, f"/plan/compare{question}")

    assert (found["before"]["code"], found["after"]["code"]) == (before, after)


def test_where_there_is_no_such_plan_the_way_to_all_of_them_is_shown(browser: Any) -> None:
    for path in (f"/plan/{COUNTY}-99", f"/plan/{COUNTY}-99/publish"):
        answer = browser.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 404
        assert '<a class="btn primary" href="/plan/">' in answer.text


def test_the_checklist_answers_every_question(browser: Any) -> None:
    found = browser.get(f"/api/v1/plans/{SECOND}/checklist").json

    assert found["ready"] is True
    assert found["replaces"] == FIRST
    assert [item["code"] for item in found["items"]] == [
        "days",
        "stands",
        "capacity",
        "seats_taken",
        "recused",
        "overlap",
        "floors",
        "hot",
        "unserved",
        "seats",
        "moves",
        "data",
    ]
    assert all(item["sentence"] for item in found["items"])
    assert found["people"]["keep"] > 0
    assert [row["code"] for row in found["townships"]] == [f"{COUNTY}001"]


def test_the_checklist_says_what_other_plans_lose_and_when_there_is_none(
    browser: Any, runtime: Runtime
) -> None:
    path, days = f"/api/v1/plans/{SECOND}/checklist", [str(TODAY + timedelta(n)) for n in range(9)]

    def around(first: str, last: str = "") -> dict[str, tuple[str, str]]:
        to = f"&to={last}" if last else ""
        items = browser.get(f"{path}?from={first}{to}").json["items"]
        return {one["code"]: (one["level"], one["sentence"]) for one in items}

    parted = around(days[2], days[4])
    change(runtime, update(Publication).values(ends_on=TODAY))
    with runtime.sessions.write(PLANNER, NOW) as session:
        match_cadres(session, based_on=FIRST)
        publish_plan(session, f"{COUNTY}-4", TODAY + timedelta(3), TODAY + timedelta(5))
    alone, gap = around(days[1], days[1]), around(days[6], days[7])
    coming, refused = around(days[3], days[3]), around(days[1])

    assert parted["overlap"] == (
        "well",
        f"方案 {FIRST} 到2026年11月25日为止，2026年11月29日起恢复生效。",
    )
    assert "after" not in parted
    assert alone["after"] == ("doubt", "2026年11月26日没有方案生效。")
    assert gap["after"] == ("doubt", "2026年12月2日起没有方案生效。")
    assert coming["overlap"] == (
        "doubt",
        f"同一天起生效的方案 {COUNTY}-4 改从2026年11月28日起生效。",
    )
    assert "after" not in coming
    assert refused["days"] == (
        "stop",
        f"方案 {COUNTY}-4 将从2026年11月27日起生效。本方案应在该日之前结束。",
    )
    assert "overlap" not in refused


def test_a_check_in_the_background_finds_the_same_and_says_what_it_reads(
    browser: Any, runtime: Runtime
) -> None:
    told: list[str] = []

    class Heard(Task):
        def tell(self, step: str, *_: Any) -> None:
            told.append(step)

    asked = checklist.CheckQuery(plan=SECOND)
    found = checklist.work(Heard(runtime.sessions, PLANNER, lambda: NOW), asked)
    same = browser.get(f"/api/v1/plans/{SECOND}/checklist").json

    assert [(item["code"], item["level"]) for item in found["items"]] == [
        (item["code"], item["level"]) for item in same["items"]
    ]
    assert {name: found[name] for name in ("version", "ready", "replaces", "people")} == {
        name: same[name] for name in ("version", "ready", "replaces", "people")
    }
    assert {"held", "town", "hot", "sum"} == set(told)


def test_a_check_that_nobody_waits_for_is_left(browser: Any, runtime: Runtime) -> None:
    task = Task(runtime.sessions, PLANNER, lambda: NOW)
    task.stop()

    with pytest.raises(Stopped):
        checklist.work(task, checklist.CheckQuery(plan=SECOND))


def test_everybody_is_counted_as_they_are_told(browser: Any) -> None:
    told = browser.get(f"/api/v1/plans/{SECOND}/checklist").json["people"]
    path = f"/api/v1/plans/{SECOND}/handover"
    kinds = ("change", "lose", "gain", "keep")
    many = {kind: browser.get(f"{path}?kind={kind}").json["total"] for kind in kinds}

    assert told["keep"] == many["keep"]
    assert told["gain"] == many["gain"] + many["change"]
    assert told["lose"] == many["lose"] + many["change"]


def test_everybody_can_be_told_what_comes(browser: Any) -> None:
    path = f"/api/v1/plans/{SECOND}/handover"
    found = browser.get(path).json
    one = found["rows"][0]

    assert found["total"] == browser.get(f"{path}?kind=keep").json["total"]
    assert one["sentence"]
    assert one["name"]
    assert browser.get(f"{path}?q={one['staff_number']}").json["rows"] == [one]


def test_publishing_freezes_the_plan_and_ends_the_one_before(
    browser: Any, runtime: Runtime
) -> None:
    seen = version(runtime)

    answer = publish(browser, SECOND, seen, **{"from": str(TOMORROW)})

    assert answer.status_code == 200
    assert answer.json == {
        "plan": SECOND,
        "mode": "normal",
        "area": COUNTY,
        "from": str(TOMORROW),
        "to": None,
        "replaces": FIRST,
        "displaces": [
            {
                "plan": FIRST,
                "from": str(TODAY - timedelta(days=1)),
                "to": None,
                "until": str(TODAY),
                "again": None,
                "sentence": f"方案 {FIRST} 到2026年11月24日为止，之后可查看。",
            }
        ],
    }
    assert in_force(runtime) == [(FIRST, TODAY), (SECOND, None)]
    assert browser.get("/api/v1/plans?q=-2").json["rows"][0]["standing"] == "coming"


def test_who_does_not_say_what_was_seen_publishes_over_anything(
    browser: Any, runtime: Runtime
) -> None:
    done = post(browser, f"/plans/{SECOND}/publish", version(runtime))

    assert [one["plan"] for one in done.json["displaces"]] == [FIRST]


def test_sent_twice_it_is_published_once(browser: Any, runtime: Runtime) -> None:
    seen, id_ = version(runtime), str(uuid4())
    displaces = [{"plan": FIRST, "from": str(TODAY - timedelta(days=1)), "to": None}]

    told = {"id": id_, "displaces": displaces}
    answers = [publish(browser, SECOND, seen, **told) for _ in range(2)]

    assert answers[0].json == answers[1].json
    with runtime.sessions.read(PLANNER, NOW) as session:
        deeds = session.scalars(select(Audit.deed).where(Audit.subject == f"plan {SECOND}")).all()
    assert list(deeds).count("plan.published") == 1
    other = publish(browser, SECOND, seen, **told, to=str(TOMORROW))
    assert (other.status_code, other.json["code"]) == (409, "id_used")


def test_a_plan_that_was_changed_since_is_not_published(browser: Any, runtime: Runtime) -> None:
    seen = version(runtime)
    change(runtime, update(Plan).where(Plan.number == 2).values(version=seen + 1))

    without = publish(browser, SECOND, None)
    stale = publish(browser, SECOND, seen)

    assert (without.status_code, without.json["code"]) == (428, "version_missing")
    assert (stale.status_code, stale.json["code"]) == (412, "draft_changed")
    assert stale.json["version"] == seen + 1
    assert in_force(runtime) == [(FIRST, None)]


@pytest.mark.parametrize("what", ["recused", "unavailable", "capacity"])
def test_a_contradiction_stops_it_and_everything_stays(
    browser: Any, runtime: Runtime, what: str
) -> None:
    with runtime.sessions.read(PLANNER, NOW) as session:
        held = plans.holdings(session, SECOND, TODAY)
    number = held["staff_number"].iloc[0]
    mine = Cadre.staff_number == number
    statement = {
        "recused": Recusal.__table__.insert().values(
            cadre_id=int(held["cadre_id"].iloc[0]), place_code=COUNTY, area_code=COUNTY, **SINCE
        ),
        "unavailable": update(Cadre).where(mine).values(available_to=TODAY - timedelta(days=1)),
        "capacity": update(Cadre).where(mine).values(capacity=0),
    }[what]
    change(runtime, statement)
    seen = version(runtime)

    told = browser.get(f"/api/v1/plans/{SECOND}/checklist").json
    answer = publish(browser, SECOND, seen)

    stops = [item for item in told["items"] if item["level"] == "stop"]
    assert [item["code"] for item in stops] == [{"unavailable": "stands"}.get(what, what)]
    assert stops[0]["places"]
    # Said with the name of the place, not with the code of the post.
    assert not [place for place in stops[0]["places"] if place["code"] in place["name"]]
    assert told["ready"] is False
    assert (answer.status_code, answer.json["code"]) == (422, "plan_contradicts")
    assert in_force(runtime) == [(FIRST, None)]
    assert version(runtime) == seen


def test_a_surge_needs_a_last_day_and_leaves_the_normal_plan_alone(
    browser: Any, runtime: Runtime
) -> None:
    seen = version(runtime, SURGE)

    open_end = publish(browser, SURGE, seen)
    done = publish(browser, SURGE, seen, to=str(TOMORROW))

    assert (open_end.status_code, open_end.json["code"]) == (422, "surge_needs_end")
    assert done.json["replaces"] is None
    assert sorted(in_force(runtime)) == [(FIRST, None), (SURGE, TOMORROW)]


def test_beneath_a_surge_a_normal_plan_is_seen_beside_the_one_it_ends(
    browser: Any, runtime: Runtime
) -> None:
    path = f"/api/v1/plans/{SECOND}/checklist"
    alone = browser.get(path).json
    publish(browser, SURGE, version(runtime, SURGE), to=str(TOMORROW))

    found = browser.get(path).json

    assert found["people"] == alone["people"]
    assert [item["level"] for item in found["items"] if item["code"] == "surge"] == ["doubt"]
    assert found["ready"] is True


def test_standing_down_is_foreseen_without_a_change_and_then_done(
    browser: Any, runtime: Runtime
) -> None:
    publish(browser, SURGE, version(runtime, SURGE), to=str(TOMORROW))
    before = in_force(runtime)

    foreseen = browser.get("/api/v1/stand-down")
    between = in_force(runtime)
    done = post(browser, "/stand-down")

    assert foreseen.json == done.json
    assert between == before
    assert done.json["ended"] == SURGE
    assert done.json["back_to"] == FIRST
    assert done.json["departments"]
    again = post(browser, "/stand-down")
    assert (again.status_code, again.json["code"]) == (422, "surge_ends_anyway")


def test_of_two_who_publish_at_once_the_second_sees_the_first(
    browser: Any, runtime: Runtime
) -> None:
    seen = version(runtime)
    app = application(runtime, lambda: NOW)
    answers: list[TestResponse] = []

    def deed() -> None:
        answers.append(publish(client(app, VIEW), SECOND, seen))

    threads = [Thread(target=deed) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(each.status_code for each in answers) == [200, 412, 412, 412]
    with runtime.sessions.read(PLANNER, NOW) as session:
        assert len(session.scalars(select(Publication)).all()) == 2


@pytest.mark.parametrize("first", [TODAY, TOMORROW])
def test_who_publishes_over_a_plan_that_was_not_seen_is_told_who_came_first(
    browser: Any, runtime: Runtime, first: date
) -> None:
    with runtime.sessions.write(PLANNER, NOW) as session:
        match_cadres(session, based_on=FIRST)
    days = {"from": str(first), "to": str(first + timedelta(days=9))}
    seen = browser.get(f"/api/v1/plans/{SECOND}/checklist?from={first}").json
    other = client(application(runtime, lambda: NOW), VIEW)
    publish(other, f"{COUNTY}-4", version(runtime, f"{COUNTY}-4"), **days)
    there = in_force(runtime)

    displaces = [{key: one[key] for key in HELD} for one in seen["displaces"]]
    late = publish(browser, SECOND, seen["version"], **days, displaces=displaces)
    after = in_force(runtime), version(runtime)
    again = publish(browser, SECOND, version(runtime), **days)

    assert (late.status_code, late.json["code"]) == (412, "days_taken")
    assert f"统筹员让方案 {COUNTY}-4 从" in late.json["title"]
    assert [one["plan"] for one in late.json["displaces"]] == [f"{COUNTY}-4"]
    assert after == (there, seen["version"])
    assert again.status_code == 200


@pytest.mark.parametrize("first", [TODAY, TOMORROW])
def test_of_two_plans_published_at_once_the_second_is_looked_at_again(
    browser: Any, runtime: Runtime, first: date
) -> None:
    with runtime.sessions.write(PLANNER, NOW) as session:
        match_cadres(session, based_on=FIRST)
    app, start = application(runtime, lambda: NOW), Barrier(2)
    held = [{"plan": FIRST, "from": str(TODAY - timedelta(days=1)), "to": None}]
    both = (SECOND, f"{COUNTY}-4")
    seen = {plan: version(runtime, plan) for plan in both}
    answers: dict[str, TestResponse] = {}

    def deed(plan: str) -> None:
        asker = client(app, VIEW)
        start.wait()
        answers[plan] = publish(asker, plan, seen[plan], **{"from": str(first)}, displaces=held)

    threads = [Thread(target=deed, args=(plan,)) for plan in both]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    codes = {plan: answer.status_code for plan, answer in answers.items()}
    (won,), (lost,) = ([plan for plan in both if codes[plan] == code] for code in (200, 412))
    assert in_force(runtime) == [(FIRST, first - timedelta(days=1)), (won, None)]
    assert browser.get(f"/api/v1/plans?q={lost}").json["rows"][0]["standing"] == "draft"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"from": "soon"}, "invalid_field"),
        ({"from": str(TODAY - timedelta(days=1))}, "history_fixed"),
        ({"from": str(TOMORROW), "to": str(TODAY)}, "ends_before_start"),
        ({"id": "1"}, "invalid_field"),
        ({"state": "frozen"}, "unknown_field"),
        ({"displaces": {}}, "invalid_field"),
        ({"displaces": [{"plan": FIRST}]}, "invalid_field"),
    ],
)
def test_bad_bodies_get_a_sentence_and_change_nothing(
    browser: Any, runtime: Runtime, body: dict[str, str], code: str
) -> None:
    answer = publish(browser, SECOND, version(runtime), **body)

    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert answer.json["title"]
    assert in_force(runtime) == [(FIRST, None)]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/plans?size=0", 422),
        ("/api/v1/plans?state=lost", 422),
        ("/api/v1/plans?more=1", 422),
        (f"/api/v1/plans/{SECOND}/checklist?from=x", 422),
        ("/api/v1/plans/990101-99/checklist", 404),
        (f"/api/v1/plans/{SECOND}/handover?kind=all", 422),
        ("/api/v1/stand-down", 404),
        ("/api/v1/stand-down?on=x", 422),
    ],
)
def test_bad_questions_get_a_sentence(browser: Any, path: str, status: int) -> None:
    answer = browser.get(path)

    assert answer.status_code == status
    assert answer.json["title"]


def test_a_planner_of_another_county_finds_no_such_plan(browser: Any, runtime: Runtime) -> None:
    elsewhere = client(application(runtime, lambda: NOW), "planner:990101001")

    assert elsewhere.get("/api/v1/plans").json["rows"] == [] or all(
        row["seats"] is None for row in elsewhere.get("/api/v1/plans").json["rows"]
    )
    answer = publish(elsewhere, SECOND, version(runtime))
    assert answer.status_code in {403, 404}


def test_a_map_offers_the_plans_that_are_not_in_force_and_the_one_asked_for(browser: Any) -> None:
    def offered(path: str) -> tuple[list[tuple[str, str]], Any]:
        told = config(browser, path)
        return [(one["code"], one["word"]) for one in told["plans"]], told["query"].get("plan")

    drafts = [(code, "草案") for code in (SURGE, SECOND)]
    in_force = (FIRST, "生效中")

    assert offered("/map/coverage") == (drafts, None)
    assert offered("/map/plan?plan=1") == ([*drafts, in_force], FIRST)
    assert offered(f"/map/coverage?plan={SECOND}") == (drafts, SECOND)
    assert offered("/map/hotspots") == ([], None)


@pytest.mark.parametrize("layer", ["coverage", "plan"])
def test_a_map_of_a_plan_that_is_gone_says_so_instead_of_opening(browser: Any, layer: str) -> None:
    answer = browser.get(f"/map/{layer}?plan=99", headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert "没有方案 99" in answer.text
    assert 'id="config"' not in answer.text


@pytest.mark.parametrize(("lang", "sign"), [("en", ","), ("zh_CN", "\u2009")])
def test_pages_part_the_thousands_of_what_they_count(make: Make, lang: str, sign: str) -> None:
    make.community()
    make.plan(score={"seats": 18_204, "seats_filled": 9_001})
    make.commit()
    page = client(application(make.runtime), "planner:990001")
    page.set_cookie("lang", lang)

    answer = page.get("/plan/", headers={"Accept": "text/html"}).text

    assert f"9{sign}001 / 18{sign}204" in answer


def test_sentences_of_templates_part_the_thousands_and_escape_what_stands_in_them(
    runtime: Runtime,
) -> None:
    app = application(runtime)
    sentence = '{{ say(_("Page {page} of {pages}"), page=page, pages=pages) }}'

    here = {"REMOTE_ADDR": "127.0.0.1"}
    with app.test_request_context(headers={"Cookie": "lang=en"}, environ_base=here):
        app.preprocess_request()
        said = app.jinja_env.from_string(sentence).render(page="<b>", pages=1204)

    assert said == "Page &lt;b&gt; of 1,204"
