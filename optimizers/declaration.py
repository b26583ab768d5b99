"""Functions whose signature is their declaration: the common base of optimizers and modifiers."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_type_hints

from optimizers.hyperparameter import LABELS, SYMBOLS, Hyperparameter
from optimizers.hyperparameter_help import explain_hyperparameter


@dataclass(frozen=True)
class DeclaredFunction:
    """A plain function together with what its signature declares; calling it calls the function.

    Attributes
    ----------
    id : str
        Name of the function; key of the registry and name in files and on the command line.
    name : str
        Name shown in the window.
    source : str
        Publication or framework that the function follows.
    function : callable
        The function itself.
    hyperparameters : mapping of str to Hyperparameter
        Keyword-only arguments.
    state : mapping of str to object
        Positional arguments with a default, and their initial values.
    summary, description : str
        First paragraph and remainder of the docstring, each on one line.
    formula : str
        Lines of mathtext without dollar signs.
    """

    id: str
    name: str
    source: str
    function: Callable[..., Any] = field(repr=False)
    hyperparameters: Mapping[str, Hyperparameter]
    state: Mapping[str, Any]
    summary: str
    description: str
    formula: str

    def __call__(self, *arguments: Any, **hyperparameters: Any) -> Any:
        """Call the function."""
        return self.function(*arguments, **hyperparameters)

    def bind(self, hyperparameters: Mapping[str, Any]) -> tuple[Callable[..., Any], dict[str, Any]]:
        """Return a copy of the function with these hyperparameters as defaults, and the dictionary of the defaults.

        A change in the dictionary takes effect at the next call. Passing keyword arguments would cost about 0.2 us per
        call; new keyword defaults of a copied function cost nothing.
        """
        if not isinstance(self.function, types.FunctionType):
            raise TypeError(f"the rule of {self.id} must be a plain function")
        function = self.function
        bound = types.FunctionType(
            function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
        )
        bound.__kwdefaults__ = settings = {**(function.__kwdefaults__ or {}), **hyperparameters}
        return bound, settings


def parse_signature(function: Callable[..., Any], argument_count: int, variant_of: str = "") -> dict[str, Any]:
    """Return the fields of ``DeclaredFunction`` that a function declares by its name, signature and docstring.

    The state begins after the first ``argument_count`` arguments; ``variant_of`` names the function whose explanations
    of hyperparameters apply where this one has none. Raises TypeError if a hyperparameter lacks a
    ``Hyperparameter`` annotation or a default.
    """
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())
    hyperparameters = {}
    for p in parameters:
        if p.kind is p.KEYWORD_ONLY:
            specs = [m for m in getattr(hints.get(p.name), "__metadata__", ()) if isinstance(m, Hyperparameter)]
            if not specs or p.default is p.empty:
                raise TypeError(f"{function.__name__}: {p.name} needs a Hyperparameter annotation and a default")
            spec = specs[0]
            label = spec.label or LABELS.get(p.name) or re.sub(r"\beps", "epsilon", p.name.replace("_", " "))
            symbol = spec.symbol or ("" if spec.scale == "switch" else SYMBOLS.get(p.name, ""))
            explanation = spec.explanation or explain_hyperparameter(p.name, function.__name__, variant_of)
            hyperparameters[p.name] = replace(
                spec, default=float(p.default), label=label, symbol=symbol, explanation=explanation
            )
    state = {p.name: p.default for p in parameters[argument_count:] if p.kind is p.POSITIONAL_OR_KEYWORD}
    summary, _, description = (inspect.getdoc(function) or "").partition("\n\n")
    return {
        "id": function.__name__,
        "function": function,
        "hyperparameters": types.MappingProxyType(hyperparameters),
        "state": types.MappingProxyType(state),
        "summary": " ".join(summary.split()),
        "description": " ".join(description.split()),
    }


def formula_lines(formula: str) -> list[str]:
    """Return the lines of a formula without the indentation of the source code."""
    return [line.strip() for line in formula.strip().splitlines()]
