"""The rows of ``thalweg results``."""

from __future__ import annotations

import json
import math

import pytest

from app.analysis.status_rows import status_rows
from app.engine.race import Race
from app.model.experiment import Experiment
from app.model.run import Run


def test_status_rows_can_be_written_as_json() -> None:
    runs = (
        Run.parse("sgd lr=0.95"),
        Run.parse("momentum lr=0.01 momentum=0.5 weight_decay=0.5"),
        Run.parse("sgd lr=9"),
    )
    race = Race(Experiment("rosenbrock", start=(-1.5, 2.0), runs=runs))
    rows = json.loads(json.dumps(status_rows(race, [0, 3, 60]), allow_nan=False))
    assert [(row["run"], row["step"]) for row in rows] == [(run, step) for run in (1, 2, 3) for step in (0, 3, 60)]
    start = rows[0]
    assert (start["x"], start["y"], start["loss"]) == (-1.5, 2.0, 12.5)
    assert start["distance"] == pytest.approx(math.hypot(2.5, 1.0))
    assert start["gradient_norm"] == pytest.approx(math.hypot(-155.0, -50.0))
    curvature = start["curvature"]
    assert curvature["bound"] == pytest.approx(2 / curvature["lambda_max"])
    assert curvature["bound_for"] == "sgd"
    decayed = rows[3]
    assert decayed["curvature"]["bound"] == pytest.approx(3 / (curvature["lambda_max"] + 0.5))
    assert rows[-1]["status"]["kind"] == "diverged"
    assert set(rows[-1]["status"]) == {
        *(
            "kind",
            "sentence",
            "period",
            "width",
            "growth",
            "since",
            "minimum",
            "diverged_at",
            "rate",
            "bound",
            "relation",
        )
    }
