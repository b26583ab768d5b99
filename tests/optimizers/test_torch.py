"""Comparison with the installed torch: random hyperparameters, starts, surfaces and changes during the run."""

from __future__ import annotations

import inspect
import itertools
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
        "max_iter": st.one_of(st.integers(1, 5), st.just(20)),
        "history_size": st.one_of(st.integers(1, 8), st.just(100)),
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
    start = data.draw(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), label="at start")
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


def test_the_default_lbfgs_of_torch_is_as_far_from_ours_as_from_itself() -> None:
    """An update of 20 steps without a line search magnifies rounding: torch leaves its own path at the last bit."""
    starts = np.random.default_rng(3).uniform(-3, 3, (12, 2)).tolist()
    for surface, (x, y) in itertools.product((SURFACES["rosenbrock"], SURFACES["himmelblau"]), starts):
        theirs = torch_path("LBFGS", {}, surface, (x, y), {})
        ours = our_path("LBFGS", {}, surface, (x, y), {})
        nearby = [
            torch_path("LBFGS", {}, surface, (x + dx, y + dy), {})
            for dx, dy in itertools.product((-4e-16, 0.0, 4e-16), repeat=2)
        ]
        steps = min(len(path) for path in (theirs, ours, *nearby))
        spread = np.maximum.accumulate(np.max([np.abs(path - theirs)[:steps].max(axis=1) for path in nearby], axis=0))
        error = np.abs(ours[:steps] - theirs[:steps]).max(axis=1)
        assert (error <= 1e-12 + 30 * spread).all(), (surface.id, x, y, error, spread)


VALUES = (-1.0, -1e-3, 0.0, 1e-8, 0.3, 1.0, 1.5, 10.0)
# Accepted by torch without a use: they lead to nan at once, climb, or do nothing
USELESS = {
    "RMSprop": lambda arguments: arguments.get("alpha", 0.0) > 1,
    "Rprop": lambda arguments: arguments.get("step_sizes", (0.0, 1.0))[1] < 0,
    "LBFGS": lambda arguments: (
        min(arguments.get("max_iter", 1), arguments.get("history_size", 1)) < 1
        or min(arguments.get("tolerance_grad", 0.0), arguments.get("tolerance_change", 0.0)) < 0
    ),
}


def edge_arguments(name: str) -> list[dict[str, Any]]:
    """Return calls with one number at a time at the edges of what torch accepts, and beyond."""
    calls: list[dict[str, Any]] = []
    for base in ({}, {"momentum": 0.9}) if name in ("SGD", "RMSprop") else ({},):
        for key, parameter in inspect.signature(getattr(torch.optim, name)).parameters.items():
            default = parameter.default
            if isinstance(default, tuple):
                calls += [{**base, key: (value, default[1])} for value in VALUES]
                calls += [{**base, key: (default[0], value)} for value in VALUES]
            elif isinstance(default, (int, float)) and not isinstance(default, bool):
                whole = key in ("max_iter", "history_size")
                calls += [{**base, key: int(value) if whole else value} for value in VALUES]
    return calls


@pytest.mark.parametrize("name", ARGUMENTS)
def test_an_argument_is_accepted_where_torch_accepts_it(name: str) -> None:
    for arguments in edge_arguments(name):
        if USELESS.get(name, lambda _: False)(arguments):
            continue
        try:
            theirs = torch_path(name, arguments, SURFACES["sphere"], (1.0, 0.5), {})[:4]
        except ValueError:
            with pytest.raises(ValueError):
                from_framework("torch", name, arguments)
            continue
        ours = our_path(name, arguments, SURFACES["sphere"], (1.0, 0.5), {})[:4]
        error, size = np.abs(ours - theirs[: len(ours)]), 1 + np.abs(theirs[: len(ours)])
        assert (error <= 1e-12 * size).all(), (arguments, theirs, ours)
