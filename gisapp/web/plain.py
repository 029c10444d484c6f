"""What a map says, for a browser without script: its sentence, and its places page by page."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from gisapp.i18n import counted
from gisapp.web import api
from gisapp.web.answers import spoken
from gisapp.web.context import asked, locale
from gisapp.web.framing import around, mapped
from gisapp.web.maps_api import of_places

plain = Blueprint("plain", __name__)


@plain.get("/map/<name>/plain")
def as_text(name: str) -> str:
    """Say what the map says, and list the places the most urgent first."""
    layer = mapped(name)
    args = asked(more=True)
    page = api.number("page", args.pop("page", "1"), 1, 10**9)
    found = of_places(layer, args)
    told = spoken(api.listed(found, api.in_order(layer.style.column, found), page, api.PAGE))
    named = {column.name: gettext(column.title) for column in layer.columns}
    places = [
        {
            "name": row["name"],
            "code": row["code"],
            "word": gettext(layer.style.paints[row[layer.style.column]].word),
            "figures": _figures(row, named, layer.style.column),
            "sentence": row["sentence"] or "",
        }
        for row in told["rows"]
    ]
    here = url_for("plain.as_text", name=name)
    turns = {
        step: f"{here}?{urlencode(request.args.to_dict() | {'page': page + by})}"
        for step, by in (("back", -1), ("on", 1))
        if 1 <= page + by <= told["pages"]
    }
    return render_template(
        "plain.html",
        title=gettext(layer.title),
        sentence=spoken(found.about.get("sentence")),
        places=places,
        total=told["total"],
        turns=turns,
        **around(name),
    )


def _figures(row: dict[str, Any], named: dict[str, str], painted: str) -> list[str]:
    """Say the columns that are figures; classes have words of their own."""
    return [
        f"{title} {value if isinstance(value, str) else counted(value, locale())}"
        for name, title in named.items()
        if name != painted and ((value := row[name]) == "<5" or isinstance(value, int))
    ]
