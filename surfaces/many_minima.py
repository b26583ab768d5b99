"""Several basins: where a run ends depends on where and how it began."""

from __future__ import annotations

from .arithmetic import cos, e, exp, pi, sin, sqrt
from .surface import surface


@surface("Himmelblau", source="Himmelblau 1972, Applied Nonlinear Programming",
         formula=r"(x^2 + y - 11)^2 + (x + y^2 - 7)^2", box=((-6, 6), (-6, 6)), start=(-0.27, -0.92), levels="log",
         minima=[(3.0, 2.0), (-2.805118086952745, 3.131312518250573), (-3.779310253377747, -3.283185991286170),
                 (3.584428340330492, -1.848126526964404)])
def himmelblau(x, y):
    a, b = x * x + y - 11, x + y * y - 7
    return a * a + b * b, (4 * x * a + 2 * b, 2 * a + 4 * y * b)


@surface("Three-hump camel", source="Jamil & Yang 2013, arXiv:1308.4008", formula=r"2x^2 - 1.05x^4 + x^6/6 + xy + y^2",
         box=((-2.5, 2.5), (-2.5, 2.5)), start=(-2.0, -1.5), minima=[(0, 0)], levels="log")
def three_hump_camel(x, y):
    x2 = x * x
    return (2 * x2 - 1.05 * x2 * x2 + x2 * x2 * x2 / 6 + x * y + y * y,
            (4 * x - 4.2 * x2 * x + x2 * x2 * x + y, x + 2 * y))


@surface("Styblinski-Tang", source="Styblinski & Tang 1990, Neural Networks 3:467",
         formula=r"\frac{1}{2} (x^4 - 16x^2 + 5x + y^4 - 16y^2 + 5y)", box=((-5, 5), (-5, 5)), start=(0.2, -0.3),
         minima=[(-2.903534027771177, -2.903534027771177)])
def styblinski_tang(x, y):
    x2, y2 = x * x, y * y
    return ((x2 * x2 - 16 * x2 + 5 * x + y2 * y2 - 16 * y2 + 5 * y) / 2,
            (2 * x2 * x - 16 * x + 2.5, 2 * y2 * y - 16 * y + 2.5))


@surface("Rastrigin", source="Rastrigin 1974; Jamil & Yang 2013, arXiv:1308.4008",
         formula=r"20 + x^2 - 10\cos 2\pi x + y^2 - 10\cos 2\pi y",
         box=((-5.12, 5.12), (-5.12, 5.12)), start=(3.3, -2.2), minima=[(0, 0)])
def rastrigin(x, y):
    u, v = 2 * pi * x, 2 * pi * y
    return (20 + x * x - 10 * cos(u) + y * y - 10 * cos(v),
            (2 * x + 20 * pi * sin(u), 2 * y + 20 * pi * sin(v)))


@surface("Ackley", source="Ackley 1987, A Connectionist Machine for Genetic Hillclimbing",
         formula=r"20 + e - 20 e^{-0.2\sqrt{(x^2 + y^2)/2}} - e^{(\cos 2\pi x + \cos 2\pi y)/2}",
         box=((-5, 5), (-5, 5)), start=(2.5, -1.7), minima=[(0, 0)])
def ackley(x, y):
    r = sqrt((x * x + y * y) / 2)
    u, v = 2 * pi * x, 2 * pi * y
    cone, egg = 20 * exp(-0.2 * r), exp((cos(u) + cos(v)) / 2)
    pull = 0.1 * cone / (r + (r == 0))  # a cone has no gradient at its tip, where x and y are 0: call it level
    return 20 + e - cone - egg, (pull * x + pi * egg * sin(u), pull * y + pi * egg * sin(v))
