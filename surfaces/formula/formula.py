"""A formula as a loss function: compiled once, with values of its parameters that can change.

Parser and compiler are imported when a formula is read: the program starts faster without them.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from surfaces.formula.error import Note
from surfaces.formula.functions import ARRAY_FUNCTIONS, FLOAT_FUNCTIONS, GUARDED_FUNCTIONS, Functions
from surfaces.formula.tree import Node
from surfaces.surface import SurfaceFunction

AXES = ("x", "y")
KINKS = {"absolute", "sign", "where", "floor", "cbrt", "sqrt", "atan2", "power"}  # may have no derivative somewhere


@dataclass(frozen=True, eq=False)
class Formula:
    """A formula in x and y that has been read and compiled.

    Attributes
    ----------
    text : str
        The formula as it was typed.
    tree : Node
        The formula as it was understood.
    parameters : tuple of str
        Names of the parameters, in the order of their first use.
    notes : tuple of Note
        Remarks on how parts of the text were understood.
    latex : str
        The formula as mathtext, without dollar signs.
    may_have_kinks : bool
        Whether the formula uses functions that are not differentiable everywhere.
    dimension : int
        1 if neither the formula nor a left side such as f(x, y) names y, otherwise 2.
    """

    text: str
    tree: Node
    parameters: tuple[str, ...]
    notes: tuple[Note, ...]
    latex: str
    may_have_kinks: bool
    dimension: int
    _float_code: Any
    _array_code: Any
    _guarded: bool

    def function(self, parameters: Mapping[str, float]) -> SurfaceFunction:
        """Return (x, y) -> loss, (grad_x, grad_y) with values of the parameters, for floats, arrays or complex numbers.

        Raises ArithmeticError or ValueError for a float at which the formula has no value; arrays get inf or nan there.
        """
        from surfaces.formula.code import bind_code

        values = {name: float(parameters.get(name, 1.0)) for name in self.parameters}
        on_floats = bind_code(self._float_code, self.functions(for_arrays=False), values)
        on_arrays = bind_code(self._array_code, ARRAY_FUNCTIONS, values)

        def evaluate(x: Any, y: Any) -> Any:
            if x.__class__ is float:
                return on_floats(x, y)
            with np.errstate(all="ignore"):
                loss, (grad_x, grad_y) = on_arrays(x, y)
            shape = np.shape(x)
            return _with_shape(loss, shape), (_with_shape(grad_x, shape), _with_shape(grad_y, shape))

        return evaluate

    def syntax_tree(self, for_arrays: bool) -> ast.Module:
        """Return the function for floats or arrays as a checked syntax tree, with parameters named as in the code."""
        from surfaces.formula.code import check_tree

        functions = self.functions(for_arrays)
        tree, _ = _build_tree(self.tree, for_arrays)
        check_tree(tree, functions, AXES)
        return tree

    def functions(self, for_arrays: bool) -> Functions:
        """Return the table of the functions that the code calls."""
        return ARRAY_FUNCTIONS if for_arrays else GUARDED_FUNCTIONS if self._guarded else FLOAT_FUNCTIONS


def _with_shape(values: Any, shape: tuple[int, ...]) -> Any:
    """Return values in the shape of the coordinates, even if they do not depend on them."""
    return values if np.shape(values) == shape else values + np.zeros(shape)


@lru_cache(maxsize=200)
def read_formula(text: str) -> Formula:
    """Return the formula in a text; FormulaError with the place if it cannot be read."""
    from surfaces.formula.code import compile_tree
    from surfaces.formula.latex import to_latex
    from surfaces.formula.parser import Parser

    parser = Parser(text, AXES)
    tree = parser.parse()
    trees = [_build_tree(tree, for_arrays) for for_arrays in (False, True)]
    operations = trees[0][1]
    guarded = "where" in operations
    tables = (GUARDED_FUNCTIONS if guarded else FLOAT_FUNCTIONS, ARRAY_FUNCTIONS)
    codes = [compile_tree(module, table, AXES) for (module, _), table in zip(trees, tables, strict=True)]
    return Formula(
        text=text,
        tree=tree,
        parameters=tuple(parser.parameters),
        notes=tuple(parser.notes),
        latex=to_latex(tree),
        may_have_kinks=bool(operations & KINKS),
        dimension=2 if parser.declares_y or "y" in _axes_in(tree) else 1,
        _float_code=codes[0],
        _array_code=codes[1],
        _guarded=guarded,
    )


def _axes_in(tree: Node) -> set[str]:
    """Return the names of the coordinates in a formula, also where they have no effect, as in 0 y."""
    axes, nodes = set(), [tree]
    while nodes:
        node = nodes.pop()
        nodes += node.arguments
        if node.operation == "axis":
            axes.add(str(node.value))
    return axes


def _build_tree(tree: Node, for_arrays: bool) -> tuple[ast.Module, set[str]]:
    """Return the syntax tree of the function, and the names of its operations."""
    from surfaces.formula.code import CodeBuilder
    from surfaces.formula.derivatives import differentiate
    from surfaces.formula.graph import Graph
    from surfaces.formula.lowering import Lowering

    graph = Graph()
    loss = Lowering(graph).add(tree, {})
    gradient = [differentiate(graph, loss, axis) for axis in AXES]
    operations = {entry.operation for entry in graph.entries}
    guarded = "where" in operations
    return CodeBuilder(graph, for_arrays, guarded).build(AXES, loss, gradient), operations
