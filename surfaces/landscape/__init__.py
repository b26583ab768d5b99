"""Loss landscapes of networks: recorded trainings, planes in parameter space, and grids of losses on them."""

from importlib import import_module
from typing import Any

MODULES = {  # of the public names; they are loaded when they are used, because most experiments have no landscape
    "Landscape": "landscape",
    "Recorder": "recorder",
    "from_landscape": "landscape",
    "read_any_landscape": "foreign_files",
    "read_landscape": "landscape_file",
}
__all__ = ["Landscape", "Recorder", "from_landscape", "read_any_landscape", "read_landscape"]


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{MODULES[name]}"), name)
