"""Export of a race as JSON data with every step of every run, and of the experiment alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from app.engine.race import Race
from app.export.image import embedded_json
from app.export.options import Options
from app.export.run_records import ROWS_PER_YIELD, Row, RunRecord, collect_records, to_json_value
from app.io.experiment_files import save
from app.utils.atomic_write import atomic_write


def export_experiment(race: Race, path: Path, _: Options) -> None:
    """Write the experiment as File > Save does, with the current step as the displayed step."""
    save(replace(race.experiment, displayed_step=race.step), path)


def export_json(race: Race, path: Path, _: Options) -> Iterator[float]:
    """Write strict JSON, one line per step, with null for missing and non-finite values; yield the fraction done."""
    records = collect_records(race)
    total, done = sum(record.last_step + 1 for record in records), 0
    with atomic_write(path) as file:
        experiment = json.dumps(json.loads(embedded_json(race)), allow_nan=False)
        file.write(f'{{"experiment": {experiment},\n"step": {race.step},\n"runs": [')
        for k, record in enumerate(records):
            header = json.dumps(_record_header(record), allow_nan=False)
            file.write(f'{"," if k else ""}\n{header[:-1]}, "steps": [')
            for row in record.rows():
                file.write(("," if row.step else "") + "\n" + json.dumps(_row_to_dict(row), allow_nan=False))
                done += 1
                if done % ROWS_PER_YIELD == 0:
                    yield done / total
            file.write("]}")
        file.write("]}\n")


def _record_header(record: RunRecord) -> dict[str, object]:
    diverged_at = record.trajectory.diverged_at
    return {
        "name": record.name,
        "label": record.label,
        "branch": record.branch_label or None,
        "replica": record.replica_number or None,
        "diverged_at": diverged_at if diverged_at is not None and diverged_at <= record.last_step + 1 else None,
    }


def _row_to_dict(row: Row) -> dict[str, object]:
    return {
        "step": row.step,
        "x": row.x,
        "y": row.y,
        "loss": to_json_value(row.loss),
        "gradient": to_json_value((row.grad_x, row.grad_y)),
        "lr": to_json_value(row.lr),
        "evaluations": row.evaluations,
        "state": {name: to_json_value(value) for name, value in row.state.items()},
    }
