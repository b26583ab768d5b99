"""Evaluate the LaTeX formula of an update rule, to compare what the help shows with what the code does.

Values are floats or points (2,). A name without a definition starts at 0, ``x`` at the start point; a hyperparameter
that is an initial value, such as G_0, starts at its setting. Only the part of mathtext that the formulas of gradient
rules use is understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from optimizers import Optimizer
from optimizers.loss import SurfaceFunction

TOKEN = re.compile(r"«\w+»|\\[A-Za-z]+|\\\||\d+(?:\.\d+)?|[^\s\\]")
EQUALS = re.compile(r"=(?![^{]*\})")  # not the one in the index of a sum
SPACES = re.compile(r"\\[,; ]|\\left(?![a-z])|\\right(?![a-z])")
ACCENTS = (r"\hat", r"\bar", r"\tilde")
TERMINATORS = {"+", "-", ")", "]", "}", ",", "|"}
COMPARISONS = {">": np.greater, "<": np.less, r"\leq": np.less_equal, r"\geq": np.greater_equal}
FUNCTIONS = {"max": np.maximum, "min": np.minimum, "sign": np.sign, "RMS": lambda u: np.sqrt(np.mean(u * u))}


def substitute(symbol: str, formula: str, name: str) -> str:
    """Replace a symbol in a formula by «name», except where it is part of a longer name."""
    before = "" if symbol.startswith("\\") else r"(?<![A-Za-z_\\])"
    return re.sub(before + re.escape(symbol) + r"(?![A-Za-z_{])", f"«{name}»", formula)


class Formula:
    """The formula of one rule with its values.

    ``value(name, t)`` uses the first definition whose index and condition match.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        surface: SurfaceFunction,
        start: tuple[float, float],
        hyperparameters: Mapping[str, float],
    ) -> None:
        self.surface, self.hyperparameters = surface, hyperparameters
        self.values: dict[tuple[str, int], Any] = {("x", 0): np.array(start)}
        self.definitions: dict[str, list[tuple[str, list[str], list[str]]]] = {}
        self.bounds: dict[str, list[str]] = {}
        text = optimizer.formula
        for name, declared in sorted(optimizer.hyperparameters.items(), key=lambda item: -len(item[1].symbol)):
            if declared.symbol.endswith("_0") and declared.symbol[:-1] + "{t-1}" in text:
                self.values[declared.symbol[:-2], 0] = hyperparameters[name]
            elif declared.symbol:
                text = substitute(declared.symbol, text, name)
        for piece in re.split(r",\\quad|\n", text):
            self._define(piece)

    def _define(self, piece: str) -> None:
        condition = re.search(r"\\quad *\(([^()]*)\)$", piece)
        piece = piece[: condition.start()] if condition else piece
        *left, right = (TOKEN.findall(SPACES.sub(" ", side)) for side in EQUALS.split(piece))
        if not left:  # |name_t| \leq bound
            at = right.index(r"\leq")
            self.bounds[right[1]] = right[at + 1 :]
        for side in left:
            name, index, _ = self._name(side, 0)
            self.definitions.setdefault(name, []).append(
                (index, right, TOKEN.findall(condition[1]) if condition else [])
            )

    def value(self, name: str, t: int) -> Any:
        if (name, t) not in self.values:
            self.values[name, t] = self._compute(name, t)
        return self.values[name, t]

    def _compute(self, name: str, t: int) -> Any:
        for index, right, condition in sorted(self.definitions[name], key=lambda each: not each[0].isdigit()):
            now = t + 1 if index == "t-1" else t
            fits = index == str(t) if index.isdigit() or now == 0 else self._holds(condition, now)
            if fits:
                value = self._evaluate(right, {"t": now})
                if name in self.bounds:
                    bound = self._evaluate(self.bounds[name], {"t": now})
                    value = np.clip(value, -bound, bound)
                return value
        assert t == 0, f"{name} has no value after update {t}"
        return 0.0

    def _holds(self, condition: list[str], t: int) -> bool:
        at = next((i for i, token in enumerate(condition) if token in COMPARISONS), None)
        return at is None or bool(
            COMPARISONS[condition[at]](
                *(self._evaluate(side, {"t": t}) for side in (condition[:at], condition[at + 1 :]))
            )
        )

    def _evaluate(self, tokens: list[str], indices: Mapping[str, int]) -> Any:
        value, end = self._sum(tokens, 0, indices)
        assert end == len(tokens), f"cannot evaluate {tokens[end:]} of {tokens}"
        return value

    def _sum(self, tokens: list[str], i: int, indices: Mapping[str, int]) -> tuple[Any, int]:
        value: Any = 0.0
        sign = "+"
        if tokens[i] == "-":
            sign, i = "-", i + 1
        while True:
            term, i = self._product(tokens, i, indices)
            value = value + term if sign == "+" else value - term
            if tokens[i : i + 1] not in (["+"], ["-"]):
                return value, i
            sign, i = tokens[i], i + 1

    def _product(self, tokens: list[str], i: int, indices: Mapping[str, int]) -> tuple[Any, int]:
        value, transposed, i = self._power(tokens, i, indices)
        inside = tokens[:i].count(r"\|") % 2
        while i < len(tokens) and tokens[i] not in TERMINATORS and not (tokens[i] == r"\|" and inside):
            divides = tokens[i] == "/"
            factor, transposes, i = self._power(tokens, i + divides, indices)
            if transposes:  # it is multiplied with the next factor
                other, _, i = self._power(tokens, i, indices)
                factor = factor @ other
            value = value / factor if divides else value @ factor if transposed else value * factor
            transposed = False
        return value, i

    def _power(self, tokens: list[str], i: int, indices: Mapping[str, int]) -> tuple[Any, bool, int]:
        """Return a factor with its exponents, whether it is transposed, and the next index."""
        value, i = self._factor(tokens, i, indices)
        while tokens[i : i + 1] == ["^"]:
            exponent, i = group(tokens, i + 1)
            if exponent == [r"\top"]:
                return value, True, i
            value = value ** self._evaluate(exponent, indices)
        return value, False, i

    def _factor(self, tokens: list[str], i: int, indices: Mapping[str, int]) -> tuple[Any, int]:
        token = tokens[i]
        if token.startswith("«"):
            return self.hyperparameters[token[1:-1]], i + 1
        if token[0].isdigit():
            return float(token), i + 1
        if token in indices:
            return float(indices[token]), i + 1
        if token in ("(", "[", "|", r"\|"):
            value, i = self._sum(tokens, i + 1, indices)
            if token == r"\|":
                one = tokens[i + 1 : i + 3] == ["_", "1"]
                return (np.abs(value).sum(), i + 3) if one else (np.hypot(*value), i + 1)
            return (np.abs(value) if token == "|" else value), i + 1
        if token in (r"\dfrac", r"\frac"):
            numerator, i = group(tokens, i + 1)
            denominator, i = group(tokens, i)
            return self._evaluate(numerator, indices) / self._evaluate(denominator, indices), i
        if token == r"\sqrt":
            inside, i = group(tokens, i + 1)
            return np.sqrt(self._evaluate(inside, indices)), i
        if token == r"\mathrm":
            letters, i = group(tokens, i + 1)
            return self._call("".join(letters), tokens, i, indices)
        if token in (r"\max", r"\min"):
            return self._call(token[1:], tokens, i + 1, indices)
        if token in (r"\sum", r"\prod"):
            return self._series(token, tokens, i, indices)
        if token == r"\nabla":
            return self._call("gradient", tokens, i + 2, indices)
        if token == "f" and tokens[i + 1] == "(":
            return self._call("loss", tokens, i + 1, indices)
        name, index, i = self._name(tokens, i)
        return self.value(name, eval(index, {}, dict(indices))), i

    def _call(self, name: str, tokens: list[str], i: int, indices: Mapping[str, int]) -> tuple[Any, int]:
        arguments = []
        while tokens[i] not in (")", "]"):
            argument, i = self._sum(tokens, i + 1, indices)
            arguments.append(argument)
        if name in FUNCTIONS:
            return FUNCTIONS[name](*arguments), i + 1
        loss, gradient = self.surface(*arguments[0].tolist())
        return loss if name == "loss" else np.array(gradient), i + 1

    def _series(self, kind: str, tokens: list[str], i: int, indices: Mapping[str, int]) -> tuple[Any, int]:
        (letter, _, first), i = group(tokens, i + 2)
        last, i = group(tokens, i + 1)
        terms = [
            self._power(tokens, i, {**indices, letter: k})
            for k in range(int(first), int(self._evaluate(last, indices)) + 1)
        ]
        return (np.sum if kind == r"\sum" else np.prod)([value for value, *_ in terms], axis=0), terms[0][-1]

    def _name(self, tokens: list[str], i: int) -> tuple[str, str, int]:
        r"""Read a name and its index: x_{t-1}, \hat{m}_t, m_{1,t}, E[g^2]_t, \Delta x_t; t if it has none."""
        name, i = tokens[i], i + 1
        if name in ACCENTS:
            letters, i = group(tokens, i)
            name += "".join(letters)
        elif name == "E":
            end = tokens.index("]", i) + 1
            name, i = "".join(tokens[i - 1 : end]), end
        elif name == r"\Delta":
            name, i = name + tokens[i], i + 1
        if tokens[i : i + 1] != ["_"]:
            return name, "t", i
        index, i = group(tokens, i + 1)
        if index == [r"\infty"]:
            return name + r"\infty", "t", i
        if "," in index:
            name, index = name + index[0], index[2:]
        return name, "".join(index), i


def group(tokens: list[str], i: int) -> tuple[list[str], int]:
    """Return the tokens inside the braces at i, or the one token there, and the index after them."""
    if tokens[i] != "{":
        return [tokens[i]], i + 1
    depth, end = 1, i + 1
    while depth:
        depth += {"{": 1, "}": -1}.get(tokens[end], 0)
        end += 1
    return tokens[i + 1 : end - 1], end
