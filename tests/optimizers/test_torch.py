"""Comparison with the installed torch: random hyperparameters, starts, surfaces and changes during the run."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizers import OPTIMIZERS
from optimizers.descent import descend, initial_point
from optimizers.frameworks import from_framework
from surfaces import SURFACES

torch.set_default_dtype(torch.float64)
decays, learning_rates = st.floats(0.3, 0.99), st.floats(1e-4, 0.02)
weight_decay = st.sampled_from([0.0, 0.0, 0.02, 0.3])
eps = st.sampled_from([1e-10, 1e-8, 1e-4, 0.1])
betas = st.tuples(decays, decays)
booleans = st.booleans()
ARGUMENTS: dict[str, dict[str, Any]] = {
    "SGD": {
        "momentum": st.sampled_from([0.0, 0.5, 0.9]),
        "weight_decay": weight_decay,
        "nesterov": booleans,
        "dampening": st.sampled_from([0.0, 0.4]),
    },
    "Adagrad": {
        "lr_decay": st.floats(0, 0.2),
        "weight_decay": weight_decay,
        "eps": eps,
        "initial_accumulator_value": st.floats(0, 1),
    },
    "RMSprop": {
        "alpha": decays,
        "eps": eps,
        "weight_decay": weight_decay,
        "momentum": st.floats(0, 0.9),
        "centered": booleans,
    },
    "Adadelta": {"rho": decays, "eps": eps, "weight_decay": weight_decay},
    "Adam": {
        "betas": betas,
        "eps": eps,
        "weight_decay": weight_decay,
        "amsgrad": booleans,
        "decoupled_weight_decay": booleans,
    },
    "AdamW": {"betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": booleans},
    "Adamax": {"betas": betas, "eps": eps, "weight_decay": weight_decay},
    "NAdam": {
        "betas": betas,
        "eps": eps,
        "weight_decay": weight_decay,
        "momentum_decay": st.floats(0.001, 0.5),
        "decoupled_weight_decay": booleans,
    },
    "RAdam": {"betas": betas, "eps": eps, "weight_decay": weight_decay, "decoupled_weight_decay": booleans},
    "Rprop": {"etas": st.tuples(st.floats(0.2, 0.8), st.floats(1.05, 1.5))},
    "ASGD": {
        "lambd": st.floats(1e-4, 0.1),
        "alpha": st.floats(0.3, 1),
        "t0": st.floats(1, 30),
        "weight_decay": weight_decay,
    },
    "Adafactor": {"beta2_decay": st.floats(-1, -0.3), "d": st.floats(1, 2), "weight_decay": weight_decay},
    "LBFGS": {
        "max_iter": st.integers(1, 5),
        "history_size": st.integers(1, 8),
        "line_search_fn": st.sampled_from([None, "strong_wolfe"]),
    },
}
STEPS_BEFORE_CHANGE, STEPS_AFTER_CHANGE = 8, 8
CHANGEABLE = {
    "alpha",
    "rho",
    "eps",
    "betas",
    "weight_decay",
    "momentum_decay",
    "lambd",
    "etas",
    "d",
    "beta2_decay",
}  # in addition to lr


def torch_path(
    name: str, arguments: dict[str, Any], surface: Any, start: tuple[float, float], changes: dict
) -> np.ndarray:
    """Return the positions of a torch run whose hyperparameters change once; the gradient is that of the surface."""
    point = torch.tensor(start, requires_grad=True)
    torch_optimizer = getattr(torch.optim, name)([point], **arguments)

    def closure() -> torch.Tensor:
        loss, gradient = surface(*point.tolist())
        point.grad = torch.tensor(gradient)
        return torch.tensor(loss)

    path = [point.tolist()]
    for k in range(STEPS_BEFORE_CHANGE + STEPS_AFTER_CHANGE):
        if k == STEPS_BEFORE_CHANGE:
            torch_optimizer.param_groups[0].update(changes)
        if name == "LBFGS":
            torch_optimizer.step(closure)
        else:
            closure()
            torch_optimizer.step()
        path.append(point.tolist())
    return np.array(path)


def our_path(
    name: str, arguments: dict[str, Any], surface: Any, start: tuple[float, float], changes: dict
) -> np.ndarray:
    id, hyperparameters = from_framework("torch", name, arguments)
    optimizer, xs, ys, losses = OPTIMIZERS[id], array("d"), array("d"), array("d")
    point_before_change = descend(
        optimizer,
        surface,
        initial_point(optimizer, surface, start),
        hyperparameters,
        STEPS_BEFORE_CHANGE,
        xs,
        ys,
        losses,
    )
    if not point_before_change.diverged:
        changed = from_framework("torch", name, {**arguments, **changes})
        assert changed[0] == id
        descend(optimizer, surface, point_before_change, changed[1], STEPS_AFTER_CHANGE, xs, ys, losses)
    return np.array([start, *zip(xs, ys, strict=True)])


@pytest.mark.parametrize("name", ARGUMENTS)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_path_is_the_path_of_torch(name: str, data: st.DataObject) -> None:
    arguments = {key: data.draw(strategy, label=key) for key, strategy in ARGUMENTS[name].items()}
    if name == "SGD" and arguments["nesterov"] and not (arguments["momentum"] and not arguments["dampening"]):
        arguments["nesterov"] = False
    scale = 50 if name in ("Adadelta", "LBFGS") else 1
    arguments["lr"] = data.draw(learning_rates, label="lr") * scale
    changes = {
        key: data.draw(strategy, label=f"second {key}")
        for key, strategy in ARGUMENTS[name].items()
        if key in CHANGEABLE
    }
    changes["lr"] = data.draw(learning_rates, label="second lr") * scale
    surface = SURFACES[
        data.draw(st.sampled_from(["rosenbrock", "himmelblau", "booth", "styblinski_tang"]), label="surface")
    ]
    start = data.draw(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), label="start")
    arguments_of_run = name, arguments, surface
    theirs, ours = torch_path(*arguments_of_run, start, changes), our_path(*arguments_of_run, start, changes)
    perturbed = our_path(*arguments_of_run, (start[0] + 1e-12, start[1] - 1e-12), changes)
    steps = min(len(theirs), len(ours), len(perturbed))
    theirs, ours, perturbed = theirs[:steps], ours[:steps], perturbed[:steps]
    sensitivity = np.maximum.accumulate(np.abs(ours - perturbed).max(axis=1))
    size = 1 + np.maximum.accumulate(np.abs(theirs).max(axis=1))
    error = np.abs(theirs - ours).max(axis=1)
    judged = (size < 1e4) & (sensitivity < 1e-6)
    assert judged[0]
    assert (error <= 1e-12 * size + 100 * sensitivity)[judged].all(), (theirs, ours)
