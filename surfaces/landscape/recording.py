"""A recorded training, read from a file of a ``Recorder``."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from surfaces.data_error import DataError
from surfaces.landscape.array_files import read_arrays

MAX_ELEMENTS = 1 << 30  # of all snapshots together
MAX_SNAPSHOTS = 100_000
DATA = ("data_inputs", "data_targets")
MAX_LAYOUT = 1 << 22  # characters


@dataclass(frozen=True)
class Recording:
    """Snapshots of the parameters of a model.

    Attributes
    ----------
    steps, losses : ndarray, shape (k,)
        The step of each snapshot and the loss that was told then, nan if none was.
    snapshots : ndarray, shape (k, d)
        The parameters.
    names, shapes : tuple
        Of the arrays that the parameters consist of, in their order.
    outputs_first : bool
        Whether the first axis of a weight array counts the outputs, as in PyTorch.
    data : tuple of ndarray, optional
        Inputs and targets of the loss, if they were told.
    """

    steps: np.ndarray
    losses: np.ndarray
    snapshots: np.ndarray
    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    outputs_first: bool
    data: tuple[np.ndarray, np.ndarray] | None = None

    def named(self, parameters: np.ndarray) -> dict[str, np.ndarray]:
        """Return a parameter vector as arrays by name."""
        ends = np.cumsum([math.prod(shape) for shape in self.shapes])[:-1]
        parts = np.split(parameters.astype(self.snapshots.dtype), ends)
        return {name: part.reshape(shape) for name, part, shape in zip(self.names, parts, self.shapes, strict=True)}


def read_recording(path: str | Path) -> Recording:
    """Return the recording in a file; DataError if it cannot be read."""
    limits = {
        "thalweg_recording": 1,
        "layout": 1,
        "recorded_steps": MAX_SNAPSHOTS,
        "recorded_losses": MAX_SNAPSHOTS,
        "snapshots": MAX_ELEMENTS,
    }
    arrays = read_arrays(path, limits, dict.fromkeys(DATA, MAX_ELEMENTS))
    steps, losses, snapshots = (arrays[name] for name in ("recorded_steps", "recorded_losses", "snapshots"))
    names, shapes, outputs_first = _read_layout(str(arrays["layout"]))
    size = sum(math.prod(shape) for shape in shapes)
    if snapshots.ndim != 2 or snapshots.shape[1] != size or not steps.shape == losses.shape == snapshots.shape[:1]:
        raise DataError("the arrays of the recording do not fit together")
    if len(steps) < 2 or size < 2:
        raise DataError("a recording needs at least two snapshots of two parameters")
    if not (np.diff(steps) > 0).all():
        raise DataError("the steps of a recording must increase")
    if not np.isfinite(snapshots).all():
        raise DataError("the recording has parameters that are not finite numbers")
    data = (arrays[DATA[0]], arrays[DATA[1]]) if set(DATA) <= set(arrays) else None
    return Recording(steps, losses, snapshots, names, shapes, outputs_first, data)


def _read_layout(text: str) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...], bool]:
    try:
        if len(text) > MAX_LAYOUT:
            raise ValueError
        layout = json.loads(text)
        names = tuple(str(name) for name in layout["names"])
        shapes = tuple(tuple(int(n) for n in shape) for shape in layout["shapes"])
        if len(names) != len(shapes) or any(n < 0 for shape in shapes for n in shape):
            raise ValueError
        return names, shapes, bool(layout["outputs_first"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise DataError("the names and shapes in the recording are damaged") from None
