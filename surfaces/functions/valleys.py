# mypy: allow-untyped-defs
"""Narrow valleys between steep walls: easy to enter, slow to follow."""

from __future__ import annotations

from surfaces.surface import surface


@surface(
    "Rosenbrock",
    source="Rosenbrock 1960, The Computer Journal 3:175",
    formula=r"(1 - x)^2 + 100 (y - x^2)^2",
    summary="The banana: a bent valley, 2,500 times steeper across than along at its end. Easy to find, hard to "
    "follow.",
    what_to_try="Race SGD, Momentum, Adam and BFGS: compare how many updates each needs to the end of the valley, and "
    "how it takes the bend.",
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
    summary="A plain between steep corners: a learning rate that is safe at the rim hardly moves on the plain.",
    what_to_try="Compare SGD with and without a clipped gradient, and with Adam. Start near a corner, where the "
    "gradient is far longer than on the plain.",
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
    summary="Two valleys side by side: many runs settle in the wrong one, at a loss of 48.98.",
    what_to_try="Move the start a little at a time and see in which of the two valleys a run ends: only one of them "
    "leads to a loss of 0.",
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
    summary="A horseshoe with a minimum in each arm and a saddle between: the sign of y at the start decides.",
    what_to_try="Move the start across y = 0 and see the run change to the other arm. Started on y = 0 itself, every "
    "rule that follows the gradient goes to the saddle between them.",
    bounds=((-3, 3), (-2, 2)),
    start=(-2.0, 0.1),
    value_scale="log",
    minima=[(1.0, 0.7071067811865476), (1.0, -0.7071067811865476)],
)
def dixon_price(x, y):
    a, b = x - 1, 2 * y * y - x
    return a * a + 2 * b * b, (2 * a - 4 * b, 16 * y * b)
