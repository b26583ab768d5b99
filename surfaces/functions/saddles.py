# mypy: allow-untyped-defs
"""Saddles without a minimum: flat at the center and unbounded below."""

from __future__ import annotations

from surfaces.surface import surface

FAMILY = "Saddle points"


@surface(
    "Saddle",
    source="Hyperbolic paraboloid; see Dauphin et al. 2014, arXiv:1406.2572, on saddle points in high dimensions",
    summary="The start is 0.001 away from the ridge: how long does each optimizer stay near the saddle point "
    "before it finds the way down?",
    what_to_try="Run SGD, Momentum, and Adam and count the steps until each escapes. Newton goes to the saddle "
    "point and stays; Saddle-free Newton escapes.",
    formula=r"x^2 - y^2",
    bounds=((-2, 2), (-2, 2)),
    start=(1.5, 0.001),
)
def saddle(x, y):
    return x * x - y * y, (2 * x, -2 * y)


@surface(
    "Monkey saddle",
    source="Hilbert & Cohn-Vossen 1932, Anschauliche Geometrie",
    formula=r"x^3 - 3xy^2",
    summary="A degenerate saddle point: gradient and Hessian are both 0 at the center, so curvature is no help. "
    "Three directions lead down.",
    what_to_try="Start on different sides of the center and see which of the three ways down a run takes. At the "
    "center itself, no gradient-based optimizer moves, and the Hessian gives Newton no direction "
    "either.",
    bounds=((-1.5, 1.5), (-1.5, 1.5)),
    start=(0.01, 1.0),
)
def monkey_saddle(x, y):
    return x * x * x - 3 * x * y * y, (3 * x * x - 3 * y * y, -6 * x * y)
