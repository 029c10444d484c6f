from collections.abc import Callable
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from gisapp.actions.once import IdUsed, once
from gisapp.auth import Actor, Role
from gisapp.errors import InvalidInput
from gisapp.runtime import Runtime
from gisapp.store.models import Ledger
from tests.county import COUNTY, NOW, PLANNER

pytestmark = pytest.mark.both

ELSEWHERE = Actor("planner", Role.PLANNER, "990002")
BODY = {"plan": f"{COUNTY}-1", "to": None}


def send(
    runtime: Runtime,
    id_: UUID,
    body: dict[str, Any] = BODY,
    actor: Actor = PLANNER,
    deed: Callable[[], dict[str, Any]] = dict,
) -> dict[str, Any]:
    with runtime.sessions.write(actor, NOW) as session:
        return once(session, id_, body, deed)


def test_the_same_body_under_the_same_id_gets_the_first_answer(runtime: Runtime) -> None:
    id_ = uuid4()
    numbers = iter(range(9))

    answers = [send(runtime, id_, deed=lambda: {"number": next(numbers)}) for _ in range(3)]

    assert answers == [{"number": 0}] * 3


@pytest.mark.parametrize(
    ("body", "actor"), [({**BODY, "to": "2026-08-01"}, PLANNER), (BODY, ELSEWHERE)]
)
def test_another_body_or_another_person_gets_nothing(
    runtime: Runtime, body: dict[str, Any], actor: Actor
) -> None:
    id_ = uuid4()
    send(runtime, id_, deed=lambda: {"secret": 1})

    with pytest.raises(IdUsed):
        send(runtime, id_, body, actor, deed=lambda: {"done": True})


def test_what_failed_may_be_sent_again(runtime: Runtime) -> None:
    id_ = uuid4()

    def fail() -> dict[str, Any]:
        raise InvalidInput

    with pytest.raises(InvalidInput):
        send(runtime, id_, deed=fail)

    assert send(runtime, id_, deed=lambda: {"done": True}) == {"done": True}


def test_of_many_who_send_at_once_one_does_it(runtime: Runtime) -> None:
    id_ = uuid4()
    done: list[int] = []
    answers: list[dict[str, Any]] = []

    def deed() -> dict[str, Any]:
        done.append(1)
        return {"number": len(done)}

    threads = [
        Thread(target=lambda: answers.append(send(runtime, id_, deed=deed))) for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert answers == [{"number": 1}] * 8
    with runtime.sessions.read(PLANNER, NOW) as session:
        assert session.scalar(select(func.count()).select_from(Ledger)) == 1
