"""Derivation of a step: the values of all names in order, and the lines of the computation with their numbers."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
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
from app.analysis.step_explanation.recorded_update import RecordedCall, RecordedUpdate
from app.analysis.step_explanation.recorder import Statement
from app.analysis.step_explanation.symbols import GRADIENT, NEW_POSITION, OLD_POSITION, Symbols, plain_symbol

Value = float | tuple[float, float]  # a number for both coordinates, or one for each
MODIFIED = {
    "rate": (r"\eta", r"\eta_t"),
    "position": (OLD_POSITION, r"\tilde{x}_{t-1}"),
    "loss": (GRADIENT, r"\tilde{g}_t"),
    "gradient": (GRADIENT, r"\tilde{g}_t"),
    "result": (r"\hat{x}_t", NEW_POSITION),
}


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


class Derivation:
    """Stages and lines of a recorded step.

    Parameters
    ----------
    update : RecordedUpdate
        The step, after its call.
    gradient : tuple of float
        The gradient of the surface before the step.
    digits : int
        Significant digits of the substituted numbers.
    """

    def __init__(self, update: RecordedUpdate, gradient: tuple[float, float], digits: int) -> None:
        self.optimizer, self.digits = update.optimizer, digits
        self.stages: list[Stage] = []
        self.lines: list[Line] = []
        if self.optimizer.uses_gradient:
            self.stages.append(Stage("gradient", GRADIENT, (float(gradient[0]), float(gradient[1]))))
        self.current = {stage: symbols[0] for stage, symbols in MODIFIED.items()}
        self.has_result_modifiers = any(call.stage == "result" for call in update.calls)
        rule_calls = [call for call in update.calls if call.stage == "rule"]
        for call in update.calls:
            if call.stage != "rule":
                self._add_modifier(call)
            elif call is rule_calls[-1]:
                self._add_rule(rule_calls)

    def _add_modifier(self, call: RecordedCall) -> None:
        """Add the result of a modifier; inside a rule that evaluates gradients itself, it is part of the rule."""
        if call.stage in ("loss", "gradient") and self.optimizer.takes_loss:
            return
        old, new = self.current[call.stage], MODIFIED[call.stage][1]
        new = new if old == MODIFIED[call.stage][0] else _primed(old)
        new = NEW_POSITION if call.stage == "result" else new
        names = {"lr": self.current["rate"], "grad": self.current["gradient"], "before": OLD_POSITION, "loss": "f"}
        names["x"] = self.current["result"] if call.stage == "result" else OLD_POSITION
        if call.stage == "position":
            names["x"] = self.current["position"]
        self._add_statements([call, call], names, new)
        self.current[call.stage] = new
        if call.stage in ("loss", "gradient"):
            self.current["loss"] = self.current["gradient"] = new
        self._add_stage(call.declared.id, new, call.first_result, call.first_result)

    def _add_rule(self, calls: Sequence[RecordedCall]) -> None:
        pair = [calls[0], calls[-1]]
        position, gradient = self.current["position"], self.current["gradient"]
        new = self.current["result"] if self.has_result_modifiers else NEW_POSITION
        given = {"loss": "f"} if self.optimizer.takes_loss else {"grad": gradient}
        self._add_statements(pair, {"x": position, **given}, new)
        self._add_stage("x", new, *(call.first_result for call in pair))

    def _add_statements(self, calls: Sequence[RecordedCall], names: dict[str, str], result: str) -> None:
        """Add the statements of a call for x and one for y, or of the same call for both."""
        declared = calls[0].declared
        symbols = Symbols(
            {
                **{name: spec.symbol or plain_symbol(name) for name, spec in declared.hyperparameters.items()},
                **({"lr": self.current["rate"]} if self.current["rate"] != r"\eta" else {}),
                **names,
                "t": "t",
            },
            declared.state,
        )
        shared = _SharedNames({"t", "lr", *declared.hyperparameters})
        for x, y in zip(*(call.statements for call in calls), strict=False):
            if x.node is not y.node:
                break  # the coordinates took different branches
            if isinstance(x.node, ast.Return):
                self._add_result((x, y), symbols, shared, result, declared.state)
                continue
            for target, expression in _assignments(x):
                self._add_line((x, y), symbols, shared, target, expression)
            for name in x.assigned:
                symbol = symbols[name]
                if declared is self.optimizer and isinstance(x.node, ast.Assign):
                    is_shared = name in shared.names
                    self._add_stage(name, symbol, x.assigned[name], y.assigned[name], is_shared)

    def _add_line(
        self,
        statements: tuple[Statement, Statement],
        symbols: Symbols,
        shared: _SharedNames,
        target: str,
        expression: ast.expr | None,
    ) -> None:
        """Add the line of an assignment to a name; ``expression`` is None if the name gets part of a value."""
        if expression is None:
            shared.names.discard(target)
            symbols.assign(target)
            return
        expression = _chosen(expression, statements[0])
        if isinstance(expression, ast.Name) and expression.id == target:
            return
        right = _symbols_of(expression, statements, symbols)
        shared.assign(target, expression)
        left = symbols.assign(target)
        self._append(statements, f"{target} = {ast.unparse(expression)}", left, right, expression, shared)

    def _add_result(
        self,
        statements: tuple[Statement, Statement],
        symbols: Symbols,
        shared: _SharedNames,
        result: str,
        state: Sequence[str] | Any,
    ) -> None:
        """Add the lines of a return statement: the new state, then the result itself."""
        assert isinstance(statements[0].node, ast.Return)
        node = statements[0].node.value
        assert node is not None
        first, *others = node.elts if isinstance(node, ast.Tuple) else [node]
        for name, expression in zip(state, others, strict=False):
            if not isinstance(expression, (ast.Name, ast.Constant)):
                self._add_line(statements, symbols, shared, name, expression)
        first = _chosen(first, statements[0])
        right = _symbols_of(first, statements, symbols)
        self._append(statements, f"return {ast.unparse(first)}", result, right, first, shared)

    def _append(
        self,
        statements: tuple[Statement, Statement],
        code: str,
        left: str,
        right: str | None,
        expression: ast.expr,
        shared: _SharedNames,
    ) -> None:
        numbers = NumberPrinter(statements, self.digits)
        try:
            x, y = (numbers.print(expression, axis) for axis in (0, 1))
            values = [statement.value(expression) for statement in statements]
            value = _pair(values[0], values[1], shared.depends_only(expression))
        except (UnprintableError, KeyError):
            return
        if right is not None and right != left:
            self.lines.append(Line(code, f"{left} = {right}", x.tex, y.tex, value))

    def _add_stage(self, name: str, symbol: str, x: Any, y: Any, is_shared: bool = False) -> None:
        with suppress(UnprintableError):  # a matrix, a list of trial points
            self.stages.append(Stage(name, symbol, _pair(x, y, is_shared)))


class _SharedNames:
    """The names that have one value for both coordinates, in a rule that is called once for each."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def depends_only(self, expression: ast.expr) -> bool:
        """Return whether an expression depends on no value that differs between the coordinates."""
        used = {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}
        called = {ast.unparse(node.func) for node in ast.walk(expression) if isinstance(node, ast.Call)}
        return used - called <= self.names

    def assign(self, name: str, expression: ast.expr) -> None:
        """Note the assignment of an expression to a name."""
        (self.names.add if self.depends_only(expression) else self.names.discard)(name)


def _pair(x: Any, y: Any, is_shared: bool) -> Value:
    """Return the value for x and y as a number, if it is one for both, or as a pair."""
    pair = component(x, 0), component(y, 1)
    return pair[0] if is_shared or (x is y and np.ndim(x) == 0) else pair


def _symbols_of(expression: ast.expr, statements: tuple[Statement, Statement], symbols: Symbols) -> str | None:
    try:
        return SymbolPrinter(statements, symbols).print(expression, 0).tex
    except (UnprintableError, KeyError):
        return None


def _chosen(expression: ast.expr, statement: Statement) -> ast.expr:
    """Return the branch of a conditional expression that was evaluated."""
    while isinstance(expression, ast.IfExp):
        expression = expression.body if bool(np.all(statement.value(expression.test))) else expression.orelse
    return expression


def _assignments(statement: Statement) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield each name that a statement assigns with its expression, None if it is part of a value."""
    node = statement.node
    if isinstance(node, ast.Assign):
        value = _chosen(node.value, statement)
        for number, target in enumerate(node.targets):
            if isinstance(target, ast.Name):
                yield target.id, None if number else value
            elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                yield from ((e.id, v) for e, v in zip(target.elts, value.elts, strict=False) if isinstance(e, ast.Name))
            else:
                yield from ((n.id, None) for n in ast.walk(target) if isinstance(n, ast.Name))
    else:
        yield from ((name, None) for name in statement.assigned)


def _primed(symbol: str) -> str:
    base, _, index = symbol.rpartition("_")
    return f"{base}'_{index}"
