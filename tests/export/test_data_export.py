"""CSV, JSON and NumPy exports of a race, read back with standard libraries: every number of every step."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.engine.race import Race
from app.export.formats import EXPORT_FORMATS, export, format_for_path, iter_export
from app.export.options import Options
from app.export.run_records import collect_records
from app.io.experiment_files import load
from app.io.experiment_json import from_json
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.utils.validation import ExperimentError
from optimizers import OPTIMIZERS, trace
from surfaces import SURFACES
from tests.edits import with_hyperparameters

DATA_SUFFIXES = [suffix for suffix, export_format in EXPORT_FORMATS.items() if export_format.kind == "data"]
OPTIMIZER_IDS = ("sgd", "adam", "rprop", "newton", "bfgs", "lbfgs", "nelder_mead", "cma_es", "lamb", "novograd")


def make_race(*runs: Run, steps: int = 40, surface: str = "rosenbrock") -> Race:
    race = Race(Experiment(surface, runs=runs))
    race.advance(steps)
    return race


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def reject_constant(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"), parse_constant=reject_constant)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as archive:
        return dict(archive)


def export_all(race: Race, folder: Path) -> tuple[list[dict[str, str]], Any, dict[str, np.ndarray]]:
    for suffix in (".csv", ".data.json", ".npz"):
        export(race, folder / f"a{suffix}")
    return read_csv(folder / "a.csv"), read_json(folder / "a.data.json"), read_arrays(folder / "a.npz")


def test_all_formats_agree_to_the_last_digit(tmp_path: Path) -> None:
    race = with_hyperparameters(make_race(*map(Run, OPTIMIZER_IDS), steps=20), 1, lr=0.05)
    race.advance(20)
    rows, document, arrays = export_all(race, tmp_path)
    for name, trajectory, run in zip(race.experiment.names, race.trajectories, document["runs"], strict=True):
        x, y, loss = trajectory.values_between(0, 40)
        own_rows = [row for row in rows if row["optimizer"] == name]
        assert [float(row["x"]) for row in own_rows] == [step["x"] for step in run["steps"]] == x.tolist()
        assert arrays[f"{name}/positions"].tolist() == np.column_stack([x, y]).tolist()
        assert [float(row["loss"]) for row in own_rows] == arrays[f"{name}/losses"].tolist() == loss.tolist()
        assert [step["loss"] for step in run["steps"]] == loss.tolist()
        gradients = [list(race.surface(*position)[1]) for position in zip(x.tolist(), y.tolist(), strict=True)]
        assert arrays[f"{name}/gradients"].tolist() == gradients == [step["gradient"] for step in run["steps"]]
        assert [[float(row["grad_x"]), float(row["grad_y"])] for row in own_rows] == gradients
        evaluations = np.sum(trajectory.evaluation_arrays(trajectory.last_step), axis=0).tolist()
        assert [int(row["evaluations"]) for row in own_rows] == arrays[f"{name}/evaluations"].tolist() == evaluations
        learning_rates = [math.nan, *trajectory.learning_rates(trajectory.last_step)]
        np.testing.assert_array_equal(arrays[f"{name}/learning_rates"], learning_rates)
        assert [step["lr"] for step in run["steps"]] == [
            None if math.isnan(learning_rate) else learning_rate for learning_rate in learning_rates
        ]
        assert [row["lr"] for row in own_rows] == [
            "" if math.isnan(learning_rate) else str(learning_rate) for learning_rate in learning_rates
        ]
    assert {row["lr"] for row in rows if row["optimizer"] == "adam"} == {"", "0.001", "0.05"}


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_state_of_every_optimizer(optimizer: str, tmp_path: Path) -> None:
    race = make_race(Run(optimizer), steps=12)
    _, document, arrays = export_all(race, tmp_path)
    trajectory = race.trajectories[0]
    for step in (0, 1, 7, 12):
        point = trajectory.point_at(min(step, trajectory.last_step))
        for k, name in enumerate(trajectory.method.state, 1):
            value = (point.x[k], point.y[k]) if trajectory.method.separable else point.x[k]
            exported = document["runs"][0]["steps"][point.t]["state"][name]
            array = arrays[f"{optimizer}/state/{name}"][point.t]
            assert array.dtype == np.float64
            if value is None or np.size(value) == 0:
                assert not exported
                assert np.isnan(array).all()
            else:
                assert exported == np.asarray(value).tolist()
                expected = np.asarray(value, float)
                filled = array[tuple(slice(size) for size in expected.shape)] if expected.ndim == array.ndim else array
                np.testing.assert_array_equal(filled, np.broadcast_to(expected, filled.shape))
                assert np.isnan(array).sum() == array.size - filled.size


def test_exported_adam_state_follows_its_formula(tmp_path: Path) -> None:
    rows, _, arrays = export_all(make_race(Run("adam", {"lr": 0.1})), tmp_path)
    m, v = np.zeros(2), np.zeros(2)
    for step in range(1, 41):
        grad = arrays["adam/gradients"][step - 1]
        m, v = 0.9 * m + (1 - 0.9) * grad, 0.999 * v + (1 - 0.999) * grad * grad
        np.testing.assert_allclose(
            [float(rows[step][name]) for name in ("m_x", "m_y", "v_x", "v_y")], [*m, *v], rtol=1e-13
        )
    path = trace("adam", SURFACES["rosenbrock"], SURFACES["rosenbrock"].start, 40, lr=0.1)
    np.testing.assert_array_equal(arrays["adam/positions"], path.positions)


def test_state_columns_of_the_table(tmp_path: Path) -> None:
    rows, _, _ = export_all(make_race(Run("rprop"), Run("bfgs"), Run("lbfgs"), Run("novograd")), tmp_path)
    assert list(rows[0]) == [
        "step", "optimizer", "x", "y", "loss", "grad_x", "grad_y", "lr", "evaluations", "branch", "replica",
        "last_x", "last_y", "step_x", "step_y", "inverse_hessian_xx", "inverse_hessian_xy", "inverse_hessian_yx",
        "inverse_hessian_yy", "trials", "d_x", "d_y", "state_step", "s", "state_y", "rho", "gamma", "g_old_x",
        "g_old_y", "n_iter", "func_evals", "m_x", "m_y", "v",
    ]  # fmt: skip
    lbfgs_row = [row for row in rows if row["optimizer"] == "lbfgs"][20]
    assert np.shape(json.loads(lbfgs_row["s"])) == np.shape(json.loads(lbfgs_row["state_y"]))
    assert lbfgs_row["step_x"] == lbfgs_row["inverse_hessian_xx"] == ""


def test_the_state_of_a_modifier_added_during_the_run(tmp_path: Path) -> None:
    race = with_hyperparameters(make_race(Run("adam"), steps=20), 0, lookahead=5.0, lookahead_alpha=0.5)
    race.advance(20)
    rows, document, arrays = export_all(race, tmp_path)
    slow_weights = arrays["adam/state/lookahead_slow"]
    assert np.isnan(slow_weights[:21]).all()
    assert slow_weights[40].tolist() == race.trajectories[0].point_at(40).modifier_states["lookahead"][0].tolist()
    assert document["runs"][0]["steps"][20]["state"]["lookahead_slow"] is None
    assert document["runs"][0]["steps"][40]["state"]["lookahead_slow"] == slow_weights[40].tolist()
    assert [rows[k]["lookahead_slow_x"] for k in (20, 40)] == ["", str(slow_weights[40][0])]


def test_diverged_runs_end_at_their_last_finite_step(tmp_path: Path) -> None:
    race = make_race(Run("sgd", {"lr": 9.0}), Run("sgd", {"lr": 0.1}), steps=1000, surface="sphere")
    rows, document, arrays = export_all(race, tmp_path)
    diverged_at = race.trajectories[0].diverged_at
    assert diverged_at
    assert [run["diverged_at"] for run in document["runs"]] == [diverged_at, None]
    assert [len(run["steps"]) for run in document["runs"]] == [diverged_at, 1001]
    assert (len(arrays["sgd/losses"]), len(arrays["sgd-2/losses"])) == (diverged_at, 1001)
    assert sum(row["optimizer"] == "sgd" for row in rows) == diverged_at
    race.seek(3)
    assert export_json_runs(race, tmp_path)[0]["diverged_at"] is None


def export_json_runs(race: Race, folder: Path) -> Any:
    export(race, folder / "b.data.json")
    return read_json(folder / "b.data.json")["runs"]


def test_a_start_with_overflowing_loss_is_strict_json(tmp_path: Path) -> None:
    race = Race(Experiment("rosenbrock", (1e6, 1e6), (Run("sgd", {"lr": 10.0}), Run("newton"))))
    race.advance(5)
    _, document, arrays = export_all(race, tmp_path)
    assert document["step"] == race.step
    assert arrays["sgd/positions"][0].tolist() == [1e6, 1e6]


def test_branches_and_replicas_are_exported(tmp_path: Path) -> None:
    run_with_replicas = Run("sgd", {"lr": 0.0005, "noise": 0.5}, replicas=2)
    race = make_race(run_with_replicas, Run("momentum", {"lr": 0.0005}), steps=30)
    race.compute_pending()
    race.seek(10)
    race = with_hyperparameters(race, 1, lr=0.001)
    race.advance(10)
    rows, document, arrays = export_all(race, tmp_path)
    label = race.experiment.branches[0].label_beside(race.experiment.start)
    assert {(row["optimizer"], row["branch"], row["replica"]) for row in rows} == {
        ("sgd", "", ""), ("momentum", "", ""), ("momentum", label, ""), ("sgd", "", "1"), ("sgd", "", "2")}  # fmt: skip
    assert arrays["branch-1/momentum/losses"].tolist() == race.branch_trajectories[0][0].losses[:31].tolist()
    assert arrays["sgd/replica-2/losses"].tolist() == race.replica_trajectories[0][1].losses[:21].tolist()
    assert [(run["name"], run["branch"], run["replica"]) for run in document["runs"]][2] == ("momentum", label, None)
    assert [len(run["steps"]) for run in document["runs"]] == [21, 21, 31, 21, 21]


def test_pending_runs_are_computed_before_the_export(tmp_path: Path) -> None:
    race = make_race(Run("sgd", {"lr": 0.0005}), steps=50)
    race = race.with_experiment(race.experiment.with_added_run(Run("adam")))
    assert race.pending_runs
    export(race, tmp_path / "a.csv")
    assert len(read_csv(tmp_path / "a.csv")) == 2 * 51


def test_the_experiment_is_exported_and_opens_again(tmp_path: Path) -> None:
    race = Race(replace(DEFAULT_EXPERIMENT, title="Größe, „x“"))
    race.advance(5)
    _, document, arrays = export_all(race, tmp_path)
    for text in (str(arrays["experiment"]), json.dumps(document["experiment"])):
        reopened = from_json(text)
        assert (reopened, reopened.displayed_step) == (race.experiment, 5)
    export(race, tmp_path / "b.json")
    assert load(tmp_path / "b.json") == race.experiment
    with pytest.raises(ExperimentError, match='the key "thalweg" is missing'):
        load(tmp_path / "a.data.json")
    assert format_for_path(Path("x.DATA.json")).kind == "data"
    assert format_for_path(Path("x.json")).kind == "experiment"


def test_a_race_without_runs_can_be_exported(tmp_path: Path) -> None:
    rows, document, arrays = export_all(Race(Experiment("sphere")), tmp_path)
    assert (rows, document["runs"], list(arrays)) == ([], [], ["experiment"])


@pytest.mark.slow
@pytest.mark.parametrize("suffix", DATA_SUFFIXES)
def test_a_canceled_export_leaves_no_file(suffix: str, tmp_path: Path) -> None:
    race = make_race(Run("adam"), Run("lamb"), steps=3000)
    fractions = list(iter_export(race, tmp_path / f"a{suffix}"))
    assert len(fractions) > 8
    assert fractions == sorted(fractions)
    assert fractions[-1] <= 1
    complete = (tmp_path / f"a{suffix}").read_bytes()
    export_progress = iter_export(race, tmp_path / f"a{suffix}", Options())
    while next(export_progress) < 0.5:
        pass
    assert len(list(tmp_path.iterdir())) == 2
    export_progress.close()
    assert [path.name for path in tmp_path.iterdir()] == [f"a{suffix}"]
    assert (tmp_path / f"a{suffix}").read_bytes() == complete


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".csv", ".data.json"])
def test_rows_are_not_kept_in_memory(
    suffix: str, tmp_path: Path, peak_memory: Callable[[Callable[[], None]], int]
) -> None:
    race = make_race(Run("adam"), steps=20_000)
    assert peak_memory(lambda: export(race, tmp_path / f"a{suffix}")) < 1_000_000


@pytest.fixture
def peak_memory() -> Callable[[Callable[[], None]], int]:
    import tracemalloc

    def measure(function: Callable[[], None]) -> int:
        tracemalloc.start()
        function()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    return measure


def test_records_equal_the_trajectories() -> None:
    race = with_hyperparameters(make_race(Run("adam"), Run("bfgs"), steps=1500), 0, lr=0.3, cosine_steps=100.0)
    race.advance(1000)
    for record in collect_records(race):
        points = np.array([(row.x, row.y, row.loss) for row in record.rows()])
        np.testing.assert_array_equal(points.T, record.trajectory.values_between(0, race.step))
