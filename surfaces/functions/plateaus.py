# mypy: allow-untyped-defs
"""Surfaces with plateaus: the difficulty is the small norm of the gradient, not its direction."""

from __future__ import annotations

from surfaces.arithmetic import cos, exp, pi, sin
from surfaces.surface import surface


@surface(
    "Easom",
    source="Easom 1990, A Survey of Global Optimization Techniques, thesis, University of Louisville",
    formula=r"-\cos x\ \cos y\ e^{-(x - \pi)^2 - (y - \pi)^2}",
    bounds=((-1, 7), (-1, 7)),
    start=(2.0, 2.0),
    summary="A narrow hole in a plateau: three units away, SGD barely moves. Adam keeps its pace until, about five "
    "units out, the gradient falls below its epsilon.",
    what_to_try="Start closer to the hole and farther from it. SGD stops where the gradient is almost 0, and beyond "
    "about five units Adam does too: in the corner (-1, -1), the gradient is 5e-15. SignSGD and Normalized "
    "gradient keep going, but from far out they may end in a shallow local minimum instead of the hole.",
    minima=[(pi, pi)],
)
def easom(x, y):
    u, v, cx, cy = x - pi, y - pi, cos(x), cos(y)
    basin = exp(-u * u - v * v)
    return -cx * cy * basin, ((sin(x) + 2 * u * cx) * cy * basin, (sin(y) + 2 * v * cy) * cx * basin)


@surface(
    "Michalewicz",
    source="Michalewicz 1992, Genetic Algorithms + Data Structures = Evolution Programs",
    formula=r"-\sin x\ \sin^{20}(x^2 / \pi) - \sin y\ \sin^{20}(2y^2 / \pi)",
    summary="Two narrow valleys crossing a plateau: near the origin the gradient drops to 1e-80, so only a start "
    "in or near a valley makes progress.",
    what_to_try="Start in a valley and on the plateau. On 13% of the plotted range, around the origin, the gradient is "
    "smaller than Adam’s epsilon, so only optimizers without an epsilon keep their pace.",
    bounds=((0, pi), (0, pi)),
    start=(2.0, 1.3),
    minima=[(2.2029055201726093, pi / 2)],
)
def michalewicz(x, y):
    u, v, sx, sy = x * x / pi, 2 * y * y / pi, sin(x), sin(y)
    p, q = sin(u), sin(v)
    p19, q19 = p**19, q**19
    return (
        -sx * p19 * p - sy * q19 * q,
        (-p19 * (cos(x) * p + 40 / pi * x * sx * cos(u)), -q19 * (cos(y) * q + 80 / pi * y * sy * cos(v))),
    )
