# mypy: allow-untyped-defs
"""The loops of a PyTorch script. The program only reads this file, and needs no torch."""

from __future__ import annotations

import math
from contextlib import suppress

import numpy as np
import torch

from app.export.code.templates.parts import Parts


def descend(surface, start, steps, make, turns):
    """The path of a run of a torch optimizer, and the losses along it."""
    point = torch.tensor(start, requires_grad=True)
    optimizer = make([point], **turns[0])
    path, losses = [start], [math.nan]

    def closure():
        loss, slope = surface(*point.tolist())
        point.grad = torch.tensor(slope)
        return torch.tensor(loss)

    with suppress(ArithmeticError, ValueError):  # an overflow: the run has diverged
        losses[0] = surface(*start)[0]
        for t in range(1, steps + 1):
            optimizer.param_groups[0].update(turns.get(t - 1, {}))
            optimizer.step(closure)
            x, y = point.tolist()
            loss = surface(x, y)[0]
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)


def rate_inside(group, grad, t):
    """Momentum with the learning rate inside the velocity. Torch has it outside, which is not the same once it changes."""
    grad *= group["lr"]
    group["lr"] = 1.0


def eps_before_correction(group, grad, t):
    """Adam with eps beside the root that is not yet corrected for its start; torch has it beside the corrected one."""
    group["eps"] /= math.sqrt(1 - group["betas"][1] ** t)


def descend_adjusted(surface, start, steps, make, turns, adjust):
    """The path of a run of a torch optimizer that is adjusted before every step, and the losses along it."""
    point = torch.tensor(start, requires_grad=True)
    optimizer, arguments = make([point], **turns[0]), {}
    group = optimizer.param_groups[0]
    path, losses = [start], [math.nan]
    with suppress(ArithmeticError, ValueError):  # an overflow: the run has diverged
        losses[0], slope = surface(*start)
        for t in range(1, steps + 1):
            arguments.update(turns.get(t - 1, {}))
            group.update(arguments)
            point.grad = torch.tensor(slope)
            adjust(group, point.grad, t)
            optimizer.step()
            x, y = point.tolist()
            loss, slope = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)


def descend_combined(surface, start, steps, make, turns, stages, more, adjust=None):
    """The path of a run whose torch optimizer is combined with other things, turned as ``more`` says, and the losses along it."""
    point, parts = torch.tensor(start, requires_grad=True), Parts(surface, stages)
    optimizer, arguments = make([point], **turns[0]), {}
    group = optimizer.param_groups[0]
    path, losses = [start], [math.nan]
    with suppress(ArithmeticError, ValueError), torch.no_grad():  # an overflow: the run has diverged
        losses[0], slope = surface(*start)
        for t in range(1, steps + 1):
            arguments.update(turns.get(t - 1, {}))
            parts.settings.update(more.get(t - 1, {}))
            group.update(arguments)
            group["lr"] = parts.rate(group["lr"], t)  # if rate
            before, grad = np.array(path[-1]), np.array(slope)
            grad = parts.shape(before, grad, t)  # if gradient or loss
            point.grad = torch.from_numpy(grad)
            point.copy_(torch.from_numpy(parts.position(before, group["lr"], t)))  # if position
            if adjust:  # if adjusted
                adjust(group, point.grad, t)  # if adjusted
            optimizer.step()
            point.copy_(torch.from_numpy(parts.result(point.detach().numpy().copy(), before, t)))  # if result
            x, y = point.tolist()
            loss, slope = surface(x, y)
            if not all(map(math.isfinite, (x, y, loss))):
                break
            path.append((x, y))
            losses.append(loss)
    return np.array(path), np.array(losses)
