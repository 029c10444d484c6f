"""The variants of the invented town; apart, because to name them nothing need be loaded."""

from typing import Final

DEFAULT: Final = "default"
SHORT_FLOOR: Final = "short-floor"
"""One department cannot reach its floor."""
VARIANTS: Final = (DEFAULT, SHORT_FLOOR)
