"""Everything an installation may set, read once at start and passed on by hand."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, DirectoryPath, Field, SecretStr, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from gisapp.errors import InvalidInput
from gisapp.i18n import N_, Sentence


class UnknownSetting(InvalidInput):
    """A ``GISAPP_*`` variable is not one of ours: a typing mistake must not pass."""

    code = "unknown_setting"
    message = N_("There is no setting {name}. “gisapp settings” lists all of them.")


class WrongSetting(InvalidInput):
    """A setting has a value it cannot have."""

    code = "wrong_setting"
    message = N_("The setting {name} cannot be “{value}”: {reason}.")


USUAL_REASON: Final = N_("“gisapp settings” says what it is for")

REASONS: Final = {
    "literal_error": N_("it is one of {expected}"),
    "int_parsing": N_("it is a whole number"),
    "float_parsing": N_("it is a number"),
    "finite_number": N_("it is a number"),
    "bool_parsing": N_("it is true or false"),
    "greater_than": N_("it is more than {gt}"),
    "greater_than_equal": N_("it is at least {ge}"),
    "less_than_equal": N_("it is at most {le}"),
    "string_too_long": N_("it has at most {max_length} characters"),
    "path_not_directory": N_("there is no such folder"),
    "time_zone": N_("there is no such time zone; one is Asia/Shanghai"),
    "tiles_url": N_("it begins with https:// or http:// and names {{z}}, {{x}} and {{y}}"),
    "pattern": N_("it is no regular expression"),
    "neighbours": N_("it is queen, knn:1 to knn:99, or band:1 to band:99999 (metres)"),
}
"""What a value must be, by pydantic's name of the fault."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError) as wrong:
        raise PydanticCustomError("time_zone", "no such zone") from wrong
    return name


def _tiles(url: str) -> str:
    if url and not re.fullmatch(r"https?://[^/\s]+/\S*", url):
        raise PydanticCustomError("tiles_url", "no tiles")
    if url and not all(part in url for part in ("{z}", "{x}", "{y}")):
        raise PydanticCustomError("tiles_url", "no tiles")
    return url


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as wrong:
        raise PydanticCustomError("pattern", "no pattern") from wrong
    return text


def _neighbours(text: str) -> str:
    if not re.fullmatch(r"queen|knn:[1-9][0-9]?|band:[1-9][0-9]{0,4}", text):
        raise PydanticCustomError("neighbours", "no rule of neighbours")
    return text


def data_folder() -> Path:
    """Return the folder in which the default database file lives."""
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "gisapp"


def _default_database() -> SecretStr:
    return SecretStr(f"sqlite:///{data_folder() / 'gisapp.sqlite'}")


class Settings(BaseSettings):
    """Read once at start and passed on by hand; nobody looks them up from afar."""

    model_config = SettingsConfigDict(
        env_prefix="GISAPP_", frozen=True, extra="forbid", allow_inf_nan=False
    )

    database_url: SecretStr = Field(
        default_factory=_default_database,
        description=N_("sqlite:///path (SpatiaLite) or postgresql+psycopg://… (PostGIS)"),
    )
    locale: Literal["zh_CN", "en"] = Field(
        "zh_CN", description=N_("Language for a browser or terminal that asks for neither")
    )
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(
        "Asia/Shanghai", description=N_("Zone in which days and months are cut")
    )
    name: str = Field("", max_length=40, description=N_("Name of the installation in the top bar"))
    map_review_number: str = Field(
        "", max_length=60, description=N_("Map review number (审图号) printed on every map")
    )
    tiles_url: Annotated[str, AfterValidator(_tiles)] = Field(
        "", description=N_("Tile server, https://…/{z}/{x}/{y}; empty: no page asks another host")
    )
    layers_folder: DirectoryPath | None = Field(
        None, description=N_("Folder with further layers of your own")
    )
    tiles_folder: Path | None = Field(
        None, description=N_("Folder of ready tiles; empty: beside the database file")
    )
    imports_folder: Path | None = Field(
        None,
        description=N_("Folder of files that pages bring, for a day; empty: beside the database"),
    )
    workers: int = Field(2, ge=1, le=32, description=N_("Web server processes"))
    job_workers: int = Field(
        1, ge=0, le=32, description=N_("Processes beside the web server for long work; 0: none")
    )
    job_lease_s: float = Field(
        60.0,
        ge=1,
        le=3600,
        description=N_("Seconds after which the job of a worker that fell silent is taken up"),
    )
    grid_code: Annotated[str, AfterValidator(_pattern)] = Field(
        r"[0-9]{12}[0-9]{2,6}", description=N_("Pattern of a grid code; begins with its community")
    )

    households_least: int = Field(
        300, ge=0, description=N_("Households of a grid below which check says a word")
    )
    households_most: int = Field(
        500, ge=1, description=N_("Households of a grid above which check says a word")
    )
    check_least_m2: float = Field(
        1.0, gt=0, le=1e6, description=N_("Square metres from which gaps and overlaps count")
    )
    check_sliver_m: float = Field(
        5.0, gt=0, le=100, description=N_("Gaps and overlaps narrower than this, m, are slivers")
    )

    travel_speed_kmh: float = Field(
        18.0, gt=0, le=200, description=N_("Speed from office to grid, km/h")
    )
    travel_detour: float = Field(
        1.3, ge=1, le=5, description=N_("Way travelled ÷ straight line from office to grid")
    )
    floor_normal: float = Field(
        0.10, ge=0, le=1, description=N_("Least deployed share of each department, normal times")
    )
    floor_surge: float = Field(
        0.30, ge=0, le=1, description=N_("Least deployed share of each department, in a surge")
    )
    surge_days: int = Field(92, ge=1, le=366, description=N_("Days that a surge may last at most"))
    floor_base: Literal["roll", "eligible"] = Field(
        "roll", description=N_("Base of the share: headcount on the roll, or eligible cadres")
    )
    floor_leaders: bool = Field(
        True, description=N_("Leaders count in the base “eligible” and among the deployed")
    )

    match_specialty_min: float = Field(
        60.0,
        ge=0,
        le=10_000,
        description=N_("Minutes that a seat's missing specialty counts in matching"),
    )
    match_wish_min: float = Field(
        10.0,
        ge=0,
        le=10_000,
        description=N_("Minutes that not knowing what a grid needs most counts"),
    )
    match_move_min: float = Field(
        20.0,
        ge=0,
        le=10_000,
        description=N_("Minutes that moving somebody away from today's plan counts"),
    )
    match_leaders_as_members: bool = Field(
        False, description=N_("Leaders may be members of grids and communities too")
    )

    posts_need: float = Field(
        12.0,
        gt=0,
        description=N_("Cases a year from which a community gets a seat for a specialty"),
    )
    posts_cases: float = Field(
        48.0, gt=0, description=N_("Cases a year per seat; a community's need ÷ this is its seats")
    )

    coverage_need: float = Field(
        1.0, gt=0, description=N_("Cases a year from which a missing specialty is a gap")
    )
    coverage_far_min: float = Field(
        30.0, gt=0, description=N_("Minutes beyond which the nearest member is far")
    )
    coverage_stretch: float = Field(
        1.5, gt=0, description=N_("Need ÷ supply beyond which a grid is stretched")
    )
    coverage_cases: float = Field(
        12.0, gt=0, description=N_("Cases a year one member can take, over all grids served")
    )

    hotspot_neighbours: Annotated[str, AfterValidator(_neighbours)] = Field(
        "queen",
        description=N_("A grid's neighbours: queen (touching), knn:8 (nearest), band:500 (metres)"),
    )
    hotspot_correction: Literal["bh", "by"] = Field(
        "bh",
        description=N_("False discoveries in a map: bh (Benjamini-Hochberg), by (-Yekutieli)"),
    )
    hotspot_randomisation: Literal["total", "conditional"] = Field(
        "total", description=N_("Whether chance moves a grid's own value (total) or not")
    )
    hotspot_reference: Literal["cube", "month"] = Field(
        "cube", description=N_("A month's score for trends: among all months (cube) or its own")
    )

    false_alarms_per_year: float = Field(
        1.0,
        gt=0,
        le=12,
        description=N_("False alarms a year that alerts of gatherings may give, each category"),
    )

    duties: bool = Field(
        True,
        description=N_("The worker looks for alerts each month and erases places each day"),
    )
    alerts_day: int = Field(
        5,
        ge=1,
        le=28,
        description=N_("Day from which it looks at the month before, which releases the month"),
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is handed over and nothing else; `from_env` reads the environment."""
        return (init_settings,)

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Self:
        """Read every ``GISAPP_*`` variable.

        Raises `UnknownSetting` for one we do not have, `WrongSetting` for a bad value.
        """
        env = os.environ if env is None else env
        # pydantic-settings ignores unknown variables, and a typing mistake must not pass.
        ours = {name for name in env if name.startswith("GISAPP_")}
        known = {f"GISAPP_{name.upper()}": name for name in cls.model_fields}
        if strange := sorted(ours - set(known)):
            raise UnknownSetting(name=strange[0])
        try:
            return cls.model_validate({known[name]: env[name] for name in ours})
        except ValidationError as wrong:
            first = wrong.errors()[0]
            name = f"GISAPP_{str(first['loc'][0]).upper()}"
            hidden = "…" if name == "GISAPP_DATABASE_URL" else str(first["input"])[:80]
            about = {key: str(said) for key, said in first.get("ctx", {}).items()}
            if "expected" in about:
                about["expected"] = about["expected"].replace(" or ", ", ")
            reason = Sentence(REASONS.get(first["type"], USUAL_REASON), about)
            raise WrongSetting(name=name, value=hidden, reason=reason) from wrong
