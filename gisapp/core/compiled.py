"""Kernels, given to numba when one of their module is first called: loading numba takes 0.4 s."""

import sys
from collections.abc import Callable
from functools import update_wrapper
from threading import RLock
from types import FunctionType
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

LOADING = RLock()


class Kernel(Generic[P, R]):
    """
    A plain function as numba compiles it, or reads it from the cache beside its source.

    Parameters
    ----------
    plain
        A function of a module that uses arrays, numbers and other kernels only. It runs
        without the interpreter's lock.
    """

    def __init__(self, plain: Callable[P, R]) -> None:
        self.plain: Any = plain
        self.quick: Any = None
        """What numba makes of it; None until a kernel of its module is called."""
        update_wrapper(self, plain)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do what the plain function says; compiles for kinds of arguments it has not met."""
        if self.quick is None:
            with LOADING:
                _load(self.plain.__module__)
        found: R = self.quick(*args, **kwargs)
        return found

    @property
    def compiled(self) -> bool:
        """Whether a call need not wait for the compiler, if its arguments are of the usual kind."""
        return self.quick is not None and bool(self.quick.signatures)


def _load(name: str) -> None:
    """Give the kernels of a module to numba, which finds those they call by their names."""
    import numba  # noqa: PLC0415  # no command that asks nothing of a kernel waits for it

    words = dict(vars(sys.modules[name]))
    kernels = {word: one for word, one in words.items() if isinstance(one, Kernel)}
    made = {}
    for word, kernel in kernels.items():
        plain = kernel.plain
        if plain.__module__ != name:
            _load(plain.__module__)
        made[word] = kernel.quick
        if made[word] is None:
            own = FunctionType(plain.__code__, words, plain.__name__, plain.__defaults__)
            made[word] = numba.njit(cache=True, nogil=True)(own)
    words |= made
    # Only now, for others may call them at once.
    for word, kernel in kernels.items():
        kernel.quick = made[word]
