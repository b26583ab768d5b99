"""Twin of a function: its own source, in which every expression reports its value and every statement its end."""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any

# Names in the twin: note(index, value), finish(index, names), return_value(index, value), call(index, function, ...)
NOTE, FINISH, RETURN, CALL = "__note__", "__finish__", "__return__", "__call__"
NOTED = (
    ast.Attribute,
    ast.BinOp,
    ast.BoolOp,
    ast.Call,
    ast.Compare,
    ast.IfExp,
    ast.List,
    ast.Name,
    ast.Subscript,
    ast.Tuple,
    ast.UnaryOp,
)
# They have names of their own and may run many times
CLOSED = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.JoinedStr)


@lru_cache(maxsize=256)
def compile_twin(code: types.CodeType) -> tuple[types.CodeType, list[ast.AST]] | None:
    """Return the code of a module that defines the twin, and the nodes it refers to; None without a source.

    A file that was edited since it was imported is not the source of what runs.
    """
    try:
        lines, start = inspect.findsource(code)
        if code not in _compiled_functions("".join(lines)):
            return None
        module = ast.parse(textwrap.dedent("".join(inspect.getblock(lines[start:]))))
    except (OSError, SyntaxError):
        return None
    function = module.body[0]
    if not isinstance(function, ast.FunctionDef):
        return None
    _remove_declarations(function)
    function.body = [_LongAssignments().visit(statement) for statement in function.body]
    nodes, twin = list(ast.walk(function)), deepcopy(function)
    indices = {id(copied): index for index, copied in enumerate(ast.walk(twin))}
    twin.body = _Instrumentation(indices).instrument(twin.body)
    tree = ast.fix_missing_locations(ast.Module([twin], []))
    return compile(tree, f"<recorded {code.co_name}>", "exec"), nodes


@lru_cache(maxsize=32)
def _compiled_functions(source: str) -> frozenset[types.CodeType]:
    """Return the codes of all functions in the source of a module."""
    found, pending = set(), [compile(source, "<source>", "exec", dont_inherit=True)]
    while pending:
        inner = [each for each in pending.pop().co_consts if isinstance(each, types.CodeType)]
        found.update(inner)
        pending += inner
    return frozenset(found)


def _remove_declarations(function: ast.FunctionDef) -> None:
    """Remove what is evaluated when a function is defined: decorators, annotations and defaults."""
    function.decorator_list, function.returns = [], None
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        argument.annotation = None
    arguments.defaults = [ast.Constant(None) for _ in arguments.defaults]
    arguments.kw_defaults = [ast.Constant(None) for _ in arguments.kw_defaults]


class _LongAssignments(ast.NodeTransformer):
    """Write ``a += b`` as ``a = a + b``. Update rules modify nothing in place, so the values are the same."""

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        """Return the assignment of a name in its long form."""
        if not isinstance(node.target, ast.Name):
            return node
        value = ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value)
        return ast.copy_location(ast.Assign([node.target], value), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        """Return a nested function unchanged: it may assign names of the function around it."""
        return node


class _Instrumentation(ast.NodeTransformer):
    """Replace every expression e by ``note(index, e)`` and report every finished statement."""

    def __init__(self, indices: Mapping[int, int]) -> None:
        self.indices = indices

    def visit(self, node: ast.AST) -> Any:
        """Return the node with its expressions noted."""
        if isinstance(node, CLOSED):
            return node
        index = self.indices.get(id(node))
        visited = self.generic_visit(node)
        is_stored = isinstance(getattr(node, "ctx", None), ast.Store)
        if index is None or is_stored or not isinstance(visited, NOTED):
            return visited
        return _call(NOTE, index, visited)

    def instrument(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Return the statements of a block with their expressions noted."""
        result: list[ast.stmt] = []
        for node in statements:
            blocks = {field: self.instrument(block) for field, block in _blocks(node)}
            for field in blocks:
                setattr(node, field, [])
            index, names = self.indices[id(node)], _assigned_names(node)
            visited = self.visit(node)
            for field, block in blocks.items():
                setattr(visited, field, block)
            finished = ast.Expr(_call(FINISH, index, _name_dictionary(names)))
            if isinstance(node, ast.Return) and node.value is not None:
                result.append(ast.Return(_finished_value(index, node.value)))
            elif isinstance(node, ast.For):
                visited.body = [finished, *visited.body]
                result.append(visited)
            else:
                result += [visited, finished] if names else [visited]
        return result


def _blocks(node: ast.stmt) -> list[tuple[str, list[ast.stmt]]]:
    """Return the blocks inside a statement, by the name of their field."""
    if isinstance(node, CLOSED):
        return []
    fields = ((field, getattr(node, field, None)) for field in ("body", "orelse", "finalbody"))
    return [(field, block) for field, block in fields if block]


def _assigned_names(node: ast.stmt) -> list[str]:
    """Return the names that an assignment or the head of a loop assigns."""
    if isinstance(node, ast.Assign):
        targets: list[ast.expr] = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.For)):
        targets = [node.target]
    else:
        return []
    stored = (each for target in targets for each in ast.walk(target))
    return sorted({each.id for each in stored if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)})


def _finished_value(index: int, value: ast.expr) -> ast.Call:
    """Return the call that reports the value of a return statement, which is already noted."""
    noted = value.args[1] if isinstance(value, ast.Call) else None
    if not isinstance(noted, ast.Call) or noted.keywords or any(isinstance(each, ast.Starred) for each in noted.args):
        return _call(RETURN, index, value)
    return ast.Call(ast.Name(CALL, ast.Load()), [ast.Constant(index), noted.func, *noted.args], [])


def _name_dictionary(names: list[str]) -> ast.expr:
    return ast.Dict([ast.Constant(name) for name in names], [ast.Name(name, ast.Load()) for name in names])


def _call(function: str, index: int, argument: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(function, ast.Load()), [ast.Constant(index), argument], [])
