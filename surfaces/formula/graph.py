"""Graph of a formula in which every distinct expression occurs once, simplified while it is built."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from surfaces.formula.error import FormulaError
from surfaces.formula.functions import FLOAT_FUNCTIONS

MAX_NODES = 3000  # of a formula and its derivatives
LARGEST_INTEGER_POWER = 64  # larger powers are not written as products
Key = tuple[str, tuple[Any, ...]]


class Entry(NamedTuple):
    """An expression: the name of its operation, and the indices of its arguments or its own value."""

    operation: str
    arguments: tuple[Any, ...]

    @property
    def is_leaf(self) -> bool:
        """Whether the arguments are a value instead of indices."""
        return self.operation in ("constant", "axis", "parameter")


class Graph:
    """Expressions as entries; an expression is known by its index, and its arguments come before it.

    Raises FormulaError, with an empty place, if a constant part has no value or the graph becomes too large.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._indices: dict[Key, int] = {}

    def add(self, operation: str, *arguments: Any) -> int:
        """Return the index of an expression."""
        key = (operation, arguments)
        if key not in self._indices:
            if len(self.entries) >= MAX_NODES:
                raise FormulaError("the formula and its derivatives are too long", 0, 0)
            self._indices[key] = len(self.entries)
            self.entries.append(Entry(operation, arguments))
        return self._indices[key]

    def constant(self, value: float) -> int:
        """Return the index of a number."""
        if not math.isfinite(value):
            raise FormulaError("this constant part is not a finite number", 0, 0)
        return self.add("constant", float(value) + 0.0)  # -0.0 becomes 0.0

    def value_of(self, index: int) -> float | None:
        """Return the value of a constant; None for another expression."""
        entry = self.entries[index]
        return entry.arguments[0] if entry.operation == "constant" else None

    def arguments_of(self, index: int, operation: str) -> tuple[int, ...] | None:
        """Return the arguments of an expression with an operation; None for another one."""
        entry = self.entries[index]
        return entry.arguments if entry.operation == operation else None

    def plus(self, one: int, other: int) -> int:
        """Return one + other."""
        a, b = self.value_of(one), self.value_of(other)
        if a is not None and b is not None:
            return self.constant(a + b)
        if a == 0:
            return other
        if b == 0:
            return one
        if one == other:
            return self._scaled(2, one)
        negated = self.arguments_of(other, "negate")
        return self.minus(one, negated[0]) if negated else self.add("+", one, other)

    def minus(self, one: int, other: int) -> int:
        """Return one - other."""
        a, b = self.value_of(one), self.value_of(other)
        if a is not None and b is not None:
            return self.constant(a - b)
        if b == 0:
            return one
        if a == 0 or one == other:
            return self.negate(other) if a == 0 else self.constant(0)
        negated = self.arguments_of(other, "negate")
        return self.plus(one, negated[0]) if negated else self.add("-", one, other)

    def negate(self, one: int) -> int:
        """Return -one."""
        a, negated, factors = self.value_of(one), self.arguments_of(one, "negate"), self.arguments_of(one, "*")
        if a is not None:
            return self.constant(-a)
        if negated:
            return negated[0]
        factor = self.value_of(factors[0]) if factors else None
        if factors and factor is not None:
            return self.times(self.constant(-factor), factors[1])
        return self.add("negate", one)

    def times(self, one: int, other: int) -> int:
        """Return one * other, with a constant factor first."""
        a, b = self.value_of(one), self.value_of(other)
        if b is not None:
            one, other, a, b = other, one, b, a
        if a is not None:
            return self._scaled(a, other)
        for factor, rest in ((one, other), (other, one)):
            negated, factors = self.arguments_of(factor, "negate"), self.arguments_of(factor, "*")
            if negated:
                return self.negate(self.times(negated[0], rest))
            if factors and self.value_of(factors[0]) is not None:
                return self.times(factors[0], self.times(factors[1], rest))
        return self.add("*", min(one, other), max(one, other))

    def _scaled(self, factor: float, one: int) -> int:
        value, negated, factors = self.value_of(one), self.arguments_of(one, "negate"), self.arguments_of(one, "*")
        inner = self.value_of(factors[0]) if factors else None
        if value is not None:
            return self.constant(factor * value)
        if factor in (0, 1):
            return one if factor else self.constant(0)
        if negated:
            return self._scaled(-factor, negated[0])
        if factor == -1:
            return self.negate(one)
        if factors and inner is not None:
            return self._scaled(factor * inner, factors[1])
        return self.add("*", self.constant(factor), one)

    def over(self, one: int, other: int) -> int:
        """Return one / other."""
        a, b = self.value_of(one), self.value_of(other)
        if b == 0:
            raise FormulaError("this constant part is divided by 0", 0, 0)
        if a is not None and b is not None:
            return self.constant(a / b)
        if b == 1 or a == 0:
            return one
        return self.add("/", one, other)

    def power(self, base: int, exponent: int) -> int:
        """Return base to the power of exponent; a small integer power becomes a product."""
        a, b = self.value_of(base), self.value_of(exponent)
        if a is not None and b is not None:
            return self.call("power", base, exponent)
        if b is not None and b == int(b) and abs(b) <= LARGEST_INTEGER_POWER:
            return self._integer_power(base, int(b))
        if b is not None and 2 * b == int(2 * b) and 0 < b <= 8:
            return self.times(self._integer_power(base, int(b)), self.call("sqrt", base))
        if a is not None and a > 0:
            return self.call("exp", exponent if a == math.e else self._scaled(math.log(a), exponent))
        return self.add("power", base, exponent)

    def _integer_power(self, base: int, exponent: int) -> int:
        if exponent == 0:
            return self.constant(1)
        if exponent < 0:
            return self.over(self.constant(1), self._integer_power(base, -exponent))
        if exponent == 1:
            return base
        half = self._integer_power(base, exponent // 2)
        square = self.times(half, half)
        return self.times(square, base) if exponent % 2 else square

    def call(self, name: str, *arguments: int) -> int:
        """Return a function of ``FLOAT_FUNCTIONS`` applied to arguments."""
        values = [self.value_of(argument) for argument in arguments]
        if None in values:
            return self.add(name, *arguments)
        try:
            return self.constant(FLOAT_FUNCTIONS[name](*values))
        except (ArithmeticError, ValueError):
            raise FormulaError("this constant part has no value", 0, 0) from None
