"""Which names of a rule are points and which are directions: points move with the plane, directions do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from app.analysis.step_explanation.rule_values import values_by_name
from optimizers.optimizer import Optimizer
from surfaces import SURFACES

SHIFT = np.array([0.375, -0.25])
# Relative: weight decay, which depends on the origin, moves points a little less than the plane
TOLERANCE = 0.05

_known_names: dict[Callable[..., Any], frozenset[str]] = {}


def point_names(optimizer: Optimizer) -> frozenset[str]:
    """Return the names of a rule, including its state, whose values are points of the plane.

    The rule makes the same steps on a surface and on the same surface at another place; its points differ by the shift.
    """
    if optimizer.function not in _known_names:
        _known_names[optimizer.function] = _find_point_names(optimizer)
    return _known_names[optimizer.function]


def _find_point_names(optimizer: Optimizer) -> frozenset[str]:
    shifts = np.zeros(2), SHIFT
    runs = zip(
        *(values_by_name(optimizer, _ShiftedSurface(shift), (-0.5 + shift[0], 0.8 + shift[1])) for shift in shifts),
        strict=False,
    )
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


class _ShiftedSurface:
    """A surface whose plane is moved by a vector."""

    def __init__(self, shift: np.ndarray) -> None:
        self.surface, (self.a, self.b) = SURFACES["himmelblau"], shift.tolist()

    def __call__(self, x: Any, y: Any) -> Any:
        return self.surface(x - self.a, y - self.b)

    def hessian(self, x: Any, y: Any) -> Any:
        """Return the second derivatives."""
        return self.surface.hessian(x - self.a, y - self.b)
