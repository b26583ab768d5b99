"""Tables, JSON and numpy arrays of a race, read back by libraries that are not ours: every number of every step."""

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
from tests.edits import turn

DATA = [suffix for suffix, made in EXPORT_FORMATS.items() if made.kind == "data"]
RULES = ("sgd", "adam", "rprop", "newton", "bfgs", "lbfgs", "nelder_mead", "cma_es", "lamb", "novograd")


def raced(*runs: Run, steps: int = 40, surface: str = "rosenbrock") -> Race:
    race = Race(Experiment(surface, runs=runs))
    race.advance(steps)
    return race


def as_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def as_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def as_arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as archive:
        return dict(archive)


def everything(race: Race, folder: Path) -> tuple[list[dict[str, str]], Any, dict[str, np.ndarray]]:
    for suffix in (".csv", ".data.json", ".npz"):
        export(race, folder / f"a{suffix}")
    return as_csv(folder / "a.csv"), as_json(folder / "a.data.json"), as_arrays(folder / "a.npz")


def test_all_three_say_the_same_to_the_last_digit(tmp_path: Path) -> None:
    race = turn(raced(*map(Run, RULES), steps=20), 1, lr=0.05)
    race.advance(20)
    rows, document, kept = everything(race, tmp_path)
    for name, track, run in zip(race.experiment.names, race.trajectories, document["runs"], strict=True):
        x, y, loss = track.values_between(0, 40)
        own = [row for row in rows if row["optimizer"] == name]
        assert [float(row["x"]) for row in own] == [step["x"] for step in run["steps"]] == x.tolist()
        assert kept[f"{name}/positions"].tolist() == np.column_stack([x, y]).tolist()
        assert [float(row["loss"]) for row in own] == kept[f"{name}/losses"].tolist() == loss.tolist()
        assert [step["loss"] for step in run["steps"]] == loss.tolist()
        slopes = [list(race.surface(*here)[1]) for here in zip(x.tolist(), y.tolist(), strict=True)]
        assert kept[f"{name}/gradients"].tolist() == slopes == [step["gradient"] for step in run["steps"]]
        assert [[float(row["grad_x"]), float(row["grad_y"])] for row in own] == slopes
        spent = np.sum(track.evaluation_arrays(track.last_step), axis=0).tolist()
        assert [int(row["evaluations"]) for row in own] == kept[f"{name}/evaluations"].tolist() == spent
        rates = [math.nan, *track.learning_rates(track.last_step)]
        np.testing.assert_array_equal(kept[f"{name}/learning_rates"], rates)
        assert [step["lr"] for step in run["steps"]] == [None if math.isnan(rate) else rate for rate in rates]
        assert [row["lr"] for row in own] == ["" if math.isnan(rate) else str(rate) for rate in rates]
    assert {row["lr"] for row in rows if row["optimizer"] == "adam"} == {"", "0.001", "0.05"}


@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_the_state_of_every_rule(rule: str, tmp_path: Path) -> None:
    race = raced(Run(rule), steps=12)
    _, document, kept = everything(race, tmp_path)
    track = race.trajectories[0]
    for step in (0, 1, 7, 12):
        point = track.point_at(min(step, track.last_step))
        for k, name in enumerate(track.method.state, 1):
            value = (point.x[k], point.y[k]) if track.method.separable else point.x[k]
            said = document["runs"][0]["steps"][point.t]["state"][name]
            array = kept[f"{rule}/state/{name}"][point.t]
            assert array.dtype == np.float64
            if value is None or np.size(value) == 0:
                assert not said
                assert np.isnan(array).all()
            else:
                assert said == np.asarray(value).tolist()
                flat = np.asarray(value, float)
                part = array[tuple(slice(size) for size in flat.shape)] if flat.ndim == array.ndim else array
                np.testing.assert_array_equal(part, np.broadcast_to(flat, part.shape))
                assert np.isnan(array).sum() == array.size - part.size


def test_adam_by_its_formula(tmp_path: Path) -> None:
    rows, _, kept = everything(raced(Run("adam", {"lr": 0.1})), tmp_path)
    m, v = np.zeros(2), np.zeros(2)
    for step in range(1, 41):
        grad = kept["adam/gradients"][step - 1]
        m, v = 0.9 * m + (1 - 0.9) * grad, 0.999 * v + (1 - 0.999) * grad * grad
        np.testing.assert_allclose(
            [float(rows[step][name]) for name in ("m_x", "m_y", "v_x", "v_y")], [*m, *v], rtol=1e-13
        )
    path = trace("adam", SURFACES["rosenbrock"], SURFACES["rosenbrock"].start, 40, lr=0.1)
    np.testing.assert_array_equal(kept["adam/positions"], path.positions)


def test_the_columns_of_the_table(tmp_path: Path) -> None:
    rows, _, _ = everything(raced(Run("rprop"), Run("bfgs"), Run("lbfgs"), Run("novograd")), tmp_path)
    assert list(rows[0]) == [
        "step", "optimizer", "x", "y", "loss", "grad_x", "grad_y", "lr", "evaluations", "branch", "replica",
        "last_x", "last_y", "step_x", "step_y", "inverse_hessian_xx", "inverse_hessian_xy", "inverse_hessian_yx",
        "inverse_hessian_yy", "trials", "d_x", "d_y", "state_step", "s", "state_y", "rho", "gamma", "g_old_x", "g_old_y", "n_iter",
        "func_evals", "m_x", "m_y", "v",
    ]  # fmt: skip
    memory = [row for row in rows if row["optimizer"] == "lbfgs"][20]
    assert np.shape(json.loads(memory["s"])) == np.shape(json.loads(memory["state_y"]))
    assert memory["step_x"] == memory["inverse_hessian_xx"] == ""


def test_a_part_with_a_state_that_comes_on_the_way(tmp_path: Path) -> None:
    race = turn(raced(Run("adam"), steps=20), 0, lookahead=5.0, lookahead_alpha=0.5)
    race.advance(20)
    rows, document, kept = everything(race, tmp_path)
    slow = kept["adam/state/lookahead_slow"]
    assert np.isnan(slow[:21]).all()
    assert slow[40].tolist() == race.trajectories[0].point_at(40).modifier_states["lookahead"][0].tolist()
    assert document["runs"][0]["steps"][20]["state"]["lookahead_slow"] is None
    assert document["runs"][0]["steps"][40]["state"]["lookahead_slow"] == slow[40].tolist()
    assert [rows[k]["lookahead_slow_x"] for k in (20, 40)] == ["", str(slow[40][0])]


def test_runs_that_diverge_end_there(tmp_path: Path) -> None:
    race = raced(Run("sgd", {"lr": 9.0}), Run("sgd", {"lr": 0.1}), steps=1000, surface="sphere")
    rows, document, kept = everything(race, tmp_path)
    gone = race.trajectories[0].diverged_at
    assert gone
    assert [run["diverged_at"] for run in document["runs"]] == [gone, None]
    assert [len(run["steps"]) for run in document["runs"]] == [gone, 1001]
    assert (len(kept["sgd/losses"]), len(kept["sgd-2/losses"])) == (gone, 1001)
    assert sum(row["optimizer"] == "sgd" for row in rows) == gone
    race.seek(3)
    assert as_json_runs(race, tmp_path)[0]["diverged_at"] is None


def as_json_runs(race: Race, folder: Path) -> Any:
    export(race, folder / "b.data.json")
    return as_json(folder / "b.data.json")["runs"]


def test_a_start_without_a_height_is_strict_json(tmp_path: Path) -> None:
    race = Race(Experiment("rosenbrock", (1e6, 1e6), (Run("sgd", {"lr": 10.0}), Run("newton"))))
    race.advance(5)
    _, document, kept = everything(race, tmp_path)
    assert document["step"] == race.step
    assert kept["sgd/positions"][0].tolist() == [1e6, 1e6]


def test_branches_and_replicas(tmp_path: Path) -> None:
    noisy = Run("sgd", {"lr": 0.0005, "noise": 0.5}, replicas=2)
    race = raced(noisy, Run("momentum", {"lr": 0.0005}), steps=30)
    race.compute_pending()
    race.seek(10)
    race = turn(race, 1, lr=0.001)
    race.advance(10)
    rows, document, kept = everything(race, tmp_path)
    label = race.experiment.branches[0].label
    assert {(row["optimizer"], row["branch"], row["replica"]) for row in rows} == {
        ("sgd", "", ""), ("momentum", "", ""), ("momentum", label, ""), ("sgd", "", "1"), ("sgd", "", "2")}  # fmt: skip
    assert kept["branch-1/momentum/losses"].tolist() == race.branch_trajectories[0][0].losses[:31].tolist()
    assert kept["sgd/replica-2/losses"].tolist() == race.replica_trajectories[0][1].losses[:21].tolist()
    assert [(run["name"], run["branch"], run["replica"]) for run in document["runs"]][2] == ("momentum", label, None)
    assert [len(run["steps"]) for run in document["runs"]] == [21, 21, 31, 21, 21]


def test_what_is_late_comes_along(tmp_path: Path) -> None:
    race = raced(Run("sgd", {"lr": 0.0005}), steps=50)
    race = race.with_experiment(race.experiment.with_added_run(Run("adam")))
    assert race.pending_runs
    export(race, tmp_path / "a.csv")
    assert len(as_csv(tmp_path / "a.csv")) == 2 * 51


def test_the_experiment_comes_along_and_opens_again(tmp_path: Path) -> None:
    race = Race(replace(DEFAULT_EXPERIMENT, title="Größe, „x“"))
    race.advance(5)
    _, document, kept = everything(race, tmp_path)
    for text in (str(kept["experiment"]), json.dumps(document["experiment"])):
        again = from_json(text)
        assert (again, again.displayed_step) == (race.experiment, 5)
    export(race, tmp_path / "b.json")
    assert load(tmp_path / "b.json") == race.experiment
    with pytest.raises(ExperimentError, match='it has no key "thalweg"'):
        load(tmp_path / "a.data.json")
    assert format_for_path(Path("x.DATA.json")).kind == "data"
    assert format_for_path(Path("x.json")).kind == "experiment"


def test_a_race_without_runs(tmp_path: Path) -> None:
    rows, document, kept = everything(Race(Experiment("sphere")), tmp_path)
    assert (rows, document["runs"], list(kept)) == ([], [], ["experiment"])


@pytest.mark.parametrize("suffix", DATA)
def test_what_is_stopped_leaves_nothing(suffix: str, tmp_path: Path) -> None:
    race = raced(Run("adam"), Run("lamb"), steps=3000)
    shares = list(iter_export(race, tmp_path / f"a{suffix}"))
    assert len(shares) > 8
    assert shares == sorted(shares)
    assert shares[-1] <= 1
    whole = (tmp_path / f"a{suffix}").read_bytes()
    job = iter_export(race, tmp_path / f"a{suffix}", Options())
    while next(job) < 0.5:
        pass
    assert len(list(tmp_path.iterdir())) == 2
    job.close()
    assert [path.name for path in tmp_path.iterdir()] == [f"a{suffix}"]
    assert (tmp_path / f"a{suffix}").read_bytes() == whole


@pytest.mark.parametrize("suffix", [".csv", ".data.json"])
def test_no_step_is_held_in_memory(suffix: str, tmp_path: Path, peak: Callable[[Callable[[], None]], int]) -> None:
    race = raced(Run("adam"), steps=20_000)
    assert peak(lambda: export(race, tmp_path / f"a{suffix}")) < 1_000_000


@pytest.fixture
def peak() -> Callable[[Callable[[], None]], int]:
    import tracemalloc

    def measured(work: Callable[[], None]) -> int:
        tracemalloc.start()
        work()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    return measured


def test_every_step_is_walked_as_it_was_raced() -> None:
    race = turn(raced(Run("adam"), Run("bfgs"), steps=1500), 0, lr=0.3, cosine_steps=100.0)
    race.advance(1000)
    for record in collect_records(race):
        made = np.array([(row.x, row.y, row.loss) for row in record.rows()])
        np.testing.assert_array_equal(made.T, record.trajectory.values_between(0, race.step))
