"""Compute steps in chunks within a time limit, so that slow methods do not block the window."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from app.engine.trajectory import Trajectory


def advance_within(advance: Callable[[int], None], step_count: int, seconds: float, chunk_size: int = 1) -> bool:
    """Call ``advance`` with growing chunks until ``step_count`` steps are made or the time is over.

    Returns whether all steps were made.
    """
    start_time = perf_counter()
    while step_count > 0 and perf_counter() - start_time < seconds:
        advance(min(chunk_size, step_count))
        step_count, chunk_size = step_count - chunk_size, max(chunk_size, min(2 * chunk_size, 256))
    return step_count <= 0


def initial_chunk_size(*trajectories: Trajectory) -> int:
    """Return a number of steps that takes about 1 ms: 1024 for plain methods on floats, 16 for others."""
    return (
        1024 if all(trajectory.method.batched and not trajectory.has_modifiers for trajectory in trajectories) else 16
    )


def catch_up(pending: list[tuple[Trajectory, int]], seconds: float) -> bool:
    """Advance trajectories towards their goals within a time limit, the shortest first.

    Returns whether all have reached their goals or ended.
    """
    start_time = perf_counter()
    for k, (trajectory, goal) in enumerate(sorted(pending, key=lambda item: item[0].last_step)):
        seconds_left = seconds - (perf_counter() - start_time)
        if seconds_left <= 0:
            break
        advance_within(
            trajectory.advance,
            goal - trajectory.last_step,
            seconds_left / (len(pending) - k),
            initial_chunk_size(trajectory),
        )
    return all(trajectory.last_step >= goal or trajectory.finished for trajectory, goal in pending)
