# mypy: allow-untyped-defs
"""Adaptive methods: divide by accumulated gradient magnitudes, so each coordinate has a learning rate of its own."""

from __future__ import annotations

from math import inf
from typing import Annotated

from optimizers.arithmetic import maximum, minimum, ratio, sign, sqrt, where
from optimizers.optimizer import (
    Averaging,
    BiasCorrection,
    Epsilon,
    Fraction,
    Hyperparameter,
    LearningRate,
    Momentum,
    Positive,
    Switch,
    optimizer,
)

InitialSum = Annotated[float, Hyperparameter(1e-6, 100.0, "log", symbol="n_0")]


@optimizer(
    "AdaGrad",
    source="Duchi, Hazan & Singer 2011, JMLR 12:2121; as in PyTorch: accumulator starts at 0, eps outside the "
    "square root",
    implementation="PyTorch, TensorFlow 1",
    formula=r"""
    G_t = G_{t-1} + g_t^2
    x_t = x_{t-1} - \dfrac{\eta}{1 + (t - 1) \gamma} \, \dfrac{g_t}{\sqrt{G_t} + \epsilon}
    """,
)
def adagrad(
    x,
    grad,
    t,
    g_sum=0.0,
    *,
    lr: LearningRate = 0.01,
    eps: Epsilon = 1e-10,
    lr_decay: Positive = 0.0,
    initial_sum: Positive = 0.0,
):
    """Balances steep and flat coordinates with one learning rate. The sum only grows, so it slows down and may stall
    too early.

    Each coordinate divides its gradient by the square root of the sum of its squared gradients so far. Steep
    coordinates therefore get small steps and flat ones large steps, and an axis-aligned ravine is no obstacle. Because
    the sum never decreases, a run with a small learning rate almost stops on the way: try learning rates from 0.1 to 1.
    """
    g_sum = (initial_sum if t == 1 else g_sum) + grad * grad
    return x - lr / (1 + (t - 1) * lr_decay) * ratio(grad, sqrt(g_sum) + eps), g_sum


@optimizer(
    "RMSprop",
    source="Tieleman & Hinton 2012, Coursera lecture 6.5; centered: Graves 2013, arXiv:1308.0850; as in PyTorch: "
    "eps outside the square root, lr outside the momentum",
    implementation="PyTorch",
    formula=r"""
    v_t = \rho v_{t-1} + (1 - \rho) g_t^2,\quad \hat{v}_t = \dfrac{v_t}{1 - c\,\rho^t}
    b_t = \mu b_{t-1} + \dfrac{g_t}{\sqrt{\hat{v}_t} + \epsilon}
    x_t = x_{t-1} - \eta b_t
    """,
)
def rmsprop(
    x,
    grad,
    t,
    v=0.0,
    g_mean=0.0,
    b=0.0,
    *,
    lr: LearningRate = 0.01,
    rho: Averaging = 0.99,
    eps: Epsilon = 1e-8,
    momentum: Momentum = 0.0,
    centered: Switch = 0.0,
    bias_correction: BiasCorrection = 0.0,
):
    """Forgets old gradients, so it keeps its pace where AdaGrad stalls. The first step is large (ten learning rates at
    rho = 0.99), and it never settles.

    Each gradient is divided by the square root of a moving average of its squares, so every coordinate moves at about
    the pace of the learning rate. Because old gradients are forgotten, it never slows down like AdaGrad, but keeps
    jumping around the minimum until a schedule reduces the learning rate. Rho sets how long it remembers; momentum adds
    a velocity; centered divides by the standard deviation of the gradients instead. The average starts at 0, so the
    first steps are long; bias correction (c = 1), which the lecture does not have, compensates for that.
    """
    v = rho * v + (1 - rho) * grad * grad
    weight = 1 - bias_correction * rho**t
    variance = ratio(v, weight, inf)  # rho = 1: the moving average weighs no gradient, so there is no step
    if centered:
        g_mean = rho * g_mean + (1 - rho) * grad
        g_hat = ratio(g_mean, weight)
        variance = maximum(variance - g_hat * g_hat, 0.0)
    b = momentum * b + ratio(grad, sqrt(variance) + eps)
    return x - lr * b, v, g_mean, b


@optimizer(
    "AdaDelta",
    source="Zeiler 2012, arXiv:1212.5701, algorithm 1; with an additional learning rate (1 in the paper)",
    implementation="PyTorch, Optax, Keras, TensorFlow 1",
    formula=r"""
    E[g^2]_t = \rho E[g^2]_{t-1} + (1 - \rho) g_t^2
    \Delta x_t = -\dfrac{\sqrt{E[\Delta x^2]_{t-1} + \epsilon}}{\sqrt{E[g^2]_t + \epsilon}} \, g_t
    E[\Delta x^2]_t = \rho E[\Delta x^2]_{t-1} + (1 - \rho) \Delta x_t^2
    x_t = x_{t-1} + \eta \Delta x_t
    """,
)
def adadelta(x, grad, t, g_mean=0.0, dx_mean=0.0, *, lr: LearningRate = 1.0, rho: Averaging = 0.9, eps: Epsilon = 1e-6):
    """Derives its step size from its previous steps. Because it starts from epsilon, it takes a long time to get going.

    Divides by the moving RMS of the gradients, like RMSprop, and multiplies by the moving RMS of its own previous
    steps, which replaces the learning rate. At first there are no previous steps, so the step size is determined by
    epsilon alone and is tiny. Increase epsilon to make it get going sooner.
    """
    g_mean = rho * g_mean + (1 - rho) * grad * grad
    dx = ratio(sqrt(dx_mean + eps), sqrt(g_mean + eps)) * grad
    dx_mean = rho * dx_mean + (1 - rho) * dx * dx
    return x - lr * dx, g_mean, dx_mean


@optimizer(
    "SM3",
    source="Anil et al. 2019, arXiv:1901.11150, algorithm SM3-II; for a vector, each coordinate is its own cover set",
    implementation="Optax",
    formula=r"""
    v_t = v_{t-1} + g_t^2
    m_t = \mu m_{t-1} + (1 - \mu) \dfrac{g_t}{\sqrt{v_t + \epsilon}}
    x_t = x_{t-1} - \eta m_t
    """,
)
def sm3(x, grad, t, v=0.0, m=0.0, *, lr: LearningRate = 0.1, momentum: Averaging = 0.9, eps: Epsilon = 1e-8):
    """A memory-efficient AdaGrad for large matrices. In two dimensions it equals AdaGrad with averaged steps, and it
    slows down in the same way.

    For the large matrices of a neural network, it stores one number per row and column instead of one per weight. With
    two coordinates there is nothing to save, and it is AdaGrad with a moving average of the steps. Compare it with
    AdaGrad at the same learning rate: averaging makes the path smoother and slower to change direction.
    """
    v = v + grad * grad
    m = momentum * m + (1 - momentum) * where(v > 0, ratio(grad, sqrt(v + eps)), 0.0)
    return x - lr * m, v, m


@optimizer(
    "FTRL",
    source="McMahan et al. 2013, doi:10.1145/2487575.2488200, algorithm 1; as in Keras: l2 counts twice and beta is 0",
    implementation="Keras, TensorFlow 1",
    formula=r"""
    n_t = n_{t-1} + g_t^2
    z_t = z_{t-1} + g_t + 2 \lambda_s x_{t-1} - \dfrac{n_t^p - n_{t-1}^p}{\eta} \, x_{t-1}
    x_t = \dfrac{\min(\max(z_t, -\lambda_1), \lambda_1) - z_t}{(n_t^p + \beta) / \eta + 2 \lambda_2}
    """,
)
def ftrl(
    x,
    grad,
    t,
    n=0.0,
    z=0.0,
    *,
    lr: LearningRate = 0.1,
    l1: Positive = 0.0,
    l2: Positive = 0.0,
    l2_shrinkage: Positive = 0.0,
    beta: Positive = 0.0,
    initial_sum: InitialSum = 0.1,
    power: Fraction = 0.5,
):
    """Can set coordinates to exactly 0 with l1. Because its state starts at z = 0, the first step also moves the start
    toward 0, by the fraction √(n₀ / (n₀ + g²)): almost entirely where the gradient is small, hardly where it is large.

    Keeps a sum z of (adjusted) gradients and computes every new point from this sum instead of the previous point.
    While |z| ≤ l1 for a coordinate, it is exactly 0, which produces sparse models. With l1 = l2 = 0, its steps equal
    those of AdaGrad from the second one on: increase l1 until a coordinate stays at 0.
    """
    n = maximum(initial_sum, 0.0) if t == 1 else n
    n_new = n + grad * grad
    z = z + grad + 2 * l2_shrinkage * x - ratio(n_new**power - n**power, lr) * x
    clipped = minimum(maximum(z, -l1), l1)
    x_new = ratio(clipped - z, ratio(n_new**power + beta, lr) + 2 * l2)
    return where(lr == 0, x, x_new), n_new, z


@optimizer(
    "Proximal AdaGrad",
    source="Duchi, Hazan & Singer 2011, JMLR 12:2121, with soft thresholding (Duchi & Singer 2009, JMLR 10:2899)",
    implementation="TensorFlow 1",
    formula=r"""
    G_t = G_{t-1} + g_t^2,\quad \eta_t = \dfrac{\eta}{\sqrt{G_t}}
    y_t = x_{t-1} - \eta_t g_t
    x_t = \mathrm{sign}(y_t) \, \dfrac{\max(|y_t| - \eta_t \lambda_1, 0)}{1 + \eta_t \lambda_2}
    """,
)
def proximal_adagrad(
    x,
    grad,
    t,
    g_sum=0.0,
    *,
    lr: LearningRate = 0.1,
    l1: Positive = 0.0,
    l2: Positive = 0.0,
    initial_sum: Positive = 0.1,
):
    """AdaGrad with an L1 penalty that can set coordinates to exactly 0. The penalty moves the minimum toward the
    origin.

    After each AdaGrad step, every coordinate is moved toward 0: by a fixed amount for l1, which can make it exactly 0,
    and in proportion to its size for l2. A penalty that is not differentiable at 0 can thus be handled without jumping
    back and forth across 0. With l1 = l2 = 0 it is AdaGrad; increase l1 until a coordinate stays at 0.
    """
    g_sum = (initial_sum if t == 1 else g_sum) + grad * grad
    step_size = ratio(lr, sqrt(g_sum))
    x = x - step_size * grad
    return sign(x) * maximum(abs(x) - step_size * l1, 0.0) / (1 + step_size * l2), g_sum
