"""Several parameters, numbers or arrays by key, as one vector and back."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class ParameterLayout:
    """Keys and shapes of parameters, in their order in the vector; the shape of a number is ()."""

    shapes: Mapping[Any, tuple[int, ...]]

    @classmethod
    def of(cls, params: Mapping[Any, Any]) -> ParameterLayout:
        """Return the layout of parameters."""
        return cls({key: np.shape(value) for key, value in params.items()})

    @property
    def sizes(self) -> list[int]:
        """Number of elements of each parameter."""
        return [int(np.prod(shape)) for shape in self.shapes.values()]

    def flatten(self, values: Mapping[Any, Any]) -> np.ndarray:
        """Return parameters, or their gradients, as a new vector of floats; raise ValueError if a shape differs."""
        for key, shape in self.shapes.items():
            if np.shape(values[key]) != shape:
                raise ValueError(f"{key!r} must have the shape {shape}, not {np.shape(values[key])}")
        return np.concatenate([np.array(values[key], float).reshape(-1) for key in self.shapes])

    def unflatten(self, vector: np.ndarray) -> dict[Any, Any]:
        """Return the parameters in a vector: new arrays, and floats for the shape ()."""
        parts = np.split(vector, np.cumsum(self.sizes)[:-1])
        return {
            key: part.reshape(shape).copy() if shape else float(part[0])
            for (key, shape), part in zip(self.shapes.items(), parts, strict=True)
        }


def store_parameter(params: MutableMapping[Any, Any], key: Any, new: Any) -> None:
    """Put a new value into ``params``: an array of floats is overwritten, anything else is replaced."""
    old = params[key]
    if isinstance(old, np.ndarray) and old.dtype.kind == "f":
        old[...] = new
    else:
        params[key] = new
