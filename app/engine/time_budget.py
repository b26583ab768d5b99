"""Updates in pieces, as many as there is time for: no rule, however slow, may hold the window."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from app.engine.trajectory import Trajectory


def advance_within(advance: Callable[[int], None], step_count: int, seconds: float, chunk_size: int = 1) -> bool:
    """Advance by ``count`` in pieces that grow from ``piece``; False where the time was over before the last of them."""
    start_time = perf_counter()
    while step_count > 0 and perf_counter() - start_time < seconds:
        advance(min(chunk_size, step_count))
        step_count, chunk_size = step_count - chunk_size, max(chunk_size, min(2 * chunk_size, 256))
    return step_count <= 0


def initial_chunk_size(*trajectories: Trajectory) -> int:
    """Updates that surely take no long time: plain rules on floats need a millisecond for a thousand."""
    return (
        1024 if all(trajectory.method.batched and not trajectory.has_modifiers for trajectory in trajectories) else 16
    )


def catch_up(pending: list[tuple[Trajectory, int]], seconds: float) -> bool:
    """Let each track come to its goal, as far as there is time, those that are the farthest behind first; whether all have."""
    start_time = perf_counter()
    for k, (trajectory, goal) in enumerate(sorted(pending, key=lambda one: one[0].last_step)):
        seconds_left = seconds - (perf_counter() - start_time)
        if seconds_left <= 0:
            break
        advance_within(
            trajectory.advance,
            goal - trajectory.last_step,
            seconds_left / (len(pending) - k),
            initial_chunk_size(trajectory),
        )
    return all(track.last_step >= goal or track.finished for track, goal in pending)
