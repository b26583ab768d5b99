"""Rows, LaTeX and names of an explained step, for every optimizer."""

from __future__ import annotations

import pytest

from app.analysis.step_explanation import StepExplanation, explain, explain_with
from app.analysis.step_text.curvature_rows import curvature_section
from app.analysis.step_text.derived_formula import derived_formula
from app.analysis.step_text.latex_text import latex_text
from app.analysis.step_text.names import part_name, point_name
from app.analysis.step_text.rows import STEEPEST_KEY, StepRow, step_sections
from app.engine.trajectory import Trajectory
from app.model.run import Run
from optimizers import Optimizer
from surfaces import SURFACES
from tests.analysis.step_explanation.steps import EVERY_OPTIMIZER, START

STEPS = (1, 3, 7)


def trajectory_of(run: str, surface: str = "himmelblau", steps: int = 7) -> Trajectory:
    trajectory = Trajectory(Run.parse(run), SURFACES[surface], START)
    trajectory.advance(steps)
    return trajectory


def rows_of(explanation: StepExplanation) -> list[StepRow]:
    return [row for section in step_sections(explanation) for row in section.rows]


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", EVERY_OPTIMIZER, ids=lambda optimizer: optimizer.id)
def test_every_line_stage_part_and_point_has_one_row(optimizer: Optimizer) -> None:
    trajectory = trajectory_of(optimizer.id)
    for step in STEPS:
        if step > trajectory.last_step:
            break
        explanation = explain(trajectory, step)
        rows = rows_of(explanation)
        assert [row.line for row in rows if row.line] == explanation.lines
        assert {stage.symbol for stage in explanation.stages} <= {row.symbol for row in rows}
        computed = next(each for each in step_sections(explanation) if each.rows[-1].symbol == "x_t")
        assert len({row.symbol for row in computed.rows}) == len(computed.rows)
        assert {*explanation.parts, *explanation.points} <= {row.key for row in rows}
        assert all("\\" not in row.spoken_text() and row.spoken_text().strip(": ") for row in rows)


@pytest.mark.parametrize("optimizer", EVERY_OPTIMIZER, ids=lambda optimizer: optimizer.id)
def test_latex_has_balanced_braces_and_every_line(optimizer: Optimizer) -> None:
    explanation = explain(trajectory_of(optimizer.id), 1)
    text = latex_text(explanation)
    assert text.count("{") == text.count("}")
    assert text.count(r"\left") == text.count(r"\right")
    assert all(line.latex.partition(" = ")[2] in text for line in explanation.lines)


def test_latex_of_gradient_descent() -> None:
    trajectory = Trajectory(Run.parse("sgd lr=0.25"), SURFACES["sphere"], (2.0, -1.0))
    trajectory.advance(1)
    assert latex_text(explain(trajectory, 1)).splitlines() == [
        r"\begin{align*}",
        r"x_t &= x_{t-1} - \eta \, g_t \\",
        r"\left(x_t\right)_x &= 2 - 0.25 \cdot 4 = 1 \\",
        r"\left(x_t\right)_y &= -1 - 0.25 \cdot \left(-2\right) = -0.5 \\",
        r"x_t - x_{t-1} &= \underbrace{\left(-1, 0.5\right)}_{\text{gradient}}",
        r"\end{align*}",
    ]


def test_names_with_numbers_and_of_modifiers() -> None:
    assert point_name("trials 3") == "trial 3"
    assert point_name("before lookahead") == "before Lookahead"
    assert point_name("own_name") == "own_name"
    assert part_name("origin") == "pull to the origin"


@pytest.mark.parametrize("optimizer", EVERY_OPTIMIZER, ids=lambda optimizer: optimizer.id)
def test_a_step_with_the_same_hyperparameters_is_the_same_step(optimizer: Optimizer) -> None:
    trajectory = trajectory_of(optimizer.id, steps=3)
    step = trajectory.last_step
    changed = explain_with(trajectory, step, trajectory.hyperparameters_at(step))
    assert changed.as_dict() == explain(trajectory, step).as_dict()


def test_a_changed_hyperparameter_starts_from_the_same_state() -> None:
    trajectory = trajectory_of("momentum lr=0.001 momentum=0.9", steps=5)
    step = explain(trajectory, 5)
    changed = explain_with(trajectory, 5, {"lr": 0.002, "momentum": 0.9})
    assert changed.before is step.before
    assert changed.parts["gradient"] == pytest.approx([2 * each for each in step.parts["gradient"]])
    assert changed.parts["memory"] == pytest.approx(step.parts["memory"])
    assert trajectory.last_step == 5
    with pytest.raises(ArithmeticError):
        explain_with(trajectory, 5, {"lr": 1e308, "momentum": 0.9})


@pytest.mark.parametrize(
    ("run", "texts"),
    [
        ("sgd lr=1.5", ["stability limit 2/λmax: 1", "The learning rate 1.5 exceeds the stability limit 2/λmax = 1."]),
        ("adam lr=0.1", ["effective learning rate: "]),
        ("bfgs", ["smallest curvature: 2"]),
    ],
)
def test_the_curvature_has_the_stability_limit_where_there_is_one(run: str, texts: list[str]) -> None:
    trajectory = trajectory_of(run, "sphere", 2)
    section = curvature_section(trajectory, 2)
    assert section is not None
    spoken = [row.spoken_text() for row in section.rows]
    assert all(any(each.startswith(text) for each in spoken) for text in texts)
    assert section.rows[0].key == STEEPEST_KEY
    assert "nan" not in " ".join(spoken)


def test_no_curvature_in_a_kink() -> None:
    trajectory = Trajectory(Run.parse("sgd lr=1"), lambda x, y: (abs(x), (1.0 if x > 0 else -1.0, 0.0 * y)), (1.0, 0.0))
    trajectory.advance(1)
    assert curvature_section(trajectory, 1) is None


def test_a_switch_that_selects_a_formula_gives_the_lines_of_the_code() -> None:
    assert derived_formula(Run("lars")) == ""
    assert derived_formula(Run("adam", {"bias_correction": 0.0})) == ""
    nesterov = 1 - Run("lars").hyperparameters["nesterov"]
    assert derived_formula(Run("lars", {"nesterov": nesterov})).splitlines()[-1].startswith("x_t = ")


@pytest.mark.parametrize("optimizer", EVERY_OPTIMIZER, ids=lambda optimizer: optimizer.id)
def test_every_position_of_every_switch_has_a_formula(optimizer: Optimizer) -> None:
    for name, spec in optimizer.hyperparameters.items():
        if spec.scale == "switch" and not spec.symbol:
            assert derived_formula(Run(optimizer.id, {name: 1 - spec.default}))
