"""The parts of a recorded step: the gradient, the memory, and the pull to the origin, which add up to the step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from app.analysis.step_explanation.contributions import (
    CONSTANT,
    GRADIENT,
    MEMORY,
    POSITION,
    Contributions,
    add,
    contributions_of,
    total,
)
from app.analysis.step_explanation.point_names import point_names
from app.analysis.step_explanation.recorded_update import RecordedCall, RecordedUpdate

ORIGIN, STEP = "origin", "step"
ROUNDING = 1e-13  # relative difference between the contributions and what was computed
NEGLIGIBLE = 2e-15  # a part this small relative to the position is the rounding error of its terms


def step_parts(update: RecordedUpdate, before: np.ndarray, after: np.ndarray) -> dict[str, tuple[float, float]]:
    """Return the parts of a step by name; their sum is ``after - before``.

    Parameters
    ----------
    update : RecordedUpdate
        The step, after its call.
    before, after : ndarray, shape (2,)
        The positions.

    Returns
    -------
    dict
        The names are "memory" (the state of the optimizer), "gradient" (of this step), "origin" (a pull toward the
        origin such as weight decay), "constant" (an initial value) and the id of a modifier that adds something of its
        own, such as noise. A step that cannot be decomposed has the single part "step".
    """
    step = after - before
    with np.errstate(all="ignore"):
        parts = _decompose(update, before)
        if parts is None:
            return {STEP: _pair(step)}
        parts = {source: np.asarray(value, float) + np.zeros(2) for source, value in parts.items()}
        parts[POSITION] = parts.get(POSITION, np.zeros(2)) - before
        size = max(float(abs(value).max()) for value in (before, after, *parts.values()))
        remainder = step - total(parts)
    if not (np.isfinite(size) and abs(remainder).max() <= ROUNDING * size):
        return {STEP: _pair(step)}
    kept = {source: value for source, value in parts.items() if abs(value).max() > NEGLIGIBLE * size}
    if not kept.keys() - {CONSTANT}:
        return {STEP: _pair(step)}
    largest = max(kept, key=lambda source: float(abs(kept[source]).max()))
    kept[largest] = kept[largest] + (step - total(kept))
    order = sorted(kept, key=lambda source: [MEMORY, GRADIENT, POSITION, source].index(source))
    return {ORIGIN if source == POSITION else source: _pair(kept[source]) for source in order}


def _pair(value: np.ndarray) -> tuple[float, float]:
    return float(value[0]), float(value[1])


def _decompose(update: RecordedUpdate, before: np.ndarray) -> Contributions | None:
    """Return the contributions to the new position, None if it has none."""
    if not update.optimizer.uses_gradient:
        return None
    rule_calls = [call for call in update.calls if call.stage == "rule"]
    gradient: Contributions | None = None
    if not update.optimizer.takes_loss:
        gradient = _gradient_contributions(update.calls, rule_calls)
    results = [
        contributions_of(call.statements, _rule_arguments(call, gradient, axis if len(rule_calls) == 2 else None))
        for axis, call in enumerate(rule_calls)
    ]
    if any(result is None for result in results):
        return None
    position = _join([result for result in results if result is not None])
    for call in update.calls:
        if call.stage == "result":
            arguments = {"x": position, "before": {POSITION: before}}
            for name, value in zip(call.declared.state, call.arguments[3:], strict=True):
                if value is not None:
                    arguments[name] = {POSITION: before, MEMORY: value - before}
            changed = contributions_of(call.statements, arguments)
            if changed is None:
                return None
            position = _name_constant(changed, call)
    return position


def _gradient_contributions(calls: Iterable[RecordedCall], rule_calls: list[RecordedCall]) -> Contributions:
    """Return the contributions to the gradient that the rule got, after the modifiers of the gradient."""
    given = np.array([np.asarray(call.arguments[1], float) for call in rule_calls])
    contributions: Contributions = {GRADIENT: given if len(rule_calls) == 2 else given[0]}
    for number, call in enumerate(call for call in calls if call.stage == "gradient"):
        position, gradient = call.arguments[:2]
        if number == 0:
            contributions = {GRADIENT: gradient}
        changed = contributions_of(call.statements, {"x": {POSITION: position}, "grad": contributions})
        contributions = {GRADIENT: call.result} if changed is None else _name_constant(changed, call)
    return contributions


def _name_constant(contributions: Contributions, call: RecordedCall) -> Contributions:
    """Attribute what comes from neither the gradient nor the memory nor the position to the modifier."""
    constant = contributions.pop(CONSTANT, None)
    return contributions if constant is None else add(contributions, {call.declared.id: constant})


def _rule_arguments(call: RecordedCall, gradient: Contributions | None, axis: int | None) -> dict[str, Contributions]:
    """Return the contributions to the arguments of a rule, of one coordinate if ``axis`` is given."""
    position, points = call.arguments[0], point_names(call.declared)  # type: ignore[arg-type]
    arguments: dict[str, Contributions] = {"x": {POSITION: position}}
    if gradient is not None:
        arguments["grad"] = {k: v if axis is None else np.broadcast_to(v, (2,))[axis] for k, v in gradient.items()}
    for name, value in zip(call.declared.state, call.arguments[3:], strict=True):
        if isinstance(value, (int, float)) or np.shape(value) == (2,):
            is_point = name in points
            arguments[name] = {POSITION: position, MEMORY: value - position} if is_point else {MEMORY: value}
    return arguments


def _join(results: list[Mapping[str, Any]]) -> Contributions:
    """Return the contributions to both coordinates from those to each of them."""
    if len(results) == 1:
        return dict(results[0])
    sources = dict.fromkeys(source for result in results for source in result)
    return {source: np.array([float(result.get(source, 0.0)) for result in results]) for source in sources}
