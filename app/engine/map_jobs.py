"""The maps of an experiment: settings map, rate curves, difference map and basin map."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from app.engine.basin_map import BasinMap, compute_basin_map, continue_basin_map
from app.engine.difference_map import DifferenceMap, difference_map
from app.engine.learning_rate_grid import RATE_COUNT, SEQUENTIAL_RATE_COUNT, common_learning_rates
from app.engine.map_job import ALL_ROWS, MapJob, MapState
from app.engine.map_parts import merge_basin_maps, merge_settings_maps
from app.engine.settings_map import (
    RateCurve,
    SettingsMap,
    compute_rate_curve,
    compute_settings_map,
    setting_values,
)
from app.model.run import Run
from app.utils.progress_generators import scaled
from surfaces.surface import Bounds

MAX_KNOWN_CURVES = 100
MIN_SIZE, SEQUENTIAL_FRACTION = 2, 4  # of a basin map; the second divides its size for sequential methods


_known_curves: dict[tuple[Any, ...], RateCurve] = {}  # by all that a curve depends on


@dataclass(frozen=True)
class SettingsMapJob(MapJob):
    """The settings map of one run over two of its hyperparameters."""

    names: tuple[str, str]

    def compute(self, size: int, rows: slice = ALL_ROWS) -> Generator[float, None, SettingsMap]:
        """Yield the fraction that is done and return the map."""
        (run,) = self.experiment.runs
        return compute_settings_map(run, self.experiment.surface, self.start, self.steps, self.names, size, rows)

    def part_count(self, size: int) -> int:
        """Return the number of values of the second hyperparameter."""
        (run,) = self.experiment.runs
        return setting_values(run, self.experiment.surface, self.start, self.names[1], size).size

    def merge(self, parts: Sequence[SettingsMap]) -> SettingsMap:
        """Return the map whose rows the parts have in turn."""
        return merge_settings_maps(parts, self.experiment.surface.bounds)


@dataclass(frozen=True)
class RateCurvesJob(MapJob):
    """The rate curves of the visible runs, over the learning rates from which *each tuned* chooses.

    ``hidden`` are the other runs that have a learning rate, whose sliders count, too.
    """

    batched_sizes: ClassVar[tuple[int, ...]] = (RATE_COUNT,)
    sequential_sizes: ClassVar[tuple[int, ...]] = (SEQUENTIAL_RATE_COUNT, 31, RATE_COUNT)
    problem_sizes = SEQUENTIAL_RATE_COUNT, 31

    hidden: tuple[Run, ...] = ()

    def cost_of(self, size: int) -> float:
        """Return how long curves with ``size`` learning rates take, in proportion to others."""
        return float(size)

    @property
    def quick_size(self) -> int:
        """The number of learning rates, every other one, where all of them take too long."""
        return RATE_COUNT // 2 + 1

    def compute(self, size: int, rows: slice = ALL_ROWS) -> Generator[float, None, list[RateCurve]]:
        """Yield the fraction that is done and return a curve for each run."""
        runs = self.experiment.runs
        rates = common_learning_rates((*runs, *self.hidden), self.experiment.surface, self.start, size)
        curves = []
        for k, run in enumerate(runs):
            curve = self._compute_curve(run, rates)
            curves.append((yield from scaled(curve, k / len(runs), (k + 1) / len(runs))))
        return curves

    def _compute_curve(self, run: Run, rates: np.ndarray) -> Generator[float, None, RateCurve]:
        """Return the curve of a run, a known one if there is one: a drag changes one run of several."""
        surface, settings = self.experiment.surface, tuple(sorted(run.hyperparameters.items()))
        key = surface, self.start, self.steps, run.optimizer, settings, rates.tobytes()
        if key not in _known_curves:
            if len(_known_curves) >= MAX_KNOWN_CURVES:
                del _known_curves[next(iter(_known_curves))]
            computation = compute_rate_curve(run, surface, self.start, self.steps, rates)
            _known_curves[key] = yield from computation
        return _known_curves[key]


@dataclass(frozen=True)
class DifferenceMapJob(MapJob):
    """The difference map of two runs."""

    batched_sizes: ClassVar[tuple[int, ...]] = (50, 150)

    @property
    def names(self) -> tuple[str, str]:
        """The names of the two runs, with numbers if they are the same."""
        first, second = (run.method.name for run in self.experiment.runs)
        return (first, second) if first != second else (f"{first} (1)", f"{second} (2)")

    def compute(self, size: int, rows: slice = ALL_ROWS) -> Generator[float, None, DifferenceMap]:
        """Yield the fraction that is done and return the map."""
        maps = []
        for k, run in enumerate(self.experiment.runs):
            basins = compute_basin_map(run, self.experiment.surface, self.steps, size)
            maps.append((yield from scaled(basins, k / 2, (k + 1) / 2)))
        return difference_map(*maps)


@dataclass(frozen=True)
class BasinMapJob(MapJob):
    """The basin map of one run over ``bounds``; the start of the experiment is not used.

    ``size`` is that of the finest map. ``known`` is such a map with fewer steps, which is then continued.
    """

    bounds: Bounds
    size: int
    known: BasinMap | None = field(default=None, compare=False)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Starts per axis, from the coarsest map to the finest one."""
        finest = self.size if self.is_batched else max(self.size // SEQUENTIAL_FRACTION, MIN_SIZE)
        if self.known is not None:
            return (finest,)
        return (*(size for size in ((50, 100) if self.is_batched else (6, 12, 25)) if size < finest), finest)

    def compute(self, size: int, rows: slice = ALL_ROWS) -> Generator[float, None, BasinMap]:
        """Yield the fraction that is done and return the map."""
        (run,), surface = self.experiment.runs, self.experiment.surface
        if self.known is not None:
            return continue_basin_map(self.known, run, surface, self.steps)
        return compute_basin_map(run, surface, self.steps, size, self.bounds, rows)

    def part_count(self, size: int) -> int:
        """Return the number of rows; a map that is continued is not split."""
        return size if self.known is None else 1

    def merge(self, parts: Sequence[BasinMap]) -> BasinMap:
        """Return the map whose rows the parts have in turn."""
        return merge_basin_maps(parts, self.experiment.surface.bounds)

    def continuing(self, state: MapState | None) -> BasinMapJob:
        """Return the job as a continuation of a finished map that differs only in having fewer steps."""
        if state is None or state.result is None or state.result.xs.size != self.sizes[-1]:
            return self
        if state.job.steps >= self.steps or replace(state.job, steps=self.steps) != self:
            return self
        return replace(self, known=state.result)
