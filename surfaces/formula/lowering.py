"""Conversion of the tree of a formula to a graph of elementary operations."""

from __future__ import annotations

import math
from collections.abc import Mapping

from surfaces.formula.error import FormulaError
from surfaces.formula.graph import MAX_NODES, Graph
from surfaces.formula.names import CONSTANTS
from surfaces.formula.tree import COMPARISONS, Node, Series

MAX_WORK = 4 * MAX_NODES  # visited nodes of the tree, with the terms of sums written out


class Lowering:
    """Adds a tree to a graph; errors get the place of the part that causes them."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.work = 0

    def add(self, node: Node, indices: Mapping[str, float]) -> int:
        """Return the index of a tree in the graph; ``indices`` are the values of the letters of sums."""
        self.work += 1
        if self.work > MAX_WORK:
            raise FormulaError("the sums of the formula are too long", node.start, node.end)
        try:
            return self._add(node, indices)
        except FormulaError as error:
            if error.end:
                raise
            raise FormulaError(error.template, node.start, node.end, **error.values) from None

    def _add(self, node: Node, indices: Mapping[str, float]) -> int:
        graph, operation, value = self.graph, node.operation, node.value
        if operation == "series":
            return self._series(node, indices)
        arguments = [self.add(argument, indices) for argument in node.arguments]
        if operation in ("number", "constant", "index"):
            table = {**CONSTANTS, **indices}
            return graph.constant(value if isinstance(value, float) else table[str(value)])
        if operation in ("axis", "parameter"):
            return graph.add(operation, value)
        if operation in ("+", "-", "*", "/", "^"):
            method = {"+": graph.plus, "-": graph.minus, "*": graph.times, "/": graph.over, "^": graph.power}[operation]
            return method(*arguments)
        if operation == "negate":
            return graph.negate(*arguments)
        if operation in COMPARISONS:
            return graph.add("compare", operation, *arguments)
        if operation in ("where", "and"):
            return graph.add({"and": "both"}.get(operation, operation), *arguments)
        return self._call(str(value), arguments)

    def _series(self, node: Node, indices: Mapping[str, float]) -> int:
        assert isinstance(node.value, Series)
        name, letter, first, last = node.value
        terms = [self.add(node.arguments[0], {**indices, letter: float(k)}) for k in range(first, last + 1)]
        result = terms[0]
        for term in terms[1:]:
            result = self.graph.plus(result, term) if name == "sum" else self.graph.times(result, term)
        return result

    def _call(self, name: str, arguments: list[int]) -> int:
        """Return a function, expressed by those that the code can call."""
        graph, x = self.graph, arguments[0]
        if name in ("min", "max"):
            result = x
            for other in arguments[1:]:
                comparison = graph.add("compare", "<=" if name == "min" else ">=", result, other)
                result = graph.add("where", comparison, result, other)
            return result
        if name == "mod":
            return graph.minus(x, graph.times(arguments[1], graph.call("floor", graph.over(x, arguments[1]))))
        if name == "hypot":
            return graph.call("sqrt", graph.plus(graph.times(x, x), graph.times(arguments[1], arguments[1])))
        if name == "root":
            if graph.value_of(arguments[1]) == 3:
                return graph.call("cbrt", x)
            return graph.power(x, graph.over(graph.constant(1), arguments[1]))
        return self._composed(name, x) if len(arguments) == 1 else graph.call(name, *arguments)

    def _composed(self, name: str, x: int) -> int:
        """Return a function of one argument."""
        graph = self.graph
        zero, half, one = graph.constant(0), graph.constant(0.5), graph.constant(1)
        if name in ("sec", "csc", "sech"):
            return graph.over(one, graph.call({"sec": "cos", "csc": "sin", "sech": "cosh"}[name], x))
        if name == "cot":
            return graph.over(graph.call("cos", x), graph.call("sin", x))
        if name == "ceil":
            return graph.negate(graph.call("floor", graph.negate(x)))
        if name in ("log10", "log2"):
            base = {"log10": 10, "log2": 2}[name]
            return graph.over(graph.call("log", x), graph.constant(math.log(base)))
        if name == "sigmoid":  # as a hyperbolic tangent, which does not overflow
            return graph.times(half, graph.plus(one, graph.call("tanh", graph.times(half, x))))
        if name in ("relu", "step"):
            return self._above_zero(x, x if name == "relu" else one, zero)
        if name == "softplus":  # max(x, 0) + log(1 + exp(-|x|)), which does not overflow
            small = graph.call("exp", graph.negate(graph.call("absolute", x)))
            return graph.plus(self._above_zero(x, x, zero), graph.call("log", graph.plus(one, small)))
        if name == "gauss":
            return graph.call("exp", graph.negate(graph.times(x, x)))
        return graph.call("absolute" if name == "abs" else name, x)

    def _above_zero(self, x: int, one: int, other: int) -> int:
        comparison = self.graph.add("compare", ">=", x, self.graph.constant(0))
        return self.graph.add("where", comparison, one, other)
