"""What a map layer is: one value that makes the page, the arrays, the table and the export."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from gisapp.auth import Actor, Scope
from gisapp.i18n import Sentence
from gisapp.palette import Style
from gisapp.query import Query
from gisapp.store.session import Session

Q = TypeVar("Q", bound=Query)

Level = Literal["grid", "community", "township"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column that may leave the building."""

    name: str
    title: str
    """English, marked with ``N_``."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is shown above grids: the share of grids whose ``column`` is one of ``values``."""

    column: str
    values: tuple[str | int, ...]
    title: str
    """English, marked with ``N_``."""


@dataclass(frozen=True, slots=True)
class Values:
    """What a thematic layer answers: arrays in the order of its revision's ids."""

    revision: str
    """Key of the geometry these values belong to."""
    codes: Sequence[str]
    columns: Mapping[str, Sequence[Any] | npt.NDArray[Any]]
    sentence: Callable[[int], Sentence] | None = None
    """The reason for one row, made only for rows that are read."""
    totals: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What columns say of areas above grids, each by its code."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What holds for the whole answer: plan, window, counts; JSON, with `Sentence` and `Name`."""
    order: Sequence[int] | npt.NDArray[Any] | None = None
    """Positions, the most urgent first: the order of the list beside the map."""
    detail: Callable[[int], Mapping[str, Any]] | None = None
    """What `Layer.tell` says of one row, from what was read for all of them."""
    holds: int | None = None
    """Bytes that hang on it beside columns of few different values; None: a whole town."""


@dataclass(frozen=True, slots=True)
class Features:
    """What a layer of its own shapes answers: ids, shapes in lon/lat, one array per column."""

    ids: Sequence[str]
    shapes: npt.NDArray[np.object_]
    columns: Mapping[str, Sequence[Any] | npt.NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer(Generic[Q]):
    """One thing the map can show.

    The same value makes the map page, the value arrays, the table, the OGC collection and
    ``gisapp export``; so a new layer is one new file in ``layers/``.
    """

    name: str
    """Slug in URLs and on the command line. Never changes once published."""
    title: str
    """English, marked with ``N_``."""
    scope: Scope
    """Who may see it."""
    query: type[Q]
    """What the reader may ask for."""
    of: Literal["grid", "community", "township", "own"]
    """Whose shapes it paints; ``own`` brings its own."""
    columns: tuple[Column, ...]
    """What may leave the building, in the order people see it."""
    style: Style
    """How one value is painted and said; data, so that the browser can use it."""
    views: Mapping[str, Style] = field(default_factory=dict)
    """Other styles of the same values, by what the question's ``view`` calls them."""
    share: Share | None = None
    """What is painted above the level of grids."""
    values: Callable[[Session, Actor, Q], Values] | None = None
    """Thematic: the boundary revision, the ids, one array per column."""
    features: Callable[[Session, Actor, Q], Features] | None = None
    """Own shapes: ids, points or polygons in lon/lat, one array per column."""
    detail: Callable[[Session, Actor, Q, str], Mapping[str, Any]] | None = None
    """What is told of one place (a code) when somebody picks it: JSON, with
    `Sentence` and `Name` values that the doors say."""

    def __post_init__(self) -> None:
        if (self.values is None) == (self.features is None):
            raise TypeError(f"layer {self.name} needs either values or features")

    def seen(self, args: Mapping[str, str]) -> Style:
        """Return the style in which a question wants the values seen."""
        return self.views.get(args.get("view", ""), self.style)

    def read(self, session: Session, actor: Actor, args: Mapping[str, str]) -> Values | Features:
        """Check the right, read the question, answer it with the listed columns only."""
        actor.must(self.scope)
        query = self.query.parse(args)
        listed = [column.name for column in self.columns]
        if self.values is not None:
            found = self.values(session, actor, query)
            kept = {name: found.columns[name] for name in listed}
            return replace(found, columns=kept)
        assert self.features is not None  # noqa: S101  # __post_init__ saw to it
        shown = self.features(session, actor, query)
        return Features(shown.ids, shown.shapes, {name: shown.columns[name] for name in listed})

    def tell(
        self, session: Session, actor: Actor, args: Mapping[str, str], code: str
    ) -> Mapping[str, Any]:
        """Check the right, read the question, tell about the place with ``code``."""
        actor.must(self.scope)
        query = self.query.parse(args)
        return {} if self.detail is None else self.detail(session, actor, query, code)
