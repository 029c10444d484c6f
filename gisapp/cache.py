"""Keeps what was worked out, by bytes: what was not asked for longest goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")

MEGABYTE: Final = 1 << 20


@dataclass(slots=True)
class Cache:
    """One per process and kind of thing; safe for threads."""

    most: int
    """Bytes."""
    _kept: OrderedDict[Hashable, tuple[Any, int]] = field(default_factory=OrderedDict)
    _turns: dict[Hashable, tuple[Lock, int]] = field(default_factory=dict)
    """Who makes what now, and how many ask for it."""
    _total: int = 0
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """Return what is kept under ``key``; make and keep it when it is not there.

        Two who ask at once may both make it: nobody waits for another's work.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("T", self._kept[key][0])
        made = make()
        self._put(key, made, size(made))
        return made

    def has(self, key: Hashable) -> bool:
        """Whether something is kept under ``key``."""
        with self._lock:
            return key in self._kept

    def once(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """Return what is kept under ``key``; while one makes it, others who ask wait for it."""
        with self._lock:
            turn, waiting = self._turns.get(key, (Lock(), 0))
            self._turns[key] = (turn, waiting + 1)
        try:
            with turn:
                return self.get(key, make, size)
        finally:
            with self._lock:
                turn, waiting = self._turns.pop(key)
                if waiting > 1:
                    self._turns[key] = (turn, waiting - 1)

    def _put(self, key: Hashable, made: Any, size: int) -> None:
        with self._lock:
            if key in self._kept:
                self._total -= self._kept.pop(key)[1]
            if size > self.most:
                return
            self._kept[key] = (made, size)
            self._total += size
            while self._total > self.most:
                self._total -= self._kept.popitem(last=False)[1][1]
