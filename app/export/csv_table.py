"""Export of a race as a CSV table: one row per run and step, including the start."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Generator, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from app.engine.race import Race
from app.export.options import Options
from app.export.run_records import ROWS_PER_YIELD, Row, RunRecord, collect_records, to_json_value
from app.utils.atomic_write import atomic_write

COLUMNS = ("step", "optimizer", "x", "y", "loss", "grad_x", "grad_y", "lr", "evaluations", "branch", "replica")
SHAPE_SUFFIXES: dict[tuple[int, ...], tuple[str, ...]] = {
    (): ("",),
    (2,): ("_x", "_y"),
    (2, 2): ("_xx", "_xy", "_yx", "_yy"),
}
Shape = tuple[int, ...] | None  # None: the shape differs from step to step


def export_csv(race: Race, path: Path, _: Options) -> Iterator[float]:
    """Write the table with numbers in full precision; yield the fraction done.

    ``lr`` is the learning rate of the update that led to the row, empty if there is none. ``branch`` and ``replica``
    are empty in the rows of the race's own runs. Each state variable has its own columns: v_x and v_y for a value per
    coordinate, v_xx, v_xy, ... for a matrix, and one column of JSON for a value whose shape changes.
    """
    records = collect_records(race)
    total, done = sum(record.last_step + 1 for record in records), 0
    shapes = []
    for record in records:
        shapes.append((yield from _state_shapes(record)))
    state_columns = list(
        dict.fromkeys(column for own in shapes for name, shape in own.items() for column in _state_columns(name, shape))
    )
    with atomic_write(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*COLUMNS, *state_columns])
        for record, record_shapes in zip(records, shapes, strict=True):
            columns = [column for name, shape in record_shapes.items() for column in _state_columns(name, shape)]
            for row in record.rows():
                values = (_state_cells(row.state[name], shape) for name, shape in record_shapes.items())
                cells = dict(zip(columns, chain.from_iterable(values), strict=True))
                writer.writerow([*_own_cells(record, row), *map(cells.get, state_columns)])
                done += 1
                if done % ROWS_PER_YIELD == 0:
                    yield done / total


def _own_cells(record: RunRecord, row: Row) -> list[Any]:
    """Return the values of ``COLUMNS``."""
    learning_rate = None if math.isnan(row.lr) else row.lr
    branch_cells = (record.branch_label, record.replica_number or None)
    return [row.step, record.name, *row[1:6], learning_rate, row.evaluations, *branch_cells]


def _state_shapes(record: RunRecord) -> Generator[float, None, dict[str, Shape]]:
    """Return the shape of each state variable; yield while reading.

    Only metrics, and the state of a separable optimizer without stateful modifiers, have a shape that is known in
    advance; otherwise all rows are read.
    """
    if record.trajectory.projected_problem is not None:
        return dict.fromkeys(record.trajectory.projected_problem.problem.metrics, ())
    if record.separable and not record.stateful_modifiers:
        return dict.fromkeys(record.trajectory.method.state, (2,))
    shapes_by_name: dict[str, set[tuple[int, ...]]] = {}
    for row in record.rows():
        for name, value in row.state.items():
            shapes_by_name.setdefault(name, set()).update([np.shape(value)] if value is not None else [])
        if row.step % ROWS_PER_YIELD == 0:
            yield 0.0
    return {name: _common_shape(name, shapes) for name, shapes in shapes_by_name.items()}


def _common_shape(name: str, shapes: set[tuple[int, ...]]) -> Shape:
    """Return the single shape of a state variable, or None if there are several.

    A scalar initial value, as in v=0.0, does not count if the other values are arrays.
    """
    arrays = shapes - {()} or shapes
    shape = next(iter(arrays)) if len(arrays) == 1 else None
    return None if name == "trials" or shape not in SHAPE_SUFFIXES else shape


def _state_columns(name: str, shape: Shape) -> list[str]:
    """Return the column names of a state variable, with the prefix ``state_`` if a name is already taken."""
    columns = [name] if shape is None else [name + suffix for suffix in SHAPE_SUFFIXES[shape]]
    return [f"state_{column}" if column in COLUMNS else column for column in columns]


def _state_cells(value: Any, shape: Shape) -> list[Any]:
    if value is None:
        return [None] * (1 if shape is None else len(SHAPE_SUFFIXES[shape]))
    if shape is None:
        return [json.dumps(to_json_value(value), allow_nan=False)]
    if isinstance(value, tuple) and shape == (2,):
        return list(value)
    return [float(value)] if shape == () else np.broadcast_to(value, shape).ravel().tolist()
