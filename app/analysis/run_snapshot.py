"""What a verdict is, and the facts about a run at a step that it rests on."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass

from app.analysis.curvature import effective_update
from app.analysis.motion import Motion
from app.engine.trajectory import Trajectory
from app.utils.i18n import tr

TOLERANCE = 1e-4  # of the diagonal of the surface's box: a tenth of a pixel
UNBOUNDED_DIAGONAL = 10.0  # the diagonal of a surface that has no box
MIN_WINDOW = 10  # steps that are looked at, whenever the hyperparameters were turned
STALL_STEPS = 32  # steps without any move after which a run stands still; a search may pause for some
NOISY_MODIFIERS = {"noise", "minibatch"}  # the parts that draw random numbers


@dataclass(frozen=True)
class RunStatus:
    """``kind`` in a word, ``short`` for the cell of a table, the reason in ``words``: one sentence, with numbers.

    ``since`` is the step from which on it holds, ``period`` in steps that of a swing or a cycle, ``minimum`` the one of the
    surface at which a run has converged.
    """

    kind: str
    short_text: str
    text: str
    start_step: int | None = None
    period: float | None = None
    minimum: tuple[float, float] | None = None


class RunSnapshot:
    """A run after ``step``: what is in force, how it has moved, what is near. It knows nothing of later steps."""

    def __init__(self, trajectory: Trajectory, step: int) -> None:
        self.trajectory, self.step, self.surface = trajectory, step, trajectory.surface
        self.x, self.y, self.loss = trajectory.xs[step], trajectory.ys[step], trajectory.losses[step]
        self.update = effective_update(trajectory, step)
        self.learning_rate = float(self.update.settings["lr"]) if trajectory.method.has_learning_rate else math.nan
        self.is_noisy = any(
            modifier.id in NOISY_MODIFIERS
            for stage in self.update.stages
            for modifier, _ in self.update.active_modifiers(stage)
        )
        change_steps = [start_step for start_step, _ in trajectory.hyperparameters_by_step]
        first_step = change_steps[
            max(bisect_left(change_steps, step) - 1, 0)
        ]  # since when the hyperparameters are what they are
        self.motion = Motion(
            trajectory.xs,
            trajectory.ys,
            step,
            max(0, min(first_step, step - MIN_WINDOW)),
            min_direction_changes=8 if self.is_noisy else 4,
        )
        bounds = getattr(self.surface, "bounds", None)
        self.diagonal = math.hypot(*(high - low for low, high in bounds)) if bounds else UNBOUNDED_DIAGONAL
        self.tolerance = TOLERANCE * self.diagonal
        self.rounding = 1e-12 * (self.diagonal + math.hypot(self.x, self.y))  # a move as short as that is none
        self.is_nonsmooth = bool(getattr(self.surface, "nonsmooth_note", ""))
        self.minima: tuple[tuple[float, float], ...] = getattr(self.surface, "minima", ())
        self.minimum_loss: float | None = getattr(self.surface, "minimum_loss", None)
        self.nearest_minimum = min(self.minima, key=lambda minimum: self.distance_to(*minimum), default=None)
        self.distance_to_minimum = self.distance_to(*self.nearest_minimum) if self.nearest_minimum else math.nan

    def distance_to(self, x: float, y: float) -> float:
        """How far it is from a point."""
        return math.hypot(x - self.x, y - self.y)

    def first_step_within(self, x: float, y: float, radius: float) -> int:
        """Since which step it has been within a radius of a point."""
        return self.motion.step_entered_radius(complex(x, y), radius)

    @property
    def gradient_norm(self) -> float:
        """The norm of the surface's own gradient."""
        try:
            return math.hypot(*self.surface(self.x, self.y)[1])
        except (ArithmeticError, ValueError):
            return math.nan

    def format_point(self, x: float, y: float) -> str:
        """A point in words, to what the tolerance resolves."""
        digits = max(0, 1 - math.floor(math.log10(self.tolerance)))
        return f"({round(x, digits) + 0.0:.9g}, {round(y, digits) + 0.0:.9g})"

    @property
    def minimum_distance_text(self) -> str:
        """How far it is from the nearest global minimum, in words."""
        return (
            tr("the nearest global minimum is {left:.3g} away", left=self.distance_to_minimum)
            if self.nearest_minimum
            else tr("no minimum is known")
        )

    def near_minimum_text(self, center: complex, radius: float) -> str:
        """The global minimum within a radius of the middle of a swing, in words; empty where there is none."""
        nearest = min(self.minima, key=lambda minimum: abs(complex(*minimum) - center), default=None)
        if nearest and abs(complex(*nearest) - center) <= radius:
            return tr(" about the minimum {place}", place=self.format_point(*nearest))
        return ""
