# mypy: allow-untyped-defs
"""The loops of a script, one for each kind of run; a script takes over those that it needs, as they stand here.

Each gives the path of a run from its start on, (steps + 1, 2), and the losses along it; where the numbers overflow both end.
``turns``: since which step which hyperparameters have been turned to what; the update after it feels them.
"""

from __future__ import annotations

import math
from contextlib import suppress

import numpy as np

from app.export.code.templates.parts import Modifiers
from optimizers.loss import Loss
from optimizers.step import ModifiedLoss


def as_tuple(result):
    """A rule without a state returns the position alone."""
    return result if isinstance(result, tuple) else (result,)


def descend(surface, start, steps, update_rule, state, changes_by_step):
    """The path of a run, and the losses along it: the rule moves each coordinate by itself."""
    (x, y), x_state, y_state = start, state, state
    path, losses, hyperparameters = [start], [math.nan], {}
    with suppress(ArithmeticError, ValueError):  # an overflow: the run has diverged
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
    """The path of a run, and the losses along it: the rule moves the point as a whole, by the gradient there."""
    point = np.array(start)
    path, losses, hyperparameters = [start], [math.nan], {}
    with suppress(ArithmeticError, ValueError):  # an overflow: the run has diverged
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
    """The path of a run, and the losses along it: the rule looks at the surface itself, as often as it likes."""
    point, loss_function = np.array(start), Loss(surface)
    path, losses, hyperparameters = [start], [math.nan], {}
    with suppress(ArithmeticError, ValueError):  # an overflow: the run has diverged
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
    """One update of a rule that moves each coordinate by itself: the new point, and the new state of each coordinate."""
    results = [
        as_tuple(update_rule(x, derivative, t, *state))
        for x, derivative, state in zip(point.tolist(), grad.tolist(), states, strict=True)
    ]
    return np.array([x for x, *_ in results]), [state for _, *state in results]


def update_whole(update_rule, point, grad, t, state):
    """One update of a rule that moves the point as a whole: the new point and the new state."""
    point, *state = as_tuple(update_rule(point, grad, t, *state))
    return point, state


def descend_with_modifiers(surface, start, steps, update, update_rule, state, changes_by_step, stages):
    """The path of a run, and the losses along it: the rule is combined with other things."""
    point, modifiers = np.array(start), Modifiers(surface, stages)
    loss_function = ModifiedLoss(surface, modifiers)  # if looking
    path, losses, hyperparameters = [start], [math.nan], modifiers.hyperparameters
    with suppress(ArithmeticError, ValueError):  # an overflow: the run has diverged
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
            loss_function.t = t  # if looking
            grad = loss_function if "looking" in stages else grad  # if looking
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
