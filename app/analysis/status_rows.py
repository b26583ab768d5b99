"""The state and status of every run at given steps, as dictionaries for a JSON file or a table."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from app.analysis.curvature import curvature_at
from app.analysis.run_status import run_status
from app.analysis.stability_limit import effective_update, stability_limit
from app.analysis.status.network_status import gradient_norm_at
from app.engine.race import Race
from app.engine.trajectory import Trajectory


def status_rows(race: Race, steps: Iterable[int]) -> list[dict[str, Any]]:
    """Return a row for each run and step, in this order.

    A run that has ended before a step has the position of its last finite step. Numbers that are not finite or not
    known are None, so that the rows can be written as JSON.

    Parameters
    ----------
    race : Race
        The simulation; its runs are simulated further where a step is not computed yet.
    steps : iterable of int
        The steps, at least 0.

    Returns
    -------
    list of dict
        Keys: run (its number from 1), optimizer, hyperparameters, step, x, y, loss, gradient_norm, distance (to the
        nearest known minimum), evaluations (of the gradient and of the loss), status (the fields of ``RunStatus``),
        curvature (lambda_max, lambda_min, condition, and the stability limit ``bound`` of the optimizer ``bound_for``).
    """
    steps, rows = list(steps), []
    for index, trajectory in enumerate(race.trajectories):
        trajectory.advance(max(steps, default=0) - trajectory.last_known_step)
        rows += [{"run": index + 1, **trajectory_row(trajectory, step)} for step in steps]
    return rows


def trajectory_row(trajectory: Trajectory, step: int) -> dict[str, Any]:
    """Return the state and status of one run at a computed step; see ``status_rows``."""
    last_step = min(step, trajectory.last_step)
    x, y, loss = trajectory.xs[last_step], trajectory.ys[last_step], trajectory.losses[last_step]
    minima = getattr(trajectory.surface_at(last_step), "minima", ())
    return {
        "optimizer": trajectory.method.id,
        "hyperparameters": dict(trajectory.hyperparameters_at(max(last_step, 1))),
        "step": step,
        "x": _finite(x),
        "y": _finite(y),
        "loss": _finite(loss),
        "gradient_norm": _gradient_norm(trajectory, last_step),
        "distance": min((math.hypot(x - a, y - b) for a, b in minima), default=None),
        "evaluations": sum(trajectory.evaluation_counts(last_step)),
        "status": run_status(trajectory, min(step, trajectory.last_known_step)).as_dict(),
        "curvature": _curvature(trajectory, last_step),
    }


def _gradient_norm(trajectory: Trajectory, step: int) -> float | None:
    if trajectory.projected_problem is not None:
        return _finite(gradient_norm_at(trajectory, step))
    try:
        return _finite(math.hypot(*trajectory.surface_at(step)(trajectory.xs[step], trajectory.ys[step])[1]))
    except (ArithmeticError, ValueError):
        return None


def _curvature(trajectory: Trajectory, step: int) -> dict[str, Any]:
    if trajectory.projected_problem is not None:  # the curvature of the plane is not that of the problem
        return dict.fromkeys(("lambda_max", "lambda_min", "condition", "bound", "bound_for"))
    curvature = curvature_at(trajectory.surface_at(step), trajectory.xs[step], trajectory.ys[step])
    limit = stability_limit(trajectory, step, None, effective_update(trajectory, step))
    return {
        "lambda_max": _finite(curvature.largest),
        "lambda_min": _finite(curvature.smallest),
        "condition": _finite(curvature.condition_number),
        "bound": limit.learning_rate if limit else None,
        "bound_for": trajectory.method.id if limit else None,
    }


def _finite(value: float | None) -> float | None:
    """Return a finite number as a float, None otherwise."""
    return float(value) if value is not None and math.isfinite(value) else None
