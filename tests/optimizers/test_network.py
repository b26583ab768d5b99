"""100 full-batch steps on a network of 354 parameters, compared with torch and optax (data/network_paths.npz)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizers import OPTIMIZERS, UPDATERS
from optimizers.frameworks import from_framework
from optimizers.updater import class_name
from optimizers.vector_descent import descend_vector, initial_vector_point
from tests.optimizers.moons_network import LAYER_SIZES, SHAPES, loss_and_gradient, split, start

FILE = np.load(Path(__file__).parents[1] / "data" / "network_paths.npz")
META = json.loads(FILE["meta"].tobytes())
STEPS = (1, 10, 100)
CASES = list(zip(META["cases"], FILE["summaries"], strict=True))


def case_id(case: Any) -> str:
    framework, name, arguments = case[0]
    return "-".join([framework, name, *arguments])


def amplifies(case: Any) -> bool:
    """Return whether rounding errors grow beyond all bounds within 100 steps: L-BFGS with a line search."""
    _, name, arguments = case[0]
    return name == "lbfgs" or "line_search_fn" in arguments


def path_of(case: Any, first: np.ndarray) -> list[np.ndarray]:
    id, settings = from_framework(*case[0])
    point = initial_vector_point(OPTIMIZERS[id], loss_and_gradient, first, LAYER_SIZES)
    points = list(descend_vector(OPTIMIZERS[id], loss_and_gradient, point, settings, max(STEPS), LAYER_SIZES))
    return [points[t - 1].position for t in STEPS]


def summary(vector: np.ndarray) -> np.ndarray:
    return np.concatenate([[np.linalg.norm(layer) for layer in split(vector)], vector[::17]])


def test_the_gradient_of_the_network_is_the_derivative_of_its_loss() -> None:
    vector, random = start(), np.random.default_rng(0)
    gradient = loss_and_gradient(vector)[1]
    assert len(vector) == len(gradient) == sum(LAYER_SIZES) == 354
    for _ in range(5):
        direction = random.standard_normal(354)
        ahead, behind = (loss_and_gradient(vector + h * direction)[0] for h in (1e-5, -1e-5))
        assert gradient @ direction == pytest.approx((ahead - behind) / 2e-5, rel=1e-6)


def test_the_frameworks_cover_every_scope() -> None:
    ids = {from_framework(*case)[0] for case, _ in CASES}
    scopes = [OPTIMIZERS[id].scope for id in ids]
    assert len(ids) >= 45
    assert {"lars", "lamb", "novograd", "fromage", "adafactor", "adafactor_optax"} < ids
    assert (scopes.count("layer"), scopes.count("whole")) == (6, 7)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_the_network_is_trained_as_by_the_framework(case: Any) -> None:
    path, expected = path_of(case, start()), case[1]
    checked = 2 if amplifies(case) else 3
    ours = np.array([summary(vector) for vector in path])
    np.testing.assert_allclose(ours[:checked], expected[:checked], rtol=1e-11, atol=1e-11)
    if amplifies(case):  # at the end, ours is as far from theirs as from its own path from a start one bit away
        nearby = path_of(case, start() * (1 + 2**-52))
        assert abs(ours[2] - expected[2]).max() <= 30 * abs(summary(nearby[2]) - ours[2]).max() < 0.01


@pytest.mark.parametrize("case", [case for case in CASES if not amplifies(case)], ids=case_id)
def test_the_class_form_trains_the_same_network(case: Any) -> None:
    id, settings = from_framework(*case[0])
    modifiers = settings.keys() - OPTIMIZERS[id].hyperparameters.keys()
    if modifiers:
        with pytest.raises(TypeError, match="modifiers"):
            UPDATERS[class_name(OPTIMIZERS[id])](**settings)
        return
    updater = UPDATERS[class_name(OPTIMIZERS[id])](**settings)
    params = dict(enumerate(array.copy() for array in split(start())))

    def loss_and_gradients(params: dict[int, np.ndarray]) -> tuple[float, dict[int, np.ndarray]]:
        loss, gradient = loss_and_gradient(np.concatenate([params[k].reshape(-1) for k in range(len(SHAPES))]))
        return loss, dict(enumerate(split(gradient)))

    for _ in range(10):
        updater.update(params, loss_and_gradients)
    vector = np.concatenate([params[k].reshape(-1) for k in range(len(SHAPES))])
    np.testing.assert_allclose(summary(vector), case[1][1], rtol=1e-11, atol=1e-11)
