"""Recent motion of a run: step sizes, drift, oscillation and cycles; its positions are complex numbers x + iy."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from functools import cached_property

import numpy as np

from app.analysis.status.cycle import MAX_PERIOD, Cycle, find_cycles
from app.analysis.status.oscillation import Oscillation, find_oscillation, principal_axis, turning_points

WINDOW = 320  # last positions that are used one by one
CYCLE_WINDOW = 2 * MAX_PERIOD + 1  # last positions in which a cycle is searched
LENGTHS = (12, 24, 40, 120, WINDOW)  # steps in which an oscillation is searched, the shortest first
MIN_STEADY_STEPS = 40  # after so many steps, regular swings in the shortest of them may be chance
MAX_CHUNK_SAMPLES = 4096  # positions that are sampled from one chunk of the past, whatever its length
STRIDES = (1, 4, 16, 64)  # slow oscillations are searched in every so many-th position


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
    def is_steady(self) -> bool:
        """Whether the hyperparameters have been constant for so long that a few regular swings may be chance."""
        return self.step - self.first_step >= MIN_STEADY_STEPS

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
    def has_turned(self) -> bool:
        """Whether one of the coordinates has changed its direction."""
        return bool(turning_points(self.positions.real).size or turning_points(self.positions.imag).size)

    def earlier(self, steps: int) -> Motion:
        """Return the motion up to some steps ago."""
        return Motion(
            self.xs, self.ys, max(self.step - steps, self.first_step), self.first_step, self.min_direction_changes
        )

    @property
    def cycles(self) -> Iterator[Cycle]:
        """The cycles that the last positions repeat, the shortest first."""
        return find_cycles(self.sample_positions(max(self.first_step, self.step - CYCLE_WINDOW), self.step))

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
            lengths = LENGTHS[self.is_steady :] if stride == 1 else (WINDOW,)
            for length in lengths:
                oscillation = find_oscillation(positions[-length - 1 :], self.min_direction_changes)
                if oscillation:
                    return oscillation._replace(period=oscillation.period * stride)
                if length >= len(positions) - 1:
                    break
        return None
