"""The network of a recorded training is opened with its landscape and trained again, exactly, in all dimensions."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.cli.main import main
from app.engine.opened_experiment import open_experiment
from app.engine.problem_experiment import with_plane_through_runs
from app.engine.race import Race
from app.io.experiment_json import from_json, to_json
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.utils.validation import ExperimentError
from surfaces.landscape import Recorder
from surfaces.problems.data import two_moons
from surfaces.problems.perceptron import Perceptron

INPUTS, CLASSES = two_moons(60)
NETWORK = Perceptron((2, 6, 2), INPUTS, CLASSES)
RUNS = (Run("sgd", {"lr": 0.5}, rate_edited=True), Run("adam"))
LOSS_FILE = """
import numpy as np
from surfaces.problems.data import two_moons
from surfaces.problems.perceptron import Perceptron

network = Perceptron((2, 6, 2), *two_moons(60))

def loss(parameters):
    return network.loss_and_gradient(np.concatenate([a.ravel() for a in parameters.values()]))[0]
"""


def split(vector: np.ndarray) -> list[np.ndarray]:
    parts = np.split(vector, NETWORK.ends[1:-1])
    return [part.reshape(shape) for part, shape in zip(parts, NETWORK.shapes, strict=True)]


def record_training(path: Path) -> None:
    record, vector = Recorder(path, every=10, data=(INPUTS, CLASSES)), NETWORK.start(0)
    record(0, split(vector))
    for step in range(1, 101):
        vector = vector - 0.3 * NETWORK.loss_and_gradient(vector)[1]
        record(step, split(vector))
    record.landscape(lambda arrays: NETWORK.loss_and_gradient(np.concatenate([a.ravel() for a in arrays]))[0], grid=17)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "run.npz"
    record_training(path)
    return path


@pytest.fixture
def experiment(path: Path) -> Experiment:
    return open_experiment(path, replace(DEFAULT_EXPERIMENT, runs=RUNS))


def test_runs_train_the_network_from_its_start(experiment: Experiment) -> None:
    race, vector = Race(experiment), NETWORK.start(0)
    race.advance(50)
    for step in range(51):
        loss, gradient = NETWORK.loss_and_gradient(vector)
        assert race.trajectories[0].losses[step] == pytest.approx(loss, rel=1e-12)
        vector = vector - 0.5 * gradient
    assert experiment.surface.name == "run"
    assert experiment.landscape is not None
    assert experiment.landscape.path[0][3] == pytest.approx(race.trajectories[0].losses[0], rel=1e-8)
    assert (race.trajectories[0].xs[0], race.trajectories[0].ys[0]) == (0.0, 0.0)


def test_runs_get_rates_with_which_they_learn_unless_edited(experiment: Experiment) -> None:
    assert experiment.runs[0].hyperparameters["lr"] == 0.5
    race = Race(experiment)
    race.advance(50)
    assert race.trajectories[1].losses[50] < 0.5 * race.trajectories[1].losses[0]


def test_a_file_replays_to_the_bit(experiment: Experiment) -> None:
    again = from_json(to_json(experiment))
    assert again == experiment
    races = [Race(each) for each in (experiment, again)]
    for race in races:
        race.advance(20)
    assert races[0].trajectories[1].losses == races[1].trajectories[1].losses


@pytest.mark.parametrize("plane", ["pca", "random", "ends"])
def test_the_command_rebuilds_the_network_on_any_plane(
    path: Path, plane: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.py").write_text(LOSS_FILE)
    to = tmp_path / "plane.npz"
    arguments = [str(path), "--loss", f"{tmp_path / 'mine.py'}:loss", "--plane", plane, "--grid", "9", "--to", str(to)]
    assert main(["landscape", *arguments]) == 0
    assert "the network is rebuilt: 2-6-2, tanh, cross-entropy" in capsys.readouterr().err
    experiment = open_experiment(to, replace(DEFAULT_EXPERIMENT, runs=RUNS))
    assert experiment.landscape is not None
    _, x, y, _, height, _ = experiment.landscape.path[0]
    race = Race(experiment)
    assert (race.trajectories[0].xs[0], race.trajectories[0].ys[0]) == pytest.approx((x, y), abs=1e-6)
    projected = experiment.surface.projected_problem
    assert projected.problem.function(projected.plane.points(x, y))[0] == pytest.approx(height, rel=1e-6)
    assert race.trajectories[0].losses[0] == pytest.approx(NETWORK.loss_and_gradient(NETWORK.start(0))[0], rel=1e-12)
    assert from_json(to_json(experiment)) == experiment


def test_the_plane_through_the_runs_has_its_own_origin(path: Path, experiment: Experiment) -> None:
    race = Race(experiment)
    race.advance(30)
    other = with_plane_through_runs(experiment, race.trajectories, 30)
    assert other.problem is not None
    assert other.problem.network == experiment.problem.network  # type: ignore[union-attr]
    assert other.surface.name == "run"
    again = Race(other)
    again.advance(30)
    assert again.trajectories[0].losses == race.trajectories[0].losses


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sizes": [2]}, "must be 2 to 20 numbers"),
        ({"sizes": [2, 0, 2]}, "size of a layer must be an integer"),
        ({"sizes": [2, 7, 2]}, "do not fit its parameters"),
        ({"activation": "gelu"}, "activation"),
        ({"loss": "hinge"}, "loss of the network"),
        ({"scale": -1}, "unknown activation or loss"),
        ({"inputs": "!"}, "base64"),
        ({"inputs": "AAAA"}, "base64"),
        ({"inputs": 5}, "base64"),
        ({"targets": "AAAAAAAA8D8="}, "do not fit its layers"),
        ({"start": ""}, "do not fit its parameters"),
        ({"loss": "squared error"}, "do not fit its layers"),
    ],
)
def test_networks_in_files_that_cannot_be_right_are_refused(
    experiment: Experiment, changes: dict[str, Any], words: str
) -> None:
    data = json.loads(to_json(experiment))
    data["problem"]["network"] |= changes
    with pytest.raises(ExperimentError, match=words):
        from_json(json.dumps(data))


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"origin": [1.0]}, "one number for each"), ({"origin": 3}, "one number for each"), ({"id": "moons"}, "problem")],
)
def test_problems_in_files_that_cannot_be_right_are_refused(
    experiment: Experiment, changes: dict[str, Any], words: str
) -> None:
    data = json.loads(to_json(experiment))
    data["problem"] |= changes
    with pytest.raises(ExperimentError, match=words):
        from_json(json.dumps(data))


@pytest.mark.slow
def test_a_network_trained_in_pytorch_is_recorded_and_trained_again(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2)).double()
    inputs, classes = torch.tensor(INPUTS), torch.tensor(CLASSES)
    loss_of = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    record = Recorder(tmp_path / "run.npz", every=5, data=(inputs, classes))
    record(0, model)
    losses, gradients = [], []
    for step in range(1, 61):
        optimizer.zero_grad()
        loss = loss_of(model(inputs), classes)
        loss.backward()
        losses.append(loss.item())
        gradients.append([parameter.grad.numpy().copy() for parameter in model.parameters()])
        optimizer.step()
        record(step, model, loss)
    record.landscape(lambda model: loss_of(model(inputs), classes), grid=9)

    adam = Run("adam", {"lr": 0.05}, rate_edited=True)
    experiment = open_experiment(tmp_path / "run.npz", replace(DEFAULT_EXPERIMENT, runs=(adam,)))
    race = Race(experiment)
    race.advance(59)
    np.testing.assert_allclose(race.trajectories[0].losses, losses, rtol=1e-9)
    first, second = gradients[0][:2], gradients[0][2:]
    expected = np.concatenate([first[0].T.ravel(), first[1], second[0].T.ravel(), second[1]])
    np.testing.assert_allclose(race.trajectories[0].point_at(0).gradient, expected, rtol=0, atol=1e-12)
