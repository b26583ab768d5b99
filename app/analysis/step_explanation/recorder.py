"""Recorder: a twin of a function, compiled from its own source, in which the value of every expression is noted.

The twin executes the same operations in the same order, so its result is the same to the last bit.
"""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.analysis.step_explanation.instrumentation import CALL, FINISH, NOTE, RETURN, compile_twin


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

    def chosen(self, node: ast.expr) -> ast.expr:
        """Return the branch of a conditional expression that was evaluated, another expression unchanged."""
        while isinstance(node, ast.IfExp):
            node = node.body if bool(np.all(self.value(node.test))) else node.orelse
        return node


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
        What the last call executed; empty if the source of the function is not available or was edited.
    """

    def __init__(self, function: types.FunctionType, settings: dict[str, Any]) -> None:
        self.statements: list[Statement] = []
        self.module = function.__module__
        self.twin: Callable[..., Any] = function
        twin = compile_twin(function.__code__)
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
