"""Recent motion of a run: step sizes, drift, oscillation and cycles; its positions are complex numbers x + iy."""

from __future__ import annotations

import math
from array import array
from functools import cached_property
from typing import NamedTuple

import numpy as np

WINDOW = 320  # last positions that are used one by one
MAX_CHUNK_SAMPLES = 4096  # positions that are sampled from one chunk of the past, whatever its length
STRIDES = (1, 4, 16, 64)  # slow oscillations are searched in every so many-th position
# Limits beyond which a motion does not count as an oscillation:
MAX_PERIOD_SPREAD = 0.25  # standard deviation of the times between turning points, relative to their mean
MAX_WIDTH_SPREAD = 0.3  # standard deviation of the logarithm of the width around its linear trend
MAX_DRIFT_RATIO = 1.5  # drift within a period, relative to the width


class Oscillation(NamedTuple):
    """A motion back and forth along an axis.

    ``period`` is in steps, ``width`` that of the last swing, ``growth`` the ratio of the widths of successive swings,
    and ``axis`` a unit vector.
    """

    period: float
    width: float
    growth: float
    center: complex
    axis: complex


class Cycle(NamedTuple):
    """A repeated sequence of positions.

    ``period`` is in steps, ``width`` is the largest distance from the first position of the last repetition, and
    ``center`` the mean of the positions.
    """

    period: int
    width: float
    center: complex


class Motion:
    """The motion of a run between ``first_step`` and ``step``.

    ``xs`` and ``ys`` are its coordinates after every step. An oscillation needs at least ``min_direction_changes``
    turning points.
    """

    def __init__(
        self, xs: array[float], ys: array[float], step: int, first_step: int, min_direction_changes: int
    ) -> None:
        self.xs, self.ys, self.step, self.first_step = xs, ys, step, first_step
        self.min_direction_changes = min_direction_changes
        self.positions = self.sample_positions(max(first_step, step - WINDOW), step)
        self.displacements = np.diff(self.positions)
        self.step_sizes = np.abs(self.displacements)

    def sample_positions(self, first_step: int, last_step: int, stride: int = 1) -> np.ndarray:
        """Return every ``stride``-th position from ``first_step`` to ``last_step``, always with the last one."""
        first_step += (last_step - first_step) % stride
        return np.asarray(self.xs[first_step : last_step + 1 : stride]) + 1j * np.asarray(
            self.ys[first_step : last_step + 1 : stride]
        )

    @property
    def position(self) -> complex:
        """The position after ``step``."""
        return complex(self.positions[-1])

    @property
    def recent_step_size(self) -> float:
        """The largest of the last three step sizes."""
        return float(self.step_sizes[-3:].max(initial=0.0))

    def drift_per_step(self, steps: int) -> float:
        """Return the distance between the positions now and ``steps`` ago, per step."""
        steps = min(steps, len(self.positions) - 1)
        return float(abs(self.positions[-1] - self.positions[-1 - steps])) / steps

    def step_entered_radius(self, center: complex, radius: float) -> int:
        """Return the step since which the run has stayed within a radius of a point; ``step`` + 1 if it is outside.

        The past is searched backward in chunks of doubling length. At most ``MAX_CHUNK_SAMPLES`` positions of a chunk
        are sampled; the first ``MAX_CHUNK_SAMPLES`` steps of the run are searched completely.
        """
        last_step, size = self.step, 256
        while last_step >= 0:
            first_step = max(0, last_step - size + 1)
            stride = max(1, size // MAX_CHUNK_SAMPLES) if last_step >= MAX_CHUNK_SAMPLES else 1
            if last_step >= MAX_CHUNK_SAMPLES > first_step:
                first_step = MAX_CHUNK_SAMPLES
            last_outside = self._last_outside(center, radius, first_step, last_step, stride)
            if last_outside is not None:
                exact_step = self._last_outside(
                    center, radius, last_outside, min(last_outside + stride - 1, last_step), 1
                )
                return (last_outside if exact_step is None else exact_step) + 1
            last_step, size = first_step - 1, size * 2
        return 0

    def _last_outside(self, center: complex, radius: float, first_step: int, last_step: int, stride: int) -> int | None:
        outside = np.flatnonzero(
            ~(np.abs(self.sample_positions(first_step, last_step, stride)[::-1] - center) <= radius)
        )
        return last_step - stride * int(outside[0]) if outside.size else None

    def direction_changes(self, steps: int) -> int:
        """Return how often the last ``steps`` steps reverse their direction along the principal axis."""
        displacements = self.displacements[-steps:] / (self.step_sizes[-steps:].max() or 1.0)
        components = (displacements * principal_axis(displacements).conjugate()).real
        return int((components[:-1] * components[1:] < 0).sum())

    @cached_property
    def cycle(self) -> Cycle | None:
        """The shortest cycle repeated at least four times with changes below 1e-5 of its width per step."""
        positions = self.positions
        is_near = np.abs(positions[-3:-67:-1] - positions[-1]) <= 1e-3 * abs(positions[-1] - positions[-2])
        for period in (np.flatnonzero(is_near[: max(len(positions) // 5 - 1, 0)]) + 2).tolist():
            repeats = min(max(4, 16 // period), len(positions) // period - 1)
            last_cycle, earlier_cycle = positions[-period:], positions[-period * (repeats + 1) :][:period]
            width = float(np.abs(last_cycle - last_cycle[0]).max())
            if (
                len(positions) > 9
                and width
                and (np.abs(last_cycle - earlier_cycle) <= 1e-5 * period * repeats * width).all()
            ):
                return Cycle(period, width, complex(last_cycle.mean()))
        return None

    @cached_property
    def oscillation(self) -> Oscillation | None:
        """The oscillation in the shortest window that contains one; long windows are sampled in strides."""
        for stride in STRIDES:
            available_steps = self.step - self.first_step
            if stride > 1 and available_steps < WINDOW * stride // 4:
                break
            positions = (
                self.positions
                if stride == 1
                else self.sample_positions(max(self.first_step, self.step - WINDOW * stride), self.step, stride)
            )
            if (
                stride > 1
                and np.abs(np.diff(positions[-2 - WINDOW // stride :])).sum() < 0.7 * self.step_sizes[-WINDOW:].sum()
            ):
                break  # the samples miss too much of the motion between them
            for length in (12, 40, 120, WINDOW) if stride == 1 else (WINDOW,):
                oscillation = _find_oscillation(positions[-length - 1 :], self.min_direction_changes)
                if oscillation:
                    return oscillation._replace(period=oscillation.period * stride)
                if length >= len(positions) - 1:
                    break
        return None


def principal_axis(displacements: np.ndarray) -> complex:
    """Return the direction of most of the motion as a unit vector; later displacements have a larger weight."""
    axis = complex(
        np.sqrt((np.linspace(0.1, 1.0, len(displacements)) ** 2 * displacements * displacements).sum() or 1.0)
    )
    return axis / abs(axis)


def _find_oscillation(positions: np.ndarray, min_direction_changes: int) -> Oscillation | None:
    """Return the oscillation along or across the principal axis, with the period in samples; None if there is none."""
    displacements = np.diff(positions)
    scale = float(np.abs(displacements).max(initial=0.0))
    if len(displacements) <= min_direction_changes or not 0 < scale < math.inf:
        return None
    displacements = displacements / scale
    axis = principal_axis(displacements)
    for direction in (axis, 1j * axis):
        measured = _measure_oscillation(direction, displacements, min_direction_changes)
        if measured is not None:
            period, width, growth = measured
            return Oscillation(
                period, width * scale, growth, complex(positions[-max(2, round(period)) :].mean()), direction
            )
    return None


def _measure_oscillation(
    axis: complex, displacements: np.ndarray, min_direction_changes: int
) -> tuple[float, float, float] | None:
    """Return period, last width and growth of a regular oscillation along an axis that has not ended, or None."""
    components = (displacements * axis.conjugate()).real
    change_indices = np.flatnonzero(components[:-1] * components[1:] < 0)
    if len(change_indices) < min_direction_changes:
        return None
    before, after = np.abs(components[change_indices]), np.abs(components[change_indices + 1])
    times = change_indices + before / (before + after)
    intervals = np.diff(times)
    period = 2 * float(times[-1] - times[0]) / len(intervals)
    max_spread = MAX_PERIOD_SPREAD * min(1.0, len(intervals) / 6)  # a few intervals may be equal by chance
    if intervals.std() > max_spread * period / 2 or len(displacements) - times[-1] > 0.75 * period + 1:
        return None
    widths = np.abs(np.diff(np.cumsum(components)[change_indices]))
    widths = (widths[1:] + widths[:-1]) / 2  # with a drift, every other width is larger
    drift = abs(displacements[-max(2, round(period)) :].sum())
    unfinished_width = abs(components[change_indices[-1] + 1 :].sum())
    if not widths.min() > 0 or drift > MAX_DRIFT_RATIO * max(widths[-1], unfinished_width):
        return None
    logs, centered_index = np.log(widths), np.arange(len(widths)) - (len(widths) - 1) / 2
    log_growth = float(logs @ centered_index / (centered_index @ centered_index))
    if (logs - logs.mean() - log_growth * centered_index).std() > MAX_WIDTH_SPREAD:
        return None
    return period, float(widths[-1]), math.exp(log_growth)
