# mypy: allow-untyped-defs
"""Loops of a NumPy script, one for each kind of run.

Each returns the path of a run including its start, shape (steps + 1, 2), and the losses along it; both end at the last
finite point. ``changes_by_step`` maps a step to the hyperparameters that change there, from the next update on.
"""

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


def descend(surface, start, steps, update_rule, state, changes_by_step):
    """Return path and losses of a run whose optimizer updates each coordinate independently."""
    (x, y), x_state, y_state = start, state, state
    path, losses, hyperparameters = [start], [math.nan], {}
    with suppress(ArithmeticError, ValueError):  # overflow: the run has diverged
        losses[0], gradient = surface(x, y)
        for t in range(1, steps + 1):
            hyperparameters.update(changes_by_step.get(t - 1, {}))
            x, *x_state = as_tuple(update_rule(x, gradient[0], t, *x_state, **hyperparameters))
            y, *y_state = as_tuple(update_rule(y, gradient[1], t, *y_state, **hyperparameters))
            loss, gradient = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)


def descend_whole(surface, start, steps, update_rule, state, changes_by_step):
    """Return path and losses of a run whose optimizer updates the point as a whole."""
    point = np.array(start)
    path, losses, hyperparameters = [start], [math.nan], {}
    with suppress(ArithmeticError, ValueError):  # overflow: the run has diverged
        losses[0], gradient = surface(*start)
        for t in range(1, steps + 1):
            hyperparameters.update(changes_by_step.get(t - 1, {}))
            point, *state = as_tuple(update_rule(point, np.array(gradient), t, *state, **hyperparameters))
            x, y = map(float, point)
            loss, gradient = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)


def descend_with_loss(surface, start, steps, update_rule, state, changes_by_step):
    """Return path and losses of a run whose optimizer evaluates the loss itself."""
    point, loss_function = np.array(start), Loss(surface)
    path, losses, hyperparameters = [start], [math.nan], {}
    with suppress(ArithmeticError, ValueError):  # overflow: the run has diverged
        losses[0] = surface(*start)[0]
        for t in range(1, steps + 1):
            hyperparameters.update(changes_by_step.get(t - 1, {}))
            point, *state = as_tuple(update_rule(point, loss_function, t, *state, **hyperparameters))
            x, y = map(float, point)
            loss = surface(x, y)[0]
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)


def update_by_coordinate(update_rule, point, grad, t, states):
    """Return the new point and the new state of each coordinate, updated independently."""
    results = [
        as_tuple(update_rule(x, derivative, t, *state))
        for x, derivative, state in zip(point.tolist(), grad.tolist(), states, strict=True)
    ]
    return np.array([x for x, *_ in results]), [state for _, *state in results]


def update_whole(update_rule, point, grad, t, state):
    """Return the new point and the new state, updated as a whole."""
    point, *state = as_tuple(update_rule(point, grad, t, *state))
    return point, state


def descend_with_modifiers(surface, start, steps, update, update_rule, state, changes_by_step, stages):
    """Return path and losses of a run whose optimizer is combined with modifiers."""
    point, modifiers = np.array(start), Modifiers(surface, stages)
    loss_function = ModifiedLoss(surface, modifiers)  # if takes_loss
    path, losses, hyperparameters = [start], [math.nan], modifiers.hyperparameters
    with suppress(ArithmeticError, ValueError):  # overflow: the run has diverged
        losses[0], gradient = surface(*start)
        for t in range(1, steps + 1):
            hyperparameters.update(changes_by_step.get(t - 1, {}))
            bound_rule = modifiers.bind(update_rule)  # if not rate
            lr = hyperparameters.get("lr", 1.0)  # if rate or position
            lr = modifiers.modify_learning_rate(lr, t)  # if rate
            bound_rule = modifiers.bind(update_rule, lr=lr)  # if rate
            previous = point  # if result
            grad = np.array(gradient)
            grad = modifiers.modify_gradient(point, grad, t)  # if gradient or loss
            loss_function.t = t  # if takes_loss
            grad = loss_function if "takes_loss" in stages else grad  # if takes_loss
            point = modifiers.modify_position(point, lr, t)  # if position
            point, state = update(bound_rule, point, grad, t, state)
            point = modifiers.modify_result(point, previous, t)  # if result
            x, y = map(float, point)
            loss, gradient = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)
