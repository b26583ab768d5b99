"""Trainings in frameworks, where they are installed, are recorded, rebuilt exactly, and raced in their process."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import race
from app.engine.opened_experiment import open_experiment
from app.engine.race import Race
from app.model.experiment import DEFAULT_EXPERIMENT
from app.model.run import Run
from surfaces.landscape import Recorder, read_landscape
from surfaces.problems.data import two_moons

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]  # of the frameworks
INPUTS, CLASSES = two_moons(60)


def network_of(path: Path) -> tuple[Any, float]:
    """Return the network in a file, and the loss of a run in the window at its start relative to the recorded one."""
    network = read_landscape(path).network
    assert network is not None
    experiment = open_experiment(path, replace(DEFAULT_EXPERIMENT, runs=(Run("sgd"),)))
    assert experiment.landscape is not None
    return network, Race(experiment).trajectories[0].losses[0] / experiment.landscape.landscape.path_losses[0]


def test_jax(tmp_path: Path) -> None:
    jax = pytest.importorskip("jax")
    optax = pytest.importorskip("optax")
    keys = jax.random.split(jax.random.PRNGKey(0), 2)
    params = {
        "layer0": {"w": jax.random.normal(keys[0], (2, 8)), "b": jax.numpy.zeros(8)},
        "layer1": {"w": 0.3 * jax.random.normal(keys[1], (8, 2)), "b": jax.numpy.zeros(2)},
    }

    def loss_of(params: Any) -> Any:
        hidden = jax.nn.relu(INPUTS @ params["layer0"]["w"] + params["layer0"]["b"])
        logits = hidden @ params["layer1"]["w"] + params["layer1"]["b"]
        return optax.softmax_cross_entropy_with_integer_labels(logits, CLASSES).mean()

    record, optimizer, start = Recorder(tmp_path / "run.npz", every=5, data=(INPUTS, CLASSES)), optax.adam(0.05), params
    state, loss_and_gradient = optimizer.init(params), jax.jit(jax.value_and_grad(loss_of))
    losses = []
    for step in range(40):
        loss, gradients = loss_and_gradient(params)
        losses.append(float(loss))
        record(step, params, loss)
        updates, state = optimizer.update(gradients, state)
        params = optax.apply_updates(params, updates)
    record.landscape(jax.jit(loss_of), grid=9)
    network, ratio = network_of(tmp_path / "run.npz")
    assert (network.sizes, network.activation, network.loss) == ((2, 8, 2), "relu", "cross-entropy")
    assert ratio == pytest.approx(1, rel=1e-5)

    runs = {"Adam": ("adam", {"lr": 0.05}), "SGD": ("sgd", {"lr": 0.5})}
    raced = race(loss_and_gradient, start, runs, 39, tmp_path / "race.npz", grid=5)
    np.testing.assert_allclose(raced["Adam"], losses, rtol=1e-3)
    assert raced["SGD"][-1] < raced["SGD"][0]


@pytest.mark.parametrize("kind", ["classifier", "regressor"])
def test_scikit_learn(tmp_path: Path, kind: str) -> None:
    networks = pytest.importorskip("sklearn.neural_network")
    metrics = pytest.importorskip("sklearn.metrics")
    record = Recorder(tmp_path / "run.npz", every=5, data=(INPUTS, CLASSES))
    settings = {"alpha": 0.0, "random_state": 0, "learning_rate_init": 0.01, "batch_size": 20}
    if kind == "classifier":
        model = networks.MLPClassifier(hidden_layer_sizes=(6,), activation="tanh", **settings)
        model.partial_fit(INPUTS, CLASSES, classes=[0, 1])
    else:
        model = networks.MLPRegressor(hidden_layer_sizes=(6,), activation="logistic", **settings)
        model.partial_fit(INPUTS, CLASSES)
    for step in range(30):
        model.partial_fit(INPUTS, CLASSES)
        record(step, model, model.loss_)

    def loss_of(model: Any) -> float:
        if kind == "classifier":
            return float(metrics.log_loss(CLASSES, model.predict_proba(INPUTS)))
        return float(metrics.mean_squared_error(CLASSES, model.predict(INPUTS)))

    record.landscape(loss_of, grid=9)
    network, ratio = network_of(tmp_path / "run.npz")
    expected = ("tanh", "binary cross-entropy") if kind == "classifier" else ("sigmoid", "squared error")
    assert (network.activation, network.loss) == expected
    assert ratio == pytest.approx(1, rel=1e-9)


def test_keras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    pytest.importorskip("jax")
    keras = pytest.importorskip("keras")
    layers = [keras.Input((2,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(2, "softmax")]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    record = Recorder(tmp_path / "run.npz", data=(INPUTS, CLASSES))
    record(0, model)
    for step in range(1, 10):
        model.fit(INPUTS, CLASSES, batch_size=60, verbose=0)
        record(step, model)
    record.landscape(lambda model: model.evaluate(INPUTS, CLASSES, verbose=0), grid=5)
    network, ratio = network_of(tmp_path / "run.npz")
    assert (network.sizes, network.activation, network.loss) == ((2, 8, 2), "tanh", "cross-entropy")
    assert ratio == pytest.approx(1, rel=1e-5)
