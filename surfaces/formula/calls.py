"""Calls in a formula: functions with and without brackets, sums, and products."""

from __future__ import annotations

from surfaces.formula.error import FormulaError, Note
from surfaces.formula.names import ALIASES, ARGUMENT_COUNTS, CONSTANTS, ONE_ARGUMENT
from surfaces.formula.operands import OperandParser
from surfaces.formula.token_stream import BRACKETS
from surfaces.formula.tokens import Token
from surfaces.formula.tree import Node, Series

MAX_TERMS = 200  # of a sum or product


class CallParser(OperandParser):
    """Reads calls of functions."""

    def _call(self, token: Token, name: str) -> Node:
        """Parse the arguments of a function; an exponent can stand between name and arguments: sin^2 x."""
        if name in ("sum", "prod"):
            return self._series(token, name)
        if name == "sqrt" and self.current.kind == "[":
            return self._root(token)
        base = self._base() if name == "log" and self.current.kind == "_" else ()
        exponent = self._exponent_of_name(token) if self.current.kind == "^" and name in ONE_ARGUMENT else None
        if self.current.kind in BRACKETS:
            arguments = self._arguments(name)
        elif name in ONE_ARGUMENT and (self._begins_factor() or self.current.kind in ("|", "-")):
            arguments = (self._bare_argument(),)
        else:
            raise FormulaError("write {name} with its arguments in brackets", token.start, token.end, name=name)
        node = self._applied(token, name, (*arguments, *base))
        return node if exponent is None else self._node("^", (node, exponent), None, token.start)

    def _root(self, token: Token) -> Node:
        """Parse sqrt[x], or the LaTeX form of another root: \\sqrt[3]{x}."""
        inside = self._group()
        is_command = token.end - token.start > len(token.text)  # typed with a backslash
        if not is_command and self.current.kind != "{":
            return self._node("call", (inside,), "sqrt", token.start)
        return self._node("call", (self._primary(), inside), "root", token.start)

    def _base(self) -> tuple[Node]:
        """Parse the base of a logarithm: log_2, log_{10}."""
        self._next()
        return (self._primary(),)

    def _exponent_of_name(self, token: Token) -> Node:
        self._next()
        opened = self._next() if self.current.kind == "{" else None
        if self.current.kind == "number":
            number = self._next()
            if opened is not None:
                self._close(opened)
            return self._node("number", (), float(number.text), number.start)
        if self.current.kind == "superscript" and not self.current.text.startswith("-"):
            return self._superscript()
        raise FormulaError(
            "{name}^-1 can mean the inverse function or 1/{name}: write a{name}(x) or 1/{name}(x)",
            token.start,
            self.current.end,
            name=token.text,
        )

    def _arguments(self, name: str) -> tuple[Node, ...]:
        opened, bars = self._next(), self.open_bars
        self.open_bars = 0
        arguments = [self._condition() if name == "where" else self._conditional()]
        while self.current.kind == ",":
            self._next()
            arguments.append(self._conditional())
        self._close(opened)
        self.open_bars = bars
        return tuple(arguments)

    def _bare_argument(self) -> Node:
        """Parse what a function without brackets applies to: a product of numbers and names, up to another function."""
        if self.current.kind == "-":
            sign = self._next()
            return self._node("negate", (self._bare_argument(),), None, sign.start)
        node = self._power()
        while self.current.kind == "word" and not self.current.separated and not self._is_function(self.current):
            if not self._begins_factor():
                break
            if self.current.spaced:
                self.notes.append(
                    Note("read as one argument; use brackets to end it earlier", node.start, self.current.end)
                )
            node = self._node("*", (node, self._power()), None, node.start)
        return node

    @staticmethod
    def _is_function(token: Token) -> bool:
        name = ALIASES.get(token.text, token.text)
        return name in ONE_ARGUMENT or name in ARGUMENT_COUNTS

    def _applied(self, token: Token, name: str, arguments: tuple[Node, ...]) -> Node:
        """Return the call of a function, after checking the number of arguments."""
        if name == "log" and token.text == "log" and len(arguments) == 1:
            self.notes.append(Note("log is the natural logarithm; log10 has base 10", token.start, token.end))
        if name == "log" and len(arguments) == 2:
            logarithms = [self._node("call", (argument,), "log", token.start) for argument in arguments]
            return self._node("/", tuple(logarithms), None, token.start)
        fewest, most = ARGUMENT_COUNTS.get(name, (1, 1))
        if not fewest <= len(arguments) <= most:
            raise FormulaError(
                "{name} takes {expected} arguments, not {given}"
                if most > 1
                else "{name} takes one argument, not {given}",
                token.start,
                self.previous.end,
                name=name,
                expected=fewest if fewest == most else f"{fewest}–{most}",
                given=len(arguments),
            )
        if name in ("pow", "where"):
            return self._node({"pow": "^", "where": "where"}[name], arguments, None, token.start)
        return self._node("call", arguments, name, token.start)

    def _series(self, token: Token, name: str) -> Node:
        """Parse sum(k, 1, 5, term), sum(k = 1, 5, term), or the LaTeX form with limits."""
        if self.current.kind == "_":
            return self._series_with_limits(token, name)
        self._expect("(")
        letter, first, last = self._counter(token)
        self._expect(",")
        term = self._term(letter)
        self._expect(")")
        return self._node("series", (term,), Series(name, letter, first, last), token.start)

    def _series_with_limits(self, token: Token, name: str) -> Node:
        self._next()
        self._expect("{")
        letter, first = self._letter(token), self._whole_number()
        self._expect("}")
        self._expect("^")
        braces = self.current.kind == "{" and bool(self._next())
        last = self._whole_number()
        if braces:
            self._expect("}")
        self._check_count(first, last, token)
        self.indices.append(letter)
        term = self._power()
        while self.current.kind in ("word", "number", "(", "{") and self._begins_factor():
            term = self._node("*", (term, self._power()), None, term.start)
        self.indices.pop()
        return self._node("series", (term,), Series(name, letter, first, last), token.start)

    def _letter(self, token: Token) -> str:
        """Parse the letter of a sum and the sign after it."""
        letter = self._expect("word")
        if len(letter.text) > 1 or letter.text in (*self.axes, *CONSTANTS):
            raise FormulaError("count with a letter other than x, y, and e", letter.start, letter.end)
        if self.current.kind not in (",", "="):
            raise FormulaError("write a sum as sum(k, 1, 5, ...)", token.start, self.current.end)
        self._next()
        return letter.text

    def _counter(self, token: Token) -> tuple[str, int, int]:
        letter, first = self._letter(token), self._whole_number()
        self._expect(",")
        last = self._whole_number()
        self._check_count(first, last, token)
        return letter, first, last

    def _check_count(self, first: int, last: int, token: Token) -> None:
        if not 1 <= last - first + 1 <= MAX_TERMS:
            raise FormulaError("a sum can have 1 to {most} terms", token.start, self.previous.end, most=MAX_TERMS)

    def _term(self, letter: str) -> Node:
        self.indices.append(letter)
        term = self._conditional()
        self.indices.pop()
        return term

    def _whole_number(self) -> int:
        negative = self.current.kind == "-" and bool(self._next())
        token = self._expect("number")
        if not token.text.isdigit():
            raise FormulaError("the limits of a sum must be integers", token.start, token.end)
        return -int(token.text) if negative else int(token.text)
