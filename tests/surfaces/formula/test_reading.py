"""What people type is read as they mean it, or refused with the place and the reason."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surfaces.formula.error import FormulaError
from surfaces.formula.formula import read_formula
from surfaces.formula.parser import Parser
from surfaces.formula.tokens import MAX_LENGTH
from surfaces.formula.tree import Node, format_tree


def read(text: str) -> str:
    """Return the formula as it was understood."""
    return format_tree(Parser(text).parse())


def without_places(node: Node) -> tuple[Any, ...]:
    return node.operation, node.value, tuple(map(without_places, node.arguments))


@pytest.mark.parametrize(
    ("typed", "meaning"),
    [
        ("x**2", "x^2"),
        ("2x + 3y", "2 * x + 3 * y"),
        ("x y", "x * y"),
        ("xy", "x * y"),
        ("2(x + 1)", "2 * (x + 1)"),
        ("(x)(y)", "x * y"),
        ("sin 2x", "sin(2 * x)"),
        ("sin²x", "sin(x)^2"),
        ("sin^2 x", "sin(x)^2"),
        ("sin x cos y", "sin(x) * cos(y)"),
        ("xsin(y)", "x * sin(y)"),
        ("sinxcosy", "sin(x) * cos(y)"),
        ("e^-x^2", "e^(-x^2)"),
        ("-x^2", "-x^2"),
        ("2^3^2", "2^3^2"),
        ("x^-2", "x^(-2)"),
        ("x⁻²y³", "x^(-2) * y^3"),
        ("|x - |y||", "abs(x - abs(y))"),
        ("2|x|y", "2 * abs(x) * y"),
        ("√x + √(x y)", "sqrt(x) + sqrt(x * y)"),
        ("x1^2 + x_2", "x^2 + y"),
        ("x₁ x₂", "x * y"),
        ("x[0]^2 + x[1]^2", "x^2 + y^2"),
        ("np.sin(x)", "sin(x)"),
        ("Math.pow(x, 2)", "x^2"),
        (r"\frac{x^2}{20} + y^2", "x^2 / 20 + y^2"),
        (r"\sin\left(x\right)", "sin(x)"),
        (r"\sin x\ e^{y}", "sin(x) * e^y"),
        (r"\sum_{k=1}^{5} k x^k", "sum(k, 1, 5, k * x^k)"),
        (r"10 \cdot x \times y", "10 * x * y"),
        ("f(x, y) = x^2", "x^2"),
        ("z = x - y", "x - y"),
        ("x^2 if x > 0 else -x", "where(x > 0, x^2, -x)"),
        ("where(0 < x ≤ 1, 1, 2)", "where(0 < x <= 1, 1, 2)"),
        ("max(x, y, 1) - min(x, y)", "max(x, y, 1) - min(x, y)"),
        ("sum(k, 1, 5, k cos((k+1) x + k))", "sum(k, 1, 5, k * cos((k + 1) * x + k))"),
        ("ln(x) + arctan(y)", "log(x) + atan(y)"),
        ("log(x, 2)", "log(x) / log(2)"),
        ("2π x − τ", "2 * pi * x - tau"),
        ("α x² + β_1 y", "alpha * x^2 + beta1 * y"),
        ("X^2 + Y^2", "x^2 + y^2"),
        ("1e-3x", "0.001 * x"),
        ("2e x", "2 * e * x"),
        ("{x + 1}^2", "(x + 1)^2"),
        (r"\frac12 x^2 + \frac1{20}y^2", "1 / 2 * x^2 + 1 / 20 * y^2"),
        (r"\frac\pi3 + \frac xy", "pi / 3 + x / y"),
        (r"\sqrt[3]{x} + \sqrt[4]y", "root(x, 3) + root(y, 4)"),
        ("Sqrt[x] y", "sqrt(x) * y"),
        ("Sin[x]^2 Exp[-y]", "sin(x)^2 * exp(-y)"),
        (r"\log_2 x + \log_{10}(y)", "log(x) / log(2) + log(y) / log(10)"),
        ("sin a(x + 1)", "sin(a) * (x + 1)"),
        ("ab(x + 1)", "a * b * (x + 1)"),
    ],
)
def test_common_spellings_are_read(typed: str, meaning: str) -> None:
    assert read(typed) == meaning


@pytest.mark.parametrize(
    ("typed", "place", "message"),
    [
        ("", "", "type a formula"),
        ("0,5 x", ",", "write a decimal number with a point"),
        ("x = y", "=", "one side of the equation"),
        ("sin^-1 x", "sin^-", "can mean the inverse function or 1/sin"),
        ("sin⁻¹ x", "sin⁻¹", "can mean the inverse function or 1/sin"),
        ("d/dx x^2", "d/dx", "the program computes its derivatives"),
        ("x!", "!", "factorials are not supported"),
        ("sine(x)", "sine", "did you mean sin?"),
        ("sqroot(x)", "sqroot", "did you mean sqrt?"),
        ("loss", "loss", "there is no function or constant loss"),
        ("__import__('os')", "__import__", "use only x, y, numbers"),
        ("x.__class__", ".", "a point must be part of a number"),
        ("lambda x: x", ":", "the character : cannot be used"),
        ("'x'", "'", "cannot be used"),
        ("2 3", "3", "an operator is missing between two numbers"),
        ("a2.5", "2.5", "write a^2.5 or a*2.5"),
        ("(x", "(", "never closed"),
        ("x)", ")", "never opened"),
        ("|x", "|", "never closed"),
        ("x +", "", "a number, x, or y is missing here"),
        ("f(x)", "f", "there is no function f"),
        ("2sinc(x)", "sinc", "there is no function sinc"),
        ("erf(x)", "erf", "there is no function erf"),
        ("1 + acosh(x)", "acosh", "there is no function acosh"),
        (r"\frac1.5", "1.5", "{ is missing"),
        ("max(x)", "max(x)", "takes 2–8 arguments, not 1"),
        ("where(x, 1, 2)", ",", "is missing here"),
        ("x < 1", "<", "where(condition, a, b)"),
        ("x / 0", "x / 0", "divided by 0"),
        ("log(-1) x", "log(-1)", "has no value"),
        ("1e999", "1e999", "too large"),
        ("3j", "3j", "imaginary"),
        ("sum(k, 1, 1000, x)", "sum(k, 1, 1000", "1 to 200 terms"),
        ("a+b+c+d+g+h+k+l+m", "m", "at most 8 parameters"),
    ],
)
def test_refusals_name_the_place_and_the_reason(typed: str, place: str, message: str) -> None:
    with pytest.raises(FormulaError) as error:
        read_formula(typed)
    assert typed[error.value.start : error.value.end] == place
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("typed", "remark", "place"),
    [
        ("1/2x", "read as (a/b) c", "1/2x"),
        ("log(x)", "natural logarithm", "log"),
        ("sin x y", "read as one argument", "x y"),
    ],
)
def test_readings_that_may_surprise_are_noted(typed: str, remark: str, place: str) -> None:
    (note,) = read_formula(typed).notes
    assert remark in note.template
    assert typed[note.start : note.end] == place


def test_parameters_are_listed_in_the_order_of_their_first_use() -> None:
    assert read_formula("b x + a y + b + θ").parameters == ("b", "a", "theta")
    assert read_formula("x + y + e + pi").parameters == ()


LEAVES = st.sampled_from(["x", "y", "a", "2", "0.5", "pi"])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "^"]), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        inner.map(lambda text: f"-({text})"),
        inner.map(lambda text: f"sin({text})"),
        st.tuples(inner, inner, inner).map(lambda t: f"where({t[0]} < {t[1]}, {t[2]}, {t[1]})"),
    ),
    max_leaves=12,
)


@given(TREES)
def test_the_printed_formula_is_read_as_the_same_tree(text: str) -> None:
    tree = Parser(text).parse()
    assert without_places(Parser(format_tree(tree)).parse()) == without_places(tree)


PIECES = [
    *("x", "y", "a", "sin", "cos", "exp", "log", "sqrt", "sum(", "k", ",", "1", "5", "2.5", "(", ")", "+", "-", "*"),
    *("/", "^", "|", "²", "√", r"\frac", "{", "}", "where(", "<", "if", "else", "max(", "[0]", "_1", " ", "e", "pi"),
    *(r"\sum_{i=1}^{5}", "=", "α", "⁻¹", "!", "..", "1e5", "𝑥", "\x00", "__class__", "'", '"', "#", "\n"),
]


def place_of_error(text: str) -> tuple[int, int]:
    """Return the place of the error in a formula, (0, 0) if it is read."""
    try:
        read_formula(text)
    except FormulaError as error:
        return error.start, error.end
    return 0, 0


@pytest.mark.slow
def test_random_texts_are_read_or_refused_at_a_place_inside_them() -> None:
    rng = random.Random(7)
    for _ in range(10_000):
        text = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 30)))
        start, end = place_of_error(text)
        assert 0 <= start <= end <= len(text), text


@pytest.mark.parametrize("piece", ["(", "-", "x^", "sin ", "|", "abs(", "x*", "where(x>0,", "sum(k,1,200,", "x+", "1/"])
def test_deep_and_long_formulas_end_in_an_answer(piece: str) -> None:
    for count in (10, 100, MAX_LENGTH // len(piece), MAX_LENGTH):
        text = piece * count + "x"
        assert place_of_error(text)[1] <= len(text)
