"""What a verdict is, and the facts about a run at a step that it rests on."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass

from app.analysis.curvature import in_force
from app.analysis.motion import Motion
from app.engine.trajectory import Track
from app.utils.i18n import tr

TOLERANCE = 1e-4  # of the diagonal of the surface's box: a tenth of a pixel
UNBOXED = 10.0  # the diagonal of a surface that has no box
FEW = 10  # steps that are looked at, whenever the hyperparameters were turned
PAUSE = 32  # steps without any move after which a run stands still; a search may pause for some
NOISY = {"noise", "minibatch"}  # the parts that draw random numbers


@dataclass(frozen=True)
class Verdict:
    """``kind`` in a word, ``short`` for the cell of a table, the reason in ``words``: one sentence, with numbers.

    ``since`` is the step from which on it holds, ``period`` in steps that of a swing or a cycle, ``minimum`` the one of the
    surface at which a run has converged.
    """

    kind: str
    short: str
    words: str
    since: int | None = None
    period: float | None = None
    minimum: tuple[float, float] | None = None


class Situation:
    """A run after ``step``: what is in force, how it has moved, what is near. It knows nothing of later steps."""

    def __init__(self, track: Track, step: int) -> None:
        self.track, self.step, self.surface = track, step, track.surface
        self.x, self.y, self.loss = track.xs[step], track.ys[step], track.losses[step]
        self.update = in_force(track, step)
        self.rate = float(self.update.settings["lr"]) if track.rule.has_rate else math.nan
        self.noisy = any(part.id in NOISY for stage in self.update.stages for part, _ in self.update.working(stage))
        turned = [since for since, _ in track.timeline]
        first = turned[max(bisect_left(turned, step) - 1, 0)]  # since when the hyperparameters are what they are
        self.motion = Motion(track.xs, track.ys, step, max(0, min(first, step - FEW)), fewest=8 if self.noisy else 4)
        box = getattr(self.surface, "box", None)
        self.diagonal = math.hypot(*(high - low for low, high in box)) if box else UNBOXED
        self.tolerance = TOLERANCE * self.diagonal
        self.rounding = 1e-12 * (self.diagonal + math.hypot(self.x, self.y))  # a move as short as that is none
        self.creased = bool(getattr(self.surface, "kinks", ""))
        self.minima: tuple[tuple[float, float], ...] = getattr(self.surface, "minima", ())
        self.lowest: float | None = getattr(self.surface, "lowest", None)
        self.nearest = min(self.minima, key=lambda minimum: self.off(*minimum), default=None)
        self.left = self.off(*self.nearest) if self.nearest else math.nan

    def off(self, x: float, y: float) -> float:
        """How far it is from a point."""
        return math.hypot(x - self.x, y - self.y)

    def since(self, x: float, y: float, radius: float) -> int:
        """Since which step it has been within a radius of a point."""
        return self.motion.within(complex(x, y), radius)

    @property
    def gradient(self) -> float:
        """The norm of the surface's own gradient."""
        try:
            return math.hypot(*self.surface(self.x, self.y)[1])
        except (ArithmeticError, ValueError):
            return math.nan

    def point(self, x: float, y: float) -> str:
        """A point in words, to what the tolerance resolves."""
        digits = max(0, 1 - math.floor(math.log10(self.tolerance)))
        return f"({round(x, digits) + 0.0:.9g}, {round(y, digits) + 0.0:.9g})"

    @property
    def away(self) -> str:
        """How far it is from the nearest global minimum, in words."""
        return (
            tr("the nearest global minimum is {left:.3g} away", left=self.left)
            if self.nearest
            else tr("no minimum is known")
        )

    def about(self, centre: complex, radius: float) -> str:
        """The global minimum within a radius of the middle of a swing, in words; empty where there is none."""
        near = min(self.minima, key=lambda minimum: abs(complex(*minimum) - centre), default=None)
        if near and abs(complex(*near) - centre) <= radius:
            return tr(" about the minimum {place}", place=self.point(*near))
        return ""
