# mypy: allow-untyped-defs
"""Rules that scale a step by the size of the whole position or of the whole gradient, as a network's layer by layer.

In the plane both coordinates are one layer, and the size of the position is its distance from the origin.
"""

from __future__ import annotations

from .arithmetic import dot, maximum, minimum, norm, ratio, sqrt, where
from .optimizer import Decay, Epsilon, Fraction, LearningRate, Momentum, Positive, Switch, WeightDecay, optimizer


def trust(x, update, coefficient=1.0, eps=0.0):
    """The trust ratio |x| / |update| times the coefficient, and 1 where either is 0."""
    size, length = norm(x), norm(update)
    return where((size == 0) | (length == 0), 1.0, coefficient * ratio(size, length + eps))


@optimizer("LARS", source="You, Gitman & Ginsburg 2017, arXiv:1708.03888, algorithm 1; the decay counted in the ratio, as in Optax",
           separable=False, convention="Optax")
def lars(x, grad, t, v=0.0, *, lr: LearningRate = 1.0, momentum: Momentum = 0.9, trust_coefficient: Positive = 0.001,
         weight_decay: WeightDecay = 0.0, eps: Epsilon = 0.0, nesterov: Switch = 0.0):
    """Steps are a share of the distance from the origin, however steep it is. Crawls near the origin and never settles."""
    update = grad + weight_decay * x
    step = -lr * trust(x, update, trust_coefficient, eps) * update
    v = momentum * v + step
    return x + (step + momentum * v if nesterov else v), v


@optimizer("LAMB", source="You et al. 2020, arXiv:1904.00962, with phi the identity", separable=False,
           convention="Optax, Keras")
def lamb(x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 0.01, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-6,
         eps_root: Epsilon = 0.0, weight_decay: WeightDecay = 0.0):
    """Adam's direction, as long as a share of the distance from the origin. Barely moves near the origin and never settles."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    r = m / (1 - beta1**t) / (sqrt(v / (1 - beta2**t) + eps_root) + eps) + weight_decay * x
    return x - lr * trust(x, r) * r, m, v


@optimizer("Fromage", source="Bernstein et al. 2020, arXiv:2002.03432; norms of at least min_norm, as in Optax",
           separable=False, convention="Optax")
def fromage(x, grad, t, *, lr: LearningRate = 0.01, min_norm: Epsilon = 1e-6):
    """A share of the distance from the origin, then a pull towards it, so that nothing drifts out. Misses minima elsewhere."""
    shrink = 1 / (1 + lr * lr) ** 0.5
    step = shrink * lr * ratio(maximum(norm(x), min_norm), maximum(norm(grad), min_norm), 1.0)
    return shrink * x - step * grad


@optimizer("NovoGrad", source="Ginsburg et al. 2019, arXiv:1905.11286; momentum without 1 - beta1, as in Optax", separable=False,
           convention="Optax")
def novograd(x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 0.01, beta1: Decay = 0.9, beta2: Decay = 0.25, eps: Epsilon = 1e-6,
             eps_root: Epsilon = 0.0, weight_decay: WeightDecay = 0.0):
    """Momentum of a gradient that is divided by its own length: steepness does not matter. Cannot even out a ravine."""
    square = dot(grad, grad)
    v = square if t == 1 else beta2 * v + (1 - beta2) * square
    m = beta1 * m + ratio(grad, sqrt(v + eps_root) + eps) + weight_decay * x
    return x - lr * m, m, v


def rms(x):
    """The root of the mean square of both coordinates."""
    return norm(x) / 2**0.5


@optimizer("Adafactor", source="Shazeer & Stern 2018, arXiv:1804.04235, for a vector, where nothing is factored; as in torch",
           separable=False, convention="PyTorch")
def adafactor(x, grad, t, v=0.0, *, lr: LearningRate = 0.01, beta2_decay: Fraction = 0.8, eps1: Epsilon = 2.220446049250313e-16,
              eps2: Epsilon = 1e-3, clip: Positive = 1.0, weight_decay: WeightDecay = 0.0):
    """The step is a capped share of the position's size, so that a wall does no harm. Near the origin it barely moves."""
    alpha = maximum(eps2, rms(x)) * minimum(lr, 1 / t**0.5)
    x = x * (1 - lr * weight_decay)
    v = v + (grad * grad - v) / t**beta2_decay
    u = ratio(grad, sqrt(maximum(v, eps1 * eps1)))
    return x - alpha / maximum(1.0, rms(u) / clip) * u, v
