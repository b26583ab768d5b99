"""The steps of one playback frame: as many as there is time for, until all runs have converged."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from app.engine.race import Race
from app.engine.time_budget import advance_within, initial_chunk_size
from app.session.pending_work import RESPONSE_SECONDS
from app.session.status_cache import StatusCache

CONVERGENCE_CHECK_INTERVAL = 100  # steps between two checks whether all runs have converged


def advance_within_frame(race: Race, step_count: int, is_converged: Callable[[], bool] | None) -> bool:
    """Advance a race by as many of ``step_count`` steps as there is time for.

    Return whether ``is_converged`` ended it; None means that convergence is not checked.
    """
    start_time = perf_counter()
    while step_count > 0 and perf_counter() - start_time < RESPONSE_SECONDS:
        chunk_size, first_step = step_count, race.step
        if is_converged is not None:
            chunk_size = min(step_count, CONVERGENCE_CHECK_INTERVAL - race.step % CONVERGENCE_CHECK_INTERVAL)
        advance_within(race.advance, chunk_size, RESPONSE_SECONDS, initial_chunk_size(*race.trajectories))
        step_count -= chunk_size
        if race.step == first_step:
            break
        if is_converged is not None and race.step % CONVERGENCE_CHECK_INTERVAL == 0 and is_converged():
            return True
    return False


def all_converged(race: Race, statuses: StatusCache) -> bool:
    """Return whether every run has converged or ended otherwise at the displayed step."""
    return all(
        (trajectory.finished and race.step >= trajectory.last_known_step)
        or statuses.run_status(race, index).kind == "converged"
        for index, trajectory in enumerate(race.trajectories)
    )
