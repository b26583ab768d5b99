# mypy: allow-untyped-defs
"""Loop of a PyTorch script. The program reads this file without importing it, so it does not need torch."""

from __future__ import annotations

import math
from contextlib import suppress

import numpy as np
import torch

from app.export.code.templates.modifiers import Modifiers


def lr_in_velocity(group, grad, t):
    """Put the learning rate inside the velocity; torch has it outside, which differs once it changes."""
    grad *= group["lr"]
    group["lr"] = 1.0


def eps_before_correction(group, grad, t):
    """Add eps to the square root before its bias correction; torch adds it after."""
    group["eps"] /= math.sqrt(1 - group["betas"][1] ** t)


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
    """Return path and losses of a run of a torch optimizer; both end at the last finite point.

    ``changes_by_step`` maps a step to the arguments that change there.
    """
    point = torch.tensor(start, requires_grad=True)
    optimizer, arguments = optimizer_class([point], **changes_by_step[0]), {}
    group, path, losses = optimizer.param_groups[0], [start], [math.nan]
    modifiers = Modifiers(surface, stages or {}, {})  # if modified

    def closure():  # if closure
        loss, gradient = surface(*point.tolist())  # if closure
        point.grad = torch.tensor(gradient)  # if closure
        return torch.tensor(loss)  # if closure

    with suppress(ArithmeticError, ValueError), torch.no_grad():  # overflow: the run has diverged
        surface.set_step(0)  # if changing
        losses[0], gradient = surface(*start)
        for t in range(1, steps + 1):
            arguments.update(changes_by_step.get(t - 1, {}))
            group.update(arguments)
            grad = np.array(gradient)
            previous = np.array(path[-1])  # if modified
            modifiers.hyperparameters.update((modifier_changes or {}).get(t - 1, {}))  # if modified
            group["lr"] = modifiers.modify_learning_rate(group["lr"], t)  # if rate
            grad = modifiers.modify_gradient(previous, grad, t)  # if gradient or loss
            point.copy_(torch.from_numpy(modifiers.modify_position(previous, group["lr"], t)))  # if position
            point.grad = torch.from_numpy(grad)
            if adjust:  # if adjusted
                adjust(group, point.grad, t)  # if adjusted
            optimizer.step()  # if not closure
            optimizer.step(closure if optimizer_class is torch.optim.LBFGS else None)  # if closure
            result = modifiers.modify_result(point.detach().numpy().copy(), previous, t)  # if result
            point.copy_(torch.from_numpy(result))  # if result
            x, y = point.tolist()
            surface.set_step(t)  # if changing
            loss, gradient = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)
