"""Writes one table as an .xlsx: codes stay text, numbers stay numbers, nothing computes.

By hand: openpyxl, which the tests read it with, writes numbers with sixteen digits (the last one of
0.30000000000000004 is lost), refuses text that holds controls, and takes nine times as long.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml."

PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{TYPE}styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">'
    '<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    "<borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
    '<cellXfs count="3"><xf/><xf numFmtId="49" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" applyFont="1" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}
TEXT, NAME = 1, 2
"""Styles of a text, which stays one when somebody edits it, and of a column's name."""

UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\r\ud800-\udfff\ufffe\uffff]")
LOOKS_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
MOST_CHARACTERS: Final = 32_767
"""Of a cell, as the format says."""


def write(out: Path | IO[bytes], sheet: str, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write ``columns`` as the only sheet of a new workbook; the names stay in sight."""
    title = re.sub(r"[\\/*?:\[\]']", " ", sheet)[:31] or "1"
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        f'<sheet name="{_quoted(title)}" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, text in (PARTS | {"xl/workbook.xml": book}).items():
            archive.writestr(name, HEAD + text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for text in _sheet(columns):
                part.write(text.encode())


def _sheet(columns: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    yield (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews><sheetData>'
    )
    yield _row(_text(str(name), NAME) for name in columns)
    for values in zip(*columns.values(), strict=True):
        yield _row(_cell(value) for value in values)
    yield "</sheetData></worksheet>"


def _row(cells: Iterable[str]) -> str:
    return f"<row>{''.join(cells)}</row>"


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value!r}</v></c>"
    return _text(str(value), TEXT)


def _text(text: str, style: int) -> str:
    plain = _quoted(text[:MOST_CHARACTERS])
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{plain}</t></is></c>'


def _quoted(text: str) -> str:
    """Write what XML cannot hold as _xHHHH_, and what only looks like that so that it stays."""
    text = LOOKS_ESCAPED.sub("_x005F_", text)
    text = UNWRITABLE.sub(lambda sign: f"_x{ord(sign[0]):04X}_", text)
    return escape(text, {'"': "&quot;"})
