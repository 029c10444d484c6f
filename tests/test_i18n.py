import re
from io import BytesIO

import numpy as np
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from gisapp.i18n import N_, PLURAL, Sentence, say
from tests.test_house import CHINESE

MESSAGE = N_("{hot} of {grids} {grids:grid|grids} {hot:is|are} hot; none is new or rising.")


def english(**fields: object) -> str:
    return say(Sentence(MESSAGE, fields), lambda message: message, "en")


def test_a_word_follows_its_own_count() -> None:
    assert english(hot=1, grids=1) == "1 of 1 grid is hot; none is new or rising."
    assert english(hot=1, grids=9) == "1 of 9 grids is hot; none is new or rising."
    assert english(hot=0, grids=9) == "0 of 9 grids are hot; none is new or rising."
    assert english(hot="<5", grids=9) == "<5 of 9 grids are hot; none is new or rising."


def test_thousands_are_parted_as_readers_of_each_language_do() -> None:
    assert english(hot=1204, grids=1_000_000).startswith("1,204 of 1,000,000 grids are hot")
    chinese = say(Sentence("{n}", {"n": np.int64(18204)}), lambda message: message, "zh_CN")
    assert chinese == "18\u2009204"


def test_what_names_something_and_what_says_how_it_is_written_stays_as_it_is() -> None:
    fields = {"year": 2026, "batch": 1204, "p": 1204, "codes": [1204, "990001"], "sure": True}
    message = "{year} {batch} {p:.1f} {p:d} {codes} {sure}"

    said = say(Sentence(message, fields), str, "en")

    assert said == "2026 1204 1204.0 1204 1,204, 990001 True"


@given(st.text().filter(lambda text: "{" not in text and "}" not in text), st.integers(0, 3))
def test_what_stands_in_a_field_is_never_read_as_a_form(text: str, n: int) -> None:
    said = say(
        Sentence("{name}: {n} {n:grid|grids}", {"name": f"{{n:a|b}}{text}", "n": n}), str, ""
    )

    assert said == f"{{n:a|b}}{text}: {n} {'grid' if n == 1 else 'grids'}"


def test_chinese_has_no_plurals() -> None:
    catalogue = read_po(BytesIO(CHINESE.read_bytes()))
    ids = [str(message.id) for message in catalogue if PLURAL.search(str(message.id))]

    assert len(ids) > 40
    assert [one for one in ids if PLURAL.search(str(catalogue.get(one).string))] == []
    assert not any(re.search(r":[^{}|]*\|", str(catalogue.get(one).string)) for one in ids)
