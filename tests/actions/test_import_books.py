"""What the words of a file mean, and where its rows lie, as the page of imports shows it."""

import numpy as np
import shapely

from gisapp.actions.import_books import Book, Meaning, books, met
from gisapp.actions.import_picture import WIDTH, picture, read_as
from gisapp.core import coordinates
from gisapp.i18n import N_, Name, Sentence
from gisapp.intake.faults import Finding
from gisapp.intake.kinds import KINDS
from gisapp.intake.profiles import Profile
from tests.factories import Make


def opened(make: Make, words: list[str], **more: object) -> list[Book]:
    profile = Profile.model_validate({"columns": {"size": "规模", "name": "名称"}} | more)
    found = books(make.session, KINDS["enterprises"], profile, lambda _: words, {})
    return list(found)


def test_a_column_that_is_understood_needs_no_book(make: Make) -> None:
    assert opened(make, ["大型", "small", "LARGE"]) == []


def test_unknown_words_come_first_with_the_number_of_their_rows(make: Make) -> None:
    (book,) = opened(make, ["大型", "大型", "个体", "?", "?"])

    assert book.meanings == [
        Meaning("?", 2, None),
        Meaning("个体", 1, None),
        Meaning("大型", 2, "large"),
    ]
    assert [code for code, _ in book.choices] == ["large", "medium", "small", "micro"]


def test_a_book_says_what_it_says_of_words_the_sample_lacks_too(make: Make) -> None:
    (book,) = opened(make, ["大型", "?"], values={"size": {"个体": "micro", "*": "small"}})

    said = {one.theirs: (one.rows, one.ours) for one in book.meanings}
    assert said == {"个体": (0, "micro"), "大型": (1, "small"), "?": (1, "small")}
    assert book.other == "small"


def test_words_that_a_check_met_are_counted_by_field() -> None:
    word = Sentence(N_("x"), {"field": Name("规模", "size"), "value": "个体"})
    kind = Sentence(N_("x"), {"value": "打架"})
    findings = [
        Finding(2, "unknown_value", word),
        Finding(3, "unknown_value", word),
        Finding(4, "unknown_category", kind),
        Finding(5, "bad_date", word),
    ]

    assert met(findings) == {"size": {"个体": 2}, "category": {"打架": 1}}


def test_a_picture_shows_both_readings_on_the_ground(make: Make) -> None:
    grids = [
        make.grid(shape=shapely.box(120 + n / 100, 30, 120.01 + n / 100, 30.01)) for n in (0, 1)
    ]
    assert grids
    middle = np.array([[120.005, 30.005], [120.015, 30.005]])
    shifted = np.column_stack(coordinates.wgs_to_gcj(middle[:, 0], middle[:, 1]))

    found = picture(
        make.session, read_as(shifted, None, "EPSG:4326"), read_as(shifted, None, "gcj02")
    )

    assert found is not None
    east = [np.mean([x for x, _ in found[name]["dots"]]) for name in ("now", "other")]
    moved_m = (east[0] - east[1]) / found["bar"] * found["bar_m"]
    assert abs(moved_m - 450) < 120
    assert found["ground"]
    assert all(0 <= x <= WIDTH for name in ("now", "other") for x, _ in found[name]["dots"])
