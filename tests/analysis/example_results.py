"""An experiment whose results cover convergence, divergence and noise, and the columns of the results table by name."""

from __future__ import annotations

from app.analysis.results import COLUMNS, RunResult
from app.model.experiment import Experiment
from app.model.run import Run

ONE_RESULT = RunResult(0, 0, "Adam", "Adam", "lr 0.05", 12, 5, 1.25, 0.5, 3.0, 12, 0, 2.0, None, 1.0, 2.0, 3.0)
COLUMN_NAMES = [column.name for column in COLUMNS]
FIVE_RUNS = Experiment(
    "rosenbrock",
    (-0.5, 2.5),
    (
        Run("sgd", {"lr": 0.001}),
        Run("adam", {"lr": 0.15}),
        Run("sgd", {"lr": 0.1}),
        Run("steepest_descent_wolfe"),
        Run("adam", {"lr": 0.01, "noise": 0.1}),
    ),
)


def column_index(name: str) -> int:
    return COLUMN_NAMES.index(name)
