"""Lines and stages of one function of a step, from what it executed for x and for y."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.analysis.step_explanation.expression_printers import (
    NumberPrinter,
    SymbolPrinter,
    UnprintableError,
    component,
)
from app.analysis.step_explanation.recorder import Statement
from app.analysis.step_explanation.symbols import Symbols

Value = float | tuple[float, float]  # a number for both coordinates, or one for each


@dataclass(frozen=True)
class Stage:
    """A quantity that the step computed: the gradient, the result of a modifier, or a name of the rule."""

    name: str
    symbol: str
    value: Value


@dataclass(frozen=True)
class Line:
    """An assignment of the computation.

    Attributes
    ----------
    code : str
        The assignment in the source of the rule or modifier.
    latex : str
        The same with symbols, as mathtext without dollar signs.
    substituted_x, substituted_y : str
        The right-hand side with the numbers of each coordinate.
    value : float or tuple of float
        Its value.
    """

    code: str
    latex: str
    substituted_x: str
    substituted_y: str
    value: Value


class FunctionLines:
    """Lines and stages of the statements of one function.

    Parameters
    ----------
    symbols : Symbols
        The symbols of its arguments.
    hyperparameters : iterable of str
        Names that have the same value for both coordinates.
    digits : int
        Significant digits of the substituted numbers.

    Attributes
    ----------
    lines : list of Line
        Its assignments and what it returned, as far as they are numbers or pairs.
    stages : list of Stage
        The values of its names.
    """

    def __init__(self, symbols: Symbols, hyperparameters: Iterable[str], digits: int) -> None:
        self.symbols, self.digits = symbols, digits
        self.shared = _SharedNames({"t", "lr", *hyperparameters})
        self.lines: list[Line] = []
        self.stages: list[Stage] = []
        self.statements: tuple[Statement, Statement]

    def add_assignment(self, statements: tuple[Statement, Statement]) -> None:
        """Add the lines and stages of an assignment, as executed for x and for y."""
        self.statements = statements
        pairs = [(name, self._without_conditions(each)) for name, each in _assignments(statements[0])]
        right_sides = [self._symbols_of(expression) for _, expression in pairs]
        for (target, expression), right in zip(pairs, right_sides, strict=True):
            if isinstance(expression, ast.Name) and expression.id == target:
                continue
            self.shared.assign(target, expression)
            left = self.symbols.assign(target)
            if expression is not None:
                self._add_line(f"{target} = {ast.unparse(expression)}", left, right, expression)
        x, y = statements
        if isinstance(x.node, ast.Assign):
            for name in x.assigned:
                is_shared = name in self.shared.names
                self.add_stage(name, self.symbols[name], x.assigned[name], y.assigned[name], is_shared)

    def add_result(self, statements: tuple[Statement, Statement], result: str, state: Iterable[str]) -> None:
        """Add the lines of a return statement: the new state, then the result, whose symbol is given."""
        self.statements = statements
        assert isinstance(statements[0].node, ast.Return)
        node = statements[0].node.value
        assert node is not None
        values = node.elts if isinstance(node, ast.Tuple) else [node]
        first, *others = ((self._without_conditions(each), self._symbols_of(each)) for each in values)
        for name, (expression, right) in zip(state, others, strict=False):
            if expression is not None and not isinstance(expression, (ast.Name, ast.Constant)):
                self.shared.assign(name, expression)
                self._add_line(f"{name} = {ast.unparse(expression)}", self.symbols.assign(name), right, expression)
        assert first[0] is not None
        self._add_line(f"return {ast.unparse(first[0])}", result, first[1], first[0])

    def add_stage(self, name: str, symbol: str, x: Any, y: Any, is_shared: bool = False) -> None:
        """Add a stage, unless its value is something else than a number or a pair."""
        with suppress(UnprintableError):  # a matrix, a list of trial points
            self.stages.append(Stage(name, symbol, _pair(x, y, is_shared)))

    def _add_line(self, code: str, left: str, right: str | None, expression: ast.expr) -> None:
        numbers = NumberPrinter(self.statements, self.digits)
        try:
            x, y = (numbers.print(expression, axis) for axis in (0, 1))
            values = [statement.value(expression) for statement in self.statements]
            value = _pair(values[0], values[1], self.shared.depends_only(expression))
        except (UnprintableError, KeyError):
            return
        if right is not None and right != left:
            self.lines.append(Line(code, f"{left} = {right}", x.tex, y.tex, value))

    def _symbols_of(self, expression: ast.expr | None) -> str | None:
        """Return an expression with symbols, None if that is not possible."""
        if expression is None:
            return None
        try:
            return SymbolPrinter(self.statements, self.symbols).print(expression, 0).tex
        except (UnprintableError, KeyError):
            return None

    def _without_conditions(self, expression: ast.expr | None) -> ast.expr | None:
        return None if expression is None else self.statements[0].chosen(expression)


class _SharedNames:
    """The names that have one value for both coordinates, in a rule that is called once for each."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def depends_only(self, expression: ast.expr) -> bool:
        """Return whether an expression depends on no value that differs between the coordinates."""
        used = {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}
        called = {ast.unparse(node.func) for node in ast.walk(expression) if isinstance(node, ast.Call)}
        return used - called <= self.names

    def assign(self, name: str, expression: ast.expr | None) -> None:
        """Note the assignment of an expression to a name; None for a part of a value."""
        if expression is not None and self.depends_only(expression):
            self.names.add(name)
        else:
            self.names.discard(name)


def _pair(x: Any, y: Any, is_shared: bool) -> Value:
    """Return the value for x and y as a number, if it is one for both, or as a pair."""
    pair = component(x, 0), component(y, 1)
    return pair[0] if is_shared or (x is y and np.ndim(x) == 0) else pair


def _assignments(statement: Statement) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield each name that a statement assigns with its expression, None if it is part of a value."""
    node = statement.node
    if not isinstance(node, ast.Assign):
        yield from ((name, None) for name in statement.assigned)
        return
    value = statement.chosen(node.value)
    for number, target in enumerate(node.targets):
        yield from _assigned(target, None if number else value)


def _assigned(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for each, part in zip(target.elts, value.elts, strict=False):
            yield from _assigned(each, part)
    else:
        yield from ((each.id, None) for each in ast.walk(target) if isinstance(each, ast.Name))
