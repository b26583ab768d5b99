"""Steps of every optimizer, for the tests of this folder."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from optimizers import OPTIMIZERS, Optimizer
from optimizers.descent import Point, descend, initial_point
from surfaces import SURFACES

SURFACE, START = SURFACES["himmelblau"], (-0.5, 0.8)


def hyperparameter_choices(optimizer: Optimizer) -> Iterator[dict[str, Any]]:
    """Yield the defaults, then each switch in its other position, then each modifier."""
    yield optimizer.defaults
    for name, spec in optimizer.hyperparameters.items():
        if spec.scale == "switch":
            yield {**optimizer.defaults, name: 1 - spec.default}
    for modifier in optimizer.modifiers.values():
        yield {**optimizer.defaults, modifier.id: modifier.default_strength}


def successive_points(
    optimizer: Optimizer, hyperparameters: Mapping[str, Any], steps: int
) -> Iterator[tuple[Point, Point]]:
    """Yield the state before and after each of the first steps, until the run diverges."""
    point = initial_point(optimizer, SURFACE, START)
    for _ in range(steps):
        following = descend(optimizer, SURFACE, point, hyperparameters, 1, array("d"), array("d"), array("d"))
        if following.diverged:
            return
        yield point, following
        point = following


def bits(value: Any) -> Any:
    """Return a value in a form whose equality means equality of all bits."""
    if isinstance(value, (tuple, list)):
        return [bits(each) for each in value]
    if isinstance(value, Mapping):
        return {name: bits(each) for name, each in value.items()}
    return None if value is None else np.asarray(value).tobytes()


EVERY_OPTIMIZER = list(OPTIMIZERS.values())
