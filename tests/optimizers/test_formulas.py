"""The facts that the help shows: formulas that can be set and say what the code does, letters that occur in them, and words."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

from app.engine.race import Race
from app.export.code.numpy_script import numpy_script
from app.model.experiment import Experiment
from app.model.run import Run
from optimizers import MODIFIERS, OPTIMIZERS, Modifier, Optimizer, trace
from optimizers.declaration import formula_lines, parse_signature
from surfaces import SURFACES, Surface
from tests.mathtext import Formula

RULES = {**OPTIMIZERS, **MODIFIERS}
EACH_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
EACH_SURFACE = pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)
WITHOUT_A_LETTER = {
    "seed": "it chooses the random numbers",
    "minibatch_seed": "the same",
    "noise_seed": "the same",
    "max_iter": "it ends the loop inside of an update",
    "max_eval": "the same",
    "tolerance_grad": "the same",
    "tolerance_change": "the same",
    "max_linesearch_steps": "it ends the line search",
}
SEARCHES = {
    "rprop",
    "steepest_descent_armijo",
    "steepest_descent_wolfe",
    "conjugate_gradient_fr",
    "conjugate_gradient_pr",
    "newton",
    "damped_newton",
    "saddle_free_newton",
    "trust_region",
    "levenberg_marquardt",
    "bfgs",
    "lbfgs",
    "lbfgs_optax",
    "nelder_mead",
    "cma_es",
}
GRADIENT_RULES = [rule for rule in OPTIMIZERS.values() if rule.id not in SEARCHES]
SINGLE = {"nadam_keras", "adafactor_optax"}  # part of them is computed in single precision
LARGE = {"t0": 3.0, "alpha": 0.9, "beta": 0.8, "scaling": 0.7, "clip": 0.6, "threshold": 4.5}
NOT_IN_THE_FORMULA = {("lbfgs", "lr"): "the line search begins there, and may end anywhere"}


def occurs(symbol: str, formula: str) -> bool:
    """Whether the letter stands there by itself; a first value, as of a recursion from the value before."""
    if symbol.endswith("_0") and symbol[:-1] + "{t-1}" in formula:
        return True
    before = "" if symbol.startswith("\\") else r"(?<![A-Za-z_\\])"
    return re.search(before + re.escape(symbol) + r"(?![A-Za-z_])", formula) is not None


@EACH_RULE
def test_every_line_of_a_formula_can_be_set(rule: Optimizer | Modifier) -> None:
    assert rule.formula
    for line in rule.formula.split("\n"):
        assert line == line.strip() != ""
        assert "$" not in line
        assert not re.search(r"\\(text|mathrm)\{[^}]* ", line), "words are no part of a formula"
        assert MathTextParser("agg").parse(f"${line}$").width > 0


@EACH_RULE
def test_a_formula_speaks_of_the_sliders(rule: Optimizer | Modifier) -> None:
    for name, declared in rule.hyperparameters.items():
        if declared.scale == "switch" or name in WITHOUT_A_LETTER:
            assert not declared.symbol
        elif (rule.id, name) not in NOT_IN_THE_FORMULA:
            assert declared.symbol, name
            assert occurs(declared.symbol, rule.formula), f"{name} = {declared.symbol}"
    letters = [declared.symbol for declared in rule.hyperparameters.values() if declared.symbol]
    assert len(letters) == len(set(letters))


def unlike(rule: Optimizer) -> dict[str, float]:
    """Values at which every term of the formula counts, no two of one kind alike; switches as they are."""
    values = {}
    for k, (name, declared) in enumerate(rule.hyperparameters.items()):
        if declared.scale == "switch":
            values[name] = declared.default
        elif declared.scale == "decay":
            values[name] = 0.7 + 0.05 * k
        elif declared.scale == "whole":
            values[name] = 4.0
        elif name in ("f_min", "lower_bound"):
            values[name] = -0.3
        elif name == "lr":
            values[name] = 0.002
        else:
            values[name] = LARGE.get(name, 0.02 + 0.01 * k)
    return values


@pytest.mark.parametrize("rule", GRADIENT_RULES, ids=lambda rule: rule.id)
def test_the_code_computes_what_the_formula_says(rule: Optimizer) -> None:
    surface, start, values = SURFACES["rosenbrock"], (-0.5, 0.8), unlike(rule)
    formula = Formula(rule, surface, start, values)
    path = trace(rule, surface, start, 12, **values).positions
    assert np.abs(path[-1] - path[0]).max() > 1e-4
    written = np.array([formula.value("x", t) for t in range(13)])
    np.testing.assert_allclose(written, path, rtol=1e-7 if rule.id in SINGLE else 1e-11)


@EACH_RULE
def test_a_rule_has_its_story(rule: Optimizer | Modifier) -> None:
    assert rule.description[0].isupper()
    assert rule.description[-1] == "."
    assert rule.description != rule.summary


@EACH_SURFACE
def test_a_surface_has_its_lesson(surface: Surface) -> None:
    assert surface.what_to_try[0].isupper()
    assert surface.what_to_try[-1] in ".?"
    assert surface.what_to_try != surface.summary


def test_a_docstring_is_note_and_story() -> None:
    def rule(x: float, grad: float, t: int) -> float:
        """First
        paragraph.

        Second
        one.
        """
        return x

    declared = parse_signature(rule, 3)
    assert declared["summary"] == "First paragraph."
    assert declared["description"] == "Second one."


def test_a_script_has_the_note_and_no_story() -> None:
    race = Race(Experiment(surface_id="rosenbrock", runs=(Run("adam", {"lookahead": 5}),)))
    text = numpy_script(race)
    for rule in (OPTIMIZERS["adam"], MODIFIERS["lookahead"]):
        summary = (rule.function.__doc__ or "").partition("\n\n")[0]
        assert f'    """{summary}"""\n' in text
        assert " ".join(summary.split()) == rule.summary
        assert rule.description[:30] not in text


def test_a_formula_loses_the_indentation_of_its_source() -> None:
    assert formula_lines("""
        a = b
        c = d
        """) == ["a = b", "c = d"]


@pytest.mark.parametrize(
    ("symbol", "formula", "expected"),
    [
        ("s", "s g_t", True),
        ("s", r"\sum g_s", False),
        ("d", "d_t", False),
        (r"\beta", r"\beta m", True),
        (r"\beta", r"\beta_1 m", False),
        ("G_0", "G_t = G_{t-1} + 1", True),
    ],
)
def test_a_letter_is_found_by_itself_only(symbol: str, formula: str, expected: bool) -> None:
    assert occurs(symbol, formula) is expected
