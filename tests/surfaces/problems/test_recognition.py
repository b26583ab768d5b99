"""A network is rebuilt from the shapes of its arrays and the losses at its snapshots, of any framework, or refused."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from surfaces.data_error import DataError
from surfaces.landscape import Recorder, read_landscape
from surfaces.landscape.planes import plane_through_ends
from surfaces.problems.network_data import NetworkData
from surfaces.problems.network_losses import LOSSES
from surfaces.problems.perceptron import Perceptron
from surfaces.problems.recognition import recognize_network

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}
RNG = np.random.default_rng(0)
INPUTS = RNG.normal(size=(30, 3))
CLASSES = np.arange(30) % 4
SIGNS = np.where(CLASSES % 2, -1, 1)


def softmax_loss(z: np.ndarray, classes: np.ndarray) -> float:
    return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), classes]).mean())


def arrays_of(layout: str, sizes: tuple[int, ...]) -> list[tuple[int, ...]]:
    weights = [(b, a) if layout == "torch" else (a, b) for a, b in pairwise(sizes)]
    biases = [(b,) for b in sizes[1:]]
    if layout == "sklearn":  # all weights, then all biases
        return [*weights, *biases]
    pairs = [(w, b) if layout != "jax" else (b, w) for w, b in zip(weights, biases, strict=True)]  # the keys sorted
    return [shape for pair in pairs for shape in pair]


def forward(vector: np.ndarray, shapes: Any, activation: str, outputs_first: bool) -> np.ndarray:
    parts = np.split(vector, np.cumsum([np.prod(shape) for shape in shapes])[:-1])
    arrays = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
    weights, biases = ([a for a in arrays if a.ndim == k] for k in (2, 1))
    value = INPUTS
    for k, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        value = value @ (weight.T if outputs_first else weight) + bias
        value = ACTIVATIONS[activation](value) if k < len(weights) - 1 else value
    return value


def recognize(shapes: Any, loss_of: Callable[[np.ndarray], float], data: Any, hint: bool) -> tuple[NetworkData, Any]:
    size = sum(int(np.prod(shape)) for shape in shapes)
    snapshots = 0.7 * np.random.default_rng(1).normal(size=(4, size))
    losses = np.array([loss_of(vector) for vector in snapshots])
    network = recognize_network(shapes, hint, data, snapshots, losses, plane_through_ends(snapshots))
    return network, (snapshots, losses)


@pytest.mark.parametrize("layout", ["torch", "keras", "sklearn", "jax"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hint", [False, True])
def test_layouts_of_frameworks_are_recognized(layout: str, activation: str, hint: bool) -> None:
    shapes, outputs_first = arrays_of(layout, (3, 5, 5, 4)), layout == "torch"

    def loss_of(vector: np.ndarray) -> float:
        return softmax_loss(forward(vector, shapes, activation, outputs_first), CLASSES)

    network, (snapshots, losses) = recognize(shapes, loss_of, (INPUTS, CLASSES), hint)
    assert (network.sizes, network.activation, network.loss) == ((3, 5, 5, 4), activation, "cross-entropy")
    problem = network.to_problem()
    assert problem.function(network.start)[0] == pytest.approx(losses[0], rel=1e-12)
    on_plane = network.origin + network.directions[0] * np.linalg.norm(snapshots[-1] - snapshots[0])
    assert problem.function(on_plane)[0] == pytest.approx(losses[-1], rel=1e-9)


@pytest.mark.parametrize(
    ("outputs", "targets", "loss_of_output", "expected"),
    [
        (4, np.eye(4)[CLASSES], lambda z: softmax_loss(z, CLASSES), ("cross-entropy", 1)),
        (2, INPUTS[:, :2], lambda z: ((z - INPUTS[:, :2]) ** 2).mean(), ("squared error", 1)),
        (2, INPUTS[:, :2], lambda z: ((z - INPUTS[:, :2]) ** 2).sum() / 2, ("squared error", 30)),
        (1, INPUTS[:, 0], lambda z: ((z[:, 0] - INPUTS[:, 0]) ** 2).mean() / 2, ("squared error", 0.5)),
        (
            1,
            CLASSES % 2,
            lambda z: np.log1p(np.exp(np.where(CLASSES % 2, -1, 1) * z[:, 0])).mean(),
            ("binary cross-entropy", 1),
        ),
    ],
)
def test_losses_and_targets_are_recognized(outputs: int, targets: Any, loss_of_output: Any, expected: Any) -> None:
    shapes = arrays_of("keras", (3, 6, outputs))
    network, _ = recognize(
        shapes, lambda vector: float(loss_of_output(forward(vector, shapes, "tanh", False))), (INPUTS, targets), False
    )
    assert (network.loss, network.scale) == expected


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", [*ACTIVATIONS, "linear"])
def test_gradients_are_those_of_the_losses(loss: str, activation: str) -> None:
    targets = CLASSES if loss == "cross-entropy" else np.abs(np.sin(np.arange(120.0))).reshape(30, 4)
    network = Perceptron((3, 5, 4), INPUTS, targets, activation, LOSSES[loss])
    vector = RNG.normal(size=44)
    gradient = network.loss_and_gradient(vector)[1]
    numeric = [
        (network.loss_and_gradient(vector + h)[0] - network.loss_and_gradient(vector - h)[0]) / 2e-6
        for h in 1e-6 * np.eye(44)
    ]
    np.testing.assert_allclose(gradient, numeric, rtol=1e-5, atol=1e-8)


def test_networks_that_are_another_are_refused_with_the_reason() -> None:
    shapes = arrays_of("keras", (3, 5, 4))

    def decayed(vector: np.ndarray) -> float:
        return softmax_loss(forward(vector, shapes, "tanh", False), CLASSES) + 1e-3 * float(vector @ vector)

    with pytest.raises(DataError, match="without weight decay"):
        recognize(shapes, decayed, (INPUTS, CLASSES), False)
    with pytest.raises(DataError, match="without weight decay"):
        recognize(shapes, decayed, (INPUTS[:, :2], CLASSES), False)
    for others in ([(8, 3, 3, 3), (8,)], [(3, 5), (5, 4)], [(3, 5), (4,)], [(3, 5), (5,), (6, 4), (4,)], [(7,)]):
        with pytest.raises(DataError, match="only networks of fully connected layers"):
            recognize(others, lambda vector: float(vector @ vector), (INPUTS, CLASSES), False)
    with pytest.raises(DataError, match="at most 10,000 parameters and 2,000"):
        recognize(shapes, decayed, (np.zeros((2_001, 3)), np.zeros(2_001)), False)
    with pytest.raises(DataError, match="fewer than two"):
        recognize(shapes, lambda _: np.nan, (INPUTS, CLASSES), False)


def test_a_recorder_tells_whether_its_network_is_rebuilt(tmp_path: Path) -> None:
    shapes, vector = arrays_of("keras", (3, 5, 4)), 0.5 * RNG.normal(size=44)
    network = Perceptron((3, 5, 4), INPUTS, CLASSES)

    def loss_of(arrays: list[np.ndarray]) -> float:
        return network.loss_and_gradient(np.concatenate([a.ravel() for a in arrays]))[0]

    for name, data in (("right", (INPUTS, CLASSES)), ("wrong", (INPUTS[::-1], CLASSES))):
        record = Recorder(tmp_path / f"{name}.npz", data=data)
        for step in range(20):
            parts = np.split(vector * 0.97**step, np.cumsum([np.prod(shape) for shape in shapes])[:-1])
            record(step, [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)])
        if name == "right":
            record.landscape(loss_of, grid=9)
        else:
            with pytest.warns(UserWarning, match="the network is not rebuilt: no network"):
                record.landscape(loss_of, grid=9)
    rebuilt = read_landscape(tmp_path / "right.npz").network
    assert rebuilt is not None
    assert rebuilt.start.tolist() == vector.tolist()
    assert read_landscape(tmp_path / "wrong.npz").network is None


def test_a_damaged_description_is_refused(tmp_path: Path) -> None:
    test_a_recorder_tells_whether_its_network_is_rebuilt(tmp_path)
    with np.load(tmp_path / "right.npz") as file:
        arrays = dict(file)
    for changes, words in (
        ({"network": "[]"}, "damaged"),
        ({"network": '{"sizes": [3, 5, 4], "activation": "gelu", "loss": "cross-entropy", "scale": 1}'}, "unknown"),
        ({"network_start": np.zeros(43)}, "do not fit its parameters"),
        ({"network_targets": np.full(30, 4)}, "do not fit its layers"),
        ({"network_inputs": np.full((30, 3), np.nan)}, "not finite"),
        ({"network_inputs": INPUTS[:, 0]}, "do not fit its layers"),
    ):
        np.savez(tmp_path / "changed.npz", **{**arrays, **changes})
        with pytest.raises(DataError, match=words):
            read_landscape(tmp_path / "changed.npz")
