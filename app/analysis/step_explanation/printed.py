"""Printed expressions: mathtext together with the number it stands for, and the operations on them."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

# How tightly an expression binds
SUM, NEGATION, PRODUCT, FRACTION, POWER, ATOM = range(1, 7)


class Printed(NamedTuple):
    """An expression in mathtext, its value computed as it is printed, and how tightly it binds."""

    tex: str
    number: float
    binding: int = ATOM

    def within(self, binding: int) -> str:
        """Return the text, in parentheses if it binds less tightly than this."""
        return self.tex if self.binding >= binding else rf"\left({self.tex}\right)"


def format_number(value: float, digits: int) -> Printed:
    """Return a number with some significant digits."""
    if not math.isfinite(value):
        text = r"\mathrm{nan}" if math.isnan(value) else r"\infty" if value > 0 else r"-\infty"
        return Printed(text, value, NEGATION if value < 0 else ATOM)
    text = f"{value:.{digits}g}"
    binding = NEGATION if text.startswith("-") else ATOM
    if "e" in text:
        mantissa, exponent = text.split("e")
        text, binding = rf"{mantissa} \cdot 10^{{{int(exponent)}}}", min(binding, PRODUCT)
    return Printed(text, value, binding)


def add(left: Printed, right: Printed) -> Printed:
    """Return a sum."""
    text = right.within(PRODUCT) if right.tex.startswith("-") else right.tex
    return Printed(f"{left.tex} + {text}", left.number + right.number, SUM)


def subtract(left: Printed, right: Printed) -> Printed:
    """Return a difference."""
    return Printed(f"{left.tex} - {right.within(PRODUCT)}", left.number - right.number, SUM)


def multiply(left: Printed, right: Printed) -> Printed:
    """Return a product; equal factors next to each other become a square."""
    first, second = left.within(NEGATION), right.within(PRODUCT)
    number, binding = left.number * right.number, NEGATION if first.startswith("-") else PRODUCT
    if right.binding == ATOM or second.startswith(r"\left("):
        if left.within(PRODUCT) == second:
            return Printed(f"{second}^{{2}}", number, POWER)
        if first.endswith(f" {second}"):
            return Printed(f"{first}^{{2}}", number, binding)
    are_numbers = not (math.isnan(left.number) or math.isnan(right.number))
    between = r" \cdot " if are_numbers or second[0].isdigit() else r" \, "
    return Printed(first + between + second, number, binding)


def fraction(left: Printed, right: Printed) -> Printed:
    """Return a quotient; fractions inside it are small."""
    number = math.nan if right.number == 0 else left.number / right.number
    return Printed(rf"\dfrac{{{_small(left.tex)}}}{{{_small(right.tex)}}}", number, FRACTION)


def power(left: Printed, right: Printed) -> Printed:
    """Return a power."""
    number = math.nan if (left.number < 0 and right.number % 1) or left.number == 0 else left.number**right.number
    return Printed(f"{left.within(ATOM)}^{{{_small(right.tex)}}}", number, POWER)


def _small(tex: str) -> str:
    return tex.replace(r"\dfrac", r"\frac")


OPERATIONS: Mapping[type[ast.operator], Callable[[Printed, Printed], Printed]] = {
    ast.Add: add,
    ast.Sub: subtract,
    ast.Mult: multiply,
    ast.Div: fraction,
    ast.Pow: power,
}


def apply(function: str, arguments: Sequence[Printed]) -> str:
    """Return a function with its arguments."""
    return rf"{function}\left({', '.join(argument.tex for argument in arguments)}\right)"


def escape(name: str) -> str:
    """Return a name with its underscores escaped."""
    return name.replace("_", r"\_")
