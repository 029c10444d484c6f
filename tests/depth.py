"""How many drawn cases a property is tried on: some in every run, many more with TEST_DEEP=1."""

import os
from typing import Final

DEEP: Final = os.environ.get("TEST_DEEP", "") not in {"", "0"}

TIMES: Final = 10


def cases(usual: int) -> int:
    """Return how many cases to draw where a usual run draws ``usual``."""
    return usual * TIMES if DEEP else usual
