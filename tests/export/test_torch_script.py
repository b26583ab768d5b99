"""PyTorch scripts executed with torch: changes during the run, modifiers, and every class with a counterpart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from app.engine.race import Race
from app.export.code import torch_script
from app.export.code.framework_mapping import TORCH
from app.model.experiment import DEFAULT_EXPERIMENT
from app.model.run import Run
from optimizers import MODIFIERS, OPTIMIZERS
from tests.edits import with_hyperparameters
from tests.export.scripts import imported_modules, make_race, run_script

SMALL_LR = {"sgd", "momentum", "momentum_torch", "nesterov", "nesterov_keras", "averaged_momentum"}  # run with lr 0.001
MODIFIER_STRENGTHS = {"cosine_steps": 30, "linear_steps": 20}


@pytest.fixture(autouse=True)
def restore_default_dtype() -> Iterator[None]:
    dtype = torch.get_default_dtype()
    yield
    torch.set_default_dtype(dtype)


def check_torch_script(race: Race) -> dict[str, Any]:
    text = torch_script(race)
    assert not {"app", "optimizers", "surfaces"} & imported_modules(text)
    namespace = run_script(text)
    for name, trajectory in zip(race.experiment.names, race.trajectories, strict=True):
        x, y, loss = trajectory.values_between(0, race.step)
        np.testing.assert_allclose(
            namespace["paths"][name], np.column_stack([x, y]), rtol=1e-9, atol=1e-9, err_msg=name
        )
        np.testing.assert_allclose(namespace["losses"][name], loss, rtol=1e-8, atol=1e-9, err_msg=name)
    return namespace


def learning_rate(optimizer: str) -> float:
    return 0.001 if optimizer in SMALL_LR else OPTIMIZERS[optimizer].defaults["lr"]


@pytest.mark.parametrize("surface", ["rosenbrock", "himmelblau", "tanh_neuron"])
@pytest.mark.parametrize("optimizer", TORCH)
def test_every_class_with_a_changed_learning_rate(optimizer: str, surface: str) -> None:
    lr = learning_rate(optimizer)
    race = with_hyperparameters(make_race(40, surface, Run(optimizer, {"lr": lr})), 0, lr=lr / 2)
    race.advance(30)
    check_torch_script(race)


@pytest.mark.parametrize("modifier", MODIFIERS)
def test_every_modifier(modifier: str) -> None:
    for optimizer in ("sgd", "momentum", "adam", "adam_keras", "adamw", "rprop", "adafactor"):
        if modifier in OPTIMIZERS[optimizer].modifiers:
            lr = learning_rate(optimizer)
            race = make_race(
                20,
                "himmelblau",
                Run(
                    optimizer,
                    {"lr": lr, modifier: MODIFIER_STRENGTHS.get(modifier, MODIFIERS[modifier].default_strength)},
                ),
            )
            for changes in ({"lr": lr / 2}, {modifier: 0.0}):
                race = with_hyperparameters(race, 0, **changes)
                race.advance(15)
            check_torch_script(race)


def test_one_loop_serves_every_kind_of_run() -> None:
    """Native, adjusted, combined with modifiers, and with a closure; one of each changes."""
    runs = (
        Run("adam", {"lr": 0.05, "cosine_steps": 30, "decoupled_weight_decay": 0.01}),
        Run("adam_keras", {"lr": 0.05, "lookahead": 5, "noise": 0.1}),
        Run("adamw_keras", {"lr": 0.05}),
        Run("rprop", {"decoupled_weight_decay": 0.01}),
        Run("lbfgs"),
        Run("momentum_torch", {"lr": 0.001, "weight_decay": 0.1}),
    )
    race = make_race(30, "himmelblau", *runs)
    for index, changes in enumerate(({"cosine_steps": 0}, {"lr": 0.02}, {"lr": 0.02})):
        race = with_hyperparameters(race, index, **changes)
        race.advance(15)
    check_torch_script(race)


def test_several_changed_hyperparameters_and_a_diverged_run() -> None:
    race = Race(
        DEFAULT_EXPERIMENT.with_added_run(Run("sgd", {"lr": 9.0})).with_added_run(
            Run("nesterov", {"lr": 0.001, "momentum": 0.0})
        )
    )
    race.advance(40)
    race = with_hyperparameters(with_hyperparameters(race, 2, lr=0.05, beta1=0.8, eps=1e-4), 1, lr=0.0003, momentum=0.7)
    race.advance(40)
    namespace = check_torch_script(race)
    assert len(namespace["paths"]["sgd-2"]) == race.trajectories[3].diverged_at
