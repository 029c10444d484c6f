"""Findings are said in two parts: what is wrong, and what to do."""

import pytest
from flask import Flask
from flask_babel import Babel

from gisapp.i18n import Sentence
from gisapp.web.import_report import halves


@pytest.fixture
def english() -> Flask:
    app = Flask("says")
    Babel(app, locale_selector=lambda: "en")
    return app


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("“{value}” is empty. Fill it in.", ("“a. B” is empty", "Fill it in.")),
        ("It stands alone.", ("It stands alone", "")),
        ("No {value}: wrong. “Mend” it. Then go.", ("No a. B: wrong", "“Mend” it. Then go.")),
        ("“{value}”不对。改{value}。", ("“a. B”不对", "改a. B。")),
    ],
)
def test_a_message_falls_apart_between_sentences_and_never_within_a_value(
    english: Flask, message: str, parts: tuple[str, str]
) -> None:
    with english.test_request_context():
        assert halves(Sentence(message, {"value": "a. B"})) == parts
