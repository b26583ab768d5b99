"""A whole path at once: for one start, for many starts, or for a grid of hyperparameters."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizers.descent import NOTHING, begin, descend
from optimizers.loss import Surface
from optimizers.optimizer import OPTIMIZERS, Optimizer
from optimizers.step import Step

BLOCK = 10_000  # elements a block, measured: larger ones leave the processor's cache, smaller ones pay for calls


@dataclass(frozen=True)
class Path:
    """``positions`` (rows, 2, *batch) and ``losses`` (rows, *batch), float64; a row for the start and one for each update.

    From the update at which a run overflows on, its rows are nan; where only the last row is kept, it alone is judged.
    """

    positions: np.ndarray
    losses: np.ndarray


def trace(
    optimizer: str | Optimizer, surface: Surface, start: Any, steps: int, *, last: bool = False, **hyperparameters: Any
) -> Path:
    """The path of ``steps`` updates from ``start``.

    start: a pair of numbers or of arrays. hyperparameters: those of the optimizer and of the parts it is combined with;
    numbers, arrays, or functions of t that give either. Starts and hyperparameters broadcast to ``batch``; a rule that
    searches (``batched`` is False) walks the runs of a batch one after another. surface: any callable
    (x, y) -> height, (slope_x, slope_y). last: keep only the last row. Raises ValueError where the optimizer or a
    hyperparameter is not known, and for an array of whole numbers or switches, which a batch must share.
    """
    if isinstance(optimizer, str):
        if optimizer not in OPTIMIZERS:
            raise ValueError(f"there is no optimizer {optimizer!r}; there are {', '.join(OPTIMIZERS)}")
        optimizer = OPTIMIZERS[optimizer]
    if not callable(surface):
        raise TypeError(f"surface must be a function (x, y) -> height, (slope_x, slope_y), not {surface!r}")
    if not hasattr(start, "__len__") or len(start) != 2:
        raise ValueError(f"start must be a pair of numbers or of arrays, not {start!r}")
    if steps < 0:
        raise ValueError(f"steps must be 0 or more, not {steps}")
    first = {name: value(1) if callable(value) else value for name, value in hyperparameters.items()}
    for name, value in first.items():
        if optimizer.declared(name).single and np.ndim(value) and optimizer.batched:
            raise ValueError(f"{name} must be one number for all runs of a batch")
    batch = np.broadcast_shapes(np.shape(start[0]), np.shape(start[1]), *(np.shape(value) for value in first.values()))
    if not batch:
        return _single(optimizer, surface, start, steps, hyperparameters, last)
    return (_many if optimizer.batched else _one_by_one)(optimizer, surface, start, steps, hyperparameters, last, batch)


def _single(
    optimizer: Optimizer, surface: Surface, start: Any, steps: int, hyperparameters: Mapping[str, Any], last: bool
) -> Path:
    point = begin(optimizer, surface, start)
    columns = array("d", [point.position[0]]), array("d", [point.position[1]]), array("d", [point.loss])
    hyperparameters = {name: value if callable(value) else float(value) for name, value in hyperparameters.items()}
    if not point.diverged:
        descend(optimizer, surface, point, hyperparameters, steps, *columns)
    table = np.full((steps + 1, 3), np.nan)
    for k, column in enumerate(columns):
        table[: len(column), k] = column
    table = table[-1:] if last else table
    return Path(table[:, :2].copy(), table[:, 2].copy())


def _one_by_one(
    optimizer: Optimizer,
    surface: Surface,
    start: Any,
    steps: int,
    hyperparameters: Mapping[str, Any],
    last: bool,
    batch: tuple[int, ...],
) -> Path:
    rows = 1 if last else steps + 1
    positions, losses = np.empty((rows, 2, *batch)), np.empty((rows, *batch))
    for index in np.ndindex(batch):

        def cut(value: Any, index: tuple[int, ...] = index) -> float:
            return float(np.broadcast_to(value, batch)[index])

        settings = {
            name: (lambda t, value=value, cut=cut: cut(value(t))) if callable(value) else cut(value)
            for name, value in hyperparameters.items()
        }
        path = _single(optimizer, surface, (cut(start[0]), cut(start[1])), steps, settings, last)
        positions[(..., *index)], losses[(..., *index)] = path.positions, path.losses
    return Path(positions, losses)


def _many(
    optimizer: Optimizer,
    surface: Surface,
    start: Any,
    steps: int,
    hyperparameters: Mapping[str, Any],
    last: bool,
    batch: tuple[int, ...],
) -> Path:
    size = int(np.prod(batch))
    x0, y0 = (np.broadcast_to(np.asarray(s, float), batch).reshape(-1) for s in start)
    rows = 1 if last else steps + 1
    positions, losses = np.full((rows, 2, size), np.nan), np.full((rows, size), np.nan)

    def cutter(block: slice) -> Callable[[Any], Any]:
        return lambda value: np.broadcast_to(value, batch).reshape(-1)[block] if np.ndim(value) else value

    with np.errstate(all="ignore"):
        for low in range(0, size, BLOCK):
            block = slice(low, low + BLOCK)
            cut = cutter(block)
            settings = {name: value if callable(value) else cut(value) for name, value in hyperparameters.items()}
            path = walk(Step(optimizer, surface, settings, cut), surface, x0[block], y0[block], steps, last)
            try:
                for row, (x, y, height) in enumerate(path):
                    positions[row, 0, block], positions[row, 1, block], losses[row, block] = x, y, height
            except (ArithmeticError, ValueError):  # of a hyperparameter that all runs share: here they all end
                pass
        gone = np.logical_or.accumulate(~np.isfinite(losses) | ~np.isfinite(positions).all(axis=1), axis=0)
        losses[gone] = np.nan
        positions.transpose(0, 2, 1)[gone] = np.nan
    if not last or not steps:
        positions[0] = x0, y0
    return Path(positions.reshape(rows, 2, *batch), losses.reshape(rows, *batch))


def walk(
    step: Step, surface: Surface, x: np.ndarray, y: np.ndarray, steps: int, last: bool = False
) -> Iterator[tuple[Any, Any, Any]]:
    """Position and height of a block of runs after 0, 1, ..., ``steps`` updates, or after the last one only.

    The rule must be a batched one. Whoever takes the rows says what is done about floating-point warnings, and about the
    ArithmeticError or ValueError of a hyperparameter that all runs share.
    """
    optimizer = step.optimizer
    state = list(optimizer.state.values())
    height, (gx, gy) = surface(x, y)
    if not last or not steps:
        yield x, y, height
    if optimizer.separable and step.plain:
        yield from _walk_separable(step, surface, x, y, (gx, gy), steps, last)
        return
    here_x, here_y = ((x, *state), (y, *state)) if optimizer.separable else ((np.array([x, y]), *state), ())
    memory = NOTHING
    for t in range(1, steps + 1):
        here_x, here_y, memory = step(t, here_x, here_y, (gx, gy), memory)
        x, y = (here_x[0], here_y[0]) if here_y else here_x[0]
        height, (gx, gy) = surface(x, y)
        if not last or t == steps:
            yield x, y, height


def _walk_separable(
    step: Step, surface: Surface, x: Any, y: Any, slope: tuple[Any, Any], steps: int, last: bool
) -> Iterator[tuple[Any, Any, Any]]:
    """What is not needed any more is let go at once: the memory of the next result is then still in the processor's cache."""
    rule = step.rule
    sx = sy = list(step.optimizer.state.values())
    has_state = bool(sx)
    gx, gy = slope
    height = slope = None  # type: ignore[assignment]
    for t in range(1, steps + 1):
        height = None
        if has_state:
            x, *sx = rule(x, gx, t, *sx)
            gx = None
            y, *sy = rule(y, gy, t, *sy)
            gy = None
        else:
            x, y = rule(x, gx, t), rule(y, gy, t)
        height, (gx, gy) = surface(x, y)
        if not last or t == steps:
            yield x, y, height
