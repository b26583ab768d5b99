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
    "Schedule: linear warm-up",
    source="Goyal et al. 2017, arXiv:1706.02677",
    default_strength=20,
    formula=r"\eta_t = \eta \,\min(t / T, 1)",
)
def warmup_steps(lr, t, *, warmup_steps: WarmUp = 0):
    """Increases linearly to the full learning rate. Avoids erratic first steps, but costs time where the start is
    harmless.

    The learning rate increases linearly to its full value. Optimizers that first have to estimate a scale or build up
    momentum do so with short steps. Try it with a learning rate that is slightly too large for the start.
    """
    return lr * min(t / warmup_steps, 1.0)


@modifier(
    "Schedule: step decay",
    source="torch.optim.lr_scheduler.StepLR",
    default_strength=100,
    formula=r"\eta_t = \eta \gamma^{\lfloor (t - 1) / T \rfloor}",
)
def step_every(lr, t, *, step_every: StepCount = 0, step_gamma: Fraction = 0.1):
    """Multiplied by a constant factor every fixed number of steps: large steps first, then sudden settling. You have to
    guess when to decay.

    The learning rate stays constant for a number of steps and is then multiplied by a factor, again and again. A large
    learning rate covers the distance; a small one then lets the run settle. With gradient noise, watch the loss drop
    each time the learning rate does.
    """
    return lr * schedules.step(1.0, int(step_every), step_gamma)(t)


@modifier(
    "Schedule: exponential decay",
    source="torch.optim.lr_scheduler.ExponentialLR",
    default_strength=0.99,
    formula=r"\eta_t = \eta \gamma^{t-1}",
)
def exponential_gamma(lr, t, *, exponential_gamma: Gamma = 0.0):
    """Multiplied by a constant factor every step. Settles smoothly, but the total distance that can still be covered is
    limited.

    The learning rate is multiplied by gamma in every step. Because all learning rates add up to at most the initial one
    divided by 1 - gamma, a gamma that is too small stops the run on the way. Choose gamma so that the learning rate
    lasts about as long as the run.
    """
    return lr * schedules.exponential(1.0, where(exponential_gamma == 0, 1.0, exponential_gamma))(t)


@modifier(
    "Schedule: cosine annealing",
    source="Loshchilov & Hutter 2017, arXiv:1608.03983, without restarts",
    default_strength=300,
    formula=r"\eta_t = \eta \left[a + (1 - a)\,\dfrac{1 + \cos(\pi \,\min(t - 1, T) / T)}{2}\right]",
)
def cosine_steps(lr, t, *, cosine_steps: StepCount = 0, cosine_lowest: Fraction = 0.0):
    """Follows half a cosine from the full learning rate to a minimum fraction: fast for most of the run, then a gentle
    finish. The number of steps must be known in advance.

    The learning rate follows half a cosine: it decreases slowly at first, fastest in the middle, and slowly again at
    the end, and then stays at its final fraction. Set the number of steps to the length of the run.
    """
    return lr * schedules.cosine(1.0, int(cosine_steps), cosine_lowest)(t)


@modifier(
    "Schedule: linear decay",
    source="torch.optim.lr_scheduler.LinearLR",
    default_strength=300,
    formula=r"\eta_t = \eta \left[1 + (a - 1)\,\min(t - 1, T) / T\right]",
)
def linear_steps(lr, t, *, linear_steps: StepCount = 0, linear_end: Fraction = 0.0):
    """Decreases linearly to a fraction of the initial learning rate. At the end nothing moves, whether the run has
    converged or not.

    The learning rate decreases linearly and then stays at its final fraction. This is the simplest way to start with
    long steps and end with short ones. Set the number of steps to the length of the run.
    """
    return lr * schedules.linear(1.0, int(linear_steps), end_factor=linear_end)(t)


@modifier(
    "Schedule: inverse square root",
    source="Vaswani et al. 2017, arXiv:1706.03762, section 5.3, normalized to its peak",
    default_strength=20,
    formula=r"\eta_t = \eta \,\min(t / T,\ \sqrt{T / t})",
)
def inverse_sqrt(lr, t, *, inverse_sqrt: WarmUp = 0):
    """Increases linearly, then decreases as 1/√t: no need to know the number of steps in advance, but it decays slowly.

    The learning rate increases for a number of steps and then decreases as 1/√t. The decrease never ends but gets
    slower and slower, so a run can still cover any distance. The length of the warm-up also sets how fast the learning
    rate decreases afterwards.
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
    """Rises to the full learning rate, then falls far below its initial value: large steps in the middle explore, small
    ones at the end settle. The number of steps must be known in advance.

    The learning rate rises from 1/25 of its maximum to the maximum and then falls to almost 0, both along half a
    cosine. The large steps in the middle cross plateaus and small basins; the small ones at the end settle. Set the
    number of steps to the length of the run; the warm-up fraction is the part of it with a rising learning rate.
    """
    return lr * schedules.one_cycle(1.0, int(one_cycle), one_cycle_rise)(t)
