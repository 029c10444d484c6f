"""What stands around every page, and what the script of every map is told."""

import json
from collections.abc import Sequence
from typing import Any, Final

from flask import g, render_template, url_for
from flask_babel import gettext

from gisapp.actions import maps, surge
from gisapp.auth import Scope
from gisapp.catalogue import UnknownLayer
from gisapp.i18n import day_name
from gisapp.layer import Layer
from gisapp.palette import Style
from gisapp.web import ground
from gisapp.web.context import actor, locale, session, state, view

MAPS: Final = ("coverage", "hotspots", "plan")
"""Layers with a page of their own, in the order of the tabs."""

CHINA: Final = (73.0, 18.0, 135.0, 54.0)
"""What a map shows before there are any boundaries."""


def mapped(name: str) -> Layer[Any]:
    """Return a layer that has a page of its own, for who may see it; else raise."""
    layer = ground.layer(name)
    if name not in MAPS:
        raise UnknownLayer(name=name[:80], names=list(MAPS))
    actor().must(layer.scope)
    return layer


def around(current: str) -> dict[str, Any]:
    """Give what the frame of every page shows."""
    seen = view()
    layers = state().runtime.layers
    tabs = [
        {
            "name": name,
            "title": gettext(layers[name].title),
            "url": _place(name),
            "current": name == current,
        }
        for name in (*MAPS, "my_grid")
        if name in layers and seen.actor.may(layers[name].scope)
    ]
    if seen.actor.may(Scope.DATA_REPAIR):
        brings = seen.actor.may(Scope.DATA_IMPORT)
        url = url_for("import_pages.files" if brings else "check_pages.findings")
        data = {"name": "data", "title": gettext("Data"), "url": url}
        tabs.append(data | {"current": current in {"import", "check"}})
    return {
        "layers": tabs,
        "view": {
            "role": seen.actor.role.value,
            "area_code": seen.actor.area_code,
            "area_name": seen.area_name,
            "cadre": seen.staff_number,
            "cadre_name": seen.cadre_name,
            "planner_name": seen.planner_name,
        },
        "checks": seen.actor.may(Scope.DATA_REPAIR),
        "brings": seen.actor.may(Scope.DATA_IMPORT),
        "today": session().today,
        "surges": _surges(),
        "demo": maps.is_demo(session()),
        "installation_name": state().runtime.settings.name or maps.town(session()),
    }


def _place(name: str) -> str:
    """Where a tab leads; who makes plans comes to the list of them."""
    if name == "my_grid":
        return url_for("pages.my_grid")
    if name == "plan" and view().actor.may(Scope.PLANS_WRITE):
        return url_for("plan_pages.listed")
    return url_for("pages.map_page", name=name)


def _surges() -> list[dict[str, Any]]:
    """Say which surges are in force; who may end one is led to where that is done."""
    share = state().runtime.settings.floor_surge
    ends = view().actor.may(Scope.PLANS_WRITE)
    return [
        {
            "area_name": each.area_name,
            "until": each.until and day_name(each.until).within(locale()),
            "floor": f"{share:.0%}".rstrip("%"),
            "url": f"{url_for('plan_pages.listed')}#surge" if ends else "",
        }
        for each in surge.surges(session())
    ]


def told(title: str, *sentences: str) -> dict[str, Any]:
    """Tell the script of a page with a map what it draws, and the ``sentences`` it says."""
    key = ground.key()
    return {
        "title": title,
        "revision": key,
        "context": ground.surroundings().key,
        "bounds": _bounds(key),
        "locale": locale(),
        "area": view().actor.area_code,
        "demo": maps.is_demo(session()),
        "messages": _messages("messages.json.j2", *sentences),
        "csrf": g.csrf,
    }


def _bounds(key: str) -> Sequence[float]:
    return maps.extent(ground.world(key, "grid")) or CHINA


def _messages(*templates: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in templates:
        found |= json.loads(render_template(name))
    return found


def dressed(style: Style) -> dict[str, Any]:
    """Say how each value of a style looks and what it is called here."""
    chinese = locale() == "zh_CN"
    return {
        "column": style.column,
        "order": list(style.paints),
        "breaks": list(style.sequential),
        "paints": {
            str(value): {
                "word": gettext(paint.word),
                "sign": paint.sign_zh if chinese else paint.sign_en,
                "colour": paint.colour,
                "pattern": paint.pattern,
                "patternColour": paint.pattern_colour,
                "textColour": paint.text_colour,
                "stamped": paint.stamped,
            }
            for value, paint in style.paints.items()
        },
    }
