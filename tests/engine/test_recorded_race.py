"""A race in the caller's process is exact, is shown with its true losses, and refuses what it cannot run."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import race
from app.analysis.landscape_text import landscape_sentences
from app.engine.opened_experiment import open_experiment
from app.io.experiment_json import from_json, to_json
from app.utils.validation import ExperimentError
from optimizers import OPTIMIZERS
from surfaces.landscape import Landscape, read_landscape

CURVATURES = np.geomspace(0.05, 1, 12)
RUNS = {"SGD": ("sgd", {"lr": 1.0}), "Adam": ("adam", {"lr": 0.05}), "L-BFGS": "lbfgs"}


def bowl(vector: np.ndarray) -> tuple[float, np.ndarray]:
    return float(CURVATURES @ vector**2 / 2), CURVATURES * vector


def run_race(path: Path, runs: Any = RUNS, **changes: Any) -> tuple[dict[str, np.ndarray], Landscape]:
    arguments = {"steps": 150, "grid": 9, **changes}
    return race(bowl, np.ones(12), runs, to=path / "race.npz", **arguments), read_landscape(path / "race.npz")


def test_losses_and_paths_are_those_of_all_parameters(tmp_path: Path) -> None:
    losses, landscape = run_race(tmp_path)
    expected = [bowl(np.ones(12) * (1 - CURVATURES) ** t)[0] for t in range(151)]
    np.testing.assert_allclose(losses["SGD"], expected, rtol=1e-10)
    assert [name for name, _ in landscape.runs] == ["SGD", "Adam", "L-BFGS"]
    for name, run in landscape.runs:
        steps = landscape.path_steps[run]
        assert (steps[0], steps[-1]) == (0, 150)
        np.testing.assert_allclose(landscape.path_losses[run], losses[name][steps], rtol=1e-12)
    assert landscape.kind == "joint"
    np.testing.assert_allclose(landscape.path[[run.start for _, run in landscape.runs]], 0, atol=1e-12)
    assert np.isfinite(landscape.heights).all()


def test_a_tree_of_arrays_keeps_its_form_and_its_layers(tmp_path: Path) -> None:
    start = {"layers": [{"w": np.ones((2, 3)), "b": np.full(3, 2.0)}], "scale": np.array(0.5)}

    def loss_and_gradient(tree: Any) -> tuple[Any, Any]:
        assert tree["layers"][0]["w"].shape == (2, 3)
        layer, scale = tree["layers"][0], tree["scale"]
        loss = np.sum(layer["w"] ** 2) + np.sum(layer["b"] ** 2) + scale**2
        return loss, {"layers": [{"b": 2 * layer["b"], "w": 2 * layer["w"]}], "scale": 2 * scale}

    runs = {"SGD": ("sgd", {"lr": lambda t: 0.1 / t}), "LARS": OPTIMIZERS["lars"]}
    losses = race(loss_and_gradient, start, runs, steps=2, to=tmp_path / "race.npz", grid=5)
    np.testing.assert_allclose(losses["SGD"], 18.25 * np.array([1, 0.8**2, (0.8 * 0.9) ** 2]))
    assert losses["LARS"][-1] < losses["LARS"][0]


def test_a_run_that_diverges_does_not_hide_the_others(tmp_path: Path) -> None:
    losses, landscape = run_race(tmp_path, {**RUNS, "too fast": ("sgd", {"lr": 1e150})})
    assert np.isfinite(losses["too fast"][:2]).all()
    assert np.isnan(losses["too fast"][-1])
    assert landscape.runs[-1][0] == "too fast"
    assert np.abs(landscape.xs).max() < 20


def test_one_run_is_shown_on_the_plane_of_its_own_components(tmp_path: Path) -> None:
    assert run_race(tmp_path, {"Adam": ("adam", {"lr": 0.05})})[1].kind == "pca"


def test_an_interrupted_plane_is_kept(tmp_path: Path) -> None:
    def interrupt(share: float) -> None:
        if share > 0.9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_race(tmp_path, steps=40, grid=33, progress=interrupt)
    landscape = read_landscape(tmp_path / "race.npz")
    assert len(landscape.runs) == 3
    assert np.isnan(landscape.heights).any()


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"runs": {"a": "adamm"}}, ValueError, "unknown optimizer"),
        ({"runs": {"a": ("adam", {"rate": 1})}}, ValueError, "rate"),
        ({"runs": {"a": ("adam", {"lr": -1})}}, ValueError, "lr"),
        ({"runs": {}}, ValueError, "1 to 24 runs"),
        ({"steps": 0}, ValueError, "at least 1"),
        ({"grid": 3}, ValueError, "5 to 513"),
    ],
)
def test_arguments_that_cannot_be_right_are_refused(
    tmp_path: Path, changes: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        run_race(tmp_path, **changes)


def test_functions_and_files_that_cannot_be_right_are_refused(tmp_path: Path) -> None:
    to = tmp_path / "race.npz"
    with pytest.raises(ValueError, match="start is inf"):
        race(lambda x: (np.inf, x), np.ones(3), RUNS, 5, to)
    noise = np.random.default_rng(0)
    with pytest.raises(ValueError, match="differs between two evaluations"):
        race(lambda x: (1.0 + noise.normal(), x), np.ones(3), RUNS, 5, to)
    with pytest.raises(TypeError, match="form of the parameters"):
        race(lambda x: (1.0, x[:2]), np.ones(3), RUNS, 5, to)
    with pytest.raises(ValueError, match="at least two parameters"):
        race(lambda x: (1.0, x), np.ones(1), RUNS, 5, to)
    with pytest.raises(ValueError, match="npz"):
        race(bowl, np.ones(12), RUNS, 5, tmp_path / "race.txt")
    with pytest.raises(ExperimentError, match="does not exist"):
        race(bowl, np.ones(12), RUNS, 5, tmp_path / "no" / "race.npz")


def test_the_file_opens_as_recorded_runs_and_is_kept_in_an_experiment(tmp_path: Path) -> None:
    losses, _ = run_race(tmp_path)
    experiment = open_experiment(tmp_path / "race.npz")
    assert experiment.landscape is not None
    assert [name for name, _ in experiment.landscape.runs] == list(RUNS)
    again = from_json(to_json(experiment))
    assert again == experiment
    assert again.landscape is not None
    landscape = again.landscape.landscape
    assert landscape.path_losses[landscape.runs[1][1]][-1] == pytest.approx(losses["Adam"][-1], rel=1e-8)
    assert "of the variance of the paths" in landscape_sentences(landscape)[-1]


def test_long_paths_of_many_runs_are_thinned_with_their_ends(tmp_path: Path) -> None:
    runs = {f"run {k}": ("sgd", {"lr": 0.1 + 0.05 * k}) for k in range(20)}
    run_race(tmp_path, runs, steps=120, grid=5)
    data = open_experiment(tmp_path / "race.npz").landscape
    assert data is not None
    assert len(data.path) <= 1_000
    assert all(data.path[run.start][0] == 0 and data.path[run.stop - 1][0] == 120 for _, run in data.landscape.runs)


@pytest.mark.parametrize(
    ("runs", "words"), [([["a", 3]], "do not fit"), ([["a"]], "a name and a number"), ("x", "list of at most 24")]
)
def test_recorded_runs_in_files_that_cannot_be_right_are_refused(tmp_path: Path, runs: Any, words: str) -> None:
    run_race(tmp_path)
    text = json.loads(to_json(open_experiment(tmp_path / "race.npz")))
    text["landscape"]["runs"] = runs
    with pytest.raises(ExperimentError, match=words):
        from_json(json.dumps(text))
