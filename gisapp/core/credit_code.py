"""The check digit of the unified social credit code."""

from typing import Final

SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Digits and capitals without I, O, S, V, Z, in order of their values."""

LENGTH: Final = 18


def check_digit(first: str) -> str:
    """
    Compute the last character of a unified social credit code.

    Parameters
    ----------
    first
        Its first 17 characters, all of them in `SIGNS`.

    Returns
    -------
    digit
        One of `SIGNS`.

    Notes
    -----
    GB 32100-2015: weights 3 to the power of the position, modulo 31.
    """
    total = sum(SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(first))
    return SIGNS[-total % 31]


def fits(code: str) -> bool:
    """
    Say whether a code has the right shape and the right check digit.

    Parameters
    ----------
    code
        Any text.

    Returns
    -------
    fits
        False also for another length or a character that never occurs.
    """
    return (
        len(code) == LENGTH
        and all(sign in SIGNS for sign in code)
        and check_digit(code[:-1]) == code[-1]
    )
