"""Symbols of the names in the source of a rule, as mathtext."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

LOWER_CASE = "alpha beta gamma delta epsilon eta theta kappa lambda mu nu rho sigma tau phi chi psi omega"
GREEK = frozenset(LOWER_CASE.split())
ACCENTS = ("hat", "bar", "tilde")
GRADIENT, OLD_POSITION, NEW_POSITION = "g_t", "x_{t-1}", "x_t"


class Symbols:
    """The symbols of one function, which change as its names are assigned.

    Parameters
    ----------
    fixed : mapping of str to str
        Symbols of names that are given to the function: hyperparameters, the position, the gradient.
    state : iterable of str
        Names of the state: they have the index t - 1 until they are assigned.
    """

    def __init__(self, fixed: Mapping[str, str], state: Iterable[str]) -> None:
        self.fixed, self.state = fixed, frozenset(state)
        self.assignment_counts: dict[str, int] = {}
        self.used = set(fixed.values())

    def assign(self, name: str) -> str:
        """Return the symbol of the new value of a name; primes tell it apart from all values before."""
        self.assignment_counts[name] = self.assignment_counts.get(name, 0) + 1
        while self[name] in self.used:
            self.assignment_counts[name] += 1
        self.used.add(self[name])
        return self[name]

    def __getitem__(self, name: str) -> str:
        count = self.assignment_counts.get(name, 0)
        if name in self.fixed:
            return self.fixed[name] if not count else _with_index(_base(name, count + 1), "t")
        return _with_index(_base(name, count), "t-1" if name in self.state and not count else "t")


def plain_symbol(name: str) -> str:
    """Return the symbol of a hyperparameter that declares none."""
    base, subscript = _base(name, 0)
    return f"{base}_{{{subscript}}}" if subscript else base


def _base(name: str, count: int) -> tuple[str, str]:
    """Return the letter of a name with accent and primes, and its subscript."""
    stem, _, rest = name.partition("_")
    match = re.fullmatch(r"([A-Za-z]+?)(\d+)", stem)
    letters, number = (match[1], match[2]) if match else (stem, "")
    base = "g" if letters == "grad" else r"\bar{g}" if name == "g" else _word(letters)  # g_t is the gradient
    words = [word for word in rest.split("_") if word and word != "new"]
    if words and words[0] in ACCENTS:
        base = rf"\{words.pop(0)}{{{base}}}"
    primes = "'" * (count - 1) if count < 5 else rf"^{{({count})}}"
    return base + primes, ",".join([*([number] if number else []), *map(_word, words)])


def _with_index(base_and_subscript: tuple[str, str], index: str) -> str:
    base, subscript = base_and_subscript
    return f"{base}_{{{subscript},{index}}}" if subscript else f"{base}_{{{index}}}" if len(index) > 1 else f"{base}_t"


def _word(word: str) -> str:
    return rf"\{word}" if word in GREEK else word if len(word) == 1 or word.isdigit() else rf"\mathrm{{{word}}}"
