# mypy: allow-untyped-defs
"""Multimodal surfaces: many local minima and usually one global minimum."""

from __future__ import annotations

from surfaces.arithmetic import cos, e, exp, pi, radius, sin, sqrt
from surfaces.surface import surface


@surface(
    "Egg crate",
    source="Jamil & Yang 2013, arXiv:1308.4008",
    formula=r"x^2 + y^2 + 25 (\sin^2 x + \sin^2 y)",
    summary="Nine round basins in a shallow bowl: without enough momentum, a run stays in the basin where it starts.",
    what_to_try="Give Momentum a learning rate of 0.003: with momentum 0.98 it stays in its basin, with 0.99 it "
    "reaches the next one, and with 0.995 the one after that. Then compare CMA-ES with an initial sigma of 2, "
    "which can look over the walls.",
    bounds=((-5, 5), (-5, 5)),
    start=(4.0, -3.5),
    minima=[(0, 0)],
)
def egg_crate(x, y):
    sx, sy = sin(x), sin(y)
    return x * x + y * y + 25 * (sx * sx + sy * sy), (2 * x + 50 * sx * cos(x), 2 * y + 50 * sy * cos(y))


@surface(
    "Bohachevsky 1",
    source="Bohachevsky, Johnson & Stein 1986, Technometrics 28:209",
    formula=r"x^2 + 2y^2 - 0.3\,\cos 3\pi x - 0.4\,\cos 4\pi y + 0.7",
    summary="A bowl with ripples: far from the center the bowl guides the run; near the center the ripples trap it.",
    what_to_try="Compare Adam with a small learning rate, which gets trapped in one of the first ripples, and with "
    "a learning rate of 0.3 that a schedule reduces.",
    bounds=((-2, 2), (-2, 2)),
    start=(-1.7, 1.3),
    minima=[(0, 0)],
)
def bohachevsky1(x, y):
    u, v = 3 * pi * x, 4 * pi * y
    return (
        x * x + 2 * y * y - 0.3 * cos(u) - 0.4 * cos(v) + 0.7,
        (2 * x + 0.9 * pi * sin(u), 4 * y + 1.6 * pi * sin(v)),
    )


@surface(
    "Rastrigin",
    source="Rastrigin 1974; Jamil & Yang 2013, arXiv:1308.4008",
    formula=r"20 + x^2 - 10\cos 2\pi x + y^2 - 10\cos 2\pi y",
    summary="121 steep local minima spaced about one unit apart: gradient descent ends in the basin where it starts.",
    what_to_try="Compare a gradient-based optimizer, which stays in the basin where it starts, with CMA-ES with a "
    "large population and a large initial sigma. Try different seeds.",
    bounds=((-5.12, 5.12), (-5.12, 5.12)),
    start=(3.3, -2.2),
    minima=[(0, 0)],
)
def rastrigin(x, y):
    u, v = 2 * pi * x, 2 * pi * y
    return (20 + x * x - 10 * cos(u) + y * y - 10 * cos(v), (2 * x + 20 * pi * sin(u), 2 * y + 20 * pi * sin(v)))


SQRT_2 = sqrt(2.0)


@surface(
    "Griewank",
    source="Griewank 1981, Journal of Optimization Theory and Applications 34:11",
    formula=r"1 + (x^2 + y^2) / 4000 - \cos x\ \cos(y / \sqrt{2})",
    summary="The basins are almost equally deep: a low loss alone does not show that the global minimum was found.",
    what_to_try="Run several optimizers from several starts so that they end in different basins, and compare "
    "their losses: they differ little even though the points are far apart.",
    bounds=((-10, 10), (-10, 10)),
    start=(-7.0, 6.0),
    minima=[(0, 0)],
)
def griewank(x, y):
    v = y / SQRT_2
    cx, cy = cos(x), cos(v)
    return 1 + (x * x + y * y) / 4000 - cx * cy, (x / 2000 + sin(x) * cy, y / 2000 + cx * sin(v) / SQRT_2)


@surface(
    "Levy",
    source="Levy & Montalvo 1985, SIAM Journal on Scientific and Statistical Computing 6:15; Surjanovic & "
    "Bingham, Virtual Library of Simulation Experiments",
    formula=r"\sin^2\pi w + (w - 1)^2 (1 + 10\,\sin^2(\pi w + 1)) + (v - 1)^2 (1 + \sin^2 2\pi v),\ "
    r"w = 1 + \frac{x - 1}{4},\ v = 1 + \frac{y - 1}{4}",
    summary="Strong ripples in x and weak ones in y: a single learning rate is either too large for x or too small "
    "for y.",
    what_to_try="Increase the learning rate of Adam and see in which of the two coordinates it escapes the ripples "
    "first.",
    bounds=((-10, 10), (-10, 10)),
    start=(-7.0, 5.0),
    minima=[(1, 1)],
    value_scale="log",
)
def levy(x, y):
    a, b = (x - 1) / 4, (y - 1) / 4
    w, s, t = pi * (1 + a), sin(pi * (1 + a) + 1), sin(2 * pi * (1 + b))
    sw, p, q = sin(w), 1 + 10 * s * s, 1 + t * t
    return (
        sw * sw + a * a * p + b * b * q,
        (
            (2 * pi * sw * cos(w) + 2 * a * p + 20 * pi * a * a * s * cos(w + 1)) / 4,
            (2 * b * q + 4 * pi * b * b * t * cos(2 * pi * (1 + b))) / 4,
        ),
    )


@surface(
    "Levy 13",
    source="Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments; Jamil & Yang 2013, arXiv:1308.4008",
    formula=r"\sin^2 3\pi x + (x - 1)^2 (1 + \sin^2 3\pi y) + (y - 1)^2 (1 + \sin^2 2\pi y)",
    summary="A bowl with more than a thousand small local minima. Like noise, they can only be averaged out by "
    "large steps.",
    what_to_try="Compare small learning rates, which get stuck in the first local minima, with larger ones, which "
    "jump over many of them and need a schedule to settle.",
    bounds=((-10, 10), (-10, 10)),
    start=(-6.0, 4.0),
    minima=[(1, 1)],
    value_scale="log",
)
def levy13(x, y):
    a, b, u, v, w = x - 1, y - 1, 3 * pi * x, 3 * pi * y, 2 * pi * y
    su, sv, sw = sin(u), sin(v), sin(w)
    p, q = 1 + sv * sv, 1 + sw * sw
    return (
        su * su + a * a * p + b * b * q,
        (6 * pi * su * cos(u) + 2 * a * p, 6 * pi * a * a * sv * cos(v) + 2 * b * q + 4 * pi * b * b * sw * cos(w)),
    )


# The factor of each coordinate has its minimum, -12.87, at the first three and its maximum, 14.51, at the others
SHUBERT_MINIMA = (
    (-7.708313735499347, -1.425128428319761, 4.858056878859825),
    (-7.0835064076515595, -0.8003211004719731, 5.482864206707613),
)


@surface(
    "Shubert",
    source="Shubert 1972, SIAM Journal on Numerical Analysis 9:379",
    formula=r"\Sigma_{i=1}^5 i\,\cos((i + 1) x + i) \cdot \Sigma_{i=1}^5 i\,\cos((i + 1) y + i)",
    summary="722 local minima inside the plotted range, 18 of them global. The step size has to be small, and the "
    "result depends almost entirely on the start. The often-quoted 760 also counts 38 on the edges of the "
    "range.",
    what_to_try="Compare CMA-ES with different seeds and population sizes with a gradient-based optimizer, and "
    "count how often each finds a global minimum.",
    bounds=((-10, 10), (-10, 10)),
    start=(-6.6, -7.2),
    minima=[pair for low in SHUBERT_MINIMA[0] for high in SHUBERT_MINIMA[1] for pair in ((low, high), (high, low))],
)
def shubert(x, y):
    p, q, grad_p, grad_q = 0.0, 0.0, 0.0, 0.0
    for i in range(1, 6):
        u, v = (i + 1) * x + i, (i + 1) * y + i
        p, grad_p = p + i * cos(u), grad_p - i * (i + 1) * sin(u)
        q, grad_q = q + i * cos(v), grad_q - i * (i + 1) * sin(v)
    return p * q, (grad_p * q, p * grad_q)


@surface(
    "Ackley",
    source="Ackley 1987, A Connectionist Machine for Genetic Hillclimbing",
    formula=r"20 + e - 20 e^{-0.2\sqrt{(x^2 + y^2)/2}} - e^{(\cos 2\pi x + \cos 2\pi y)/2}",
    summary="A funnel with many local minima and a cone-shaped tip: with a fixed step size a run never settles "
    "there; the step size has to shrink.",
    what_to_try="Start near the center and watch a run with a fixed learning rate jump around the tip. Then add a "
    "schedule and watch it settle.",
    nonsmooth_note="The minimum is the tip of a cone, where the gradient is undefined; it is set to 0 there.",
    bounds=((-5, 5), (-5, 5)),
    start=(2.5, -1.7),
    minima=[(0, 0)],
)
def ackley(x, y):
    r = radius(x, y) / sqrt(2.0)
    u, v = 2 * pi * x, 2 * pi * y
    distance_term, cosine_term = 20 * exp(-0.2 * r), exp((cos(u) + cos(v)) / 2)
    # At the tip of the cone, where x and y are 0, the derivative is set to 0
    slope, r = 0.1 * distance_term, r + (r == 0)
    return 20 + e - distance_term - cosine_term, (
        slope * (x / r) + pi * cosine_term * sin(u),
        slope * (y / r) + pi * cosine_term * sin(v),
    )


@surface(
    "Drop wave",
    source="Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments",
    formula=r"-(1 + \cos 12r) / (2 + r^2 / 2),\ r^2 = x^2 + y^2",
    summary="Concentric rings around the minimum: every ring is a valley that small steps cannot leave.",
    what_to_try="Compare a gradient-based optimizer with small steps, which stays in its ring, with CMA-ES with an "
    "initial sigma of 2 and a large population, which gets farther in.",
    bounds=((-5.12, 5.12), (-5.12, 5.12)),
    start=(2.0, 2.5),
    minima=[(0, 0)],
)
def drop_wave(x, y):
    q = x * x + y * y
    r, depth = sqrt(q), 2 + q / 2
    wave = 1 + cos(12 * r)
    ripple = sin(12 * r) / (r + (r == 0)) + 12 * (r == 0)  # smooth at the origin, where sin(12 r) / r tends to 12
    grad_scale = 12 * ripple / depth + wave / (depth * depth)
    return -wave / depth, (grad_scale * x, grad_scale * y)


@surface(
    "Schaffer 2",
    source="Mishra 2006; Jamil & Yang 2013, arXiv:1308.4008",
    formula=r"\frac{1}{2} + (\sin^2(x^2 - y^2) - \frac{1}{2}) / (1 + 0.001 (x^2 + y^2))^2",
    summary="An almost flat dish with ripples that get denser toward the outside: the farther out, the smaller the "
    "step size has to be.",
    what_to_try="Use the same learning rate far from the center and near it: a rate that suits the center is too "
    "large for the dense outer ripples.",
    bounds=((-10, 10), (-10, 10)),
    start=(4.0, 3.0),
    minima=[(0, 0)],
)
def schaffer2(x, y):
    p, d = x * x - y * y, 1 + 0.001 * (x * x + y * y)
    s = sin(p)
    numerator = s * s - 0.5
    ripple, envelope = 4 * s * cos(p) / (d * d), 0.004 * numerator / (d * d * d)
    return 0.5 + numerator / (d * d), ((ripple - envelope) * x, (-ripple - envelope) * y)


@surface(
    "Schaffer 4",
    source="Mishra 2006; Surjanovic & Bingham 2013, Virtual Library of Simulation Experiments",
    formula=r"\frac{1}{2} + (\cos^2(\sin|x^2 - y^2|) - \frac{1}{2}) / (1 + 0.001 (x^2 + y^2))^2",
    summary="Four global minima on the axes, in a maze of almost equally deep ripples: small steps end in the "
    "nearest ripple, and where large ones end is a matter of chance.",
    what_to_try="Run Adam with a learning rate of 0.5 and move the start by 0.05 or 0.1: the run ends somewhere else. "
    "On a surface like this, a single run proves little.",
    bounds=((-10, 10), (-10, 10)),
    start=(3.0, 1.0),
    minima=[
        (0.0, 1.2531318314637332),
        (0.0, -1.2531318314637332),
        (1.2531318314637332, 0.0),
        (-1.2531318314637332, 0.0),
    ],
)
def schaffer4(x, y):
    # cos(sin(.)) is even: the absolute value in the formula has no effect, and the surface is smooth
    p, d = x * x - y * y, 1 + 0.001 * (x * x + y * y)
    inner = sin(p)
    c = cos(inner)
    numerator = c * c - 0.5
    ripple, envelope = 4 * c * sin(inner) * cos(p) / (d * d), 0.004 * numerator / (d * d * d)
    return 0.5 + numerator / (d * d), ((-ripple - envelope) * x, (ripple - envelope) * y)
