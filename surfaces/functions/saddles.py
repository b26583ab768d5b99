# mypy: allow-untyped-defs
"""Saddles without a minimum: flat at the center and unbounded below."""

from __future__ import annotations

from surfaces.surface import surface


@surface(
    "Saddle",
    source="the hyperbolic paraboloid; Dauphin et al. 2014, arXiv:1406.2572, on why saddles matter",
    summary="Started a thousandth beside the ridge: how long does a rule linger before it finds the way down?",
    what_to_try="Race SGD, Momentum and Adam and count the updates until each leaves. Newton goes to the middle and "
    "stays, saddle-free Newton leaves it.",
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
    summary="Level at the middle even to second order: curvature is no help there, and three ways lead down.",
    what_to_try="Start on different sides of the middle and see which of the three ways down a run takes. At the "
    "middle itself no gradient rule moves, and Newton has no curvature to go by.",
    bounds=((-1.5, 1.5), (-1.5, 1.5)),
    start=(0.01, 1.0),
)
def monkey_saddle(x, y):
    return x * x * x - 3 * x * y * y, (3 * x * x - 3 * y * y, -6 * x * y)
