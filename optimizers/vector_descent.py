"""Step-by-step computation of a run of a whole parameter vector, for example of the weights of a model.

A function vector -> loss, gradient takes the place of a surface, and every optimizer and modifier works in d
dimensions. ``layer_sizes`` are the numbers of elements of the parameter arrays in the vector, in their order: an
optimizer of scope "layer" is applied to each of them; without sizes, the vector is one layer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from optimizers.descent import NO_MODIFIER_STATES, EvaluationCounts
from optimizers.loss import VectorFunction, VectorLoss
from optimizers.optimizer import Optimizer
from optimizers.step import BoundUpdate, ModifierStates


class VectorPoint(NamedTuple):
    """State of a run of a vector after ``t`` steps: everything that is needed to continue it.

    ``state`` is the state of the optimizer; for one of scope "layer", a tuple with the state of each layer.
    """

    t: int
    position: np.ndarray
    state: tuple[Any, ...]
    loss: float
    gradient: np.ndarray
    diverged: bool = False
    modifier_states: ModifierStates = NO_MODIFIER_STATES


def initial_vector_point(
    optimizer: Optimizer, function: VectorFunction, start: Any, layer_sizes: Sequence[int] = ()
) -> VectorPoint:
    """Return the point before the first step; it counts as diverged if the loss there is not finite.

    Raises ValueError if ``start`` is not a vector or the layers do not have its size together.
    """
    position, state = np.array(start, float), tuple(optimizer.state.values())
    if position.ndim != 1 or not position.size:
        raise ValueError(f"the start must be a vector, not an array of shape {position.shape}")
    if layer_sizes and sum(layer_sizes) != len(position):
        raise ValueError(f"the layers have {sum(layer_sizes)} elements together, but the vector has {len(position)}")
    if optimizer.scope == "layer":
        state = (state,) * max(len(layer_sizes), 1)
    try:
        with np.errstate(all="ignore"):
            loss, gradient = VectorLoss(function).value_and_gradient(position)
    except (ArithmeticError, ValueError):
        return VectorPoint(0, position, state, math.nan, np.full_like(position, math.nan), diverged=True)
    return VectorPoint(0, position, state, float(loss), gradient, diverged=not math.isfinite(loss))


def descend_vector(
    optimizer: Optimizer,
    function: VectorFunction,
    point: VectorPoint,
    hyperparameters: Mapping[str, Any],
    step_count: int,
    layer_sizes: Sequence[int] = (),
    evaluation_counts: EvaluationCounts | None = None,
) -> Iterator[VectorPoint]:
    """Yield the point after each of ``step_count`` steps from ``point``. A hyperparameter may be a function of t.

    ``evaluation_counts`` receives the evaluations of each step, as in ``descend``. If the arithmetic of a step fails,
    or its position or loss is not finite, the point before it is yielded again, marked as diverged, and nothing after
    it.
    """
    update = BoundUpdate(optimizer, VectorLoss(function), hyperparameters)
    if optimizer.scope == "layer":
        update.update_rule = apply_by_layer(update.update_rule, layer_sizes or (len(point.position),))
    for _ in range(step_count):
        if point.diverged:
            return
        counts = update.unpenalized_loss.gradient_count, update.unpenalized_loss.value_count
        try:
            with np.errstate(all="ignore"):
                point = _next_point(update, function, point)
        except (ArithmeticError, ValueError):
            point = point._replace(diverged=True)
        if evaluation_counts and not point.diverged:
            evaluation_counts[0].append(update.unpenalized_loss.gradient_count - counts[0])
            evaluation_counts[1].append(update.unpenalized_loss.value_count - counts[1])
        yield point


def _next_point(update: BoundUpdate, function: VectorFunction, point: VectorPoint) -> VectorPoint:
    """Return the point after one step; raise ArithmeticError if it is not finite."""
    t = point.t + 1
    (position, *state), _, modifier_states = update(
        t, (point.position, *point.state), (), point.gradient, point.modifier_states
    )
    value, gradient = function(position)
    if not (math.isfinite(value) and np.isfinite(position).all()):
        raise ArithmeticError
    return VectorPoint(t, position, tuple(state), float(value), np.array(gradient), False, modifier_states)


def apply_by_layer(update_rule: Callable[..., Any], layer_sizes: Sequence[int]) -> Callable[..., Any]:
    """Return a rule that applies ``update_rule`` to each layer of a vector; its state is one tuple per layer."""
    ends = np.cumsum(layer_sizes).tolist()
    layers = [slice(end - size, end) for end, size in zip(ends, layer_sizes, strict=True)]

    def apply(x: np.ndarray, grad: np.ndarray, t: int, *states: tuple[Any, ...]) -> tuple[Any, ...]:
        results = [update_rule(x[layer], grad[layer], t, *state) for layer, state in zip(layers, states, strict=True)]
        pairs = [(result[0], result[1:]) if isinstance(result, tuple) else (result, ()) for result in results]
        return np.concatenate([position for position, _ in pairs]), *(state for _, state in pairs)

    return apply
