"""Unified social credit codes with true check digits and an invented registry (GB 32100)."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

SIGNS = np.array(list("0123456789ABCDEFGHJKLMNPQRTUWXY"))
"""GB 32100: 31 signs; I, O, S, V and Z could be misread."""
ORGANISATION = np.array([3, 7, 9, 10, 5, 8, 4, 2])
"""Weights of GB 11714."""
WHOLE = 3 ** np.arange(17) % 31
SERIAL_DIGITS = 8


def credit_codes(registry: list[str], serial: Ints) -> list[str]:
    """
    Make one code for each enterprise.

    Parameters
    ----------
    registry
        Six digits each: the county that registered it. Demo counties are not in use.
    serial
        Below 10**8; the organisation's number.
    """
    body = serial[:, None] // 10 ** np.arange(SERIAL_DIGITS - 1, -1, -1) % 10
    rest = (11 - body @ ORGANISATION % 11) % 11
    # Ten is written X, sign 28 of the 31.
    check = np.where(rest == 10, np.flatnonzero(SIGNS == "X")[0], rest)  # noqa: PLR2004
    county = np.array([[int(digit) for digit in code] for code in registry]).reshape(-1, 6)
    head = np.tile([9, 1], (len(serial), 1))
    known = np.column_stack((head, county, body, check))
    last = (31 - known @ WHOLE % 31) % 31
    signs = SIGNS[np.column_stack((known, last))]
    return ["".join(row) for row in signs]
