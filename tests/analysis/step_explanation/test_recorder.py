"""A recorded step has the bits of the step itself, and notes the value of every name."""

from __future__ import annotations

import importlib.util
import types
from pathlib import Path

import numpy as np
import pytest

from app.analysis.step_explanation.instrumentation import compile_twin
from app.analysis.step_explanation.recorded_update import RecordedUpdate
from app.analysis.step_explanation.recorder import Recorder
from optimizers import OPTIMIZERS, Optimizer
from surfaces import SURFACES
from tests.analysis.step_explanation.steps import (
    EVERY_OPTIMIZER,
    SURFACE,
    bits,
    hyperparameter_choices,
    successive_points,
)


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", EVERY_OPTIMIZER, ids=lambda optimizer: optimizer.id)
def test_a_recorded_step_is_the_same_to_the_bit_with_every_switch_and_modifier(optimizer: Optimizer) -> None:
    for hyperparameters in hyperparameter_choices(optimizer):
        update = RecordedUpdate(optimizer, SURFACE, hyperparameters)
        for before, after in successive_points(optimizer, hyperparameters, 3):
            with np.errstate(all="ignore"):
                x, y, states = update(after.t, before.x, before.y, before.gradient, before.modifier_states)
            assert bits((x, y, states)) == bits((after.x, after.y, after.modifier_states)), hyperparameters
            assert all(call.statements for call in update.calls)


def test_every_name_has_its_value_for_each_coordinate() -> None:
    update = RecordedUpdate(OPTIMIZERS["adam"], SURFACES["sphere"], {"lr": 0.1, "beta1": 0.5, "beta2": 0.75})
    update(1, (4.0, 0.0, 0.0), (-2.0, 0.0, 0.0), (8.0, -4.0), {})
    x, y = ({name: v for s in call.statements for name, v in s.assigned.items()} for call in update.calls)
    assert x == {"m": 4.0, "v": 16.0, "m_hat": 8.0, "v_hat": 64.0}
    assert y == {"m": -2.0, "v": 4.0, "m_hat": -4.0, "v_hat": 16.0}


def test_the_calls_of_modifiers_are_kept_in_order() -> None:
    hyperparameters = {"lr": 0.1, "sam": 0.5, "clip_norm": 1.0, "lookahead": 2, "warmup_steps": 10}
    update = RecordedUpdate(OPTIMIZERS["sgd"], SURFACES["sphere"], hyperparameters)
    update(1, (3.0,), (4.0,), (6.0, 8.0), {})
    assert [call.declared.id for call in update.calls] == [
        "warmup_steps",
        "sam",
        "clip_norm",
        "sgd",
        "sgd",
        "lookahead",
    ]
    assert update.calls[0].result == pytest.approx(0.01)
    assert update.evaluated[-1] == pytest.approx((3.3, 4.4))


def branching(x: float, *, factor: float = 2.0) -> tuple[float, list[float]]:
    """Use the kinds of statements that no rule uses together."""
    total: float = 0.0
    values = [k * x for k in range(3)]
    for value, _ in zip(values, values, strict=True):
        if value > factor and x:
            total += value
        elif not value:
            total -= 1.0

    def add(amount: float) -> float:
        nonlocal total
        total = total + amount
        return total

    while total < 0:
        add(factor)
    first, *rest = values
    return (total if first == 0 else -total) * factor, rest


@pytest.mark.parametrize("x", [0.0, 1.5, -3.0])
def test_loops_branches_and_nested_functions_are_executed_unchanged(x: float) -> None:
    recorder = Recorder(branching, {"factor": 2.0})
    assert recorder(x) == branching(x)
    names = {name for statement in recorder.statements for name in statement.assigned}
    assert names == {"total", "values", "value", "_", "first", "rest"}


def test_a_changed_setting_takes_effect_at_the_next_call() -> None:
    settings = {"factor": 2.0}
    recorder = Recorder(branching, settings)
    settings["factor"] = 3.0
    assert recorder(4.0) == branching(4.0, factor=3.0)


def test_a_function_without_a_source_is_called_without_notes() -> None:
    namespace: dict[str, types.FunctionType] = {}
    exec("def rule(x, *, lr=1.0):\n    return x - lr\n", namespace)
    recorder = Recorder(namespace["rule"], {"lr": 0.25})
    assert recorder(1.0) == 0.0
    assert recorder.statements == []


def test_a_file_that_was_edited_after_its_import_is_not_taken_for_what_runs(tmp_path: Path) -> None:
    path = tmp_path / "rules.py"
    text = "def rule(x, *, lr=1.0):\n    step = lr * 0.5\n    return x - step\n"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location("rules", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    recorder = Recorder(module.rule, {"lr": 1.0})
    assert recorder(1.0) == 0.5
    assert [statement.assigned for statement in recorder.statements] == [{"step": 0.5}, {}]
    path.write_text(text.replace("0.5", "0.25  # edited"))
    compile_twin.cache_clear()
    recorder = Recorder(module.rule, {"lr": 1.0})
    assert recorder(1.0) == 0.5
    assert recorder.statements == []
