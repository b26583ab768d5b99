# mypy: allow-untyped-defs
"""Loops of a Keras script. The program reads this file without importing it, so it does not need Keras."""

from __future__ import annotations

import math
from contextlib import suppress

import keras
import numpy as np

from app.export.code.templates.modifiers import Modifiers


def descend(surface, start, steps, optimizer_class, changes_by_step):
    """Return path and losses of a run of a Keras optimizer."""
    point = keras.Variable(start, dtype="float64")
    optimizer = optimizer_class(**changes_by_step[0])
    path, losses = [start], [math.nan]
    with suppress(ArithmeticError, ValueError):  # overflow: the run has diverged
        losses[0], gradient = surface(*start)
        for t in range(1, steps + 1):
            for name, value in changes_by_step.get(t - 1, {}).items():
                setattr(optimizer, name, value)
            optimizer.apply([keras.ops.convert_to_tensor(gradient, "float64")], [point])
            x, y = keras.ops.convert_to_numpy(point).tolist()
            loss, gradient = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)


def eps_after_correction(optimizer, t):
    """Add epsilon to the square root after its bias correction; Keras adds it before."""
    optimizer.epsilon *= math.sqrt(1 - optimizer.beta_2**t)


def descend_adjusted(surface, start, steps, optimizer_class, changes_by_step, adjust):
    """Return path and losses of a run of a Keras optimizer that is adjusted before every step."""
    point = keras.Variable(start, dtype="float64")
    optimizer, arguments = optimizer_class(**changes_by_step[0]), {}
    path, losses = [start], [math.nan]
    with suppress(ArithmeticError, ValueError):  # overflow: the run has diverged
        losses[0], gradient = surface(*start)
        for t in range(1, steps + 1):
            arguments.update(changes_by_step.get(t - 1, {}))
            for name, value in arguments.items():
                setattr(optimizer, name, value)
            adjust(optimizer, t)
            optimizer.apply([keras.ops.convert_to_tensor(gradient, "float64")], [point])
            x, y = keras.ops.convert_to_numpy(point).tolist()
            loss, gradient = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)


def descend_with_modifiers(
    surface, start, steps, optimizer_class, changes_by_step, stages, modifier_changes, adjust=None
):
    """Return path and losses of a run whose Keras optimizer is combined with modifiers.

    ``modifier_changes`` maps a step to the hyperparameters of modifiers that change there.
    """
    point, modifiers = keras.Variable(start, dtype="float64"), Modifiers(surface, stages)
    optimizer, arguments = optimizer_class(**changes_by_step[0]), {}
    path, losses = [start], [math.nan]
    with suppress(ArithmeticError, ValueError):  # overflow: the run has diverged
        losses[0], gradient = surface(*start)
        for t in range(1, steps + 1):
            arguments.update(changes_by_step.get(t - 1, {}))
            modifiers.hyperparameters.update(modifier_changes.get(t - 1, {}))
            for name, value in arguments.items():
                setattr(optimizer, name, value)
            lr = arguments["learning_rate"]  # if rate or position
            lr = modifiers.modify_learning_rate(lr, t)  # if rate
            optimizer.learning_rate = lr  # if rate
            previous, grad = np.array(path[-1]), np.array(gradient)
            grad = modifiers.modify_gradient(previous, grad, t)  # if gradient or loss
            point.assign(modifiers.modify_position(previous, lr, t))  # if position
            if adjust:  # if adjusted
                adjust(optimizer, t)  # if adjusted
            optimizer.apply([keras.ops.convert_to_tensor(grad, "float64")], [point])
            point.assign(modifiers.modify_result(keras.ops.convert_to_numpy(point), previous, t))  # if result
            x, y = keras.ops.convert_to_numpy(point).tolist()
            loss, gradient = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)
