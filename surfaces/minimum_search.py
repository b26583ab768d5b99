"""Numerical search for the local minima of a function: a grid, Newton's method, and a pattern search at kinks.

The result is what was found, not a proof: a minimum narrower than a cell of the grid can be missed.
"""

from __future__ import annotations

import math
from collections.abc import Generator

import numpy as np

from surfaces.line_search import find_line_minima
from surfaces.surface import Bounds, SurfaceFunction, hessian

GRID_SIZE = 81  # points per axis
MAX_SEEDS = 2000  # grid points that Newton's method starts from
MAX_KINK_SEEDS = 40  # grid points that the pattern search starts from
NEWTON_STEPS = 40
MAX_NEWTON_STEP = 0.05  # of the domain
CONVERGED_STEP = 1e-8  # of the domain
MERGE_DISTANCE = 1e-5  # of the domain: closer points are one minimum
EQUAL_LOSS = 1e-9  # relative difference up to which losses count as equal
PATTERN_EVALUATIONS = 600
PATTERN_DIRECTIONS = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b]


def find_minima(
    function: SurfaceFunction,
    bounds: Bounds,
    grid_size: int = GRID_SIZE,
    with_kinks: bool = False,
    dimension: int = 2,
) -> list[tuple[float, float, float]]:
    """Return the local minima found within the bounds as (x, y, loss), the lowest first; see ``search_minima``."""
    search = search_minima(function, bounds, grid_size, with_kinks, dimension)
    while True:
        try:
            next(search)
        except StopIteration as end:
            minima: list[tuple[float, float, float]] = end.value
            return minima


def search_minima(
    function: SurfaceFunction,
    bounds: Bounds,
    grid_size: int = GRID_SIZE,
    with_kinks: bool = False,
    dimension: int = 2,
) -> Generator[None, None, list[tuple[float, float, float]]]:
    """Yield after each of many short steps; return the minima found as (x, y, loss), the lowest first.

    Parameters
    ----------
    function : callable
        (x, y) -> loss, (grad_x, grad_y) for arrays.
    bounds : tuple
        The domain, ((x_min, x_max), (y_min, y_max)).
    grid_size : int
        Points per axis of the grid whose lowest points the search starts from.
    with_kinks : bool
        Search also for minima at which the function has no derivative.
    dimension : int
        1 for a function of x alone, which is searched along y = 0, for kinks in any case.
    """
    if dimension == 1:
        return [(x, 0.0, loss) for x, loss in find_line_minima(function, *bounds[0])]
    size = np.array([high - low for low, high in bounds])
    seeds = _lowest_grid_points(function, bounds, grid_size)
    points, is_minimum = yield from _newton(function, seeds, size)
    near = (np.abs(points - seeds) <= 1.5 * size[:, None] / (grid_size - 1)).all(axis=0)
    found = [tuple(map(float, point)) for point in points.T[is_minimum]]
    if with_kinks:
        for seed in seeds.T[~(is_minimum & near)][:MAX_KINK_SEEDS]:
            yield
            kink = _pattern_search(function, tuple(map(float, seed)), size, float(size.max()) / grid_size)
            found += [kink] if kink is not None else []
    (left, right), (bottom, top) = bounds
    inside = [(x, y) for x, y in found if left <= x <= right and bottom <= y <= top]
    minima = [(x, y, _loss(function, x, y)) for x, y in _distinct(inside, size)]
    return sorted(minima, key=lambda minimum: minimum[2])


def lowest_minima(
    function: SurfaceFunction,
    bounds: Bounds,
    grid_size: int = GRID_SIZE,
    with_kinks: bool = False,
    dimension: int = 2,
) -> tuple[tuple[float, float], ...]:
    """Return the lowest of the minima found; empty if the function is lower somewhere else in the domain."""
    minima = find_minima(function, bounds, grid_size, with_kinks, dimension)
    if not minima:
        return ()
    grid = _grid(bounds, grid_size)
    with np.errstate(all="ignore"):
        losses = np.array(np.broadcast_to(function(*grid)[0], grid[0].shape), float)
    lowest, finite = minima[0][2], losses[np.isfinite(losses)]
    tolerance = EQUAL_LOSS * max(abs(lowest), float(np.median(np.abs(finite))))
    if min(float(finite.min()), _lowest_on_border(function, bounds, grid_size)) < lowest - tolerance:
        return ()
    return tuple((x, y) for x, y, loss in minima if loss <= lowest + tolerance)


def _grid(bounds: Bounds, grid_size: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.meshgrid(*(np.linspace(low, high, grid_size) for low, high in bounds), indexing="ij")
    return x, y


def _lowest_on_border(function: SurfaceFunction, bounds: Bounds, grid_size: int) -> float:
    """Return the lowest loss on the border, on a line that is 20 times finer than the grid."""
    (left, right), (bottom, top) = bounds
    x, y = np.linspace(left, right, 20 * grid_size), np.linspace(bottom, top, 20 * grid_size)
    xs = np.concatenate([x, x, np.full_like(y, left), np.full_like(y, right)])
    ys = np.concatenate([np.full_like(x, bottom), np.full_like(x, top), y, y])
    with np.errstate(all="ignore"):
        losses = np.broadcast_to(function(xs, ys)[0], xs.shape)
    return float(losses[np.isfinite(losses)].min(initial=math.inf))


def _loss(function: SurfaceFunction, x: float, y: float) -> float:
    with np.errstate(all="ignore"):
        return float(np.ravel(function(np.array([x]), np.array([y]))[0])[0])


def _lowest_grid_points(function: SurfaceFunction, bounds: Bounds, grid_size: int) -> np.ndarray:
    """Return the grid points that are not above their eight neighbors, shape (2, n)."""
    x, y = _grid(bounds, grid_size)
    with np.errstate(all="ignore"):
        losses = np.array(np.broadcast_to(function(x, y)[0], x.shape), float)
    losses = np.where(np.isfinite(losses), losses, np.inf)
    padded, lowest = np.pad(losses, 1, constant_values=np.inf), np.isfinite(losses)
    for a, b in PATTERN_DIRECTIONS:
        lowest &= losses <= padded[1 + a : 1 + a + grid_size, 1 + b : 1 + b + grid_size]
    if lowest.sum() > MAX_SEEDS:  # a plateau
        lowest &= losses <= np.partition(losses[lowest], MAX_SEEDS)[MAX_SEEDS]
    return np.stack([x[lowest], y[lowest]])[:, :MAX_SEEDS]


def _newton(
    function: SurfaceFunction, seeds: np.ndarray, size: np.ndarray
) -> Generator[None, None, tuple[np.ndarray, np.ndarray]]:
    """Return where Newton's method with absolute eigenvalues arrives, (2, n), and whether that is a minimum (n,)."""
    points, length = seeds.copy(), np.full(seeds.shape[1], np.inf)
    valid, eigenvalues = np.ones(seeds.shape[1], bool), np.zeros((seeds.shape[1], 2))
    for _ in range(NEWTON_STEPS if seeds.size else 0):
        yield
        with np.errstate(all="ignore"):
            gradient = np.array(np.broadcast_arrays(*function(*points)[1]), float)
            matrices = np.moveaxis(hessian(function, *points), (0, 1), (-2, -1))
            finite = np.isfinite(matrices).all(axis=(1, 2)) & np.isfinite(gradient).all(axis=0)
            eigenvalues, vectors = np.linalg.eigh(np.where(finite[:, None, None], matrices, np.eye(2)))
            smallest = 1e-9 * np.abs(eigenvalues).max(axis=1, keepdims=True) + 1e-300
            divisors = np.maximum(np.abs(eigenvalues), smallest)
            along = np.einsum("nji,nj->ni", vectors, np.where(finite, gradient, 0.0).T) / divisors
            steps = np.einsum("nij,nj->ni", vectors, along).T
            length = np.hypot(*(steps / size[:, None]))
            points = points - steps * np.minimum(1.0, MAX_NEWTON_STEP / np.maximum(length, 1e-300))
        valid &= finite
        if not (length[valid] > 1e-14).any():
            break
    return points, valid & (length < CONVERGED_STEP) & (eigenvalues[:, 0] > 0)


def _pattern_search(
    function: SurfaceFunction, start: tuple[float, ...], size: np.ndarray, step: float
) -> tuple[float, float] | None:
    """Return the minimum that a search in eight directions finds; None if the loss is not higher all around it."""
    x, y = start
    loss, evaluations, smallest = _loss(function, x, y), 0, 1e-9 * float(size.max())
    while step > smallest and evaluations < PATTERN_EVALUATIONS:
        evaluations += len(PATTERN_DIRECTIONS)
        candidates = [(x + a * step, y + b * step) for a, b in PATTERN_DIRECTIONS]
        losses = [_loss(function, *candidate) for candidate in candidates]
        best = int(np.argmin([value if value == value else math.inf for value in losses]))
        if losses[best] < loss:
            (x, y), loss = candidates[best], losses[best]
        else:
            step /= 2
    ring = np.exp(2j * np.pi * np.arange(16) / 16) * 1e-5
    with np.errstate(all="ignore"):
        around = np.broadcast_to(function(x + ring.real * size[0], y + ring.imag * size[1])[0], ring.shape)
    return (x, y) if (around > loss).all() else None


def _distinct(points: list[tuple[float, float]], size: np.ndarray) -> list[tuple[float, float]]:
    """Return the points without those that nearly equal an earlier one."""
    scaled = np.array(points).reshape(-1, 2) / size
    kept: list[int] = []
    for k in range(len(points)):
        if not kept or np.hypot(*(scaled[kept] - scaled[k]).T).min() > MERGE_DISTANCE:
            kept.append(k)
    return [points[k] for k in kept]
