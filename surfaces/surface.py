"""Contract of surfaces: a surface is one function that returns loss and gradient together; its facts are data.

    @surface("Sphere", source="De Jong 1975", formula=r"x^2 + y^2", summary="The plainest case.",
             what_to_try="Turn one learning rate until the run just does not diverge.",
             bounds=((-5, 5), (-5, 5)), start=(-4.0, 3.0), minima=[(0, 0)])
    def sphere(x, y):
        return x * x + y * y, (2 * x, 2 * y)

``x`` and ``y`` are floats, arrays of one shape or complex numbers: the tests check every gradient by complex-step
differentiation, which also gives the ``hessian``. A function therefore uses ``surfaces.arithmetic``, which accepts all
three. ``minima`` lists all global minima within the bounds. The id is the name of the function, the family the FAMILY
of its module, otherwise derived from the name of the module.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from surfaces.arithmetic import as_floating

Bounds = tuple[tuple[float, float], tuple[float, float]]
SurfaceFunction = Callable[[Any, Any], tuple[Any, tuple[Any, Any]]]
COMPLEX_STEP = 1e-30  # its square is negligible, and no subtraction limits the precision
# Relative step of central differences: about the cube root of the rounding error, which balances rounding and
# truncation
DIFFERENCE_STEP = 6e-6


@dataclass(frozen=True, eq=False)
class Surface:
    """A loss over the plane: ``surface(x, y)`` returns loss, (grad_x, grad_y); integers are converted to floats.

    Declared by ``surface`` or built from data, for example by ``linear_regression``.

    Attributes
    ----------
    id : str
        Key in ``SURFACES`` and name in files and on the command line.
    name, family : str
        Name and heading in the list of surfaces.
    source : str
        Publication that defines the surface.
    formula : str
        Mathtext without dollar signs.
    bounds : tuple
        Plotted range, ((x_min, x_max), (y_min, y_max)).
    start : tuple of float
        Default start of the runs.
    function : callable
        (x, y) -> loss, (grad_x, grad_y) for floats, complex numbers or arrays of one shape.
    minima : tuple of (float, float)
        All global minima within the bounds; empty if there is none: unbounded below, or lowest at infinity.
    minima_estimated : bool
        Whether ``minima`` are the lowest found by a numerical search instead of known.
    value_scale : str
        Spacing of the contour levels: "linear", or "log" for narrow valleys between high walls.
    data : tuple of ndarray, optional
        Data points (x, y), each of shape (n,), that a loss surface was made from.
    axis_labels : tuple of str
        Names of the two coordinates.
    dimension : int
        2, or 1 for a loss over x alone: then y has no effect and gradient 0, starts and minima have y = 0, and the
        second range of ``bounds`` has no meaning.
    summary, what_to_try : str
        What the surface shows, in one sentence; what to compare on it and what to observe.
    nonsmooth_note : str
        Where the surface is not differentiable, and what is returned there; empty if it is smooth or that is unknown.
    is_mapped : bool
        Whether the loss is known only in a part of the plane, and nan elsewhere.
    may_have_kinks : bool
        Whether a surface without that note is possibly not differentiable everywhere.
    projected_problem : ProjectedProblem, optional
        The problem with many parameters that runs on the surface solve; the surface shows it on a plane.
    predict : callable, optional
        (a, b, x) -> the output of the model that was fitted to the data.
    with_data : callable, optional
        (x, y) -> the same kind of surface made from other data.
    gauss_newton : callable, optional
        (a, b) -> J'J, shape (2, 2), if the loss is a sum of squares.
    minibatch_gradient : callable, optional
        (a, b, indices) -> (grad_a, grad_b) of the selected data points alone, scaled so that the mean over all
        selections of that size is the full gradient.
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
    minima_estimated: bool = False
    value_scale: str = "linear"
    data: tuple[np.ndarray, np.ndarray] | None = field(default=None, repr=False)
    axis_labels: tuple[str, str] = ("x", "y")
    dimension: int = 2
    summary: str = ""
    what_to_try: str = ""
    nonsmooth_note: str = ""
    is_mapped: bool = False
    may_have_kinks: bool = False
    projected_problem: Any = field(default=None, repr=False)
    predict: Callable[[Any, Any, Any], Any] | None = field(default=None, repr=False)
    with_data: Callable[[Any, Any], Surface] | None = field(default=None, repr=False)
    gauss_newton: Callable[[float, float], np.ndarray] | None = field(default=None, repr=False)
    minibatch_gradient: Callable[[Any, Any, np.ndarray], tuple[Any, Any]] | None = field(default=None, repr=False)

    def __call__(self, x: Any, y: Any) -> tuple[Any, tuple[Any, Any]]:
        """Return the loss and its gradient from one evaluation.

        Parameters
        ----------
        x, y : float, complex or array_like
            Coordinates of one shape; integers are converted to floats.

        Returns
        -------
        loss : float, complex or ndarray
            In the shape of x and y.
        gradient : tuple
            (grad_x, grad_y), each in the shape of x and y.

        Raises
        ------
        ArithmeticError, ValueError
            For a float at which the function overflows or is not defined; arrays get inf or nan there.
        """
        if x.__class__ is float and y.__class__ is float:
            return self.function(x, y)
        return self.function(as_floating(x), as_floating(y))

    def hessian(self, x: Any, y: Any) -> np.ndarray:
        """Return the second derivatives; see the function ``hessian`` of this module for their accuracy.

        Parameters
        ----------
        x, y : float or array_like
            Coordinates, broadcast to one shape.

        Returns
        -------
        ndarray of float64, shape (2, 2, *shape of x)
            The symmetric matrix ((xx, xy), (xy, yy)).
        """
        return hessian(self.function, x, y)

    @property
    def axis_names(self) -> list[str]:
        """The short names of the coordinates that the loss depends on."""
        return [label.split()[0] for label in self.axis_labels[: self.dimension]]

    @property
    def is_nonsmooth(self) -> bool:
        """Whether the surface is not differentiable somewhere, or possibly not."""
        return bool(self.nonsmooth_note) or self.may_have_kinks

    @property
    def minimum_loss(self) -> float | None:
        """Loss at the global minima; None if there is none."""
        return self.loss_at(*self.minima[0]) if self.minima else None

    def loss_at(self, x: float, y: float) -> float:
        """Return the loss at a point, also where the gradient of a formula is not defined."""
        try:
            return float(self.function(float(x), float(y))[0])
        except (ArithmeticError, ValueError):
            return float(self.function(np.array([x], float), np.array([y], float))[0][0])

    def distance_to_minimum(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the distance to the nearest global minimum, in the common shape of x and y; nan if there is none."""
        if not self.minima:
            return np.full(np.shape(x), math.nan)
        distance: np.ndarray = np.min([np.hypot(x - a, y - b) for a, b in self.minima], axis=0)
        return distance


def line_bounds(low: float, high: float) -> Bounds:
    """Return the bounds of a one-dimensional surface over a range of x; those of y have the same length around 0."""
    return (low, high), ((low - high) / 2, (high - low) / 2)


def hessian(function: SurfaceFunction, x: Any, y: Any) -> np.ndarray:
    """Return the second derivatives ((xx, xy), (xy, yy)) of a surface function, shape (2, 2, *shape of x).

    Complex-step differentiation of the gradient, exact within floating-point precision: at x + 1e-30 i the imaginary
    part of the gradient is 1e-30 times its derivative. If the function does not accept complex numbers, drops the
    imaginary part or gives values that are not finite, central differences are used: their relative error is usually
    below 1e-9, but larger where the curvature changes quickly. Where the function is not differentiable the result is
    meaningless. Floating-point warnings are suppressed.
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
    symmetric: np.ndarray = (matrix + matrix.swapaxes(0, 1)) / 2
    return symmetric


def _differences(function: SurfaceFunction, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return central differences of the gradient: row i is the component, column j the direction of the step."""
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
    """Register a function as a surface in ``SURFACES`` under its own name.

    Parameters
    ----------
    name : str
        Name shown in the window.
    source, formula, bounds, start, summary, what_to_try, nonsmooth_note, value_scale, minima
        See the attributes of ``Surface``.

    Returns
    -------
    callable
        A decorator that replaces a function (x, y) -> loss, (grad_x, grad_y) by the ``Surface``.
    """

    def declare(function: SurfaceFunction) -> Surface:
        module_name = function.__module__.rpartition(".")[2].replace("_", " ").capitalize()
        family = function.__globals__.get("FAMILY", module_name)
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
