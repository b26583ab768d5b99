# mypy: allow-untyped-defs
"""Surfaces with a misleading gradient: the global minimum is far from where most of the surface leads."""

from __future__ import annotations

from surfaces.arithmetic import absolute, cos, sign, sin, sqrt
from surfaces.surface import surface


@surface(
    "Schwefel",
    source="Schwefel 1981, Numerical Optimization of Computer Models",
    formula=r"837.9658 - x\,\sin\sqrt{|x|} - y\,\sin\sqrt{|y|}",
    summary="The deepest basin lies in a far corner and the next best are far from it: to follow the slope is to lose.",
    what_to_try="Start in many places and count how often a descent finds the far corner. Runs with large steps leave "
    "the box, and outside the surface falls ever further.",
    nonsmooth_note="None in the slope; on the axes the curvature is infinite, and the slope along that coordinate is "
    "0.",
    bounds=((-500, 500), (-500, 500)),
    start=(-200.0, 100.0),
    minima=[(420.96874635998205, 420.96874635998205)],
)
def schwefel(x, y):
    r, s = sqrt(absolute(x)), sqrt(absolute(y))
    sr, ss = sin(r), sin(s)
    # twice 418.98288727243371; with the usual 418.9829 the minimum would be 2.5e-5
    return 837.9657745448674 - x * sr - y * ss, (-sr - r * cos(r) / 2, -ss - s * cos(s) / 2)


@surface(
    "Eggholder",
    source="Whitley et al. 1996, Artificial Intelligence 85:245",
    formula=r"-(y + 47)\,\sin\sqrt{|x/2 + y + 47|} - x\,\sin\sqrt{|x - y - 47|}",
    summary="Rugged everywhere, with the lowest point on the border of the box: beyond it the surface falls further.",
    what_to_try="Compare what different rules find from the same start. Started beside the lowest point, a descent "
    "leaves the box.",
    nonsmooth_note="Creases on x/2 + y + 47 = 0 and x - y - 47 = 0, with an infinite slope on both sides: the term "
    "that is creased counts as level there.",
    bounds=((-512, 512), (-512, 512)),
    start=(320.0, 360.0),
    minima=[(512.0, 404.2318051137578)],
)
def eggholder(x, y):
    h = y + 47
    u, v = x / 2 + h, x - h
    p, q = sqrt(absolute(u)), sqrt(absolute(v))
    sp, sq = sin(p), sin(q)
    grad_u = -h * cos(p) * sign(u) / (2 * (p + (p == 0)))
    grad_v = -x * cos(q) * sign(v) / (2 * (q + (q == 0)))
    return -h * sp - x * sq, (grad_u / 2 + grad_v - sq, grad_u - grad_v - sp)
