"""Which change of a draft is taken back next, and which is done again next."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turning:
    """Versions of deeds that stand, and of those taken back since the last deed."""

    done: list[int]
    undone: list[int]

    @property
    def undo(self) -> int | None:
        """The deed that is taken back next: the latest that stands, whoever did it."""
        return self.done[-1] if self.done else None

    @property
    def redo(self) -> int | None:
        """The deed that is done again next: the last one taken back."""
        return self.undone[-1] if self.undone else None


def turning(changes: Iterable[tuple[int, str, int | None]]) -> Turning:
    """Follow all changes of a draft, (version, kind, about), from the first to the last."""
    done: list[int] = []
    undone: list[int] = []
    for version, kind, _ in changes:
        if kind == "deed":
            done.append(version)
            undone.clear()
        elif kind == "undo":
            undone.append(done.pop())
        else:
            done.append(undone.pop())
    return Turning(done, undone)
