"""Memory that the experiments of the undo stack take."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from app.model.experiment import Experiment


def _parts(experiment: Experiment) -> list[Any]:
    """Return the parts of an experiment that edits replace as a whole, and share otherwise."""
    return [experiment.data, experiment.extra, *experiment.runs, *experiment.branches]


def unshared_bytes(experiment: Experiment, neighbor: Experiment) -> int:
    """Return the approximate memory of the parts that an experiment does not share with another one."""
    shared = set(map(id, _parts(neighbor)))
    return _byte_count([part for part in _parts(experiment) if id(part) not in shared], set())


def _byte_count(value: Any, counted: set[int]) -> int:
    """Return the memory of a value and of everything in it that is not counted yet."""
    if id(value) in counted:
        return 0
    counted.add(id(value))
    size = sys.getsizeof(value)
    children: Iterable[Any] = ()
    if isinstance(value, Mapping):
        children = (*value.keys(), *value.values())
    elif isinstance(value, (list, tuple)):
        children = value
    elif hasattr(value, "__dict__") and not isinstance(value, type):
        children = (value.__dict__,)
    return size + sum(_byte_count(child, counted) for child in children)
