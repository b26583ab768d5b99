"""The PyTorch script run for real, where torch is installed: edits in mid-run, parts, and every class that has a counterpart."""

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
from tests.edits import turn
from tests.export.test_code_export import imported, raced, ran

SMALL = {"sgd", "momentum", "momentum_torch", "nesterov", "nesterov_keras", "averaged_momentum"}  # lr as small as 0.001
ON = {"cosine_steps": 30, "linear_steps": 20}


@pytest.fixture(autouse=True)
def single_precision_is_given_back() -> Iterator[None]:
    before = torch.get_default_dtype()
    yield
    torch.set_default_dtype(before)


def comes_to_the_same(race: Race) -> dict[str, Any]:
    text = torch_script(race)
    assert not {"app", "optimizers", "surfaces"} & imported(text)
    made = ran(text)
    for name, track in zip(race.experiment.names, race.trajectories, strict=True):
        x, y, loss = track.values_between(0, race.step)
        np.testing.assert_allclose(made["paths"][name], np.column_stack([x, y]), rtol=1e-9, atol=1e-9, err_msg=name)
        np.testing.assert_allclose(made["losses"][name], loss, rtol=1e-8, atol=1e-9, err_msg=name)
    return made


def rate(optimizer: str) -> float:
    return 0.001 if optimizer in SMALL else OPTIMIZERS[optimizer].defaults["lr"]


@pytest.mark.parametrize("surface", ["rosenbrock", "himmelblau", "tanh_neuron"])
@pytest.mark.parametrize("optimizer", TORCH)
def test_every_class_with_its_rate_turned(optimizer: str, surface: str) -> None:
    lr = rate(optimizer)
    race = turn(raced(40, surface, Run(optimizer, {"lr": lr})), 0, lr=lr / 2)
    race.advance(30)
    comes_to_the_same(race)


@pytest.mark.parametrize("part", MODIFIERS)
def test_every_part(part: str) -> None:
    for optimizer in ("sgd", "momentum", "adam", "adam_keras", "adamw", "rprop", "adafactor"):
        if part in OPTIMIZERS[optimizer].modifiers:
            lr = rate(optimizer)
            race = raced(
                20, "himmelblau", Run(optimizer, {"lr": lr, part: ON.get(part, MODIFIERS[part].default_strength)})
            )
            for changes in ({"lr": lr / 2}, {part: 0.0}):
                race = turn(race, 0, **changes)
                race.advance(15)
            comes_to_the_same(race)


def test_several_hyperparameters_turned_and_a_run_that_diverges() -> None:
    race = Race(
        DEFAULT_EXPERIMENT.with_added_run(Run("sgd", {"lr": 9.0})).with_added_run(
            Run("nesterov", {"lr": 0.001, "momentum": 0.0})
        )
    )
    race.advance(40)
    race = turn(turn(race, 2, lr=0.05, beta1=0.8, eps=1e-4), 1, lr=0.0003, momentum=0.7)
    race.advance(40)
    made = comes_to_the_same(race)
    assert len(made["paths"]["sgd-2"]) == race.trajectories[3].diverged_at
