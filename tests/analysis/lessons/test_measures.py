"""Each measure gives what a closed form or the trajectory gives."""

from __future__ import annotations

import inspect
import math

import pytest

from app.analysis.lessons.claim_check import CheckedClaim, check_claim, measure_text, value_text
from app.analysis.lessons.measures import MEASURES
from app.io.lesson_files import LESSONS_FOLDER, load_lesson
from app.model.experiment import Experiment
from app.model.lesson_claim import MEASURE_TEXTS, Claim
from app.model.run import Run

PARABOLA = Experiment(
    formula="x^2",
    start=(3.0,),
    steps=20,
    runs=(Run("sgd", {"lr": 0.1}), Run("sgd", {"lr": 0.9}), Run("sgd", {"lr": 1.1})),
)  # type: ignore[arg-type]
BOWL = Experiment("elongated_bowl", (-7.0, 2.0), (Run("sgd", {"lr": 0.95}), Run("sgd", {"lr": 400.0})), steps=300)
SADDLE = Experiment("saddle", (1.5, 0.001), (Run("sgd", {"lr": 0.02}), Run("newton")), steps=300)
NETWORK_MEASURES = ("accuracy", "test_accuracy", "gradient_norm")


def measured(experiment: Experiment, measure: str, **fields: object) -> float | str:
    return check_claim(Claim(measure, **fields), experiment).value  # type: ignore[arg-type]


def test_every_measure_has_a_function_and_a_text() -> None:
    assert set(MEASURES) == set(MEASURE_TEXTS)
    for name, function in MEASURES.items():
        assert function.__name__ == name
        assert inspect.getdoc(function)
        assert measure_text(Claim(name, setting="run1.lr"), PARABOLA)


@pytest.mark.parametrize(
    ("measure", "fields", "expected"),
    [
        ("position", {"step": 4}, 3 * 0.8**4),
        ("position", {"step": 4, "run": 2}, 3 * 0.8**4),
        ("position", {"axis": "y"}, 0),
        ("change", {"step": 2}, 2.4 * -0.2),
        ("factor", {"step": 7, "run": 3}, -1.2),
        ("largest", {}, 3),
        ("largest", {"first_step": 1}, 2.4),
        ("smallest", {"run": 2}, -2.4),
        ("smallest", {"run": 2, "first_step": 2}, -2.4 * 0.8**2),
        ("first_beyond", {"run": 3, "bound": 4}, 2),
        ("first_beyond", {"run": 1, "bound": 4}, math.inf),
        ("loss", {"step": 3}, 9 * 0.8**6),
        ("lowest_loss", {"step": 3}, 9 * 0.8**6),
        ("highest_loss", {"first_step": 2, "step": 3}, 9 * 0.8**4),
        ("mean_loss", {"first_step": 0, "step": 1}, 9 * (1 + 0.64) / 2),
        ("steps_to_loss", {"bound": 9 * 0.8**6 + 1e-9}, 3),
        ("steps_to_loss", {"bound": 1e-30}, math.inf),
        ("steps_within", {"tolerance": 3 * 0.8**5 + 1e-9}, 5),
        ("steps_within", {"run": 3}, math.inf),
        ("steps_within", {"tolerance": 100}, 0),
        ("distance", {"step": 3}, 3 * 0.8**3),
        ("gradient_norm", {"step": 1}, 2 * 2.4),
        ("step_size", {"step": 1}, 0.6),
        ("step_size", {"step": 0}, math.nan),
        ("path_length", {"run": 2, "step": 1}, 5.4),
        ("path_length", {"first_step": 20}, 0),
        ("learning_rate", {"run": 2}, 0.9),
        ("learning_rate", {"step": 10, "instead": {"run1.warmup_steps": 100}}, 0.01),
        ("largest_curvature", {}, 2),
        ("condition_number", {}, 1),
        ("stability_limit", {"run": 3}, 1),
        ("setting", {"setting": "run3.lr"}, 1.1),
        ("setting", {"setting": "run3.weight_decay"}, math.nan),
        ("setting", {"setting": "start.x", "instead": {"start.x": 5}}, 5),
        ("accuracy", {}, math.nan),
    ],
)
def test_a_parabola(measure: str, fields: dict[str, object], expected: float) -> None:
    assert measured(PARABOLA, measure, **fields) == pytest.approx(expected, rel=1e-6, abs=1e-6, nan_ok=True)


def test_two_dimensions() -> None:
    assert measured(BOWL, "factor", axis="y", step=5) == pytest.approx(-0.9)
    assert measured(BOWL, "factor", axis="x", step=5) == pytest.approx(0.905)
    assert measured(BOWL, "condition_number") == pytest.approx(20)
    assert measured(BOWL, "smallest_curvature") == pytest.approx(0.1)
    assert measured(BOWL, "step_size", step=1) == pytest.approx(math.hypot(0.665, 3.8))
    assert measured(BOWL, "steps_within") == 66
    assert measured(SADDLE, "smallest_curvature", step=0) == pytest.approx(-2)


def test_a_network_has_its_accuracy_and_the_gradient_of_all_parameters() -> None:
    experiment = load_lesson(LESSONS_FOLDER / "tune_first.json").experiment
    start, end = ([measured(experiment, name, run=3, step=step) for name in NETWORK_MEASURES] for step in (0, 60))
    assert end[0] > start[0] > 0  # type: ignore[operator]
    assert end[1] > start[1] > 0  # type: ignore[operator]
    assert start[2] == pytest.approx(1.41278, abs=1e-5)
    for name in ("largest_curvature", "stability_limit", "distance", "accuracy"):
        assert math.isnan(measured(experiment, name, step=20_000 if name == "accuracy" else 0))  # type: ignore[arg-type]


def test_the_status_is_that_of_the_program() -> None:
    assert measured(PARABOLA, "status", run=3) == "diverging"
    assert measured(SADDLE, "status", run=2) == "saddle"
    assert not check_claim(Claim("status", equals="converged"), PARABOLA).holds


def test_a_run_that_overflows_never_arrives() -> None:
    ends = {name: measured(BOWL, name, run=2) for name in MEASURES if name not in ("setting", "status")}
    assert measured(BOWL, "status", run=2) == "diverged"
    assert ends["loss"] == ends["mean_loss"] == ends["highest_loss"] == ends["steps_within"] == math.inf
    assert math.isnan(ends["position"])  # type: ignore[arg-type]
    for name in ("position", "change", "factor", "gradient_norm", "step_size"):
        assert not check_claim(Claim(name, run=2, at_most=1e300), BOWL).holds
        assert not check_claim(Claim(name, run=2, at_least=-1e300), BOWL).holds


@pytest.mark.parametrize("axis", ["x", "y"])
@pytest.mark.parametrize("step", [None, 0, 1, 21, 20_000])
def test_every_measure_gives_a_value_at_any_step(step: int | None, axis: str) -> None:
    for name in MEASURES:
        value = measured(PARABOLA, name, step=step, axis=axis, first_step=3, setting="steps")
        assert isinstance(value, str) == (name == "status")


@pytest.mark.parametrize(
    ("conditions", "value", "holds"),
    [
        ({"equals": 2.0}, 2 + 1e-9, True),
        ({"equals": 2.0}, 2.001, False),
        ({"equals": 2.0, "margin": 0.01}, 2.001, True),
        ({"equals": 0.0}, 1e-8, False),
        ({"at_least": 1.0}, 1.0, True),
        ({"at_least": 1.0, "at_most": 2.0}, 2.5, False),
        ({"at_least": 1.0}, math.inf, True),
        ({"at_most": 1e300}, math.inf, False),
        ({"at_most": 1.0}, math.nan, False),
        ({}, math.nan, False),
        ({}, 3.0, True),
    ],
)
def test_conditions(conditions: dict[str, float], value: float, holds: bool) -> None:
    assert Claim("loss", **conditions).holds_for(value) == holds  # type: ignore[arg-type]


def test_values_as_texts() -> None:
    texts = [
        value_text(CheckedClaim(Claim(name), value, True))
        for name, value in (("loss", 66.0), ("loss", 0.0123456), ("loss", math.inf), ("steps_within", math.inf))
    ]
    assert texts == ["66", "0.01235", "overflow", "never"]
    assert value_text(CheckedClaim(Claim("status"), "saddle", True)) == "at a saddle point or maximum"
    assert value_text(CheckedClaim(Claim("position"), math.nan, False)) == "unknown"
