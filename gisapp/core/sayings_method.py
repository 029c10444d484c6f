"""What is said of how a hotspot map was made, of outliers, and of data it can hardly judge."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from gisapp.coded import Coded, mapped
from gisapp.core import moran
from gisapp.core.method import Method
from gisapp.core.neighbours import islands
from gisapp.core.publication import (
    EVIDENCE,
    FEW,
    NOT_ENOUGH_EVIDENCE,
    Published,
    enough_base,
)
from gisapp.core.trend import BACK, LEAST_STEPS
from gisapp.i18n import N_, Sentence, window_name

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

KINDS: Final[Mapping[int, str]] = MappingProxyType(
    {
        moran.LOW_HIGH: "low_high",
        moran.HIGH_LOW: "high_low",
        moran.HIGH_HIGH: "high_high",
        moran.LOW_LOW: "low_low",
        moran.NONE: "like_any",
        moran.ISOLATED: "isolated",
    }
)

OUTLIERS: Final = (*KINDS.values(), NOT_ENOUGH_EVIDENCE)
"""In the order in which they are listed."""

SAID: Final[Mapping[str, str]] = MappingProxyType(
    {
        "low_high": N_("Low among high neighbours."),
        "high_low": N_("High among low neighbours."),
        "high_high": N_("High among high neighbours."),
        "low_low": N_("Low among low neighbours."),
        "like_any": N_("Not unlike its neighbours beyond chance."),
        "isolated": N_("No neighbours to compare with."),
        NOT_ENOUGH_EVIDENCE: N_(
            "Not enough evidence: fewer than {few} disputes here, or fewer than {evidence} here "
            "and around."
        ),
    }
)

NEIGHBOURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "queen": N_("neighbours touch"),
        "knn": N_("neighbours: the {number} nearest"),
        "band": N_("neighbours: within {number} m"),
    }
)

CORRECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"bh": N_("Benjamini-Hochberg"), "by": N_("Benjamini-Yekutieli")}
)


def nameable(said: Published, base: Array) -> Flags:
    """Say of which grids a kind may be told, whatever it is."""
    told = mapped(said.bins, lambda level: level != NOT_ENOUGH_EVIDENCE, np.bool_)
    own = mapped(said.counts, lambda count: isinstance(count, int), np.bool_)
    may: Flags = told & own & enough_base(base)
    return may


def named(kinds: Whole, said: Published, base: Array) -> Coded[str]:
    """
    Name the kind of each grid, where its bin and a count of its own are published, too.

    Notes
    -----
    A kind tells on which side of the mean the grid's own value lies. Of a count below five,
    or one that is withheld or counted with a neighbour, that could leave one value only.
    """
    place = {code: at for at, code in enumerate(KINDS)}
    name = np.array([place.get(code, len(KINDS)) for code in range(moran.TOO_NEAR + 1)], np.uint8)
    found = np.where(nameable(said, base), name[kinds], np.uint8(len(KINDS)))
    return Coded(OUTLIERS, found)


def about_outlier(kind: str) -> Sentence:
    """Say how a grid stands among its neighbours."""
    return Sentence(SAID[kind], {"few": FEW, "evidence": EVIDENCE})


def how(method: Method, *, plain: bool) -> Sentence:
    """Say how the map was made: value, test, neighbours, correction and trend."""
    kind, _, number = method.neighbours.partition(":")
    return Sentence(
        N_(
            "{value}, Gi* two-sided, {chance}, {neighbours}, false discovery rate within the map "
            "({correction}); trends of {window} months at a time, scored among {reference}"
        ),
        {
            "value": Sentence(
                N_("plain counts") if plain else N_("rate per household and enterprise")
            ),
            "chance": Sentence(
                N_("total randomisation")
                if method.randomisation == "total"
                else N_("conditional randomisation")
            ),
            "neighbours": Sentence(NEIGHBOURS[kind], {"number": number}),
            "correction": Sentence(CORRECTIONS[method.correction]),
            "window": BACK + 1,
            "reference": Sentence(
                N_("all months") if method.reference == "cube" else N_("the same months")
            ),
        },
    )


def notices(star: csr_array, counts: Whole, months: Sequence[str]) -> list[Sentence]:
    """
    Say what of the data lets the map say little; nothing is dropped without a word.

    Parameters
    ----------
    star
        Shape (n, n). Neighbours, each grid its own.
    counts
        Shape (t, n). Disputes of the months of the trend, named by ``months``.

    Notes
    -----
    Whether months are thin is judged by totals below `FEW`, which are published so anyway.
    """
    n = star.shape[0]
    if not n:
        return []
    said = []
    alone = int(islands(star).size)
    if n == 1:
        said.append(Sentence(N_("There is only one grid: none can stand out.")))
    elif alone:
        said.append(
            Sentence(
                N_(
                    "{islands} of {grids} {grids:grid|grids} {islands:has no neighbours and is "
                    "judged by itself|have no neighbours and are judged by themselves}."
                ),
                {"islands": alone, "grids": n},
            )
        )
    thin = counts.sum(axis=1) < FEW
    fields = {"thin": int(thin.sum()), "months": len(months), "few": FEW}
    if len(months) < LEAST_STEPS:
        said.append(
            Sentence(
                N_("Records of {months} {months:month|months} only: a trend needs {least}."),
                {"months": len(months), "least": LEAST_STEPS},
            )
        )
    if thin.all():
        said.append(
            Sentence(
                N_("Fewer than {few} disputes in each of {months} {months:month|months}."), fields
            )
        )
    elif thin[: (first := int(np.argmin(thin)))].all() and first == thin.sum() > 0:
        said.append(
            Sentence(
                N_("Records begin in {month}; the months before count as quiet."),
                {"month": window_name(months[first])},
            )
        )
    elif thin.any():
        said.append(
            Sentence(
                N_(
                    "{thin} of {months} months hold fewer than {few} disputes on the whole map "
                    "and count as quiet; records may be missing."
                ),
                fields,
            )
        )
    return said
