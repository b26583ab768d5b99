"""Mapping of framework classes to optimizers of this package and their hyperparameters.

    >>> from_framework("torch", "SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True})
    ('nesterov', {'lr': 0.1, 'momentum': 0.9})

Each class is represented by a function of the same name and signature in the module of the framework, which returns the
id of the optimizer and its hyperparameters.
Versions: torch 2.13, optax 0.2.8, keras 3.15, tf.compat.v1.train of tensorflow 2.21.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from optimizers.frameworks import keras, optax, tf1, torch
from optimizers.optimizer import OPTIMIZERS

FRAMEWORKS: dict[str, tuple[str, str, ModuleType]] = {
    "torch": ("PyTorch", "torch.optim", torch),
    "optax": ("Optax", "optax", optax),
    "keras": ("Keras", "keras.optimizers", keras),
    "tf1": ("TensorFlow 1", "tf.compat.v1.train", tf1),
}


class Preset(NamedTuple):
    """A call of a framework with its defaults: the id of the equivalent optimizer and all its hyperparameters."""

    framework: str
    call: str
    id: str
    hyperparameters: dict[str, float]


def framework_classes(framework: str) -> dict[str, Callable[..., tuple[str, dict[str, Any]]]]:
    """Return the functions that represent the classes of a framework, by name; raise ValueError if it is unknown."""
    if framework not in FRAMEWORKS:
        raise ValueError(f"there is no framework {framework!r}; there are {', '.join(FRAMEWORKS)}")
    module = FRAMEWORKS[framework][2]
    return {
        name: function
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
    }


def from_framework(
    framework: str,
    name: str,
    arguments: Mapping[str, Any] = MappingProxyType({}),
    *,
    scalar_variables: bool = False,
) -> tuple[str, dict[str, Any]]:
    """Return the optimizer id and hyperparameters equivalent to calling class ``name`` of ``framework``.

    A learning rate may also be a function of the step number t, counted from 1. Raises ValueError with one sentence if
    there is no counterpart, or if the framework itself rejects the arguments.

    The point (x, y) stands for one variable of two elements. With ``scalar_variables``, x and y are two variables of
    their own, which matters where a framework uses the norm of each variable: ``clipnorm`` of Keras then limits each
    coordinate (``clip_value``) and only ``global_clipnorm`` limits both together (``clip_norm``), and a layer-wise
    optimizer such as LAMB has no counterpart.
    """
    available = framework_classes(framework)
    title, namespace, module = FRAMEWORKS[framework]
    class_name = name.removeprefix("contrib.")
    if class_name in module.NO_COUNTERPART:
        raise ValueError(f"{namespace}.{name} has no counterpart: {module.NO_COUNTERPART[class_name]}")
    if class_name not in available:
        raise ValueError(f"{title} has no {name!r} with a counterpart here; there are {', '.join(available)}")
    for argument, value in arguments.items():
        if isinstance(value, np.ndarray):
            raise ValueError(f"{argument} must be a number: put arrays into the hyperparameters that this returns")
        if argument in module.SUPPORTED_VALUES and value not in module.SUPPORTED_VALUES[argument]:
            raise ValueError(f"{namespace}.{name}({argument}={value!r}) has no counterpart here")
    if scalar_variables:
        arguments = _of_scalar_variables(arguments, getattr(module, "SCALAR_EQUIVALENTS", {}))
    try:
        id, hyperparameters = available[class_name](**arguments)
    except (TypeError, IndexError, ArithmeticError) as error:
        raise ValueError(f"{namespace}.{name} cannot be called so: {error}") from None
    if scalar_variables and OPTIMIZERS[id].scope == "layer":
        raise ValueError(
            f"{namespace}.{name} uses the norm of each variable, which has no counterpart here for scalar variables"
        )
    modifiers = OPTIMIZERS[id].modifiers
    OPTIMIZERS[id].check({key: value for key, value in hyperparameters.items() if not callable(value)})
    return id, {
        key: value for key, value in hyperparameters.items() if key not in modifiers or callable(value) or value
    }


def _of_scalar_variables(arguments: Mapping[str, Any], equivalents: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments with those about the norm of a variable replaced; two that exclude each other stay."""
    return {
        equivalents[key] if key in equivalents and arguments.get(equivalents[key]) is None else key: value
        for key, value in arguments.items()
        if not (key in equivalents.values() and value is None)
    }


@lru_cache(maxsize=1)
def _all_presets() -> tuple[Preset, ...]:
    result = []
    for framework, (title, namespace, module) in FRAMEWORKS.items():
        calls: list[tuple[str, dict[str, Any]]] = [
            (name, module.REQUIRED_ARGUMENTS.get(name, {})) for name in framework_classes(framework)
        ]
        for name, arguments in calls + module.EXTRA_PRESETS:
            signature = inspect.signature(framework_classes(framework)[name]).parameters
            needs_learning_rate = (
                "learning_rate" in signature and signature["learning_rate"].default is inspect.Parameter.empty
            )
            id, hyperparameters = from_framework(
                framework, name, {**({"learning_rate": 1.0} if needs_learning_rate else {}), **arguments}
            )
            if needs_learning_rate:
                hyperparameters["lr"] = OPTIMIZERS[id].defaults["lr"]
            argument_text = ", ".join(f"{key}={value}" for key, value in arguments.items())
            call_namespace = f"{namespace}.contrib" if name in getattr(module, "CONTRIB_NAMES", ()) else namespace
            result.append(Preset(title, f"{call_namespace}.{name}({argument_text})", id, hyperparameters))
    return tuple(result)


def presets(optimizer: str) -> list[Preset]:
    """Return the defaults of the frameworks for an optimizer and its variants.

    If a framework has no default learning rate, the one of the optimizer is used.
    """
    base = OPTIMIZERS[optimizer].variant_of or optimizer
    return [preset for preset in _all_presets() if (OPTIMIZERS[preset.id].variant_of or preset.id) == base]
