"""What is kept as JSON until somebody reads it: sentences and names stay ready for any language."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from gisapp.i18n import Name, Sentence

SENTENCE: Final = "$sentence"
FIELDS: Final = "$fields"
NAME: Final = "$name"


def pack(value: Any) -> Any:
    """Turn what an action returns into plain JSON; sentences and names keep what they are."""
    packed: Any = value
    if isinstance(value, Sentence):
        packed = {SENTENCE: value.message, FIELDS: pack(value.fields)}
    elif isinstance(value, Name):
        packed = {NAME: [value.zh, value.en]}
    elif isinstance(value, np.ndarray | np.generic):
        packed = pack(value.tolist())
    elif isinstance(value, Mapping):
        packed = {str(key): pack(one) for key, one in value.items()}
    elif isinstance(value, list | tuple):
        packed = [pack(one) for one in value]
    elif isinstance(value, float) and not math.isfinite(value):
        packed = None  # PostgreSQL takes no other
    elif isinstance(value, bool | int | float | None):
        packed = value
    elif hasattr(value, "isoformat"):
        packed = value.isoformat()
    else:
        packed = str(value)
    return packed


def unpack(value: Any) -> Any:
    """Bring sentences and names back."""
    if isinstance(value, list):
        return [unpack(one) for one in value]
    if not isinstance(value, dict):
        return value
    if SENTENCE in value:
        return Sentence(value[SENTENCE], unpack(value[FIELDS]))
    if NAME in value:
        return Name(*value[NAME])
    return {key: unpack(one) for key, one in value.items()}
