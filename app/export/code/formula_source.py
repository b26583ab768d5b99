"""The function of a typed formula as source text, for exported scripts."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from app.export.code.module_source import ModuleSource
from surfaces.formula import functions as formula_functions
from surfaces.formula.code import PARAMETER_PREFIX, TEMPORARY_PREFIX
from surfaces.formula.formula import Formula, read_formula
from surfaces.formula.tree import format_tree

MODULE_NAME = "surfaces.formula.typed"  # of the source text; there is no such module
FUNCTION_NAME = "formula"


def formula_source(text: str, parameters: Mapping[str, float], for_arrays: bool) -> ModuleSource:
    """Return a module with the function of a formula, whose parameters are arguments with defaults."""
    formula = read_formula(text)
    tree = _Renamer().visit(formula.syntax_tree(for_arrays))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.args.args += [ast.arg(name) for name in parameters]
    function.args.defaults = [ast.parse(repr(float(value)), mode="eval").body for value in parameters.values()]
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    imports = [line for name in sorted(called) for line in _definition_of(name, formula, for_arrays)]
    docstring = f'    """Return loss and gradient of {format_tree(formula.tree)}."""'
    header, *body = ast.unparse(ast.fix_missing_locations(tree)).splitlines()
    lines = [*imports, header, docstring, *body]
    return ModuleSource(MODULE_NAME, "\n".join([*lines, ""]).encode())


class _Renamer(ast.NodeTransformer):
    """Gives parameters the names that the user has typed, and temporary variables names that no parameter has."""

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Return a new node, because expressions share nodes."""
        if node.id.startswith(PARAMETER_PREFIX):
            return ast.Name(node.id.removeprefix(PARAMETER_PREFIX), node.ctx)
        number = node.id.removeprefix(TEMPORARY_PREFIX)
        return ast.Name(f"value_{number}", node.ctx) if number.isdigit() else node


def _definition_of(name: str, formula: Formula, for_arrays: bool) -> list[str]:
    """Return the definition of a function that the code calls; one for arrays takes floats too, with equal results."""
    float_function = formula.functions(for_arrays=False).get(name)
    if not for_arrays or float_function is None:
        return _import_of(name, formula.functions(for_arrays)[name])
    one, other = f"{name}_of_floats", f"{name}_of_arrays"
    return [
        f"from {formula_functions.__name__} import dispatch",
        *_import_of(one, float_function),
        *_import_of(other, formula.functions(for_arrays=True)[name]),
        f"{name} = dispatch({one}, {other})",
    ]


def _import_of(name: str, function: Callable[..., Any]) -> list[str]:
    """Return the line that makes a function available under the name that the code calls."""
    if function is abs:
        return [f"{name} = abs"]
    own_name = next((each for each, value in vars(formula_functions).items() if value is function), None)
    if own_name is not None:
        return [f"from {formula_functions.__name__} import {own_name} as {name}"]
    module = "numpy" if isinstance(function, np.ufunc) else function.__module__
    package = module if module.startswith("surfaces") else module.partition(".")[0]
    return [f"from {package} import {function.__name__} as {name}"]
