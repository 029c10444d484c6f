"""What pages on which files come in say alike: kinds, sizes, how far a job is."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext

from gisapp.actions.jobs import Seen
from gisapp.i18n import N_, day_name
from gisapp.intake.kinds import CHINESE_CHOICES, KINDS
from gisapp.intake.limits import MEGABYTE
from gisapp.web.answers import spoken
from gisapp.web.context import locale, session
from gisapp.web.writing import InvalidField

KIND_WORDS: Final = {
    "areas": N_("areas"),
    "grids": N_("grids"),
    "departments": N_("departments"),
    "offices": N_("offices"),
    "cadres": N_("cadres"),
    "recusals": N_("recusals"),
    "links": N_("links"),
    "posts": N_("posts"),
    "assignments": N_("placements of today"),
    "enterprises": N_("enterprises"),
    "disputes": N_("disputes"),
    "services": N_("services"),
    "travel": N_("travel minutes"),
}
"""What each kind of rows is called."""

ENDED: Final = ("done", "failed", "cancelled")
"""States of a job that is over."""


def spoken_job(job: Seen | None) -> dict[str, Any] | None:
    """Say how far a job is."""
    return None if job is None else {"id": str(job.id), **spoken(job.document())}


def kinds() -> dict[str, str]:
    """Say what each kind of rows is called."""
    return {kind: gettext(word) for kind, word in KIND_WORDS.items() if kind in KINDS}


def choices() -> dict[str, str]:
    """Say what stands for our words in files; in English they are the words."""
    if locale() != "zh_CN":
        return {}
    return {ours: theirs for theirs, ours in CHINESE_CHOICES.items()}


def size(number: int) -> str:
    """Say how large a file is."""
    return (
        f"{number / MEGABYTE:.1f} MB" if number >= MEGABYTE / 10 else f"{max(1, number // 1000)} kB"
    )


def id_of(text: str) -> UUID:
    """Read the id that a form carries; raises `InvalidField`."""
    try:
        return UUID(text)
    except ValueError as wrong:
        raise InvalidField(name="id") from wrong


def moment(at: datetime) -> str:
    """Say when something was: the hour of today, else the day."""
    today: date = session().today
    local = at.astimezone(ZoneInfo(session().settings.time_zone))
    if local.date() == today:
        return str(gettext("today {time}")).format(time=f"{local:%H:%M}")
    if local.date() == today - timedelta(days=1):
        return str(gettext("yesterday"))
    day = day_name(local.date()).within(locale())
    if local.year != today.year:
        return day
    return day.partition("年")[2] if locale() == "zh_CN" else day.rpartition(" ")[0]
