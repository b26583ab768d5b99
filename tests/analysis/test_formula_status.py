"""What is said about runs on a formula: its minima are searched, and its gradient may not be defined everywhere."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from app.analysis.curvature import curvature_at
from app.analysis.results import run_results
from app.analysis.run_status import RunStatus, run_status
from app.engine.race import Race
from app.engine.safe_rate import with_safe_rates
from app.model.experiment import Experiment
from app.model.run import Run
from app.utils.i18n import load_language, set_language
from optimizers import OPTIMIZERS
from surfaces import from_formula

# Formulas without a gradient or a value at some points, without a minimum, or with many
DIFFICULT = [
    "sqrt(x^2+y^2)",
    "|x|+|y|",
    "sqrt(|x|)+y^2",
    "x^2/x+y^2",
    "1/x+y^2",
    "log(x)+y^2",
    "where(x>0,sqrt(x),-x)+y^2",
    "x+y",
    "0 x",
    "floor(x)+floor(y)",
    "(x^2+y^2)^0.3",
    "exp(exp(x))+y^2",
]


def status_on(
    formula: str, start: tuple[float, float], lr: float, steps: int = 40, optimizer: str = "sgd"
) -> RunStatus:
    race = Race(Experiment(formula=formula, start=start, runs=(Run(optimizer, {"lr": lr}),)))
    race.advance(steps)
    return run_status(race.trajectories[0], steps)


@pytest.fixture
def korean() -> Iterator[None]:
    set_language(load_language("ko"))
    yield
    set_language(load_language("en"))


@pytest.mark.parametrize(
    ("formula", "start", "lr", "step", "words"),
    [
        ("sqrt(x^2 + y^2)", (0.0, 0.0), 0.1, 0, "no slope here"),
        ("sqrt(x^2 + y^2)", (1.0, 0.0), 0.5, 2, "no slope here: at (0, 0) the loss is 0"),
        ("sqrt(|x|) + y^2", (0.0, 1.0), 0.1, 0, "no slope here"),
        ("where(x > 0.1, x^2, sqrt(x^2 + y^2)) + y^2", (0.5, 0.0), 0.5, 2, "no slope here"),
        ("x^2/x + y^2", (0.5, 0.0), 0.5, 1, "the loss has no value at (0, 0)"),
    ],
)
def test_a_point_without_a_gradient_is_not_called_divergence(
    formula: str, start: tuple[float, float], lr: float, step: int, words: str
) -> None:
    status = status_on(formula, start, lr)
    assert words in status.sentence
    assert status.since == step
    assert "diverged" not in status.short_text


def test_an_overflow_on_a_formula_is_still_called_divergence() -> None:
    status = status_on("x^4 + y^4", (3.0, 3.0), 0.5)
    assert status.short_text.startswith("diverged")
    assert "stability limit" in status.sentence


def test_the_lowest_point_found_is_not_called_a_global_minimum() -> None:
    converged = status_on("x^2 + 2y^2", (2.0, 1.0), 0.1, 300)
    assert "the lowest minimum found (0, 0)" in converged.sentence
    local = status_on("(x^2 - 1)^2 + 0.3x + y^2", (1.5, 0.5), 0.05, 400)
    assert "above the lowest found" in local.sentence
    one_of_two = status_on("(x^2 - 1)^2 + y^2", (1.5, 0.5), 0.05, 400)
    assert "one of the 2 lowest minima found" in one_of_two.sentence
    moving = status_on("x^2 + 2y^2", (2.0, 1.0), 0.001, 3)
    assert "distance to the lowest minimum found" in moving.sentence
    for status in (converged, local, one_of_two, moving):
        assert "global" not in status.sentence


def test_the_words_are_translated(korean: None) -> None:
    for status in (status_on("x^2 + 2y^2", (2.0, 1.0), 0.1, 300), status_on("sqrt(x^2 + y^2)", (0.0, 0.0), 0.1)):
        assert not any(word in status.sentence for word in ("found", "slope", "전역"))


def check_status_and_results(formula: str, optimizers: list[str]) -> None:
    for start in (None, (0.0, 0.0), (0.5, 0.5)):
        experiment = Experiment(formula=formula, start=start)
        for optimizer in optimizers:
            run = Run(optimizer, {"lr": 0.5} if OPTIMIZERS[optimizer].has_learning_rate else {})
            race = Race(
                with_safe_rates(experiment.with_added_run(run)) if start is None else experiment.with_run(0, run)
            )
            race.advance(60)
            for step in (0, 1, 7, 60):
                assert run_status(race.trajectories[0], step).sentence
            assert len(run_results(race)) == 1


@pytest.mark.parametrize("formula", DIFFICULT)
def test_every_run_on_a_difficult_formula_has_a_status(formula: str) -> None:
    check_status_and_results(formula, ["sgd", "adam"])


@pytest.mark.slow
@pytest.mark.parametrize("formula", DIFFICULT)
def test_every_optimizer_on_a_difficult_formula_has_a_status(formula: str) -> None:
    check_status_and_results(formula, list(OPTIMIZERS))


def test_a_kink_has_no_curvature_and_no_stability_limit() -> None:
    """The gradient jumps at the minimum: a difference of it would give any curvature."""
    surface = from_formula("|x|+|y|")
    assert math.isnan(curvature_at(surface, 0.0, 0.0).largest)
    assert math.isnan(curvature_at(surface, 1.0, 0.0).largest)
    assert curvature_at(surface, 1.0, 2.0).largest == 0
    status = status_on("|x|+|y|", (1.0, 2.0), 0.1, 60)
    assert (status.kind, status.period, status.bound) == ("cycling", 2.0, None)
    assert "stability limit" not in status.sentence


@pytest.mark.parametrize("formula", ["x^2/20+y^2", "1e9 x+y^2", "1e-6 x^2+1e-6 y^2", "sin(1000 x)+y^2", "x^4+y^4"])
def test_a_smooth_formula_has_a_curvature_everywhere(formula: str) -> None:
    surface = from_formula(formula)
    points = np.random.default_rng(0).uniform(-5, 5, (100, 2)).tolist()
    assert all(math.isfinite(curvature_at(surface, x, y).largest) for x, y in [(0.0, 0.0), *points])
