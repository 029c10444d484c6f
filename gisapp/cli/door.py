"""What every command shares: settings, one transaction, one language, one way to fail."""

import functools
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, ParamSpec

import click
from babel.support import Translations

from gisapp import resources
from gisapp.auth import OPERATOR, Actor
from gisapp.errors import Conflict, Forbidden, GisappError, InvalidInput, NotFound, Unavailable
from gisapp.i18n import LOCALES, N_, Locale, Sentence, say
from gisapp.settings import Settings

if TYPE_CHECKING:
    from gisapp.runtime import Runtime

log = logging.getLogger(__name__)

P = ParamSpec("P")

STATUS: Final = (
    (InvalidInput, 422),
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (Unavailable, 503),
)

FOLDERS: Final = {"zh_CN": "zh_Hans_CN", "en": "en"}
"""Babel expands zh_CN and would silently find nothing under the shorter name."""


class Broken(GisappError):
    """A fault of the program itself."""

    code = "broken"
    message = N_("Something went wrong in the program. Report it with the lines above.")


def asked_language(option: Locale | None) -> Locale:
    """Return the language of the option, the setting, the terminal, or Chinese."""
    if option is not None:
        return option
    asked = os.environ.get("GISAPP_LOCALE")
    terminal = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    for wish in (asked, terminal):
        for locale in LOCALES:
            if wish and wish.replace("-", "_").startswith(locale):
                return locale
    return "zh_CN"


class Door:
    """One run of one command."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale
        self.json = False
        folder = str(resources.PACKAGE / "translations")
        self._words = Translations.load(folder, [FOLDERS[locale]])

    @functools.cached_property
    def settings(self) -> Settings:
        """The settings of this process; read when first needed."""
        return Settings.from_env()

    @functools.cached_property
    def runtime(self) -> "Runtime":
        """The installation, opened when first needed."""
        from gisapp.runtime import Runtime  # noqa: PLC0415  # two seconds that no help waits for

        return Runtime.open(self.settings)

    def close(self) -> None:
        """Give the database's connections back, if any were taken."""
        if "runtime" in self.__dict__:
            self.runtime.close()

    @property
    def now(self) -> datetime:
        """The clock at this door."""
        return datetime.now(UTC)

    @contextmanager
    def read(self, actor: Actor = OPERATOR) -> Iterator[Any]:
        """Open a unit of work that only reads; the database's version is checked first."""
        self.runtime.ready()
        with self.runtime.sessions.read(actor, self.now) as session:
            yield session

    @contextmanager
    def write(self, actor: Actor = OPERATOR) -> Iterator[Any]:
        """Open a unit of work that is kept as a whole or not at all."""
        self.runtime.ready()
        with self.runtime.sessions.write(actor, self.now) as session:
            yield session

    def translate(self, message: str) -> str:
        """Translate one marked message."""
        return self._words.ugettext(message)

    def say(self, sentence: Sentence) -> str:
        """Say a sentence in the asked language."""
        return say(sentence, self.translate, self.locale)

    def line(self, message: str, **fields: object) -> None:
        """Print one translated line for people; nothing when JSON was asked for."""
        if not self.json:
            click.echo(self.say(Sentence(message, fields)))

    def answer(self, document: dict[str, Any]) -> None:
        """Print the one JSON document, when it was asked for."""
        if self.json:
            click.echo(json.dumps(document, ensure_ascii=False, default=self._plain))

    def _plain(self, value: object) -> object:
        if isinstance(value, Sentence):
            return self.say(value)
        if hasattr(value, "within"):
            return value.within(self.locale)
        if hasattr(value, "tolist"):  # numpy
            return value.tolist()
        if hasattr(value, "isoformat"):
            return value.isoformat()
        raise TypeError(f"{type(value).__name__} has no JSON form")

    def fail(self, error: GisappError) -> None:
        """Print one line (or one RFC 9457 document) and end with exit code 1."""
        title = self.say(error.sentence)
        if self.json:
            status = next((s for kind, s in STATUS if isinstance(error, kind)), 500)
            fields = {key: self._field(value) for key, value in error.fields.items()}
            problem = {"type": "about:blank", "title": title, "status": status, "code": error.code}
            click.echo(json.dumps(fields | problem, ensure_ascii=False))
        else:
            click.echo(title, err=True)
        sys.exit(1)

    def _field(self, value: object) -> str:
        return self.say(value) if isinstance(value, Sentence) else str(value)


def door(command: Callable[..., None]) -> Callable[..., None]:
    """Give ``command`` its `Door` first and the option ``--json``; say our errors in one line."""

    @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
    @click.pass_obj
    @functools.wraps(command)
    def run(door: Door, /, *args: Any, as_json: bool, **kwargs: Any) -> None:
        door.json = as_json
        try:
            command(door, *args, **kwargs)
        except GisappError as wrong:
            door.fail(wrong)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception:
            log.exception("gisapp failed")
            door.fail(Broken())
        finally:
            door.close()

    return run
