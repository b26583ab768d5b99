"""Reading position in the tokens of a formula, with the errors that name the place."""

from __future__ import annotations

from surfaces.formula.error import FormulaError
from surfaces.formula.tokens import Token
from surfaces.formula.tree import COMPARISONS, Node, Series

MAX_DEPTH = 40  # of nested brackets, powers, and signs
BRACKETS = {"(": ")", "{": "}", "[": "]"}

MISSING_TEMPLATES = {
    "operand": "a number, x, or y is missing here",
    "number": "a number is missing here",
    "word": "the letter of the sum is missing here",
    ",": "a comma is missing here",
}
EQUATION_TEMPLATE = "write one side of the equation only: a formula gives the loss at x and y"
COMPARISON_TEMPLATE = "write a comparison as where(condition, a, b)"
UNEXPECTED_TEMPLATES = {
    ")": "this bracket was never opened",
    ",": "use a comma only between arguments; write a decimal number with a point, as in 0.5",
    "=": EQUATION_TEMPLATE,
    "==": EQUATION_TEMPLATE,
    "|": "this | is never closed",
}


class TokenStream:
    """The tokens of a formula and a position in them."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = self.depth = 0

    @property
    def current(self) -> Token:
        """The token at the position."""
        return self.tokens[self.position]

    @property
    def previous(self) -> Token:
        """The token before the position."""
        return self.tokens[self.position - 1]

    def _next(self) -> Token:
        token = self.current
        self.position += token.kind != "end"
        return token

    def _expect(self, kind: str) -> Token:
        if self.current.kind != kind:
            raise self._missing(kind)
        return self._next()

    def _node(
        self, operation: str, arguments: tuple[Node, ...], value: float | str | Series | None, start: int
    ) -> Node:
        return Node(operation, arguments, value, start, self.previous.end)

    def _missing(self, what: str) -> FormulaError:
        """Return the error for a missing kind of token, or for missing characters."""
        template = MISSING_TEMPLATES.get(what, "{what} is missing here")
        return FormulaError(template, self.current.start, self.current.end, what=what)

    def _unexpected(self) -> FormulaError:
        token = self.current
        default = COMPARISON_TEMPLATE if token.kind in COMPARISONS else "{text} cannot be here"
        return FormulaError(UNEXPECTED_TEMPLATES.get(token.kind, default), token.start, token.end, text=token.text)

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormulaError("brackets, powers, or signs are nested too deeply", self.current.start, self.current.end)

    def _close(self, opened: Token) -> None:
        if self.current.kind == "end":
            raise FormulaError("this bracket is never closed", opened.start, opened.end)
        if self.current.kind != BRACKETS[opened.kind]:
            raise self._unexpected()
        self._next()
