# mypy: allow-untyped-defs
"""Learning-rate-free methods: derive the learning rate from the distance traveled or from the loss."""

from __future__ import annotations

from sys import float_info
from typing import Annotated

from optimizers.arithmetic import dot, maximum, minimum, norm, ratio, sqrt, where
from optimizers.optimizer import (
    Averaging,
    Decay,
    Epsilon,
    Hyperparameter,
    LearningRate,
    LossValue,
    Positive,
    Switch,
    WeightDecay,
    optimizer,
)

FAMILY = "Learning-rate-free"
InitialDistance = Annotated[float, Hyperparameter(1e-8, 1.0, "log", label="initial distance")]
BettingParameter = Annotated[float, Hyperparameter(1.0, 1e4, "log")]
InitialSquaredDistance = Annotated[float, Hyperparameter(1e-8, 1.0, "log", label="initial distance squared")]


@optimizer(
    "DoG",
    source="Ivgi, Hinder & Carmon 2023, arXiv:2302.12022; initial distance r (1 + |x_0|)",
    scope="whole",
    implementation="Optax",
    formula=r"""
    \bar{r}_t = \max(\bar{r}_{t-1}, \|x_{t-1} - x_0\|),\quad \bar{r}_0 = r_{\epsilon} (1 + \|x_0\|)
    G_t = G_{t-1} + \|g_t\|^2
    x_t = x_{t-1} - \eta \dfrac{\bar{r}_t}{\sqrt{G_t + \epsilon}} \, g_t
    """,
)
def dog(
    x,
    grad,
    t,
    x0=0.0,
    r_max=0.0,
    g_sum=0.0,
    *,
    lr: LearningRate = 1.0,
    r: InitialDistance = 1e-6,
    relative: Switch = 1.0,
    eps: Epsilon = 1e-8,
):
    """The learning rate is the distance from the start divided by the accumulated gradient norm. Starts with tiny steps
    and takes a long time to get going.

    The learning rate is the largest distance from the start so far, divided by the square root of the sum of all
    squared gradient norms. The farther the run gets, the longer its steps become, until they match the distance to be
    covered. Leave the learning rate at 1. A larger initial distance makes it get going sooner; “relative to |x₀|”
    scales that distance with the norm of the starting point.
    """
    if t == 1:
        x0, r_max = x, r * (1 + norm(x)) if relative else r
    r_max = maximum(r_max, norm(x - x0))
    g_sum = g_sum + dot(grad, grad)
    return x - lr * ratio(r_max, sqrt(g_sum + eps)) * grad, x0, r_max, g_sum


@optimizer(
    "DoWG",
    source="Khaled, Mishchenko & Jin 2023, arXiv:2305.16284",
    scope="whole",
    implementation="Optax",
    formula=r"""
    \bar{r}_t = \max(\bar{r}_{t-1}, \|x_{t-1} - x_0\|),\quad \bar{r}_0 = \sqrt{r_{\epsilon}^2}
    v_t = v_{t-1} + \bar{r}_t^2 \|g_t\|^2
    x_t = x_{t-1} - \eta \dfrac{\bar{r}_t^2}{\sqrt{v_t} + \epsilon} \, g_t
    """,
)
def dowg(
    x,
    grad,
    t,
    x0=0.0,
    r2_max=0.0,
    v=0.0,
    *,
    lr: LearningRate = 1.0,
    r2: InitialSquaredDistance = 1e-4,
    eps: Epsilon = 1e-4,
):
    """DoG that gives later gradients more weight and therefore speeds up sooner. A single learning rate for both
    coordinates does not help in a ravine.

    Like DoG, it computes the learning rate from the distance to the start and the gradients so far, but weights each
    gradient by the distance at which it was observed. Gradients near the start count little, so the learning rate grows
    faster. Leave the learning rate at 1 and compare both from a distant start.
    """
    x0, r2_max = (x, r2) if t == 1 else (x0, r2_max)
    r2_max = maximum(r2_max, dot(x - x0, x - x0))
    v = v + r2_max * dot(grad, grad)
    return x - lr * ratio(r2_max, sqrt(v) + eps) * grad, x0, r2_max, v


@optimizer(
    "Prodigy",
    source="Mishchenko & Defazio 2023, arXiv:2306.06101, with Adam; bias-corrected, as in Optax",
    scope="whole",
    implementation="Optax",
    formula=r"""
    \gamma_t = \eta d_{t-1} \dfrac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) d_{t-1} g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) d_{t-1}^2 g_t^2
    s_t = \beta_3 s_{t-1} + \gamma_t d_{t-1} g_t / d_0
    r_t = \beta_3 r_{t-1} + \gamma_t d_{t-1} g_t^{\top} (x_0 - x_{t-1}) / d_0
    d_t = \max(d_{t-1}, c \, r_t / \|s_t\|_1)
    x_t = x_{t-1} - \gamma_t \left(\dfrac{m_t}{\sqrt{v_t} + d_t \epsilon} + \lambda x_{t-1}\right)
    """,
)
def prodigy(
    x,
    grad,
    t,
    x0=0.0,
    m=0.0,
    v=0.0,
    s=0.0,
    r=0.0,
    d=0.0,
    *,
    lr: LearningRate = 1.0,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    beta3: Decay = 0.0,
    eps: Epsilon = 1e-8,
    d0: InitialDistance = 1e-6,
    d_coef: Positive = 1.0,
    weight_decay: WeightDecay = 0.0,
    safeguard_warmup: Switch = 0.0,
):
    """Adam that estimates its own learning rate d from the distance traveled and the gradients. d never decreases;
    beta3 = 0 means √beta2.

    Adam with a learning rate d that it estimates itself: as long as the gradients keep pointing along the path from the
    start, the minimum must be farther away, and d grows. D starts at its initial value d0 and never decreases. Leave
    the learning rate at 1 and use the d coefficient to make it bolder or more cautious. Safeguard warm-up leaves
    the learning rate out of the denominator of the estimate, so that d does not become too large while a warm-up keeps
    the learning rate low.
    """
    x0, d = (x, d0) if t == 1 else (x0, d)
    beta3 = where(beta3 == 0, sqrt(beta2), beta3)
    step_size = d * lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    m = beta1 * m + (1 - beta1) * d * grad
    v = beta2 * v + (1 - beta2) * (d * grad) * (d * grad)
    s = beta3 * s + ratio((d if safeguard_warmup else step_size) * d * grad, d0, 0.0 * grad)
    r = beta3 * r + ratio(d, d0) * step_size * dot(grad, x0 - x)
    d_new = maximum(d, d_coef * ratio(r, abs(s).sum(axis=0)))
    return x - weight_decay * step_size * x - step_size * ratio(m, sqrt(v) + d_new * eps), x0, m, v, s, r, d_new


@optimizer(
    "COCOB",
    source="Orabona & Tommasi 2017, arXiv:1705.07795, algorithm 2",
    implementation="Optax",
    formula=r"""
    c_t = \eta g_t
    L_t = \max(L_{t-1}, |c_t|),\quad L_0 = \epsilon
    G_t = G_{t-1} + |c_t|
    R_t = \max(R_{t-1} - c_t (x_{t-1} - x_0), 0)
    \theta_t = \theta_{t-1} - c_t
    x_t = x_0 + \dfrac{\theta_t}{L_t \,\max(G_t + L_t, \alpha L_t)} (L_t + R_t)
    """,
)
def cocob(
    x,
    grad,
    t,
    x0=0.0,
    theta=0.0,
    big=0.0,
    total=0.0,
    reward=0.0,
    *,
    lr: LearningRate = 1.0,
    alpha: BettingParameter = 100.0,
    eps: Epsilon = 1e-8,
):
    """Increases its bets while the gradient keeps its sign; lr only rescales the gradient. May overshoot the minimum by
    a large distance.

    Each coordinate acts like a gambler who bets on the next gradient, starting with almost nothing. While gradients
    keep their sign, the winnings, and with them the distance from the start, grow faster and faster, so no learning
    rate is needed. Here lr only rescales the gradient, which hardly affects the path; alpha keeps the first bets small.
    """
    x0, big = (x, eps) if t == 1 else (x0, big)
    c = lr * grad
    big = maximum(big, abs(c))
    total = total + abs(c)
    reward = maximum(reward - c * (x - x0), 0.0)
    theta = theta - c
    return x0 + ratio(theta, big * maximum(total + big, alpha * big)) * (big + reward), x0, theta, big, total, reward


@optimizer(
    "MoMo",
    source="Schaipp et al. 2023, arXiv:2305.07583; first gradient not averaged",
    scope="whole",
    implementation="Optax",
    formula=r"""
    \bar{f}_t = \beta \bar{f}_{t-1} + (1 - \beta) f(x_{t-1}),\quad \bar{f}_1 = f(x_0)
    d_t = \beta d_{t-1} + (1 - \beta) g_t,\quad d_1 = g_1
    \gamma_t = \beta \gamma_{t-1} + (1 - \beta) g_t^{\top} x_{t-1},\quad \gamma_1 = g_1^{\top} x_0
    h_t = (1 + \eta \lambda) (\bar{f}_t - f_* - \gamma_t) + d_t^{\top} x_{t-1}
    \tau_t = \min(\eta,\ \max(h_t, 0) / \|d_t\|^2)
    x_t = \dfrac{x_{t-1}}{1 + \eta \lambda} - \tau_t d_t
    """,
)
def momo(
    x,
    loss,
    t,
    d=0.0,
    f_mean=0.0,
    gamma=0.0,
    f_low=0.0,
    *,
    lr: LearningRate = 1.0,
    beta: Averaging = 0.9,
    lower_bound: LossValue = 0.0,
    weight_decay: WeightDecay = 0.0,
    adapt_bound: Switch = 0.0,
):
    """Momentum with a step size computed from the loss minus a known lower bound; lr is the maximum. A wrong bound
    misleads it.

    Moving averages of losses and gradients define a linear model of the surface, and the step goes as far as this model
    needs to reach the lower bound. Lr only limits the step size, so a value that is far too large does no harm. Set the
    lower bound to the minimum loss; “adapt lower bound” estimates it during the run.
    """
    value, grad = loss.value_and_gradient(x)
    f_low, beta = (lower_bound, 0.0) if t == 1 else (f_low, beta)
    f_mean = beta * f_mean + (1 - beta) * value
    d = beta * d + (1 - beta) * grad
    gamma = beta * gamma + (1 - beta) * dot(grad, x)
    square, product, decay_factor = dot(d, d), dot(d, x), 1 + lr * weight_decay
    if adapt_bound:
        cap = decay_factor * (f_mean - gamma) + product
        f_low = where(cap < decay_factor * f_low, maximum(cap / (2 * decay_factor), lower_bound), f_low)
    gap = maximum(decay_factor * (f_mean - f_low - gamma) + product, 0.0)
    tau = minimum(lr, where(square <= float_info.epsilon, 0.0, ratio(gap, square)))
    if adapt_bound:
        f_low = maximum(f_mean + product - gamma - tau * square / 2, lower_bound)
    return x - lr * weight_decay / decay_factor * x - tau * d, d, f_mean, gamma, f_low
