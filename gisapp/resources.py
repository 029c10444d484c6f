"""Where layers/, templates/ and data/ are: inside a wheel, beside the package in a checkout."""

from pathlib import Path
from typing import Final

from gisapp.errors import Unavailable
from gisapp.i18n import N_

PACKAGE: Final = Path(__file__).resolve().parent
CHECKOUT: Final = PACKAGE.parent


class MissingFolder(Unavailable):
    """A folder that ships with the program is not there: the installation is broken."""

    code = "missing_folder"
    message = N_("The program's folder “{name}” is missing. Install the program again.")


def in_checkout() -> bool:
    """Tell whether the program runs from its sources rather than from a wheel."""
    return (CHECKOUT / "pyproject.toml").is_file()


def folder(name: str) -> Path:
    """Return the absolute path of ``layers``, ``templates`` or ``data``.

    A wheel carries these folders inside the package, a checkout beside it.
    """
    home = CHECKOUT if in_checkout() else PACKAGE
    path = home / name
    if not path.is_dir():
        raise MissingFolder(name=name)
    return path
