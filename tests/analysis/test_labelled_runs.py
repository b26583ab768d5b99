"""Runs with known truth: what their status must say at given steps, and windows in which it must not change.

``data/labelled_runs.json`` holds the runs. Each check names the kinds that are right after a step, numbers with their
tolerances, and texts that the sentence contains or must not contain; ``derivation`` says why, from theory or from an
independent simulation.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.analysis.run_status import RunStatus, run_status
from app.analysis.status_rows import trajectory_row
from app.engine.trajectory import Trajectory
from app.model.run import Run
from surfaces import SURFACES, Surface

CASES = json.loads((Path(__file__).parent / "data" / "labelled_runs.json").read_text(encoding="utf-8"))
NUMBER = r"(-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)"
PATTERNS = {  # numbers that only the sentence has
    "pace": f"{NUMBER} per step",
    "decay": rf"decay \({NUMBER}\)",
    "gap": f"{NUMBER} above",
    "lowloss": f"loss (?:was|had reached) {NUMBER}",
    "lowstep": f"after step {NUMBER}",
    "lastloss": f"the last was {NUMBER}",
    "place": rf"at \({NUMBER}, {NUMBER}\)",
    "eig": f"eigenvalues are {NUMBER} and {NUMBER}",
}


def surface_of(case: dict[str, Any]) -> Surface:
    if "custom" not in case:
        return SURFACES[case["surface"]]
    custom, names = case["custom"], {name: getattr(np, name) for name in ("absolute", "sign", "exp")}
    code = compile(custom["python"], custom["name"], "eval")
    return Surface(
        id=custom["name"],
        name=custom["name"],
        family="",
        source="",
        formula="",
        bounds=custom["box"],
        start=tuple(case["start"]),
        function=lambda x, y: eval(code, names, {"x": x, "y": y}),
        minima=tuple(map(tuple, custom["minima"])),
        nonsmooth_note=custom["kinks"],
    )


def trajectory_of(case: dict[str, Any]) -> Trajectory:
    run = Run.parse(case["run"])
    for step, changes in case.get("changes", []):
        run = run.with_change_at_step(step, {**run.hyperparameters, **changes})
    trajectory = Trajectory(run, surface_of(case), tuple(case["start"]))
    trajectory.advance(max(c["step"] for c in case["checks"]))
    return trajectory


def values_in(sentence: str, pattern: str) -> Any:
    match = re.search(pattern, sentence)
    numbers = [float(group.replace(",", "")) for group in match.groups()] if match else [None]
    return numbers if len(numbers) > 1 else numbers[0]


def is_close(found: Any, expected: dict[str, Any]) -> bool:
    """Return whether a number, each of several numbers, or one of several alternatives is as expected."""
    value, rel, abs_ = expected["value"], expected.get("rel", 0.0), expected.get("abs", 1e-12)
    if value is None or found is None or isinstance(value, str):
        return bool(found == value)
    if isinstance(value, list) and isinstance(found, (int, float)):
        return any(found == pytest.approx(each, rel=rel, abs=abs_) for each in value)
    return bool(np.allclose(found, value, rtol=rel, atol=abs_))


def faults_of(trajectory: Trajectory, check: dict[str, Any]) -> list[str]:
    """Return what a status says falsely after the step of a check."""
    row = trajectory_row(trajectory, check["step"])
    status = row["status"]
    faults = [] if status["kind"] in check.get("kinds", [status["kind"]]) else [f"not one of {check['kinds']}"]
    for name, expected in check.get("numbers", {}).items():
        if status["kind"] not in expected.get("when", [status["kind"]]):
            continue
        found = values_in(status["sentence"], PATTERNS[name]) if name in PATTERNS else {**row, **status}[name]
        if not is_close(found, expected):
            faults.append(f"{name} {found} instead of {expected['value']}")
    for name, expected in check.get("curvature", {}).items():
        if not is_close(row["curvature"][name], expected):
            faults.append(f"{name} {row['curvature'][name]} instead of {expected['value']}")
    faults += [f"lacks {text!r}" for text in check.get("says", []) if not re.search(text, status["sentence"])]
    faults += [f"has {text!r}" for text in check.get("never", []) if text in status["sentence"]]
    return [f"step {check['step']}: {status['kind']}, {fault}; {status['sentence']}" for fault in faults]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_what_is_said_of_a_run_is_true(case: dict[str, Any]) -> None:
    trajectory = trajectory_of(case)
    assert not [fault for check in case["checks"] for fault in faults_of(trajectory, check)], case["derivation"]


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if "windows" in case], ids=lambda case: case["id"])
def test_the_status_does_not_change_while_nothing_changes(case: dict[str, Any]) -> None:
    trajectory = trajectory_of(case)
    for window in case["windows"]:
        trajectory.advance(window["last"] - trajectory.last_step)
        steps = range(window["first"], window["last"] + 1)
        statuses: list[RunStatus] = [run_status(trajectory, step) for step in steps]
        assert {status.kind for status in statuses} <= set(window["kinds"])
        changes = [
            (step, a.kind, b.kind) for step, (a, b) in zip(steps, pairwise(statuses), strict=False) if a.kind != b.kind
        ]
        assert len(changes) <= window["changes"], changes
