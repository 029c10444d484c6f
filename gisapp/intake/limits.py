"""How much a file may hold and a reader may use: every number of the gate, in one place."""

from dataclasses import dataclass, replace
from typing import Final

MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one import may cost. Tests hand over smaller ones."""

    upload_bytes: int = 200 * MEGABYTE
    """The file as it is brought."""
    unpacked_bytes: int = 1_000 * MEGABYTE
    """What comes out of a .gz, a .zip or a workbook."""
    entries: int = 200
    """Files in an archive."""
    ratio: int = 100
    """Unpacked ÷ packed, from `ratio_from_bytes` on: small files may pack better."""
    ratio_from_bytes: int = 10 * MEGABYTE
    layers: int = 20
    rows: int = 1_000_000
    """Features or table rows on the command line."""
    columns: int = 100
    cell_characters: int = 1_000
    vertices_a_shape: int = 100_000
    vertices_a_file: int = 10_000_000
    geometry_seconds: float = 60
    """To check and repair all outlines of a file; without repair only those that could be slow."""
    nesting: int = 4
    """Geometry inside geometry."""
    json_depth: int = 32
    cpu_seconds: int = 300
    wall_seconds: int = 400
    memory_bytes: int = 2_000 * MEGABYTE
    open_files: int = 64
    frame_bytes: int = 256 * MEGABYTE
    """One message of the reader."""


LIMITS: Final = Limits()

ON_THE_WEB: Final = replace(LIMITS, rows=200_000)
"""Of a file brought to a page; all else is alike."""

AT_ONCE: Final = 2 * MEGABYTE
"""Bytes of a file that is looked at while its reader waits; a larger one is a job."""

KEPT_FILES: Final = 20
"""Files that wait in the folder of those that were brought."""

KEPT_HOURS: Final = 24
"""After that a file that nobody stored is deleted."""

BRINGING_SECONDS: Final = 600
"""How long one file may take to arrive."""

KEPT_ROWS: Final = 20_000
"""Rows with a finding that a report keeps, with the one before and the one after each."""

KEPT_ROW_BYTES: Final = 3 * MEGABYTE
"""What they may be as text, before they are packed."""
