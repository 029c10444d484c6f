from hypothesis import given
from hypothesis import strategies as st

from gisapp.cache import Cache


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 40)), max_size=60))
def test_a_cache_never_keeps_more_than_it_may_and_never_the_wrong_thing(
    asked: list[tuple[int, int]],
) -> None:
    cache = Cache(100)
    for key, size in asked:
        assert cache.get(key, lambda key=key: key, lambda _, size=size: size) == key  # type: ignore[misc]
        assert cache._total <= 100  # noqa: SLF001
        assert cache._total == sum(kept[1] for kept in cache._kept.values())  # noqa: SLF001


def test_what_was_asked_for_last_stays_and_what_is_too_large_is_not_kept() -> None:
    cache = Cache(100)
    made: list[str] = []

    def ask(key: str, size: int = 40) -> None:
        cache.get(key, lambda: made.append(key), lambda _: size)

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    ask("large", 101)
    ask("large", 101)

    assert made == ["a", "b", "c", "b", "large", "large"]
