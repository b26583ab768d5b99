# mypy: allow-untyped-defs
"""Loop of a NumPy script."""

from __future__ import annotations

import math
from contextlib import suppress

import numpy as np

from app.export.code.templates.modifiers import Modifiers
from optimizers.loss import Loss
from optimizers.step import ModifiedLoss


def as_tuple(result):
    """Return the result of an update rule as a tuple: a rule without a state returns the position alone."""
    return result if isinstance(result, tuple) else (result,)


def descend(
    surface,
    start,
    steps,
    update_rule,
    state,
    changes_by_step,
    kind="element",  # if whole
    stages=None,  # if modified
):
    """Return the path of a run, shape (steps + 1, 2), and the losses along it; both end at the last finite point.

    ``changes_by_step`` maps a step to the hyperparameters that change there, from the next update on.
    """
    (x, y), x_state, y_state = start, state, state  # if plain
    point, states = np.array(start), [state, state]  # if not plain
    path, losses, hyperparameters = [start], [math.nan], {}
    modifiers = Modifiers(surface, stages or {}, hyperparameters)  # if modified
    loss_function = Loss(surface)  # if takes_plain_loss
    loss_function = ModifiedLoss(surface, modifiers)  # if takes_loss
    with suppress(ArithmeticError, ValueError):  # overflow: the run has diverged
        surface.set_step(0)  # if changing
        losses[0], gradient = surface(*start)
        for t in range(1, steps + 1):
            hyperparameters.update(changes_by_step.get(t - 1, {}))
            x, *x_state = as_tuple(update_rule(x, gradient[0], t, *x_state, **hyperparameters))  # if plain
            y, *y_state = as_tuple(update_rule(y, gradient[1], t, *y_state, **hyperparameters))  # if plain
            arguments = hyperparameters  # if not plain or modified
            grad = np.array(gradient)  # if not plain
            previous, lr = point, hyperparameters.get("lr", 1.0)  # if modified
            lr = modifiers.modify_learning_rate(lr, t)  # if rate
            arguments = modifiers.arguments_of(update_rule, lr=lr)  # if modified
            grad = modifiers.modify_gradient(point, grad, t)  # if gradient or loss
            point = modifiers.modify_position(point, lr, t)  # if position
            loss_function.t = t  # if takes_loss
            grad = loss_function if kind == "loss" else grad  # if takes_loss or takes_plain_loss
            points, grads = point.tolist(), grad.tolist()  # if not plain or whole
            points, grads = (point.tolist(), grad.tolist()) if kind == "element" else ([point], [grad])  # if whole
            results = [  # if not plain
                as_tuple(update_rule(x, derivative, t, *state, **arguments))  # if not plain
                for x, derivative, state in zip(points, grads, states, strict=False)  # if not plain
            ]  # if not plain
            point = np.array([x for x, *_ in results]).reshape(2)  # if not plain
            states = [state for _, *state in results]  # if not plain
            point = modifiers.modify_result(point, previous, t)  # if result
            point = np.array([point[0], start[1]])  # if line_of_points
            x, y = point.tolist()  # if not plain
            y = start[1]  # if line
            surface.set_step(t)  # if changing
            loss, gradient = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)
