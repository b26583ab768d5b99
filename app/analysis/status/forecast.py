"""The exact continuation of a run under its present hyperparameters.

Update rules are pure functions, so the next steps of a run are known as soon as its state is. A status may use them
where the past alone cannot tell whether a run will leave the place it has reached.
"""

from __future__ import annotations

import weakref
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from app.engine.trajectory import INFINITE_STEPS, Trajectory, span_at
from optimizers.descent import Point, descend, evaluated_on
from optimizers.loss import SurfaceFunction

MAX_CACHED_STEPS = 8192  # simulated steps that are kept of one run


class _Continuation(NamedTuple):
    """Simulated steps after ``base_step``; ``end`` is the state after the last of them."""

    surface: SurfaceFunction
    hyperparameters: Mapping[str, float]
    base_step: int
    xs: array[float]
    ys: array[float]
    end: Point


_continuations: weakref.WeakKeyDictionary[Trajectory, _Continuation] = weakref.WeakKeyDictionary()


def constant_span(trajectory: Trajectory, step: int) -> tuple[int, Mapping[str, float], int]:
    """Return the hyperparameters of the update that led to ``step``, and the steps between which they hold.

    The surface at ``step`` also holds between these steps.
    """
    spans = trajectory.hyperparameters_by_step
    k = max(bisect_left(spans, step, key=lambda span: span[0]) - 1, 0)
    until = spans[k + 1][0] if k + 1 < len(spans) else INFINITE_STEPS
    surface_until = span_at(trajectory.surfaces_by_step, step)[1]
    surface_since = max(start for start, _ in trajectory.surfaces_by_step if start <= step)
    return max(spans[k][0], surface_since), spans[k][1], min(until, surface_until)


def forecast_positions(trajectory: Trajectory, step: int, count: int) -> np.ndarray:
    """Return the positions x + iy after the ``count`` steps that follow ``step``; fewer if the run overflows.

    The surface is that at ``step``, and the hyperparameters are those of the update that led to it, even if they change
    later: the result does not
    depend on how many steps are computed, nor on edits of the future. Computed steps are read, others are simulated.
    """
    first_step, hyperparameters, until = constant_span(trajectory, step)
    known_step = min(until, trajectory.last_step, step + count)
    xs, ys = trajectory.xs[step + 1 : known_step + 1], trajectory.ys[step + 1 : known_step + 1]
    missing = step + count - known_step
    if missing and not (trajectory.head.diverged and known_step == trajectory.last_step):
        surface = trajectory.surface_at(step)
        more_xs, more_ys = _simulate(trajectory, surface, hyperparameters, first_step, known_step, missing)
        xs, ys = xs + more_xs, ys + more_ys
    return np.asarray(xs) + 1j * np.asarray(ys)


def _simulate(
    trajectory: Trajectory,
    surface: SurfaceFunction,
    hyperparameters: Mapping[str, float],
    first_step: int,
    base_step: int,
    count: int,
) -> tuple[array[float], array[float]]:
    """Return ``count`` coordinates after ``base_step``; while a run plays, only steps that are new are simulated."""
    cached = _continuations.get(trajectory)
    offset = base_step - cached.base_step if cached else 0
    if (
        cached is None
        or cached.surface is not surface
        or cached.hyperparameters != hyperparameters
        or cached.base_step < first_step
        or not 0 <= offset <= len(cached.xs) <= MAX_CACHED_STEPS
    ):
        point = trajectory.point_at(base_step)
        if trajectory.surface_at(base_step) is not surface:  # at the step where the next surface begins
            point = evaluated_on(surface, point)
        cached, offset = _Continuation(surface, hyperparameters, base_step, array("d"), array("d"), point), 0
    missing = offset + count - len(cached.xs)
    if missing > 0 and not cached.end.diverged:
        end = descend(
            trajectory.method,
            surface,
            cached.end,
            hyperparameters,
            missing,
            cached.xs,
            cached.ys,
            array("d"),
        )
        cached = cached._replace(end=end)
    _continuations[trajectory] = cached
    return cached.xs[offset : offset + count], cached.ys[offset : offset + count]
