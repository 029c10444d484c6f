from pathlib import Path

import pytest

from gisapp.i18n import Sentence, say
from gisapp.intake.kinds import KINDS
from gisapp.intake.profiles import ProfileWrong, load


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("kind = 3", "kind"),
        ("colums = 1", "colums"),
        ("[columns]\nname = 1", "columns.name"),
        ('[[parent]]\ncode = "abc"\nname = "a"', "parent.0.code"),
        ("\x00", "line 1"),
        ("# " + "x" * 1_000_001, "-"),
    ],
)
def test_a_typing_mistake_is_said_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    path = tmp_path / "p.toml"
    path.write_text(text)

    with pytest.raises(ProfileWrong) as wrong:
        load(path, KINDS["departments"])

    assert say(Sentence("{place}", wrong.value.fields), str, "en") == place


def test_a_device_that_never_ends_is_read_no_further_than_a_profile_can_be() -> None:
    with pytest.raises(ProfileWrong):
        load(Path("/dev/zero"), KINDS["departments"])
