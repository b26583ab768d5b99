# mypy: allow-untyped-defs
"""Narrow valleys between steep walls: easy to enter, slow to follow."""

from __future__ import annotations

from surfaces.surface import surface

FAMILY = "Narrow valleys"


@surface(
    "Rosenbrock",
    source="Rosenbrock 1960, The Computer Journal 3:175",
    formula=r"(1 - x)^2 + 100 (y - x^2)^2",
    summary="The “banana” function: a curved valley with a condition number of about 2,500 at the minimum. The "
    "valley is easy to find but hard to follow.",
    what_to_try="Run SGD, Momentum, Adam, and BFGS, and compare how many steps each needs to reach the minimum and "
    "how each follows the curve.",
    bounds=((-2, 2), (-1, 3)),
    start=(-1.5, 2.0),
    minima=[(1, 1)],
    value_scale="log",
)
def rosenbrock(x, y):
    a, b = 1 - x, y - x * x
    return a * a + 100 * b * b, (-2 * a - 400 * x * b, 200 * b)


@surface(
    "Beale",
    source="Beale 1958; Moré, Garbow & Hillstrom 1981, ACM TOMS 7:17, problem 5",
    formula=r"(1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2",
    summary="A plateau between steep corners: a learning rate small enough for the corners makes hardly any "
    "progress on the plateau.",
    what_to_try="Compare SGD with and without gradient clipping, and with Adam. Start near a corner, where the "
    "gradient is much longer than on the plateau.",
    bounds=((-4.5, 4.5), (-4.5, 4.5)),
    start=(1.0, 1.5),
    minima=[(3, 0.5)],
    value_scale="log",
)
def beale(x, y):
    y2, y3 = y * y, y * y * y
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y2, 2.625 - x + x * y3
    return (
        a * a + b * b + c * c,
        (2 * a * (y - 1) + 2 * b * (y2 - 1) + 2 * c * (y3 - 1), 2 * a * x + 4 * b * x * y + 6 * c * x * y2),
    )


@surface(
    "Freudenstein-Roth",
    source="Freudenstein & Roth 1963, Journal of the ACM 10:550; Moré, Garbow & Hillstrom 1981, "
    "ACM TOMS 7:17, problem 2",
    formula=r"(x - 13 + ((5 - y) y - 2) y)^2 + (x - 29 + ((y + 1) y - 14) y)^2",
    summary="Two parallel valleys: many runs end in the wrong one, with a loss of 48.98.",
    what_to_try="Move the starting point step by step and see in which of the two valleys the run ends: only one "
    "of them leads to a loss of 0.",
    bounds=((-5, 15), (-4, 6)),
    start=(0.5, -2.0),
    minima=[(5, 4)],
    value_scale="log",
)
def freudenstein_roth(x, y):
    a, b = x - 13 + ((5 - y) * y - 2) * y, x - 29 + ((y + 1) * y - 14) * y
    return a * a + b * b, (2 * a + 2 * b, 2 * a * ((10 - 3 * y) * y - 2) + 2 * b * ((3 * y + 2) * y - 14))


@surface(
    "Dixon-Price",
    source="Dixon & Price 1989, Journal of Optimization Theory and Applications 60:261",
    formula=r"(x - 1)^2 + 2 (2y^2 - x)^2",
    summary="A horseshoe-shaped valley with a minimum in each arm and a saddle point between them: the sign of y "
    "at the start decides which one a run finds.",
    what_to_try="Move the start across y = 0 and see the run switch to the other arm. From y = 0 itself, every "
    "gradient-based optimizer goes to the saddle point between them.",
    bounds=((-3, 3), (-2, 2)),
    start=(-2.0, 0.1),
    value_scale="log",
    minima=[(1.0, 0.7071067811865476), (1.0, -0.7071067811865476)],
)
def dixon_price(x, y):
    a, b = x - 1, 2 * y * y - x
    return a * a + 2 * b * b, (2 * a - 4 * b, 16 * y * b)
