# mypy: allow-untyped-defs
"""Gradient descent with and without momentum: one learning rate for both coordinates."""

from __future__ import annotations

from math import inf, nan
from sys import float_info
from typing import Annotated

from optimizers.arithmetic import dot, maximum, minimum, norm, ratio, where
from optimizers.optimizer import (
    Averaging,
    Decay,
    Epsilon,
    Fraction,
    Hyperparameter,
    LearningRate,
    LossValue,
    Momentum,
    Positive,
    Power,
    WarmUp,
    WeightDecay,
    optimizer,
)

# PyTorch accepts any value of these
Dampening = Annotated[float, Hyperparameter(0.0, 1.0, minimum=-inf)]
RateDecay = Annotated[float, Hyperparameter(1e-6, 100.0, "log", minimum=-inf)]
RatePower = Annotated[float, Hyperparameter(0.0, 1.0, minimum=-inf)]
FAMILY = "First-order"
AveragingStart = Annotated[float, Hyperparameter(1.0, 1e7, "log", minimum=-inf, label="t0 (start of averaging)")]
NonNegativeSwitch = Annotated[float, Hyperparameter(0, 1, "switch", maximum=1.0, label="nonnegative step size (SPS+)")]


@optimizer(
    "SGD",
    source="Robbins & Monro 1951, doi:10.1214/aoms/1177729586. Without noise this is gradient descent (Cauchy 1847)",
    implementation="PyTorch, Optax, Keras, TensorFlow 1",
    formula=r"x_t = x_{t-1} - \eta g_t",
)
def sgd(x, grad, t, *, lr: LearningRate = 0.01):
    """Simple and reliable where the curvature is the same in all directions. Zigzags across a ravine and moves slowly
    along it.

    The gradient points in the direction of steepest ascent, so a step in the opposite direction is the steepest way
    down. The step size is the learning rate times the gradient norm: long on steep slopes, short near a minimum, where
    the run settles by itself. On a quadratic bowl it is stable only if the learning rate is below 2 divided by the
    largest curvature (2/λmax). Increase the learning rate until the run oscillates from side to side, and then a little
    further.
    """
    return x - lr * grad


@optimizer(
    "Momentum",
    source="Polyak 1964, doi:10.1016/0041-5553(64)90137-5 (heavy-ball method); learning rate inside the velocity",
    implementation="Keras",
    formula=r"""
    v_t = \mu v_{t-1} - \eta g_t
    x_t = x_{t-1} + v_t
    """,
)
def momentum(x, grad, t, v=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
    """Builds up speed along a ravine and rolls over small bumps. Overshoots the minimum and needs time to settle.

    The velocity is a decaying sum of past steps: consistent components add up, and alternating ones cancel out. On a
    constant slope, steps grow to 1 / (1 - momentum) times those of SGD, ten times at 0.9, while oscillations across a
    ravine cancel. Set momentum to 0 to see SGD, and to 0.99 to see the run overshoot the minimum and come back.
    """
    v = momentum * v - lr * grad
    return x + v, v


@optimizer(
    "Nesterov",
    source="Nesterov 1983 (NAG), in the form of Sutskever et al. 2013, PMLR 28:1139; the stored position is the "
    "look-ahead point",
    implementation="PyTorch, Optax, TensorFlow 1",
    formula=r"""
    b_t = \mu b_{t-1} + g_t
    x_t = x_{t-1} - \eta (g_t + \mu b_t)
    """,
)
def nesterov(x, grad, t, b=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
    """Momentum with look-ahead, which slows down earlier. Its largest stable learning rate depends on the momentum: at
    momentum 0.9 it is about two-thirds that of plain gradient descent, at 0.5 three-quarters, at 0 the same.

    The momentum buffer is applied a second time in each step, so the point already includes the momentum of the next
    step and the gradient is evaluated at the look-ahead point. A change of slope is therefore noticed one step earlier
    than with plain momentum, and oscillations die out faster. Compare it with Momentum at the same learning rate and
    momentum, and see how far each overshoots the minimum.
    """
    b = momentum * b + grad
    return x - lr * (grad + momentum * b), b


@optimizer(
    "Momentum with dampening",
    source="torch.optim.SGD with dampening (the first gradient is not dampened)",
    implementation="PyTorch",
    formula=r"""
    b_1 = g_1,\quad b_t = \mu b_{t-1} + (1 - \tau) g_t \quad (t > 1)
    x_t = x_{t-1} - \eta b_t
    """,
)
def averaged_momentum(
    x, grad, t, b=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9, dampening: Dampening = 0.9
):
    """Momentum as a moving average of gradients, so the effective step size does not depend on the momentum. Slow to
    change direction.

    Dampening reduces the weight of each new gradient; if it equals momentum, the buffer is a moving average of
    gradients. Steps are then about as long as those of SGD with the same learning rate, whatever the momentum. With
    dampening = 0 it is PyTorch’s momentum: compare both at momentum 0.9, where undamped steps grow to ten times the
    length.
    """
    b = grad if t == 1 else momentum * b + (1 - dampening) * grad
    return x - lr * b, b


@optimizer(
    "Normalized gradient",
    source="Hazan, Levy & Shalev-Shwartz 2015, arXiv:1507.02030",
    scope="whole",
    formula=r"x_t = x_{t-1} - \eta \dfrac{g_t}{\|g_t\|}",
)
def normalized_gradient(x, grad, t, *, lr: LearningRate = 0.01):
    """All steps have the same length: crosses plateaus and is safe on cliffs. Never settles but keeps jumping around
    the minimum.

    Uses only the direction of the gradient: every step is exactly as long as the learning rate. It crosses an almost
    flat plateau as fast as a steep slope, and no cliff can throw it far away. Near a minimum the steps do not get
    shorter: add a schedule to see it settle.
    """
    return x - lr * ratio(grad, norm(grad))


@optimizer(
    "Polyak step size",
    source="Polyak 1987, Introduction to Optimization; with a maximum step size: Loizou et al. 2021, arXiv:2002.10542",
    scope="whole",
    implementation="Optax",
    formula=r"""
    d_t = s g_t
    \eta_t = \min\left(\dfrac{f(x_{t-1}) - f^*}{\|d_t\|^2 + \epsilon},\ \eta\right)
    x_t = x_{t-1} - \eta_t d_t
    """,
)
def polyak_step_size(
    x,
    loss,
    t,
    *,
    lr: LearningRate = 1.0,
    f_min: LossValue = 0.0,
    scaling: Positive = 1.0,
    eps: Epsilon = 0.0,
    positive: NonNegativeSwitch = 0.0,
):
    """Computes its step size from the loss minus the minimum loss, which must be known; lr is the maximum step size. A
    wrong value misleads it.

    The step size is what it takes to reach the minimum loss f* if the slope stayed constant. Steps are therefore long
    where the loss is high and short near the minimum, and no learning rate is needed if f* is known; lr only limits the
    step size. If f* is too low, steps near the minimum are too long; if it is too high, the run settles at about that
    loss.
    """
    value, grad = loss.value_and_gradient(x)
    grad = scaling * grad
    square = dot(grad, grad) + eps
    gap = maximum(value - f_min, 0.0) if positive else value - f_min
    step = where(square <= float_info.epsilon, 0.0, minimum(ratio(gap, square), lr))
    return x - step * grad


@optimizer(
    "Optimistic gradient",
    source="Popov 1980, doi:10.1007/BF01141092; Daskalakis et al. 2018, arXiv:1711.00141",
    implementation="Optax",
    formula=r"x_t = x_{t-1} - \eta [(\alpha + \beta) g_t - \beta g_{t-1}],\quad g_0 = g_1",
)
def optimistic_gradient(x, grad, t, last=0.0, *, lr: LearningRate = 0.01, alpha: Positive = 1.0, beta: Positive = 1.0):
    """Predicts the next gradient from the last change. Designed for two-player games (GANs), where it stops the
    cycling; here it behaves much like SGD.

    Adds to the gradient its change since the previous step, as a prediction of the next. In two-player games (such as
    GANs) this prevents the players from cycling around each other; when a single run minimizes a surface, it makes
    little difference. With beta = 0 it is SGD; the larger beta, the smaller the largest stable learning rate.
    """
    last = grad if t == 1 else last
    return x - lr * ((alpha + beta) * grad - beta * last), grad


@optimizer(
    "QHM",
    source="Ma & Yarats 2019, arXiv:1810.06801: quasi-hyperbolic momentum",
    formula=r"""
    m_t = \beta m_{t-1} + (1 - \beta) g_t
    x_t = x_{t-1} - \eta [(1 - \nu) g_t + \nu m_t]
    """,
)
def qhm(x, grad, t, g=0.0, *, lr: LearningRate = 0.01, beta: Decay = 0.999, nu: Fraction = 0.7):
    """A weighted average of a plain gradient step and a momentum step: long memory without the inertia. Two extra
    hyperparameters.

    Each step combines the current gradient with a slow moving average of all gradients so far. The current gradient
    lets the run react at once, and the average carries it along a valley. Nu = 0 is SGD and nu = 1 is momentum as a
    moving average: try values in between.
    """
    g = beta * g + (1 - beta) * grad
    return x - lr * ((1 - nu) * grad + nu * g), g


@optimizer(
    "ASGD",
    source="Polyak & Juditsky 1992, doi:10.1137/0330046; Bottou 2012, Stochastic Gradient Descent Tricks",
    implementation="PyTorch",
    formula=r"""
    \eta_t = \dfrac{\eta}{(1 + \lambda \eta (t - 1))^{\alpha}}
    x_t = (1 - \lambda \eta_t) x_{t-1} - \eta_t g_t
    \bar{x}_t = \bar{x}_{t-1} + \dfrac{x_t - \bar{x}_{t-1}}{\max(1, t - 1 - t_0)}
    """,
)
def asgd(
    x,
    grad,
    t,
    eta=0.0,
    mean=0.0,
    *,
    lr: LearningRate = 0.01,
    lambd: RateDecay = 1e-4,
    alpha: RatePower = 0.75,
    t0: AveragingStart = 1e6,
):
    """SGD that also keeps the average of its iterates from step t0 on, which is hardly affected by noise. Until then,
    the average is the latest point.

    The path is SGD with a slowly decaying learning rate and a slight pull toward the origin, both set by lambd. It also
    keeps the average of its iterates, in which the fluctuations of noisy gradients mostly cancel out; until step t0,
    the average is simply the latest point. It is meant for noisy gradients: add the modifier Gradient noise and set t0
    to a few steps.
    """
    eta = lr if t == 1 else eta
    x = x * (1 - lambd * eta) - eta * grad
    mean = mean + (x - mean) / maximum(1.0, t - 1 - t0)
    return x, ratio(lr, maximum(1 + lambd * lr * t, 0.0) ** alpha, nan), mean


@optimizer(
    "Schedule-free SGD",
    source="Defazio et al. 2024, arXiv:2405.15682; the plotted path is y; warm-up as in Optax",
    implementation="Optax",
    formula=r"""
    z_t = z_{t-1} - \eta \,\min\left(\dfrac{t - 1}{T}, 1\right) (g_t + \lambda x_{t-1})
    \hat{\eta}_t = \max(\hat{\eta}_{t-1}, \eta \,\min(t / T, 1))
    w_t = \hat{\eta}_t^p,\quad c_t = w_t \,/\, \sum_{s=1}^{t} w_s
    \bar{x}_t = (1 - c_t)\,\bar{x}_{t-1} + c_t z_t
    x_t = (1 - \beta) z_t + \beta \bar{x}_t,\quad z_0 = \bar{x}_0 = x_0
    """,
)
def schedule_free_sgd(
    x,
    grad,
    t,
    z=0.0,
    mean=0.0,
    weight_sum=0.0,
    lr_max=0.0,
    *,
    lr: LearningRate = 1.0,
    beta: Averaging = 0.9,
    weight_decay: WeightDecay = 0.0,
    lr_power: Power = 2.0,
    warmup: WarmUp = 0,
):
    """Averages its iterates instead of decaying the learning rate; the solution is the average, stored in its state.
    Lags behind in curved valleys.

    Gradient steps move a point z; the solution is the average of all values of z. The plotted path lies between the
    two, and that is where gradients are evaluated. The average does what a decaying learning rate does elsewhere, so
    the number of steps need not be known in advance. A small beta keeps the path close to z, a large one close to the
    average.
    """
    z = x if t == 1 else z
    mean = ratio(x - (1 - beta) * z, beta, x if t == 1 else mean)
    lr_max = maximum(lr_max, lr * min(t / max(warmup, 1), 1.0))
    weight = lr_max**lr_power
    weight_sum = weight_sum + weight
    z = z - lr * min((t - 1) / warmup if warmup else 1.0, 1.0) * (grad + weight_decay * x)
    c = ratio(weight, weight_sum)
    mean = (1 - c) * mean + c * z
    return beta * mean + (1 - beta) * z, z, mean, weight_sum, lr_max
