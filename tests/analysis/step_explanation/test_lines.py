"""The lines of an explanation: their numbers give their values, and the last one gives the new position."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

from app.analysis.step_explanation import StepExplanation, explain
from app.analysis.step_explanation.function_lines import Line
from app.analysis.step_text.explanation_text import rewrite_mathtext
from app.engine.trajectory import Trajectory
from app.model.run import Run
from optimizers import OPTIMIZERS, Optimizer
from surfaces import SURFACES
from tests.analysis.step_explanation.steps import EVERY_OPTIMIZER, START, hyperparameter_choices

STEPS = (1, 2, 3, 17, 137)
SIGNS = {
    r"\left(": "(",
    r"\right)": ")",
    r"\left|": "abs(",
    r"\right|": ")",
    r"\cdot": "*",
    r"\,": "*",
    r"\max": "max",
    r"\min": "min",
    r"\mathrm{sign}": "sign",
    r"\mathrm{nan}": "nan",
    r"\infty": "inf",
}
GROUPS = {
    r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}": r"((\1) / (\2))",
    r"\\sqrt\{([^{}]*)\}": r"sqrt(\1)",
    r"\^\{([^{}]*)\}": r"**(\1)",
}


def value_of(tex: str) -> float:
    """Compute a line of mathtext with numbers."""
    names = {"sqrt": math.sqrt, "abs": abs, "max": max, "min": min, "nan": math.nan, "inf": math.inf, "sign": np.sign}
    return float(eval(rewrite_mathtext(tex, SIGNS, GROUPS), {"__builtins__": {}}, names))


def check_symbols(explanation: StepExplanation) -> None:
    """Check that a symbol stands for one value only."""
    values: dict[str, set[Any]] = {}
    for stage in explanation.stages:
        values.setdefault(stage.symbol, set()).add(stage.value)
    for line in explanation.lines:
        values.setdefault(line.latex.partition(" = ")[0], set()).add(line.value)
    assert {symbol for symbol, each in values.items() if len(each) > 1} == set()


def trajectory_of(optimizer: Optimizer, hyperparameters: dict[str, Any]) -> Trajectory:
    small = {"lr": 2e-3} if optimizer.has_learning_rate else {}
    trajectory = Trajectory(Run(optimizer.id, {**hyperparameters, **small}), SURFACES["rosenbrock"], START)
    trajectory.advance(max(STEPS))
    return trajectory


def check_lines(trajectory: Trajectory, step: int) -> list[Line]:
    explanation = explain(trajectory, step, digits=17)
    check_symbols(explanation)
    for line in explanation.lines:
        x, y = np.broadcast_to(line.value, (2,))
        assert value_of(line.substituted_x) == pytest.approx(x, rel=1e-9, abs=1e-300, nan_ok=True), line
        assert value_of(line.substituted_y) == pytest.approx(y, rel=1e-9, abs=1e-300, nan_ok=True), line
    last = explanation.lines[-1]
    assert last.latex.startswith("x_t = ")
    result = value_of(last.substituted_x), value_of(last.substituted_y)
    assert result == pytest.approx(explanation.after.position, rel=1e-9, abs=1e-300)
    return explanation.lines


@pytest.mark.parametrize("optimizer", EVERY_OPTIMIZER, ids=lambda optimizer: optimizer.id)
def test_the_numbers_of_every_line_give_its_value_and_the_last_the_new_position(optimizer: Optimizer) -> None:
    trajectory = trajectory_of(optimizer, optimizer.defaults)
    for step in STEPS:
        if step <= trajectory.last_step:
            check_lines(trajectory, step)
    assert trajectory.last_step >= 17


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", EVERY_OPTIMIZER, ids=lambda optimizer: optimizer.id)
def test_lines_are_true_for_every_switch_and_modifier_and_can_be_typeset(optimizer: Optimizer) -> None:
    parser = MathTextParser("path")
    typeset: set[str] = set()
    for hyperparameters in hyperparameter_choices(optimizer):
        trajectory = trajectory_of(optimizer, hyperparameters)
        for step in (1, 3):
            if step <= trajectory.last_step:
                typeset |= {line.latex for line in check_lines(trajectory, step)}
                typeset |= {line.substituted_y for line in explain(trajectory, step).lines}
    for tex in typeset:
        assert parser.parse(f"${tex}$").width > 0


def lines_of(optimizer: str, step: int = 3, **hyperparameters: float) -> list[Line]:
    trajectory = Trajectory(Run(optimizer, hyperparameters), SURFACES["sphere"], (2.0, -1.0))
    trajectory.advance(step)
    return explain(trajectory, step).lines


def test_the_lines_of_adam_are_those_of_the_paper() -> None:
    assert [line.latex for line in lines_of("adam")] == [
        r"m_t = \beta_1 \, m_{t-1} + \left(1 - \beta_1\right) \, g_t",
        r"v_t = \beta_2 \, v_{t-1} + \left(1 - \beta_2\right) \, g_t^{2}",
        r"\hat{m}_t = \dfrac{m_t}{1 - c \, \beta_1^{t}}",
        r"\hat{v}_t = \dfrac{v_t}{1 - c \, \beta_2^{t}}",
        r"x_t = x_{t-1} - \dfrac{\eta \, \hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}",
    ]


def test_numbers_take_the_places_of_the_symbols() -> None:
    (line,) = lines_of("sgd", step=1, lr=0.25)
    assert (line.code, line.latex) == ("return x - lr * grad", r"x_t = x_{t-1} - \eta \, g_t")
    assert (line.substituted_x, line.substituted_y) == (r"2 - 0.25 \cdot 4", r"-1 - 0.25 \cdot \left(-2\right)")
    assert line.value == (1.0, -0.5)


@pytest.mark.parametrize("optimizer", ["sgd", "bfgs", "trust_region", "momo"])
def test_symbols_of_several_modifiers_together(optimizer: str) -> None:
    modifiers = {"minibatch": 8, "sam": 0.1, "weight_decay": 0.5, "decoupled_weight_decay": 0.5, "lookahead": 2}
    allowed = set(OPTIMIZERS[optimizer].modifiers)
    run = Run(optimizer, {name: value for name, value in modifiers.items() if name in allowed})
    trajectory = Trajectory(run, SURFACES["linear_regression"], START)
    trajectory.advance(2)
    check_lines(trajectory, 1)
    check_lines(trajectory, 2)


def test_fractions_in_fractions_and_exponents_are_small() -> None:
    assert r"\dfrac{\eta \, \bar{m}_t}{\sqrt{\frac{v_t}" in lines_of("nadam")[-1].latex
    assert lines_of("sgd", noise=0.5)[0].latex.endswith(r"{t^{\frac{\gamma}{2}}}")


def test_a_switch_shows_only_the_branch_that_was_computed() -> None:
    assert lines_of("lars", nesterov=0)[-1].latex == r"x_t = x_{t-1} + v_t"
    assert lines_of("lars", nesterov=1)[-1].latex == r"x_t = x_{t-1} + \mathrm{step}_t + \mu \, v_t"


def test_modifiers_have_lines_of_their_own() -> None:
    latex = [line.latex for line in lines_of("sgd", lr=0.1, weight_decay=0.5, decoupled_weight_decay=0.5, lookahead=3)]
    assert latex[:2] == [
        r"\tilde{x}_{t-1} = x_{t-1} \, \left(1 - \eta \, \lambda\right)",
        r"\tilde{g}_t = g_t + \lambda \, x_{t-1}",
    ]
    assert latex[2] == r"\hat{x}_t = \tilde{x}_{t-1} - \eta \, \tilde{g}_t"
    assert latex[-1].startswith("x_t = ")


def test_a_right_side_has_the_symbols_from_before_the_assignment() -> None:
    adopt = lines_of("adopt")
    assert adopt[0].latex == r"\mathrm{step}_t = \dfrac{g_t}{\max\left(\sqrt{v_{t-1}}, \epsilon\right)}"
    assert adopt[-2].latex == r"v_t = \beta_2 \, v_{t-1} + \left(1 - \beta_2\right) \, g_t^{2}"
    sam = [line.latex for line in lines_of("sgd", sam=0.1, cosine_steps=50)]
    assert sam[0] == r"\tilde{\eta}_t = \eta \, \mathrm{cosine}\left(1, T, a\right)\left(t\right)"
    assert sam[1:] == [
        r"g_t = \nabla f\left(x_{t-1}\right)",
        r"\tilde{g}_t = \nabla f\left(x_{t-1} + \rho \, \dfrac{g_t}{\|g_t\|}\right)",
        r"x_t = x_{t-1} - \tilde{\eta}_t \, \tilde{g}_t",
    ]


def test_a_value_of_both_coordinates_is_one_number() -> None:
    by_name = {line.code.partition(" =")[0]: line for line in lines_of("nadam")}
    assert isinstance(by_name["mu"].value, float)
    assert isinstance(by_name["m"].value, tuple)
    assert isinstance({line.code.partition(" =")[0]: line for line in lines_of("lamb")}["r"].value, tuple)
