"""How a program writes: a strict body, the version it saw, one transaction, done once."""

from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError

from gisapp.actions.once import Retold, once
from gisapp.errors import InvalidInput
from gisapp.i18n import N_
from gisapp.web.answers import spoken
from gisapp.web.context import NotText, actor, now, state

F = TypeVar("F", bound="Form")


class VersionMissing(InvalidInput):
    """A change does not say which version it is a change of."""

    code = "version_missing"
    message = N_("Say in If-Match which version you saw.")


class NotJson(InvalidInput):
    """The body cannot be read as JSON."""

    code = "not_json"
    message = N_("The body is no JSON object.")


class UnknownField(InvalidInput):
    """The body has a field that is not known there."""

    code = "unknown_field"
    message = N_("There is no field “{name}” here.")


class InvalidField(InvalidInput):
    """A field of the body is missing, or cannot have this value."""

    code = "invalid_field"
    message = N_("The field “{name}” is missing or cannot have this value.")


class Form(BaseModel):
    """The body of a write: what is not listed is refused, and nothing is guessed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @classmethod
    def read(cls) -> Self:
        """Read the body of this request; raises for the first fault."""
        try:
            form = cls.model_validate_json(request.get_data())
        except ValidationError as wrong:
            first = wrong.errors(include_input=False, include_url=False)[0]
            where = [part for part in first["loc"] if not str(part).startswith("function-")]
            if not where:
                raise NotJson from wrong
            name = ".".join(map(str, where))[:80]
            kind = UnknownField if first["type"] == "extra_forbidden" else InvalidField
            raise kind(name=name) from wrong
        if not keepable(form.model_dump()):
            raise NotText
        return form


def keepable(value: Any) -> bool:
    """Whether every database can keep what was sent: none keeps U+0000 in a text."""
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, Mapping):
        return all(keepable(part) for pair in value.items() for part in pair)
    return not isinstance(value, list | tuple) or all(map(keepable, value))


class New(Form):
    """A body with an id that the client made."""

    id: UUID


def seen_version() -> int:
    """Return the version that the asker saw (If-Match); raise `VersionMissing` without one."""
    tags = request.if_match.as_set()
    if len(tags) != 1:
        raise VersionMissing
    tag = tags.pop() or ""  # an empty one is read as none
    if not (tag.isascii() and tag.isdigit() and len(tag) <= 9):  # noqa: PLR2004  # fits an integer
        raise VersionMissing
    return int(tag)


def done_once(
    form: New,
    deed: Callable[[Any], Any],
    *,
    brief: tuple[str, ...] = (),
    again: Callable[[Any, dict[str, Any]], Any] | None = None,
) -> dict[str, Any]:
    """Do a deed in a transaction of its own, once for its id; returns its answer as plain JSON.

    ``deed`` is given the session. What it returns is said in the language of who asked first.
    Of a long answer only the keys in ``brief`` are kept, and ``again`` tells the rest from them.
    """
    asked = {
        "to": f"{request.method} {request.path}",
        "version": request.headers.get("If-Match", ""),
        "body": form.model_dump(mode="json"),
    }
    with state().runtime.sessions.write(actor(), now()) as session:
        retold = None
        if again is not None:
            retold = Retold(
                lambda answer: {name: answer[name] for name in brief},
                lambda kept: spoken(again(session, kept)),
            )
        return once(session, form.id, asked, lambda: spoken(deed(session)), retold)
