"""Which names of a rule are points and which are directions: points move with the plane, directions do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from app.analysis.step_explanation.recorded_update import RecordedUpdate
from optimizers.descent import initial_point
from optimizers.optimizer import Optimizer
from surfaces import SURFACES

SHIFT = np.array([0.375, -0.25])
STEPS = 4  # enough for every state to be set
# Relative: weight decay, which depends on the origin, moves points a little less than the plane
TOLERANCE = 0.05
LEARNING_RATE = 1e-3  # small, so that no rule diverges

_known_names: dict[Callable[..., Any], frozenset[str]] = {}


def point_names(optimizer: Optimizer) -> frozenset[str]:
    """Return the names of a rule, including its state, whose values are points of the plane.

    The rule makes the same steps on a surface and on the same surface at another place; its points differ by the shift.
    """
    if optimizer.function not in _known_names:
        _known_names[optimizer.function] = _find_point_names(optimizer)
    return _known_names[optimizer.function]


def _find_point_names(optimizer: Optimizer) -> frozenset[str]:
    runs = zip(_values_by_name(optimizer, np.zeros(2)), _values_by_name(optimizer, SHIFT), strict=False)
    always_shifted: dict[str, bool] = {}
    for original, shifted in runs:
        for name in original.keys() & shifted.keys():
            always_shifted[name] = always_shifted.get(name, True) and _is_shifted(original[name], shifted[name])
    return frozenset(name for name, is_point in always_shifted.items() if is_point)


def _is_shifted(original: Any, shifted: Any) -> bool:
    try:
        difference = np.asarray(shifted, float) - np.asarray(original, float)
    except (TypeError, ValueError):  # not numbers, or another number of rows
        return False
    return difference.shape[-1:] == (2,) and bool((abs(difference - SHIFT) <= TOLERANCE * abs(SHIFT)).all())


def _values_by_name(optimizer: Optimizer, shift: np.ndarray) -> list[dict[str, Any]]:
    """Return the values of all names in each of the first steps on a shifted surface."""
    surface = _ShiftedSurface(shift)
    hyperparameters = {**optimizer.defaults, **({"lr": LEARNING_RATE} if optimizer.has_learning_rate else {})}
    update = RecordedUpdate(optimizer, surface, hyperparameters)
    start = (-0.5 + float(shift[0]), 0.8 + float(shift[1]))
    point = initial_point(optimizer, surface, start)
    x, y, gradient, rows = point.x, point.y, point.gradient, []
    with np.errstate(all="ignore"):
        for t in range(1, STEPS + 1):
            try:
                x, y, _ = update(t, x, y, gradient, {})
                gradient = surface(*((x[0], y[0]) if y else x[0].tolist()))[1]
            except (ArithmeticError, ValueError):
                break
            assigned = [{k: v for s in call.statements for k, v in s.assigned.items()} for call in update.calls]
            states = [dict(zip(optimizer.state, each[1:], strict=True)) for each in ((x, y) if y else (x,))]
            named = [{**a, **s} for a, s in zip(assigned, states, strict=True)]
            rows.append({k: (v, named[1].get(k)) for k, v in named[0].items()} if y else named[0])
    return rows


class _ShiftedSurface:
    """A surface whose plane is moved by a vector."""

    def __init__(self, shift: np.ndarray) -> None:
        self.surface, (self.a, self.b) = SURFACES["himmelblau"], shift.tolist()

    def __call__(self, x: Any, y: Any) -> Any:
        return self.surface(x - self.a, y - self.b)

    def hessian(self, x: Any, y: Any) -> Any:
        """Return the second derivatives."""
        return self.surface.hessian(x - self.a, y - self.b)
