"""Expressions of a rule as mathtext: with the symbols of their names, or with the numbers they had."""

from __future__ import annotations

import ast
import math
import types
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.analysis.step_explanation.printed import (
    ATOM,
    NEGATION,
    OPERATIONS,
    POWER,
    PRODUCT,
    Printed,
    add,
    apply,
    escape,
    format_number,
    fraction,
    multiply,
)
from app.analysis.step_explanation.recorder import Statement
from app.analysis.step_explanation.symbols import Symbols
from optimizers.arithmetic import dot, maximum, minimum, norm, ratio, sign, sqrt, where
from optimizers.loss import Loss

ROUNDING = 1e-12  # relative difference between a printed expression and what the code computed

SQUARE_ROOTS: tuple[Any, ...] = (sqrt, math.sqrt, np.sqrt)
MAXIMA: tuple[Any, ...] = (maximum, max, np.maximum)
MINIMA: tuple[Any, ...] = (minimum, min, np.minimum)
CONVERSIONS: tuple[Any, ...] = (float, int, np.asarray, np.float64)

LOSS_NOTATION = {"gradient": r"\nabla ", "value": "", "hessian": r"\nabla^2 "}  # before the symbol of the loss


class UnprintableError(Exception):
    """Raised for a value that is neither a number nor a pair of numbers."""


def component(value: Any, axis: int) -> float:
    """Return a number, or the component of a pair; raise UnprintableError for other values."""
    if isinstance(value, np.ndarray) and value.shape == (2,):
        return float(value[axis])
    if isinstance(value, (bool, int, float, np.number, np.bool_)) or (isinstance(value, np.ndarray) and not value.ndim):
        return float(value)
    raise UnprintableError


class ExpressionPrinter(ABC):
    """Prints expressions of a statement; ``axis`` selects the coordinate.

    Parameters
    ----------
    statements : sequence of Statement
        The statement as it was executed for x and for y; the same one twice for a rule that couples the coordinates.
    """

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = statements

    def value(self, node: ast.AST, axis: int) -> Any:
        """Return the value that an expression had."""
        return self.statements[axis].value(node)

    @abstractmethod
    def print(self, node: ast.expr, axis: int) -> Printed:
        """Return an expression in mathtext; raise UnprintableError if that is not possible."""

    def compose(self, node: ast.expr, axis: int) -> Printed | None:
        """Return an operation applied to its printed operands, None for operations that have no notation."""
        if isinstance(node, ast.BinOp):
            return self._binary(node, axis)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            operand = self.print(node.operand, axis)
            return Printed("-" + operand.within(PRODUCT), -operand.number, NEGATION)
        if isinstance(node, ast.IfExp):
            return self.print(self.statements[axis].chosen(node), axis)
        if isinstance(node, ast.Call) and not node.keywords:
            return self._call(node, axis)
        return None

    def _binary(self, node: ast.BinOp, axis: int) -> Printed | None:
        operation = OPERATIONS.get(type(node.op))
        return operation(self.print(node.left, axis), self.print(node.right, axis)) if operation else None

    def _call(self, node: ast.Call, axis: int) -> Printed | None:
        function = self.value(node.func, axis)
        if function in CONVERSIONS:
            return self.print(node.args[0], axis)
        if function is where:
            return self._where(node.args, axis)
        if function in (dot, norm):
            return self._sum_over_coordinates(node.args[0], node.args[-1], function is norm)
        if function is ratio:
            return fraction(self.print(node.args[0], axis), self.print(node.args[1], axis))
        arguments = [self.print(argument, axis) for argument in node.args]
        numbers = [argument.number for argument in arguments]
        if function in SQUARE_ROOTS:
            return Printed(rf"\sqrt{{{arguments[0].tex}}}", math.sqrt(numbers[0]) if numbers[0] >= 0 else math.nan)
        if function is abs:
            return Printed(rf"\left|{arguments[0].tex}\right|", abs(numbers[0]))
        for functions, name, compute in ((MAXIMA, r"\max", max), (MINIMA, r"\min", min)):
            if function in functions:
                return Printed(apply(name, arguments), compute(numbers))
        if function in (sign, np.sign):
            return Printed(apply(r"\mathrm{sign}", arguments), float(np.sign(numbers[0])))
        return None

    def _where(self, arguments: Sequence[ast.expr], axis: int) -> Printed:
        condition, if_true, if_false = arguments
        return self.print(if_true if component(self.value(condition, axis), axis) else if_false, axis)

    def _sum_over_coordinates(self, first: ast.expr, second: ast.expr, is_norm: bool) -> Printed:
        products = [multiply(self.print(first, axis), self.print(second, axis)) for axis in (0, 1)]
        square = add(*products)
        return Printed(rf"\sqrt{{{square.tex}}}", math.sqrt(square.number)) if is_norm else square


class NumberPrinter(ExpressionPrinter):
    """Prints expressions with the numbers they had.

    An expression without a notation, or whose numbers do not give the value that the code computed, is printed as that
    value.
    """

    def __init__(self, statements: Sequence[Statement], digits: int) -> None:
        super().__init__(statements)
        self.digits = digits

    def print(self, node: ast.expr, axis: int) -> Printed:
        """Return an expression with numbers in place of its names."""
        value = component(self.value(node, axis), axis)
        try:
            printed = self.compose(node, axis)
        except (UnprintableError, KeyError, ArithmeticError):
            printed = None
        if printed is None or not math.isclose(printed.number, value, rel_tol=ROUNDING):
            return format_number(value, self.digits)
        return printed


class SymbolPrinter(ExpressionPrinter):
    """Prints expressions with the symbols of their names."""

    def __init__(self, statements: Sequence[Statement], symbols: Symbols) -> None:
        super().__init__(statements)
        self.symbols = symbols

    def print(self, node: ast.expr, axis: int) -> Printed:
        """Return an expression with symbols in place of its names."""
        if isinstance(node, ast.Name):
            symbol = self.symbols[node.id]
            return Printed(symbol, math.nan, POWER if "'" in symbol or "^" in symbol else ATOM)
        if isinstance(node, ast.Constant):
            return format_number(component(node.value, axis), 6)
        if isinstance(node, ast.Attribute):
            if isinstance(self.value(node.value, axis), types.ModuleType):
                return format_number(component(self.value(node, axis), axis), 6)
            return Printed(self.print(node.value, axis).tex + rf"\mathrm{{.{escape(node.attr)}}}", math.nan)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            return Printed(f"{self.print(node.value, axis).tex}[{node.slice.value!r}]", math.nan)
        printed = self.compose(node, axis)
        if printed is not None:
            return printed
        if isinstance(node, ast.Call):
            return self._named_function(node, axis)
        raise UnprintableError

    def _named_function(self, node: ast.Call, axis: int) -> Printed:
        """Return a call of a function without a notation; the object of a method is its first argument."""
        operands, name = list(node.args), ast.unparse(node.func).rpartition(".")[2]
        notation = rf"\mathrm{{{escape(name)}}}"
        if isinstance(node.func, ast.Attribute):
            owner = self.value(node.func.value, axis)
            if isinstance(owner, Loss) and name in LOSS_NOTATION:
                notation = LOSS_NOTATION[name] + self.print(node.func.value, axis).tex
            elif not isinstance(owner, types.ModuleType):
                operands.insert(0, node.func.value)
        elif isinstance(node.func, ast.Call):
            notation = self.print(node.func, axis).tex
        return Printed(apply(notation, [self.print(operand, axis) for operand in operands]), math.nan)

    def _binary(self, node: ast.BinOp, axis: int) -> Printed | None:
        if isinstance(node.op, ast.MatMult):
            left, right = self.print(node.left, axis), self.print(node.right, axis)
            return Printed(left.within(PRODUCT) + r" \, " + right.within(PRODUCT), math.nan, PRODUCT)
        return super()._binary(node, axis)

    def _where(self, arguments: Sequence[ast.expr], axis: int) -> Printed:
        """Return what was chosen; both if it differs between the coordinates."""
        chosen = [super(SymbolPrinter, self)._where(arguments, axis) for axis in (0, 1)]
        return chosen[0] if chosen[0].tex == chosen[1].tex else Printed(apply(r"\mathrm{where}", chosen), math.nan)

    def _sum_over_coordinates(self, first: ast.expr, second: ast.expr, is_norm: bool) -> Printed:
        left, right = self.print(first, 0), self.print(second, 0)
        if is_norm:
            return Printed(rf"\|{left.tex}\|", math.nan)
        return Printed(left.within(ATOM) + r"^{\top} " + right.within(ATOM), math.nan, PRODUCT)
