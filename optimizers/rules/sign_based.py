# mypy: allow-untyped-defs
"""Sign-based methods: use the sign of the gradient but not its magnitude."""

from __future__ import annotations

from typing import Annotated

from optimizers.arithmetic import maximum, minimum, sign, where
from optimizers.optimizer import Averaging, Decay, Hyperparameter, LearningRate, Positive, WeightDecay, optimizer

FAMILY = "Sign-based"
InitialStepSize = Annotated[float, Hyperparameter(1e-6, 10.0, "log", label="initial step size", symbol=r"\Delta_0")]
IncreaseFactor = Annotated[float, Hyperparameter(1.0, 3.0, minimum=1.0)]
DecreaseFactor = Annotated[float, Hyperparameter(0.05, 1.0, maximum=1.0)]


@optimizer(
    "SignSGD",
    source="Bernstein et al. 2018, arXiv:1802.04434, algorithm 1",
    implementation="Optax",
    formula=r"x_t = x_{t-1} - \eta\,\mathrm{sign}(g_t)",
)
def signsgd(x, grad, t, *, lr: LearningRate = 0.01):
    """The same step size in every coordinate, however flat or steep. Never settles, and moves along the diagonals only.

    Each coordinate moves by exactly the learning rate, up or down, however steep the surface is. Steep and flat
    coordinates therefore move at the same pace, and a huge gradient does no harm. Near a minimum the steps do not get
    shorter: reduce the learning rate during the run, or add a schedule, to let it settle.
    """
    return x - lr * sign(grad)


@optimizer(
    "Signum",
    source="Bernstein et al. 2018, arXiv:1802.04434, algorithm 2",
    implementation="Optax",
    formula=r"""
    m_t = \beta m_{t-1} + (1 - \beta) g_t
    x_t = x_{t-1} - \eta\,\mathrm{sign}(m_t)
    """,
)
def signum(x, grad, t, m=0.0, *, lr: LearningRate = 0.01, beta: Averaging = 0.9):
    """SignSGD with the sign of a moving average, which is less sensitive to noise. Oscillates around the minimum.

    Uses the sign of a moving average, so a coordinate changes direction only when recent gradients have changed
    direction on the whole. Noise that flips individual gradients is averaged out. With beta = 0 it is SignSGD; the
    closer beta is to 1, the later it reacts after passing the minimum.
    """
    m = beta * m + (1 - beta) * grad
    return x - lr * sign(m), m


@optimizer(
    "Lion",
    source="Chen et al. 2023, arXiv:2302.06675",
    implementation="Optax, Keras",
    formula=r"""
    u_t = \mathrm{sign}(\beta_1 m_{t-1} + (1 - \beta_1) g_t)
    x_t = x_{t-1} - \eta (u_t + \lambda x_{t-1})
    m_t = \beta_2 m_{t-1} + (1 - \beta_2) g_t
    """,
)
def lion(
    x,
    grad,
    t,
    m=0.0,
    *,
    lr: LearningRate = 1e-4,
    beta1: Decay = 0.9,
    beta2: Decay = 0.99,
    weight_decay: WeightDecay = 0.0,
):
    """Uses the sign of a momentum term, so all steps have the same size in every coordinate. Works best with a small,
    decaying learning rate. Oscillates around the minimum.

    Keeps one momentum buffer with two decay rates. The step is the sign of an interpolation between the momentum
    (weight beta1) and the current gradient; the momentum itself is updated more slowly, with beta2. Every coordinate
    moves by exactly the learning rate in every step, so Lion needs a smaller learning rate than Adam, and a decaying
    one. With beta1 = beta2 it is Signum.
    """
    update = sign(beta1 * m + (1 - beta1) * grad)
    m = beta2 * m + (1 - beta2) * grad
    return x - lr * (update + weight_decay * x), m


@optimizer(
    "Rprop",
    source="Riedmiller & Braun 1993, doi:10.1109/ICNN.1993.298623; Igel & Hüsken 2000: iRprop-",
    implementation="PyTorch",
    formula=r"""
    s_t = g_t \tilde{g}_{t-1}
    \Delta_t = \eta^+ \Delta_{t-1} \ (s_t > 0),\quad \eta^- \Delta_{t-1} \ (s_t < 0),\quad \Delta_{t-1} \ (s_t = 0)
    \Delta_{\min} \leq \Delta_t \leq \Delta_{\max}
    \tilde{g}_t = g_t \ (s_t \geq 0),\quad 0 \ (s_t < 0)
    x_t = x_{t-1} - \Delta_t\,\mathrm{sign}(\tilde{g}_t)
    """,
)
def rprop(
    x,
    grad,
    t,
    last=0.0,
    step=0.0,
    *,
    lr: InitialStepSize = 0.01,
    eta_minus: DecreaseFactor = 0.5,
    eta_plus: IncreaseFactor = 1.2,
    step_min: Positive = 1e-6,
    step_max: Positive = 50.0,
):
    """Each coordinate increases its step size while the gradient keeps its sign and halves it when the sign changes.
    Sensitive to gradient noise.

    Uses only the sign of the gradient and gives each coordinate its own step size. While the sign stays the same, the
    step size grows; after a sign change, it is reduced and the coordinate pauses for one step. The initial step size
    hardly matters because the step sizes adapt quickly. Try a larger eta plus on long constant slopes, and add gradient
    noise to see how misleading signs can be.
    """
    sign_product = sign(grad * last)
    step = lr if t == 1 else step
    step = step * where(sign_product > 0, eta_plus, where(sign_product < 0, eta_minus, 1.0))
    step = minimum(maximum(step, step_min), step_max)
    grad = where(sign_product < 0, 0.0, grad)
    return x - step * sign(grad), grad, step
