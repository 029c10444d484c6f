"""What two plans have in common, and what not, in people, posts and minutes."""

from dataclasses import asdict, dataclass, field
from typing import Any

from gisapp.actions import inputs
from gisapp.actions.drafts import told
from gisapp.store.matching import Fallen


@dataclass(frozen=True, slots=True)
class Move:
    """A placement of the first plan that could stand and is not in the second."""

    cadre: str
    post: str
    to: list[str]
    """Posts that the same person holds in the second plan only."""


@dataclass(frozen=True, slots=True)
class Seats:
    """One post, and the people who hold it in each plan."""

    code: str
    before: int
    after: int
    came: list[str]
    went: list[str]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure in both plans; None where it is not known."""

    before: float | None
    after: float | None

    @property
    def change(self) -> float | None:
        """What it rises by."""
        if self.before is None or self.after is None:
            return None
        return round(self.after - self.before, 2)

    def document(self) -> dict[str, float | None]:
        """Say it to programs."""
        return {"before": self.before, "after": self.after, "change": self.change}


@dataclass(frozen=True, slots=True)
class Sent:
    """The people of a department who are out under each plan."""

    code: str
    name: str
    before: int
    after: int
    base: int
    floor: int
    """In the mode of the second plan."""
    floor_before: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The first plan, the second, and what lies between them."""

    before: str
    after: str
    whole: bool
    """Whether the actor sees all of both."""
    moves: list[Move]
    fallen: list[Fallen]
    """In the first plan only, and could not stand today: no moves."""
    gained: list[Seats]
    lost: list[Seats]
    swapped: list[Seats]
    """As many people, but others."""
    grids: list[str]
    """Of all these posts, where they are posts of grids."""
    unlike: list[str] | None
    """Kinds of data and rules (`inputs.KINDS`) that were not the same; None where not known."""
    cost: Change
    parts: dict[str, Change]
    departments: list[Sent] = field(repr=False)

    @property
    def moved(self) -> int:
        """Count the moves."""
        return len(self.moves)

    @property
    def people_moved(self) -> int:
        """Count the people of the moves."""
        return len({move.cadre for move in self.moves})

    def document(self) -> dict[str, Any]:
        """Say it to programs; the keys are a contract."""
        return {
            "before": self.before,
            "after": self.after,
            "whole": self.whole,
            "moved": self.moved,
            "people_moved": self.people_moved,
            "moves": [asdict(move) for move in self.moves],
            "no_longer_stand": [told(row) for row in self.fallen],
            "gained": [asdict(post) for post in self.gained],
            "lost": [asdict(post) for post in self.lost],
            "swapped": [asdict(post) for post in self.swapped],
            "grids": self.grids,
            "same_data": self.unlike == [],
            "other_data": self.unlike or [],
            "data_sentence": inputs.sentence(self.unlike),
            "cost": self.cost.document(),
            "parts": {part: change.document() for part, change in self.parts.items()},
            "departments": [asdict(row) for row in self.departments],
        }
