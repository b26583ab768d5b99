# mypy: allow-untyped-defs
"""Creases and cusps: on them there is no gradient, and beside them it says little about how far to go."""

from __future__ import annotations

from surfaces.arithmetic import absolute, at_least, cos, exp, pi, sign, sin, sqrt
from surfaces.surface import surface

SHARPEST = 1e-8  # Bukin 6: the root of the distance from the ridge below which the slope rises no further
STEEPEST = 10.0  # Cross-in-tray: the longest gradient


@surface(
    "Bukin 6",
    source="Bukin 1997, Budker Institute of Nuclear Physics; Silagadze 2007, arXiv:physics/0402085",
    formula=r"100\sqrt{|y - 0.01x^2|} + 0.01 |x + 10|",
    note="A knife edge along a parabola: steps of fixed length cross it again and again and hardly go along it.",
    lesson="See every gradient rule cross the edge to and fro. Lower the learning rate or add a schedule, and compare with "
    "Nelder-Mead, which needs no slope.",
    kinks="On y = x²/100 and on x = -10 the creased term counts as level; closer than 1e-16 to the parabola the slope "
    "rises no further.",
    box=((-15, -5), (-3, 3)),
    start=(-13.0, -2.0),
    minima=[(-10, 1)],
)
def bukin6(x, y):
    u, v = y - 0.01 * x * x, x + 10
    root = sqrt(absolute(u))
    across = 50 * sign(u) / at_least(root, SHARPEST)
    return 100 * root + 0.01 * absolute(v), (0.01 * sign(v) - 0.02 * x * across, across)


@surface(
    "Holder table",
    source="Mishra 2006, Global optimization by differential evolution and particle swarm methods, MPRA",
    formula=r"-|\sin x\ \cos y\ e^{|1 - \sqrt{x^2 + y^2} / \pi|}|",
    note="Four equal minima near the corners, fenced off by creases: small steps stay in the field they began in.",
    lesson="Start nearer to the middle and compare small steps, which stay in the field they began in, with large ones, "
    "which jump over creases into another.",
    kinks="Creases where sin x = 0 or cos y = 0, with 0 returned on them, and on the circle of radius π, where the "
    "exponent counts as level.",
    box=((-10, 10), (-10, 10)),
    start=(7.0, 8.5),
    minima=[(a * 8.055023475736563, b * 9.664590019241272) for b in (1, -1) for a in (1, -1)],
)
def holder_table(x, y):
    sx, cy = sin(x), cos(y)
    r, wave = sqrt(x * x + y * y), sx * cy
    gap = 1 - r / pi
    high, side = exp(absolute(gap)), sign(wave)
    ring = absolute(wave) * high * sign(gap) / (pi * (r + (r == 0)))
    return -absolute(wave) * high, (-side * high * cos(x) * cy + ring * x, side * high * sx * sin(y) + ring * y)


@surface(
    "Cross-in-tray",
    source="Mishra 2006, Global optimization by differential evolution and particle swarm methods, MPRA",
    formula=r"-0.0001 (|\sin x\ \sin y\ e^{|100 - \sqrt{x^2 + y^2} / \pi|}| + 1)^{0.1}",
    note="Four equal minima and many nearly as deep, parted by walls so thin that a step jumps over them unaware.",
    lesson="Compare a small learning rate, which stays between two walls, with a large one, which jumps over them. The "
    "losses that they end with differ little.",
    kinks="Cusps where sin x = 0 or sin y = 0: on the axes the slope is 0, and beside the cusps a gradient longer than "
    "10 is shortened to that.",
    box=((-10, 10), (-10, 10)),
    start=(3.0, 4.0),
    minima=[(a * 1.3494066171539107, b * 1.3494066171539107) for b in (1, -1) for a in (1, -1)],
)
def cross_in_tray(x, y):
    sx, sy = sin(x), sin(y)
    r, wave = sqrt(x * x + y * y), sx * sy
    gap = 100 - r / pi
    high = exp(absolute(gap))
    body = absolute(wave) * high + 1
    height = -0.0001 * body**0.1
    pull = 0.1 * height / body * high
    wall, ring = pull * sign(wave), pull * absolute(wave) * sign(gap) / (pi * (r + (r == 0)))
    slope_x, slope_y = wall * cos(x) * sy - ring * x, wall * sx * cos(y) - ring * y
    held = STEEPEST / at_least(sqrt(slope_x * slope_x + slope_y * slope_y), STEEPEST)
    return height, (held * slope_x, held * slope_y)
