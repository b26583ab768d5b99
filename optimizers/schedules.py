"""Learning-rate schedules: functions of the step number t, counted from 1, to be passed as a hyperparameter.

    trace("sgd", surface, start, 100, lr=cosine(0.1, 100))

The formulas use k = t - 1, the number of previous steps, as the schedulers of torch and optax do.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence

Schedule = Callable[[int], float]


def _check_at_least_one(**numbers: float) -> None:
    """Raise ValueError for a length or a factor below 1."""
    for name, value in numbers.items():
        if not value >= 1:
            raise ValueError(f"{name} must be at least 1, not {value}")


def constant(lr: float) -> Schedule:
    """Return a schedule with the same rate at every step."""
    return lambda t: lr


def step(lr: float, step_size: int = 30, gamma: float = 0.1) -> Schedule:
    """Return a schedule that is multiplied by gamma after every ``step_size`` steps; torch's StepLR."""
    _check_at_least_one(step_size=step_size)
    return lambda t: lr * gamma ** ((t - 1) // step_size)


def milestones(lr: float, milestone_steps: Sequence[int], gamma: float = 0.1) -> Schedule:
    """Return a schedule that is multiplied by gamma at each milestone; torch's MultiStepLR."""
    sorted_steps = sorted(milestone_steps)
    return lambda t: lr * gamma ** bisect_right(sorted_steps, t - 1)


def exponential(lr: float, gamma: float = 0.95, decay_steps: float = 1) -> Schedule:
    """Return a schedule that decays smoothly by the factor gamma over ``decay_steps`` steps.

    With ``decay_steps`` = 1 torch's ExponentialLR; optax's exponential_decay.
    """
    return lambda t: lr * gamma ** ((t - 1) / decay_steps)


def cosine(lr: float, steps: int, min_lr: float = 0.0) -> Schedule:
    """Return a schedule that follows half a cosine from lr to ``min_lr`` and then stays there.

    Loshchilov & Hutter 2017, arXiv:1608.03983, without restarts.
    """
    _check_at_least_one(steps=steps)
    return lambda t: min_lr + (lr - min_lr) * (1 + math.cos(math.pi * min(t - 1, steps) / steps)) / 2


def warm_restarts(lr: float, first_period: int = 20, factor: int = 2, min_lr: float = 0.0) -> Schedule:
    """Return a schedule of half cosines, each ``factor`` times as long as the one before.

    Loshchilov & Hutter 2017, arXiv:1608.03983.
    """
    _check_at_least_one(first_period=first_period, factor=factor)

    def learning_rate(t: int) -> float:
        k, length = ((t - 1) % first_period if factor == 1 else t - 1), first_period
        while k >= length:
            k, length = k - length, length * factor
        return min_lr + (lr - min_lr) * (1 + math.cos(math.pi * k / length)) / 2

    return learning_rate


def linear(lr: float, steps: int, start_factor: float = 1.0, end_factor: float = 0.0) -> Schedule:
    """Return a schedule that is linear from ``start_factor`` * lr to ``end_factor`` * lr and then constant.

    torch's LinearLR.
    """
    _check_at_least_one(steps=steps)
    return lambda t: lr * (start_factor + (end_factor - start_factor) * min(t - 1, steps) / steps)


def polynomial(lr: float, steps: int, power: float = 1.0, min_lr: float = 0.0) -> Schedule:
    """Return a schedule that falls from lr to ``min_lr`` as (1 - k/steps)^power.

    torch's PolynomialLR, optax's polynomial_schedule.
    """
    _check_at_least_one(steps=steps)
    return lambda t: (lr - min_lr) * (1 - min(t - 1, steps) / steps) ** power + min_lr


def inverse_sqrt(lr: float, warmup: int = 1) -> Schedule:
    """Return a schedule that rises linearly to lr over ``warmup`` steps and then falls as 1/sqrt(t).

    Vaswani et al. 2017, arXiv:1706.03762, section 5.3, in units of its peak.
    """
    _check_at_least_one(warmup=warmup)
    return lambda t: lr * min(t / warmup, math.sqrt(warmup / t))


def cyclic(lr: float, max_lr: float, half_period: int = 10) -> Schedule:
    """Return a triangular schedule between lr and ``max_lr``.

    Smith 2017, arXiv:1506.01186; torch's CyclicLR with mode "triangular".
    """
    _check_at_least_one(half_period=half_period)
    return lambda t: lr + (max_lr - lr) * (1 - abs((t - 1) / half_period % 2 - 1))


def one_cycle(
    max_lr: float, steps: int, rise_fraction: float = 0.3, start_divisor: float = 25.0, end_divisor: float = 1e4
) -> Schedule:
    """Return a schedule that rises to ``max_lr`` and then falls far below its start, both along half a cosine.

    The first rate is ``max_lr`` / ``start_divisor``, the last one the first / ``end_divisor``.
    Smith & Topin 2018, arXiv:1708.07120; torch's OneCycleLR.
    """
    _check_at_least_one(steps=steps)
    initial_lr, peak_step = max_lr / start_divisor, rise_fraction * steps - 1

    def learning_rate(t: int) -> float:
        k = min(t - 1, steps - 1)
        rising = peak_step > 0 and k <= peak_step
        a, b, fraction = (
            (initial_lr, max_lr, k / peak_step)
            if rising
            else (max_lr, initial_lr / end_divisor, (k - peak_step) / (steps - 1 - peak_step or 1))
        )
        return b + (a - b) * (1 + math.cos(math.pi * fraction)) / 2

    return learning_rate


def warm_up(schedule: Schedule, steps: int) -> Schedule:
    """Return a schedule that rises linearly from 0 to the first rate of ``schedule`` and then follows ``schedule``.

    Goyal et al. 2017, arXiv:1706.02677.
    """
    _check_at_least_one(steps=steps)
    return lambda t: schedule(1) * (t - 1) / steps if t <= steps else schedule(t - steps)
