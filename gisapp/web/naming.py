"""What plans are called on pages, and where they stand."""

from collections.abc import Sequence
from typing import Final

from flask_babel import gettext

from gisapp.actions.plans import Listed
from gisapp.i18n import N_

STANDING: Final = {
    "draft": N_("draft"),
    "in_force": N_("in force"),
    "coming": N_("comes into force"),
    "over": N_("not in force any more"),
}


def named(row: Listed, every: Sequence[Listed]) -> dict[str, str]:
    """Name a plan by its number; by its code where several areas have one of that number."""
    number = row.plan.rpartition("-")[2]
    alone = sum(each.plan.rpartition("-")[2] == number for each in every) == 1
    return {
        "code": row.plan,
        "name": gettext("Plan {n}").format(n=number if alone else row.plan),
        "word": gettext(STANDING[row.standing]),
    }
