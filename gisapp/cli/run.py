"""``gisapp init``, ``gisapp doctor``, ``gisapp settings``: the installation itself."""

import sys
from typing import Any

import click
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from gisapp.actions import duties, installation
from gisapp.cli.door import Door, door
from gisapp.i18n import N_

DONE = {
    "created": N_("The database is made."),
    "upgraded": N_("The database is upgraded."),
    "unchanged": N_("The database is up to date."),
}


@click.command()
@door
def init(door: Door) -> None:
    """Create the database, or upgrade it."""
    done = installation.prepare(door.runtime.sessions.engine)
    with door.write() as session:
        installation.make(session)
    door.line(DONE[done])
    door.answer({"database": _database(door.settings.database_url), "done": done})


@click.command()
@door
def doctor(door: Door) -> None:
    """Say what this installation runs on, and what to mend."""
    found = installation.examine(door.runtime.sessions.engine)
    if all(finding.advice is None for finding in found):
        with door.read() as session:
            found += duties.examine(session)
    for finding in found:
        subject = door.translate(finding.subject)
        if finding.advice is None:
            door.line(N_("ok  {subject} {value}"), subject=subject, value=finding.value)
        else:
            door.line(
                N_("!!  {subject} {value}: {advice}"),
                subject=subject,
                value=finding.value,
                advice=finding.advice,
            )
    rows = [
        {
            "subject": door.translate(finding.subject),
            "ok": finding.advice is None,
            "value": finding.value,
            "advice": finding.advice,
        }
        for finding in found
    ]
    well = all(row["ok"] for row in rows)
    door.answer({"ok": well, "findings": rows})
    if not well:
        sys.exit(1)


@click.command()
@door
def settings(door: Door) -> None:
    """List every setting with its purpose and value."""
    chosen = door.settings
    rows = []
    for field, about in type(chosen).model_fields.items():
        name = f"GISAPP_{field.upper()}"
        value = _plain(getattr(chosen, field))
        given = field in chosen.model_fields_set
        purpose = door.translate(about.description or "")
        rows.append({"name": name, "value": value, "set": given, "description": purpose})
        sign = "*" if given else " "
        door.line("{sign} {name}={value}", sign=sign, name=name, value=value)
        door.line("    {purpose}", purpose=purpose)
    door.line(N_("* set in the environment; all others have their default."))
    door.answer({"settings": rows})


def _plain(value: object) -> Any:
    if isinstance(value, SecretStr):
        return _database(value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _database(address: SecretStr) -> str:
    return make_url(address.get_secret_value()).render_as_string(hide_password=True)
