# mypy: allow-untyped-defs
"""The loops of a script, one for each kind of run; a script takes over those that it needs, as they stand here.

Each gives the path of a run from its start on, (steps + 1, 2), and the losses along it; where the numbers overflow both end.
``turns``: since which step which hyperparameters have been turned to what; the update after it feels them.
"""

from __future__ import annotations

import math
from contextlib import suppress

import numpy as np

from app.export.code.templates.parts import Parts
from optimizers.loss import Loss
from optimizers.step import PartedLoss


def several(moved):
    """A rule without a state returns the position alone."""
    return moved if isinstance(moved, tuple) else (moved,)


def descend(surface, start, steps, rule, state, turns):
    """The path of a run, and the losses along it: the rule moves each coordinate by itself."""
    (x, y), x_state, y_state = start, state, state
    path, losses, settings = [start], [math.nan], {}
    with suppress(ArithmeticError, ValueError):  # an overflow: the run has diverged
        losses[0], slope = surface(x, y)
        for t in range(1, steps + 1):
            settings.update(turns.get(t - 1, {}))
            x, *x_state = several(rule(x, slope[0], t, *x_state, **settings))
            y, *y_state = several(rule(y, slope[1], t, *y_state, **settings))
            loss, slope = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)


def descend_whole(surface, start, steps, rule, state, turns):
    """The path of a run, and the losses along it: the rule moves the point as a whole, by the gradient there."""
    point = np.array(start)
    path, losses, settings = [start], [math.nan], {}
    with suppress(ArithmeticError, ValueError):  # an overflow: the run has diverged
        losses[0], slope = surface(*start)
        for t in range(1, steps + 1):
            settings.update(turns.get(t - 1, {}))
            point, *state = several(rule(point, np.array(slope), t, *state, **settings))
            x, y = map(float, point)
            loss, slope = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)


def descend_looking(surface, start, steps, rule, state, turns):
    """The path of a run, and the losses along it: the rule looks at the surface itself, as often as it likes."""
    point, seen = np.array(start), Loss(surface)
    path, losses, settings = [start], [math.nan], {}
    with suppress(ArithmeticError, ValueError):  # an overflow: the run has diverged
        losses[0] = surface(*start)[0]
        for t in range(1, steps + 1):
            settings.update(turns.get(t - 1, {}))
            point, *state = several(rule(point, seen, t, *state, **settings))
            x, y = map(float, point)
            loss = surface(x, y)[0]
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)


def by_coordinate(rule, point, grad, t, states):
    """One update of a rule that moves each coordinate by itself: the new point, and the new state of each coordinate."""
    moved = [
        several(rule(x, slope, t, *state))
        for x, slope, state in zip(point.tolist(), grad.tolist(), states, strict=True)
    ]
    return np.array([x for x, *_ in moved]), [state for _, *state in moved]


def at_once(rule, point, grad, t, state):
    """One update of a rule that moves the point as a whole: the new point and the new state."""
    point, *state = several(rule(point, grad, t, *state))
    return point, state


def descend_combined(surface, start, steps, update, rule, state, turns, stages):
    """The path of a run, and the losses along it: the rule is combined with other things."""
    point, parts = np.array(start), Parts(surface, stages)
    seen = PartedLoss(surface, parts)  # if looking
    path, losses, settings = [start], [math.nan], parts.settings
    with suppress(ArithmeticError, ValueError):  # an overflow: the run has diverged
        losses[0], slope = surface(*start)
        for t in range(1, steps + 1):
            settings.update(turns.get(t - 1, {}))
            now = parts.bound(rule)  # if not rate
            lr = settings.get("lr", 1.0)  # if rate or position
            lr = parts.rate(lr, t)  # if rate
            now = parts.bound(rule, lr=lr)  # if rate
            before = point  # if result
            grad = np.array(slope)
            grad = parts.shape(point, grad, t)  # if gradient or loss
            seen.t = t  # if looking
            grad = seen if "looking" in stages else grad  # if looking
            point = parts.position(point, lr, t)  # if position
            point, state = update(now, point, grad, t, state)
            point = parts.result(point, before, t)  # if result
            x, y = map(float, point)
            loss, slope = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)
