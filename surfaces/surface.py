"""THE CONTRACT: a surface is one function that returns height and gradient together; its facts are data.

    @surface("Sphere", source="De Jong 1975", formula=r"x^2 + y^2", note="The plainest case.",
             lesson="Turn one learning rate until the run just does not diverge.",
             box=((-5, 5), (-5, 5)), start=(-4.0, 3.0), minima=[(0, 0)])
    def sphere(x, y):
        return x * x + y * y, (2 * x, 2 * y)

``x`` and ``y`` are floats, arrays of one shape or complex numbers: the tests check every gradient by the complex step,
and ``hessian`` is made by it, so a function uses the names of ``surfaces.arithmetic``, which serve all three. ``minima``
lists all global minima within the box. The id is the function's name, the family its file's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from surfaces.arithmetic import as_floating

Bounds = tuple[tuple[float, float], tuple[float, float]]
SurfaceFunction = Callable[[Any, Any], Any]
COMPLEX_STEP = 1e-30  # of the complex step: so small that its square is lost beside 1, and nothing is ever subtracted
DIFFERENCE_STEP = (
    6e-6  # of central differences: near the cube root of the rounding error, where that and the curvature's balance
)


@dataclass(frozen=True, eq=False)
class Surface:
    """A height over the plane. ``surface(x, y)`` is height, (slope_x, slope_y); whole numbers count as floats.

    ``note`` says in a sentence what the surface shows, ``lesson`` what to compare on it and what to look at, ``kinks`` where it
    has no gradient and what is returned there.
    ``levels`` says how its contour levels are spaced: "linear", or "log" for a narrow valley between high walls.
    ``data`` are the points (x, y) a loss surface was made from, ``predict(a, b, x)`` is the curve its model draws through
    them, ``make(x, y)`` the same kind of surface from other points, and ``gauss_newton(a, b)`` is J'J (2, 2) where the loss is
    a sum of squares. ``batch(a, b, rows)`` are the slopes (slope_a, slope_b) of the points with these numbers alone, scaled so
    that their mean over all choices of so many points is the whole slope. ``axes`` are the names of the two coordinates.
    """

    id: str
    name: str
    family: str
    source: str
    formula: str
    bounds: Bounds
    start: tuple[float, float]
    function: SurfaceFunction = field(repr=False)
    minima: tuple[tuple[float, float], ...] = ()
    value_scale: str = "linear"
    data: tuple[np.ndarray, np.ndarray] | None = field(default=None, repr=False)
    axis_labels: tuple[str, str] = ("x", "y")
    summary: str = ""
    what_to_try: str = ""
    nonsmooth_note: str = ""
    predict: Callable[[Any, Any, Any], Any] | None = field(default=None, repr=False)
    with_data: Callable[[Any, Any], Surface] | None = field(default=None, repr=False)
    gauss_newton: Callable[[float, float], np.ndarray] | None = field(default=None, repr=False)
    minibatch_gradient: Callable[[Any, Any, np.ndarray], tuple[Any, Any]] | None = field(default=None, repr=False)

    def __call__(self, x: Any, y: Any) -> tuple[Any, tuple[Any, Any]]:
        if x.__class__ is float and y.__class__ is float:
            return self.function(x, y)
        return self.function(as_floating(x), as_floating(y))

    def hessian(self, x: Any, y: Any) -> np.ndarray:
        """The second derivatives, (2, 2, *shape of x): see ``hessian`` beside this class."""
        return hessian(self.function, x, y)

    @property
    def minimum_loss(self) -> float | None:
        """The height of the global minima; None where there is none: unbounded below, or lowest at infinity."""
        return float(self(*map(float, self.minima[0]))[0]) if self.minima else None

    def distance_to_minimum(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """From each point to the nearest global minimum; nan where there is none. Arrays of one shape in, the same out."""
        if not self.minima:
            return np.full(np.shape(x), math.nan)
        return np.min([np.hypot(x - a, y - b) for a, b in self.minima], axis=0)


def hessian(function: SurfaceFunction, x: Any, y: Any) -> np.ndarray:
    """The second derivatives ((xx, xy), (xy, yy)) of a surface's function, (2, 2, *shape of x), from its gradient.

    By the complex step, exact to rounding: at x + 1e-30 i the imaginary part of the gradient is 1e-30 times its
    derivative. Where the function refuses complex numbers, drops the imaginary part or gives what is not finite, central
    differences stand in, good to some nine digits. In a kink there are no second derivatives: what is returned there
    means nothing. Never warns.
    """
    x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
    with np.errstate(all="ignore"):
        try:
            gradient = function(np.array([x + 1j * COMPLEX_STEP, x]), np.array([y, y + 1j * COMPLEX_STEP]))[1]
            is_complex = all(map(np.iscomplexobj, gradient))
        except (TypeError, ValueError, ArithmeticError):
            is_complex = False
        if is_complex:
            matrix = (
                np.array([np.broadcast_to(np.imag(component), (2, *x.shape)) for component in gradient]) / COMPLEX_STEP
            )
            finite = np.isfinite(matrix)
            if not finite.all():
                matrix = np.where(finite, matrix, _differences(function, x, y))
        else:
            matrix = _differences(function, x, y)
    return (matrix + matrix.swapaxes(0, 1)) / 2


def _differences(function: SurfaceFunction, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Central differences of the gradient: row i is the slope's coordinate, column j the direction of the step."""
    h, k = DIFFERENCE_STEP * np.maximum(1.0, np.abs(x)), DIFFERENCE_STEP * np.maximum(1.0, np.abs(y))
    ahead = function(np.array([x + h, x]), np.array([y, y + k]))[1]
    behind = function(np.array([x - h, x]), np.array([y, y - k]))[1]
    width = np.array([(x + h) - (x - h), (y + k) - (y - k)])
    return np.array(
        [np.broadcast_to((one - other) / width, width.shape) for one, other in zip(ahead, behind, strict=True)]
    )


SURFACES: dict[str, Surface] = {}


def surface(
    name: str,
    *,
    source: str,
    formula: str,
    bounds: Bounds,
    start: tuple[float, float],
    summary: str = "",
    what_to_try: str = "",
    nonsmooth_note: str = "",
    value_scale: str = "linear",
    minima: Sequence[tuple[float, float]] = (),
) -> Callable[[SurfaceFunction], Surface]:
    """Declare a surface; it enters SURFACES under the function's name."""

    def declare(function: SurfaceFunction) -> Surface:
        family = function.__module__.rpartition(".")[2].replace("_", " ").capitalize()
        result = Surface(
            id=function.__name__,
            name=name,
            family=family,
            source=source,
            formula=formula,
            bounds=bounds,
            start=start,
            function=function,
            minima=tuple(minima),
            value_scale=value_scale,
            summary=summary,
            what_to_try=what_to_try,
            nonsmooth_note=nonsmooth_note,
        )
        SURFACES[result.id] = result
        return result

    return declare
