"""In which facts do two answers differ? Numbers beyond 1e-6, words, places, and order."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple

CLOSE = 1e-6
NUMBER = re.compile(r"(-?\d+\.?\d*(?:e[+-]?\d+)?)")
# Below these names stands where something is, and not what.
OF_PLACES = ("places", "svg", "layout", "shapes", "annotations")


class Fact(NamedTuple):
    """One difference: its kind, where in the answer, and both sides."""

    kind: str
    where: str
    was: Any
    now: Any

    def __str__(self) -> str:
        return f"{self.where}: {f'{self.was}'[:110]} → {f'{self.now}'[:110]}"


def differences(was: Any, now: Any, where: str = "") -> Iterator[Fact]:
    """The facts in which two answers differ."""
    if was == now:
        return
    if isinstance(was, dict) and isinstance(now, dict):
        for name in [*was, *(one for one in now if one not in was)]:
            at = f"{where}.{name}" if where else name
            if name in was and name in now:
                yield from differences(was[name], now[name], at)
            else:
                yield Fact(_kind(at, "words"), at, was.get(name, "nothing"), now.get(name, "nothing"))
    elif isinstance(was, list) and isinstance(now, list):
        yield from _of_lists(was, now, where)
    elif not are_close(was, now):
        only_numbers = f"{NUMBER.split(f'{was}')[::2]}" == f"{NUMBER.split(f'{now}')[::2]}"
        yield Fact(_kind(where, "numbers" if only_numbers else "words"), where, was, now)


def _of_lists(was: list[Any], now: list[Any], where: str) -> Iterator[Fact]:
    if len(was) == len(now) and not all(isinstance(one, str) for one in was):
        for number, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from differences(one, other, f"{where}.{number}")
        return
    before, after = ([NUMBER.sub("0", f"{one}") for one in side] for side in (was, now))
    if sorted(map(str, was)) == sorted(map(str, now)):
        yield Fact("order", where, was, now)
        return
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and b - a == d - c):
            for number, (one, other) in enumerate(zip(was[a:b], now[c:d], strict=True), a):
                yield from differences(one, other, f"{where}.{number}")
        else:
            yield Fact(_kind(where, "words"), f"{where}.{a}", was[a:b], now[c:d])


def are_close(was: Any, now: Any) -> bool:
    """Whether two values are alike but for how they are rounded; of two texts each number."""
    one, other = (NUMBER.split(f"{side}") for side in (was, now))
    if one[::2] != other[::2]:
        return False
    pairs = [(float(a), float(b)) for a, b in zip(one[1::2], other[1::2], strict=True)]
    return all(abs(a - b) <= CLOSE * max(1.0, abs(a)) for a, b in pairs)


def _kind(where: str, kind: str) -> str:
    return "places" if any(name in where.split(".") for name in OF_PLACES) else kind
