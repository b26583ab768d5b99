# mypy: allow-untyped-defs
"""Layerwise methods: scale a step by the norm of the whole position or gradient of a layer.

A layer is one parameter array of a model, flattened. On a surface, both coordinates form one layer, and the norm of the
position is its distance from the origin.
"""

from __future__ import annotations

from math import inf

from optimizers.arithmetic import dot, maximum, minimum, norm, ratio, sqrt, where
from optimizers.optimizer import (
    Decay,
    Epsilon,
    Fraction,
    LearningRate,
    Momentum,
    Positive,
    Switch,
    WeightDecay,
    optimizer,
)


def trust_ratio(x, update, coefficient=1.0, eps=0.0):
    """Return the trust ratio |x| / |update| times the coefficient, or 1 where either norm is 0."""
    x_norm, update_norm = norm(x), norm(update)
    return where((x_norm == 0) | (update_norm == 0), 1.0, coefficient * ratio(x_norm, update_norm + eps))


FAMILY = "Layer-wise"


@optimizer(
    "LARS",
    source="You, Gitman & Ginsburg 2017, arXiv:1708.03888, algorithm 1; weight decay included in the trust ratio, "
    "as in Optax",
    scope="layer",
    implementation="Optax",
    formula=r"""
    d_t = g_t + \lambda x_{t-1}
    v_t = \mu v_{t-1} - \eta \dfrac{\kappa \|x_{t-1}\|}{\|d_t\| + \epsilon} \, d_t
    x_t = x_{t-1} + v_t
    """,
)
def lars(
    x,
    grad,
    t,
    v=0.0,
    *,
    lr: LearningRate = 1.0,
    momentum: Momentum = 0.9,
    trust_coefficient: Positive = 0.001,
    weight_decay: WeightDecay = 0.0,
    eps: Epsilon = 0.0,
    nesterov: Switch = 0.0,
):
    """The step size is a fraction of the distance from the origin, regardless of the gradient norm. Hardly moves near
    the origin and never settles.

    Each new step is a fixed fraction of the distance from the origin (learning rate times trust coefficient), whatever
    the gradient norm. In a neural network, all layers thus change by a similar fraction of their weights, which allows
    very large batches. Here it means long steps far from the origin and very short ones near it: compare a minimum at
    the origin with one elsewhere. Nesterov looks one step ahead.
    """
    update = grad + weight_decay * x
    step = -lr * trust_ratio(x, update, trust_coefficient, eps) * update
    v = momentum * v + step
    return x + (step + momentum * v if nesterov else v), v


@optimizer(
    "LAMB",
    source="You et al. 2020, arXiv:1904.00962, with phi the identity",
    scope="layer",
    implementation="Optax, Keras",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t},\quad \hat{v}_t = \dfrac{v_t}{1 - \beta_2^t}
    r_t = \dfrac{\hat{m}_t}{\sqrt{\hat{v}_t + \bar{\epsilon}} + \epsilon} + \lambda x_{t-1}
    x_t = x_{t-1} - \eta \dfrac{\|x_{t-1}\|}{\|r_t\|} \, r_t
    """,
)
def lamb(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    *,
    lr: LearningRate = 0.01,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-6,
    eps_root: Epsilon = 0.0,
    weight_decay: WeightDecay = 0.0,
):
    """Adam’s direction with a step size proportional to the distance from the origin. Hardly moves near the origin and
    never settles.

    Uses Adam’s direction with a step size of the learning rate times the distance from the origin. In a neural network,
    every layer thus changes by the same fraction of its norm, which allows very large batches. Here it means long steps
    far from the origin and very short ones near it: compare it with Adam for a minimum at the origin and for one
    elsewhere.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    r = ratio(m / (1 - beta1**t), sqrt(v / (1 - beta2**t) + eps_root) + eps) + weight_decay * x
    return x - lr * trust_ratio(x, r) * r, m, v


@optimizer(
    "Fromage",
    source="Bernstein et al. 2020, arXiv:2002.03432; norms of at least min_norm, as in Optax",
    scope="layer",
    implementation="Optax",
    formula=r"""
    d_t = \dfrac{\max(\|x_{t-1}\|, r_{\min})}{\max(\|g_t\|, r_{\min})} \, g_t
    x_t = \dfrac{1}{\sqrt{1 + \eta^2}} (x_{t-1} - \eta d_t)
    """,
)
def fromage(x, grad, t, *, lr: LearningRate = 0.01, min_norm: Epsilon = 1e-6):
    """The step size is a fraction of the distance from the origin, followed by a small shrinkage that prevents drift.
    Settles slightly off minima that are not at the origin.

    Each step points against the gradient, and its length is the learning rate times the distance from the origin. Then
    the whole point is pulled slightly toward the origin so that it does not drift outward. The steepness of the surface
    does not matter. Because neither the steps nor the pull vanish, the run keeps jumping around a point next to the
    minimum; a smaller learning rate brings it closer.
    """
    shrink = 1 / (1 + lr * lr) ** 0.5
    step = shrink * lr * ratio(maximum(norm(x), min_norm), maximum(norm(grad), min_norm), 1.0)
    return shrink * x - step * grad


@optimizer(
    "NovoGrad",
    source="Ginsburg et al. 2019, arXiv:1905.11286; momentum without the factor 1 - beta1, as in Optax",
    scope="layer",
    implementation="Optax",
    formula=r"""
    v_1 = \|g_1\|^2,\quad v_t = \beta_2 v_{t-1} + (1 - \beta_2) \|g_t\|^2 \quad (t > 1)
    m_t = \beta_1 m_{t-1} + \dfrac{g_t}{\sqrt{v_t + \bar{\epsilon}} + \epsilon} + \lambda x_{t-1}
    x_t = x_{t-1} - \eta m_t
    """,
)
def novograd(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    *,
    lr: LearningRate = 0.01,
    beta1: Decay = 0.9,
    beta2: Decay = 0.25,
    eps: Epsilon = 1e-6,
    eps_root: Epsilon = 0.0,
    weight_decay: WeightDecay = 0.0,
):
    """Momentum on gradients normalized by their norm: the steepness of the surface does not matter, but ravines remain
    difficult.

    Keeps a single moving average of the squared gradient norm and divides all coordinates by its square root. This
    removes the effect of steepness but keeps the gradient direction, so ravines remain difficult. The momentum is a
    sum, not an average: on a constant slope with beta1 = 0.9, steps grow to ten times the learning rate.
    """
    square = dot(grad, grad)
    v = square if t == 1 else beta2 * v + (1 - beta2) * square
    m = beta1 * m + ratio(grad, sqrt(v + eps_root) + eps) + weight_decay * x
    return x - lr * m, m, v


def rms(x):
    """Return the root mean square of all elements."""
    return norm(x) / len(x) ** 0.5


@optimizer(
    "Adafactor",
    source="Shazeer & Stern 2018, arXiv:1804.04235, for vectors (no factorization), as in PyTorch",
    scope="layer",
    implementation="PyTorch",
    formula=r"""
    \alpha_t = \max(\epsilon_2, \mathrm{RMS}(x_{t-1})) \, \min(\eta, 1 / \sqrt{t})
    v_t = (1 - t^{-c}) v_{t-1} + t^{-c} g_t^2
    u_t = \dfrac{g_t}{\sqrt{\max(v_t, \epsilon_1^2)}}
    x_t = (1 - \eta \lambda) x_{t-1} - \dfrac{\alpha_t}{\max(1, \mathrm{RMS}(u_t) / d)} \, u_t
    """,
)
def adafactor(
    x,
    grad,
    t,
    v=0.0,
    *,
    lr: LearningRate = 0.01,
    beta2_decay: Fraction = 0.8,
    eps1: Epsilon = 2.220446049250313e-16,
    eps2: Epsilon = 1e-3,
    clip: Positive = 1.0,
    weight_decay: WeightDecay = 0.0,
):
    """The step size is a capped fraction of the parameter scale, so steep walls do no harm. Hardly moves near the
    origin.

    Designed to save memory: for a matrix it stores only row and column averages of the squared gradients, and it has no
    momentum. The step size is a fraction of the parameter scale and smaller when gradients suddenly grow. RMS is the
    root mean square of both coordinates. The fraction is the learning rate or 1/√t, whichever is smaller. Near the
    origin, epsilon2 keeps it moving.
    """
    alpha = maximum(eps2, rms(x)) * minimum(lr, 1 / t**0.5)
    x = x * (1 - lr * weight_decay)
    v = v + (grad * grad - v) / t**beta2_decay
    u = ratio(grad, sqrt(maximum(v, eps1 * eps1)))
    return x - alpha / maximum(1.0, ratio(rms(u), clip, inf)) * u, v
