"""Export of a race as NumPy arrays (.npz) without pickled objects, readable with ``numpy.load(path)``."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np

from app.engine.race import Race
from app.export.image import embedded_json
from app.export.options import Options
from app.export.run_records import ROWS_PER_YIELD, RunRecord, collect_records
from app.utils.atomic_write import atomic_write


class StateHistory:
    """Values of one state variable over all steps, stored compactly as one flat array and the shape of each value."""

    def __init__(self) -> None:
        self.numbers = array("d")
        self.shapes: list[tuple[int, ...]] = []

    def append(self, value: Any) -> None:
        """Append the value of the next step, None if there is none."""
        array_value = np.zeros(0) if value is None else np.asarray(value, float)
        self.numbers.extend(array_value.ravel().tolist())
        self.shapes.append(array_value.shape)

    def to_array(self) -> np.ndarray:
        """Return an array of shape (steps + 1, *largest shape), padded with nan.

        A scalar, such as the initial value v=0.0, is broadcast to its row.
        """
        numbers = np.frombuffer(self.numbers) if self.numbers else np.zeros(0)
        shape_ids = {shape: k for k, shape in enumerate(dict.fromkeys(self.shapes))}
        step_shape_ids = np.array([shape_ids[shape] for shape in self.shapes])
        sizes = np.array([int(np.prod(shape)) for shape in shape_ids])[step_shape_ids]
        offsets = np.cumsum(sizes) - sizes
        nonempty_shapes = [shape for shape in shape_ids if 0 not in shape] or list(shape_ids)
        dimensions = max(map(len, nonempty_shapes))
        largest = tuple(
            max(sides) for sides in zip(*(shape for shape in nonempty_shapes if len(shape) == dimensions), strict=True)
        )
        padded = np.full((len(self.shapes), *largest), np.nan)
        for shape, k in shape_ids.items():
            steps = np.flatnonzero(step_shape_ids == k)
            values = numbers[offsets[steps, None] + np.arange(int(np.prod(shape)))].reshape(len(steps), *shape)
            if shape == ():
                padded[steps] = values.reshape(len(steps), *(1 for _ in largest))
            elif shape in nonempty_shapes:
                index: tuple[Any, ...] = (steps, *map(slice, shape))
                padded[index] = values
        return padded


def export_npz(race: Race, path: Path, _: Options) -> Iterator[float]:
    """Write the arrays of each run; yield the fraction done.

    The arrays of a run are named "adam/positions", shape (steps + 1, 2), "adam/losses", "adam/gradients",
    "adam/learning_rates" (nan if there is none), "adam/evaluations" and "adam/state/...", with one row per step.
    Branches are named "branch-1/...", replicas "adam/replica-1/...". A state variable whose shape changes from step to
    step is padded with nan to the largest shape. "experiment" is the experiment as JSON text.
    """
    records = collect_records(race)
    total, done = sum(record.last_step + 1 for record in records), 0
    with atomic_write(path, "wb") as file, ZipFile(file, "w", ZIP_DEFLATED) as archive:
        _write_array(archive, "experiment", np.array(embedded_json(race)))
        for record in records:
            numbers = array("d")
            states: dict[str, StateHistory] = {}
            for row in record.rows():
                numbers.extend(row[1:8])
                for name, value in row.state.items():
                    states.setdefault(name, StateHistory()).append(value)
                done += 1
                if done % ROWS_PER_YIELD == 0:
                    yield 0.9 * done / total
            table = np.frombuffer(numbers).reshape(-1, 7)
            prefix = _prefix(record)
            for name, column in (
                ("positions", table[:, :2]),
                ("losses", table[:, 2]),
                ("gradients", table[:, 3:5]),
                ("learning_rates", table[:, 5]),
                ("evaluations", table[:, 6].astype(np.int64)),
            ):
                _write_array(archive, prefix + name, column)
                yield 0.9 * done / total
            for name, values in states.items():
                _write_array(archive, f"{prefix}state/{name}", values.to_array())
                yield 0.9 * done / total


def _prefix(record: RunRecord) -> str:
    branch = f"branch-{record.branch_number}/" if record.branch_number else ""
    return f"{branch}{record.name}/" + (f"replica-{record.replica_number}/" if record.replica_number else "")


def _write_array(archive: ZipFile, name: str, values: np.ndarray) -> None:
    """Write one array as ``numpy.savez_compressed`` does, so that an export can be canceled between two arrays."""
    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array(member, values, allow_pickle=False)
