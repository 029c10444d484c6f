"""Invents names from the shipped lists: places, people, enterprises."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from gisapp import resources

SHORT = 0.22
"""Share of people with one character after the surname."""


@dataclass(frozen=True, slots=True)
class Names:
    """The lists of ``data/demo/names.toml``."""

    lists: dict[str, Any]

    @classmethod
    def read(cls) -> Self:
        """Read the shipped lists."""
        path = resources.folder("data") / "demo" / "names.toml"
        return cls(tomllib.loads(path.read_text("utf-8")))

    def __getitem__(self, name: str) -> Any:
        return self.lists[name]

    def places(self, rng: np.random.Generator) -> Iterator[str]:
        """Yield two-character names of places in any order, none twice; then with a direction."""
        stems = [a + b for a in dict.fromkeys(self["first"]) for b in dict.fromkeys(self["second"])]
        stems = [stem for stem in stems if stem[0] != stem[1]]
        for direction in ("", "东", "西", "南", "北", "上", "下", "新", "老"):
            for i in rng.permutation(len(stems)):
                yield stems[i] + direction

    def people(self, number: int, rng: np.random.Generator) -> list[str]:
        """Invent ``number`` names of people; common ones come more than once, as they do."""
        surnames, given = self["surnames"], list(dict.fromkeys(self["given"]))
        # The first surnames of the list are the common ones.
        weight = 1 / (np.arange(len(surnames)) + 12.0)
        family = rng.choice(list(surnames), number, p=weight / weight.sum())
        first = rng.choice(given, number)
        second = np.where(rng.random(number) < SHORT, "", rng.choice(given, number))
        whole: list[str] = np.char.add(np.char.add(family, first), second).tolist()
        return whole

    def enterprises(
        self, section: np.ndarray, place: list[str], rng: np.random.Generator
    ) -> list[str]:
        """Invent a name for an enterprise of each ``section`` in each ``place``."""
        brand = list(dict.fromkeys(self["brand"]))
        first = rng.choice(brand, section.size)
        second = rng.choice(brand, section.size)
        kind = rng.integers(0, 1 << 30, section.size)
        business = self["business"]
        return [
            f"{where}{one}{two}{business[letter][pick % len(business[letter])]}"
            for where, one, two, letter, pick in zip(
                place, first, second, section, kind.tolist(), strict=True
            )
        ]
