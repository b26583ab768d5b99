# mypy: allow-untyped-defs
"""Loops of a PyTorch script. The program reads this file without importing it, so it does not need torch."""

from __future__ import annotations

import math
from contextlib import suppress

import numpy as np
import torch

from app.export.code.templates.modifiers import Modifiers


def descend(surface, start, steps, optimizer_class, changes_by_step):
    """Return path and losses of a run of a torch optimizer."""
    point = torch.tensor(start, requires_grad=True)
    optimizer = optimizer_class([point], **changes_by_step[0])
    path, losses = [start], [math.nan]

    def closure():
        loss, gradient = surface(*point.tolist())
        point.grad = torch.tensor(gradient)
        return torch.tensor(loss)

    with suppress(ArithmeticError, ValueError):  # overflow: the run has diverged
        losses[0] = surface(*start)[0]
        for t in range(1, steps + 1):
            optimizer.param_groups[0].update(changes_by_step.get(t - 1, {}))
            optimizer.step(closure)
            x, y = point.tolist()
            loss = surface(x, y)[0]
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)


def lr_in_velocity(group, grad, t):
    """Put the learning rate inside the velocity; torch has it outside, which differs once it changes."""
    grad *= group["lr"]
    group["lr"] = 1.0


def eps_before_correction(group, grad, t):
    """Add eps to the square root before its bias correction; torch adds it after."""
    group["eps"] /= math.sqrt(1 - group["betas"][1] ** t)


def descend_adjusted(surface, start, steps, optimizer_class, changes_by_step, adjust):
    """Return path and losses of a run of a torch optimizer that is adjusted before every step."""
    point = torch.tensor(start, requires_grad=True)
    optimizer, arguments = optimizer_class([point], **changes_by_step[0]), {}
    group = optimizer.param_groups[0]
    path, losses = [start], [math.nan]
    with suppress(ArithmeticError, ValueError):  # overflow: the run has diverged
        losses[0], gradient = surface(*start)
        for t in range(1, steps + 1):
            arguments.update(changes_by_step.get(t - 1, {}))
            group.update(arguments)
            point.grad = torch.tensor(gradient)
            adjust(group, point.grad, t)
            optimizer.step()
            x, y = point.tolist()
            loss, gradient = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)


def descend_with_modifiers(
    surface, start, steps, optimizer_class, changes_by_step, stages, modifier_changes, adjust=None
):
    """Return path and losses of a run whose torch optimizer is combined with modifiers.

    ``modifier_changes`` maps a step to the hyperparameters of modifiers that change there.
    """
    point, modifiers = torch.tensor(start, requires_grad=True), Modifiers(surface, stages)
    optimizer, arguments = optimizer_class([point], **changes_by_step[0]), {}
    group = optimizer.param_groups[0]
    path, losses = [start], [math.nan]
    with suppress(ArithmeticError, ValueError), torch.no_grad():  # overflow: the run has diverged
        losses[0], gradient = surface(*start)
        for t in range(1, steps + 1):
            arguments.update(changes_by_step.get(t - 1, {}))
            modifiers.hyperparameters.update(modifier_changes.get(t - 1, {}))
            group.update(arguments)
            group["lr"] = modifiers.modify_learning_rate(group["lr"], t)  # if rate
            previous, grad = np.array(path[-1]), np.array(gradient)
            grad = modifiers.modify_gradient(previous, grad, t)  # if gradient or loss
            point.grad = torch.from_numpy(grad)
            point.copy_(torch.from_numpy(modifiers.modify_position(previous, group["lr"], t)))  # if position
            if adjust:  # if adjusted
                adjust(group, point.grad, t)  # if adjusted
            optimizer.step()
            result = modifiers.modify_result(point.detach().numpy().copy(), previous, t)  # if result
            point.copy_(torch.from_numpy(result))  # if result
            x, y = point.tolist()
            loss, gradient = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)
