# mypy: allow-untyped-defs
"""Loop of a Keras script. The program reads this file without importing it, so it does not need Keras."""

from __future__ import annotations

import math
from contextlib import suppress

import keras
import numpy as np

from app.export.code.templates.modifiers import Modifiers


def eps_after_correction(optimizer, t):
    """Add epsilon to the square root after its bias correction; Keras adds it before."""
    optimizer.epsilon *= math.sqrt(1 - optimizer.beta_2**t)


def descend(
    surface,
    start,
    steps,
    optimizer_class,
    changes_by_step,
    adjust=None,  # if adjusted
    stages=None,  # if modified
    modifier_changes=None,  # if modified
):
    """Return path and losses of a run of a Keras optimizer; both end at the last finite point.

    ``changes_by_step`` maps a step to the arguments that change there.
    """
    point = keras.Variable(start, dtype="float64")
    optimizer, arguments = optimizer_class(**changes_by_step[0]), {}
    path, losses = [start], [math.nan]
    modifiers = Modifiers(surface, stages or {}, {})  # if modified
    with suppress(ArithmeticError, ValueError):  # overflow: the run has diverged
        surface.set_step(0)  # if changing
        losses[0], gradient = surface(*start)
        for t in range(1, steps + 1):
            arguments.update(changes_by_step.get(t - 1, {}))
            for name, value in arguments.items():
                setattr(optimizer, name, value)
            grad = np.array(gradient)
            previous, lr = np.array(path[-1]), arguments["learning_rate"]  # if modified
            modifiers.hyperparameters.update((modifier_changes or {}).get(t - 1, {}))  # if modified
            lr = modifiers.modify_learning_rate(lr, t)  # if rate
            optimizer.learning_rate = lr  # if rate
            grad = modifiers.modify_gradient(previous, grad, t)  # if gradient or loss
            point.assign(modifiers.modify_position(previous, lr, t))  # if position
            if adjust:  # if adjusted
                adjust(optimizer, t)  # if adjusted
            optimizer.apply([keras.ops.convert_to_tensor(grad, "float64")], [point])
            point.assign(modifiers.modify_result(keras.ops.convert_to_numpy(point), previous, t))  # if result
            x, y = keras.ops.convert_to_numpy(point).tolist()
            surface.set_step(t)  # if changing
            loss, gradient = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)
