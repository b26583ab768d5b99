"""THE CONTRACT: a surface is one function that returns height and gradient together; its facts are data.

    @surface("Sphere", source="De Jong 1975", formula=r"x^2 + y^2",
             box=((-5, 5), (-5, 5)), start=(-4.0, 3.0), minima=[(0, 0)])
    def sphere(x, y):
        return x * x + y * y, (2 * x, 2 * y)

``x`` and ``y`` are floats, arrays of one shape or, where the formula is analytic, complex numbers (the tests check
every gradient by the complex step). ``minima`` lists all global minima within the box. The id is the function's name,
the family its file's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Box = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Surface:
    """A height over the plane. ``surface(x, y)`` is height, (slope_x, slope_y).

    ``levels`` says how its contour levels are spaced: "linear", or "log" for a narrow valley between high walls.
    ``data`` are the points (x, y) a loss surface was made from; ``axes`` are the names of the two coordinates.
    """

    id: str
    name: str
    family: str
    source: str
    formula: str
    box: Box
    start: tuple[float, float]
    function: Callable[[Any, Any], Any] = field(repr=False)
    minima: tuple[tuple[float, float], ...] = ()
    levels: str = "linear"
    data: tuple[np.ndarray, np.ndarray] | None = field(default=None, repr=False)
    axes: tuple[str, str] = ("x", "y")

    def __call__(self, x: Any, y: Any) -> tuple[Any, tuple[Any, Any]]:
        return self.function(x, y)

    @property
    def lowest(self) -> float | None:
        """The height of the global minima; None where the surface is unbounded below."""
        return float(self(*map(float, self.minima[0]))[0]) if self.minima else None

    def distance(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """From each point to the nearest global minimum; nan where there is none. Arrays of one shape in, the same out."""
        if not self.minima:
            return np.full(np.shape(x), math.nan)
        return np.min([np.hypot(x - a, y - b) for a, b in self.minima], axis=0)


SURFACES: dict[str, Surface] = {}


def surface(name: str, *, source: str, formula: str, box: Box, start: tuple[float, float], levels: str = "linear",
            minima: Sequence[tuple[float, float]] = ()) -> Callable[[Callable[[Any, Any], Any]], Surface]:
    """Declare a surface; it enters SURFACES under the function's name."""

    def declare(function: Callable[[Any, Any], Any]) -> Surface:
        family = function.__module__.rpartition(".")[2].replace("_", " ").capitalize()
        made = Surface(id=function.__name__, name=name, family=family, source=source, formula=formula, box=box, start=start,
                       function=function, minima=tuple(minima), levels=levels)
        SURFACES[made.id] = made
        return made

    return declare
