"""Profiles: small TOML files that say how a foreign file's columns become ours."""

import re
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gisapp.auth import AREA_CODE
from gisapp.errors import InvalidInput
from gisapp.i18n import N_, Sentence
from gisapp.intake.kinds import KINDS, Kind

MOST_BYTES: Final = 1_000_000
PLACEHOLDER: Final = re.compile(r"\{([^{}:]+)(?::0?([0-9]{1,2})d)?\}")


class ProfileWrong(InvalidInput):
    """A profile says something that cannot be."""

    code = "profile_wrong"
    message = N_("Profile “{profile}”, {place}: {reason}.")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Parent(_Strict):
    """An area above those of the file, made from constants."""

    code: str = Field(pattern=f"^(?:{AREA_CODE.pattern})$")
    name: str = Field(min_length=1, max_length=80)


class Profile(_Strict):
    """How one foreign file becomes rows of ours; without one, columns have our names."""

    kind: str | None = None
    layer: str | None = None
    crs: str | None = None
    """EPSG:nnnn, gcj02 or bd09."""
    encoding: str | None = None
    area: str | None = None
    """Area of rows without a place."""
    starts: date | None = Field(None, alias="from")
    """First day of the plan that ``assignments`` makes."""
    repair: list[Literal["structure"]] = []
    """Repairs the admin accepts; each is listed in the report."""
    dates: list[str] = []
    """Further ways the file writes dates, as in strptime."""
    columns: dict[str, str] = {}
    """Our field, their column."""
    constants: dict[str, str | int | float | bool] = {}
    """Our field, one value for every row."""
    templates: dict[str, str] = {}
    """Our field, text with their columns in braces, whole numbers as ``{column:03d}``."""
    values: dict[str, dict[str, str]] = {}
    """Code book: our field, their value, ours; ``*`` stands for any other."""
    parent: list[Parent] = []


NONE: Final = Profile.model_validate({})


def load(path: Path, kind: Kind) -> Profile:
    """Read the profile at ``path`` for ``kind``; raises `ProfileWrong` with the place."""
    with path.open("rb") as file:  # a device says that it holds nothing, and never ends
        text = file.read(MOST_BYTES + 1)
    return parse(text, path.name, kind)


def parse(data: bytes, name: str, kind: Kind | None = None) -> Profile:
    """Read a profile called ``name``, for ``kind`` or the one it names; raises `ProfileWrong`."""

    def wrong(place: str | Sentence, message: str, **fields: object) -> ProfileWrong:
        return ProfileWrong(profile=name, place=place, reason=Sentence(message, fields))

    try:
        if len(data) > MOST_BYTES:
            raise wrong("-", N_("it is larger than a profile can be"))
        profile = Profile.model_validate(tomllib.loads(data.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        at = re.search(r"line (\d+)", str(broken))
        place = Sentence(N_("line {line}"), {"line": int(at[1])}) if at else "-"
        raise wrong(place, N_("this is no valid TOML")) from broken
    except ValidationError as broken:
        first = broken.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise wrong(place, N_("there is no such key")) from broken
        raise wrong(place, N_("this value cannot stand here")) from broken
    kind = kind or KINDS.get(profile.kind or "")
    if kind is None:
        raise wrong("kind", N_("it does not say for which kind of rows it is"))
    if profile.kind not in {None, kind.name}:
        raise wrong("kind", N_("the profile is for {kind}"), kind=profile.kind)
    _fields(profile, kind, wrong)
    return profile


def _fields(profile: Profile, kind: Kind, wrong: Callable[..., ProfileWrong]) -> None:
    ours = {field.name for field in kind.fields}
    seen: set[str] = set()
    for part in ("columns", "constants", "templates"):
        for name in getattr(profile, part):
            if name not in ours:
                raise wrong(f"{part}.{name}", N_("there is no such field"))
            if name in seen:
                raise wrong(f"{part}.{name}", N_("this field is given twice"))
            seen.add(name)
    for name in profile.values:
        if name not in seen:
            raise wrong(f"values.{name}", N_("this field comes from no column"))
    for name, text in profile.templates.items():
        if not PLACEHOLDER.search(text) or "{" in PLACEHOLDER.sub("", text):
            raise wrong(f"templates.{name}", N_("this template names no column"))
