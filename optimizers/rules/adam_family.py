# mypy: allow-untyped-defs
"""Adam and its variants: a moving average of the gradient over the square root of one of its square."""

from __future__ import annotations

from math import nan

from optimizers.arithmetic import maximum, minimum, ratio, sign, sqrt, where
from optimizers.optimizer import (
    Averaging,
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
    \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t},\quad \hat{v}_t = \dfrac{v_t}{1 - \beta_2^t}
    x_t = x_{t-1} - \eta \dfrac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}
    """,
)
def adam(
    x, grad, t, m=0.0, v=0.0, *, lr: LearningRate = 1e-3, beta1: Decay = 0.9, beta2: Decay = 0.999, eps: Epsilon = 1e-8
):
    """Goes at one pace over steep and flat coordinates, so that it works at once almost anywhere. May hover about the
    minimum.

    A running mean of the gradient gives the direction, and a running mean of its square gives a scale for each
    coordinate; the hats make up for both having begun at 0. While the slope stays the same their ratio is 1 or -1, so
    that a step is about as long as the learning rate, on cliffs and on plains. Beta1 is the inertia and beta2 the
    memory of the scale: try beta1 0, and then beta2 0.9.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return x - lr * m_hat / (sqrt(v_hat) + eps), m, v


@optimizer(
    "AdamW",
    source="Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2; decay times learning rate, as in torch",
    implementation="PyTorch, Optax",
    formula=r"""
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t},\quad \hat{v}_t = \dfrac{v_t}{1 - \beta_2^t}
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
):
    """Adam with a pull to the origin that its own scaling does not touch. Settles beside a minimum that is not at the
    origin.

    Weight decay draws the point towards the origin a little in every update, beside Adam's step and not through the
    gradient. Thus the pull is the same for steep and for flat coordinates, where a penalty in the gradient would be
    divided by the scale of each. Set weight decay to 0 to see Adam, then raise it and watch where the run comes to
    rest.
    """
    x = x - lr * weight_decay * x
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return x - lr * m_hat / (sqrt(v_hat) + eps), m, v


@optimizer(
    "AMSGrad",
    source="Reddi, Kale & Kumar 2018, arXiv:1904.09237, algorithm 2; bias-corrected as in torch",
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
    """Adam that never forgets its largest v, which cures rare cases of walking away. One large early gradient keeps it
    slow.

    It divides by the largest running mean of squares so far, where Adam divides by the latest. This cures examples in
    which Adam walks away from the minimum because it soon forgets rare large gradients. Start both on a steep wall to
    see the price: on the level ground below, its steps stay short.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    v_max = maximum(v_max, v)
    m_hat, v_hat = m / (1 - beta1**t), v_max / (1 - beta2**t)
    return x - lr * m_hat / (sqrt(v_hat) + eps), m, v, v_max


@optimizer(
    "Adamax",
    source="Kingma & Ba 2015, arXiv:1412.6980, algorithm 2; eps inside the maximum, as in torch",
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
    """Adam with the largest recent gradient below the line, so that no step is ever long. A spike slows it for long.

    Instead of a mean of squares it divides by the largest recent gradient, which fades by the factor beta2 in every
    update. With the usual betas no coordinate moves by much more than the learning rate at once. A single large
    gradient keeps the steps short for hundreds of updates at beta2 0.999: lower beta2 to let it recover sooner.
    """
    m = beta1 * m + (1 - beta1) * grad
    u = maximum(beta2 * u, abs(grad) + eps)
    return x - lr / (1 - beta1**t) * ratio(m, u), m, u


@optimizer(
    "NAdam",
    source="Dozat 2016, ICLR workshop: Incorporating Nesterov momentum into Adam; the schedule of mu as in torch",
    implementation="PyTorch",
    formula=r"""
    \mu_t = \beta_1 (1 - \frac{1}{2} 0.96^{t \psi})
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    \bar{m}_t = \dfrac{(1 - \mu_t) g_t}{1 - \prod_{i=1}^{t} \mu_i} + \dfrac{\mu_{t+1} m_t}{1 - \prod_{i=1}^{t+1} \mu_i}
    x_t = x_{t-1} - \eta \dfrac{\bar{m}_t}{\sqrt{v_t / (1 - \beta_2^t)} + \epsilon}
    """,
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
):
    """Adam that looks ahead like Nesterov and turns a little sooner. Otherwise it has all of Adam's habits.

    As in Nesterov's momentum, the step already uses the momentum of the next update, so that the present gradient
    counts more than in Adam. The run turns a little sooner once it has passed the minimum. The weight of the momentum
    begins at half of beta1 and rises: momentum decay says how fast.
    """
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
    mu_product = mu_product * mu
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_bar = (1 - mu) * grad / (1 - mu_product) + mu_next * m / (1 - mu_product * mu_next)
    return x - lr * m_bar / (sqrt(v / (1 - beta2**t)) + eps), m, v, mu_product


@optimizer(
    "RAdam",
    source="Liu et al. 2020, arXiv:1908.03265, algorithm 2; rectified where rho > 5, as in torch",
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
    """Adam that warms itself up. Its first five steps are plain momentum: a rate that suits Adam may throw it off a
    steep start.

    In the first updates the running mean of squares rests on few gradients, and the scale of Adam's steps is a matter
    of chance. RAdam computes how much that mean can be trusted and lengthens its steps accordingly; before it can be
    trusted at all, it takes steps of momentum. Those are not scaled, so that a steep start needs a small learning rate.
    Compare it with Adam and the part Schedule: warm-up.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, beta2_t = m / (1 - beta1**t), beta2**t
    rho_inf = ratio(2.0, 1 - beta2, nan) - 1
    rho = rho_inf - ratio(2 * t * beta2_t, 1 - beta2_t, nan)
    square = ratio((rho - 4) * (rho - 2) * rho_inf, (rho_inf - 4) * (rho_inf - 2) * rho)
    scale = ratio(sqrt(maximum(square, 0.0)) * sqrt(1 - beta2_t), sqrt(v) + eps, nan)
    return x - lr * m_hat * where(rho > 5, scale, 1.0), m, v


@optimizer(
    "AdaBelief",
    source="Zhuang et al. 2020, arXiv:2010.07468; eps_root is added in every update, as in Optax",
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
    """Strides out where the gradient is as expected, shortens its step where it surprises. May overshoot on smooth
    slopes.

    It divides by how far the gradients stray from their running mean, where Adam divides by how large they are. Where
    the slope is as expected it takes long steps, and where the gradient surprises it, short ones. On a long even slope
    the steps grow beyond the learning rate: watch whether it passes the minimum. Nesterov takes the mean one update
    ahead.
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
    """Adam whose scale changes slowly in both directions, so that a flat stretch makes no leap. Slow after a steep
    start.

    Adam's scale moves towards the newest squared gradient by a share of the difference; here it moves by a share of the
    squared gradient itself. On level ground after a steep place the scale therefore falls only slowly, and there are no
    sudden long steps. The price is a slow run after a steep start; a smaller beta2 lets the scale follow sooner.
    """
    m, v = (initial, initial) if t == 1 else (m, v)
    m = beta1 * m + (1 - beta1) * grad
    v = v - (1 - beta2) * sign(v - grad * grad) * grad * grad
    m_hat, v_hat = ratio(m, 1 - beta1**t, nan), ratio(v, 1 - beta2**t, nan)
    return x - lr * m_hat / (sqrt(v_hat) + eps), m, v


@optimizer(
    "Adan",
    source="Xie et al. 2022, arXiv:2208.06677, algorithm 1; the weight 1 - beta2 of the change, as in Optax",
    implementation="Optax",
    formula=r"""
    d_t = g_t - g_{t-1},\quad d_1 = 0
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) d_t
    n_t = \beta_3 n_{t-1} + (1 - \beta_3) [g_t + (1 - \beta_2) d_t]^2
    \hat{m}_t = \dfrac{m_t}{1 - \beta_1^t},\quad \hat{v}_t = \dfrac{v_t}{1 - \beta_2^t},\quad \hat{n}_t = \dfrac{n_t}{1 - \beta_3^t}
    u_t = \dfrac{\hat{m}_t + (1 - \beta_2) \hat{v}_t}{\sqrt{\hat{n}_t + \bar{\epsilon}} + \epsilon}
    x_t = x_{t-1} - \eta (u_t + \lambda x_{t-1})
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
    eps_root: Epsilon = 1e-8,
    weight_decay: WeightDecay = 0.0,
):
    """Uses the change of the gradient as a warning of a bend. With noise that change is mostly noise.

    Beside a running mean of the gradient it keeps one of the change of the gradient and adds it as a forecast. That is
    Nesterov's idea without a gradient at a second place: where the slope turns, the step turns sooner. Beta1 and beta2
    are the memories of the two means and beta3 that of the scale; add gradient noise to see the forecast lose its
    worth.
    """
    change = grad - (grad if t == 1 else last)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * change
    lookahead = grad + (1 - beta2) * change
    n = beta3 * n + (1 - beta3) * lookahead * lookahead
    m_hat, v_hat, n_hat = m / (1 - beta1**t), v / (1 - beta2**t), n / (1 - beta3**t)
    return x - lr * ((m_hat + (1 - beta2) * v_hat) / (sqrt(n_hat + eps_root) + eps) + weight_decay * x), m, v, n, grad


@optimizer(
    "AdEMAMix",
    source="Pagliardini, Ablin & Grangier 2024, arXiv:2409.03137, without the warm-up of alpha and beta3",
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
    """Adam with a second, very long memory that drives it along gentle valleys. That memory pushes on past the minimum.

    It is Adam with a second running mean of the gradient, which remembers thousands of updates and counts alpha times.
    Along a gentle valley the old gradients still point the right way and speed the run up. They also push it past the
    minimum: lower beta3 to 0.99 to shorten that memory, or set alpha to 0 to see Adam.
    """
    m1 = beta1 * m1 + (1 - beta1) * grad
    m2 = beta3 * m2 + (1 - beta3) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m1 / (1 - beta1**t), v / (1 - beta2**t)
    return x - lr * (m_hat + alpha * m2) / (sqrt(v_hat + eps_root) + eps), m1, m2, v


@optimizer(
    "QHAdam",
    source="Ma & Yarats 2019, arXiv:1810.06801; the defaults are the rule of thumb of its authors' code",
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
    """Adam in which the present gradient always has a share, so that it turns sooner. Two more weights to choose.

    Above and below the line Adam's means are mixed with the present gradient, by the weights nu1 and nu2. So beta1 can
    be large, which carries the run along a valley, and it still reacts at once where the slope turns. With both weights
    at 1 it is Adam; nu1 0 leaves only the present gradient above the line.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    numerator, squared_scale = (1 - nu1) * grad + nu1 * m_hat, (1 - nu2) * grad * grad + nu2 * v_hat
    return x - lr * numerator / (sqrt(squared_scale) + eps), m, v


@optimizer(
    "Optimistic Adam",
    source="Daskalakis et al. 2018, arXiv:1711.00141, algorithm 1; a single first step, as in Optax",
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
    """Adam that adds the change of its last step; made for games, where it stops the circling. Here it is Adam, more
    nervous.

    To Adam's step it adds the change since the last one, as a guess of where the next one will go. In games of two
    players this stops them from circling round each other, which is what it was made for. Beta is the weight of that
    change, and with beta 0 it is Adam; nesterov takes the mean one update ahead.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    if nesterov:
        m_hat = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * grad / (1 - beta1**t)
    step = m_hat / (sqrt(v_hat + eps_root) + eps)
    return x - lr * ((alpha + beta) * step - beta * (step if t == 1 else last)), m, v, step


@optimizer(
    "ACProp",
    source="Zhuang et al. 2021, arXiv:2110.05454; centered on the last mean and a plain first step, as in Optax",
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
    """Divides by what it knew before this gradient, so that a spike cannot hide itself. Meets a sudden wall with a
    leap.

    The present gradient is divided by a scale that was known before it came, so that a large one cannot enlarge its own
    divisor. The scale is the spread of the gradients about their running mean, as in AdaBelief; beta1 is the memory of
    that mean and gives no inertia. Watch the long step where an even slope suddenly becomes steep.
    """
    scale = (1.0 if t == 1 else sqrt(ratio(s, 1 - beta2 ** (t - 1), nan))) + eps
    s = beta2 * s + (1 - beta2) * (grad - m) * (grad - m) + eps_root
    m = beta1 * m + (1 - beta1) * grad
    return x - lr * (ratio(grad, scale) + weight_decay * x), m, s


@optimizer(
    "Schedule-free AdamW",
    source="Defazio et al. 2024, arXiv:2405.15682, algorithm 1; the path is y, the warm-up Optax's",
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
    """Comes to rest without a falling learning rate, by averaging; its answer is the mean, a state. Slow at first.

    Steps scaled as Adam's move a point z, and the answer of the rule is the mean of all its points. The path that is
    drawn lies between the two, and beta1 says how near to the mean; it takes the place of momentum. The mean calms the
    run as a falling learning rate would, without the number of updates being known beforehand.
    """
    z = x if t == 1 else z
    mean = ratio(x - (1 - beta1) * z, beta1, x if t == 1 else mean)
    v = beta2 * v + (1 - beta2) * grad * grad
    lr_max = maximum(lr_max, lr * min(t / max(warmup, 1), 1.0))
    weight = lr_max**lr_power
    weight_sum = weight_sum + weight
    step = grad / (sqrt(v / (1 - beta2**t)) + eps) + weight_decay * x
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
    """Divides by what it knew before this gradient, so that any beta2 is safe. Its first update only looks at the
    gradient.

    The present gradient is divided by the scale of the gradients before it, and only the quotient enters the running
    mean. That removes the cases in which Adam goes astray unless beta2 is near enough to 1: try beta2 0.9 and 0.9999.
    Clip bounds the quotient, at first by 1 and later by more, so that no early step is long.
    """
    if t == 1:
        return x, m, grad * grad
    step = ratio(grad, maximum(sqrt(v), eps))
    bound = (t - 1) ** 0.25
    step = maximum(minimum(step, bound), -bound) if clip else step
    m = beta1 * m + (1 - beta1) * step
    return x - lr * m, m, beta2 * v + (1 - beta2) * grad * grad
