"""A clock that counts work instead of time, so that the speed of the machine changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import app
from app.engine import update_timing
from app.engine.trajectory import Trajectory

SECONDS_PER_READING = 1e-5
SECONDS_PER_STEP = 2e-5  # of one run
UPDATE_TIME = 2.0  # measured microseconds of every update


@contextmanager
def counted_time() -> Iterator[None]:
    """Let the program read a clock that advances with its steps and with every reading.

    Work with a time limit then ends at the same step on every machine.
    """
    seconds = 0.0
    advance, measure = Trajectory.advance, update_timing._measure

    def read_clock() -> float:
        nonlocal seconds
        seconds += SECONDS_PER_READING
        return seconds

    def advance_and_count(trajectory: Trajectory, step_count: int) -> None:
        nonlocal seconds
        seconds += SECONDS_PER_STEP * step_count
        advance(trajectory, step_count)

    def measure_in_counted_time(trajectory: Trajectory) -> float:
        return 0 * measure(trajectory) + UPDATE_TIME  # nan remains nan

    with ExitStack() as patches:
        for name in _modules_with_a_clock():
            patches.enter_context(patch.object(import_module(name), "perf_counter", read_clock))
        patches.enter_context(patch.object(Trajectory, "advance", advance_and_count))
        patches.enter_context(patch.object(update_timing, "_measure", measure_in_counted_time))
        patches.enter_context(patch.dict(update_timing._cached_update_times, clear=True))
        yield


def _modules_with_a_clock() -> list[str]:
    package = Path(app.__file__).parent
    paths = [path for path in package.rglob("*.py") if "import perf_counter" in path.read_text(encoding="utf-8")]
    return [".".join(path.relative_to(package.parent).with_suffix("").parts) for path in paths]
