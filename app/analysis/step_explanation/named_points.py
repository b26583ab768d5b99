"""The named points of a step: trial points, vertices, samples, averages, and where the gradient was evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from app.analysis.step_explanation.point_names import point_names
from app.analysis.step_explanation.recorded_update import RecordedUpdate
from optimizers.descent import Point

PointPair = tuple[float, float]


def named_points(update: RecordedUpdate, before: Point, after: Point) -> dict[str, PointPair]:
    """Return the points that a step used, by name; several points of one name are numbered from 1.

    A point that has a name already is left out, and so are the positions before and after the step, except as one of
    several points of a name.
    """
    points: dict[str, PointPair] = {}
    ends = {before.position, after.position}
    for name, value in _candidates(update, after):
        rows = np.asarray(value, float)
        if rows.shape[-1:] != (2,) or rows.ndim > 2 or not np.isfinite(rows).all():
            continue
        pairs = [(float(x), float(y)) for x, y in rows.reshape(-1, 2)]
        is_known = set(pairs) <= ends.union(points.values()) and (rows.ndim == 1 or set(pairs) & set(points.values()))
        if is_known or name in points or f"{name} 1" in points:
            continue
        points |= {name: pairs[0]} if rows.ndim == 1 else {f"{name} {k}": pair for k, pair in enumerate(pairs, 1)}
    evaluated = dict.fromkeys(update.evaluated)
    known = ends.union(points.values())
    others = [pair for pair in evaluated if pair not in known and np.isfinite(pair).all()]
    return points | {f"evaluated {k}": pair for k, pair in enumerate(others, 1)}


def _candidates(update: RecordedUpdate, after: Point) -> Iterator[tuple[str, Any]]:
    """Yield the points among the states, then those of the modifiers, then those among the names of the rule."""
    names = point_names(update.optimizer)
    rule_calls = [call for call in update.calls if call.stage == "rule"]
    states = [dict(zip(update.optimizer.state, each[1:], strict=True)) for each in (after.x, after.y) if each]
    assigned = [{k: v for s in call.statements for k, v in s.assigned.items()} for call in rule_calls]
    yield from _points_among(states, names)
    for call in update.calls:
        if call.stage == "result":
            yield f"before {call.declared.id}", call.arguments[0]
            for name, value in zip(call.declared.state, call.result[1:], strict=True):
                yield f"{call.declared.id} {name}", value
    yield from _points_among(assigned, names)


def _points_among(values: list[dict[str, Any]], names: frozenset[str]) -> Iterator[tuple[str, Any]]:
    for name, value in values[0].items():
        if name in names and value is not None:
            yield name, value if len(values) == 1 else (value, values[1].get(name, np.nan))
