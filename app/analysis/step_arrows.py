"""What the arrows of a step show: its parts tip to tail, its points and outlines, in the coordinates of the surface."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from app.analysis.curvature import curvature_at
from app.analysis.search_shapes import UNIT_CIRCLE, search_shapes
from app.analysis.stability_limit import effective_update, has_stability_theory, stability_limit
from app.analysis.step_explanation.point_names import point_names
from app.analysis.step_explanation.recorded_step import RecordedStep, record_step
from app.analysis.step_explanation.second_moment import second_moment
from app.engine.trajectory import Trajectory
from surfaces.surface import Bounds

Pair = tuple[float, float]
STEP, DESCENT = "step", "descent"  # names of arrows; the others are those of the parts of the step
PARABOLA_MARGIN = 1.15  # of the osculating parabola beyond the end of the step along it
VIEW_FACTOR = 1.8  # of the part that shows a step, relative to its extent
FLATTEST = 0.4  # height of that part relative to its width, or the other way round, at least
CACHE_KEY = "step arrows"


@dataclass(frozen=True)
class Arrow:
    """An arrow from ``tail`` to ``tip``; ``names`` are those under which it can be highlighted, its own first."""

    names: tuple[str, ...]
    tail: Pair
    tip: Pair

    @property
    def name(self) -> str:
        """The name of what it shows."""
        return self.names[0]


class SteepestCurvature(NamedTuple):
    """The direction of the largest curvature at a position, and the parabola along it that osculates the surface.

    The parabola is ``loss`` + ``slope`` s + ``curvature`` s^2 / 2 at a distance s in ``direction``, drawn from
    ``reach[0]`` to ``reach[1]``. ``limit`` is the stability limit of the learning rate, in names and as a number.
    """

    position: Pair
    loss: float
    direction: Pair
    slope: float
    curvature: float
    reach: Pair
    limit: tuple[str, float]

    def points(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return points (count, 2) along the direction, and the parabola there (count,)."""
        distances = np.linspace(*self.reach, count)
        losses = self.loss + distances * (self.slope + distances * self.curvature / 2)
        return np.array(self.position) + distances[:, None] * np.array(self.direction), losses


@dataclass(frozen=True)
class StepArrows:
    """What is drawn of a step.

    Attributes
    ----------
    step : int
        Number of the step, from 1.
    is_next : bool
        Whether it is the step after the displayed one, which has none before it.
    before, after : pair of float
        The positions.
    descent : pair of float or None
        The direction of the negative gradient, of length 1; None without a gradient.
    arrows : list of Arrow
        The parts of the step, each from the tip of the one before it, and the step itself, last. Zeros are left out.
    points : dict
        The named points, see ``StepExplanation``.
    outlines : list of ndarray, shape (n, 2)
        Closed lines: the simplex, the ellipse of a distribution, the trust region.
    axis_scales : pair of float or None
        How much an adaptive rule scales each coordinate, 1 / sqrt(second moment), relative to the larger one.
    steepest : SteepestCurvature or None
        Where the learning rate exceeds the stability limit at the displayed position.
    """

    step: int
    is_next: bool
    before: Pair
    after: Pair
    descent: Pair | None
    arrows: list[Arrow]
    points: dict[str, Pair]
    outlines: list[np.ndarray]
    axis_scales: Pair | None
    steepest: SteepestCurvature | None


def step_bounds(arrows: StepArrows) -> Bounds:
    """Return the part of the plane that shows the positions, arrows and points of a step, with a margin."""
    points = [arrows.before, arrows.after, *(each.tip for each in arrows.arrows), *arrows.points.values()]
    finite = np.array([point for point in points if np.isfinite(point).all()])
    low, high = finite.min(axis=0), finite.max(axis=0)
    center, half = (low + high) / 2, np.maximum(high - low, FLATTEST * (high - low).max()) / 2
    half = np.where(half > 0, half, 1e-3 * np.maximum(np.abs(center), 1.0)) * VIEW_FACTOR
    (left, bottom), (right, top) = (center - half).tolist(), (center + half).tolist()
    return (left, right), (bottom, top)


def step_arrows(trajectory: Trajectory, displayed_step: int) -> StepArrows | None:
    """Return what is drawn of the step that leads to the displayed one, or of the first step at step 0.

    The last result is kept with the trajectory. None for a run without a step, such as one that diverges in the first.
    """
    step = max(min(displayed_step, trajectory.last_step), 1)
    key = step, displayed_step == 0, trajectory.last_step == 0, trajectory.hyperparameters_at(step)
    cached_key, result = trajectory.derived.get(CACHE_KEY, (None, None))
    if cached_key != key:
        result = _build(trajectory, step, displayed_step == 0)
        trajectory.derived[CACHE_KEY] = key, result
    arrows: StepArrows | None = result
    return arrows


def _build(trajectory: Trajectory, step: int, is_next: bool) -> StepArrows | None:
    if trajectory.last_step < step:
        trajectory = trajectory.copy_until(trajectory.last_step)
        trajectory.advance(1)
        if trajectory.last_step < step:
            return None
    recorded = record_step(trajectory, step)
    displayed_step = 0 if is_next else step
    return StepArrows(
        step=step,
        is_next=is_next,
        before=recorded.before.position,
        after=recorded.after.position,
        descent=_descent_direction(recorded) if trajectory.method.uses_gradient else None,
        arrows=list(_arrows(recorded)),
        points=recorded.points,
        outlines=[*search_shapes(_coupled_state(recorded)), *_trust_region(recorded)],
        axis_scales=_axis_scales(recorded),
        steepest=_steepest_curvature(trajectory, displayed_step),
    )


def _arrows(recorded: RecordedStep) -> Iterator[Arrow]:
    before, after = recorded.before.position, recorded.after.position
    parts = {name: part for name, part in recorded.parts.items() if part != (0.0, 0.0)}
    tail = before
    for name, part in parts.items() if len(parts) > 1 else ():
        tip = tail[0] + part[0], tail[1] + part[1]
        yield Arrow((name,), tail, tip)
        tail = tip
    if before != after:
        yield Arrow((STEP, *parts) if len(parts) == 1 else (STEP,), before, after)


def _descent_direction(recorded: RecordedStep) -> Pair | None:
    x, y = recorded.before.gradient
    length = math.hypot(x, y)
    return (-x / length, -y / length) if 0 < length < math.inf else None


def _axis_scales(recorded: RecordedStep) -> Pair | None:
    moments = second_moment(recorded.update)
    if moments is None or not all(0 < moment < math.inf for moment in moments):
        return None
    smaller = min(moments)
    return math.sqrt(smaller / moments[0]), math.sqrt(smaller / moments[1])


# Outlines


def _coupled_state(recorded: RecordedStep) -> dict[str, Any]:
    """Return the state after the step of a rule that couples the coordinates, of others nothing."""
    after = recorded.after
    return {} if after.y else dict(zip(recorded.update.optimizer.state, after.x[1:], strict=True))


def _trust_region(recorded: RecordedStep) -> Iterator[np.ndarray]:
    """Yield the circle with the radius that the rule had when it chose its first point."""
    optimizer = recorded.update.optimizer
    if "radius" not in optimizer.state:
        return
    radius, points = 0.0, point_names(optimizer)
    for call in recorded.update.calls:
        for statement in call.statements:
            if points & statement.assigned.keys():
                yield np.array(recorded.before.position) + radius * UNIT_CIRCLE
                return
            radius = float(statement.assigned.get("radius", radius))


# Curvature


def _steepest_curvature(trajectory: Trajectory, step: int) -> SteepestCurvature | None:
    """Return the direction of the largest curvature after a step, if the learning rate exceeds the stability limit."""
    update = effective_update(trajectory, step)
    if not has_stability_theory(update):
        return None
    limit = stability_limit(trajectory, step, None, update)
    learning_rate = float(update.settings["lr"])
    if limit is None or limit.relation_of(learning_rate) != "exceeds":
        return None
    point = trajectory.point_at(step)
    x, y = point.position
    curvature = curvature_at(trajectory.surface_at(step), x, y)
    direction = math.cos(curvature.angle), math.sin(curvature.angle)
    slope = direction[0] * point.gradient[0] + direction[1] * point.gradient[1]
    if not (curvature.largest > 0 and math.isfinite(slope)):
        return None
    vertex = -slope / curvature.largest
    half_width = PARABOLA_MARGIN * max(abs(vertex), abs(-learning_rate * slope - vertex))
    return SteepestCurvature(
        position=(x, y),
        loss=point.loss,
        direction=direction,
        slope=slope,
        curvature=curvature.largest,
        reach=(vertex - half_width, vertex + half_width),
        limit=(limit.formula, limit.learning_rate),
    )
