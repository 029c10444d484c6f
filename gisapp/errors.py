"""The five kinds of things that can go wrong, and what every one of them carries."""

from datetime import date
from typing import ClassVar

from gisapp.i18n import N_, Sentence, day_name


class GisappError(Exception):
    """Something a person can understand and act on; leaves live next to what raises them."""

    code: ClassVar[str] = "error"
    """For programs. Never changed, never used again for something else."""
    message: ClassVar[str] = N_("Something went wrong.")
    """English, marked with ``N_``; named fields in braces."""

    def __init__(self, **fields: object) -> None:
        super().__init__()
        self.fields = fields

    @property
    def sentence(self) -> Sentence:
        """What to say to the person, days as people write them; the doors translate it."""
        said = {
            name: day_name(value) if type(value) is date else value
            for name, value in self.fields.items()
        }
        return Sentence(self.message, said)

    def __str__(self) -> str:
        return self.message.format(**self.fields)


class InvalidInput(GisappError):
    """Change it and try again."""

    code = "invalid_input"
    message = N_("The input is not valid.")


class NotFound(GisappError):
    """It is not there, or not there for this actor: both look the same."""

    code = "not_found"
    message = N_("Not found.")


class Forbidden(GisappError):
    """The actor may not do this."""

    code = "forbidden"
    message = N_("This is not allowed here.")


class Conflict(GisappError):
    """Something else is there, or came first: look again, then decide."""

    code = "conflict"
    message = N_("Something else is in the way. Look again.")


class Unavailable(GisappError):
    """Try again later."""

    code = "unavailable"
    message = N_("Not available at the moment. Try again later.")
