"""Contract of optimizers: an optimizer is one pure function, and its signature is its declaration.

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

- ``x`` is the position, ``grad`` the gradient at it, ``t`` the step number, counted from 1.
- Positional arguments with a default are the **state**; the defaults are its initial values.
- Keyword-only arguments are the **hyperparameters**; the annotation gives the range and the scale of the slider.
- The first paragraph of the docstring, the **summary**, states when the method works well and when it fails; the second
  one, the **description**, explains to a student what it does with the gradient, why that helps and what to try. The
  window shows both.
- ``formula`` is the update as it is coded, in the symbols of its source and of the sliders: lines of mathtext without
  dollar signs. x_{t-1} is ``x`` and g_t the gradient at it; if g_t occurs, a first line that defines it is prepended.
  Squares, roots, fractions and maxima of vectors are elementwise. Switches have their default values, except those
  with a symbol, which is 1 if they are on and 0 if they are off.
- The function returns the new position, followed by the new state if there is any.
- It is pure: the same arguments give the same result, so that a replay is exact. It modifies nothing in place.
- The same lines compute on Python floats and on arrays of any shape, one coordinate at a time; ``sqrt``, ``sign``,
  ``maximum`` etc. come from ``optimizers.arithmetic``.
- ``scope`` is the part of the parameters that one call of the rule must see together: "element" (the default), each
  number on its own; "layer", each parameter array of a model, because the rule uses norms per layer (LARS, Adafactor);
  "whole", all parameters as one vector (BFGS, line searches, DoG). Except for "element", positions are vectors, shape
  (d, *batch), and norms, identity matrices and samples have the size ``len(x)``. On a surface d is 2, and both
  coordinates form one layer.
- A rule whose second argument is named ``loss`` (it must declare ``scope="whole"``) gets a ``Loss`` instead of the
  gradient.
- A rule that searches or branches, so that it can handle one run only, also declares ``batched=False``: it always gets
  positions of shape (d,), and ``trace`` computes the runs of a batch one after another.
- A rule whose cost per step grows with the square or cube of the number of parameters d declares ``max_parameters``, up
  to which a step of a small network takes about 0.1 s; with more, the window does not offer it.
- A rule that never evaluates the gradient declares ``uses_gradient=False``: modifiers of the gradient are not offered.
- The contour view draws a state named ``trials`` (k, d), ``simplex`` (d + 1, d) or ``covariance`` (d, d) around
  ``mean`` (d,).
- Where frameworks differ, each implementation is a rule of its own with its own formula; all but the usual one declare
  ``variant_of``. ``implementation`` names the frameworks that compute exactly this.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from optimizers.declaration import DeclaredFunction, formula_lines, parse_signature
from optimizers.hyperparameter import (
    Averaging,
    BiasCorrection,
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
    "MODIFIERS",
    "OPTIMIZERS",
    "Averaging",
    "BiasCorrection",
    "Count",
    "Decay",
    "Epsilon",
    "Fraction",
    "Hyperparameter",
    "LearningRate",
    "LossValue",
    "Modifier",
    "Momentum",
    "Optimizer",
    "Positive",
    "Power",
    "Seed",
    "Switch",
    "WarmUp",
    "WeightDecay",
    "optimizer",
]


@dataclass(frozen=True)
class Modifier(DeclaredFunction):
    """A technique that can be combined with any optimizer, for example gradient clipping or a schedule.

    Declared by ``optimizers.parts.modifier``. The first hyperparameter has the same name as the modifier and is its
    strength: at 0 the modifier is off. The attributes of ``DeclaredFunction`` are not repeated here.

    Attributes
    ----------
    stage : str
        Place within a step: "loss", "gradient", "position", "rate" or "result" (see ``optimizers.parts``).
    penalty : bool
        Whether strength s stands for the term s/2 |x|^2 of the loss.
    default_strength : float
        Strength with which the window adds the modifier.
    """

    stage: str = "gradient"
    penalty: bool = False
    default_strength: float = 1.0


MODIFIERS: dict[str, Modifier] = {}


@dataclass(frozen=True)
class Optimizer(DeclaredFunction):
    """An update rule and its declaration.

    Called as ``optimizer(x, grad, t, *state, **hyperparameters)`` it returns the new position, followed by the new
    state if there is any. Declared by ``optimizer``; see the contract in the docstring of this module. The attributes
    of ``DeclaredFunction`` are not repeated here.

    Attributes
    ----------
    family : str
        Heading in the list of optimizers: the FAMILY of the module, otherwise derived from the name of the module.
    scope : str
        What one call of the rule must see together: "element", "layer" or "whole"; see the contract.
    takes_loss : bool
        Whether the second argument is a ``Loss`` instead of the gradient.
    batched : bool
        Whether one call can update a batch of runs.
    uses_gradient : bool
        Whether the rule evaluates the gradient at all.
    max_parameters : int or None
        Number of parameters up to which a step is fast enough to be watched; None for no limit.
    variant_of : str
        Id of the usual implementation of the same method; empty if this is the usual one.
    implementation : str
        Frameworks that compute exactly this; empty if there is only one implementation.
    """

    family: str = ""
    scope: str = "element"
    takes_loss: bool = False
    batched: bool = True
    uses_gradient: bool = True
    max_parameters: int | None = None
    variant_of: str = ""
    implementation: str = ""

    @property
    def separable(self) -> bool:
        """Whether the rule acts on each number on its own; otherwise it gets positions of shape (d, *batch)."""
        return self.scope == "element"

    @property
    def defaults(self) -> dict[str, float]:
        """Default value of each hyperparameter."""
        return {name: h.default for name, h in self.hyperparameters.items()}

    @property
    def modifiers(self) -> dict[str, Modifier]:
        """Modifiers it can be combined with: all but those that have no effect on it or whose name it uses itself."""
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
        """Whether every step is proportional to ``lr``; in some methods it is only an initial size."""
        return any(spec.is_learning_rate for spec in self.hyperparameters.values())

    def is_in_frameworks(self, hyperparameters: Mapping[str, float]) -> bool:
        """Return whether the frameworks named by ``implementation`` allow these values."""
        return all(
            spec.in_frameworks or hyperparameters.get(name, spec.default) == spec.default
            for name, spec in self.hyperparameters.items()
        )

    def spec(self, name: str) -> Hyperparameter:
        """Return the declaration of a hyperparameter, own or of a modifier; raise ValueError for other names."""
        if name in self.hyperparameters:
            return self.hyperparameters[name]
        for modifier in self.modifiers.values():
            if name in modifier.hyperparameters:
                return modifier.hyperparameters[name]
        modifier_names = [name for modifier in self.modifiers.values() for name in modifier.hyperparameters]
        raise ValueError(
            f"{self.id} has no hyperparameter {name!r}; available: {', '.join(self.hyperparameters)}; "
            f"modifiers: {', '.join(modifier_names)}"
        )

    def check_names(self, names: Iterable[str]) -> None:
        """Raise ValueError if a name is not the name of a hyperparameter."""
        for name in names:
            self.spec(name)

    def check(self, hyperparameters: Mapping[str, Any]) -> dict[str, float]:
        """Return all hyperparameters of the optimizer and the given ones of modifiers as floats.

        Missing ones have their default. Raises ValueError naming the hyperparameter that is unknown or not allowed.
        """
        self.check_names(hyperparameters)
        return {
            name: self.spec(name).check(f"{name} of {self.id}", value)
            for name, value in {**self.defaults, **hyperparameters}.items()
        }


OPTIMIZERS: dict[str, Optimizer] = {}
SCOPES = ("element", "layer", "whole")
OLD_IDS = {"adan_authors": "adan"}  # ids of earlier versions and their current ones
GRADIENT_LINE = r"g_t = \nabla f(x_{t-1})"


def optimizer(
    name: str,
    *,
    source: str,
    formula: str = "",
    scope: str = "element",
    batched: bool = True,
    uses_gradient: bool = True,
    max_parameters: int | None = None,
    variant_of: str = "",
    implementation: str = "",
) -> Callable[[Callable[..., Any]], Optimizer]:
    """Register a function as an optimizer in ``OPTIMIZERS`` under its own name.

    Parameters
    ----------
    name : str
        Name shown in the window.
    source : str
        Publication or framework that the function follows.
    formula : str, optional
        The update as it is coded, as lines of mathtext; a line that defines g_t is prepended if g_t occurs.
    scope, batched, uses_gradient, max_parameters, variant_of, implementation
        See the attributes of ``Optimizer``.

    Returns
    -------
    callable
        A decorator that replaces an update rule by the ``Optimizer``.

    Raises
    ------
    TypeError
        By the decorator, if the signature of the function breaks the contract in the docstring of this module.
    KeyError
        By the decorator, if ``variant_of`` is not the id of an optimizer.
    """

    def declare(function: Callable[..., Any]) -> Optimizer:
        argument_names = list(inspect.signature(function).parameters)[:3]
        if argument_names not in (["x", "grad", "t"], ["x", "loss", "t"]):
            raise TypeError(f"{function.__name__} must begin with (x, grad, t) or (x, loss, t)")
        takes_loss = argument_names[1] == "loss"
        if scope not in SCOPES:
            raise TypeError(f"the scope of {function.__name__} must be one of {', '.join(SCOPES)}, not {scope!r}")
        if scope != "whole" and (takes_loss or not batched):
            raise TypeError(f'{function.__name__} takes the loss or one run at a time, so it must say scope="whole"')
        module_name = function.__module__.rpartition(".")[2].replace("_", " ").capitalize()
        family = OPTIMIZERS[variant_of].family if variant_of else function.__globals__.get("FAMILY", module_name)
        full_formula = "\n".join([*([GRADIENT_LINE] if "g_t" in formula else []), *formula_lines(formula)])
        method = Optimizer(
            name=name,
            source=source,
            formula=full_formula,
            family=family,
            scope=scope,
            takes_loss=takes_loss,
            batched=batched,
            uses_gradient=uses_gradient,
            max_parameters=max_parameters,
            variant_of=variant_of,
            implementation=implementation,
            **parse_signature(function, 3, variant_of),
        )
        OPTIMIZERS[method.id] = method
        return method

    return declare
