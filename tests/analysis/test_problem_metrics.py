"""Metrics of networks: exact, evaluated only when they are shown, and in every table and export."""

import csv
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.analysis.metric_series import metric_series
from app.analysis.problem_metrics import EVALUATION_INTERVAL, EXACT_STEPS, metric_at
from app.analysis.results import result_columns, run_results
from app.engine.problem_experiment import with_problem
from app.engine.race import Race
from app.export.csv_table import export_csv
from app.export.json_document import export_json
from app.export.npz_arrays import export_npz
from app.export.options import Options
from app.export.results_text import as_csv, as_latex, as_markdown
from app.model.experiment import Experiment, LossPlot
from app.model.run import Run
from app.views.loss_view import missing_reason
from app.views.scene import Scene
from surfaces.problems import PROBLEMS, make_problem
from surfaces.problems.problem import METRICS
from tests.views.drawing import draw_view

RUNS = Run("adam", {"lr": 0.02}, rate_edited=True), Run("bfgs"), Run("lars", {"momentum": 0.5})
STEPS = EXACT_STEPS + 2 * EVALUATION_INTERVAL + 3


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return with_problem(Experiment(runs=RUNS), "moons", {"points": 40})


@pytest.fixture(scope="module")
def race(experiment: Experiment) -> Race:
    race = Race(experiment)
    race.advance(STEPS)
    return race


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_metrics_of_a_problem_have_known_names_and_are_finite(problem_id: str) -> None:
    problem = make_problem(problem_id)
    assert set(problem.metrics) <= set(METRICS)
    assert np.isfinite([compute(problem.make_start(0)) for compute in problem.metrics.values()]).all()


def test_a_curve_has_the_exact_values_of_the_first_steps_and_then_of_every_eighth(race: Race) -> None:
    trajectory, problem = race.trajectories[0], make_problem("moons", points=40)
    expected = [problem.metrics["test_loss"](trajectory.point_at(step).x[0]) for step in range(STEPS + 1)]
    values = metric_series(trajectory, "test_loss").values_up_to(STEPS)
    assert list(values[:EXACT_STEPS]) == expected[:EXACT_STEPS]
    assert list(values[EXACT_STEPS:]) == [
        expected[step - step % EVALUATION_INTERVAL] for step in range(EXACT_STEPS, STEPS + 1)
    ]
    assert metric_at(trajectory, "test_loss", STEPS) == expected[STEPS]


@pytest.mark.parametrize("quantity", ["gradient", "step"])
def test_norms_of_past_steps_need_no_step_again(race: Race, quantity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trajectory = race.trajectories[0].copy_until(STEPS)
    points = list(trajectory.iter_points(STEPS))
    moves = [np.nan, *(np.linalg.norm(b.x[0] - a.x[0]) for a, b in pairwise(points))]
    expected = [np.linalg.norm(point.gradient) for point in points] if quantity == "gradient" else moves
    metric_series(trajectory, quantity).values_up_to(EXACT_STEPS - 1)

    def fail(*_: Any) -> None:
        raise AssertionError("a step was computed again")

    monkeypatch.setattr("app.engine.trajectory.descend_on", fail)
    values = list(metric_series(trajectory, quantity).values_up_to(STEPS))
    indices = [k if k < EXACT_STEPS else k - k % EVALUATION_INTERVAL for k in range(STEPS + 1)]
    np.testing.assert_allclose(values, [expected[k] for k in indices], rtol=1e-12)


def test_nothing_is_evaluated_for_a_plot_of_the_loss(experiment: Experiment) -> None:
    race = Race(experiment)
    race.advance(STEPS)
    metric_series(race.trajectories[0], "loss").values_up_to(STEPS)
    assert not any(key[0] == "metric" for key in race.trajectories[0].derived if isinstance(key, tuple))


@pytest.mark.parametrize("quantity", ["accuracy", "test_loss", "test_accuracy"])
def test_the_loss_view_draws_metrics(experiment: Experiment, quantity: str) -> None:
    view, _ = draw_view("loss", replace(experiment, loss_plot=LossPlot(quantity)), steps=STEPS)
    assert view.scene is not None
    points = view.pixels_between(view.scene.race.trajectories[0], 0, STEPS)[0]
    assert np.isfinite(points).all()
    assert view.axes.get_yscale() == ("log" if quantity == "test_loss" else "linear")
    assert missing_reason(view.scene) == ("after step 40: evaluated every 8 steps", False)


def test_a_surface_without_data_has_no_test_loss() -> None:
    scene = Scene(Race(Experiment("rosenbrock", runs=RUNS[:1], loss_plot=LossPlot("test_loss"))))
    text, no_curves = missing_reason(scene)
    assert no_curves
    assert "built-in networks" in text
    assert np.isnan(metric_series(scene.race.trajectories[0], "test_loss").values_up_to(0)).all()


def test_the_results_table_has_columns_for_metrics(race: Race) -> None:
    results = run_results(race)
    names = [column.name for column in result_columns(results)]
    assert names[4:8] == ["loss", "training accuracy", "test loss", "test accuracy"]
    assert "path length" not in names  # it would be that on the plane
    rows = list(csv.DictReader(as_csv(results).splitlines()))
    assert float(rows[1]["test accuracy"]) == metric_at(race.trajectories[1], "test_accuracy", STEPS)
    widths = {len(line.split(" | ")) for line in as_markdown(results).splitlines()}
    assert widths == {len(names)}
    assert as_latex(results).startswith("\\begin{tabular}{" + "rll" + "r" * (len(names) - 3) + "}")


def _export(export: Any, race: Race, path: Path) -> Path:
    list(export(race, path, Options()))
    return path


def test_exports_of_runs_have_metrics_and_the_gradient_on_the_plane(race: Race, tmp_path: Path) -> None:
    trajectory = race.trajectories[0]
    point, plane = trajectory.point_at(STEPS), trajectory.projected_problem.plane  # type: ignore[union-attr]
    slope_x, slope_y = (plane.directions @ point.gradient).tolist()
    lines = _export(export_csv, race, tmp_path / "a.csv").read_text().splitlines()
    rows = [row for row in csv.DictReader(lines) if row["optimizer"] == "adam"]
    assert len(rows) == STEPS + 1
    assert float(rows[-1]["grad_x"]) == slope_x
    assert float(rows[-1]["test_loss"]) == metric_at(trajectory, "test_loss", STEPS)
    steps = json.loads(_export(export_json, race, tmp_path / "a.json").read_text())["runs"][0]["steps"]
    assert steps[-1]["gradient"] == [slope_x, slope_y]
    assert steps[-1]["state"]["accuracy"] == metric_at(trajectory, "accuracy", STEPS)
    with np.load(_export(export_npz, race, tmp_path / "a.npz")) as arrays:
        assert arrays["adam/gradients"][-1].tolist() == [slope_x, slope_y]
        assert arrays["lars/state/test_accuracy"].shape == (STEPS + 1,)
