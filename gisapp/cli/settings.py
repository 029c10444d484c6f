"""``gisapp settings``: what may be set, and what is."""

from typing import Any

import click
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from gisapp.cli.door import Door, door
from gisapp.cli.helping import Command
from gisapp.i18n import N_


@click.command(cls=Command)
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
        return address(value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def address(database: SecretStr) -> str:
    """Say where a database is, without its password."""
    return make_url(database.get_secret_value()).render_as_string(hide_password=True)
