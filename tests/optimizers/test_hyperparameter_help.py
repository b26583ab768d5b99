"""Every hyperparameter has a sentence that says what it does, and the sentences are true."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated

import numpy as np
import pytest

from optimizers import MODIFIERS, OPTIMIZERS, Hyperparameter, Modifier, Optimizer, trace
from optimizers.declaration import parse_signature
from optimizers.hyperparameter_help import EXPLANATIONS, explain_hyperparameter
from surfaces import SURFACES

METHODS: list[Optimizer | Modifier] = [*OPTIMIZERS.values(), *MODIFIERS.values()]
START = (3.0, -2.0)


def declarations() -> Iterator[tuple[str, str, Hyperparameter]]:
    """Yield the id of each optimizer and modifier with the name and the declaration of each of its hyperparameters."""
    for method in METHODS:
        for name, spec in method.hyperparameters.items():
            yield method.id, name, spec


def methods_with(beginning: str) -> list[str]:
    """Return the optimizers whose first hyperparameter has an explanation that begins so."""
    return [optimizer.id for optimizer in OPTIMIZERS.values() if optimizer.spec("lr").explanation.startswith(beginning)]


def first_step(optimizer_id: str, **hyperparameters: float) -> np.ndarray:
    """Return the first step that is not 0 on a skewed bowl."""
    positions = np.asarray(trace(optimizer_id, SURFACES["elongated_bowl"], START, 2, **hyperparameters).positions)
    steps = np.diff(positions.reshape(-1, 2), axis=0)
    return steps[np.flatnonzero(abs(steps).sum(axis=1))[0]]


def test_every_hyperparameter_has_one_short_sentence() -> None:
    wrong = {
        f"{method_id}.{name}": spec.explanation
        for method_id, name, spec in declarations()
        if not spec.explanation.endswith(".") or len(spec.explanation) > 140 or ". " in spec.explanation
    }
    assert wrong == {}


def test_every_entry_belongs_to_a_hyperparameter() -> None:
    used = set()
    for method in METHODS:
        for name in method.hyperparameters:
            keys = (f"{method.id}.{name}", f"{getattr(method, 'variant_of', '')}.{name}", name)
            used.add(next(key for key in keys if key in EXPLANATIONS))
    assert set(EXPLANATIONS) - used == set()


def test_a_name_with_several_meanings_has_no_sentence_of_its_own() -> None:
    assert [explain_hyperparameter(name, "unknown") for name in ("alpha", "beta", "beta3", "tau", "eta")] == [""] * 5


def test_a_variant_has_the_sentence_of_the_original_or_its_own() -> None:
    assert OPTIMIZERS["adamax_keras"].spec("beta2") != OPTIMIZERS["adam_keras"].spec("beta2")
    assert OPTIMIZERS["adamax_keras"].spec("beta2").explanation == OPTIMIZERS["adamax"].spec("beta2").explanation
    assert OPTIMIZERS["lbfgs_optax"].spec("lr").explanation != OPTIMIZERS["lbfgs"].spec("lr").explanation


def test_an_unknown_hyperparameter_has_the_sentence_of_its_declaration_or_none() -> None:
    def pasted(
        x: float,
        grad: float,
        t: int,
        *,
        zeal: Annotated[float, Hyperparameter(0.0, 1.0)] = 0.5,
        haste: Annotated[float, Hyperparameter(0.0, 1.0, explanation="Hurries.")] = 0.5,
    ) -> float:
        return x - zeal * haste * grad

    specs = parse_signature(pasted, 3)["hyperparameters"]
    assert (specs["zeal"].explanation, specs["haste"].explanation) == ("", "Hurries.")


def test_sentences_agree_with_the_kind_of_the_hyperparameter() -> None:
    for method_id, name, spec in declarations():
        text = spec.explanation
        if "decay rate" in text.lower()[:30]:
            assert spec.scale == "decay", (method_id, name)
        if text.startswith("Number of"):
            assert spec.scale == "whole", (method_id, name)
        if spec.scale == "switch":
            assert text.split()[0].endswith("s"), (method_id, name)  # what it does when it is on
        if text.startswith("Seed"):
            assert name.endswith("seed")


@pytest.mark.parametrize("modifier", MODIFIERS.values(), ids=MODIFIERS)
def test_zero_is_said_to_turn_a_modifier_off(modifier: Modifier) -> None:
    assert modifier.hyperparameters[modifier.id].explanation.endswith(("0 turns it off.", "0 uses all of them."))


@pytest.mark.parametrize("optimizer_id", methods_with("Scales every step"))
def test_a_learning_rate_that_scales_every_step_does_so(optimizer_id: str) -> None:
    hyperparameters = {"initial_sum": 0.0} if optimizer_id == "ftrl" else {}  # otherwise the start is pulled to 0
    small, large = (first_step(optimizer_id, lr=lr, **hyperparameters) for lr in (1e-4, 3e-4))
    assert large == pytest.approx(3 * small, rel=1e-3)


@pytest.mark.parametrize("optimizer_id", methods_with("Distance that every coordinate moves"))
def test_a_sign_based_step_is_as_long_as_said(optimizer_id: str) -> None:
    assert abs(first_step(optimizer_id, lr=0.01)) == pytest.approx([0.01, 0.01])


def test_lengths_of_steps_are_as_said() -> None:
    distance = math.hypot(*START)
    assert math.hypot(*first_step("normalized_gradient", lr=0.25)) == pytest.approx(0.25)
    assert math.hypot(*first_step("lamb", lr=0.25)) == pytest.approx(0.25 * distance)
    assert math.hypot(*first_step("lars", lr=1.0, trust_coefficient=0.25)) == pytest.approx(0.25 * distance)


def test_settings_that_are_said_to_give_another_method_do_so() -> None:
    surface = SURFACES["rosenbrock"]

    def positions(optimizer_id: str, **hyperparameters: float) -> np.ndarray:
        return np.asarray(trace(optimizer_id, surface, START, 20, **hyperparameters).positions)

    assert positions("ademamix", alpha=0.0) == pytest.approx(positions("adam"))
    assert positions("qhm", nu=0.0, lr=1e-5) == pytest.approx(positions("sgd", lr=1e-5))
    assert positions("optimistic_gradient", beta=0.0, lr=1e-5) == pytest.approx(positions("sgd", lr=1e-5))
    assert positions("optimistic_adam", beta=0.0) == pytest.approx(positions("adam"))
    assert positions("sgd", lr=1e-5, lookahead=5, lookahead_alpha=1.0) == pytest.approx(positions("sgd", lr=1e-5))


@pytest.mark.parametrize("optimizer_id", ["adagrad", "adagrad_keras", "proximal_adagrad"])
def test_a_larger_accumulator_shortens_the_first_step(optimizer_id: str) -> None:
    small, large = (np.linalg.norm(first_step(optimizer_id, initial_sum=value)) for value in (0.1, 10.0))
    assert large < small


def test_the_constants_of_ftrl_pull_the_first_step_toward_zero() -> None:
    for name in ("initial_sum", "beta"):
        small, large = (abs(START + first_step("ftrl", **{name: value})) for value in (0.1, 10.0))
        assert (large < small).all()
