"""The second moment of an adaptive rule: the estimate of the squared gradient that scales each coordinate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from app.analysis.step_explanation.recorded_update import RecordedUpdate
from app.analysis.step_explanation.rule_values import values_by_name
from optimizers.optimizer import Optimizer
from surfaces import SURFACES

FACTOR = 4.0  # of the loss and its gradient; squares of the gradient grow by its square
TOLERANCE = 0.05  # relative: a term for numerical stability, such as epsilon, does not grow
START = -0.5, 0.8

_known_names: dict[Callable[..., Any], frozenset[str]] = {}


def second_moment(update: RecordedUpdate) -> tuple[float, float] | None:
    """Return the second moment that a recorded step computed last; None if its rule has none.

    Parameters
    ----------
    update : RecordedUpdate
        The step, after its call.
    """
    names = second_moment_names(update.optimizer)
    values = []
    for call in update.calls if names else ():
        if call.stage == "rule":
            assigned = [value for each in call.statements for name, value in each.assigned.items() if name in names]
            if not assigned:
                return None
            values.append(np.asarray(assigned[-1], float))
    pair = np.array(values).ravel()
    return (float(pair[0]), float(pair[1])) if pair.shape == (2,) else None


def second_moment_names(optimizer: Optimizer) -> frozenset[str]:
    """Return the names of a rule whose values are second moments, one for each coordinate.

    The rule makes the same steps on a surface and on a multiple of it; its second moments grow by the squared factor.
    """
    if optimizer.function not in _known_names:
        _known_names[optimizer.function] = _find_names(optimizer) if optimizer.uses_gradient else frozenset()
    return _known_names[optimizer.function]


def _find_names(optimizer: Optimizer) -> frozenset[str]:
    runs = zip(*(values_by_name(optimizer, _ScaledSurface(factor), START) for factor in (1.0, FACTOR)), strict=False)
    is_moment: dict[str, bool] = {}
    for plain, scaled in runs:
        for name in plain.keys() & scaled.keys():
            is_moment[name] = is_moment.get(name, True) and _is_squared(plain[name], scaled[name])
    return frozenset(name for name, holds in is_moment.items() if holds)


def _is_squared(plain: Any, scaled: Any) -> bool:
    """Return whether a value is a pair of squares that differ between the coordinates."""
    try:
        one, other = np.asarray(plain, float), np.asarray(scaled, float)
    except (TypeError, ValueError):  # not numbers, or another number of rows
        return False
    grown = FACTOR**2 * one
    if one.shape != (2,) or one[0] == one[1]:
        return False
    return bool(((abs(other - grown) <= TOLERANCE * grown) & (one > 0)).all())


class _ScaledSurface:
    """A surface multiplied by a factor."""

    def __init__(self, factor: float) -> None:
        self.surface, self.factor = SURFACES["himmelblau"], factor

    def __call__(self, x: Any, y: Any) -> Any:
        loss, (dx, dy) = self.surface(x, y)
        return self.factor * loss, (self.factor * dx, self.factor * dy)

    def hessian(self, x: Any, y: Any) -> Any:
        """Return the second derivatives."""
        return self.factor * self.surface.hessian(x, y)
