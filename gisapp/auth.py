"""Who may do what, as one table; knows nothing of HTTP or SQL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from gisapp.errors import Forbidden, InvalidInput
from gisapp.i18n import N_

AREA_CODE: Final = re.compile(r"[0-9]{2}(?:[0-9]{2}(?:[0-9]{2}(?:[0-9]{3}(?:[0-9]{3})?)?)?)?")
"""A whole area code: 2, 4, 6, 9 or 12 ASCII digits (province to community)."""

EVERYWHERE: Final = "*"
"""The operator's area: all rows of the installation. Nobody else may hold it."""


class Scope(StrEnum):
    """One thing an actor may do."""

    GRIDS_READ = "grids:read"
    COVERAGE_READ = "coverage:read"
    PLANS_READ = "plans:read"
    PLANS_WRITE = "plans:write"
    HOTSPOTS_READ = "hotspots:read"
    HOTSPOTS_EXACT = "hotspots:exact"
    MY_GRID_READ = "my_grid:read"
    DATA_WRITE = "data:write"
    DATA_IMPORT = "data:import"
    """Bring files through the pages, for the whole installation."""
    DATA_REPAIR = "data:repair"
    DATA_EXPORT = "data:export"
    INSTALLATION = "installation"


class Role(StrEnum):
    """What an actor is, for as long as one request or command lasts."""

    PLANNER = "planner"
    ADMIN = "admin"
    """Plans for the whole installation and brings its data."""
    LEADER = "leader"
    CADRE = "cadre"
    OPERATOR = "operator"


_PLANNING: Final = frozenset(
    {
        Scope.GRIDS_READ,
        Scope.COVERAGE_READ,
        Scope.PLANS_READ,
        Scope.PLANS_WRITE,
        Scope.HOTSPOTS_READ,
        Scope.DATA_EXPORT,
        Scope.DATA_REPAIR,
    }
)

ROLES: Mapping[Role, frozenset[Scope]] = MappingProxyType(
    {
        Role.PLANNER: _PLANNING,
        Role.ADMIN: _PLANNING | {Scope.DATA_IMPORT},
        Role.LEADER: frozenset(
            {Scope.GRIDS_READ, Scope.COVERAGE_READ, Scope.PLANS_READ, Scope.HOTSPOTS_READ}
        ),
        Role.CADRE: frozenset({Scope.MY_GRID_READ}),
        Role.OPERATOR: frozenset(Scope),
    }
)


class NotAnArea(InvalidInput):
    """An area code has another shape than 2, 4, 6, 9 or 12 digits."""

    code = "not_an_area"
    message = N_("“{area}” is no area code: it needs 2, 4, 6, 9 or 12 digits.")


class ScopeMissing(Forbidden):
    """The actor's role does not hold the scope."""

    code = "scope_missing"
    message = N_("The present role may not see or do this. View as somebody else.")


def area_code(text: str) -> str:
    """Return ``text`` when it is a whole area code; raise `NotAnArea` otherwise."""
    if not AREA_CODE.fullmatch(text):
        raise NotAnArea(area=text)
    return text


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or program behind one request."""

    name: str
    role: Role
    area_code: str
    """The subtree this actor may see; every read is narrowed to it in one place."""
    cadre_id: int | None = None

    def __post_init__(self) -> None:
        if not (self.area_code == EVERYWHERE and self.role is Role.OPERATOR):
            area_code(self.area_code)

    def may(self, scope: Scope) -> bool:
        return scope in ROLES[self.role]

    def must(self, scope: Scope) -> None:
        """Raise `ScopeMissing` unless the actor holds ``scope``."""
        if not self.may(scope):
            raise ScopeMissing(scope=scope.value)


OPERATOR: Final = Actor("operator", Role.OPERATOR, EVERYWHERE)
"""Whoever runs commands on the machine itself."""
