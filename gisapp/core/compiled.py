"""Kernels, given to numba when one of their module is first called: loading numba takes 0.4 s."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from fcntl import LOCK_EX, flock
from functools import update_wrapper
from pathlib import Path
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


def _take_turns(quick: Any, name: str) -> None:
    """
    Let one process compile a kernel while others wait for it, and read what it has kept.

    A server, its workers and a command begin together and need the same kernels: each would
    compile all of them.
    """
    from numba.core.compiler_lock import global_compiler_lock  # noqa: PLC0415

    alone, lock = quick.compile, Path(quick.stats.cache_path, name)

    def by_turns(sig: Any) -> Any:
        # Threads first: who holds a kernel's lock must not wait for a thread that wants it.
        with global_compiler_lock, _turn(lock):
            return alone(sig)

    quick.compile = by_turns


@contextmanager
def _turn(lock: Path) -> Iterator[None]:
    """Hold a lock that ends with the process; where none can be had, each works for itself."""
    with ExitStack() as stack:
        with suppress(OSError):  # a folder that is read only, a disk without locks
            lock.parent.mkdir(parents=True, exist_ok=True)
            flock(stack.enter_context(lock.open("ab")), LOCK_EX)
        yield


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
            _take_turns(made[word], f"{name}.{word}.lock")
    words |= made
    # Only now, for others may call them at once.
    for word, kernel in kernels.items():
        kernel.quick = made[word]
