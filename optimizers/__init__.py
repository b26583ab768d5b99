"""Optimizers as pure functions; numpy only. The contract is described in ``optimizers.optimizer``."""

from __future__ import annotations

from typing import Any

from optimizers import parts  # isort: skip
from optimizers import scheduled  # isort: skip
from optimizers.rules import first_order  # isort: skip  (the order of these imports is the order of the lists)
from optimizers.rules import sign_based  # isort: skip
from optimizers.rules import adaptive  # isort: skip
from optimizers.rules import adam_family  # isort: skip
from optimizers.rules import layerwise  # isort: skip
from optimizers.rules import learning_rate_free  # isort: skip
from optimizers.rules import line_search  # isort: skip
from optimizers.rules import newton  # isort: skip
from optimizers.rules import quasi_newton  # isort: skip
from optimizers.rules import derivative_free  # isort: skip
from optimizers.rules import implementations  # isort: skip
from optimizers.rules import zoom  # isort: skip
from optimizers.optimizer import MODIFIERS, OPTIMIZERS, Hyperparameter, Modifier, Optimizer, optimizer
from optimizers.trace import Path, trace
from optimizers.updater import OLD_CLASS_NAMES, UPDATERS, Updater

__all__ = [
    "MODIFIERS",
    "OPTIMIZERS",
    "Hyperparameter",
    "Modifier",
    "Optimizer",
    "Path",
    "Updater",
    "adam_family",
    "adaptive",
    "derivative_free",
    "first_order",
    "implementations",
    "layerwise",
    "learning_rate_free",
    "line_search",
    "newton",
    "optimizer",
    "parts",
    "quasi_newton",
    "scheduled",
    "sign_based",
    "trace",
    "zoom",
]


def __getattr__(name: str) -> Any:
    """Return the class form of an optimizer, as in ``from optimizers import SGD, Momentum, Adam``."""
    name = OLD_CLASS_NAMES.get(name, name)
    if name in UPDATERS:
        return UPDATERS[name]
    raise AttributeError(f"module 'optimizers' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *UPDATERS])
