# mypy: allow-untyped-defs
"""Surfaces with a single basin: round, elongated or tilted."""

from __future__ import annotations

from surfaces.surface import surface


@surface(
    "Elongated bowl",
    source="Saito 2016, Deep Learning from Scratch, chapter 6",
    formula=r"x^2 / 20 + y^2",
    summary="Twenty times steeper across than along: plain SGD zig-zags, and momentum shows what it is good for.",
    what_to_try="Race SGD, Momentum, AdaGrad and Adam, as the book does, and compare how each comes out of the zigzag.",
    bounds=((-10, 10), (-5, 5)),
    start=(-7.0, 2.0),
    minima=[(0, 0)],
)
def elongated_bowl(x, y):
    return x * x / 20 + y * y, (x / 10, 2 * y)


@surface(
    "Sphere",
    source="De Jong 1975, function F1",
    formula=r"x^2 + y^2",
    summary="The plainest case: all directions are alike, so a run that fails here has the wrong learning rate.",
    what_to_try="Raise the learning rate of SGD: at exactly 1 it hops between two opposite points for ever, and above "
    "1 it diverges. Rules that divide by the size of the gradient show here how they move on even ground.",
    bounds=((-5, 5), (-5, 5)),
    start=(-4.0, 3.0),
    minima=[(0, 0)],
)
def sphere(x, y):
    return x * x + y * y, (2 * x, 2 * y)


@surface(
    "Booth",
    source="Jamil & Yang 2013, arXiv:1308.4008",
    formula=r"(x + 2y - 7)^2 + (2x + y - 5)^2",
    summary="A slanting bowl, nine times steeper across than along: neither axis points at the minimum.",
    what_to_try="Race Adam against Momentum and BFGS. Since the bowl does not lie along the axes, a learning rate for "
    "each coordinate cannot make it round.",
    bounds=((-10, 10), (-10, 10)),
    start=(-7.0, -6.0),
    minima=[(1, 3)],
    value_scale="log",
)
def booth(x, y):
    a, b = x + 2 * y - 7, 2 * x + y - 5
    return a * a + b * b, (2 * a + 4 * b, 4 * a + 2 * b)


@surface(
    "Matyas",
    source="Jamil & Yang 2013, arXiv:1308.4008",
    formula=r"0.26 (x^2 + y^2) - 0.48 x y",
    summary="A long, nearly level trough along the diagonal: the floor is reached at once, the minimum only slowly.",
    what_to_try="Watch SGD reach the floor within a few updates and then creep along it. Give it momentum, or race it "
    "against Barzilai-Borwein.",
    bounds=((-10, 10), (-10, 10)),
    start=(-8.0, 6.0),
    minima=[(0, 0)],
    value_scale="log",
)
def matyas(x, y):
    return 0.26 * (x * x + y * y) - 0.48 * x * y, (0.52 * x - 0.48 * y, 0.52 * y - 0.48 * x)


@surface(
    "Trid",
    source="Neumaier, global optimization test problems; Surjanovic & Bingham 2013, Virtual Library of Simulation "
    "Experiments",
    formula=r"(x - 1)^2 + (y - 1)^2 - x y",
    summary="A bowl tilted by the product x y, with its floor at -2: the lowest loss need not be zero.",
    what_to_try="Run Polyak step size: with f min at 0 it stays at that height, and with f min at -2 it finds the "
    "minimum.",
    bounds=((-4, 4), (-4, 4)),
    start=(-3.0, 3.0),
    minima=[(2, 2)],
)
def trid(x, y):
    a, b = x - 1, y - 1
    return a * a + b * b - x * y, (2 * a - y, 2 * b - x)


@surface(
    "Zakharov",
    source="Jamil & Yang 2013, arXiv:1308.4008; Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments",
    formula=r"x^2 + y^2 + (x/2 + y)^2 + (x/2 + y)^4",
    summary="A bowl whose rim rises with the fourth power: a learning rate that suits the bottom explodes from far "
    "away.",
    what_to_try="Look for the largest learning rate that SGD survives from far out, and see how slow it is at the "
    "bottom. Then clip the gradient, or take a rule that ignores its length.",
    bounds=((-5, 10), (-5, 10)),
    start=(6.0, -3.0),
    minima=[(0, 0)],
    value_scale="log",
)
def zakharov(x, y):
    s = 0.5 * x + y
    s2 = s * s
    grad_s = 2 * s + 4 * s2 * s
    return x * x + y * y + s2 + s2 * s2, (2 * x + 0.5 * grad_s, 2 * y + grad_s)
