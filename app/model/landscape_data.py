"""The landscape of an experiment: the losses on a grid of a plane and the recorded path, as plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from app.model.dataset import to_experiment_error
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import (
    ExperimentError,
    check_choice,
    check_integer,
    check_number,
    check_text,
    shorten_repr,
)
from surfaces import Surface
from surfaces.landscape.landscape import KINDS, MAX_RUNS, PATH_COLUMNS, Landscape, from_landscape

MAX_LINES = 129  # of an embedded grid in each direction; larger ones are thinned
MAX_PATH_POINTS = 1_000
MAX_NAME_LENGTH = 80
SIGNIFICANT_DIGITS = 9  # of embedded losses
COLUMNS = ("step", "x", "y", "loss", "height", "off_plane")  # of the path
Range = tuple[float, float]


@dataclass(frozen=True)
class LandscapeData:
    """A landscape that an experiment holds.

    Attributes
    ----------
    name : str
        Name of the surface, by default that of its file.
    x, y : tuple of float
        The first and the last coordinate of the grid.
    heights : tuple of tuple of (float or None)
        The losses, a row for each y; None where unknown.
    path : tuple of tuple of (float or None)
        For each point of the recorded path: step, x, y, true loss, loss on the plane, distance from the plane.
    kind : str
        How the plane was chosen; see ``Landscape``.
    shares : tuple of float
        Shares of the variance of the path along the two principal components; empty if the plane was chosen otherwise.
    facts : mapping
        What else its file says.
    runs : tuple of (str, int)
        The name and the number of points of each of several recorded paths, in their order; empty for one path.
    """

    name: str
    x: Range
    y: Range
    heights: tuple[tuple[float | None, ...], ...]
    path: tuple[tuple[float | None, ...], ...] = ()
    kind: str = ""
    shares: tuple[float, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    runs: tuple[tuple[str, int], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check = object.__setattr__
        check(self, "name", check_text(gettext_noop("name of the landscape"), self.name, MAX_NAME_LENGTH))
        for name in ("x", "y"):
            check(self, name, _check_range(name, getattr(self, name)))
        check(self, "heights", _check_rows(tr("heights of the landscape"), self.heights, MAX_LINES))
        check(self, "path", _check_rows(tr("path of the landscape"), self.path, MAX_PATH_POINTS, len(COLUMNS)))
        check_choice(gettext_noop("kind of plane"), self.kind, KINDS)
        check(
            self, "shares", tuple(check_number(gettext_noop("share of the variance"), share) for share in self.shares)
        )
        if not isinstance(self.facts, Mapping):
            raise ExperimentError(tr("the facts about a landscape must be names with values"))
        check(self, "runs", _check_runs(self.runs))
        make_surface(self)  # raises if there is none

    @property
    def landscape(self) -> Landscape:
        """The landscape as arrays."""
        return _to_landscape(self)


def embed_landscape(landscape: Landscape, name: str) -> LandscapeData:
    """Return a landscape as it is kept in an experiment: of a large grid every second line, and so on."""
    xs, ys, heights = landscape.known_grid
    while max(heights.shape) > MAX_LINES:
        xs, ys, heights = xs[::2], ys[::2], heights[::2, ::2]
    kept, runs = _thinned_runs(landscape)
    columns = [landscape.path_steps, *landscape.path.T, landscape.path_losses, landscape.path_heights]
    path = np.array([*columns, landscape.path_off_plane], float).T[kept]
    return LandscapeData(
        name=name[:MAX_NAME_LENGTH],
        x=(float(xs[0]), float(xs[-1])),
        y=(float(ys[0]), float(ys[-1])),
        heights=_to_rows(heights),
        path=_to_rows(path),
        kind=landscape.kind,
        shares=tuple(landscape.shares[:2].tolist()),
        facts=landscape.facts,
        runs=runs,
    )


def _thinned_runs(landscape: Landscape) -> tuple[list[int], tuple[tuple[str, int], ...]]:
    """Return the indices of the points that are kept, the ends of each run among them, and the runs with names."""
    every = max(1, -(-len(landscape.path) // (MAX_PATH_POINTS - max(len(landscape.runs), 1))))
    kept = [(name, sorted({*range(run.start, run.stop, every), run.stop - 1})) for name, run in landscape.runs]
    names = tuple((name[:MAX_NAME_LENGTH], len(points)) for name, points in kept) if landscape.run_names else ()
    return [k for _, points in kept for k in points], names


def _to_rows(values: np.ndarray) -> tuple[tuple[float | None, ...], ...]:
    return tuple(
        tuple(float(f"{value:.{SIGNIFICANT_DIGITS}g}") if math.isfinite(value) else None for value in row)
        for row in values.tolist()
    )


@lru_cache(maxsize=8)
def _to_landscape(data: LandscapeData) -> Landscape:
    heights = np.array(data.heights, float)
    path = np.array(data.path, float).reshape(-1, len(COLUMNS))
    columns = dict(zip(PATH_COLUMNS, (path[:, 0].astype(np.int64), *path[:, 3:].T), strict=True))
    try:
        return Landscape(
            np.linspace(*data.x, heights.shape[1]),
            np.linspace(*data.y, heights.shape[0]),
            heights,
            path[:, 1:3],
            **columns,
            kind=data.kind,
            shares=np.array(data.shares, float),
            facts=dict(data.facts),
            run_names=tuple(name for name, _ in data.runs),
            run_lengths=tuple(length for _, length in data.runs),
        )
    except ValueError as error:
        raise to_experiment_error(error) from None


@lru_cache(maxsize=8)
def make_surface(data: LandscapeData) -> Surface:
    """Return the surface of a landscape; ExperimentError if it cannot be made."""
    return from_landscape(data.landscape, data.name)


def _check_range(name: str, value: Any) -> Range:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise ExperimentError(tr("the {axis} range of a landscape must be two numbers", axis=name))
    low, high = (check_number(tr("range of a landscape"), number) for number in value)
    return low, high


def _check_runs(runs: Any) -> tuple[tuple[str, int], ...]:
    if not isinstance(runs, (list, tuple)) or len(runs) > MAX_RUNS:
        raise ExperimentError(tr("the recorded runs must be a list of at most {most}", most=MAX_RUNS))
    if not all(isinstance(run, (list, tuple)) and len(run) == 2 for run in runs):
        raise ExperimentError(tr("each recorded run must be a name and a number of points"))
    return tuple(
        (
            check_text(gettext_noop("name of a recorded run"), name, MAX_NAME_LENGTH),
            check_integer(gettext_noop("points of a recorded run"), count, 1, MAX_PATH_POINTS),
        )
        for name, count in runs
    )


def _check_rows(label: str, rows: Any, maximum: int, width: int | None = None) -> tuple[tuple[float | None, ...], ...]:
    """Return rows of equal length with finite numbers or None."""
    message = tr(
        "the {kind} must be at most {most} rows of equal length with numbers or null", kind=label, most=maximum
    )
    if not isinstance(rows, (list, tuple)) or len(rows) > maximum:
        raise ExperimentError(message)
    if not all(isinstance(row, (list, tuple)) and len(row) == (width or len(rows[0])) <= MAX_LINES for row in rows):
        raise ExperimentError(message)
    return tuple(tuple(None if value is None else _check_value(value, label) for value in row) for row in rows)


def _check_value(value: Any, label: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ExperimentError(
            tr("the {kind} must be numbers or null, not {value}", kind=label, value=shorten_repr(value))
        )
    return float(value)
