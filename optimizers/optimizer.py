"""THE CONTRACT: an optimizer is one pure function, and its signature is its whole declaration.

    @optimizer("Momentum", source="Polyak 1964")
    def momentum(x, grad, t, v=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
        v = momentum * v - lr * grad
        return x + v, v

- ``x`` is the position, ``grad`` the gradient there, ``t`` the number of the update, counted from 1.
- Positional arguments with a default are the **state**; their defaults are where they begin.
- Keyword-only arguments are the **hyperparameters**; the annotation gives the range and the scale of the slider.
- The function returns the new position, followed by the new state if there is any.
- It is pure: the same arguments give the same answer, so that replaying is exact. It changes nothing in place.
- It computes on Python floats and on arrays of any shape by the same lines, one coordinate at a time; ``sqrt``,
  ``sign``, ``maximum`` and ``where`` come from ``optimizers.arithmetic``.
- A rule that couples the coordinates says ``separable=False`` and gets whole points, shape (2, *batch).
- A rule whose second argument is named ``loss`` (it must say ``separable=False``) gets a ``Loss`` instead of the gradient.
"""

from __future__ import annotations

import inspect
import math
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, get_type_hints

import numpy as np


@dataclass(frozen=True)
class Hyperparameter:
    """How a hyperparameter is turned: the slider runs from ``low`` to ``high`` on ``scale``.

    ``scale`` is "linear", "log" (of the value) or "decay" (log of 1 - value, which resolves 0.9, 0.99, 0.999).
    A typed value may lie beyond the slider, between ``least`` and ``most``.
    """

    low: float
    high: float
    scale: str = "linear"
    least: float = 0.0
    most: float = math.inf
    label: str = ""
    default: float = math.nan

    def check(self, name: str, value: Any) -> float:
        """The value as a float; ValueError with a sentence that says what is allowed."""
        try:
            number = math.nan if isinstance(value, bool) else float(value)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"{name} must be a number, not {value!r}") from None
        if not self.least <= number <= self.most or math.isinf(number):
            raise ValueError(f"{name} must be {self.allowed}, not {value}")
        return number

    @property
    def allowed(self) -> str:
        """The allowed values in words."""
        if math.isinf(self.most):
            return f"a number of at least {self.least:g}"
        top = f"up to {self.most:g}" if self.most == round(self.most, 6) else f"below {self.most:g}"
        return f"at least {self.least:g} and {top}"

    def position(self, value: float) -> float:
        """Where the value stands on the slider, 0 to 1; values beyond the slider stand at its end."""
        if self.scale == "linear":
            share = (value - self.low) / (self.high - self.low)
        elif self.scale == "decay":
            share = math.log(max(1 - value, 1e-300) / (1 - self.low)) / math.log((1 - self.high) / (1 - self.low))
        else:
            share = math.log(max(value, 1e-300) / self.low) / math.log(self.high / self.low)
        return min(1.0, max(0.0, share))

    def value(self, position: float) -> float:
        """The value at a place on the slider, 0 to 1, to three significant digits of what the scale resolves."""
        if self.scale == "linear":
            return float(f"{self.low + position * (self.high - self.low):.3g}")
        if self.scale == "decay":
            rest = (1 - self.low) * ((1 - self.high) / (1 - self.low)) ** position
            return round(1 - float(f"{rest:.3g}"), 12)
        return float(f"{self.low * (self.high / self.low) ** position:.3g}")


BELOW_ONE = math.nextafter(1.0, 0.0)
LearningRate = Annotated[float, Hyperparameter(1e-6, 10.0, "log", label="learning rate")]
Momentum = Annotated[float, Hyperparameter(0.0, 0.99999, "decay", most=1.0)]
Decay = Annotated[float, Hyperparameter(0.0, 0.99999, "decay", most=BELOW_ONE)]
Epsilon = Annotated[float, Hyperparameter(1e-16, 1.0, "log", label="epsilon")]
WeightDecay = Annotated[float, Hyperparameter(1e-6, 1.0, "log")]


class Loss:
    """What a rule may ask of a surface: points of shape (2, *batch) in, heights (*batch) and gradients (2, *batch) out."""

    def __init__(self, surface: Callable[[Any, Any], Any]) -> None:
        self.surface = surface

    def value(self, point: np.ndarray) -> Any:
        return self.surface(point[0], point[1])[0]

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return np.array(self.surface(point[0], point[1])[1])


@dataclass(frozen=True)
class Optimizer:
    """A rule with what its signature declares. Calling it calls the rule."""

    id: str
    name: str
    source: str
    rule: Callable[..., Any] = field(repr=False)
    hyperparameters: Mapping[str, Hyperparameter]
    state: Mapping[str, float]
    separable: bool
    takes_loss: bool

    def __call__(self, *arguments: Any, **hyperparameters: Any) -> Any:
        return self.rule(*arguments, **hyperparameters)

    @property
    def defaults(self) -> dict[str, float]:
        return {name: h.default for name, h in self.hyperparameters.items()}

    def bind(self, hyperparameters: Mapping[str, Any]) -> tuple[Callable[..., Any], dict[str, Any]]:
        """The rule with these hyperparameters as its defaults, and the dictionary of them: a change there is felt at once.

        A keyword argument costs an update some 0.2 us; a copied function with new keyword defaults costs nothing.
        """
        if not isinstance(self.rule, types.FunctionType):
            raise TypeError(f"the rule of {self.id} must be a plain function")
        rule = self.rule
        bound = types.FunctionType(rule.__code__, rule.__globals__, rule.__name__, rule.__defaults__, rule.__closure__)
        bound.__kwdefaults__ = settings = {**(rule.__kwdefaults__ or {}), **hyperparameters}
        return bound, settings

    def know(self, names: Iterable[str]) -> None:
        """ValueError for a name that is not a hyperparameter's."""
        for name in names:
            if name not in self.hyperparameters:
                raise ValueError(f"{self.id} has no hyperparameter {name!r}; it has {', '.join(self.hyperparameters)}")

    def check(self, hyperparameters: Mapping[str, Any]) -> dict[str, float]:
        """All hyperparameters as floats, the defaults filled in; ValueError names the culprit and the choices."""
        self.know(hyperparameters)
        return {name: h.check(f"{name} of {self.id}", hyperparameters.get(name, h.default))
                for name, h in self.hyperparameters.items()}


OPTIMIZERS: dict[str, Optimizer] = {}


def optimizer(name: str, *, source: str, separable: bool = True) -> Callable[[Callable[..., Any]], Optimizer]:
    """Declare a rule; its id is the function's name. TypeError where the signature breaks the contract."""

    def declare(rule: Callable[..., Any]) -> Optimizer:
        hints = get_type_hints(rule, include_extras=True)
        parameters = list(inspect.signature(rule).parameters.values())
        if [p.name for p in parameters[:3]] not in (["x", "grad", "t"], ["x", "loss", "t"]):
            raise TypeError(f"{rule.__name__} must begin with (x, grad, t) or (x, loss, t)")
        takes_loss = parameters[1].name == "loss"
        if takes_loss and separable:
            raise TypeError(f"{rule.__name__} takes the loss, so it must say separable=False")
        hyperparameters = {}
        for p in parameters:
            if p.kind is p.KEYWORD_ONLY:
                declared = [m for m in getattr(hints.get(p.name), "__metadata__", ()) if isinstance(m, Hyperparameter)]
                if not declared or p.default is p.empty:
                    raise TypeError(f"{rule.__name__}: {p.name} needs a Hyperparameter annotation and a default")
                hyperparameters[p.name] = replace(declared[0], default=float(p.default),
                                                  label=declared[0].label or p.name.replace("_", " "))
        made = Optimizer(
            id=rule.__name__, name=name, source=source, rule=rule,
            hyperparameters=types.MappingProxyType(hyperparameters),
            state=types.MappingProxyType({p.name: p.default for p in parameters[3:] if p.kind is p.POSITIONAL_OR_KEYWORD}),
            separable=separable, takes_loss=takes_loss)
        OPTIMIZERS[made.id] = made
        return made

    return declare
