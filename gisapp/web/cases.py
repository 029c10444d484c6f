"""A cadre's own cases, for the phone."""

from flask import Blueprint, Response

from gisapp.actions import cases as deeds
from gisapp.web.answers import answer
from gisapp.web.context import asked, session

cases = Blueprint("cases", __name__, url_prefix="/api/v1/my-cases")


@cases.get("")
def listed() -> Response:
    """List the cases that the cadre handles, with the exact place as long as it is kept."""
    asked()
    return answer({"cases": deeds.mine(session())})
