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

FAMILY = "Parameter-free"
InitialDistance = Annotated[float, Hyperparameter(1e-8, 1.0, "log", label="first distance")]
BettingParameter = Annotated[float, Hyperparameter(1.0, 1e4, "log")]
InitialSquaredDistance = Annotated[float, Hyperparameter(1e-8, 1.0, "log", label="first distance squared")]


@optimizer(
    "DoG",
    source="Ivgi, Hinder & Carmon 2023, arXiv:2302.12022; the start distance r (1 + |x_0|)",
    separable=False,
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
    """The distance from the start over the gradients met is the learning rate. From a tiny first step it takes long to
    set off.

    The learning rate is the largest distance from the start so far, divided by the root of the sum of all squared
    gradients. The farther the run gets, the longer its steps become, until they fit the way that there is to go. Leave
    the learning rate at 1; a larger first distance makes it set off sooner. Relative says whether that distance grows
    with the start's distance from the origin.
    """
    if t == 1:
        x0, r_max = x, r * (1 + norm(x)) if relative else r
    r_max = maximum(r_max, norm(x - x0))
    g_sum = g_sum + dot(grad, grad)
    return x - lr * ratio(r_max, sqrt(g_sum + eps)) * grad, x0, r_max, g_sum


@optimizer(
    "DoWG",
    source="Khaled, Mishchenko & Jin 2023, arXiv:2305.16284",
    separable=False,
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
    """DoG that counts late gradients more and so speeds up sooner. One rate for both coordinates does not cure a
    ravine.

    Like DoG it makes its learning rate from the distance from the start and the gradients met, but each gradient counts
    by the distance at which it was met. Those near the start count little, and the rate grows faster. Leave the
    learning rate at 1 and race the two from far away.
    """
    x0, r2_max = (x, r2) if t == 1 else (x0, r2_max)
    r2_max = maximum(r2_max, dot(x - x0, x - x0))
    v = v + r2_max * dot(grad, grad)
    return x - lr * ratio(r2_max, sqrt(v) + eps) * grad, x0, r2_max, v


@optimizer(
    "Prodigy",
    source="Mishchenko & Defazio 2023, arXiv:2306.06101, with Adam; bias-corrected, as in Optax",
    separable=False,
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
    """Adam that estimates its rate d from how far it has come. d never falls; beta3 = 0 stands for the root of beta2.

    It is Adam with a learning rate d that it finds itself: the better the gradients agree with the way from the start
    to where it is, the farther off the minimum must be, and the larger d becomes. D begins at d0 and never falls. Leave
    the learning rate at 1 and turn d coef to make it bolder or more careful; safeguard warmup keeps a schedule of the
    learning rate out of the estimate.
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
    """Bets more while the gradient keeps its sign; lr only scales the gradient. Its winnings may carry it far past the
    minimum.

    Each coordinate is a gambler who bets on the next gradient and begins with almost nothing. While the gradients keep
    their sign, what it has won, and with it the distance from the start, grow faster and faster, and no learning rate
    is needed. The one here only scales the gradient, which hardly changes the path; alpha keeps the first bets small.
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
    source="Schaipp et al. 2023, arXiv:2305.07583; the first gradient unaveraged",
    separable=False,
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
    """Momentum whose step comes from the height above a known bound; lr is the largest. A wrong bound misleads it.

    From running means of the losses and the gradients it makes a sloping plane that stands for the surface, and goes as
    far as that plane needs to come down to the lower bound. The learning rate is only the largest step allowed, so that
    one that is far too large does no harm. Set lower bound to the height of the minimum; adapt bound estimates that
    height on the way.
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
