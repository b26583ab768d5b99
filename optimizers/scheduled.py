# mypy: allow-untyped-defs
"""Schedules as modifiers: each multiplies the learning rate of any rule by a factor that depends on t.

The factors of several schedules multiply. The formulas are those of ``optimizers.schedules`` for a learning rate of 1.
"""

from __future__ import annotations

from typing import Annotated

from optimizers import schedules
from optimizers.arithmetic import where
from optimizers.hyperparameter import Fraction, Hyperparameter, WarmUp
from optimizers.parts import modifier

Gamma = Annotated[float, Hyperparameter(0.0, 0.99999, "decay", maximum=1.0, label="gamma")]
StepCount = Annotated[float, Hyperparameter(0, 2000, "whole", maximum=10_000_000, label="steps")]


@modifier(
    "Schedule: warm-up",
    source="Goyal et al. 2017, arXiv:1706.02677",
    default_strength=20,
    formula=r"\eta_t = \eta \,\min(t / T, 1)",
)
def warmup_steps(lr, t, *, warmup_steps: WarmUp = 0):
    """Rises straight to the full learning rate. Spares a rule its wild first steps, and wastes them on a gentle start.

    The learning rate rises in equal parts to its full value. Rules that first have to learn a scale or a momentum do so
    with short steps. Try it with a learning rate that is a little too large for the start.
    """
    return lr * min(t / warmup_steps, 1.0)


@modifier(
    "Schedule: steps",
    source="torch.optim.lr_scheduler.StepLR",
    default_strength=100,
    formula=r"\eta_t = \eta \gamma^{\lfloor (t - 1) / T \rfloor}",
)
def step_every(lr, t, *, step_every: StepCount = 0, step_gamma: Fraction = 0.1):
    """Falls by a factor after every so many updates: long strides, then sudden calm. When to fall must be guessed.

    The learning rate stays as it is for a number of updates and then falls by a factor, again and again. A large rate
    covers the ground, a small one then settles what trembles. Watch the loss fall at each step of the rate when noise
    is on.
    """
    return lr * schedules.step(1.0, int(step_every), step_gamma)(t)


@modifier(
    "Schedule: exponential",
    source="torch.optim.lr_scheduler.ExponentialLR",
    default_strength=0.99,
    formula=r"\eta_t = \eta \gamma^{t-1}",
)
def exponential_gamma(lr, t, *, exponential_gamma: Gamma = 0.0):
    """Falls by a factor in every update. Calms smoothly, but the whole way it can still go is limited.

    In every update the learning rate is multiplied by gamma. As all the rates together come to no more than the first
    one divided by 1 - gamma, a gamma that is too small stops the run on its way. Choose gamma so that the rate lasts
    about as long as the run.
    """
    return lr * schedules.exponential(1.0, where(exponential_gamma == 0, 1.0, exponential_gamma))(t)


@modifier(
    "Schedule: cosine",
    source="Loshchilov & Hutter 2017, arXiv:1608.03983, without restarts",
    default_strength=300,
    formula=r"\eta_t = \eta \left[a + (1 - a)\,\dfrac{1 + \cos(\pi \,\min(t - 1, T) / T)}{2}\right]",
)
def cosine_steps(lr, t, *, cosine_steps: StepCount = 0, cosine_lowest: Fraction = 0.0):
    """Half a cosine from the full rate to the lowest share of it: fast for long, then a gentle end, which must be
    known.

    The learning rate follows half a cosine: it falls slowly at first, fastest in the middle and slowly again at the
    end. After the last of its updates it stays at the lowest share. Let its number of updates be the length of the run.
    """
    return lr * schedules.cosine(1.0, int(cosine_steps), cosine_lowest)(t)


@modifier(
    "Schedule: linear",
    source="torch.optim.lr_scheduler.LinearLR",
    default_strength=300,
    formula=r"\eta_t = \eta \left[1 + (a - 1)\,\min(t - 1, T) / T\right]",
)
def linear_steps(lr, t, *, linear_steps: StepCount = 0, linear_end: Fraction = 0.0):
    """Falls straight to a share of the rate. At the end nothing moves any more, whether it has arrived or not.

    The learning rate falls in equal parts, and stays at the last share of it. It is the simplest way to begin with long
    steps and end with short ones. Let its number of updates be the length of the run.
    """
    return lr * schedules.linear(1.0, int(linear_steps), end_factor=linear_end)(t)


@modifier(
    "Schedule: inverse square root",
    source="Vaswani et al. 2017, arXiv:1706.03762, section 5.3, in units of its peak",
    default_strength=20,
    formula=r"\eta_t = \eta \,\min(t / T,\ \sqrt{T / t})",
)
def inverse_sqrt(lr, t, *, inverse_sqrt: WarmUp = 0):
    """Rises, then falls as one over the root of t: needs no end, and cools slowly.

    The learning rate rises for some updates and then falls as one over the root of their number. The fall never ends
    but becomes ever slower, so that the run can still go any distance. The number of updates of the rise also sets how
    fast it falls afterwards.
    """
    return lr * schedules.inverse_sqrt(1.0, int(inverse_sqrt))(t)


@modifier(
    "Schedule: one-cycle",
    source="Smith & Topin 2018, arXiv:1708.07120; as torch.optim.lr_scheduler.OneCycleLR",
    default_strength=300,
    formula=r"""
    k = \min(t - 1, T - 1),\quad k_1 = p T - 1,\quad a = \frac{1}{25} \cdot 10^{-4}
    \eta_t = \eta \left[1 - (1 - \frac{1}{25})\,\dfrac{1 + \cos(\pi k / k_1)}{2}\right] \quad (k \leq k_1)
    \eta_t = \eta \left[a + (1 - a)\,\dfrac{1 + \cos(\pi (k - k_1) / (T - 1 - k_1))}{2}\right] \quad (k > k_1)
    """,
)
def one_cycle(lr, t, *, one_cycle: StepCount = 0, one_cycle_rise: Fraction = 0.3):
    """Up to the rate, then far below where it began: the hot middle covers ground, the tail settles. The end must be
    known.

    The learning rate rises from a twenty-fifth to its full value and then falls to almost nothing, both along half a
    cosine. The hot middle crosses ground and small basins, the end settles. Let its number of updates be the length of
    the run; the rise is the share of it that goes upwards.
    """
    return lr * schedules.one_cycle(1.0, int(one_cycle), one_cycle_rise)(t)
