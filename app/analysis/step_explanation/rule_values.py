"""The values of all names of a rule in its first steps on a surface."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.analysis.step_explanation.recorded_update import RecordedUpdate
from optimizers.descent import initial_point
from optimizers.loss import SurfaceFunction
from optimizers.optimizer import Optimizer

STEPS = 4  # enough for every state to be set
LEARNING_RATE = 1e-3  # small, so that no rule diverges


def values_by_name(
    optimizer: Optimizer, surface: SurfaceFunction, start: tuple[float, float], steps: int = STEPS
) -> list[dict[str, Any]]:
    """Return the values of the names of a rule, including its state, in each of the first steps.

    Values of a rule that acts on each coordinate are pairs. There are fewer steps if the rule fails.
    """
    hyperparameters = {**optimizer.defaults, **({"lr": LEARNING_RATE} if optimizer.has_learning_rate else {})}
    update = RecordedUpdate(optimizer, surface, hyperparameters)
    point = initial_point(optimizer, surface, (float(start[0]), float(start[1])))
    x, y, gradient, rows = point.x, point.y, point.gradient, []
    with np.errstate(all="ignore"):
        for t in range(1, steps + 1):
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
