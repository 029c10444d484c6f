from uuid import UUID

import pytest

from gisapp.auth import Actor, Role
from gisapp.store import ledger
from gisapp.store.ledger import IdConflict
from tests.factories import COUNTY, Make

ID = UUID("018f0000-0000-7000-8000-000000000001")
BODY = {"kind": "visit", "grid": "1"}


def test_sending_twice_gets_the_first_answer(make: Make) -> None:
    ledger.remember(make.session, ID, BODY, {"number": 1}, area_code=COUNTY)
    make.commit()

    assert ledger.answered(make.session, ID, BODY) == {"number": 1}


def test_a_new_id_has_no_answer(make: Make) -> None:
    assert ledger.answered(make.session, ID, BODY) is None


def test_another_body_under_the_same_id_is_refused(make: Make) -> None:
    ledger.remember(make.session, ID, BODY, {}, area_code=COUNTY)

    with pytest.raises(IdConflict):
        ledger.answered(make.session, ID, BODY | {"grid": "2"})


def test_the_id_of_somebody_elsewhere_is_taken_too(make: Make) -> None:
    ledger.remember(make.session, ID, BODY, {"secret": 1}, area_code=COUNTY)

    with make.seen_by(Actor("eve", Role.PLANNER, "990002")) as session, pytest.raises(IdConflict):
        ledger.answered(session, ID, BODY)
