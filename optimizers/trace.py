"""Complete paths: for one start, for many starts, or for a grid of hyperparameters."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizers.descent import NO_MODIFIER_STATES, descend, initial_point
from optimizers.loss import SurfaceFunction
from optimizers.optimizer import OLD_IDS, OPTIMIZERS, Optimizer
from optimizers.step import BoundUpdate

BLOCK_SIZE = 10_000  # runs per block, measured: more exceed the processor's cache, fewer are dominated by call overhead


@dataclass(frozen=True)
class Path:
    """Positions and losses of one run or of a batch of runs.

    Attributes
    ----------
    positions : ndarray of float64, shape (rows, 2, *batch)
        Row 0 is the start, row t the position after step t; nan from the step at which a run overflows.
    losses : ndarray of float64, shape (rows, *batch)
        Loss at each position; nan from the step at which a run overflows. In row 0 it is not finite if the surface
        has no loss at the start.

    Notes
    -----
    If ``trace`` keeps only the last row, a run counts as overflowed only if that row is not finite.
    """

    positions: np.ndarray
    losses: np.ndarray


def trace(
    optimizer: str | Optimizer,
    surface: SurfaceFunction,
    start: Any,
    steps: int,
    *,
    last: bool = False,
    **hyperparameters: Any,
) -> Path:
    """Compute the path of an optimizer on a surface.

    Parameters
    ----------
    optimizer : str or Optimizer
        Optimizer or its id in ``OPTIMIZERS``.
    surface : callable
        (x, y) -> loss, (grad_x, grad_y), for example a ``Surface``.
    start : pair of float or of array_like
        Initial position; arrays make a batch of runs.
    steps : int
        Number of steps, at least 0.
    last : bool, optional
        Keep only the last row.
    **hyperparameters : float, array_like or callable
        Hyperparameters of the optimizer and of the modifiers it is combined with; a callable is a schedule, a function
        of the step number t, counted from 1, that returns a number or an array. Others have their defaults.

    Returns
    -------
    Path
        Positions and losses, float64. The starts and the hyperparameters are broadcast to the shape ``batch``.

    Raises
    ------
    ValueError
        If the optimizer or a hyperparameter is unknown, if ``start`` is not a pair or ``steps`` is negative, or if an
        integer or switch is given as an array: a batch must share these unless ``batched`` is False.
    TypeError
        If ``surface`` is not callable.

    Notes
    -----
    If the optimizer is not ``batched``, for example because it uses a line search, the runs of a batch are computed one
    after another.
    """
    if isinstance(optimizer, str):
        optimizer = OLD_IDS.get(optimizer, optimizer)
        if optimizer not in OPTIMIZERS:
            raise ValueError(f"unknown optimizer {optimizer!r}; choose from {', '.join(OPTIMIZERS)}")
        optimizer = OPTIMIZERS[optimizer]
    if not callable(surface):
        raise TypeError(f"surface must be a function (x, y) -> loss, (grad_x, grad_y), not {surface!r}")
    if not hasattr(start, "__len__") or len(start) != 2:
        raise ValueError(f"start must be a pair of numbers or of arrays, not {start!r}")
    if steps < 0:
        raise ValueError(f"steps must be 0 or more, not {steps}")
    first_values = {name: value(1) if callable(value) else value for name, value in hyperparameters.items()}
    for name, value in first_values.items():
        if optimizer.spec(name).scalar_only and np.ndim(value) and optimizer.batched:
            raise ValueError(f"{name} must be one number for all runs of a batch")
    batch = np.broadcast_shapes(
        np.shape(start[0]), np.shape(start[1]), *(np.shape(value) for value in first_values.values())
    )
    if not batch:
        return _trace_single(optimizer, surface, start, steps, hyperparameters, last)
    return (_trace_batch if optimizer.batched else _trace_sequentially)(
        optimizer, surface, start, steps, hyperparameters, last, batch
    )


def _trace_single(
    optimizer: Optimizer,
    surface: SurfaceFunction,
    start: Any,
    steps: int,
    hyperparameters: Mapping[str, Any],
    last: bool,
) -> Path:
    point = initial_point(optimizer, surface, start)
    columns = array("d", [point.position[0]]), array("d", [point.position[1]]), array("d", [point.loss])
    hyperparameters = {name: value if callable(value) else float(value) for name, value in hyperparameters.items()}
    if not point.diverged:
        descend(optimizer, surface, point, hyperparameters, steps, *columns)
    table = np.full((steps + 1, 3), np.nan)
    for k, column in enumerate(columns):
        table[: len(column), k] = column
    table = table[-1:] if last else table
    return Path(table[:, :2].copy(), table[:, 2].copy())


def _trace_sequentially(
    optimizer: Optimizer,
    surface: SurfaceFunction,
    start: Any,
    steps: int,
    hyperparameters: Mapping[str, Any],
    last: bool,
    batch: tuple[int, ...],
) -> Path:
    rows = 1 if last else steps + 1
    positions, losses = np.empty((rows, 2, *batch)), np.empty((rows, *batch))
    for index in np.ndindex(batch):

        def select(value: Any, index: tuple[int, ...] = index) -> float:
            return float(np.broadcast_to(value, batch)[index])

        settings = {
            name: (lambda t, value=value, cut=select: cut(value(t))) if callable(value) else select(value)
            for name, value in hyperparameters.items()
        }
        path = _trace_single(optimizer, surface, (select(start[0]), select(start[1])), steps, settings, last)
        positions[(..., *index)], losses[(..., *index)] = path.positions, path.losses
    return Path(positions, losses)


def _trace_batch(
    optimizer: Optimizer,
    surface: SurfaceFunction,
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

    def block_selector(block: slice) -> Callable[[Any], Any]:
        return lambda value: np.broadcast_to(value, batch).reshape(-1)[block] if np.ndim(value) else value

    with np.errstate(all="ignore"):
        for first_index in range(0, size, BLOCK_SIZE):
            block = slice(first_index, first_index + BLOCK_SIZE)
            select = block_selector(block)
            settings = {name: value if callable(value) else select(value) for name, value in hyperparameters.items()}
            path = iterate_updates(
                BoundUpdate(optimizer, surface, settings, select), surface, x0[block], y0[block], steps, last
            )
            try:
                for row, (x, y, loss) in enumerate(path):
                    positions[row, 0, block], positions[row, 1, block], losses[row, block] = x, y, loss
            except (ArithmeticError, ValueError):  # raised by a hyperparameter that all runs share: they all end here
                pass
        diverged = np.logical_or.accumulate(~np.isfinite(losses) | ~np.isfinite(positions).all(axis=1), axis=0)
        losses[diverged] = np.nan
        positions.transpose(0, 2, 1)[diverged] = np.nan
    if not last or not steps:
        positions[0] = x0, y0
    return Path(positions.reshape(rows, 2, *batch), losses.reshape(rows, *batch))


def iterate_updates(
    update: BoundUpdate, surface: SurfaceFunction, x: np.ndarray, y: np.ndarray, steps: int, last: bool = False
) -> Iterator[tuple[Any, Any, Any]]:
    """Yield x, y and loss of a block of runs after 0, 1, ..., ``steps`` steps, or after the last one only.

    The optimizer must be ``batched``. The caller handles floating-point warnings and the ArithmeticError or ValueError
    that a hyperparameter shared by all runs may raise.
    """
    optimizer = update.optimizer
    state = list(optimizer.state.values())
    loss, (gx, gy) = surface(x, y)
    if not last or not steps:
        yield x, y, loss
    if optimizer.separable and update.is_unmodified:
        yield from _iterate_separable(update, surface, x, y, (gx, gy), steps, last)
        return
    x_state, y_state = ((x, *state), (y, *state)) if optimizer.separable else ((np.array([x, y]), *state), ())
    modifier_states = NO_MODIFIER_STATES
    for t in range(1, steps + 1):
        x_state, y_state, modifier_states = update(t, x_state, y_state, (gx, gy), modifier_states)
        x, y = (x_state[0], y_state[0]) if y_state else x_state[0]
        loss, (gx, gy) = surface(x, y)
        if not last or t == steps:
            yield x, y, loss


def _iterate_separable(
    update: BoundUpdate, surface: SurfaceFunction, x: Any, y: Any, gradient: tuple[Any, Any], steps: int, last: bool
) -> Iterator[tuple[Any, Any, Any]]:
    # Each array is released as soon as it is not needed, so that the next result reuses memory in the processor's cache
    update_rule, update_y = update.update_rule, update.update_y
    sx = sy = list(update.optimizer.state.values())
    has_state = bool(sx)
    gx, gy = gradient
    loss = gradient = None  # type: ignore[assignment]
    for t in range(1, steps + 1):
        loss = None
        if has_state:
            x, *sx = update_rule(x, gx, t, *sx)
            gx = None
            y, *sy = update_y(y, gy, t, *sy)
            gy = None
        else:
            x, y = update_rule(x, gx, t), update_y(y, gy, t)
        loss, (gx, gy) = surface(x, y)
        if not last or t == steps:
            yield x, y, loss
