"""What a step is made of: contributions of the gradient, the memory and the position, which add up to the step.

A walk over the recorded statements. A sum keeps the contributions of its terms; a factor or a divisor scales them. What
is not linear, such as a square root or a norm, is a scale only: it has no contributions of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from app.analysis.step_explanation.recorder import Statement
from optimizers import arithmetic
from optimizers.loss import Loss

Contributions = dict[str, Any]  # by source; the sum is the value
GRADIENT, MEMORY, POSITION, CONSTANT = "gradient", "memory", "position", "constant"
RANKS = {GRADIENT: 3, POSITION: 2, MEMORY: 1, CONSTANT: 0}  # which of two factors keeps its contributions
LIMITING: tuple[Any, ...] = (
    arithmetic.maximum,
    arithmetic.minimum,
    arithmetic.sign,
    max,
    min,
    np.maximum,
    np.minimum,
    np.sign,
    np.asarray,
    float,
)


def total(contributions: Contributions) -> Any:
    """Return the sum of all contributions."""
    return sum(contributions.values())


def scale(contributions: Contributions, factor: Any) -> Contributions:
    """Return the contributions multiplied by a factor."""
    return {source: value * factor for source, value in contributions.items()}


def add(left: Contributions, right: Contributions, sign: int = 1) -> Contributions:
    """Return the contributions to a sum, or to a difference if ``sign`` is -1."""
    result = dict(left)
    for source, value in right.items():
        result[source] = result.get(source, 0.0) + sign * value
    return result


def rescale(contributions: Contributions, value: Any) -> Contributions | None:
    """Return the contributions scaled so that they add up to a value; None if that is not possible."""
    old, new = np.asarray(total(contributions), float), np.asarray(value, float)
    if ((old == 0) & (new != 0)).any():
        return None
    factor = np.where(old != 0, new / np.where(old != 0, old, 1.0), 0.0)
    return scale(contributions, factor if factor.ndim else float(factor))


def contributions_of(statements: Iterable[Statement], arguments: Mapping[str, Contributions]) -> Contributions | None:
    """Return the contributions to the first value that a recorded function returned, None if there are none.

    Parameters
    ----------
    statements : iterable of Statement
        What the function executed.
    arguments : mapping of str to dict
        The contributions to its arguments; an argument without any is a scale.
    """
    walk = _Walk(arguments)
    for statement in statements:
        if isinstance(statement.node, ast.Return):
            value = statement.node.value
            assert value is not None
            walk.statement = statement
            return walk.contributions(value.elts[0] if isinstance(value, ast.Tuple) else value)
        walk.execute(statement)
    return None


class _Walk:
    """The contributions to every name after each statement."""

    def __init__(self, arguments: Mapping[str, Contributions]) -> None:
        self.names = dict(arguments)
        self.statement: Statement

    def execute(self, statement: Statement) -> None:
        """Note the contributions to the names that a statement assigns."""
        self.statement = statement
        if not isinstance(statement.node, ast.Assign):
            self._bind((name, None) for name in statement.assigned)
            return
        value = self.statement.chosen(statement.node.value)
        self._bind([pair for target in statement.node.targets for pair in self._assigned(target, value)])

    def _assigned(self, target: ast.expr, value: ast.expr) -> Iterator[tuple[str, Contributions | None]]:
        """Yield the contributions to the names in a target."""
        if isinstance(target, ast.Name):
            yield target.id, self.contributions(value)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for each, part in zip(target.elts, value.elts, strict=False):
                yield from self._assigned(each, part)
        else:
            names = [each.id for each in ast.walk(target) if isinstance(each, ast.Name)]
            yield from ((name, None) for name in names)
            if len(names) == 2 and self._is_evaluation(value, "value_and_gradient"):
                yield names[1], {GRADIENT: self.statement.assigned[names[1]]}

    def _bind(self, pairs: Iterable[tuple[str, Contributions | None]]) -> None:
        for name, contributions in pairs:
            self.names.pop(name, None)
            if contributions is not None:
                self.names[name] = contributions

    def contributions(self, node: ast.expr) -> Contributions | None:
        """Return the contributions to an expression, None if it is only a scale."""
        node = self.statement.chosen(node)
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.BinOp):
            return self._binary(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            operand = self.contributions(node.operand)
            return None if operand is None else scale(operand, -1)
        if isinstance(node, ast.Call):
            return self._call(node)
        return None

    def _binary(self, node: ast.BinOp) -> Contributions | None:
        left, right = self.contributions(node.left), self.contributions(node.right)
        if left is None and right is None:
            return None
        if isinstance(node.op, (ast.Add, ast.Sub)):
            left = {CONSTANT: self.statement.value(node.left)} if left is None else left
            right = {CONSTANT: self.statement.value(node.right)} if right is None else right
            return add(left, right, 1 if isinstance(node.op, ast.Add) else -1)
        if isinstance(node.op, ast.Mult):
            if left is None or (right is not None and _rank(right) > _rank(left)):
                assert right is not None
                return scale(right, self.statement.value(node.left))
            return scale(left, self.statement.value(node.right))
        if isinstance(node.op, ast.MatMult) and left is None and right is not None:
            matrix = self.statement.value(node.left)
            return {source: matrix @ (value + np.zeros(2)) for source, value in right.items()}
        if isinstance(node.op, ast.Div) and left is not None:
            return rescale(left, self.statement.value(node))
        return None

    def _call(self, node: ast.Call) -> Contributions | None:
        function, value = self.statement.value(node.func), self.statement.value(node)
        if self._is_evaluation(node, "gradient") or self._is_evaluation(node, "sampled_gradient"):
            return {GRADIENT: value}
        if function is arithmetic.where:
            return self._where(*node.args)
        arguments = [each for each in map(self.contributions, node.args) if each is not None]
        if function is arithmetic.ratio:
            numerator = self.contributions(node.args[0])
            return None if numerator is None else rescale(numerator, value)
        if function not in LIMITING or not arguments:
            return None
        if len(arguments) == 2:
            is_first = np.equal(value, total(arguments[0]))
            return _select(is_first, arguments[0], arguments[1])
        return rescale(arguments[0], value)

    def _where(self, condition: ast.expr, if_true: ast.expr, if_false: ast.expr) -> Contributions | None:
        branches = [self.contributions(each) for each in (if_true, if_false)]
        if branches == [None, None]:
            return None
        values = [self.statement.value(each) for each in (if_true, if_false)]
        filled = [{CONSTANT: v} if c is None else c for c, v in zip(branches, values, strict=True)]
        return _select(self.statement.value(condition), *filled)

    def _is_evaluation(self, node: ast.expr, method: str) -> bool:
        """Return whether an expression is a call of a method of the loss."""
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == method
            and isinstance(self.statement.value(node.func.value), Loss)
        )


def _rank(contributions: Contributions) -> int:
    return max(RANKS.get(source, RANKS[GRADIENT]) for source in contributions)  # a modifier changes the gradient


def _select(condition: Any, if_true: Contributions, if_false: Contributions) -> Contributions:
    return {
        source: arithmetic.where(condition, if_true.get(source, 0.0), if_false.get(source, 0.0))
        for source in {**if_true, **if_false}
    }
