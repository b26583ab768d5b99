"""One basin: round, long or tilted."""

from __future__ import annotations

from .surface import surface


@surface("Elongated bowl", source="Saito 2016, Deep Learning from Scratch, chapter 6", formula=r"x^2 / 20 + y^2",
         box=((-10, 10), (-5, 5)), start=(-7.0, 2.0), minima=[(0, 0)])
def elongated_bowl(x, y):
    return x * x / 20 + y * y, (x / 10, 2 * y)


@surface("Sphere", source="De Jong 1975, function F1", formula=r"x^2 + y^2",
         box=((-5, 5), (-5, 5)), start=(-4.0, 3.0), minima=[(0, 0)])
def sphere(x, y):
    return x * x + y * y, (2 * x, 2 * y)


@surface("Booth", source="Jamil & Yang 2013, arXiv:1308.4008", formula=r"(x + 2y - 7)^2 + (2x + y - 5)^2",
         box=((-10, 10), (-10, 10)), start=(-7.0, -6.0), minima=[(1, 3)], levels="log")
def booth(x, y):
    a, b = x + 2 * y - 7, 2 * x + y - 5
    return a * a + b * b, (2 * a + 4 * b, 4 * a + 2 * b)


@surface("Matyas", source="Jamil & Yang 2013, arXiv:1308.4008", formula=r"0.26 (x^2 + y^2) - 0.48 x y",
         box=((-10, 10), (-10, 10)), start=(-8.0, 6.0), minima=[(0, 0)], levels="log")
def matyas(x, y):
    return 0.26 * (x * x + y * y) - 0.48 * x * y, (0.52 * x - 0.48 * y, 0.52 * y - 0.48 * x)
