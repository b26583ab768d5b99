"""Derivatives of a graph by the chain rule, each expression once."""

from __future__ import annotations

from collections.abc import Callable

from surfaces.formula.graph import Graph

CONSTANT_OPERATIONS = ("constant", "parameter", "compare", "both", "sign", "floor")
ChainRule = Callable[[Graph, int, int], int]


def _one_over(graph: Graph, x: int) -> int:
    return graph.over(graph.constant(1), x)


def _one_minus_square(graph: Graph, x: int) -> int:
    return graph.minus(graph.constant(1), graph.times(x, x))


def _one_plus_square(graph: Graph, x: int) -> int:
    return graph.plus(graph.constant(1), graph.times(x, x))


# Derivatives of functions of one argument: (graph, argument, the function itself) -> index of the derivative
CHAIN_RULES: dict[str, ChainRule] = {
    "sin": lambda graph, x, result: graph.call("cos", x),
    "cos": lambda graph, x, result: graph.negate(graph.call("sin", x)),
    "tan": lambda graph, x, result: _one_plus_square(graph, result),
    "asin": lambda graph, x, result: _one_over(graph, graph.call("sqrt", _one_minus_square(graph, x))),
    "acos": lambda graph, x, result: graph.negate(_one_over(graph, graph.call("sqrt", _one_minus_square(graph, x)))),
    "atan": lambda graph, x, result: _one_over(graph, _one_plus_square(graph, x)),
    "sinh": lambda graph, x, result: graph.call("cosh", x),
    "cosh": lambda graph, x, result: graph.call("sinh", x),
    "tanh": lambda graph, x, result: _one_minus_square(graph, result),
    "asinh": lambda graph, x, result: _one_over(graph, graph.call("sqrt", _one_plus_square(graph, x))),
    "exp": lambda graph, x, result: result,
    "log": lambda graph, x, result: _one_over(graph, x),
    "sqrt": lambda graph, x, result: graph.over(graph.constant(0.5), result),
    "cbrt": lambda graph, x, result: _one_over(graph, graph.times(graph.constant(3), graph.times(result, result))),
    "absolute": lambda graph, x, result: graph.call("sign", x),
}


def differentiate(graph: Graph, index: int, axis: str) -> int:
    """Return the index of the derivative of an expression with respect to an axis.

    At a kink the derivative of one side is used; that of "abs" is 0, and that of a step is 0 everywhere.
    """
    derivatives: dict[int, int] = {}
    for k in sorted(_needed(graph, index)):
        derivatives[k] = _derivative(graph, k, axis, derivatives)
    return derivatives[index]


def _needed(graph: Graph, index: int) -> set[int]:
    """Return the indices of an expression and of all that it is made of."""
    found, pending = set(), [index]
    while pending:
        k = pending.pop()
        if k not in found:
            found.add(k)
            entry = graph.entries[k]
            pending += [] if entry.is_leaf else [a for a in entry.arguments if isinstance(a, int)]
    return found


def _derivative(graph: Graph, k: int, axis: str, known: dict[int, int]) -> int:
    entry, zero, one = graph.entries[k], graph.constant(0), graph.constant(1)
    operation, arguments = entry
    if operation in CONSTANT_OPERATIONS:
        return zero
    if operation == "axis":
        return one if arguments[0] == axis else zero
    inner = [known[argument] for argument in arguments]
    if operation == "where":
        return inner[1] if inner[1] == inner[2] else graph.add("where", arguments[0], inner[1], inner[2])
    if all(derivative == zero for derivative in inner):
        return zero
    if operation == "negate":
        return graph.negate(inner[0])
    if operation in CHAIN_RULES:
        return graph.times(CHAIN_RULES[operation](graph, arguments[0], k), inner[0])
    (u, v), (du, dv) = arguments, inner
    if operation in ("+", "-"):
        return graph.plus(du, dv) if operation == "+" else graph.minus(du, dv)
    if operation == "*":
        return graph.plus(graph.times(du, v), graph.times(u, dv))
    if operation == "/":
        return graph.over(du if dv == zero else graph.minus(du, graph.times(k, dv)), v)
    if operation == "atan2":
        squares = graph.plus(graph.times(u, u), graph.times(v, v))
        return graph.over(graph.minus(graph.times(v, du), graph.times(u, dv)), squares)
    assert operation == "power"
    of_base = graph.times(graph.times(v, graph.power(u, graph.minus(v, one))), du)
    if dv == zero:
        return of_base
    return graph.plus(of_base, graph.times(graph.times(k, graph.call("log", u)), dv))
