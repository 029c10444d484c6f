"""Files of tiles, written and read back."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gisapp.core.pmtiles import NoTileFile, ids
from gisapp.tilefile import TileFile, TilesUnwritable, write

EXTENT = (117.0, 30.0, 118.0, 31.0)


def number(z: int, x: int, y: int) -> int:
    return int(ids(z, np.array([x]), np.array([y]))[0])


def some(many: int) -> list[tuple[int, bytes]]:
    """Tiles of zoom 8, most of them."""
    return [(number(8, 0, 0) + 2 * at, str(at).encode()) for at in range(many)]


@pytest.mark.parametrize("many", [0, 1, 1000, 30_000])
def test_every_tile_is_found_and_no_other(tmp_path: Path, many: int) -> None:
    path = tmp_path / "new" / "a.pmtiles"

    assert write(path, some(many), {}, (8, 8), EXTENT) == many

    file = TileFile.open(path)
    side = np.arange(256)
    x, y = (each.ravel() for each in np.meshgrid(side, side))
    at = {one: (int(a), int(b)) for one, a, b in zip(ids(8, x, y).tolist(), x, y, strict=True)}
    first = number(8, 0, 0)
    for one in (0, 1, 2, many, 2 * many - 2, 2 * many - 1, 2 * many):
        expected = str(one // 2).encode() if one % 2 == 0 and 0 <= one < 2 * many else b""
        if first + one in at:
            assert file.get(8, *at[first + one]) == expected


def test_a_file_appears_when_it_is_whole_and_leaves_nothing_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "a.pmtiles"

    def broken() -> Iterator[tuple[int, bytes]]:
        yield 5, b"one"
        assert not path.exists()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(path, broken(), {}, (8, 8), EXTENT)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("keep", [0, 100, 16_384, 16_500])
def test_a_damaged_file_is_none(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "a.pmtiles"
    write(path, some(1000), {}, (8, 8), EXTENT)
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(NoTileFile):
        TileFile.open(path)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(TilesUnwritable):
        write(tmp_path / "file" / "a.pmtiles", some(3), {}, (8, 8), EXTENT)
