import json
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from gisapp.auth import OPERATOR
from gisapp.cli import cli
from gisapp.cli.progress import Left, left_alone
from gisapp.runtime import Runtime
from gisapp.store.models import Cadre
from tests.county import COUNTY, NOW, build


@pytest.fixture
def run(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Any:
    url = runtime.settings.database_url.get_secret_value()
    monkeypatch.setenv("GISAPP_DATABASE_URL", url)

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, ["--lang", "en", *words])

    return run


def test_match_publish_and_list_go_together(runtime: Runtime, run: Any) -> None:
    build(runtime)

    match, publish = run("match", "--json"), run("publish", "1", "--json")
    listed = run("plans", "--json")

    draft = json.loads(match.stdout)
    assert {
        "plan", "mode", "status", "gap", "cost", "parts", "posts", "filled", "moved",
        "people_moved", "departments", "seconds",
    } <= set(draft)  # fmt: skip
    assert {"travel_min", "specialty", "load", "disturbance", "unfilled"} <= set(draft["parts"])
    assert {"code", "base", "deployed", "floor"} <= set(draft["departments"][0])
    assert json.loads(publish.stdout)["plan"] == draft["plan"] == f"{COUNTY}-1"
    assert json.loads(listed.stdout)["plans"][0]["in_force"] is True


def test_people_are_told_in_words(runtime: Runtime, run: Any) -> None:
    build(runtime)

    match, publish, listed = run("match"), run("publish", "1"), run("plans")

    assert "22 of 22 seats filled, 0 open" in match.stdout
    assert "Optimal and proven" in match.stdout
    assert f"Plan {COUNTY}-1 is in force" in publish.stdout
    assert "in force" in listed.stdout


def test_a_plan_that_is_not_there_is_one_line_and_exit_1(runtime: Runtime, run: Any) -> None:
    build(runtime)

    answer = run("publish", "7")

    assert answer.exit_code == 1
    assert answer.stderr.startswith("There is no plan 7.")


def test_a_plan_in_force_is_listed_with_its_last_day(runtime: Runtime, run: Any) -> None:
    build(runtime)
    run("match")
    last = datetime.now(ZoneInfo(runtime.settings.time_zone)).date() + timedelta(days=40)
    run("publish", "1", "--to", str(last))

    assert run("plans").stdout.strip().endswith(f"in force until {last}")
    assert json.loads(run("plans", "--json").stdout)["plans"][0]["until"] == str(last)


def test_publishing_says_what_another_plan_loses(runtime: Runtime, run: Any) -> None:
    build(runtime)
    for _ in range(2):
        run("match")
    run("publish", "1")
    today = datetime.now(ZoneInfo(runtime.settings.time_zone)).date()

    done = run("publish", "2", "--to", str(today))

    assert f"Plan {COUNTY}-1, which begins on the same day, is in force from" in done.stdout


def test_a_plan_that_contradicts_is_refused_and_nothing_changes(runtime: Runtime, run: Any) -> None:
    build(runtime)
    run("match")
    with runtime.sessions.write(OPERATOR, NOW) as session:
        session.execute(update(Cadre).values(available_to=date(2020, 1, 1)))

    refused = run("publish", "1")
    (row,) = json.loads(run("plans", "--json").stdout)["plans"]

    assert refused.exit_code == 1
    assert f"of plan {COUNTY}-1 cannot stand on" in refused.stderr
    assert (row["state"], row["published"]) == ("draft", [])


def test_days_that_are_not_free_are_named_before_placements_that_cannot_stand(
    runtime: Runtime, run: Any
) -> None:
    build(runtime)
    for _ in range(2):
        run("match")
    run("publish", "1")
    with runtime.sessions.write(OPERATOR, NOW) as session:
        session.execute(update(Cadre).values(available_to=date(2020, 1, 1)))

    refused = run("publish", "2", "--from", "2020-06-01")

    assert refused.exit_code == 1
    assert f"Plan {COUNTY}-1 is in force from" in refused.stderr


def test_a_limit_on_moves_is_kept_and_the_curve_says_what_it_costs(
    runtime: Runtime, run: Any
) -> None:
    build(runtime)
    run("match")
    run("publish", "1")

    kept = json.loads(run("match", "--max-moves", "0", "--curve", "--json").stdout)

    assert kept["moved"] == 0
    assert kept["gap"] == 0
    assert kept["curve"][0]["cost"] == pytest.approx(kept["cost"])
    assert {"moves", "cost", "gap"} == set(kept["curve"][0])


def test_a_surge_takes_no_limit_on_moves(runtime: Runtime, run: Any) -> None:
    build(runtime)

    answer = run("match", "--mode", "surge", "--max-moves", "3")

    assert answer.exit_code == 1
    assert answer.stderr == (
        "A surge keeps every placement that stands. Leave the limit on moves out.\n"
    )


def test_a_match_whose_time_is_up_says_what_is_proven(runtime: Runtime, run: Any) -> None:
    build(runtime)

    document = json.loads(run("match", "--time-limit", "0.000001", "--json").stdout)
    told = run("match", "--time-limit", "0.000001").stdout
    never = run("match", "--time-limit", "0")

    assert document["status"] == "stopped"
    assert 0 < document["gap"] < 1
    assert "no plan is cheaper by more than" in told
    assert never.exit_code == 2


def test_a_match_with_time_enough_is_proven(runtime: Runtime, run: Any) -> None:
    build(runtime)

    assert "Optimal and proven" in run("match", "--time-limit", "600").stdout


def test_an_interrupt_is_one_line() -> None:
    with pytest.raises(Left), left_alone():
        raise KeyboardInterrupt
