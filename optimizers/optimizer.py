"""THE CONTRACT: an optimizer is one pure function, and its signature is its whole declaration.

    @optimizer("Momentum", source="Polyak 1964", formula=r\"\"\"
        v_t = \\mu v_{t-1} - \\eta g_t
        x_t = x_{t-1} + v_t
        \"\"\")
    def momentum(x, grad, t, v=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
        \"\"\"Rolls through small bumps. Overshoots where the valley turns.

        The velocity remembers past gradients, so that what they agree on adds up and what they differ in cancels.
        \"\"\"
        v = momentum * v - lr * grad
        return x + v, v

- ``x`` is the position, ``grad`` the gradient there, ``t`` the number of the update, counted from 1.
- Positional arguments with a default are the **state**; their defaults are where they begin.
- Keyword-only arguments are the **hyperparameters**; the annotation gives the range and the scale of the slider.
- The docstring's first paragraph, the ``note``, says when the rule shines and when it fails; a second one, the ``story``, tells
  a student what it does with the gradient, why that helps and what to try. The window shows them.
- ``formula`` is the update as it is coded, in the letters of its source and of the sliders: lines of mathtext without dollar
  signs. x_{t-1} is ``x`` and g_t the gradient there; where g_t occurs, a first line that says so is put before the others.
  Squares, roots, fractions and maxima of vectors are meant coordinate by coordinate. Switches are as they are at first.
- The function returns the new position, followed by the new state if there is any.
- It is pure: the same arguments give the same answer, so that replaying is exact. It changes nothing in place.
- It computes on Python floats and on arrays of any shape by the same lines, one coordinate at a time; ``sqrt``,
  ``sign``, ``maximum`` ... come from ``optimizers.arithmetic``.
- A rule that couples the coordinates says ``separable=False`` and gets whole points, shape (2, *batch).
- A rule whose second argument is named ``loss`` (it must say ``separable=False``) gets a ``Loss`` instead of the gradient.
- A rule that searches or branches, so that it can walk one run only, says ``batched=False`` too: it always gets points of
  shape (2,), and ``trace`` walks the runs of a batch one after another.
- One that never asks for the gradient says ``by_gradient=False``: parts that shape the gradient are not offered to it.
- A state named ``trials`` (k, 2), ``simplex`` (3, 2) or ``covariance`` (2, 2) about ``mean`` (2,) is drawn in the contour view.
- Where frameworks disagree, each convention is a rule of its own with its own formula; all but the usual one say
  ``variant_of``. ``convention`` names the frameworks that compute exactly so.
"""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_type_hints

from optimizers.hyperparameter import (
    SYMBOLS,
    Count,
    Decay,
    Epsilon,
    Fraction,
    Hyperparameter,
    LearningRate,
    LossValue,
    Momentum,
    Positive,
    Power,
    Seed,
    Switch,
    WarmUp,
    WeightDecay,
)

__all__ = [
    "OPTIMIZERS",
    "MODIFIERS",
    "Count",
    "Decay",
    "Epsilon",
    "Fraction",
    "LossValue",
    "Hyperparameter",
    "LearningRate",
    "Momentum",
    "Optimizer",
    "Modifier",
    "Positive",
    "Power",
    "Seed",
    "Switch",
    "WarmUp",
    "WeightDecay",
    "parse_signature",
    "optimizer",
]


@dataclass(frozen=True)
class DeclaredFunction:
    """A plain function with what its signature declares. Calling it calls the function."""

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
        return self.function(*arguments, **hyperparameters)

    def bind(self, hyperparameters: Mapping[str, Any]) -> tuple[Callable[..., Any], dict[str, Any]]:
        """The rule with these hyperparameters as its defaults, and the dictionary of them: a change there is felt at once.

        A keyword argument costs an update some 0.2 us; a copied function with new keyword defaults costs nothing.
        """
        if not isinstance(self.function, types.FunctionType):
            raise TypeError(f"the rule of {self.id} must be a plain function")
        function = self.function
        bound = types.FunctionType(
            function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
        )
        bound.__kwdefaults__ = settings = {**(function.__kwdefaults__ or {}), **hyperparameters}
        return bound, settings


@dataclass(frozen=True)
class Modifier(DeclaredFunction):
    """Something that any optimizer can be combined with; what ``stage`` means is written in ``optimizers.parts``.

    Its first hyperparameter bears its id and switches it on: at 0 the part is not there. A ``penalty`` of strength s stands
    for the term s/2 |x|^2 of the loss. ``on`` is the strength that it has when it is added in the window.
    """

    stage: str = "gradient"
    penalty: bool = False
    default_strength: float = 1.0


MODIFIERS: dict[str, Modifier] = {}


@dataclass(frozen=True)
class Optimizer(DeclaredFunction):
    """One way to make an update. ``family`` is the file it stands in, under the name that the file gives as FAMILY."""

    family: str = ""
    separable: bool = True
    takes_loss: bool = False
    batched: bool = True
    uses_gradient: bool = True
    variant_of: str = ""
    implementation: str = ""

    @property
    def defaults(self) -> dict[str, float]:
        return {name: h.default for name, h in self.hyperparameters.items()}

    @property
    def modifiers(self) -> dict[str, Modifier]:
        """What it can be combined with: every part but those of a name of its own, and those that it could not feel."""
        unused_stages = (set() if self.uses_gradient else {"gradient", "loss"}) | (
            set() if self.has_learning_rate else {"rate"}
        )
        return {
            name: modifier
            for name, modifier in MODIFIERS.items()
            if name not in self.hyperparameters and (modifier.penalty or modifier.stage not in unused_stages)
        }

    @property
    def has_learning_rate(self) -> bool:
        """Whether lr is the length of every step, and not of the first one, or the size of something."""
        return any(spec.is_learning_rate for spec in self.hyperparameters.values())

    def spec(self, name: str) -> Hyperparameter:
        """The declaration of a hyperparameter of its own or of a part; ValueError for any other name."""
        if name in self.hyperparameters:
            return self.hyperparameters[name]
        for modifier in self.modifiers.values():
            if name in modifier.hyperparameters:
                return modifier.hyperparameters[name]
        modifier_names = [name for part in self.modifiers.values() for name in part.hyperparameters]
        raise ValueError(
            f"{self.id} has no hyperparameter {name!r}; it has {', '.join(self.hyperparameters)}, "
            f"and can be combined with {', '.join(modifier_names)}"
        )

    def check_names(self, names: Iterable[str]) -> None:
        """ValueError for a name that is not a hyperparameter's."""
        for name in names:
            self.spec(name)

    def check(self, hyperparameters: Mapping[str, Any]) -> dict[str, float]:
        """Its own hyperparameters as floats, defaults filled in, and those given of parts; ValueError names the culprit."""
        self.check_names(hyperparameters)
        return {
            name: self.spec(name).check(f"{name} of {self.id}", value)
            for name, value in {**self.defaults, **hyperparameters}.items()
        }


OPTIMIZERS: dict[str, Optimizer] = {}
GRADIENT_LINE = r"g_t = \nabla f(x_{t-1})"


def parse_signature(function: Callable[..., Any], argument_count: int) -> dict[str, Any]:
    """What a function declares: id, note and story, and beyond its ``first`` arguments hyperparameters and state."""
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())
    hyperparameters = {}
    for p in parameters:
        if p.kind is p.KEYWORD_ONLY:
            specs = [m for m in getattr(hints.get(p.name), "__metadata__", ()) if isinstance(m, Hyperparameter)]
            if not specs or p.default is p.empty:
                raise TypeError(f"{function.__name__}: {p.name} needs a Hyperparameter annotation and a default")
            spec = specs[0]
            label = spec.label or re.sub(r"\beps", "epsilon", p.name.replace("_", " "))
            symbol = "" if spec.scale == "switch" else spec.symbol or SYMBOLS.get(p.name, "")
            hyperparameters[p.name] = replace(spec, default=float(p.default), label=label, symbol=symbol)
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
    """The lines of a formula without the indentation of the source."""
    return [line.strip() for line in formula.strip().splitlines()]


def optimizer(
    name: str,
    *,
    source: str,
    formula: str = "",
    separable: bool = True,
    batched: bool = True,
    uses_gradient: bool = True,
    variant_of: str = "",
    implementation: str = "",
) -> Callable[[Callable[..., Any]], Optimizer]:
    """Declare a rule; its id is the function's name. TypeError where the signature breaks the contract."""

    def declare(function: Callable[..., Any]) -> Optimizer:
        argument_names = list(inspect.signature(function).parameters)[:3]
        if argument_names not in (["x", "grad", "t"], ["x", "loss", "t"]):
            raise TypeError(f"{function.__name__} must begin with (x, grad, t) or (x, loss, t)")
        takes_loss = argument_names[1] == "loss"
        if separable and (takes_loss or not batched):
            raise TypeError(f"{function.__name__} takes the loss or one run at a time, so it must say separable=False")
        module_name = function.__module__.rpartition(".")[2].replace("_", " ").capitalize()
        family = OPTIMIZERS[variant_of].family if variant_of else function.__globals__.get("FAMILY", module_name)
        full_formula = "\n".join([*([GRADIENT_LINE] if "g_t" in formula else []), *formula_lines(formula)])
        method = Optimizer(
            name=name,
            source=source,
            formula=full_formula,
            family=family,
            separable=separable,
            takes_loss=takes_loss,
            batched=batched,
            uses_gradient=uses_gradient,
            variant_of=variant_of,
            implementation=implementation,
            **parse_signature(function, 3),
        )
        OPTIMIZERS[method.id] = method
        return method

    return declare
