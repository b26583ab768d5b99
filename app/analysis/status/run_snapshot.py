"""The snapshot of a run at a step, from which its status is computed."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from functools import cached_property

import numpy as np

from app.analysis.stability_limit import effective_update
from app.analysis.stationary_points import find_stationary_point, is_lowest_around
from app.analysis.status.forecast import forecast_positions
from app.analysis.status.motion import Motion
from app.analysis.status.regularization import rest_penalty
from app.engine.trajectory import Trajectory
from app.utils.i18n import tr

POSITION_TOLERANCE = 1e-4  # fraction of the diagonal of the surface's domain: about a tenth of a pixel
UNBOUNDED_DIAGONAL = 10.0  # the diagonal for a plain function, which has no domain
MIN_WINDOW = 10  # steps that are used even if the hyperparameters changed within them
DECIDED_STEPS = 8  # steps for which a decision holds
STALL_STEPS = 32  # steps without any motion after which a run is stalled; a search may pause for fewer
NOISY_MODIFIERS = {"noise", "minibatch"}  # modifiers that draw random numbers


class RunSnapshot:
    """A run after ``step``: its effective update, recent motion and nearest minimum.

    Steps computed after ``step`` are not used; ``future`` is the continuation under the present hyperparameters.
    """

    def __init__(self, trajectory: Trajectory, step: int) -> None:
        self.trajectory, self.step, self.surface = trajectory, step, trajectory.surface_at(step)
        surface_steps = [start_step for start_step, _ in trajectory.surfaces_by_step]
        self.surface_since = surface_steps[bisect_right(surface_steps, step) - 1]
        self.age = step - self.surface_since  # steps on this surface; a status rests on these alone
        self.x, self.y, self.loss = trajectory.xs[step], trajectory.ys[step], trajectory.losses[step]
        self.update = effective_update(trajectory, step)
        self.penalty = rest_penalty(self.update)
        self.learning_rate = float(self.update.settings["lr"]) if trajectory.method.has_learning_rate else math.nan
        self.is_noisy = any(
            modifier.id in NOISY_MODIFIERS
            for stage in self.update.stages
            for modifier, _ in self.update.active_modifiers(stage)
        )
        change_steps = [start_step for start_step, _ in trajectory.hyperparameters_by_step]
        first_step = change_steps[max(bisect_left(change_steps, step) - 1, 0)]  # the last change of hyperparameters
        self.motion = Motion(
            trajectory.xs,
            trajectory.ys,
            step,
            max(self.surface_since, min(first_step, step - MIN_WINDOW)),
            min_direction_changes=8 if self.is_noisy else 4,
        )
        self._entered_steps: dict[tuple[float, float, float], int] = {}
        bounds = getattr(self.surface, "bounds", None)
        self.diagonal = math.hypot(*(high - low for low, high in bounds)) if bounds else UNBOUNDED_DIAGONAL
        self.tolerance = POSITION_TOLERANCE * self.diagonal
        self.rounding = 1e-12 * (self.diagonal + math.hypot(self.x, self.y))  # a shorter displacement is rounding error
        self.is_nonsmooth: bool = getattr(self.surface, "is_nonsmooth", False)
        self.minima: tuple[tuple[float, float], ...] = getattr(self.surface, "minima", ())
        self.minima_estimated: bool = getattr(self.surface, "minima_estimated", False)
        self.minimum_loss: float | None = getattr(self.surface, "minimum_loss", None)
        self.nearest_minimum = self.minimum_near(complex(self.x, self.y))
        self.distance_to_minimum = self.distance_to(*self.nearest_minimum) if self.nearest_minimum else math.nan

    @cached_property
    def at_decision(self) -> RunSnapshot:
        """The snapshot of the last step at which it was decided whether the run repeats a cycle or swings.

        In steady motion this is decided anew only every few steps: a swing that is barely regular, or a sequence that
        is barely equal, would otherwise come and go.
        """
        steps = min(self.step % DECIDED_STEPS, self.age) if self.motion.is_steady else 0
        return RunSnapshot(self.trajectory, self.step - steps) if steps else self

    def future(self, count: int) -> np.ndarray:
        """Return the next ``count`` positions x + iy under the present hyperparameters; fewer if the run overflows."""
        return forecast_positions(self.trajectory, self.step, count)

    def distance_to(self, x: float, y: float) -> float:
        """Return the distance from the position to a point."""
        return math.hypot(x - self.x, y - self.y)

    def first_step_within(self, x: float, y: float, radius: float) -> int:
        """Return the step since which the run, on this surface, has stayed within a radius of a point."""
        key = x, y, radius
        if key not in self._entered_steps:
            entered_step = self.motion.step_entered_radius(complex(x, y), radius)
            self._entered_steps[key] = max(entered_step, self.surface_since)
        return self._entered_steps[key]

    @cached_property
    def gradient(self) -> tuple[float, float]:
        """The surface's gradient, without modifiers."""
        try:
            slope_x, slope_y = self.surface(self.x, self.y)[1]
        except (ArithmeticError, ValueError):
            return math.nan, math.nan
        return float(slope_x), float(slope_y)

    @property
    def gradient_norm(self) -> float:
        """The norm of the surface's gradient, without modifiers."""
        return math.hypot(*self.gradient)

    @property
    def penalized_gradient(self) -> complex:
        """The gradient of the surface and of the penalties that shift the minimum, as a complex number."""
        return complex(*self.gradient) + self.penalty * complex(self.x, self.y)

    def minimum_near(self, position: complex) -> tuple[float, float] | None:
        """Return the known global minimum, or lowest minimum found, that is nearest to a position."""
        return min(self.minima, key=lambda minimum: abs(complex(*minimum) - position), default=None)

    def surrounded_minimum(self, center: complex, radius: float) -> tuple[float, float] | None:
        """Return the minimum within a radius of the center of a swing: known, or found by Newton."""
        nearest = self.minimum_near(center)
        if nearest and abs(complex(*nearest) - center) <= radius and not self.penalty:
            return nearest if is_lowest_around(self.surface, *nearest, self.tolerance) else None
        if self.is_nonsmooth or not radius < self.diagonal:
            return None
        point = find_stationary_point(self.surface, center.real, center.imag, radius, self.penalty)
        return (point.x, point.y) if point and point.kind == "minimum" and not point.on_line else None

    def format_point(self, x: float, y: float) -> str:
        """Format a point with the digits that the tolerance resolves."""
        digits = max(0, 1 - math.floor(math.log10(self.tolerance)))
        if getattr(self.surface, "dimension", 2) == 1:
            return f"x = {round(x, digits) + 0.0:.9g}"
        return f"({round(x, digits) + 0.0:.9g}, {round(y, digits) + 0.0:.9g})"

    @property
    def minimum_distance_text(self) -> str:
        """The distance to the nearest global minimum or lowest minimum found, as a text."""
        if not self.nearest_minimum:
            return tr("this surface has no known minimum")
        if self.minima_estimated:
            return tr("distance to the lowest minimum found: {left:.3g}", left=self.distance_to_minimum)
        return tr("distance to the nearest global minimum: {left:.3g}", left=self.distance_to_minimum)

    def near_minimum_text(self, center: complex, radius: float) -> str:
        """Return a text that names the global minimum within a radius of a point; empty if there is none."""
        nearest = self.minimum_near(center)
        if nearest and abs(complex(*nearest) - center) <= radius:
            return tr(" around the minimum {place}", place=self.format_point(*nearest))
        return ""
