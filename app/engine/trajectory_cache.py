"""Find or make the trajectory of each run, reusing what is already computed."""

from __future__ import annotations

from collections.abc import Iterable

from app.engine.trajectory import FOREVER, Track
from app.model.experiment import Run
from optimizers.loss import Surface

Seat = tuple[Run, tuple[float, float]]


def seated(seats: Iterable[Seat], surface: Surface, budget: int | None, pool: list[Track]) -> list[Track]:
    """A track for each run with its start, taken out of the pool where one is there: whole, or what they have in common.

    Of several that are whole: one with that budget, then the longest.
    """
    seats = list(seats)
    tracks: list[Track | None] = []
    for run, start in seats:
        whole = (track for track in pool if track.agrees(run, surface, start) == FOREVER)
        same = max(whole, key=lambda track: (track.budget == budget, track.reach), default=None)
        if same is not None:
            pool.remove(same)
        tracks.append(same)
    for k, (run, start) in enumerate(seats):
        if tracks[k] is None:
            tracks[k] = _made(run, surface, start, pool, [track for track in tracks if track is not None])
    return [track for track in tracks if track is not None]


def _made(run: Run, surface: Surface, start: tuple[float, float], pool: list[Track], taken: list[Track]) -> Track:
    """A track with as much of a known past as there is: one of the pool itself where nothing of it is lost, else a fork."""
    shared, best = 0, None
    for track in (*taken, *pool):  # of equals the last: a fork costs more than one of the pool
        common = min(track.agrees(run, surface, start), track.reach)
        if common >= max(shared, 1):
            shared, best = common, track
    if best is None:
        return Track(run, surface, start)
    if shared == best.reach and any(track is best for track in pool):
        pool.remove(best)
        return best.retimed(run)
    return best.fork(shared).retimed(run)
