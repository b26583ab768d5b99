# mypy: allow-untyped-defs
"""Surfaces with a single basin: round, elongated or skewed."""

from __future__ import annotations

from surfaces.surface import surface


@surface(
    "Elongated bowl",
    source="Saito 2016, Deep Learning from Scratch, chapter 6",
    formula=r"x^2 / 20 + y^2",
    summary="Twenty times more strongly curved in y than in x: SGD zigzags, and momentum helps.",
    what_to_try="Run SGD, Momentum, AdaGrad, and Adam, as in the book, and compare how each one gets out of the "
    "zigzag.",
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
    summary="The simplest case: the curvature is the same in every direction. A run that fails here has an "
    "unsuitable learning rate.",
    what_to_try="Increase the learning rate of SGD: at exactly 1 it alternates between two opposite points "
    "forever, and above 1 it diverges. This is also a good place to see how optimizers that normalize "
    "the gradient move.",
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
    summary="A rotated elliptical bowl with condition number 9: the long axis is not aligned with x or y.",
    what_to_try="Compare Adam with Momentum and BFGS. Because the bowl is not aligned with the axes, "
    "per-coordinate learning rates cannot make it round.",
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
    summary="A long, almost flat valley along the diagonal (condition number 25): runs reach the valley floor "
    "quickly but the minimum slowly.",
    what_to_try="Watch SGD reach the valley floor quickly and then move slowly along it. Add momentum, or compare "
    "it with Barzilai-Borwein.",
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
    summary="A bowl skewed by the cross term x y. Its minimum is -2, a reminder that the lowest loss need not be 0.",
    what_to_try="Run Polyak step size. With the minimum loss f* set to 0, it settles at that loss; with f* set to "
    "-2, it finds the minimum.",
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
    summary="A bowl that rises with the fourth power far from the line x/2 + y = 0: a learning rate that suits the "
    "center diverges from a distant start.",
    what_to_try="Start at (6, 6): SGD converges there with a learning rate of 0.002 and diverges with 0.005, although "
    "0.4 is stable near the minimum. Then clip the gradient, or use an optimizer that ignores the gradient "
    "norm.",
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
