"""What is wrong in what is stored: one sentence each, with its place and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from gisapp.i18n import Sentence

Severity = Literal["cause", "fault", "doubt", "notice"]
ORDER: Final[tuple[Severity, ...]] = ("cause", "fault", "doubt", "notice")
"""What explains other findings comes first, then what is wrong, then doubt, then notice."""


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


def m2(area: float) -> str:
    """Write square metres with narrow spaces."""
    return f"{area:,.0f}".replace(",", "\u2009")
