"""The tree of a formula, and the formula as text that is read as the same tree."""

from __future__ import annotations

from typing import NamedTuple

COMPARISONS = ("<", ">", "<=", ">=")


class Series(NamedTuple):
    """What a sum or product counts: "sum" or "prod", its letter, and the first and last value of the letter."""

    name: str
    letter: str
    first: int
    last: int


class Node(NamedTuple):
    """A part of a formula.

    ``operation`` is "number", "constant", "axis", "parameter", "index" (the letter of a sum), an operator ("+", "-",
    "*", "/", "^", "negate"), a comparison or "and" inside "where", "call" or "series"; ``value`` is the number, the
    name, or a ``Series``. ``start`` and ``end`` are its place in the text.
    """

    operation: str
    arguments: tuple[Node, ...] = ()
    value: float | str | Series | None = None
    start: int = 0
    end: int = 0


PRECEDENCE = {"+": 1, "-": 1, "negate": 2, "*": 2, "/": 2, "^": 4}


def format_tree(node: Node, outer: float = 0) -> str:
    """Return the formula as text with explicit multiplication signs; ``outer`` is the precedence around it."""
    operation, arguments = node.operation, node.arguments
    if operation == "number":
        assert isinstance(node.value, float)
        return repr(node.value).removesuffix(".0")
    if operation in ("constant", "axis", "parameter", "index"):
        return str(node.value)
    if operation == "series":
        assert isinstance(node.value, Series)
        name, letter, first, last = node.value
        return f"{name}({letter}, {first}, {last}, {format_tree(arguments[0])})"
    if operation == "where":
        condition, one, other = map(format_tree, arguments)
        return f"where({condition}, {one}, {other})"
    if operation == "call":
        return f"{node.value}({', '.join(map(format_tree, arguments))})"
    if operation == "and":
        first_part, second_part = arguments
        return f"{format_tree(first_part)} {second_part.operation} {format_tree(second_part.arguments[1])}"
    if operation in COMPARISONS:
        return f"{format_tree(arguments[0])} {operation} {format_tree(arguments[1])}"
    return _format_operator(node, outer)


def _format_operator(node: Node, outer: float) -> str:
    precedence = PRECEDENCE[node.operation]
    if node.operation == "negate":
        argument = node.arguments[0]
        text = "-" + format_tree(argument, 2 if argument.operation == "negate" else 2.5)
    elif node.operation == "^":  # associates to the right
        text = f"{format_tree(node.arguments[0], 4.5)}^{format_tree(node.arguments[1], 4)}"
    else:
        one, other = node.arguments
        text = f"{format_tree(one, precedence)} {node.operation} {format_tree(other, precedence + 0.5)}"
    return f"({text})" if precedence < outer else text
