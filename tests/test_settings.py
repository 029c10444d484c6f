from pathlib import Path

import pytest

from gisapp.i18n import Sentence
from gisapp.settings import REASONS, Settings, UnknownSetting, WrongSetting

WRONG = [
    ("LOCALE", "fr", "literal_error"),
    ("TIME_ZONE", "Mars/Base", "time_zone"),
    ("TIME_ZONE", "", "time_zone"),
    ("TIME_ZONE", "../../etc/passwd", "time_zone"),
    ("WORKERS", "0", "greater_than_equal"),
    ("WORKERS", "two", "int_parsing"),
    ("NAME", "x" * 41, "string_too_long"),
    ("TILES_URL", "javascript:alert(1)", "tiles_url"),
    ("TILES_URL", "https://tiles.example/", "tiles_url"),
    ("LAYERS_FOLDER", "/nosuch", "path_not_directory"),
    ("GRID_CODE", "[", "pattern"),
    ("FLOOR_NORMAL", "10", "less_than_equal"),
    ("FLOOR_NORMAL", "nan", "finite_number"),
    ("COVERAGE_FAR_MIN", "inf", "finite_number"),
    ("TRAVEL_SPEED_KMH", "0", "greater_than"),
    ("TRAVEL_SPEED_KMH", "fast", "float_parsing"),
    ("MATCH_MOVE_MIN", "1e308", "less_than_equal"),
    ("FLOOR_LEADERS", "maybe", "bool_parsing"),
]


@pytest.mark.parametrize(("name", "value", "reason"), WRONG)
def test_a_wrong_value_is_refused_at_the_start_with_a_reason_of_ours(
    name: str, value: str, reason: str
) -> None:
    with pytest.raises(WrongSetting) as wrong:
        Settings.from_env({f"GISAPP_{name}": value})

    said = wrong.value.fields["reason"]
    assert isinstance(said, Sentence)
    assert said.message == REASONS[reason]
    assert wrong.value.fields["name"] == f"GISAPP_{name}"


def test_a_variable_that_is_none_of_ours_stops_the_program() -> None:
    with pytest.raises(UnknownSetting):
        Settings.from_env({"GISAPP_DATABSE_URL": "sqlite:///x"})


def test_values_that_can_be_are_taken(tmp_path: Path) -> None:
    env = {
        "GISAPP_TILES_URL": "https://tiles.example/{z}/{x}/{y}.png",
        "GISAPP_LAYERS_FOLDER": str(tmp_path),
        "GISAPP_TIME_ZONE": "America/Chicago",
    }

    settings = Settings.from_env(env)

    assert settings.layers_folder == tmp_path
