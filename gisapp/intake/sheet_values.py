"""What the number in a cell means: a code with zeros, a day, or the number itself."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from gisapp.intake import markup

DAYS: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Numbers of the built-in formats that show a day or a time."""
QUOTED: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
DAY_SIGNS: Final = re.compile(r"[ymdhs年月日]", re.IGNORECASE)
ZEROS: Final = re.compile(r"0{2,32}(?:_ )?(?:;.*)?")
FIRST_1900, FIRST_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001  # a day
LAST_DAY: Final = 2_958_465
"""31 December 9999."""
EXACT: Final = 2**53
MINUTE: Final = 1 / 1440


@dataclass(slots=True)
class Formats:
    """The number formats of one workbook, by the style a cell names."""

    from_1904: bool = False
    days: set[int] = field(default_factory=set)
    widths: dict[int, int] = field(default_factory=dict)
    """Digits that are shown, zeros in front."""

    def read(self, pieces: Iterable[bytes]) -> None:
        """Read the part with the styles."""
        own: dict[str, str] = {}
        cells: list[str] = []
        inside = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            if tag == "numFmt":
                own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            inside = inside or tag == "cellXfs"
            if inside and tag == "xf":
                cells.append(attributes.get("numFmtId", "0"))

        def end(tag: str) -> None:
            nonlocal inside
            inside = inside and tag != "cellXfs"

        markup.parse(pieces, start, end, lambda _: None)
        for style, number in enumerate(cells):
            shown = own.get(number)
            if shown is None:
                if number.isdigit() and int(number) in DAYS:
                    self.days.add(style)
            elif ZEROS.fullmatch(shown):
                self.widths[style] = len(shown.partition(";")[0].strip("_ "))
            elif DAY_SIGNS.search(QUOTED.sub("", shown)):
                self.days.add(style)

    def said(self, raw: str, style: int) -> str:
        """Return what people see of a number, without loss: never rounded, zeros kept."""
        try:
            number = float(raw)
        except ValueError:
            return raw
        if style in self.days and 0 <= number <= LAST_DAY:
            return self._day(number)
        if not number.is_integer() or abs(number) >= EXACT:
            # repr() is the shortest text that means this number.
            return repr(number) if abs(number) < EXACT else raw
        return f"{int(number):0{self.widths.get(style, 0)}d}"

    def _day(self, number: float) -> str:
        first = FIRST_1904 if self.from_1904 else FIRST_1900
        moment = first + timedelta(days=number)
        moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
        plain = number.is_integer()
        return moment.date().isoformat() if plain else moment.isoformat(sep=" ")
