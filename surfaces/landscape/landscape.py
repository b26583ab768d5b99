"""A landscape: losses on a grid of a plane, with the path of a training on it, and the surface through them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np

from surfaces.data_error import DataError
from surfaces.landscape.spline import MIN_LINES, BicubicSpline
from surfaces.minimum_search import lowest_minima
from surfaces.problems.network_data import NetworkData
from surfaces.surface import Surface

LANDSCAPE_ID = "landscape"
MAX_LINES = 513
MAX_RUNS = 24  # recorded ones
COARSEST = 16  # grid lines between two points that are computed first
KINDS = ("ends", "pca", "joint", "random", "snapshots", "")  # the last one is unknown
SPACING_TOLERANCE = 1e-3  # of the spacing of grid lines, which files of single precision need
UNKNOWN_SHARE = 0.1  # of the points of a finer level, above which it is not used
PATH_COLUMNS = ("path_steps", "path_losses", "path_heights", "path_off_plane")
LOG_SCALE_DECADES = 1  # of the largest loss above the median one, from which contour levels are logarithmic


@dataclass(frozen=True, eq=False)
class Landscape:
    """Losses on a plane in the space of all parameters, and a path there.

    Attributes
    ----------
    xs, ys : ndarray, shape (nx,) and (ny,)
        Rising, evenly spaced coordinates on the plane, at least 4 of each.
    heights : ndarray, shape (ny, nx)
        The losses; nan where unknown.
    path : ndarray, shape (k, 2)
        The path of a training projected on the plane, or the paths of several one after the other; k is 0 if there is
        none.
    path_steps, path_losses, path_heights, path_off_plane : ndarray, shape (k,)
        For each point of the path: the step, the true loss, the loss at its projection, and the distance from the
        plane.
    kind : str
        How the plane was chosen: "ends", "pca", "joint", "random" or "snapshots"; "" if that is unknown.
    shares : ndarray
        Shares of the variance of the path along the principal components, if the plane was chosen by them.
    facts : dict
        What else the file says: numbers and texts by name.
    run_names, run_lengths : tuple
        The name and the number of points of each of several paths; empty if there is one path without a name.
    network : NetworkData or None
        The network of the training, if it was rebuilt: runs can train it in all dimensions.
    """

    xs: np.ndarray
    ys: np.ndarray
    heights: np.ndarray
    path: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))
    path_steps: np.ndarray = field(default_factory=lambda: np.zeros(0, int))
    path_losses: np.ndarray = field(default_factory=lambda: np.zeros(0))
    path_heights: np.ndarray = field(default_factory=lambda: np.zeros(0))
    path_off_plane: np.ndarray = field(default_factory=lambda: np.zeros(0))
    kind: str = ""
    shares: np.ndarray = field(default_factory=lambda: np.zeros(0))
    facts: dict[str, Any] = field(default_factory=dict)
    run_names: tuple[str, ...] = ()
    run_lengths: tuple[int, ...] = ()
    network: NetworkData | None = None

    def __post_init__(self) -> None:
        for name, lines in (("x", self.xs), ("y", self.ys)):
            _check_lines(name, lines)
        if self.heights.shape != (len(self.ys), len(self.xs)):
            raise DataError(
                "the heights have the shape {shape}, but there are {ny} y and {nx} x coordinates",
                shape=" x ".join(map(str, self.heights.shape)),
                ny=len(self.ys),
                nx=len(self.xs),
            )
        if np.isfinite(self.heights).sum() < MIN_LINES * MIN_LINES:
            raise DataError("almost all heights of the landscape are unknown")
        if self.path.ndim != 2 or self.path.shape[1:] != (2,) or not np.isfinite(self.path).all():
            raise DataError("the path of the landscape must be pairs of finite numbers")
        for column in PATH_COLUMNS:
            if getattr(self, column).shape != self.path.shape[:1]:
                raise DataError(
                    "{name} of the landscape does not have one entry for each point of the path", name=column
                )
        if self.run_names and (
            len(self.run_names) != len(self.run_lengths)
            or min(self.run_lengths) < 1
            or sum(self.run_lengths) != len(self.path)
        ):
            raise DataError("the names and lengths of the recorded runs do not fit their path")
        if not all((np.diff(self.path_steps[run]) > 0).all() for _, run in self.runs):
            raise DataError("the steps of the path must increase")

    @property
    def runs(self) -> list[tuple[str, slice]]:
        """The name of each recorded run and where its points are; one run without a name if only a path is known."""
        if not self.run_names:
            return [("", slice(0, len(self.path)))] if len(self.path) else []
        ends = list(accumulate(self.run_lengths))
        return [
            (name, slice(end - length, end))
            for name, end, length in zip(self.run_names, ends, self.run_lengths, strict=True)
        ]

    @property
    def known_grid(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The coordinates and heights of the finest level of the grid that is computed almost completely."""
        spacing, heights = COARSEST, self.heights
        while min(heights[::spacing, ::spacing].shape) < MIN_LINES:
            spacing //= 2
        share = _known_share(heights[::spacing, ::spacing])
        while (
            spacing > 1 and (finer := _known_share(heights[:: spacing // 2, :: spacing // 2])) > share - UNKNOWN_SHARE
        ):
            spacing, share = spacing // 2, finer
        return self.xs[::spacing], self.ys[::spacing], heights[::spacing, ::spacing]


def _known_share(heights: np.ndarray) -> float:
    return float(np.isfinite(heights).mean())


def _check_lines(name: str, lines: np.ndarray) -> None:
    if lines.ndim != 1 or not MIN_LINES <= len(lines) <= MAX_LINES:
        raise DataError(
            "a landscape needs {least} to {most} {axis} coordinates, not {count}",
            least=MIN_LINES,
            most=MAX_LINES,
            axis=name,
            count=lines.size,
        )
    even = np.linspace(lines[0], lines[-1], len(lines))
    spacing = even[1] - even[0]
    if not (np.isfinite(lines).all() and spacing > 0 and np.abs(lines - even).max() <= SPACING_TOLERANCE * spacing):
        raise DataError("the {axis} coordinates of a landscape must rise evenly", axis=name)


def from_landscape(landscape: Landscape, name: str = "Loss landscape") -> Surface:
    """Return the surface through the heights of a landscape.

    It is a bicubic spline with its exact gradient. Nothing is known outside the grid and beside unknown heights: floats
    raise ArithmeticError there, arrays have nan. The start is that of the path, or else a corner of the grid; the
    minima are the lowest found.
    """
    xs, ys, heights = landscape.known_grid
    spline = BicubicSpline(xs, ys, heights)
    bounds = ((float(xs[0]), float(xs[-1])), (float(ys[0]), float(ys[-1])))
    spread = heights[np.isfinite(heights)] - np.nanmin(heights)
    middle = float(np.median(spread))
    return Surface(
        id=LANDSCAPE_ID,
        name=name,
        family="Your own",
        source="losses on a plane in parameter space (Li et al. 2018, NeurIPS 31), interpolated by a bicubic spline",
        formula="",
        bounds=bounds,
        start=_default_start(landscape, spline),
        function=spline,
        minima=lowest_minima(spline, bounds),
        minima_estimated=True,
        is_mapped=True,
        summary="The loss of a model on a plane in the space of its parameters. Runs stay on the plane and say nothing "
        "about a training in all dimensions.",
        value_scale="log" if middle and spread.max() / middle > 10**LOG_SCALE_DECADES else "linear",
    )


def _default_start(landscape: Landscape, spline: BicubicSpline) -> tuple[float, float]:
    if len(landscape.path):
        x, y = landscape.path[0].tolist()
        if np.isfinite(spline(np.array([x]), np.array([y]))[0]).all():
            return x, y
    xs, ys, heights = landscape.known_grid
    j, i = np.unravel_index(np.nanargmax(heights[1:-1, 1:-1]), (len(ys) - 2, len(xs) - 2))
    return float(xs[i + 1]), float(ys[j + 1])
