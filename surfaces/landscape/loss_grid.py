"""The losses on a grid of a plane, computed from coarse to fine, and those of the recorded path."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from surfaces.landscape.planes import Plane

LossFunction = Callable[[np.ndarray], float]
MARGIN = 0.25  # of the larger extent of the path, on each side of it
REPEATABILITY = 1e-5  # relative; graphics cards add in different orders
MIN_GRID, MAX_GRID = 5, 513
COARSEST = 16  # grid lines between two points of the first level
LANDSCAPE_FORMAT = 1


@dataclass(frozen=True)
class LossGrid:
    """Losses on a plane and along a path.

    Attributes
    ----------
    xs, ys : ndarray, shape (nx,) and (ny,)
        Rising, evenly spaced coordinates on the plane.
    heights : ndarray, shape (ny, nx)
        The losses there; nan where not computed.
    path, path_steps, path_losses, path_heights, path_off_plane : ndarray, shape (k, 2) and (k,)
        For each snapshot: its projection on the plane, its step, its loss, the loss at the projection, and its distance
        from the plane.
    """

    plane: Plane
    xs: np.ndarray
    ys: np.ndarray
    heights: np.ndarray
    path: np.ndarray
    path_steps: np.ndarray
    path_losses: np.ndarray
    path_heights: np.ndarray
    path_off_plane: np.ndarray

    def to_arrays(self, **facts: Any) -> dict[str, Any]:
        """Return the arrays of a landscape file; facts are names with values that JSON can hold."""
        columns = ("xs", "ys", "heights", "path", "path_steps", "path_losses", "path_heights", "path_off_plane")
        return {
            **{name: getattr(self, name) for name in columns},
            "thalweg_landscape": LANDSCAPE_FORMAT,
            "shares": self.plane.shares,
            "kind": self.plane.kind,
            "facts": json.dumps({"parameters": len(self.plane.origin), "unit": self.plane.unit, **facts}),
        }


def check_repeatable(loss: LossFunction, parameters: np.ndarray) -> None:
    """Raise ValueError if a loss is not a finite number, or differs between two evaluations at the same parameters."""
    first, second = loss(parameters), loss(parameters)
    if not math.isfinite(first):
        raise ValueError(f"the loss at the last step is {first}; a landscape needs a finite loss there")
    if abs(first - second) > REPEATABILITY * max(abs(first), abs(second)):
        raise ValueError(
            f"the loss differs between two evaluations ({first:.6g} and {second:.6g}); use all data in a fixed order, "
            "and switch dropout and batch normalization to evaluation"
        )


def grid_lines(path: np.ndarray, size: int, unit: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the coordinates of a grid of size x size points that shows a path with a margin on all sides.

    A path that is much narrower in one direction gets at least a fifth of the extent there; a path of one point gets
    ``unit`` to each side.
    """
    low, high = path.min(axis=0), path.max(axis=0)
    extent = float((high - low).max())
    margin = MARGIN * extent if extent > 0 else unit
    center, half = (low + high) / 2, np.maximum((high - low) / 2, 0.1 * extent) + margin
    lines = [np.linspace(c - h, c + h, size) for c, h in zip(center, half, strict=True)]
    return lines[0], lines[1]


def coarse_to_fine(nx: int, ny: int) -> Iterator[tuple[int, int]]:
    """Yield the indices (row, column) of all points of a grid: first every 16th line, then between them."""
    seen = np.zeros((ny, nx), bool)
    spacing = COARSEST
    while spacing:
        for j in range(0, ny, spacing):
            for i in range(0, nx, spacing):
                if not seen[j, i]:
                    seen[j, i] = True
                    yield j, i
        spacing //= 2


def compute_loss_grid(
    loss: LossFunction, plane: Plane, snapshots: np.ndarray, steps: np.ndarray, size: int, with_path: bool = True
) -> Iterator[tuple[float, LossGrid]]:
    """Compute the losses of the path, of its projection, and on a grid around it.

    Parameters
    ----------
    loss : callable
        Takes the parameters, shape (d,), and returns the loss. Its result is recorded as nan if it is not finite, and
        where it raises ArithmeticError.
    plane : Plane
        The plane.
    snapshots, steps : ndarray, shape (k, d) and (k,)
        The recorded path.
    size : int
        Grid lines in each direction, from 5 to 513.
    with_path : bool
        Whether to compute the losses of the path; without them it only determines the extent of the grid.

    Yields
    ------
    share, result : float, LossGrid
        The share of the evaluations done so far, and the arrays, which are filled in place; after every evaluation.

    Raises
    ------
    ValueError
        If the size is out of range, or the loss cannot be repeated; see ``check_repeatable``.
    """
    if not MIN_GRID <= size <= MAX_GRID:
        raise ValueError(f"the grid must have {MIN_GRID} to {MAX_GRID} lines in each direction, not {size}")
    check_repeatable(loss, np.asarray(snapshots[-1], float))
    path, off_plane = plane.project(snapshots)
    xs, ys = grid_lines(path, size, plane.unit)
    heights, losses, path_heights = (np.full(shape, np.nan) for shape in ((size, size), len(path), len(path)))
    result = LossGrid(plane, xs, ys, heights, path, np.asarray(steps), losses, path_heights, off_plane)
    points = path.tolist() if with_path else []
    total, done = 2 * len(points) + size * size, 0
    for k, (x, y) in enumerate(points):
        result.path_losses[k] = _finite_loss(loss, np.asarray(snapshots[k], float))
        result.path_heights[k] = _finite_loss(loss, plane.points(x, y))
        done += 2
        yield done / total, result
    for j, i in coarse_to_fine(size, size):
        result.heights[j, i] = _finite_loss(loss, plane.points(xs[i], ys[j]))
        done += 1
        yield done / total, result


def _finite_loss(loss: LossFunction, parameters: np.ndarray) -> float:
    try:
        value = loss(parameters)
    except ArithmeticError:
        return math.nan
    return value if math.isfinite(value) else math.nan
