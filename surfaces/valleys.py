"""A narrow valley between steep walls: easy to enter, slow to follow."""

from __future__ import annotations

from .surface import surface


@surface("Rosenbrock", source="Rosenbrock 1960, The Computer Journal 3:175", formula=r"(1 - x)^2 + 100 (y - x^2)^2",
         box=((-2, 2), (-1, 3)), start=(-1.5, 2.0), minima=[(1, 1)], levels="log")
def rosenbrock(x, y):
    a, b = 1 - x, y - x * x
    return a * a + 100 * b * b, (-2 * a - 400 * x * b, 200 * b)


@surface("Beale", source="Beale 1958; Moré, Garbow & Hillstrom 1981, ACM TOMS 7:17, problem 5",
         formula=r"(1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2",
         box=((-4.5, 4.5), (-4.5, 4.5)), start=(1.0, 1.5), minima=[(3, 0.5)], levels="log")
def beale(x, y):
    y2, y3 = y * y, y * y * y
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y2, 2.625 - x + x * y3
    return (a * a + b * b + c * c,
            (2 * a * (y - 1) + 2 * b * (y2 - 1) + 2 * c * (y3 - 1), 2 * a * x + 4 * b * x * y + 6 * c * x * y2))
