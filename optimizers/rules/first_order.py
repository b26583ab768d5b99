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
AveragingStart = Annotated[float, Hyperparameter(1.0, 1e7, "log", minimum=-inf, label="t0 (first averaged)")]
NonNegativeSwitch = Annotated[float, Hyperparameter(0, 1, "switch", maximum=1.0, label="no negative step (SPS+)")]


@optimizer(
    "SGD",
    source="Robbins & Monro 1951, doi:10.1214/aoms/1177729586; without noise: gradient descent, Cauchy 1847",
    implementation="PyTorch, Optax, Keras, TensorFlow 1",
    formula=r"x_t = x_{t-1} - \eta g_t",
)
def sgd(x, grad, t, *, lr: LearningRate = 0.01):
    """Safe and simple where the surface is equally curved in every direction. Zigzags across a ravine and creeps along
    it.

    The gradient points in the direction of the steepest ascent, so a step against it goes down as steeply as possible.
    Its length is the learning rate times the steepness: long on slopes, short near a minimum, where the run comes to
    rest by itself. On a bowl it is stable only while the learning rate is below 2 divided by the largest curvature:
    turn the rate up until the run swings from side to side, and then a little further.
    """
    return x - lr * grad


@optimizer(
    "Momentum",
    source="Polyak 1964, doi:10.1016/0041-5553(64)90137-5: the heavy ball, with the learning rate inside the velocity",
    implementation="Keras",
    formula=r"""
    v_t = \mu v_{t-1} - \eta g_t
    x_t = x_{t-1} + v_t
    """,
)
def momentum(x, grad, t, v=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
    """Gathers speed along a ravine and rolls over small bumps. Swings past the minimum and needs time to come to rest.

    The velocity is a fading sum of the past steps: what they agree on adds up, and what they differ in cancels. On an
    even slope the steps grow to 1 / (1 - momentum) times those of SGD, ten times at 0.9, while the swings across a
    ravine cancel. Set momentum to 0 to see SGD, and to 0.99 to see the run pass the minimum and come back.
    """
    v = momentum * v - lr * grad
    return x + v, v


@optimizer(
    "Nesterov",
    source="Nesterov 1983 (NAG), as Sutskever et al. 2013, PMLR 28:1139; the look-ahead point is stored",
    implementation="PyTorch, Optax, TensorFlow 1",
    formula=r"""
    b_t = \mu b_{t-1} + g_t
    x_t = x_{t-1} - \eta (g_t + \mu b_t)
    """,
)
def nesterov(x, grad, t, b=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9):
    """Momentum that looks ahead and so brakes earlier. Bears only two thirds of the learning rate of plain gradient
    descent.

    The buffer counts once more in the step, so that the point already includes the momentum of the next update and the
    gradient is taken where that will lead. A rising slope is thus noticed one update sooner than with plain momentum,
    and swings die down faster. Race it against Momentum with the same two values and compare how far each passes the
    minimum.
    """
    b = momentum * b + grad
    return x - lr * (grad + momentum * b), b


@optimizer(
    "Averaged momentum",
    source="torch.optim.SGD with dampening, which does not damp the first gradient",
    implementation="PyTorch",
    formula=r"""
    b_1 = g_1,\quad b_t = \mu b_{t-1} + (1 - \tau) g_t \quad (t > 1)
    x_t = x_{t-1} - \eta b_t
    """,
)
def averaged_momentum(
    x, grad, t, b=0.0, *, lr: LearningRate = 0.01, momentum: Momentum = 0.9, dampening: Dampening = 0.9
):
    """A running mean of the gradients, so that the learning rate means the same for every momentum. Slow to turn.

    Dampening makes each new gradient count less; where it equals momentum, the buffer is a running mean of the
    gradients. The steps are then about as long as those of SGD with the same learning rate, whatever the momentum. With
    dampening at 0 it is PyTorch's momentum: compare the two at momentum 0.9, where the undamped steps grow ten times as
    long.
    """
    b = grad if t == 1 else momentum * b + (1 - dampening) * grad
    return x - lr * b, b


@optimizer(
    "Normalized gradient",
    source="Hazan, Levy & Shalev-Shwartz 2015, arXiv:1507.02030",
    separable=False,
    formula=r"x_t = x_{t-1} - \eta \dfrac{g_t}{\|g_t\|}",
)
def normalized_gradient(x, grad, t, *, lr: LearningRate = 0.01):
    """Steps of one length: crosses plateaus and survives cliffs. Never settles: it hops about the minimum at that
    length.

    Only the direction of the gradient is used, and every step is exactly as long as the learning rate. A nearly level
    plain is crossed at the same pace as a steep slope, and no cliff can throw the run far. Near a minimum the steps do
    not become shorter: add a schedule that lowers the rate to see it settle.
    """
    return x - lr * ratio(grad, norm(grad))


@optimizer(
    "Polyak step size",
    source="Polyak 1987, Introduction to Optimization; with a largest step: Loizou et al. 2021, arXiv:2002.10542",
    separable=False,
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
    """Takes its step from the height above the minimum, which must be known; lr is the largest step. Wrong heights
    mislead it.

    The step is as long as it would have to be to reach the lowest height, f min, if the slope stayed as it is. So it is
    long high up and short near the bottom, and needs no learning rate where the lowest height is known; the rate is
    only the largest one allowed. Set f min too low and the steps near the minimum become too long; set it too high and
    the run stays at about that height.
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
    """Guesses the next gradient from the last change; made for games, where it stops the circling. Here much like SGD.

    To the gradient it adds its change since the last update, as a guess of the next one. In games of two players this
    stops them from circling round each other; on a surface that one run descends the guess changes little. With beta at
    0 it is SGD; a larger beta bears only a smaller learning rate.
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
    """A weighted mean of a plain step and a slow momentum step: long memory without its inertia. Two weights to choose.

    Each step is a mixture of the present gradient and of a long running mean of all gradients so far. The present
    gradient lets the run react at once, and the mean carries it along a valley. Nu 0 is SGD and nu 1 is momentum as a
    running mean: try what lies between.
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
    """SGD that keeps, beside its path, the mean of its points from update t0 on, which noise hardly shakes. Before t0
    it is SGD.

    The path is SGD with a slowly falling learning rate and a slight pull to the origin, both set by lambd. Beside it
    goes the mean of its points, in which the to and fro of noisy gradients mostly cancels; up to update t0 that mean is
    just the last point. It is made for noisy gradients: add the part Gradient noise and let t0 be a few updates.
    """
    eta = lr if t == 1 else eta
    x = x * (1 - lambd * eta) - eta * grad
    mean = mean + (x - mean) / maximum(1.0, t - 1 - t0)
    return x, ratio(lr, maximum(1 + lambd * lr * t, 0.0) ** alpha, nan), mean


@optimizer(
    "Schedule-free SGD",
    source="Defazio et al. 2024, arXiv:2405.15682; the path is y, and the warm-up Optax's",
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
    """Averages its points instead of lowering the learning rate; its answer is the mean, a state. Lags where the
    surface turns.

    Gradient steps move a point z, and the answer of the rule is the mean of all its points. The path that is drawn lies
    between the two, and there the gradients are taken. The mean does what a falling learning rate does elsewhere, so
    that the number of updates need not be known beforehand. A small beta keeps the path near z, a large one near the
    mean.
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
