"""Helpers that run exported scripts and compare them with their race."""

from __future__ import annotations

import ast
import sys
from typing import Any

import numpy as np

from app.engine.race import Race
from app.model.experiment import Experiment
from app.model.run import Run


def make_race(steps: int = 60, surface: str = "rosenbrock", *runs: Run, **settings: Any) -> Race:
    race = Race(Experiment(surface, runs=runs, **settings))
    race.advance(steps)
    return race


def run_script(text: str) -> dict[str, Any]:
    """Return the namespace of a script after its import."""
    namespace: dict[str, Any] = {"__name__": "script"}
    exec(compile(text, "script", "exec"), namespace)
    return namespace


def imported_modules(text: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(text)))
    return {alias.name.partition(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names} | {
        str(node.module).partition(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)
    }


def check_script(race: Race, text: str, packages: tuple[str, ...] = ("numpy",)) -> dict[str, Any]:
    """Check that a script computes exactly the same points and imports only the given packages."""
    assert imported_modules(text) <= {*sys.stdlib_module_names, *packages}
    namespace = run_script(text)
    assert list(namespace["paths"]) == race.experiment.names
    for name, trajectory in zip(race.experiment.names, race.trajectories, strict=True):
        x, y, loss = trajectory.values_between(0, race.step)
        np.testing.assert_array_equal(namespace["paths"][name], np.column_stack([x, y]), name)
        np.testing.assert_array_equal(namespace["losses"][name], loss, name)
    return namespace
