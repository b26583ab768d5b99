# mypy: allow-untyped-defs
"""Surfaces with a few basins: where a run ends depends on the start and on the optimizer."""

from __future__ import annotations

from surfaces.arithmetic import cos, exp, pi, sin
from surfaces.surface import surface


@surface(
    "Himmelblau",
    source="Himmelblau 1972, Applied Nonlinear Programming",
    formula=r"(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
    bounds=((-6, 6), (-6, 6)),
    start=(-0.27, -0.92),
    value_scale="log",
    summary="Four global minima around a local maximum: near the top, a tiny change of the start decides which one "
    "a run finds.",
    what_to_try="Run different optimizers from the start near the local maximum and compare which of the four "
    "minima each one finds. Then move the start by 0.01.",
    minima=[
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    ],
)
def himmelblau(x, y):
    a, b = x * x + y - 11, x + y * y - 7
    # The gradient is summed in the order of automatic differentiation: torch's L-BFGS amplifies a difference in the
    # last bit 200,000 times within a step, and the tests compare its path
    ax, by = a * x, b * y
    return a * a + b * b, (b + b + ax + ax + ax + ax, by + by + by + by + a + a)


@surface(
    "Three-hump camel",
    source="Jamil & Yang 2013, arXiv:1308.4008",
    formula=r"2x^2 - 1.05x^4 + x^6/6 + xy + y^2",
    summary="Three basins, the deepest in the center: what does it take to leave a shallow one?",
    what_to_try="Run Momentum with a learning rate of 0.01: with momentum 0.7 it stays in the outer basin, with 0.8 it "
    "reaches the center one. With a learning rate of 0.1, momentum 0.9 carries it on into the basin on the "
    "other side.",
    bounds=((-2.5, 2.5), (-2.5, 2.5)),
    start=(-2.0, -1.5),
    minima=[(0, 0)],
    value_scale="log",
)
def three_hump_camel(x, y):
    x2 = x * x
    return (
        2 * x2 - 1.05 * x2 * x2 + x2 * x2 * x2 / 6 + x * y + y * y,
        (4 * x - 4.2 * x2 * x + x2 * x2 * x + y, x + 2 * y),
    )


@surface(
    "Six-hump camel",
    source="Dixon & Szegö 1978, Towards Global Optimisation 2",
    formula=r"(4 - 2.1x^2 + x^4/3) x^2 + xy + (4y^2 - 4) y^2",
    summary="Six local minima in three symmetric pairs; one pair is global. Larger steps reach a deeper basin.",
    what_to_try="Compare small and large learning rates for Momentum: how far a run coasts determines in which "
    "basin it ends.",
    bounds=((-2, 2), (-1.2, 1.2)),
    start=(1.6, 0.9),
    minima=[(0.08984201310031806, -0.7126564030207396), (-0.08984201310031806, 0.7126564030207396)],
)
def six_hump_camel(x, y):
    x2, y2 = x * x, y * y
    return (
        (4 - 2.1 * x2 + x2 * x2 / 3) * x2 + x * y + (4 * y2 - 4) * y2,
        ((8 - 8.4 * x2 + 2 * x2 * x2) * x + y, x + (16 * y2 - 8) * y),
    )


@surface(
    "Styblinski-Tang",
    source="Styblinski & Tang 1990, Neural Networks 3:467",
    formula=r"\frac{1}{2} (x^4 - 16x^2 + 5x + y^4 - 16y^2 + 5y)",
    bounds=((-5, 5), (-5, 5)),
    start=(0.2, -0.3),
    summary="Four basins with three different depths. Momentum can carry a run out of a shallow basin; SGD with "
    "small steps stays where it started.",
    what_to_try="Start at (4, 4) with a learning rate of 0.01: SGD and Momentum with momentum 0.9 stay in the "
    "shallowest basin, momentum 0.95 reaches the deepest one. Gradient descent cannot know that only one of "
    "the four minima is global.",
    minima=[(-2.903534027771177, -2.903534027771177)],
)
def styblinski_tang(x, y):
    x2, y2 = x * x, y * y
    return (
        (x2 * x2 - 16 * x2 + 5 * x + y2 * y2 - 16 * y2 + 5 * y) / 2,
        (2 * x2 * x - 16 * x + 2.5, 2 * y2 * y - 16 * y + 2.5),
    )


@surface(
    "McCormick",
    source="McCormick 1976, Mathematical Programming 10:147",
    formula=r"\sin(x + y) + (x - y)^2 - 1.5x + 2.5y + 1",
    bounds=((-1.5, 4), (-3, 4)),
    start=(0.0, 2.0),
    value_scale="log",
    summary="Basins along a sloping valley, each deeper than the last and continuing outside the plotted range: "
    "overshooting pays off.",
    what_to_try="Watch a fast run coast through one basin into a deeper one outside the plotted range. Then reduce "
    "its learning rate or momentum until it stays at the minimum inside.",
    minima=[(-0.5471975511965977, -1.5471975511965979)],
)
def mccormick(x, y):
    wave, d = cos(x + y), x - y
    return sin(x + y) + d * d - 1.5 * x + 2.5 * y + 1, (wave + 2 * d - 1.5, wave - 2 * d + 2.5)


@surface(
    "Branin",
    source="Branin 1972, IBM Journal of Research and Development 16:504",
    formula=r"(y - 5.1x^2 / 4\pi^2 + 5x / \pi - 6)^2 + 10 (1 - 1/8\pi)\,\cos x + 10",
    summary="A curved valley with three global minima that differ only in width.",
    what_to_try="Start from different sides and compare which of the three minima a run finds, and whether "
    "momentum carries it past one of them along the valley.",
    bounds=((-5, 10), (0, 15)),
    start=(2.0, 12.0),
    value_scale="log",
    minima=[(-pi, 12.275), (pi, 2.275), (3 * pi, 2.475)],
)
def branin(x, y):
    curvature, wave = 5.1 / (4 * pi * pi), 10 * (1 - 1 / (8 * pi))
    u = y - curvature * x * x + 5 / pi * x - 6
    return u * u + wave * cos(x) + 10, (2 * u * (5 / pi - 2 * curvature * x) - wave * sin(x), 2 * u)


@surface(
    "Goldstein-Price",
    source="Goldstein & Price 1971, Mathematics of Computation 25:569",
    formula=r"[1 + (s + 1)^2 (19 - 14s + 3s^2)] [30 + t^2 (18 - 16t + 3t^2)],\ s = x + y,\ t = 2x - 3y",
    summary="Losses from 3 to about a million: SGD needs a tiny learning rate here, while optimizers that "
    "normalize the gradient do not.",
    what_to_try="Compare SGD with Adam and Normalized gradient. A learning rate small enough for the steep walls "
    "is needlessly small near the minimum.",
    bounds=((-2, 2), (-2, 2)),
    start=(-1.5, 1.0),
    minima=[(0, -1)],
    value_scale="log",
)
def goldstein_price(x, y):
    s, t = x + y, 2 * x - 3 * y
    a, b = 19 - 14 * s + 3 * s * s, 18 - 16 * t + 3 * t * t
    p, q = 1 + (s + 1) * (s + 1) * a, 30 + t * t * b
    grad_s = q * (s + 1) * (2 * a + (s + 1) * (6 * s - 14))
    grad_t = p * t * (2 * b + t * (6 * t - 16))
    return p * q, (grad_s + 2 * grad_t, grad_s - 3 * grad_t)


@surface(
    "Peaks",
    source="MathWorks, MATLAB function peaks",
    formula=r"3 (1 - x)^2 e^{-x^2 - (y + 1)^2} - 10 (x/5 - x^3 - y^5) e^{-x^2 - y^2} - \frac{1}{3} e^{-(x + 1)^2 - "
    r"y^2}",
    summary="Three maxima and three minima on a plateau: near a maximum, neighboring starts separate, and far out "
    "the gradient vanishes.",
    what_to_try="Start on the hill near (0, 1.6) and move the start slightly: a run ends either in a minimum or far "
    "out on the plateau, where SGD and soon also Adam hardly move.",
    bounds=((-3, 3), (-3, 3)),
    start=(0.3, 1.2),
    minima=[(0.22827892055636909, -1.6255349574999964)],
)
def peaks(x, y):
    x2, y2, u, v, w = x * x, y * y, 1 - x, y + 1, x + 1
    p, q, r = 3 * u * exp(-x2 - v * v), 10 * exp(-x2 - y2), exp(-w * w - y2) / 3
    m = x / 5 - x2 * x - y2 * y2 * y
    return (
        u * p - m * q - r,
        (
            -2 * p * (1 + x * u) - q * (0.2 - 3 * x2 - 2 * x * m) + 2 * w * r,
            -2 * v * u * p + q * (5 * y2 * y2 + 2 * y * m) + 2 * y * r,
        ),
    )


# A, a, b, c, x0, y0 of each term
MULLER_BROWN = (
    (-200.0, -1.0, 0.0, -10.0, 1.0, 0.0),
    (-100.0, -1.0, 0.0, -10.0, 0.0, 0.5),
    (-170.0, -6.5, 11.0, -6.5, -0.5, 1.5),
    (15.0, 0.7, 0.6, 0.7, -1.0, 1.0),
)


@surface(
    "Müller-Brown",
    source="Müller & Brown 1979, Theoretica Chimica Acta 53:75",
    formula=r"\Sigma_{k=1}^4 A_k\,\exp[a_k (x - x_k)^2 + b_k (x - x_k)(y - y_k) + c_k (y - y_k)^2]",
    summary="A model energy surface from chemistry: three basins connected by curved passes, with walls much "
    "steeper than the valley floors.",
    what_to_try="Start near a pass (saddle point) between two basins: Newton goes to the pass, which is the "
    "transition state that chemists look for, and Saddle-free Newton goes down to a basin.",
    bounds=((-1.5, 1.2), (-0.2, 2.0)),
    start=(0.3, 1.5),
    value_scale="log",
    minima=[(-0.5582236346330243, 1.4417258418046686)],
)
def muller_brown(x, y):
    value, grad_x, grad_y = 0.0, 0.0, 0.0
    for amplitude, a, b, c, x0, y0 in MULLER_BROWN:
        u, v = x - x0, y - y0
        term = amplitude * exp(a * u * u + b * u * v + c * v * v)
        value, grad_x, grad_y = (
            value + term,
            grad_x + term * (2 * a * u + b * v),
            grad_y + term * (b * u + 2 * c * v),
        )
    return value, (grad_x, grad_y)


@surface(
    "Bird",
    source="Mishra 2006, Global optimization by differential evolution and particle swarm methods, MPRA",
    formula=r"\sin x\ e^{(1 - \cos y)^2} + \cos y\ e^{(1 - \sin x)^2} + (x - y)^2",
    summary="Two global minima far apart with shallower minima between them: starting at the center with small "
    "steps, a run ends in a shallow one.",
    what_to_try="Add gradient noise and increase it until the run leaves the basin in which SGD ends. A different "
    "seed leads to a different result.",
    bounds=((-2 * pi, 2 * pi), (-2 * pi, 2 * pi)),
    start=(0.0, 0.0),
    minima=[(4.701043130249553, 3.15293850372493), (-1.5821421769300335, -3.1302468034546562)],
)
def bird(x, y):
    sx, cx, sy, cy, d = sin(x), cos(x), sin(y), cos(y), x - y
    p, q = exp((1 - cy) * (1 - cy)), exp((1 - sx) * (1 - sx))
    return (
        sx * p + cy * q + d * d,
        (cx * p - 2 * cx * cy * (1 - sx) * q + 2 * d, 2 * sx * sy * (1 - cy) * p - sy * q - 2 * d),
    )
