"""The curvature at the position of a run, and the limit of its learning rate there."""

from __future__ import annotations

from typing import NamedTuple

from app.analysis.curvature import Curvature, curvature_at
from app.analysis.stability_limit import StabilityLimit, effective_update, has_stability_theory, stability_limit
from app.engine.trajectory import Trajectory


class LocalStability(NamedTuple):
    """The curvature, whether a theory of stability applies to the run, and its limit; None where nothing limits it."""

    curvature: Curvature
    has_theory: bool
    limit: StabilityLimit | None


def local_stability(trajectory: Trajectory, step: int) -> LocalStability | None:
    """Return the stability of a run after ``step``, or its last one if that is earlier.

    None after it has diverged, and for a problem with many parameters, whose curvatures are not known.
    """
    if trajectory.projected_problem is not None:
        return None
    if trajectory.diverged_at is not None and trajectory.diverged_at <= step:
        return None
    step = min(step, trajectory.last_step)
    update = effective_update(trajectory, step)
    return LocalStability(
        curvature_at(trajectory.surface_at(step), trajectory.xs[step], trajectory.ys[step]),
        has_stability_theory(update),
        stability_limit(trajectory, step, None, update),
    )
