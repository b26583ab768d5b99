# mypy: allow-untyped-defs
"""Adam and its variants: a moving average of the gradient over the square root of one of its square."""

from __future__ import annotations

from math import nan

from optimizers.arithmetic import maximum, minimum, ratio, sign, sqrt, where
from optimizers.optimizer import (
    Averaging,
    BiasCorrection,
    Decay,
    Epsilon,
    Fraction,
    LearningRate,
    Positive,
    Power,
    Switch,
    WarmUp,
    WeightDecay,
    optimizer,
)


@optimizer(
    "Adam",
    source="Kingma & Ba 2015, arXiv:1412.6980, algorithm 1",
    implementation="PyTorch, Optax",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \hat{m}_t = \dfrac{m_t}{1 - c\,\beta_1^t},\quad \hat{v}_t = \dfrac{v_t}{1 - c\,\beta_2^t}
    x_t = x_{t-1} - \eta \dfrac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}
    """,
)
def adam(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-8,
    bias_correction: BiasCorrection = 1.0,
):
    """Moves at the same pace along steep and flat coordinates and works well with little tuning. May keep moving around
    the minimum.

    A moving average of the gradient (m) gives the direction, and a moving average of its square (v) gives a scale for
    each coordinate. Both start at 0; bias correction (c = 1) compensates for that, and while the gradient stays
    constant, each coordinate moves by the learning rate, on cliffs and plateaus alike. Without it (c = 0), the first
    step is 3.2 times as long and the twelfth 6.6 times. Beta1 controls the inertia and beta2 the memory of the scale:
    try beta1 = 0, and then beta2 = 0.9.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - bias_correction * beta1**t), v / (1 - bias_correction * beta2**t)
    return x - ratio(lr * m_hat, sqrt(v_hat) + eps), m, v


@optimizer(
    "AdamW",
    source="Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2; decay multiplied by the learning rate, as in "
    "PyTorch",
    implementation="PyTorch, Optax",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \hat{m}_t = \dfrac{m_t}{1 - c\,\beta_1^t},\quad \hat{v}_t = \dfrac{v_t}{1 - c\,\beta_2^t}
    x_t = x_{t-1} - \eta \left(\dfrac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon} + \lambda x_{t-1}\right)
    """,
)
def adamw(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-8,
    weight_decay: WeightDecay = 0.01,
    bias_correction: BiasCorrection = 1.0,
):
    """Adam with decoupled weight decay, which is not rescaled by the adaptive step size. Converges slightly off a
    minimum that is not at the origin.

    Weight decay pulls the point slightly toward the origin in every step, separately from the gradient. The pull is
    therefore the same for steep and flat coordinates, whereas a penalty in the gradient would be rescaled for each. Set
    weight decay to 0 to see Adam, then increase it and watch where the run settles. Without bias correction (c = 0),
    the first steps are too long, as with Adam.
    """
    x = x - lr * weight_decay * x
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - bias_correction * beta1**t), v / (1 - bias_correction * beta2**t)
    return x - ratio(lr * m_hat, sqrt(v_hat) + eps), m, v


@optimizer(
    "AMSGrad",
    source="Reddi, Kale & Kumar 2018, arXiv:1904.09237, algorithm 2; bias-corrected as in PyTorch",
    implementation="PyTorch",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \tilde{v}_t = \max(\tilde{v}_{t-1}, v_t)
    \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t},\quad \hat{v}_t = \dfrac{\tilde{v}_t}{1 - \beta_2^t}
    x_t = x_{t-1} - \eta \dfrac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}
    """,
)
def amsgrad(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    v_max=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-8,
):
    """Adam that keeps the maximum of v, which fixes rare cases of non-convergence. A single large early gradient slows
    it down permanently.

    Divides by the largest moving average of squares so far, whereas Adam divides by the latest. This fixes examples in
    which Adam moves away from the minimum because it soon forgets rare large gradients. To see the drawback, start both
    on a steep wall: in the flat region below, its steps remain short.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    v_max = maximum(v_max, v)
    m_hat, v_hat = m / (1 - beta1**t), v_max / (1 - beta2**t)
    return x - ratio(lr * m_hat, sqrt(v_hat) + eps), m, v, v_max


@optimizer(
    "Adamax",
    source="Kingma & Ba 2015, arXiv:1412.6980, algorithm 2; eps inside the maximum, as in PyTorch",
    implementation="PyTorch, Optax",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    u_t = \max(\beta_2 u_{t-1}, |g_t| + \epsilon)
    x_t = x_{t-1} - \dfrac{\eta}{1 - \beta_1^t} \, \dfrac{m_t}{u_t}
    """,
)
def adamax(
    x, grad, t, m=0.0, u=0.0, *, lr: LearningRate = 2e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8
):
    """Adam with the largest recent gradient in the denominator, so no coordinate moves by noticeably more than the
    learning rate. A gradient spike slows it down for a long time.

    Instead of an average of squares, it divides by the largest recent gradient, which decays by the factor beta2 in
    every step. With the usual betas, no coordinate moves by more than 1.01 learning rates in one step. At beta2 =
    0.999, a single large gradient keeps steps short for hundreds of steps: reduce beta2 to let it recover sooner.
    """
    m = beta1 * m + (1 - beta1) * grad
    u = maximum(beta2 * u, abs(grad) + eps)
    return x - lr / (1 - beta1**t) * ratio(m, u), m, u


@optimizer(
    "NAdam",
    source="Dozat 2016, Incorporating Nesterov Momentum into Adam, ICLR workshop; momentum schedule as in PyTorch",
    implementation="PyTorch",
    formula=r"""
    \mu_t = \beta_1 (1 - \frac{1}{2} 0.96^{t \psi})
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \bar{m}_t = \dfrac{(1 - \mu_t) g_t}{1 - c \prod_{i=1}^{t} \mu_i} + \dfrac{\mu_{t+1} m_t}{1 - c \prod_{i=1}^{t+1} \mu_i}
    x_t = x_{t-1} - \eta \dfrac{\bar{m}_t}{\sqrt{v_t / (1 - c\,\beta_2^t)} + \epsilon}
    """,  # noqa: E501  (a line of a formula cannot be wrapped)
)
def nadam(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    mu_product=1.0,
    *,
    lr: LearningRate = 2e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-8,
    momentum_decay: Positive = 4e-3,
    bias_correction: BiasCorrection = 1.0,
):
    """Adam with Nesterov momentum: reacts slightly sooner than Adam and otherwise behaves like it.

    As in Nesterov momentum, each step already uses the momentum of the next one, so the current gradient has more
    weight than in Adam. The run changes direction slightly earlier after passing the minimum. The momentum weight
    starts at half of beta1 and increases at a rate set by momentum decay. Without bias correction (c = 0), the first
    step is 18 times as long.
    """
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
    mu_product = mu_product * mu
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    c = bias_correction
    m_bar = (1 - mu) * grad / (1 - c * mu_product) + mu_next * m / (1 - c * mu_product * mu_next)
    return x - ratio(lr * m_bar, sqrt(v / (1 - c * beta2**t)) + eps), m, v, mu_product


@optimizer(
    "RAdam",
    source="Liu et al. 2020, arXiv:1908.03265, algorithm 2; rectified for rho > 5, as in PyTorch (rho > 4 in the "
    "paper)",
    implementation="PyTorch",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t,\quad \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t}
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \rho_{\infty} = \dfrac{2}{1 - \beta_2} - 1,\quad \rho_t = \rho_{\infty} - \dfrac{2 t \beta_2^t}{1 - \beta_2^t}
    r_t = \sqrt{\dfrac{(\rho_t - 4)(\rho_t - 2) \rho_{\infty}}{(\rho_{\infty} - 4)(\rho_{\infty} - 2) \rho_t}}
    x_t = x_{t-1} - \eta \hat{m}_t \dfrac{r_t \sqrt{1 - \beta_2^t}}{\sqrt{v_t} + \epsilon} \quad (\rho_t > 5)
    x_t = x_{t-1} - \eta \hat{m}_t \quad (\rho_t \leq 5)
    """,
)
def radam(
    x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8
):
    """Adam with built-in warm-up. Its first five steps are plain momentum: with a learning rate tuned for Adam, it may
    be thrown far off from a steep start.

    In the first steps, the moving average of squared gradients is based on few gradients, so the scale of Adam’s steps
    is largely random. RAdam estimates how reliable this average is and scales its steps accordingly; until then, it
    takes plain momentum steps. Because these are not scaled, a steep start requires a small learning rate. Compare it
    with Adam and the modifier “Schedule: linear warm-up”.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, beta2_t = m / (1 - beta1**t), beta2**t
    rho_inf = ratio(2.0, 1 - beta2, nan) - 1
    rho = rho_inf - ratio(2 * t * beta2_t, 1 - beta2_t, nan)
    square = ratio((rho - 4) * (rho - 2) * rho_inf, (rho_inf - 4) * (rho_inf - 2) * rho)
    scale = ratio(sqrt(maximum(square, 0.0)) * sqrt(1 - beta2_t), sqrt(v) + eps)
    return x - lr * m_hat * where(rho > 5, scale, 1.0), m, v


@optimizer(
    "AdaBelief",
    source="Zhuang et al. 2020, arXiv:2010.07468; eps_root is added in every step, as in Optax",
    implementation="Optax",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    s_t = \beta_2 s_{t-1} + (1 - \beta_2) (g_t - m_t)^2 + \bar{\epsilon}
    \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t},\quad \hat{s}_t = \dfrac{s_t}{1 - \beta_2^t}
    x_t = x_{t-1} - \eta \dfrac{\hat{m}_t}{\sqrt{\hat{s}_t} + \epsilon}
    """,
)
def adabelief(
    x,
    grad,
    t,
    m=0.0,
    s=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-16,
    eps_root: Epsilon = 1e-16,
    nesterov: Switch = 0.0,
):
    """Takes large steps where the gradient is predictable and small steps where it is not. May overshoot on smooth
    slopes.

    Divides by how far gradients deviate from their moving average, whereas Adam divides by how large they are. Steps
    are long where the gradient is as expected and short where it is not. On a long constant slope, steps grow beyond
    the learning rate: watch whether the run overshoots the minimum. Nesterov uses the mean of the next step.
    """
    m = beta1 * m + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * (grad - m) * (grad - m) + eps_root
    m_hat, s_hat = m / (1 - beta1**t), ratio(s, 1 - beta2**t, nan)
    if nesterov:
        m_hat = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * grad / (1 - beta1**t)
    return x - lr * ratio(m_hat, sqrt(s_hat) + eps), m, s


@optimizer(
    "Yogi",
    source="Zaheer et al. 2018, Adaptive Methods for Nonconvex Optimization, NeurIPS; bias-corrected, as in Optax",
    implementation="Optax",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t,\quad m_0 = v_0
    v_t = v_{t-1} - (1 - \beta_2)\,\mathrm{sign}(v_{t-1} - g_t^2)\,g_t^2
    \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t},\quad \hat{v}_t = \dfrac{v_t}{1 - \beta_2^t}
    x_t = x_{t-1} - \eta \dfrac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}
    """,
)
def yogi(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    *,
    lr: LearningRate = 0.01,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-3,
    initial: Positive = 1e-6,
):
    """Adam whose scale v changes slowly in both directions, so flat regions do not cause sudden large steps. Slow after
    a steep start.

    Adam’s scale moves toward the latest squared gradient by a fraction of their difference; here it moves by a fraction
    of the squared gradient itself. In a flat region after a steep one, the scale therefore decreases only slowly, and
    there are no sudden long steps. The drawback is slow progress after a steep start; a smaller beta2 lets the scale
    adapt sooner.
    """
    m, v = (initial, initial) if t == 1 else (m, v)
    m = beta1 * m + (1 - beta1) * grad
    v = v - (1 - beta2) * sign(v - grad * grad) * grad * grad
    m_hat, v_hat = ratio(m, 1 - beta1**t, nan), ratio(v, 1 - beta2**t, nan)
    return x - ratio(lr * m_hat, sqrt(v_hat) + eps), m, v


@optimizer(
    "Adan",
    implementation="authors’ code",
    source="Xie et al. 2022, arXiv:2208.06677, algorithm 1 (whose betas are 1 minus these), with the bias correction "
    "of the authors’ code",
    formula=r"""
    d_t = g_t - g_{t-1},\quad d_1 = 0
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) d_t
    n_t = \beta_3 n_{t-1} + (1 - \beta_3) (g_t + \beta_2 d_t)^2
    \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t},\quad \hat{v}_t = \dfrac{v_t}{1 - \beta_2^t},\quad \hat{n}_t = \dfrac{n_t}{1 - \beta_3^t}
    x_t = \dfrac{1}{1 + \eta \lambda} \left(x_{t-1} - \eta \dfrac{\hat{m}_t + \beta_2 \hat{v}_t}{\sqrt{\hat{n}_t} + \epsilon}\right)
    """,  # noqa: E501  (a line of a formula cannot be wrapped)
)
def adan(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    n=0.0,
    last=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.98,
    beta2: Decay = 0.92,
    beta3: Decay = 0.99,
    eps: Epsilon = 1e-8,
    weight_decay: WeightDecay = 0.0,
):
    """Uses the change of the gradient to anticipate curves. With gradient noise, that change is mostly noise.

    In addition to a moving average of the gradient, it keeps one of the change of the gradient and adds it as a
    prediction. This implements Nesterov’s idea without evaluating the gradient at a second point: when the slope
    changes, the step changes sooner. Beta1 and beta2 are the decay rates of the two averages and beta3 that of the
    scale. Add gradient noise to see the prediction become useless.
    """
    change = grad - (grad if t == 1 else last)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * change
    n = beta3 * n + (1 - beta3) * (grad + beta2 * change) * (grad + beta2 * change)
    m_hat, v_hat, n_hat = m / (1 - beta1**t), v / (1 - beta2**t), n / (1 - beta3**t)
    return (x - ratio(lr * (m_hat + beta2 * v_hat), sqrt(n_hat) + eps)) / (1 + lr * weight_decay), m, v, n, grad


@optimizer(
    "AdEMAMix",
    source="Pagliardini, Ablin & Grangier 2024, arXiv:2409.03137, without the warm-up schedules for alpha and beta3",
    implementation="Optax",
    formula=r"""
    m_{1,t} = \beta_1 m_{1,t-1} + (1 - \beta_1) g_t,\quad \hat{m}_{1,t} = \dfrac{m_{1,t}}{1 - \beta_1^t}
    m_{2,t} = \beta_3 m_{2,t-1} + (1 - \beta_3) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2,\quad \hat{v}_t = \dfrac{v_t}{1 - \beta_2^t}
    x_t = x_{t-1} - \eta \dfrac{\hat{m}_{1,t} + \alpha m_{2,t}}{\sqrt{\hat{v}_t + \bar{\epsilon}} + \epsilon}
    """,
)
def ademamix(
    x,
    grad,
    t,
    m1=0.0,
    m2=0.0,
    v=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    beta3: Decay = 0.9999,
    alpha: Positive = 5.0,
    eps: Epsilon = 1e-8,
    eps_root: Epsilon = 0.0,
):
    """Adam with a second, very slow moving average that speeds it up along gentle valleys but also carries it past the
    minimum.

    Adam with a second moving average of the gradient, which remembers thousands of steps and has weight alpha. Along a
    gentle valley, old gradients still point the right way and speed up the run. They also carry it past the minimum:
    reduce beta3 to 0.99 to shorten the memory, or set alpha to 0 to get Adam.
    """
    m1 = beta1 * m1 + (1 - beta1) * grad
    m2 = beta3 * m2 + (1 - beta3) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m1 / (1 - beta1**t), v / (1 - beta2**t)
    return x - ratio(lr * (m_hat + alpha * m2), sqrt(v_hat + eps_root) + eps), m1, m2, v


@optimizer(
    "QHAdam",
    source="Ma & Yarats 2019, arXiv:1810.06801; defaults as recommended in the authors’ code",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t},\quad \hat{v}_t = \dfrac{v_t}{1 - \beta_2^t}
    x_t = x_{t-1} - \eta \dfrac{(1 - \nu_1) g_t + \nu_1 \hat{m}_t}{\sqrt{(1 - \nu_2) g_t^2 + \nu_2 \hat{v}_t} + \epsilon}
    """,  # noqa: E501  (a line of a formula cannot be wrapped)
)
def qhadam(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.995,
    beta2: Decay = 0.999,
    nu1: Fraction = 0.7,
    nu2: Fraction = 1.0,
    eps: Epsilon = 1e-8,
):
    """Adam in which the current gradient always keeps a fixed weight, so it changes direction sooner. Two extra
    hyperparameters.

    In the numerator and denominator, Adam’s moving averages are interpolated with the current gradient, with weights
    nu1 and nu2. Beta1 can therefore be large, which carries the run along a valley, and the run still reacts at once
    when the slope changes. With both weights at 1 it is Adam; with nu1 = 0, only the current gradient remains in the
    numerator.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    numerator, squared_scale = (1 - nu1) * grad + nu1 * m_hat, (1 - nu2) * grad * grad + nu2 * v_hat
    return x - ratio(lr * numerator, sqrt(squared_scale) + eps), m, v


@optimizer(
    "Optimistic Adam",
    source="Daskalakis et al. 2018, arXiv:1711.00141, algorithm 1; first step without extrapolation, as in Optax",
    implementation="Optax",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t},\quad \hat{v}_t = \dfrac{v_t}{1 - \beta_2^t}
    u_t = \dfrac{\hat{m}_t}{\sqrt{\hat{v}_t + \bar{\epsilon}} + \epsilon},\quad u_0 = u_1
    x_t = x_{t-1} - \eta [(\alpha + \beta) u_t - \beta u_{t-1}]
    """,
)
def optimistic_adam(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    last=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-8,
    eps_root: Epsilon = 0.0,
    alpha: Positive = 1.0,
    beta: Positive = 1.0,
    nesterov: Switch = 0.0,
):
    """Adam plus an extrapolation of its last step. Designed for two-player games (GANs), where it stops the cycling;
    here it is much like Adam and oscillates a little less around a minimum.

    Adds to each Adam step its change from the previous one, as a prediction of the next. In two-player games (such as
    GANs) this prevents the players from cycling around each other, which is what it was designed for. Beta is the
    weight of that change; with beta = 0 it is Adam. Nesterov uses the mean of the next step.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    if nesterov:
        m_hat = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * grad / (1 - beta1**t)
    step = ratio(m_hat, sqrt(v_hat + eps_root) + eps)
    return x - lr * ((alpha + beta) * step - beta * (step if t == 1 else last)), m, v, step


@optimizer(
    "ACProp",
    source="Zhuang et al. 2021, arXiv:2110.05454; as in Optax: centered on the previous mean, first step unscaled",
    implementation="Optax",
    formula=r"""
    \hat{s}_{t-1} = \dfrac{s_{t-1}}{1 - \beta_2^{t-1}},\quad \hat{s}_0 = 1
    x_t = x_{t-1} - \eta \left(\dfrac{g_t}{\sqrt{\hat{s}_{t-1}} + \epsilon} + \lambda x_{t-1}\right)
    s_t = \beta_2 s_{t-1} + (1 - \beta_2) (g_t - m_{t-1})^2 + \bar{\epsilon}
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    """,
)
def acprop(
    x,
    grad,
    t,
    m=0.0,
    s=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-16,
    eps_root: Epsilon = 1e-16,
    weight_decay: WeightDecay = 0.0,
):
    """Scales the current gradient by statistics of earlier gradients only, so a spike cannot hide itself. Takes a large
    step when the surface suddenly becomes steep.

    The current gradient is divided by a scale computed from earlier gradients only, so a large gradient cannot inflate
    its own divisor. As in AdaBelief, the scale measures how far gradients deviate from their moving average; beta1 is
    the decay rate of that average and adds no inertia. Watch the long step where a constant slope suddenly becomes
    steep.
    """
    scale = (1.0 if t == 1 else sqrt(ratio(s, 1 - beta2 ** (t - 1), nan))) + eps
    s = beta2 * s + (1 - beta2) * (grad - m) * (grad - m) + eps_root
    m = beta1 * m + (1 - beta1) * grad
    return x - lr * (ratio(grad, scale) + weight_decay * x), m, s


@optimizer(
    "Schedule-free AdamW",
    source="Defazio et al. 2024, arXiv:2405.15682, algorithm 1; the plotted path is y; warm-up as in Optax",
    implementation="Optax",
    formula=r"""
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    u_t = \dfrac{g_t}{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon} + \lambda x_{t-1}
    z_t = z_{t-1} - \eta \,\min\left(\dfrac{t - 1}{T}, 1\right) u_t
    \hat{\eta}_t = \max(\hat{\eta}_{t-1}, \eta \,\min(t / T, 1))
    w_t = \hat{\eta}_t^p,\quad c_t = w_t \,/\, \sum_{s=1}^{t} w_s
    \bar{x}_t = (1 - c_t)\,\bar{x}_{t-1} + c_t z_t
    x_t = (1 - \beta_1) z_t + \beta_1 \bar{x}_t,\quad z_0 = \bar{x}_0 = x_0
    """,
)
def schedule_free_adamw(
    x,
    grad,
    t,
    z=0.0,
    mean=0.0,
    v=0.0,
    weight_sum=0.0,
    lr_max=0.0,
    *,
    lr: LearningRate = 0.0025,
    beta1: Averaging = 0.9,
    beta2: Decay = 0.999,
    eps: Epsilon = 1e-8,
    weight_decay: WeightDecay = 0.0,
    lr_power: Power = 2.0,
    warmup: WarmUp = 0,
):
    """Settles without a decaying learning rate by averaging its iterates; the solution is the average, stored in its
    state. Slow at first.

    Adam-scaled steps move a point z; the solution is the average of all values of z. The plotted path lies between the
    two: beta1, which takes the place of momentum, sets how close it is to the average. Averaging has the same calming
    effect as a decaying learning rate, but the number of steps need not be known in advance.
    """
    z = x if t == 1 else z
    mean = ratio(x - (1 - beta1) * z, beta1, x if t == 1 else mean)
    v = beta2 * v + (1 - beta2) * grad * grad
    lr_max = maximum(lr_max, lr * min(t / max(warmup, 1), 1.0))
    weight = lr_max**lr_power
    weight_sum = weight_sum + weight
    step = ratio(grad, sqrt(v / (1 - beta2**t)) + eps) + weight_decay * x
    z = z - lr * min((t - 1) / warmup if warmup else 1.0, 1.0) * step
    c = ratio(weight, weight_sum)
    mean = (1 - c) * mean + c * z
    return beta1 * mean + (1 - beta1) * z, z, mean, v, weight_sum, lr_max


@optimizer(
    "ADOPT",
    source="Taniguchi et al. 2024, arXiv:2411.02853; steps clipped to (t - 1)^(1/4), as in Optax",
    implementation="Optax",
    formula=r"""
    x_1 = x_0,\quad v_1 = g_1^2
    u_t = \dfrac{g_t}{\max(\sqrt{v_{t-1}}, \epsilon)},\quad |u_t| \leq (t - 1)^{1/4}
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) u_t
    x_t = x_{t-1} - \eta m_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    """,
)
def adopt(
    x,
    grad,
    t,
    m=0.0,
    v=0.0,
    *,
    lr: LearningRate = 1e-3,
    beta1: Decay = 0.9,
    beta2: Decay = 0.9999,
    eps: Epsilon = 1e-6,
    clip: Switch = 1.0,
):
    """Scales the current gradient by statistics of earlier gradients only, so it converges for any beta2. The first
    step only initializes v.

    The current gradient is divided by the scale of earlier gradients, and only the quotient enters the moving average.
    This removes the cases in which Adam fails to converge unless beta2 is close enough to 1: try beta2 = 0.9 and
    0.9999. Clipping limits the quotient, to 1 at first and to more later, so no early step is long.
    """
    if t == 1:
        return x, m, grad * grad
    step = ratio(grad, maximum(sqrt(v), eps))
    bound = (t - 1) ** 0.25
    step = maximum(minimum(step, bound), -bound) if clip else step
    m = beta1 * m + (1 - beta1) * step
    return x - lr * m, m, beta2 * v + (1 - beta2) * grad * grad
