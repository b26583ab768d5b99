# mypy: allow-untyped-defs
"""Adaptive methods: divide by accumulated gradient magnitudes, so each coordinate has a learning rate of its own."""

from __future__ import annotations

from typing import Annotated

from optimizers.arithmetic import maximum, minimum, ratio, sign, sqrt, where
from optimizers.optimizer import (
    Averaging,
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
    source="Duchi, Hazan & Singer 2011, JMLR 12:2121; as in torch: sum from 0, eps outside the root",
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
    """Evens out steep and flat coordinates without tuning. The sum only grows, so it slows down and may stop too early.

    Each coordinate divides its gradient by the root of the sum of all its squared gradients. Thus a steep coordinate
    gets short steps and a flat one long steps, and a ravine along an axis is no hindrance. The sum never shrinks, so
    that a run with a small learning rate nearly stops on its way: try rates from 0.1 to 1.
    """
    g_sum = (initial_sum if t == 1 else g_sum) + grad * grad
    return x - lr / (1 + (t - 1) * lr_decay) * ratio(grad, sqrt(g_sum) + eps), g_sum


@optimizer(
    "RMSprop",
    source="Tieleman & Hinton 2012, Coursera lecture 6.5; centered: Graves 2013, arXiv:1308.0850; "
    "eps outside the root and lr outside the momentum, as in torch",
    implementation="PyTorch",
    formula=r"""
    v_t = \rho v_{t-1} + (1 - \rho) g_t^2
    b_t = \mu b_{t-1} + \dfrac{g_t}{\sqrt{v_t} + \epsilon}
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
):
    """Forgets old gradients, so that it keeps its pace where AdaGrad stops. The first step is large, and it never
    settles.

    Each gradient is divided by the root of a running mean of its squares, so that every coordinate moves at about the
    pace of the learning rate. Old gradients are forgotten: it never slows down as AdaGrad does, but hops about the
    minimum until a schedule lowers the rate. Rho says how long it remembers, momentum adds a velocity, and centered
    takes the spread of the gradients about their mean as the divisor.
    """
    v = rho * v + (1 - rho) * grad * grad
    variance = v
    if centered:
        g_mean = rho * g_mean + (1 - rho) * grad
        variance = maximum(v - g_mean * g_mean, 0.0)
    b = momentum * b + ratio(grad, sqrt(variance) + eps)
    return x - lr * b, v, g_mean, b


@optimizer(
    "AdaDelta",
    source="Zeiler 2012, arXiv:1212.5701, algorithm 1; times a learning rate, 1 in the paper",
    implementation="PyTorch, Optax, Keras, TensorFlow 1",
    formula=r"""
    E[g^2]_t = \rho E[g^2]_{t-1} + (1 - \rho) g_t^2
    \Delta x_t = -\dfrac{\sqrt{E[\Delta x^2]_{t-1} + \epsilon}}{\sqrt{E[g^2]_t + \epsilon}} \, g_t
    E[\Delta x^2]_t = \rho E[\Delta x^2]_{t-1} + (1 - \rho) \Delta x_t^2
    x_t = x_{t-1} + \eta \Delta x_t
    """,
)
def adadelta(x, grad, t, g_mean=0.0, dx_mean=0.0, *, lr: LearningRate = 1.0, rho: Averaging = 0.9, eps: Epsilon = 1e-6):
    """Finds its own step length from its last steps. Starts from eps and so takes long to get going.

    It divides by the running size of the gradients, as RMSprop does, and multiplies by the running size of its own last
    steps, which stands in for a learning rate. There are no earlier steps at first, so epsilon alone sets their size
    and they are tiny. Raise epsilon to make it set off sooner.
    """
    g_mean = rho * g_mean + (1 - rho) * grad * grad
    dx = ratio(sqrt(dx_mean + eps), sqrt(g_mean + eps)) * grad
    dx_mean = rho * dx_mean + (1 - rho) * dx * dx
    return x - lr * dx, g_mean, dx_mean


@optimizer(
    "SM3",
    source="Anil et al. 2019, arXiv:1901.11150, algorithm SM3-II; of a vector each coordinate is a cover of its own",
    implementation="Optax",
    formula=r"""
    v_t = v_{t-1} + g_t^2
    m_t = \mu m_{t-1} + (1 - \mu) \dfrac{g_t}{\sqrt{v_t + \epsilon}}
    x_t = x_{t-1} - \eta m_t
    """,
)
def sm3(x, grad, t, v=0.0, m=0.0, *, lr: LearningRate = 0.1, momentum: Averaging = 0.9, eps: Epsilon = 1e-8):
    """AdaGrad that saves memory on large matrices; in two dimensions it is AdaGrad with a running mean. Slows down like
    it.

    For the large matrices of a network it keeps one number for each row and each column instead of one for each weight.
    With two coordinates there is nothing to save, and it is AdaGrad with a running mean of the steps. Race it against
    AdaGrad at the same learning rate: the mean makes the path smoother and slower to turn.
    """
    v = v + grad * grad
    m = momentum * m + (1 - momentum) * where(v > 0, ratio(grad, sqrt(v + eps)), 0.0)
    return x - lr * m, v, m


@optimizer(
    "FTRL",
    source="McMahan et al. 2013, doi:10.1145/2487575.2488200, algorithm 1; l2 twice the paper's and beta 0, "
    "as in Keras",
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
    """Sets coordinates to exactly 0 with l1. Begins from z = 0 and so forgets the start: the first step jumps towards
    0.

    It keeps a sum z of the gradients and computes each new point from that sum, not from the last point. While z of a
    coordinate lies between -l1 and l1, that coordinate is exactly 0, which makes models in which most weights are 0.
    Without l1 and l2 its updates are those of AdaGrad from the second one on: turn l1 up until a coordinate is held at
    0.
    """
    n = maximum(initial_sum, 0.0) if t == 1 else n
    n_new = n + grad * grad
    z = z + grad + 2 * l2_shrinkage * x - ratio(n_new**power - n**power, lr) * x
    clipped = minimum(maximum(z, -l1), l1)
    x_new = ratio(clipped - z, ratio(n_new**power + beta, lr) + 2 * l2)
    return where(lr == 0, x, x_new), n_new, z


@optimizer(
    "Proximal AdaGrad",
    source="Duchi, Hazan & Singer 2011, JMLR 12:2121, with the soft threshold of Duchi & Singer 2009, JMLR 10:2899",
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
    """AdaGrad with a pull that sets small coordinates to exactly 0. The pull moves the minimum towards the origin.

    After a step of AdaGrad each coordinate is drawn towards 0: by l1 in equal amounts, which can make it exactly 0, and
    by l2 in proportion to its size. Thus a penalty with a kink at 0 is met without hopping to and fro across the kink.
    With l1 and l2 at 0 it is AdaGrad; turn l1 up until a coordinate is held at 0.
    """
    g_sum = (initial_sum if t == 1 else g_sum) + grad * grad
    step_size = ratio(lr, sqrt(g_sum))
    x = x - step_size * grad
    return sign(x) * maximum(abs(x) - step_size * l1, 0.0) / (1 + step_size * l2), g_sum
