# mypy: allow-untyped-defs
"""Non-smooth surfaces: they are not differentiable on curves or at cusps.

Near these the gradient does not indicate the distance to a minimum.
"""

from __future__ import annotations

from surfaces.arithmetic import absolute, cos, exp, pi, sign, sin, sqrt
from surfaces.surface import surface

FAMILY = "Non-smooth"


@surface(
    "Bukin 6",
    source="Bukin 1997, Budker Institute of Nuclear Physics; Silagadze 2007, arXiv:physics/0402085",
    formula=r"100\sqrt{|y - 0.01x^2|} + 0.01 |x + 10|",
    summary="A sharp crease along a parabola: fixed-size steps keep jumping across it and make hardly any progress "
    "along it.",
    what_to_try="Watch every gradient-based optimizer jump back and forth across the crease. Reduce the learning "
    "rate or add a schedule, and compare with Nelder-Mead, which does not use gradients.",
    nonsmooth_note="Not differentiable on y = x²/100 and x = -10, where the derivative of the non-smooth term is "
    "set to 0. The slope grows without bound toward the parabola.",
    bounds=((-15, -5), (-3, 3)),
    start=(-13.0, -2.0),
    minima=[(-10, 1)],
)
def bukin6(x, y):
    u, v = y - 0.01 * x * x, x + 10
    root = sqrt(absolute(u))
    grad_u = 50 * sign(u) / (root + (root == 0))
    return 100 * root + 0.01 * absolute(v), (0.01 * sign(v) - 0.02 * x * grad_u, grad_u)


@surface(
    "Holder table",
    source="Mishra 2006, Global optimization by differential evolution and particle swarm methods, MPRA",
    formula=r"-|\sin x\ \cos y\ e^{|1 - \sqrt{x^2 + y^2} / \pi|}|",
    summary="Four global minima near the corners, separated by creases: small steps stay in the cell where they start.",
    what_to_try="Start nearer to the center and compare small steps, which stay in the cell where they start, with "
    "large ones, which jump over creases into another.",
    nonsmooth_note="Not differentiable where sin x = 0 or cos y = 0 (the gradient is set to 0 there) and on the "
    "circle of radius π (the derivative of the exponent is set to 0 there).",
    bounds=((-10, 10), (-10, 10)),
    start=(7.0, 8.5),
    minima=[(a * 8.055023475736563, b * 9.664590019241272) for b in (1, -1) for a in (1, -1)],
)
def holder_table(x, y):
    sx, cy = sin(x), cos(y)
    r, wave = sqrt(x * x + y * y), sx * cy
    gap = 1 - r / pi
    exponential, side = exp(absolute(gap)), sign(wave)
    ring = absolute(wave) * exponential * sign(gap) / (pi * (r + (r == 0)))
    return -absolute(wave) * exponential, (
        -side * exponential * cos(x) * cy + ring * x,
        side * exponential * sx * sin(y) + ring * y,
    )


@surface(
    "Cross-in-tray",
    source="Mishra 2006, Global optimization by differential evolution and particle swarm methods, MPRA",
    formula=r"-0.0001 (|\sin x\ \sin y\ e^{|100 - \sqrt{x^2 + y^2} / \pi|}| + 1)^{0.1}",
    summary="Four global minima and many local minima that are almost as deep, separated by walls so thin that a "
    "step can jump over them.",
    what_to_try="Compare a small learning rate, which stays between two walls, with a large one, which jumps over "
    "them. Their final losses differ little.",
    nonsmooth_note="Cusps where sin x = 0 or sin y = 0. On these lines the derivative is set to 0; next to them it "
    "reaches 1e38.",
    bounds=((-10, 10), (-10, 10)),
    start=(3.0, 4.0),
    minima=[(a * 1.3494066171539107, b * 1.3494066171539107) for b in (1, -1) for a in (1, -1)],
)
def cross_in_tray(x, y):
    sx, sy = sin(x), sin(y)
    r, wave = sqrt(x * x + y * y), sx * sy
    gap = 100 - r / pi
    exponential = exp(absolute(gap))
    base = absolute(wave) * exponential + 1
    value = -0.0001 * base**0.1
    grad_scale = 0.1 * value / base * exponential
    wall, ring = grad_scale * sign(wave), grad_scale * absolute(wave) * sign(gap) / (pi * (r + (r == 0)))
    grad_x, grad_y = wall * cos(x) * sy - ring * x, wall * sx * cos(y) - ring * y
    return value, (grad_x, grad_y)
