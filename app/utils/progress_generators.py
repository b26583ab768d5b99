"""Generators that yield the fraction of a computation that is done and return its result."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

Result = TypeVar("Result")
Computation = Callable[[], Generator[float, None, Any]]  # for a worker process it must be picklable, as a partial is


def finish(generator: Generator[float, None, Result], report: Callable[[float], object] | None = None) -> Result:
    """Run a generator to its end and return its result; ``report`` is called with every fraction."""
    while True:
        try:
            fraction = next(generator)
        except StopIteration as end:
            result: Result = end.value
            return result
        if report is not None:
            report(fraction)


def scaled(generator: Generator[float, None, Result], first: float, last: float) -> Generator[float, None, Result]:
    """Yield the fractions of a generator that is a part of the work, from ``first`` to ``last``."""
    while True:
        try:
            fraction = next(generator)
        except StopIteration as end:
            result: Result = end.value
            return result
        yield first + (last - first) * fraction
