"""What is wrong in what is stored: one sentence each, with its place and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from gisapp.i18n import N_, Sentence

Severity = Literal["cause", "fault", "doubt", "notice"]
ORDER: Final[tuple[Severity, ...]] = ("cause", "fault", "doubt", "notice")
"""What explains other findings comes first, then what is wrong, then doubt, then notice."""

SEVERITIES: Final[Mapping[Severity, tuple[str, str]]] = {
    "cause": ("!", N_("explains others")),
    "fault": ("×", N_("wrong")),
    "doubt": ("?", N_("in doubt")),
    "notice": ("·", N_("notice")),
}
"""Sign and word of each."""

KINDS: Final = {
    "datum": N_("Shifted coordinates"),
    "code": N_("Codes"),
    "parent": N_("Parents"),
    "invalid": N_("Outlines that are no areas"),
    "overlap": N_("Overlaps"),
    "gap": N_("Land in no grid"),
    "sliver": N_("Slivers"),
    "outside_parent": N_("Beyond the parent"),
    "parts": N_("Several parts"),
    "duplicate": N_("Doubles"),
    "misplaced": N_("Counted in another grid"),
    "dates": N_("Impossible days"),
    "outside": N_("In no grid"),
    "no_place": N_("Without a place"),
    "credit_code": N_("Credit codes"),
    "same_credit_code": N_("One credit code twice"),
    "same_dispute": N_("Disputes that look alike"),
    "crowd": N_("Many on one point"),
    "households": N_("Unusual households"),
}
"""What each kind of finding is called."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or doubt, with the place where it shows."""

    kind: str
    severity: Severity
    code: str
    sentence: Sentence
    lon: float | None = None
    lat: float | None = None
    repair: bool = False
    """Whether a repair is proposed: safe, and taken back as a whole."""
    about: tuple[str, ...] = ()
    """Codes of all that the repair touches, where that is more than ``code``."""


def found(
    kind: str,
    severity: Severity,
    code: str,
    message: str,
    fields: Mapping[str, object],
    at: tuple[float, float] | None = None,
    *,
    repair: bool = False,
    about: tuple[str, ...] = (),
) -> Finding:
    """Put a finding together; its place is longitude/latitude, rounded to a decimetre."""
    lon, lat = (None, None) if at is None else (round(at[0], 6), round(at[1], 6))
    return Finding(kind, severity, code, Sentence(message, fields), lon, lat, repair, about)


def m2(area: float) -> int:
    """Round square metres to whole ones."""
    return round(area)
