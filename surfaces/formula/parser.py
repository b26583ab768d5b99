"""Parser of formulas: precedence climbing over tokens. Nothing is evaluated, and every error knows its place.

Multiplication signs can be left out (2x, x y, 2(x + 1)); such a product binds like a written one. A function without
brackets applies to the product that follows it: sin 2x is sin(2x), and sin x cos x is sin(x) cos(x). A minus sign binds
less tightly than a power: -x^2 is -(x^2).
"""

from __future__ import annotations

from surfaces.formula.calls import CallParser
from surfaces.formula.error import FormulaError, Note
from surfaces.formula.tokens import Token, tokenize
from surfaces.formula.tree import COMPARISONS, Node

RESULT_NAMES = ("z", "f", "y", "J", "L")  # before "=": z = x^2


class Parser(CallParser):
    """Reads one formula."""

    def __init__(self, text: str, axes: tuple[str, ...] = ("x", "y")) -> None:
        tokens = tokenize(text, axes)
        used = _without_left_side(tokens)
        super().__init__(used, axes)
        left_side = tokens[: len(tokens) - len(used)]
        self.declares_y = len(left_side) > 2 and any(token.text == axes[-1] for token in left_side)

    def parse(self) -> Node:
        """Return the tree of the whole formula."""
        if self.current.kind == "end":
            raise FormulaError("type a formula, for example x^2 + y^2", 0, 0)
        node = self._conditional()
        if self.current.kind != "end":
            raise self._unexpected()
        return node

    def _conditional(self) -> Node:
        """Parse ``a if condition else b``, or a sum alone."""
        self._deeper()
        node = self._sum()
        if self.current[:2] == ("word", "if"):
            self._next()
            condition = self._condition()
            if self.current[:2] != ("word", "else"):
                raise self._missing("else")
            self._next()
            other = self._conditional()
            node = self._node("where", (condition, node, other), None, node.start)
        self.depth -= 1
        return node

    def _condition(self) -> Node:
        node = self._comparison(self._sum())
        if self.current.kind in COMPARISONS:
            other = self._comparison(node.arguments[1])
            node = self._node("and", (node, other), None, node.start)
        return node

    def _comparison(self, one: Node) -> Node:
        if self.current.kind not in COMPARISONS:
            raise self._missing("<, >, ≤, or ≥")
        operator = self._next()
        return self._node(operator.kind, (one, self._sum()), None, one.start)

    def _sum(self) -> Node:
        node = self._product()
        while self.current.kind in ("+", "-"):
            operator = self._next()
            node = self._node(operator.kind, (node, self._product()), None, node.start)
        return node

    def _product(self) -> Node:
        node = self._signed()
        while True:
            if self.current.kind in ("*", "/"):
                operator = self._next()
                node = self._node(operator.kind, (node, self._signed()), None, node.start)
            elif self._begins_factor():
                self._check_implicit(node)
                node = self._node("*", (node, self._power()), None, node.start)
            else:
                return node

    def _check_implicit(self, node: Node) -> None:
        """Refuse a product without a sign that may mean something else, and note how a quotient is understood."""
        token, before = self.current, self.previous
        if token.kind == "number" and before.kind in ("number", "superscript"):
            raise FormulaError("an operator is missing between two numbers", token.start, token.end)
        if token.kind == "number" and before.kind == "word" and not token.spaced:
            raise FormulaError(
                "write {letter}^{number} or {letter}*{number}",
                token.start,
                token.end,
                letter=before.text,
                number=token.text,
            )
        if node.operation == "/" and before.kind not in (")", "}"):
            self.notes.append(
                Note("read as (a/b) c; put the denominator in brackets for a/(b c)", node.start, token.end)
            )

    def _signed(self) -> Node:
        if self.current.kind not in ("+", "-"):
            return self._power()
        self._deeper()
        sign = self._next()
        node = self._signed()
        self.depth -= 1
        return node if sign.kind == "+" else self._node("negate", (node,), None, sign.start)

    def _power(self) -> Node:
        node = self._primary()
        while self.current.kind == "^":
            self._next()
            node = self._node("^", (node, self._exponent()), None, node.start)
        return node

    def _exponent(self) -> Node:
        """Parse an exponent; powers associate to the right."""
        if self.current.kind == "superscript":
            return self._superscript()
        self._deeper()
        sign = self._next() if self.current.kind in ("+", "-") else None
        node = self._power()
        self.depth -= 1
        return self._node("negate", (node,), None, sign.start) if sign is not None and sign.kind == "-" else node


def _without_left_side(tokens: list[Token]) -> list[Token]:
    """Return the tokens without "f(x, y) =" or "z =" before them."""
    kinds = [token.kind for token in tokens]
    if kinds[:2] == ["word", "("] and "=" in kinds[:7]:
        end = kinds.index("=")
        if end in (4, 6) and kinds[end - 1] == ")":
            return tokens[end + 1 :]
    return tokens[2:] if kinds[:2] == ["word", "="] and tokens[0].text in RESULT_NAMES else tokens
