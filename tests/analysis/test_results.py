"""Results of runs: their numbers, how they are formatted, and their export as text."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from app.analysis.results import (
    COLUMNS,
    LOSS_TOLERANCE,
    STEPS_COLUMN,
    RunResult,
    format_cells,
    run_results,
)
from app.analysis.run_column import MISSING
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.engine.update_timing import measure_update_time
from app.export.results_text import as_csv, as_latex, as_markdown, to_latex
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.utils.number_format import format_significant
from tests.analysis.example_results import COLUMN_NAMES, FIVE_RUNS, ONE_RESULT, column_index


def assert_correct(result: RunResult, race: Race, step: int) -> None:
    """Compare a result with the same numbers computed from the trajectory step by step."""
    trajectory, surface = race.trajectories[result.index], race.surface
    last = min(step, trajectory.last_step)
    x, y, loss = trajectory.xs, trajectory.ys, trajectory.losses
    assert (result.step_count, result.loss) == (last, loss[last])
    path = math.fsum(math.dist((x[k - 1], y[k - 1]), (x[k], y[k])) for k in range(1, last + 1))
    assert result.path_length == pytest.approx(path, rel=1e-12, abs=0)
    assert result.gradient_evaluations == trajectory.evaluation_arrays(last)[0][last]
    assert result.value_evaluations == trajectory.evaluation_arrays(last)[1][last]
    diverged = trajectory.diverged_at is not None and trajectory.diverged_at <= step
    assert result.diverged_at == (trajectory.diverged_at if diverged else None)
    if surface.minimum_loss is None:
        assert math.isnan(result.distance_to_minimum)
        assert result.steps_to_tolerance is not None
        assert math.isnan(result.steps_to_tolerance)
        return
    assert result.distance_to_minimum == min(math.hypot(x[last] - a, y[last] - b) for a, b in surface.minima)
    first_inside = last + 1
    while first_inside and loss[first_inside - 1] - surface.minimum_loss <= LOSS_TOLERANCE * (
        loss[0] - surface.minimum_loss
    ):
        first_inside -= 1
    assert result.steps_to_tolerance == (None if diverged or first_inside > last else first_inside)


# Numbers


@pytest.mark.slow
@pytest.mark.parametrize(
    "experiment", [FIVE_RUNS, replace(FIVE_RUNS, surface_id="himmelblau"), replace(FIVE_RUNS, surface_id="saddle")]
)
def test_results_do_not_depend_on_earlier_queries(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.analysis.results.SUM_INTERVAL", 64)
    race = Race(experiment)
    steps_to_tolerance = set()
    for count in (0, 1, 7, 120, 2000):
        race.advance(count)
        for step in (race.step, race.step // 3, 63, 64, 65, 128, race.step):
            if step <= race.step:
                for result in run_results(race, step):
                    assert_correct(result, race, step)
                    steps_to_tolerance.add(result.steps_to_tolerance)
    assert race.surface.minimum_loss is None or (None in steps_to_tolerance and any(steps_to_tolerance))
    assert [result.index for result in run_results(race)] == list(range(5))


def test_steps_to_tolerance_count_to_the_last_entry_into_the_tolerance() -> None:
    race = Race(Experiment("sphere", (3.0, 0.0), (Run("momentum", {"lr": 0.05, "momentum": 0.95}),)))
    race.advance(2000)
    loss = np.array(race.trajectories[0].losses)
    first_entry = int(np.flatnonzero(loss <= LOSS_TOLERANCE * loss[0])[0])
    last_entry = run_results(race)[0].steps_to_tolerance
    assert last_entry is not None
    assert first_entry < last_entry
    for step in (*range(first_entry - 2, last_entry + 2, 3), 2000):
        assert_correct(run_results(race, step)[0], race, step)


def test_a_diverged_run_has_the_results_of_its_last_finite_step() -> None:
    race = Race(Experiment("rosenbrock", (-0.5, 2.5), (Run("sgd", {"lr": 0.1}),)))
    race.advance(100)
    diverged_at = race.trajectories[0].diverged_at
    assert diverged_at is not None
    before, after = run_results(race, diverged_at - 1)[0], run_results(race)[0]
    assert (before.diverged_at, after.diverged_at) == (None, diverged_at)
    assert (before.step_count, before.loss, before.path_length) == (after.step_count, after.loss, after.path_length)
    assert format_cells(after)[STEPS_COLUMN] == f"diverged at {diverged_at}"
    race.trajectories = [Trajectory(Run("sgd"), race.surface, (1e200, 1e200))]  # where the loss overflows
    overflowed = run_results(race)[0]
    assert (overflowed.step_count, overflowed.steps_to_tolerance, overflowed.diverged_at) == (0, None, 0)
    assert format_cells(overflowed)[column_index("loss")] == MISSING


def test_a_start_at_the_minimum_needs_no_step() -> None:
    race = Race(Experiment("sphere", (0.0, 0.0), (Run("sgd"),)))
    race.advance(3)
    result = run_results(race)[0]
    assert (result.steps_to_tolerance, result.path_length, result.distance_to_minimum, result.loss) == (
        0,
        0.0,
        0.0,
        0.0,
    )


def test_an_edited_run_does_not_reuse_cached_totals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.analysis.results.SUM_INTERVAL", 64)
    race = Race(FIVE_RUNS)
    race.advance(200)
    run_results(race)
    race.step = 100
    edited = race.with_experiment(
        race.experiment.with_run(0, race.experiment.runs[0].with_change_at_step(race.step, {"lr": 0.0005}))
    )
    edited.advance(100)
    for result in run_results(edited):
        assert_correct(result, edited, edited.step)
    assert edited.trajectories[0] is not race.trajectories[0]


def test_hyperparameters_are_those_of_the_queried_step() -> None:
    run = Run("sgd", {"lr": 0.001}).with_change_at_step(50, {"lr": 0.0005})
    race = Race(replace(DEFAULT_EXPERIMENT, runs=(run,)))
    race.advance(100)
    assert [run_results(race, step)[0].hyperparameter_text for step in (10, 100)] == [
        run.as_of_step(10).hyperparameter_text,
        run.hyperparameter_text,
    ]
    assert run.as_of_step(10).hyperparameter_text != run.hyperparameter_text


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "bfgs", "cma_es"])
def test_the_update_time_of_an_optimizer_is_measured_once(optimizer: str) -> None:
    first, second = (
        Race(replace(DEFAULT_EXPERIMENT, start=start, runs=(Run(optimizer),))).trajectories[0]
        for start in ((-0.5, 2.5), (0.5, 0.5))
    )
    update_time = measure_update_time(first)
    assert 0 < update_time < math.inf
    assert measure_update_time(first) == measure_update_time(second) == update_time
    assert first.last_step == 0
    assert math.isnan(measure_update_time(Trajectory(Run("adagrad"), Race(DEFAULT_EXPERIMENT).surface, (1e200, 1e200))))


def test_the_update_time_is_measured_again_for_another_surface_or_modifier(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[Trajectory] = []
    monkeypatch.setattr("app.engine.update_timing._cached_update_times", {})
    monkeypatch.setattr(
        "app.engine.update_timing._measure", lambda trajectory: measured.append(trajectory) or float(len(measured))
    )
    runs = Run("adam"), Run("adam", {"lr": 0.5}), Run("adam", {"noise": 0.1}), Run("adam", {"noise": 0.0}), Run("sgd")
    race = Race(replace(DEFAULT_EXPERIMENT, runs=runs))
    assert [measure_update_time(trajectory) for trajectory in race.trajectories] == [1, 1, 2, 1, 3]
    points = tuple(np.arange(9.0)), tuple(np.arange(9.0) ** 2)
    for experiment, measurement in (
        (DEFAULT_EXPERIMENT.with_surface("sphere"), 4),
        (DEFAULT_EXPERIMENT.with_data(*points), 5),
        (DEFAULT_EXPERIMENT.with_data(points[1], points[0]), 5),
    ):
        assert measure_update_time(Race(replace(experiment, runs=runs[:1])).trajectories[0]) == measurement


# Formatting and export


def test_numbers_have_five_significant_digits() -> None:
    expected = {
        0.0: "0",
        0.0012345678: "0.0012346",
        1.5: "1.5000",
        -987.6543: "-987.65",
        1234.56: "1,234.6",
        98765.4: "98,765",
        123456.0: "1.235e+05",
        0.000999: "9.990e-04",
        -1e-300: "-1.000e-300",
    }
    assert {value: format_significant(value) for value in expected} == expected
    assert format_significant(1.23456, 3) == "1.23"


def test_missing_values_are_shown_as_a_dash() -> None:
    assert format_cells(ONE_RESULT) == [
        "1",
        "Adam",
        "lr 0.05",
        "12",
        "5",
        "1.2500",
        "0.50000",
        "3.0000",
        "12",
        "0",
        "2.00",
    ]
    without_values = replace(
        ONE_RESULT,
        hyperparameter_text="",
        step_count=1_234_567,
        steps_to_tolerance=None,
        loss=math.nan,
        distance_to_minimum=math.nan,
        path_length=math.inf,
        update_time_us=math.nan,
    )
    assert format_cells(without_values) == [
        "1",
        "Adam",
        MISSING,
        "1,234,567",
        MISSING,
        MISSING,
        MISSING,
        MISSING,
        "12",
        "0",
        MISSING,
    ]
    assert len(format_cells(ONE_RESULT)) == len(COLUMNS)


def test_csv_contains_exact_values() -> None:
    race = Race(FIVE_RUNS)
    race.advance(3000)
    results = run_results(race)
    for delimiter in ",\t":
        rows = list(csv.DictReader(io.StringIO(as_csv(results, delimiter)), delimiter=delimiter))
        assert list(rows[0]) == [*COLUMN_NAMES, "diverged at"]
        for row, result in zip(rows, results, strict=True):
            assert row["run"] == str(result.index + 1)
            assert (row["optimizer"], row["hyperparameters"]) == (result.optimizer_name, result.hyperparameter_text)
            assert [float(row[name]) for name in ("steps", "loss", "path length")] == [
                result.step_count,
                result.loss,
                result.path_length,
            ]
            assert row["steps to tolerance"] == (
                "" if result.steps_to_tolerance is None else str(result.steps_to_tolerance)
            )
            assert row["time per step (µs)"] == ""
            assert row["diverged at"] == str(result.diverged_at or "")
    assert any(result.diverged_at for result in results)


SPECIAL_CHARACTERS = "50% & a_b #1 $2 {x} ~ ^ \\ | −3 “<>” \n end"


def test_markdown_escapes_column_separators() -> None:
    text = as_markdown([replace(ONE_RESULT, optimizer_name=SPECIAL_CHARACTERS), ONE_RESULT])
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1]] for line in text.splitlines()]
    assert [len(row) for row in rows] == [len(COLUMNS)] * 4
    assert [cell.endswith(":") for cell in rows[1]] == [not column.is_text for column in COLUMNS]
    assert rows[0] == [name.capitalize() for name in COLUMN_NAMES]
    assert rows[3] == format_cells(ONE_RESULT)
    assert re.sub(r"\\(.)", r"\1", rows[2][1]) == " ".join(SPECIAL_CHARACTERS.split())


def test_latex_escapes_special_characters_and_formats_numbers() -> None:
    assert to_latex("_ % & # $ { }") == r"\_ \% \& \# \$ \{ \}"
    assert to_latex("~^\\ − – µs") == r"\textasciitilde{}\textasciicircum{}\textbackslash{} $-$ -- $\mu$s"
    assert to_latex("1.235e-05") == r"$1.235\times10^{-5}$"
    assert to_latex("-1.5e+300") == r"$-1.5\times10^{300}$"
    expected = {"-0.5": "$-0.5$", "-1,234.5": "$-1{,}234.5$", "1,234": "1,234", "12": "12", "0.05": "0.05"}
    assert {text: to_latex(text) for text in expected} == expected
    assert to_latex("lr 1e-05, beta_1 0.9, seed 3") == r"lr $1\times10^{-5}$, beta\_1 0.9, seed 3"
    assert to_latex("adam-2 v1.0e5x 1.2.3") == "adam-2 v1.0e5x 1.2.3"
    text = as_latex([replace(ONE_RESULT, optimizer_name=SPECIAL_CHARACTERS), replace(ONE_RESULT, loss=1.2e-7)])
    first, second = (line for line in text.splitlines() if line.startswith("1 "))
    assert len(re.findall(r"(?<!\\)&", first)) == len(re.findall(r"(?<!\\)&", second)) == len(COLUMNS) - 1
    assert not re.search(r"(?<!\\)[#%~]|[−|]{2}|\n", first)
    assert len(re.findall(r"(?<!\\)\$", first)) % 2 == 0
    assert r"$1.200\times10^{-7}$" in second
    assert text.startswith(r"\begin{tabular}{rllrrrrrrrr}")
    assert text.endswith("\\hline\n\\end{tabular}\n")
