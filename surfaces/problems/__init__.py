"""Problems with many parameters: small networks and linear models on generated data, each named by a few numbers."""

from importlib import import_module
from typing import Any

MODULES = {"PROBLEMS": "catalog", "make_problem": "catalog", "Problem": "problem"}  # loaded when they are used
__all__ = ["PROBLEMS", "Problem", "make_problem"]


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{MODULES[name]}"), name)
