"""What is sent to change a draft: one form for each deed."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from gisapp.actions import deeds, proposing
from gisapp.actions.deeds import Deed
from gisapp.web.writing import Form, InvalidField, New

Code = Annotated[str, Field(min_length=1, max_length=48)]


class Start(New):
    """A new draft."""

    based_on: Code | None = None
    mode: Literal["normal", "surge"] | None = None


class Named(Form):
    """Which deed it is; the rest is read once that is known."""

    model_config = ConfigDict(extra="ignore")

    deed: Literal["assign", "remove", "swap", "lock", "unlock", "propose"]


class DeedForm(Form, ABC):
    """What a deed is about."""

    @abstractmethod
    def made(self, session: Any, plan: str, version: int) -> Deed:
        """Return the deed to be done to a draft at a version."""


class Assign(DeedForm):
    deed: Literal["assign"]
    post: Code
    cadre: Code
    slot: Annotated[int, Field(ge=1, le=999)] | None = None
    instead_of: Code | None = None

    def made(self, session: Any, plan: str, version: int) -> Deed:
        return deeds.Assign(self.post, self.cadre, self.slot, self.instead_of)


class Remove(DeedForm):
    deed: Literal["remove"]
    post: Code
    cadre: Code

    def made(self, session: Any, plan: str, version: int) -> Deed:
        return deeds.Remove(self.post, self.cadre)


class Swap(DeedForm):
    deed: Literal["swap"]
    post: Code
    cadre: Code
    with_post: Code
    with_cadre: Code

    def made(self, session: Any, plan: str, version: int) -> Deed:
        return deeds.Swap(self.post, self.cadre, self.with_post, self.with_cadre)


class Pair(Form):
    post: Code
    cadre: Code


class Lock(DeedForm):
    """One of pairs, grids and all."""

    deed: Literal["lock", "unlock"]
    pairs: Annotated[list[Pair], Field(min_length=1, max_length=500)] | None = None
    grids: Annotated[list[Code], Field(min_length=1, max_length=2000)] | None = None
    all: Literal[True] | None = None

    def made(self, session: Any, plan: str, version: int) -> Deed:
        if sum(one is not None for one in (self.pairs, self.grids, self.all)) != 1:
            raise InvalidField(name="pairs")
        kind = deeds.Lock if self.deed == "lock" else deeds.Unlock
        pairs = [(each.post, each.cadre) for each in self.pairs or ()]
        return kind(pairs=pairs, grids=self.grids or (), all=self.all is not None)


class Propose(DeedForm):
    deed: Literal["propose"]
    job: UUID

    def made(self, session: Any, plan: str, version: int) -> Deed:
        return proposing.taken(session, plan, version, self.job)


class Sent(New):
    """What every change carries: the id its sender made, and whether it is only to be shown."""

    preview: bool = False


class Step(Sent):
    """Undo or redo."""


class SentDeed(Sent, DeedForm):
    """A deed by itself."""


class SentAssign(SentDeed, Assign):
    pass


class SentRemove(SentDeed, Remove):
    pass


class SentSwap(SentDeed, Swap):
    pass


class SentLock(SentDeed, Lock):
    pass


class SentPropose(SentDeed, Propose):
    pass


SENT: Final[Mapping[str, type[SentDeed]]] = MappingProxyType(
    {
        "assign": SentAssign,
        "remove": SentRemove,
        "swap": SentSwap,
        "lock": SentLock,
        "unlock": SentLock,
        "propose": SentPropose,
    }
)


class Branch(New):
    """A draft of an earlier version, and what to do to it at once."""

    version: Annotated[int, Field(ge=1, le=10**9)]
    deed: Annotated[Assign | Remove | Swap | Lock | Propose, Field(discriminator="deed")] | None = (
        None
    )


class Remark(New):
    """A comment on a grid."""

    place: Annotated[str, Field(min_length=1, max_length=32)]
    text: Annotated[str, Field(max_length=2000)]
