"""The facts that the help shows: formulas that can be set, letters that occur in them, and no empty words."""

from __future__ import annotations

import re

import pytest
from matplotlib.mathtext import MathTextParser

from app.experiment import Experiment, Run
from app.export.code.numpy_script import numpy_script
from app.race import Race
from optimizers import OPTIMIZERS, PARTS, Optimizer, Part
from optimizers.optimizer import declared_in, lines
from surfaces import SURFACES, Surface

RULES = {**OPTIMIZERS, **PARTS}
EACH_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
EACH_SURFACE = pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)
WITHOUT_A_LETTER = {
    "seed": "it chooses the random numbers", "minibatch_seed": "the same", "noise_seed": "the same",
    "max_iter": "it ends the loop inside of an update", "max_eval": "the same", "tolerance_grad": "the same",
    "tolerance_change": "the same", "max_linesearch_steps": "it ends the line search",
}
NOT_IN_THE_FORMULA = {("lbfgs", "lr"): "the line search begins there, and may end anywhere"}


def occurs(symbol: str, formula: str) -> bool:
    """Whether the letter stands there by itself; a first value, as of a recursion from the value before."""
    if symbol.endswith("_0") and symbol[:-1] + "{t-1}" in formula:
        return True
    before = "" if symbol.startswith("\\") else r"(?<![A-Za-z_\\])"
    return re.search(before + re.escape(symbol) + r"(?![A-Za-z_])", formula) is not None


@EACH_RULE
def test_every_line_of_a_formula_can_be_set(rule: Optimizer | Part) -> None:
    assert rule.formula
    for line in rule.formula.split("\n"):
        assert line == line.strip() != ""
        assert "$" not in line
        assert not re.search(r"\\(text|mathrm)\{[^}]* ", line), "words are no part of a formula"
        assert MathTextParser("agg").parse(f"${line}$").width > 0


@EACH_RULE
def test_a_formula_speaks_of_the_sliders(rule: Optimizer | Part) -> None:
    for name, declared in rule.hyperparameters.items():
        if declared.scale == "switch" or name in WITHOUT_A_LETTER:
            assert not declared.symbol
        elif (rule.id, name) not in NOT_IN_THE_FORMULA:
            assert declared.symbol, name
            assert occurs(declared.symbol, rule.formula), f"{name} = {declared.symbol}"
    letters = [declared.symbol for declared in rule.hyperparameters.values() if declared.symbol]
    assert len(letters) == len(set(letters))


@EACH_RULE
def test_a_rule_has_its_story(rule: Optimizer | Part) -> None:
    assert rule.story[0].isupper()
    assert rule.story[-1] == "."
    assert rule.story != rule.note


@EACH_SURFACE
def test_a_surface_has_its_lesson(surface: Surface) -> None:
    assert surface.lesson[0].isupper()
    assert surface.lesson[-1] in ".?"
    assert surface.lesson != surface.note


def test_a_docstring_is_note_and_story() -> None:
    def rule(x: float, grad: float, t: int) -> float:
        """First
        paragraph.

        Second
        one.
        """
        return x

    declared = declared_in(rule, 3)
    assert declared["note"] == "First paragraph."
    assert declared["story"] == "Second one."


def test_a_script_has_the_note_and_no_story() -> None:
    race = Race(Experiment(surface="rosenbrock", runs=(Run("adam", {"lookahead": 5}),)))
    text = numpy_script(race)
    for rule in (OPTIMIZERS["adam"], PARTS["lookahead"]):
        assert f'    """{rule.note}"""\n' in text
        assert rule.story[:30] not in text


def test_a_formula_loses_the_indentation_of_its_source() -> None:
    assert lines("""
        a = b
        c = d
        """) == ["a = b", "c = d"]


@pytest.mark.parametrize(("symbol", "formula", "expected"), [
    ("s", "s g_t", True), ("s", r"\sum g_s", False), ("d", "d_t", False), (r"\beta", r"\beta m", True),
    (r"\beta", r"\beta_1 m", False), ("G_0", "G_t = G_{t-1} + 1", True)])
def test_a_letter_is_found_by_itself_only(symbol: str, formula: str, expected: bool) -> None:
    assert occurs(symbol, formula) is expected
