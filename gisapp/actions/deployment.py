"""Where a department stands against its floor on a day, and where it will stand."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gisapp.i18n import N_, Sentence


@dataclass(frozen=True, slots=True)
class Count:
    """Where a department stands on one day."""

    day: date
    mode: str
    base: int
    deployed: int
    floor: int
    share: float
    """That the floor is of the base."""


@dataclass(frozen=True, slots=True)
class Row:
    """A department on the asked day, and the day on which it is below its floor."""

    code: str
    name: str
    base_kind: str
    """roll or eligible."""
    eligible: int
    """People who count and could serve on the asked day."""
    now: Count
    falls: Count | None
    """The first day below the floor; None where there is none on the days looked at."""
    leave: int
    """People whose terms end on the day before that."""

    @property
    def short(self) -> int:
        """People missing to the floor."""
        return max(self.now.floor - self.now.deployed, 0)

    @property
    def rate(self) -> float | None:
        """Return what is out of the base, four places; None of an empty base."""
        return round(self.now.deployed / self.now.base, 4) if self.now.base else None

    @property
    def sentence(self) -> Sentence:
        """Say it with every figure's base beside it."""
        now, falls = self.now, self.falls
        fields: dict[str, object] = {
            "department": self.name,
            "deployed": now.deployed,
            "base": self._base(now.base),
            "rate": "–" if self.rate is None else f"{100 * self.rate:.1f} %",
            "floor": now.floor,
            "share": f"{100 * now.share:g} %",
            "short": self.short,
        }
        if self.short:
            message = N_(
                "{department}: {deployed} of {base} out ({rate}), {short} short of its floor "
                "{floor} ({share})."
            )
            return Sentence(message, fields)
        if falls is None:
            message = N_(
                "{department}: {deployed} of {base} out ({rate}), floor {floor} ({share})."
            )
            return Sentence(message, fields)
        fields |= {
            "day": falls.day,
            "then": falls.deployed,
            "then_base": self._base(falls.base),
            "then_floor": falls.floor,
            "leave": self.leave,
        }
        message = N_(
            "{department}: {deployed} of {base} out ({rate}), floor {floor} ({share}); below it "
            "from {day}, when terms of {leave} people are over: {then} of {then_base}, floor "
            "{then_floor}."
        )
        if not self.leave:
            message = N_(
                "{department}: {deployed} of {base} out ({rate}), floor {floor} ({share}); below "
                "it from {day}, when the floor rises: {then} of {then_base}, floor {then_floor}."
            )
        return Sentence(message, fields)

    def _base(self, number: int) -> Sentence:
        roll, eligible = N_("{base} on the roll"), N_("{base} eligible")
        return Sentence(roll if self.base_kind == "roll" else eligible, {"base": number})

    def document(self) -> dict[str, Any]:
        """Say it to programs; the keys are a contract."""
        falls = self.falls
        then = None
        if falls is not None:
            then = {
                "base": falls.base,
                "deployed": falls.deployed,
                "floor": falls.floor,
                "mode": falls.mode,
                "leave": self.leave,
            }
        return {
            "code": self.code,
            "name": self.name,
            "base": self.now.base,
            "base_kind": self.base_kind,
            "deployed": self.now.deployed,
            "rate": self.rate,
            "floor": self.now.floor,
            "share": self.now.share,
            "mode": self.now.mode,
            "eligible": self.eligible,
            "short": self.short,
            "falls_on": None if falls is None else falls.day,
            "then": then,
            "sentence": self.sentence,
        }
