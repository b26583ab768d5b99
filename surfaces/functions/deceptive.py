# mypy: allow-untyped-defs
"""Surfaces with a misleading gradient: the global minimum is far from where most of the surface leads."""

from __future__ import annotations

from surfaces.arithmetic import absolute, cos, sign, sin, sqrt
from surfaces.surface import surface


@surface(
    "Schwefel",
    source="Schwefel 1981, Numerical Optimization of Computer Models",
    formula=r"837.9658 - x\,\sin\sqrt{|x|} - y\,\sin\sqrt{|y|}",
    summary="The global minimum lies in a far corner, a long way from the next-best minima: following the gradient "
    "leads astray.",
    what_to_try="Start at many points and count how often gradient descent finds the far corner. Runs with large steps "
    "leave the domain, and outside it there are minima that are deeper still.",
    nonsmooth_note="Differentiable everywhere, but on the axes the second derivative is infinite; the first "
    "derivative along that coordinate is 0 there.",
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
    summary="Rugged everywhere. The minimum lies on the boundary of the domain; beyond it, the loss decreases further.",
    what_to_try="Compare where different optimizers end up from the same start. Gradient descent started next to "
    "the minimum leaves the domain.",
    nonsmooth_note="Not differentiable on x/2 + y + 47 = 0 and x - y - 47 = 0, where the slope is infinite on both "
    "sides. There, the derivative of the non-smooth term is set to 0.",
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
