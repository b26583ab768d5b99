"""The race as JSON: the experiment, and every step of every run. And the experiment alone, to be opened again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from app.engine.race import Race
from app.export.image import kept
from app.export.options import Options
from app.export.run_records import PIECE, Record, Row, plain, recorded
from app.io.experiment_json import to_json
from app.utils.atomic_write import replacing


def experiment(race: Race, path: Path, _: Options) -> None:
    """The experiment as File > Save writes it, to be opened at this very step."""
    with replacing(path) as file:
        file.write(to_json(replace(race.experiment, shown=race.step)))


def document(race: Race, path: Path, _: Options) -> Iterator[float]:
    """Strict JSON, a line for each step: null for what is not finite or not there."""
    records = recorded(race)
    total, done = sum(record.last + 1 for record in records), 0
    with replacing(path) as file:
        file.write(
            f'{{"experiment": {json.dumps(json.loads(kept(race)), allow_nan=False)},\n"step": {race.step},\n"runs": ['
        )
        for k, record in enumerate(records):
            head = json.dumps(_facts(record), allow_nan=False)
            file.write(f'{"," if k else ""}\n{head[:-1]}, "steps": [')
            for row in record.rows():
                file.write(("," if row.step else "") + "\n" + json.dumps(_row(row), allow_nan=False))
                done += 1
                if done % PIECE == 0:
                    yield done / total
            file.write("]}")
        file.write("]}\n")


def _facts(record: Record) -> dict[str, object]:
    gone = record.track.diverged_at
    return {
        "name": record.name,
        "label": record.label,
        "branch": record.branch or None,
        "replica": record.replica or None,
        "diverged_at": gone if gone is not None and gone <= record.last + 1 else None,
    }


def _row(row: Row) -> dict[str, object]:
    return {
        "step": row.step,
        "x": row.x,
        "y": row.y,
        "loss": plain(row.loss),
        "gradient": plain((row.grad_x, row.grad_y)),
        "lr": plain(row.lr),
        "evaluations": row.evaluations,
        "state": {name: plain(value) for name, value in row.state.items()},
    }
