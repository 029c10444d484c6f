"""Text from a URL or a command line, made into a typed question."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from gisapp.errors import InvalidInput
from gisapp.i18n import N_


class InvalidParameter(InvalidInput):
    """A question was asked with a value that its parameter cannot have."""

    code = "invalid_parameter"
    message = N_("The parameter “{name}” cannot be “{value}”.")


class UnknownParameter(InvalidInput):
    """A question was asked with a parameter it does not have."""

    code = "unknown_parameter"
    message = N_("There is no parameter “{name}” here.")


class SeveralWindows(InvalidInput):
    """A month, a quarter and a year are asked for at once."""

    code = "several_windows"
    message = N_("Name one of month, quarter and year, not several.")


class Query(BaseModel):
    """A question nobody can ask wrongly: unknown parameters are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """Read the question from text.

        Raises `InvalidParameter`, or `UnknownParameter`, for the first fault.
        """
        try:
            return cls.model_validate(dict(args))
        except ValidationError as wrong:
            first = wrong.errors()[0]
            name = str(first["loc"][0])
            if first["type"] == "extra_forbidden":
                raise UnknownParameter(name=name[:80]) from wrong
            raise InvalidParameter(name=name, value=str(args.get(name, ""))[:80]) from wrong


def _plan_code(text: str) -> str:
    if not re.fullmatch(r"(?:[0-9]{2,12}-)?[0-9]{1,9}", text):
        raise ValueError(text)
    return text


def month_name(text: str) -> str:
    """Return ``2026-01`` as it is; raise `ValueError` for anything else."""
    if not re.fullmatch(r"[1-9][0-9]{3}-(?:0[1-9]|1[0-2])", text):
        raise ValueError(text)
    return text


def quarter_name(text: str) -> str:
    """Return ``2026-Q1`` as it is; raise `ValueError` for anything else."""
    if not re.fullmatch(r"[1-9][0-9]{3}-Q[1-4]", text):
        raise ValueError(text)
    return text


def _year(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{3}", text):
        raise ValueError(text)
    return text


FIRST_DAY: Final = date(1900, 1, 1)
"""Rows that say nothing of when they begin hold from here; nothing is older."""

PlanCode = Annotated[str, AfterValidator(_plan_code)]
"""``<area code>-<number>``, or the number alone where only one area has plans."""


class NoQuery(Query):
    """Nothing to ask."""


class PlanQuery(Query):
    """Which plan: the one in force on ``day`` (today), or a named one."""

    plan: PlanCode | None = None
    day: Annotated[date, Field(ge=FIRST_DAY)] | None = None


class HotspotQuery(Query):
    """Which calendar window and category; the last whole quarter and all categories by default."""

    month: Annotated[str, AfterValidator(month_name)] | None = None
    quarter: Annotated[str, AfterValidator(quarter_name)] | None = None
    year: Annotated[str, AfterValidator(_year)] | None = None
    category: Annotated[str, Field(max_length=32, pattern=r"[a-z_]+")] | None = None
    view: Literal["significance", "outliers"] = "significance"
    """Whether grids are listed for their bins or as outliers among their neighbours."""

    @model_validator(mode="after")
    def _one_window(self) -> Self:
        if sum(window is not None for window in (self.month, self.quarter, self.year)) > 1:
            raise SeveralWindows
        return self

    def of_window(self, window: str) -> Self:
        """Ask the same of another window: ``2026-01``, ``2026-Q1`` or ``2026``."""
        kind = "quarter" if "Q" in window else "month" if "-" in window else "year"
        asked = dict.fromkeys(("month", "quarter", "year")) | {kind: window}
        return self.model_copy(update=asked)

    @property
    def window(self) -> str | None:
        """``2026-01``, ``2026-Q1``, ``2026`` or None."""
        return self.month or self.quarter or self.year
