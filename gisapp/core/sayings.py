"""What is said of a hotspot map, in whole sentences of published figures and whole months."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gisapp.core.hotmap import Trends
from gisapp.core.hotspots import SIGNIFICANT
from gisapp.core.publication import EVIDENCE, NOT_ENOUGH_EVIDENCE
from gisapp.core.trend import NO_PATTERN, NOW
from gisapp.i18n import N_, Sentence

TRENDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "new_hot": N_(
            "High in the last month, for the first time in {months} {months:month|months}."
        ),
        "consecutive_hot": N_("High in the last {high} months in a row, not before."),
        "intensifying_hot": N_("High in {high} of {months} {months:month|months} and rising."),
        "diminishing_hot": N_("High in {high} of {months} {months:month|months} and easing."),
        "persistent_hot": N_(
            "High in {high} of {months} {months:month|months}, neither rising nor easing."
        ),
        "historical_hot": N_(
            "High in {high} of {months} {months:month|months}, no longer in the last."
        ),
        "oscillating_hot": N_(
            "High in {high} of {months} {months:month|months}, and low in {low}."
        ),
        "sporadic_hot": N_("High in {high} of {months} {months:month|months}, on and off."),
        "new_cold": N_(
            "Low in the last month, for the first time in {months} {months:month|months}."
        ),
        "consecutive_cold": N_("Low in the last {low} months in a row, not before."),
        "intensifying_cold": N_("Low in {low} of {months} {months:month|months} and falling."),
        "diminishing_cold": N_("Low in {low} of {months} {months:month|months} and coming back."),
        "persistent_cold": N_(
            "Low in {low} of {months} {months:month|months}, neither falling nor coming back."
        ),
        "historical_cold": N_(
            "Low in {low} of {months} {months:month|months}, no longer in the last."
        ),
        "oscillating_cold": N_(
            "Low in {low} of {months} {months:month|months}, and high in {high}."
        ),
        "sporadic_cold": N_("Low in {low} of {months} {months:month|months}, on and off."),
    }
)


def about_place(level: int | str, found: Trends, grid: int) -> Sentence:
    """Say what the months show of one grid, or why nothing can be said."""
    fields: dict[str, object] = {
        "high": int(found.high[grid]),
        "low": int(found.low[grid]),
        "months": found.months,
        "evidence": EVIDENCE,
    }
    named = found.classes[grid]
    if named in TRENDS:
        return Sentence(TRENDS[named], fields)
    if level == NOT_ENOUGH_EVIDENCE:
        return Sentence(
            N_("Not enough evidence: fewer than {evidence} disputes here and around."), fields
        )
    if named != NO_PATTERN:
        return Sentence(N_("Too few disputes or months for a trend."), fields)
    if fields["high"] or fields["low"]:
        return Sentence(
            N_("High in {high} and low in {low} of {months} {months:month|months}, no pattern."),
            fields,
        )
    if level:
        return Sentence(N_("Stands out over the window, in no single month."), fields)
    return Sentence(N_("Stands out in none of {months} {months:month|months}."), fields)


def headline(levels: Mapping[int | str, int], classes: Mapping[str, int]) -> Sentence:
    """Say the one thing that matters most about the whole map."""
    grids = sum(levels.values())
    sure = [(level, number) for level, number in levels.items() if isinstance(level, int)]
    hot = sum(number for level, number in sure if level >= SIGNIFICANT)
    cold = sum(number for level, number in sure if level <= -SIGNIFICANT)
    fields: dict[str, object] = {
        "grids": grids,
        "hot": hot,
        "cold": cold,
        "new": classes.get("new_hot", 0),
        "consecutive": classes.get("consecutive_hot", 0),
        "intensifying": classes.get("intensifying_hot", 0),
        "evidence": EVIDENCE,
    }
    if not grids:
        return Sentence(N_("No grids yet. Import them, or look at the invented town."))
    if any(classes.get(name) for name in NOW):
        return Sentence(
            N_(
                "{hot} of {grids} {grids:grid|grids} {hot:is|are} hot. "
                "To deal with now: {intensifying} intensifying, "
                "{consecutive} consecutive, {new} new."
            ),
            fields,
        )
    if levels.get(NOT_ENOUGH_EVIDENCE, 0) == grids:
        return Sentence(
            N_("Not enough evidence: no grid has {evidence} disputes around it."), fields
        )
    if not hot:
        return Sentence(
            N_("None of {grids} {grids:grid|grids} is hot; {cold} {cold:is|are} cold.")
            if cold
            else N_("None of {grids} {grids:grid|grids} stands out."),
            fields,
        )
    return Sentence(
        N_(
            "{hot} of {grids} {grids:grid|grids} {hot:is|are} hot; "
            "too few disputes or months for a trend."
        )
        if classes.get(NOT_ENOUGH_EVIDENCE, 0) == grids
        else N_("{hot} of {grids} {grids:grid|grids} {hot:is|are} hot; none is new or rising."),
        fields,
    )
