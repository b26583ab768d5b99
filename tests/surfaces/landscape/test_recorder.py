"""A recorder keeps the path of a training, of every kind of model, within its memory, and leaves a valid file."""

import subprocess
import sys
import warnings
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from surfaces.landscape import Recorder
from surfaces.landscape.recorder import named_arrays

CURVATURES = np.array([1.0, 3.0, 0.2, 5.0])


def loss_of(parameters: np.ndarray) -> float:
    return float(CURVATURES @ parameters**2 / 2)


def descend(record: Recorder, steps: int) -> np.ndarray:
    """Train by gradient descent and return all parameter vectors."""
    parameters = np.array([1.0, -1.0, 2.0, 0.5])
    path = [parameters]
    for step in range(1, steps + 1):
        parameters = parameters - 0.1 * CURVATURES * parameters
        path.append(parameters)
        record(step, parameters, loss_of(parameters))
    return np.array(path)


def read(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def test_due_steps_and_the_last_one_are_recorded(tmp_path: Path) -> None:
    with Recorder(tmp_path / "run.npz", every=10) as record:
        path = descend(record, 57)
    file = read(tmp_path / "run.npz")
    assert file["recorded_steps"].tolist() == [1, 10, 20, 30, 40, 50, 57]
    assert file["snapshots"].tolist() == path[file["recorded_steps"]].tolist()
    assert file["recorded_losses"].tolist() == [loss_of(p) for p in path[file["recorded_steps"]]]


@pytest.mark.parametrize("steps", [3, 4, 9, 100, 1_000])
def test_snapshots_are_bounded_and_evenly_spaced(tmp_path: Path, steps: int) -> None:
    with Recorder(tmp_path / "run.npz", keep=8) as record:
        descend(record, steps)
    recorded = read(tmp_path / "run.npz")["recorded_steps"]
    assert 3 <= len(recorded) <= 8
    assert recorded[0] == 1
    assert recorded[-1] == steps
    assert len(set(np.diff(recorded)[1:-1])) <= 1


def test_memory_limits_the_number_of_snapshots(tmp_path: Path) -> None:
    record = Recorder(tmp_path / "run.npz", max_megabytes=4)
    for step in range(20):
        record(step, np.full(100_000, step, np.float64), 0.0)
    assert sum(snapshot.nbytes for snapshot in record.snapshots) <= 4 * 2**20
    with pytest.raises(ValueError, match="max_megabytes of at least 3"):
        Recorder(tmp_path / "run.npz", max_megabytes=1)(1, np.zeros(100_000), 0.0)


def test_a_landscape_has_the_true_losses(tmp_path: Path) -> None:
    record = Recorder(tmp_path / "run.npz", every=5)
    path = descend(record, 60)
    shares: list[float] = []
    record.landscape(loss_of, grid=17, progress=shares.append)
    file = read(tmp_path / "run.npz")
    recorded = path[file["path_steps"]]
    np.testing.assert_allclose(file["path_losses"], [loss_of(p) for p in recorded], rtol=1e-15)
    np.testing.assert_allclose(file["path_heights"][[0, -1]], file["path_losses"][[0, -1]], rtol=1e-14)
    assert file["path_off_plane"][[0, -1]].max() < 1e-15 < 0.01 < file["path_off_plane"].max()
    assert np.isfinite(file["heights"]).all()
    assert file["xs"][0] < file["path"][:, 0].min() < file["path"][:, 0].max() < file["xs"][-1]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_an_interrupted_landscape_keeps_what_is_known(tmp_path: Path) -> None:
    record = Recorder(tmp_path / "run.npz")
    descend(record, 20)

    def interrupt(share: float) -> None:
        if share > 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record.landscape(loss_of, grid=33, progress=interrupt)
    heights = read(tmp_path / "run.npz")["heights"]
    assert np.isfinite(heights[::2, ::2]).all()
    assert np.isnan(heights).any()


def test_losses_that_cannot_be_repeated_are_refused(tmp_path: Path) -> None:
    record, rng = Recorder(tmp_path / "run.npz"), np.random.default_rng(0)
    descend(record, 10)
    with pytest.raises(ValueError, match="differs between two evaluations"):
        record.landscape(lambda parameters: loss_of(parameters) + rng.normal())
    with pytest.raises(ValueError, match="needs a finite loss"):
        record.landscape(lambda parameters: float("inf"))


def test_a_training_that_does_not_move_has_no_landscape(tmp_path: Path) -> None:
    record = Recorder(tmp_path / "run.npz")
    for step in range(5):
        record(step, np.ones(3), 0.0)
    with pytest.raises(ValueError, match="equal those at the start"):
        record.landscape(loss_of)
    with pytest.raises(ValueError, match="nothing is recorded"):
        Recorder(tmp_path / "other.npz").landscape(loss_of)


def test_steps_that_begin_again_are_reported_and_not_recorded(tmp_path: Path) -> None:
    record = Recorder(tmp_path / "run.npz")
    record(5, np.ones(3), 0.0)
    with pytest.warns(UserWarning, match="count the steps over all epochs"):
        record(1, np.zeros(3), 0.0)
    assert record.steps == [5]


def test_trees_of_arrays_are_rebuilt_as_they_were(tmp_path: Path) -> None:
    pair = namedtuple("pair", "w b")
    tree = {"b": [np.ones((2, 3)), None], "a": pair(np.zeros(2), (np.float32(3),))}
    assert [name for name, _ in named_arrays(tree)] == ["a.0", "a.1.0", "b.0"]
    record, seen = Recorder(tmp_path / "run.npz"), []
    record(1, tree, 0.0)
    moved = {"b": [tree["b"][0] + 1, None], "a": tree["a"]}
    record(2, moved, 0.0)

    def loss(model: Any) -> float:
        seen.append(model)
        return float(model["b"][0].sum())

    record.landscape(loss, grid=5)
    assert seen[0]["a"].w.shape == (2,)
    assert isinstance(seen[0]["a"], pair)
    assert seen[0]["b"][1] is None
    assert tree["b"][0].tolist() == np.ones((2, 3)).tolist()


def test_estimators_have_their_parameters_back(tmp_path: Path) -> None:
    model = SimpleNamespace(coefs_=[np.ones((2, 2)), np.ones((2, 1))], intercepts_=[np.zeros(2), np.zeros(1)])
    record = Recorder(tmp_path / "run.npz")
    record(1, model, 0.0)
    model.coefs_[0] += [[1.0, 2.0], [3.0, 4.0]]
    trained = model.coefs_[0].copy()
    record(2, model, 0.0)
    record.landscape(lambda model: float((model.coefs_[0] ** 2).sum()), grid=5)
    assert model.coefs_[0].tolist() == trained.tolist()


def test_averages_of_batch_normalization_are_reported(tmp_path: Path) -> None:
    layer = type("BatchNormalization", (), {})()
    model = SimpleNamespace(trainable_variables=[SimpleNamespace(name="w", numpy=lambda: np.ones(3))], layers=[layer])
    with pytest.warns(UserWarning, match="are not recorded"):
        Recorder(tmp_path / "run.npz")(1, model, 0.0)


def test_the_end_of_the_program_writes_the_file(tmp_path: Path) -> None:
    program = (
        "import numpy as np\n"
        "from surfaces.landscape import Recorder\n"
        f"record = Recorder({str(tmp_path / 'run.npz')!r})\n"
        "for step in range(7):\n"
        "    record(step, np.full(3, float(step)), 0.0)\n"
        "raise KeyboardInterrupt\n"
    )
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert read(tmp_path / "run.npz")["recorded_steps"].tolist() == list(range(7))


def test_a_recording_of_a_torch_network(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)).double()
    inputs = torch.randn(40, 2, dtype=torch.float64)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    record = Recorder(tmp_path / "run.npz", every=10)
    for step in range(1, 101):
        loss = (model(inputs).squeeze() - inputs[:, 0]).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            record(step, model, loss)
    trained = [parameter.detach().clone() for parameter in model.parameters()]
    record.landscape(lambda model: (model(inputs).squeeze() - inputs[:, 0]).square().mean(), grid=9)
    assert all(torch.equal(a, b) for a, b in zip(trained, model.parameters(), strict=True))
    assert np.isfinite(read(tmp_path / "run.npz")["heights"]).all()
