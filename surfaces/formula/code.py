"""Python functions made from a graph: straight-line arithmetic, built as a syntax tree and checked before compilation.

The text of the formula never reaches the compiler. The tree has float constants, the names x and y, parameters,
temporary variables, and calls of the functions in a table; the compiled function has no other names and no builtins.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Mapping, Sequence
from typing import Any

from surfaces.formula.graph import Graph

OPERATORS: dict[str, type[ast.operator]] = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div}
COMPARISONS: dict[str, type[ast.cmpop]] = {"<": ast.Lt, ">": ast.Gt, "<=": ast.LtE, ">=": ast.GtE}
ALLOWED_NODES = (
    ast.Module,
    ast.FunctionDef,
    ast.arguments,
    ast.arg,
    ast.Assign,
    ast.Return,
    ast.Tuple,
    ast.Name,
    ast.Load,
    ast.Store,
    ast.Constant,
    ast.BinOp,
    ast.UnaryOp,
    ast.USub,
    *OPERATORS.values(),
    ast.Compare,
    *COMPARISONS.values(),
    ast.Call,
)
MAX_EXPRESSION_DEPTH = 30  # operations in one expression; deeper ones get a temporary variable
PARAMETER_PREFIX, TEMPORARY_PREFIX = "p_", "v"


class CodeBuilder:
    """Builds the syntax tree of a function from a graph.

    ``for_arrays`` compares the real parts of arrays and complex numbers; ``guarded`` divides by a function that returns
    nan or inf instead of raising.
    """

    def __init__(self, graph: Graph, for_arrays: bool, guarded: bool) -> None:
        self.graph, self.for_arrays, self.guarded = graph, for_arrays, guarded
        self.statements: list[ast.stmt] = []
        self.expressions: dict[int, ast.expr] = {}
        self.depths: dict[int, int] = {}

    def build(self, axes: Sequence[str], loss: int, gradient: Sequence[int]) -> ast.Module:
        """Return a module with the function ``formula(*axes)`` -> loss, gradient."""
        order, use_counts = self._order_of((loss, *gradient))
        for k in order:
            self._add(k, use_counts[k])
        values = [self.expressions[k] for k in (loss, *gradient)]
        result = ast.Tuple([values[0], ast.Tuple(values[1:], ast.Load())], ast.Load())
        self.statements.append(ast.Return(result))
        arguments = ast.arguments([], [ast.arg(axis) for axis in axes], None, [], [], None, [])
        function = ast.FunctionDef("formula", arguments, self.statements, [], None, None)
        function.type_params = []  # type: ignore[attr-defined]  # required from Python 3.12 on
        return ast.fix_missing_locations(ast.Module([function], []))

    def _order_of(self, tops: Sequence[int]) -> tuple[list[int], dict[int, int]]:
        """Return the needed expressions, arguments first, and how often each is used."""
        use_counts: dict[int, int] = {}
        pending = list(tops)
        while pending:
            k = pending.pop()
            use_counts[k] = use_counts.get(k, 0) + 1
            if use_counts[k] == 1:
                pending += self._arguments_of(k)
        return sorted(use_counts), use_counts

    def _arguments_of(self, k: int) -> list[int]:
        entry = self.graph.entries[k]
        return [] if entry.is_leaf else [argument for argument in entry.arguments if isinstance(argument, int)]

    def _add(self, k: int, use_count: int) -> None:
        """Make the expression of an entry; one that is used again or too deep is assigned to a variable."""
        expression = self._expression(k)
        depth = 1 + max((self.depths[argument] for argument in self._arguments_of(k)), default=-1)
        if depth and (use_count > 1 or depth > MAX_EXPRESSION_DEPTH):
            name = f"{TEMPORARY_PREFIX}{k}"
            self.statements.append(ast.Assign([ast.Name(name, ast.Store())], expression))
            expression, depth = _load(name), 0
        self.expressions[k], self.depths[k] = expression, depth

    def _expression(self, k: int) -> ast.expr:
        operation, arguments = self.graph.entries[k]
        if operation == "constant":
            constant = ast.Constant(abs(arguments[0]))
            return ast.UnaryOp(ast.USub(), constant) if arguments[0] < 0 else constant
        if operation == "axis":
            return _load(arguments[0])
        if operation == "parameter":
            return _load(PARAMETER_PREFIX + arguments[0])
        operands = [self.expressions[argument] for argument in self._arguments_of(k)]
        if operation == "/" and self.guarded:
            return ast.Call(_load("quotient"), operands, [])
        if operation in OPERATORS:
            return ast.BinOp(operands[0], OPERATORS[operation](), operands[1])
        if operation == "negate":
            return ast.UnaryOp(ast.USub(), operands[0])
        if operation == "compare":
            if self.for_arrays:
                operands = [ast.Call(_load("real"), [operand], []) for operand in operands]
            return ast.Compare(operands[0], [COMPARISONS[arguments[0]]()], [operands[1]])
        return ast.Call(_load(operation), operands, [])


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def check_tree(tree: ast.AST, functions: Mapping[str, Any], axes: Sequence[str]) -> None:
    """Raise ValueError if a syntax tree is anything but arithmetic on floats, our names, and calls of the functions."""
    for node in ast.walk(tree):
        allowed = isinstance(node, ALLOWED_NODES)
        if isinstance(node, ast.Constant):
            allowed = type(node.value) is float
        elif isinstance(node, ast.Call):
            allowed = isinstance(node.func, ast.Name) and node.func.id in functions and not node.keywords
        elif isinstance(node, ast.Name):
            allowed = node.id in functions or node.id in axes or _is_own_name(node.id)
        if not allowed:
            raise ValueError(f"{type(node).__name__} is not allowed in a formula")


def _is_own_name(name: str) -> bool:
    is_temporary = name.startswith(TEMPORARY_PREFIX) and name[len(TEMPORARY_PREFIX) :].isdigit()
    return is_temporary or (name.startswith(PARAMETER_PREFIX) and name[len(PARAMETER_PREFIX) :].isalnum())


def compile_tree(tree: ast.Module, functions: Mapping[str, Any], axes: Sequence[str]) -> types.CodeType:
    """Return the code of the function in a checked module."""
    check_tree(tree, functions, axes)
    module = compile(tree, "<formula>", "exec")
    return next(constant for constant in module.co_consts if isinstance(constant, types.CodeType))


def bind_code(
    code: types.CodeType, functions: Mapping[str, Any], parameters: Mapping[str, float]
) -> types.FunctionType:
    """Return a function with values of the parameters; nothing is compiled again."""
    values = {PARAMETER_PREFIX + name: float(value) for name, value in parameters.items()}
    return types.FunctionType(code, {**functions, **values, "__builtins__": {}}, "formula")
