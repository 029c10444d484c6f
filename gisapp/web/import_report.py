"""The report of a file on its page: kinds of findings, their list, and the one that is picked."""

import re
from typing import Annotated, Any, Final, Literal

from flask_babel import gettext
from pydantic import Field

from gisapp.actions import import_place, import_report
from gisapp.actions.brought import FINDINGS_MOST, INTERNAL
from gisapp.actions.import_report import PAGE, Picked, Show
from gisapp.i18n import N_, Sentence, say
from gisapp.query import InvalidParameter
from gisapp.web import ground
from gisapp.web.answers import spoken
from gisapp.web.context import locale
from gisapp.web.reports_api import ReportQuery

SYSTEM_WORDS: Final = {
    "gcj02": N_("GCJ-02 (Amap, Tencent)"),
    "bd09": N_("BD-09 (Baidu)"),
    "EPSG:4326-swapped": N_("latitude before longitude (WGS 84)"),
}
"""Systems that are called otherwise than by their number."""
FIT: Final = ("before", "after", "points")
NAMED: Final = 500
"""Communities are named on a small map where there are no more."""
STOP: Final = re.compile(r"(?<=。)(?=.)|(?<=[.?]) (?=[A-Z“`])")
"""Between two sentences of a message, before its fields are filled."""


class PageQuery(ReportQuery):
    """What of a file is shown."""

    read: Literal["", "1"] = ""
    """How it is read, though a report is there."""
    show: Show = ""
    at: Annotated[int, Field(ge=0, le=10**6)] = 0
    """Number of the finding that is picked, among those of its kind."""
    page: Annotated[int, Field(ge=0, le=10**6)] = 0
    """Of the list; 0: the one with the finding that is picked."""


def shown(report: dict[str, Any], query: PageQuery) -> dict[str, Any]:
    """Say what the page shows of a report."""
    if query.code and query.code not in report["codes"]:
        raise InvalidParameter(name="code", value=query.code)
    heaps = [_heap(report, each) for each in import_report.heaps(report)]
    picked = import_report.picked(report, query.code, query.at) if query.at else None
    begin = -(-query.at // PAGE) if query.code and query.at else 1
    rows, of, page = import_report.listed(report, query.show, query.code, query.page or begin)
    told: dict[str, Any] = spoken({k: said for k, said in report.items() if k not in INTERNAL})
    return told | {
        "heaps": [one for one in heaps if import_report.belongs(one["severity"], query.show)],
        "counts": {
            show: sum(import_report.belongs(one["severity"], show) for one in heaps)
            for show in ("", "refused", "doubt", "notice")
        },
        "kept_refused": (report.get("rows") or {}).get("refused", 0),
        "picked": None if picked is None else _picked(report, picked),
        "rows": [_listed(each) for each in rows],
        "page": page,
        "pages": max(1, -(-of // PAGE)),
        "listed": of,
        "listed_most": FINDINGS_MOST,
    }


def _heap(report: dict[str, Any], heap: import_report.Heap) -> dict[str, Any]:
    title, advice = _parts(report, heap.code, heap.first)
    return {
        "code": heap.code,
        "severity": heap.severity,
        "title": title,
        "advice": advice,
        "n": heap.n,
        "line": heap.line,
        "listed": heap.listed,
    }


def _listed(one: import_report.Listed) -> dict[str, Any]:
    return {
        "code": one.code,
        "at": one.at,
        "severity": one.severity,
        "line": one.line,
        "sentence": spoken(one.message),
    }


def _picked(report: dict[str, Any], picked: Picked) -> dict[str, Any]:
    title, advice = _parts(report, picked.finding.code, picked.finding.message)
    around = picked.around
    found = _listed(picked.finding) | {"of": picked.of, "title": title, "advice": advice}
    if around is None:
        return found | {"around": None, "map": None, "placed": False}
    return found | {
        "around": {
            "columns": around.columns,
            "lines": [
                {
                    "line": one.line,
                    "here": one.here,
                    "cells": list(zip(one.cells, one.wrong, strict=True)),
                }
                for one in around.lines
            ],
            "understood": [(column, spoken(field)) for column, field in around.understood],
            "left_out": around.left_out,
        },
        "placed": bool(around.place),
        "map": _map(report, picked) if around.place else None,
    }


def _map(report: dict[str, Any], picked: Picked) -> dict[str, Any] | None:
    key = ground.key()
    waters = ground.surroundings().worlds
    option = report["datum"] and report["datum"]["option"]
    drawn = import_place.drawn(
        picked.around and picked.around.place,
        (report["crs"], option),
        picked.near,
        {
            "community": lambda: ground.world(key, "community"),
            "grid": lambda: ground.world(key, "grid"),
            "water": lambda: waters["water"],
            "road": lambda: waters["road"],
        },
        list(_names(key)),
    )
    return None if drawn is None else drawn | {"system": report["crs"], "option": option}


def _names(key: str) -> Any:
    for level in ("township", "community"):
        if level == "community" and len(ground.world(key, level)) > NAMED:
            return
        called = ground.label(key, level)
        for name, lon, lat in zip(called.name, called.lon, called.lat, strict=True):
            if lon is not None and lat is not None:
                yield name, lon, lat


def _parts(report: dict[str, Any], code: str, message: Sentence) -> tuple[str, str]:
    """Say what is wrong, and what else there is to say; of a system, in the words of the page."""
    offer = report["datum"] if code == "datum" else None
    if not offer:
        return halves(message)
    named = gettext(SYSTEM_WORDS.get(offer["option"], offer["option"]))
    fit = N_(
        "{after} of {points} places fit the ground when they are read with {system}, "
        "{before} as they are."
    )
    fields = {"system": offer["option"]} | {name: offer[name] for name in FIT}
    title = gettext("The coordinates look like {system}").format(system=named)
    return title, say(Sentence(fit, fields), gettext, locale())


def halves(sentence: Sentence) -> tuple[str, str]:
    """Say what is wrong, without its full stop, and what else there is to say of it."""
    whole = gettext(sentence.message)
    first, *more = STOP.split(whole, maxsplit=1)
    rest = more[0] if more else ""

    def own(text: str) -> str:
        return text if text in (first, rest) else gettext(text)

    title, advice = (say(Sentence(part, sentence.fields), own, locale()) for part in (first, rest))
    return title.rstrip("。."), advice
