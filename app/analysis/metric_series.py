"""Metrics of a run, one value per step, computed once and reduced to the extrema of each pixel column."""

from __future__ import annotations

import math
import weakref
from array import array
from collections.abc import Callable
from functools import partial

import numpy as np

from app.analysis.problem_metrics import held_metric, held_values
from app.analysis.status.network_status import gradient_norm_at, step_size_at
from app.engine.trajectory import Trajectory, span_at
from surfaces import Surface

# The extrema of every so many steps are cached, so that drawing a curve of a million steps need not scan it.
EXTREMA_BLOCK = 64


def distance_to_minimum(trajectory: Trajectory, first_step: int, last_step: int) -> np.ndarray:
    """Return the distance to the nearest global minimum after each step; nan where the surface has none."""
    if trajectory.projected_problem is not None:
        return held_metric(trajectory, "distance", first_step, last_step)

    def compute(surface: Surface, x: np.ndarray, y: np.ndarray, _: np.ndarray) -> np.ndarray:
        return surface.distance_to_minimum(x, y)

    return _on_each_surface(trajectory, first_step, last_step, compute)


def loss_above_minimum(trajectory: Trajectory, first_step: int, last_step: int) -> np.ndarray:
    """Return the loss minus that of the global minima after each step; nan where the surface has none."""

    def compute(surface: Surface, x: np.ndarray, y: np.ndarray, loss: np.ndarray) -> np.ndarray:
        return loss - (math.nan if surface.minimum_loss is None else surface.minimum_loss)

    return _on_each_surface(trajectory, first_step, last_step, compute)


def gradient_norm(trajectory: Trajectory, first_step: int, last_step: int) -> np.ndarray:
    """Return the norm of the gradient after each step, of all parameters of a problem that has many."""
    if trajectory.projected_problem is not None:
        return held_values(lambda step: gradient_norm_at(trajectory, step), first_step, last_step)

    def compute(surface: Surface, x: np.ndarray, y: np.ndarray, _: np.ndarray) -> np.ndarray:
        return np.asarray(np.hypot(*surface(x, y)[1]))

    with np.errstate(all="ignore"):
        return _on_each_surface(trajectory, first_step, last_step, compute)


def _on_each_surface(
    trajectory: Trajectory, first_step: int, last_step: int, compute: Callable[..., np.ndarray]
) -> np.ndarray:
    """Return what a function of surface, x, y and loss gives for each step, on the surface of that step."""
    pieces, step = [], first_step
    while step <= last_step:
        surface, until = span_at(trajectory.surfaces_by_step, step)
        pieces.append(compute(surface, *trajectory.values_between(step, min(until - 1, last_step))))
        step = until
    return np.concatenate(pieces) if pieces else np.zeros(0)


def step_size(trajectory: Trajectory, first_step: int, last_step: int) -> np.ndarray:
    """Return the distance that each step moved; nan for step 0, which is the start."""
    if trajectory.projected_problem is not None:
        return held_values(lambda step: step_size_at(trajectory, step), first_step, last_step)
    x, y, _ = trajectory.values_between(max(first_step - 1, 0), last_step)
    with np.errstate(all="ignore"):
        step_sizes = np.hypot(np.diff(x), np.diff(y))
    return step_sizes if first_step else np.append(math.nan, step_sizes)


def learning_rate(trajectory: Trajectory, first_step: int, last_step: int) -> np.ndarray:
    """Return the learning rate of each step; nan for step 0, and for an optimizer whose ``lr`` is something else."""
    if not trajectory.method.has_learning_rate:
        return np.full(last_step + 1 - first_step, math.nan)
    learning_rates = np.fromiter(trajectory.learning_rates(last_step, max(first_step, 1)), float)
    return learning_rates if first_step else np.append(math.nan, learning_rates)


def _problem_metric(name: str, trajectory: Trajectory, first_step: int, last_step: int) -> np.ndarray:
    return held_metric(trajectory, name, first_step, last_step)


METRICS: dict[str, Callable[[Trajectory, int, int], np.ndarray] | None] = {
    "loss": None,
    "above": loss_above_minimum,
    "distance": distance_to_minimum,
    "gradient": gradient_norm,
    "step": step_size,
    "rate": learning_rate,
    **{name: partial(_problem_metric, name) for name in ("accuracy", "test_loss", "test_accuracy")},
}


class MetricSeries:
    """One of ``METRICS`` of a run, with the indices of the extrema of every ``EXTREMA_BLOCK`` steps."""

    def __init__(self, trajectory: Trajectory, quantity: str) -> None:
        # The trajectory holds its series; a strong reference back would keep both alive.
        self.trajectory, self.compute = weakref.proxy(trajectory), METRICS[quantity]
        self.values, self.min_indices, self.max_indices = array("d"), array("q"), array("q")

    def values_up_to(self, last_step: int) -> np.ndarray:
        """Return the values after steps 0 to ``last_step``.

        The array shares the memory of a growing buffer: release it soon, since the buffer cannot grow while it exists.
        """
        if self.compute is None:
            return np.frombuffer(self.trajectory.losses)[: last_step + 1]
        if len(self.values) > self.trajectory.last_step + 1:  # the run was cut
            self.values, self.min_indices, self.max_indices = array("d"), array("q"), array("q")
        if len(self.values) <= last_step:
            self.values.frombytes(self.compute(self.trajectory, len(self.values), last_step).tobytes())
        return np.frombuffer(self.values)[: last_step + 1]

    def block_extrema(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the steps of the lowest and of the highest value in each complete block."""
        cached_count, count = len(self.min_indices), len(values) // EXTREMA_BLOCK
        if cached_count < count:
            new_values = values[cached_count * EXTREMA_BLOCK : count * EXTREMA_BLOCK].reshape(-1, EXTREMA_BLOCK)
            block_starts = np.arange(cached_count, count) * EXTREMA_BLOCK
            for column, sign in ((self.min_indices, 1.0), (self.max_indices, -1.0)):
                signed = np.where(np.isnan(new_values), math.inf, new_values * sign)
                column.frombytes((block_starts + signed.argmin(axis=1)).tobytes())
        return np.frombuffer(self.min_indices, np.int64)[:count], np.frombuffer(self.max_indices, np.int64)[:count]

    def column_extrema(self, starts: np.ndarray, last_step: int) -> np.ndarray:
        """Return the steps that a curve needs in each pixel column: first, lowest, highest and last.

        Column k covers the steps from ``starts[k]`` to before ``starts[k + 1]``; ``starts`` ascends from 0.
        """
        values = self.values_up_to(last_step)
        narrow_columns = np.flatnonzero(np.diff(starts) < 4 * EXTREMA_BLOCK)
        # Columns up to the last narrow one are scanned step by step, later ones block by block.
        fine_count = int(narrow_columns[-1]) + 1 if narrow_columns.size else 0
        block_start, block_end = int(starts[fine_count]), int(starts[-1]) // EXTREMA_BLOCK
        indices = [starts, np.append(starts[1:], last_step + 1) - 1]
        for steps, sign in zip(self.block_extrema(values), (1.0, -1.0), strict=True):
            if fine_count:
                indices.append(segment_argmin(sign * values[:block_start], starts[:fine_count]))
            if fine_count < len(starts) - 1:
                blocks = slice(block_start // EXTREMA_BLOCK, block_end)
                indices.append(
                    steps[blocks][
                        segment_argmin(
                            sign * values[steps[blocks]],
                            starts[fine_count:-1] // EXTREMA_BLOCK - block_start // EXTREMA_BLOCK,
                        )
                    ]
                )
            indices.append(
                block_end * EXTREMA_BLOCK
                + segment_argmin(sign * values[block_end * EXTREMA_BLOCK :], np.zeros(1, np.intp))
            )
        return np.unique(np.concatenate(indices))

    def value_range(self, first_step: int, last_step: int, lower_bound: float = -math.inf) -> tuple[float, float]:
        """Return the lowest and the highest value after steps ``first_step`` to ``last_step``.

        Only finite values above ``lower_bound`` count; (inf, -inf) if there is none.
        """
        values = self.values_up_to(last_step)[first_step:]
        if values.size:
            low, high = float(values.min()), float(values.max())
            if lower_bound < low and high < math.inf:
                return low, high
            values = values[np.isfinite(values) & (values > lower_bound)]
        return float(values.min(initial=math.inf)), float(values.max(initial=-math.inf))


def segment_argmin(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the index of the lowest value of each segment; a segment of nan only has none.

    ``starts`` are the first indices of the segments, ascending from 0.
    """
    ends = np.append(starts[1:], len(values))
    hits = np.flatnonzero(values == np.repeat(np.fmin.reduceat(values, starts), ends - starts))
    if not hits.size:
        return hits
    first = hits[np.minimum(np.searchsorted(hits, starts), len(hits) - 1)]
    return first[(first >= starts) & (first < ends)]


def metric_series(trajectory: Trajectory, quantity: str) -> MetricSeries:
    """Return a metric of a run, cached as long as the run is used."""
    cached: dict[str, MetricSeries] = trajectory.derived.setdefault("series", {})
    if quantity not in cached:
        cached[quantity] = MetricSeries(trajectory, quantity)
    return cached[quantity]
