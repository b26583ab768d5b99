"""Recorder: a twin of a function, compiled from its own source, in which the value of every expression is noted.

The twin executes the same operations in the same order, so its result is the same to the last bit.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

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


@dataclass(frozen=True)
class Statement:
    """A statement that was executed: an assignment, the head of a loop, or a return.

    Attributes
    ----------
    node : ast.stmt
        The statement. ``a += b`` is represented as ``a = a + b``.
    values : mapping of ast.AST to object
        The value of each expression that was evaluated for it.
    assigned : mapping of str to object
        The names that it assigned, and their values.
    """

    node: ast.stmt
    values: Mapping[ast.AST, Any]
    assigned: Mapping[str, Any]

    def value(self, node: ast.AST) -> Any:
        """Return the value of an expression; raise KeyError if it was not evaluated."""
        return node.value if isinstance(node, ast.Constant) else self.values[node]


class Recorder:
    """A function that is called like the original and keeps what its last call executed.

    Parameters
    ----------
    function : FunctionType
        A plain function. Of the functions that it calls only one is opened: one of the same module that is called in
        a return statement with arguments that have the names of its parameters.
    settings : dict
        The keyword defaults; a change in the dictionary takes effect at the next call.

    Attributes
    ----------
    statements : list of Statement
        What the last call executed; empty if the source of the function is not available.
    """

    def __init__(self, function: types.FunctionType, settings: dict[str, Any]) -> None:
        self.statements: list[Statement] = []
        self.module = function.__module__
        self.twin: Callable[..., Any] = function
        twin = _compile_twin(function.__code__)
        if twin is None:
            return
        code, self.nodes = twin
        self.values: dict[ast.AST, Any] = {}
        closure = [cell.cell_contents for cell in function.__closure__ or ()]
        namespace = {
            **function.__globals__,
            **dict(zip(function.__code__.co_freevars, closure, strict=True)),
            NOTE: self._note,
            FINISH: self._finish,
            RETURN: self._return,
            CALL: self._call,
        }
        exec(code, namespace)
        compiled = namespace[function.__name__]
        compiled.__defaults__, compiled.__kwdefaults__ = function.__defaults__, settings
        self.twin = compiled

    def __call__(self, *arguments: Any) -> Any:
        """Call the twin."""
        self.statements, self.values = [], {}
        return self.twin(*arguments)

    def _note(self, index: int, value: Any) -> Any:
        self.values[self.nodes[index]] = value
        return value

    def _finish(self, index: int, assigned: dict[str, Any]) -> None:
        node = self.nodes[index]
        assert isinstance(node, ast.stmt)
        self.statements.append(Statement(node, self.values, assigned))
        self.values = {}

    def _return(self, index: int, value: Any) -> Any:
        self._finish(index, {})
        return value

    def _call(self, index: int, function: Any, *arguments: Any) -> Any:
        """Call the function of a return statement, opened if its parameters have the names of the arguments."""
        call = self.nodes[index]
        assert isinstance(call, ast.Return)
        assert isinstance(call.value, ast.Call)
        names = [argument.id for argument in call.value.args if isinstance(argument, ast.Name)]
        is_open = isinstance(function, types.FunctionType) and function.__module__ == self.module
        if is_open and list(inspect.signature(function).parameters) == names:
            recorder = Recorder(function, {})
            result = recorder(*arguments)
            self.statements += recorder.statements
            return result
        self.values[call.value] = result = function(*arguments)
        return self._return(index, result)


@lru_cache(maxsize=256)
def _compile_twin(code: types.CodeType) -> tuple[types.CodeType, list[ast.AST]] | None:
    """Return the code of a module that defines the twin, and the nodes it refers to; None without a source."""
    try:
        module = ast.parse(textwrap.dedent(inspect.getsource(code)))
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
