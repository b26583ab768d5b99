"""A whole path at once: for one start, for many starts, or for a grid of hyperparameters."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .descent import Surface, begin, descend
from .optimizer import OPTIMIZERS, Loss, Optimizer

BLOCK = 10_000  # elements a block, measured: larger ones leave the processor's cache, smaller ones pay for calls


@dataclass(frozen=True)
class Path:
    """``positions`` (rows, 2, *batch) and ``losses`` (rows, *batch), float64; a row for the start and one for each update.

    From the update at which a run overflows on, its rows are nan; where only the last row is kept, it alone is judged.
    """

    positions: np.ndarray
    losses: np.ndarray


def trace(optimizer: str | Optimizer, surface: Surface, start: Any, steps: int, *, last: bool = False,
          **hyperparameters: Any) -> Path:
    """The path of ``steps`` updates from ``start``.

    start: a pair of numbers or of arrays. hyperparameters: numbers, arrays, or functions of t that give either.
    Starts and hyperparameters broadcast to ``batch``. surface: any callable (x, y) -> height, (slope_x, slope_y).
    last: keep only the last row. Raises ValueError where the optimizer or a hyperparameter is not known.
    """
    if isinstance(optimizer, str):
        if optimizer not in OPTIMIZERS:
            raise ValueError(f"there is no optimizer {optimizer!r}; there are {', '.join(OPTIMIZERS)}")
        optimizer = OPTIMIZERS[optimizer]
    optimizer.know(hyperparameters)
    if steps < 0:
        raise ValueError(f"steps must be 0 or more, not {steps}")
    constant = {name: value for name, value in hyperparameters.items() if not callable(value)}
    first = {name: value if name in constant else value(1) for name, value in hyperparameters.items()}
    batch = np.broadcast_shapes(np.shape(start[0]), np.shape(start[1]), *(np.shape(value) for value in first.values()))
    if not batch:
        return _single(optimizer, surface, start, steps, hyperparameters, last)
    return _many(optimizer, surface, start, steps, hyperparameters, last, batch)


def _single(optimizer: Optimizer, surface: Surface, start: Any, steps: int, hyperparameters: Mapping[str, Any],
            last: bool) -> Path:
    point = begin(optimizer, surface, start)
    columns = array("d", [point.position[0]]), array("d", [point.position[1]]), array("d", [point.loss])
    hyperparameters = {name: value if callable(value) else float(value) for name, value in hyperparameters.items()}
    if not point.diverged:
        point = descend(optimizer, surface, point, hyperparameters, steps, *columns)
    table = np.full((steps + 1, 3), np.nan)
    for k, column in enumerate(columns):
        table[: len(column), k] = column
    table = table[-1:] if last else table
    return Path(table[:, :2].copy(), table[:, 2].copy())


def _many(optimizer: Optimizer, surface: Surface, start: Any, steps: int, hyperparameters: Mapping[str, Any],
          last: bool, batch: tuple[int, ...]) -> Path:
    size = int(np.prod(batch))
    x0, y0 = (np.broadcast_to(np.asarray(s, float), batch).reshape(-1) for s in start)
    rows = 1 if last else steps + 1
    positions, losses = np.empty((rows, 2, size)), np.empty((rows, size))

    def cutter(block: slice) -> Callable[[Any], Any]:
        return lambda value: np.broadcast_to(value, batch).reshape(-1)[block] if np.ndim(value) else value

    with np.errstate(all="ignore"):
        for low in range(0, size, BLOCK):
            block = slice(low, low + BLOCK)
            cut = cutter(block)
            settings = {name: value if callable(value) else cut(value) for name, value in hyperparameters.items()}
            path = _walk(optimizer, surface, x0[block], y0[block], steps, settings, cut, last)
            for row, (x, y, height) in enumerate(path):
                positions[row, 0, block], positions[row, 1, block], losses[row, block] = x, y, height
        gone = np.logical_or.accumulate(~np.isfinite(losses) | ~np.isfinite(positions).all(axis=1), axis=0)
        losses[gone] = np.nan
        positions.transpose(0, 2, 1)[gone] = np.nan
    return Path(positions.reshape(rows, 2, *batch), losses.reshape(rows, *batch))


def _walk(optimizer: Optimizer, surface: Surface, x: np.ndarray, y: np.ndarray, steps: int, hyperparameters: dict[str, Any],
          cut: Callable[[Any], Any], last: bool) -> Iterator[tuple[Any, Any, Any]]:
    """Position and height of a block of runs after 0, 1, ..., ``steps`` updates, or after the last one only.

    What is not needed any more is let go at once: the memory of the next result is then still in the processor's cache.
    """
    rule, settings = optimizer.bind(hyperparameters)
    schedules = [(name, value) for name, value in hyperparameters.items() if callable(value)]
    state = list(optimizer.state.values())
    sx, sy, sp = state, state, state
    loss = Loss(surface)
    height, (gx, gy) = surface(x, y)
    if not last or not steps:
        yield x, y, height
    for t in range(1, steps + 1):
        for name, schedule in schedules:
            settings[name] = cut(schedule(t))
        height = None
        if optimizer.separable and state:
            x, *sx = rule(x, gx, t, *sx)
            gx = None
            y, *sy = rule(y, gy, t, *sy)
            gy = None
        elif optimizer.separable:
            x, y = rule(x, gx, t), rule(y, gy, t)
        else:
            answer = rule(np.array([x, y]), loss if optimizer.takes_loss else np.array([gx, gy]), t, *sp)
            (x, y), *sp = answer if state else (answer,)
        height, (gx, gy) = surface(x, y)
        if not last or t == steps:
            yield x, y, height
