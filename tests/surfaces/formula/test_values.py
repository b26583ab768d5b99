"""Values and derivatives of formulas: exact arithmetic, the catalog, and what the compiled code may contain."""

from __future__ import annotations

import ast
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from surfaces import SURFACES, from_formula
from surfaces.data_error import DataError
from surfaces.formula.catalog_texts import catalog_text
from surfaces.formula.code import CodeBuilder, bind_code, check_tree, compile_tree
from surfaces.formula.derivatives import differentiate
from surfaces.formula.formula import read_formula
from surfaces.formula.functions import FLOAT_FUNCTIONS, GUARDED_FUNCTIONS
from surfaces.formula.graph import Graph
from surfaces.formula.lowering import Lowering
from surfaces.formula.parser import Parser
from surfaces.formula.tree import Node
from surfaces.surface import hessian

ANALYTIC = [name for name, surface in SURFACES.items() if surface.with_data is None]


@pytest.mark.parametrize("name", ANALYTIC)
def test_the_catalog_retyped_has_the_same_values_and_derivatives(name: str) -> None:
    surface = SURFACES[name]
    function = read_formula(catalog_text(surface)).function({})
    rng = np.random.default_rng(5)
    x, y = (rng.uniform(low, high, 200) for low, high in surface.bounds)
    expected_loss, expected_gradient = surface(x, y)
    loss, gradient = function(x, y)
    scale = 1 + np.abs(expected_loss)
    np.testing.assert_allclose(loss / scale, expected_loss / scale, atol=1e-10)
    for component, expected in zip(gradient, expected_gradient, strict=True):
        np.testing.assert_allclose(component, expected, rtol=1e-9, atol=1e-9 * (1 + np.abs(expected).max()))
    curvature = surface.hessian(x, y)
    np.testing.assert_allclose(hessian(function, x, y), curvature, rtol=1e-7, atol=1e-9 * np.abs(curvature).max())
    for k in range(20):
        single = function(float(x[k]), float(y[k]))
        np.testing.assert_allclose([single[0], *single[1]], [loss[k], gradient[0][k], gradient[1][k]], rtol=1e-12)


Dual = tuple[Fraction, Fraction, Fraction]  # value, derivative in x, derivative in y


def exact(node: Node, x: Fraction, y: Fraction) -> Dual:
    """Evaluate a tree of +, -, *, / and integer powers in rational arithmetic, with both derivatives."""
    zero, one = Fraction(0), Fraction(1)
    if node.operation == "number":
        return Fraction(node.value), zero, zero  # type: ignore[arg-type]
    if node.operation == "axis":
        return (x, one, zero) if node.value == "x" else (y, zero, one)
    (a, ax, ay), *others = (exact(argument, x, y) for argument in node.arguments)
    if node.operation == "negate":
        return -a, -ax, -ay
    b, bx, by = others[0]
    if node.operation == "^":
        n = int(b)
        return a**n, n * a ** (n - 1) * ax if n else zero, n * a ** (n - 1) * ay if n else zero
    return {
        "+": lambda: (a + b, ax + bx, ay + by),
        "-": lambda: (a - b, ax - bx, ay - by),
        "*": lambda: (a * b, ax * b + a * bx, ay * b + a * by),
        "/": lambda: (a / b, (ax * b - a * bx) / b**2, (ay * b - a * by) / b**2),
    }[node.operation]()


RATIONAL = st.recursive(
    st.sampled_from(["x", "y", "2", "3", "0.5"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(inner, st.integers(0, 4)).map(lambda t: f"({t[0]})^{t[1]}"),
        inner.map(lambda text: f"-({text})"),
    ),
    max_leaves=10,
)


@given(RATIONAL, st.integers(-8, 8), st.integers(-8, 8))
def test_value_and_gradient_equal_exact_arithmetic(text: str, a: int, b: int) -> None:
    x, y = Fraction(2 * a + 1, 4), Fraction(2 * b + 1, 8)
    try:
        loss, (grad_x, grad_y) = read_formula(text).function({})(float(x), float(y))
        expected = exact(Parser(text).parse(), x, y)
    except (ArithmeticError, DataError):
        return  # a division by 0, of the formula or of a constant part
    assume(max(map(abs, expected)) < 1e6)
    size = float(max(map(abs, expected)))
    np.testing.assert_allclose(
        [loss, grad_x, grad_y], [float(part) for part in expected], rtol=1e-7, atol=1e-7 * (1 + size)
    )


@pytest.mark.parametrize(
    "text",
    [
        "tan(x) + asin(x/4) - acos(y/5) + atan(x y)",
        "sinh(x) cosh(y) tanh(x y) + asinh(x)",
        "exp(x - y) + log(x^2 + 1) + sqrt(x^2 + y^2 + 1)",
        "cbrt(x + 3) + root(y + 4, 3) + root(y + 4, 5)",
        "abs(x) + sign(y) x + floor(x) y + ceil(y) x + mod(x, 0.7)",
        "sec(x) + csc(x + 2) + cot(y + 2) + sech(x)",
        "log10(x + 3) + log2(y + 4)",
        "sigmoid(x) + softplus(y) + relu(x) y + gauss(x y) + step(y) x",
        "max(x, y, x y) - min(x, 2y)",
        "hypot(x, y + 1) + atan2(y, x)",
        "(x + 3)^y + (y + 4)^0.3 + 2^x + (x + 3)^2.5",
        "where(x > 0, x^2, -x) + (y if x < y else x y)",
        "sum(k, 1, 4, x^k / k) + prod(k, 1, 3, y + k)",
        "7",
    ],
)
def test_derivatives_of_every_function_equal_differences(text: str) -> None:
    function = read_formula(text).function({})
    x, y, h = np.array([0.31, -1.23, 1.7]), np.array([0.77, 0.41, -1.9]), 1e-6
    loss, gradient = function(x, y)
    assert np.shape(loss) == np.shape(gradient[0]) == np.shape(gradient[1]) == (3,)
    differences = (
        (function(x + h, y)[0] - function(x - h, y)[0]) / (2 * h),
        (function(x, y + h)[0] - function(x, y - h)[0]) / (2 * h),
    )
    np.testing.assert_allclose(gradient, differences, rtol=1e-6, atol=1e-7)
    second = hessian(function, x, y)
    of_gradient = (function(x + h, y)[1][0] - function(x - h, y)[1][0]) / (2 * h)
    np.testing.assert_allclose(second[0, 0], of_gradient, rtol=1e-5, atol=1e-6)
    for k in range(3):
        single = function(float(x[k]), float(y[k]))
        np.testing.assert_allclose([single[0], *single[1]], [loss[k], gradient[0][k], gradient[1][k]], rtol=1e-12)


def test_a_branch_that_is_not_taken_may_have_no_value() -> None:
    function = read_formula("where(x > 0, log(x) + 1/x, -x/(x + 1)^2)").function({})
    assert math.isfinite(function(-2.0, 0.0)[0])
    assert math.isfinite(function(2.0, 0.0)[0])
    with pytest.raises(ValueError, match="math domain error"):
        read_formula("log(x)").function({})(-1.0, 0.0)


def test_parameters_change_without_compiling_again() -> None:
    formula = read_formula("a x^2 + b y")
    assert formula.function({"a": 3.0, "b": 2.0})(2.0, 5.0) == (22.0, (12.0, 2.0))
    assert formula.function({"b": 0.0})(2.0, 5.0)[0] == 4.0, "a parameter without a value is 1"
    assert read_formula("a x^2 + b y") is formula


def test_a_surface_is_made_with_the_lowest_minima_found() -> None:
    surface = from_formula("(x^2+y-11)^2 + (x+y^2-7)^2 + a x", ((-5, 5), (-5, 5)), a=0.0)
    assert surface.minima_estimated
    expected = SURFACES["himmelblau"].minima
    assert len(surface.minima) == len(expected)
    for x, y in surface.minima:
        assert min(math.hypot(x - a, y - b) for a, b in expected) < 1e-6
    assert len(from_formula("(x^2+y-11)^2 + (x+y^2-7)^2 + a x", a=1.0).minima) == 1
    assert from_formula("x + y").minima == (), "the lowest point of the domain is on its border"
    with pytest.raises(DataError, match="no parameter q"):
        from_formula("a x", q=1.0)
    with pytest.raises(DataError, match="no finite value"):
        from_formula("sqrt(-1 - x^2)")


@pytest.mark.parametrize(
    "source",
    [
        "def formula(x, y):\n return __import__('os'), (x, y)",
        "def formula(x, y):\n return x.real, (x, y)",
        "def formula(x, y):\n return open, (x, y)",
        "def formula(x, y):\n return 'text', (x, y)",
        "def formula(x, y):\n return [x], (x, y)",
        "def formula(x, y):\n return (lambda: x)(), (x, y)",
        "def formula(x, y):\n while x: pass\n return x, (x, y)",
        "def formula(x, y):\n return sin(x, out=y), (x, y)",
        "import os",
    ],
)
def test_code_other_than_arithmetic_is_refused(source: str) -> None:
    tree = ast.parse(source)
    with pytest.raises(ValueError, match="is not allowed in a formula"):
        check_tree(tree, FLOAT_FUNCTIONS, ("x", "y"))
    with pytest.raises(ValueError, match="is not allowed in a formula"):
        compile_tree(tree, FLOAT_FUNCTIONS, ("x", "y"))


def test_the_compiled_function_has_no_builtins_and_only_the_names_of_the_table() -> None:
    graph = Graph()
    loss = Lowering(graph).add(Parser("where(a x > 0, sin(x)^3, y/x)").parse(), {})
    gradient = [differentiate(graph, loss, axis) for axis in ("x", "y")]
    tree = CodeBuilder(graph, False, True).build(("x", "y"), loss, gradient)
    code = compile_tree(tree, GUARDED_FUNCTIONS, ("x", "y"))
    assert {constant.__class__ for constant in code.co_consts} <= {float, type(None)}
    assert set(code.co_names) <= {*GUARDED_FUNCTIONS, "p_a"}
    function = bind_code(code, GUARDED_FUNCTIONS, {"a": 2.0})
    assert function.__globals__["__builtins__"] == {}
    assert function(1.0, 2.0)[0] == math.sin(1.0) ** 3
