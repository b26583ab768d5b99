"""Optimizers as pure functions; numpy only. The contract is in ``optimizers.optimizer``."""

from __future__ import annotations

from typing import Any

from . import first_order  # isort: skip  (the order of these is the order of the lists)
from . import parts  # isort: skip
from . import adaptive  # isort: skip
from .optimizer import OPTIMIZERS, Hyperparameter, Optimizer, optimizer
from .trace import Path, trace
from .updater import UPDATERS, Updater

__all__ = ["OPTIMIZERS", "Hyperparameter", "Optimizer", "Path", "Updater", "adaptive", "first_order", "optimizer", "trace"]


def __getattr__(name: str) -> Any:
    """The class form of every optimizer: ``from optimizers import SGD, Momentum, Adam``."""
    if name in UPDATERS:
        return UPDATERS[name]
    raise AttributeError(f"module 'optimizers' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *UPDATERS])
