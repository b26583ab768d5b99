"""Operands of a formula: numbers, brackets, and names."""

from __future__ import annotations

from abc import ABC, abstractmethod

from surfaces.formula.error import FormulaError, Note
from surfaces.formula.names import ALIASES, ARGUMENT_COUNTS, CONSTANTS, GREEK_NAMES, ONE_ARGUMENT
from surfaces.formula.token_stream import BRACKETS, TokenStream
from surfaces.formula.tokens import Token
from surfaces.formula.tree import Node

MAX_PARAMETERS = 8
FUNCTION_LETTERS = "fgh"


class OperandParser(TokenStream, ABC):
    """Reads operands; subclasses read calls and the operators around them."""

    def __init__(self, tokens: list[Token], axes: tuple[str, ...]) -> None:
        super().__init__(tokens)
        self.axes = axes
        self.open_bars = 0
        self.parameters: list[str] = []
        self.notes: list[Note] = []
        self.indices: list[str] = []  # letters of the sums around the position

    @abstractmethod
    def _conditional(self) -> Node:
        """Parse ``a if condition else b``, or a sum alone."""

    @abstractmethod
    def _condition(self) -> Node:
        """Parse one or two comparisons, as in 0 < x < 1."""

    @abstractmethod
    def _power(self) -> Node:
        """Parse an operand with its exponents."""

    @abstractmethod
    def _call(self, token: Token, name: str) -> Node:
        """Parse what follows the name of a function."""

    def _primary(self) -> Node:
        token = self.current
        if token.kind == "number":
            self._next()
            return self._node("number", (), float(token.text), token.start)
        if token.kind in BRACKETS:
            return self._group()
        if token.kind == "|":
            return self._absolute_value()
        if token.kind == "fraction":
            self._next()
            arguments = (self._fraction_part(), self._fraction_part())
            return self._node("/", arguments, None, token.start)
        if token.kind == "word" and token.text not in ("if", "else"):
            return self._name()
        raise self._missing("operand")

    def _group(self) -> Node:
        opened, bars = self._next(), self.open_bars
        self.open_bars = 0
        node = self._conditional()
        self._close(opened)
        self.open_bars = bars
        return node._replace(start=opened.start, end=self.previous.end)

    def _absolute_value(self) -> Node:
        opened = self._next()
        self.open_bars += 1
        node = self._conditional()
        if self.current.kind != "|":
            raise FormulaError("this | is never closed", opened.start, opened.end)
        self._next()
        self.open_bars -= 1
        return self._node("call", (node,), "abs", opened.start)

    def _fraction_part(self) -> Node:
        """Parse one argument of a LaTeX fraction; without braces it is one digit or letter, as in \\frac12."""
        token = self.current
        if token.kind != "number" or len(token.text) == 1:
            return self._primary()
        if not token.text.isdigit():
            raise self._missing("{")
        self.tokens[self.position] = token._replace(text=token.text[1:], start=token.start + 1)
        return Node("number", (), float(token.text[0]), token.start, token.start + 1)

    def _begins_factor(self) -> bool:
        token = self.current
        if token.kind == "word":
            return token.text not in ("if", "else")
        return token.kind in ("number", "fraction", *BRACKETS) or (token.kind == "|" and not self.open_bars)

    def _superscript(self) -> Node:
        token = self._next()
        node = self._node("number", (), abs(float(token.text)), token.start)
        return self._node("negate", (node,), None, token.start) if token.text.startswith("-") else node

    def _name(self) -> Node:
        token = self._next()
        name = ALIASES.get(token.text, token.text)
        if name.lower() in self.axes:
            return self._axis(token, name.lower())
        if name in self.indices:
            return self._node("index", (), name, token.start)
        if name in CONSTANTS:
            return self._node("constant", (), name, token.start)
        if name in ONE_ARGUMENT or name in ARGUMENT_COUNTS:
            return self._call(token, name)
        return self._parameter(token, name)

    def _axis(self, token: Token, name: str) -> Node:
        """Parse x, y, or the coordinates as a vector: x1, x_1, x[0]."""
        following, indexed = self.current, None
        if name == "x" and following.kind == "_":
            self._next()
            indexed = self._coordinate("12")
        elif (
            name == "x" and following.kind == "number" and following.start == token.end and following.text in ("1", "2")
        ):
            indexed = self._coordinate("12")
        elif name == "x" and following.kind == "[":
            self._next()
            indexed = self._coordinate("01")
            self._expect("]")
        return self._node("axis", (), name if indexed is None else indexed, token.start)

    def _coordinate(self, numbers: str) -> str:
        braces = self.current.kind == "{" and self._next()
        token = self._expect("number")
        if token.text not in numbers[: len(self.axes)]:
            raise FormulaError("there are only {count} coordinates", token.start, token.end, count=len(self.axes))
        if braces:
            self._expect("}")
        return self.axes[numbers.index(token.text)]

    def _parameter(self, token: Token, name: str) -> Node:
        if len(name) > 1 and name not in GREEK_NAMES:
            raise FormulaError("there is no function or constant {word}", token.start, token.end, word=name)
        if self.current.kind == "_":
            self._next()
            name += self._expect("number").text
        elif self.current.kind == "number" and self.current.start == token.end and self.current.text.isdigit():
            name += self._next().text
        elif self.current.kind == "(" and not self.current.spaced:
            self._check_no_call(token)
        if not name.isalnum():
            raise FormulaError("a parameter can have a letter and digits, as in a1", token.start, self.previous.end)
        if name not in self.parameters:
            self.parameters.append(name)
        if len(self.parameters) > MAX_PARAMETERS:
            raise FormulaError(
                "a formula can have at most {most} parameters", token.start, token.end, most=MAX_PARAMETERS
            )
        return self._node("parameter", (), name, token.start)

    def _check_no_call(self, letter: Token) -> None:
        """Refuse f(x), and a name such as sinc or acosh, which begins with a function, before a bracket."""
        tokens, first = self.tokens, self.position - 1
        while first and tokens[first - 1].kind == "word" and tokens[first - 1].end == tokens[first].start:
            first -= 1
        names = [token.text for token in tokens[first : self.position]]
        begins_with_function = ALIASES.get(names[0], names[0]) in ONE_ARGUMENT
        if letter.text in FUNCTION_LETTERS or (begins_with_function and letter.text not in GREEK_NAMES):
            word = "".join(names)
            raise FormulaError("there is no function {word}", tokens[first].start, letter.end, word=word)
