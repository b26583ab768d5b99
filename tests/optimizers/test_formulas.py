"""Facts shown in the help: formulas can be typeset and match the code, symbols occur in them, texts are complete."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

from app.engine.race import Race
from app.export.code.numpy_script import numpy_script
from app.model.experiment import Experiment
from app.model.run import Run
from optimizers import MODIFIERS, OPTIMIZERS, Modifier, Optimizer, trace
from optimizers.declaration import formula_lines, parse_signature
from surfaces import SURFACES
from tests.optimizers.formula_evaluator import Formula

DECLARATIONS = {**OPTIMIZERS, **MODIFIERS}
EACH_DECLARATION = pytest.mark.parametrize("declared_function", DECLARATIONS.values(), ids=DECLARATIONS)
WITHOUT_SYMBOL = {
    "seed": "it selects the random numbers",
    "minibatch_seed": "the same",
    "noise_seed": "the same",
    "max_iter": "it limits the loop within a step",
    "max_eval": "the same",
    "tolerance_grad": "the same",
    "tolerance_change": "the same",
    "max_linesearch_steps": "it limits the line search",
}
LINE_SEARCH_METHODS = {
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
FORMULA_METHODS = [
    declared_function for declared_function in OPTIMIZERS.values() if declared_function.id not in LINE_SEARCH_METHODS
]
SINGLE_PRECISION = {"nadam_keras", "adafactor_optax"}  # partly computed in single precision
VALUES = {"t0": 3.0, "alpha": 0.9, "beta": 0.8, "scaling": 0.7, "clip": 0.6, "threshold": 4.5}
SWITCH_SYMBOLS = dict.fromkeys(("adam", "adamw", "nadam", "rmsprop", "rmsprop_optax"), ("bias_correction",))
NOT_IN_THE_FORMULA = {("lbfgs", "lr"): "the line search starts with it and may end at any step size"}


def occurs(symbol: str, formula: str) -> bool:
    """Return whether the symbol occurs as a whole; an initial value also occurs through a recursion from t-1."""
    if symbol.endswith("_0") and symbol[:-1] + "{t-1}" in formula:
        return True
    lookbehind = "" if symbol.startswith("\\") else r"(?<![A-Za-z_\\])"
    return re.search(lookbehind + re.escape(symbol) + r"(?![A-Za-z_])", formula) is not None


@pytest.mark.slow
@EACH_DECLARATION
def test_every_line_of_a_formula_can_be_typeset(declared_function: Optimizer | Modifier) -> None:
    assert declared_function.formula
    for line in declared_function.formula.split("\n"):
        assert line == line.strip() != ""
        assert "$" not in line
        assert not re.search(r"\\(text|mathrm)\{[^}]* ", line), "a formula contains no words"
        assert MathTextParser("agg").parse(f"${line}$").width > 0


def test_every_formula_contains_the_symbols_of_the_sliders() -> None:
    for id, declared_function in DECLARATIONS.items():
        for name, spec in declared_function.hyperparameters.items():
            if (spec.scale == "switch" and name not in SWITCH_SYMBOLS.get(id, ())) or name in WITHOUT_SYMBOL:
                assert not spec.symbol, f"{id}: {name}"
            elif (id, name) not in NOT_IN_THE_FORMULA:
                assert spec.symbol, f"{id}: {name}"
                assert occurs(spec.symbol, declared_function.formula), f"{id}: {name} = {spec.symbol}"
        symbols = [spec.symbol for spec in declared_function.hyperparameters.values() if spec.symbol]
        assert len(symbols) == len(set(symbols)), id


def distinct_values(declared_function: Optimizer) -> dict[str, float]:
    """Return values with which every term of the formula has an effect, all different; switches at their defaults."""
    values = {}
    for k, (name, spec) in enumerate(declared_function.hyperparameters.items()):
        if spec.scale == "switch":
            values[name] = spec.default
        elif spec.scale == "decay":
            values[name] = 0.7 + 0.05 * k
        elif spec.scale == "whole":
            values[name] = 4.0
        elif name in ("f_min", "lower_bound"):
            values[name] = -0.3
        elif name == "lr":
            values[name] = 0.002
        else:
            values[name] = VALUES.get(name, 0.02 + 0.01 * k)
    return values


@pytest.mark.parametrize("declared_function", FORMULA_METHODS, ids=lambda declared_function: declared_function.id)
def test_the_code_computes_the_formula(declared_function: Optimizer) -> None:
    surface, start, values = SURFACES["rosenbrock"], (-0.5, 0.8), distinct_values(declared_function)
    formula = Formula(declared_function, surface, start, values)
    path = trace(declared_function, surface, start, 12, **values).positions
    assert np.abs(path[-1] - path[0]).max() > 1e-4
    expected_path = np.array([formula.value("x", t) for t in range(13)])
    np.testing.assert_allclose(expected_path, path, rtol=1e-7 if declared_function.id in SINGLE_PRECISION else 1e-11)


@pytest.mark.parametrize(("id", "names"), SWITCH_SYMBOLS.items())
def test_the_formula_is_true_for_both_positions_of_a_switch_with_a_symbol(id: str, names: tuple[str, ...]) -> None:
    method, surface, start = OPTIMIZERS[id], SURFACES["rosenbrock"], (-0.5, 0.8)
    paths = []
    for name, position in product(names, (0.0, 1.0)):
        values = {**distinct_values(method), name: position}
        formula, path = Formula(method, surface, start, values), trace(method, surface, start, 12, **values).positions
        np.testing.assert_allclose([formula.value("x", t) for t in range(13)], path, rtol=1e-11)
        paths.append(path)
    assert np.abs(paths[0] - paths[1]).max() > 1e-4


def test_every_optimizer_and_modifier_has_a_description() -> None:
    for id, declared_function in DECLARATIONS.items():
        assert declared_function.description[:1].isupper(), id
        assert declared_function.description[-1] == ".", id
        assert declared_function.description != declared_function.summary, id


def test_every_surface_has_a_text_on_what_to_try() -> None:
    for id, surface in SURFACES.items():
        assert surface.what_to_try[:1].isupper(), id
        assert surface.what_to_try[-1] in ".?", id
        assert surface.what_to_try != surface.summary, id


def test_a_docstring_is_summary_and_description() -> None:
    def declared_function(x: float, grad: float, t: int) -> float:
        """First
        paragraph.

        Second
        one.
        """  # noqa: D205  (a summary of two lines is tested)
        return x

    spec = parse_signature(declared_function, 3)
    assert spec["summary"] == "First paragraph."
    assert spec["description"] == "Second one."


def test_an_exported_script_contains_the_summary_but_not_the_description() -> None:
    race = Race(Experiment(surface_id="rosenbrock", runs=(Run("adam", {"lookahead": 5}),)))
    text = numpy_script(race)
    for declared_function in (OPTIMIZERS["adam"], MODIFIERS["lookahead"]):
        summary = (declared_function.function.__doc__ or "").partition("\n\n")[0]
        assert f'    """{summary}"""\n' in text
        assert " ".join(summary.split()) == declared_function.summary
        assert declared_function.description[:30] not in text


def test_a_formula_is_dedented() -> None:
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
def test_a_symbol_is_found_only_as_a_whole(symbol: str, formula: str, expected: bool) -> None:
    assert occurs(symbol, formula) is expected
