"""Learning-rate schedules: each gives a function of t, the number of the update from 1, to be passed as a hyperparameter.

    trace("sgd", surface, start, 100, lr=cosine(0.1, 100))

Every formula counts k = t - 1 updates made before, as the schedulers of torch and optax do.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence

Schedule = Callable[[int], float]


def _positive(**numbers: float) -> None:
    """ValueError for a length or a factor that is not at least 1."""
    for name, number in numbers.items():
        if not number >= 1:
            raise ValueError(f"{name} must be at least 1, not {number}")


def constant(lr: float) -> Schedule:
    """The same rate for ever."""
    return lambda t: lr


def step(lr: float, every: int = 30, gamma: float = 0.1) -> Schedule:
    """Times gamma after every so many updates; torch's StepLR."""
    _positive(every=every)
    return lambda t: lr * gamma ** ((t - 1) // every)


def milestones(lr: float, at: Sequence[int], gamma: float = 0.1) -> Schedule:
    """Times gamma at each milestone; torch's MultiStepLR."""
    stones = sorted(at)
    return lambda t: lr * gamma ** bisect_right(stones, t - 1)


def exponential(lr: float, gamma: float = 0.95, over: float = 1) -> Schedule:
    """Times gamma over so many updates, smoothly; torch's ExponentialLR with over = 1, optax's exponential_decay."""
    return lambda t: lr * gamma ** ((t - 1) / over)


def cosine(lr: float, steps: int, lowest: float = 0.0) -> Schedule:
    """Half a cosine from lr to ``lowest``, and there it stays. Loshchilov & Hutter 2017, arXiv:1608.03983, without restarts."""
    _positive(steps=steps)
    return lambda t: lowest + (lr - lowest) * (1 + math.cos(math.pi * min(t - 1, steps) / steps)) / 2


def warm_restarts(lr: float, first: int = 20, factor: int = 2, lowest: float = 0.0) -> Schedule:
    """Half cosines, each ``factor`` times as long as the one before. Loshchilov & Hutter 2017, arXiv:1608.03983."""
    _positive(first=first, factor=factor)

    def rate(t: int) -> float:
        k, length = ((t - 1) % first if factor == 1 else t - 1), first
        while k >= length:
            k, length = k - length, length * factor
        return lowest + (lr - lowest) * (1 + math.cos(math.pi * k / length)) / 2

    return rate


def linear(lr: float, steps: int, start: float = 1.0, end: float = 0.0) -> Schedule:
    """From start times lr straight to end times lr, and there it stays; torch's LinearLR."""
    _positive(steps=steps)
    return lambda t: lr * (start + (end - start) * min(t - 1, steps) / steps)


def polynomial(lr: float, steps: int, power: float = 1.0, lowest: float = 0.0) -> Schedule:
    """From lr down to ``lowest`` by (1 - k/steps)^power; torch's PolynomialLR, optax's polynomial_schedule."""
    _positive(steps=steps)
    return lambda t: (lr - lowest) * (1 - min(t - 1, steps) / steps) ** power + lowest


def inverse_sqrt(lr: float, warmup: int = 1) -> Schedule:
    """Rises linearly to lr and falls as 1/sqrt(t). Vaswani et al. 2017, arXiv:1706.03762, section 5.3, in units of its peak."""
    _positive(warmup=warmup)
    return lambda t: lr * min(t / warmup, math.sqrt(warmup / t))


def cyclic(lr: float, highest: float, half: int = 10) -> Schedule:
    """Up and down between lr and ``highest`` in straight lines. Smith 2017, arXiv:1506.01186; torch's CyclicLR, triangular."""
    _positive(half=half)
    return lambda t: lr + (highest - lr) * (1 - abs((t - 1) / half % 2 - 1))


def one_cycle(highest: float, steps: int, rise: float = 0.3, start: float = 25.0, end: float = 1e4) -> Schedule:
    """Up to ``highest`` by a cosine, then far below the start. Smith & Topin 2018, arXiv:1708.07120; torch's OneCycleLR.

    The first rate is highest / start, the last one that / end.
    """
    _positive(steps=steps)
    first, top = highest / start, rise * steps - 1

    def rate(t: int) -> float:
        k = min(t - 1, steps - 1)
        rising = top > 0 and k <= top
        a, b, share = (
            (first, highest, k / top) if rising else (highest, first / end, (k - top) / (steps - 1 - top or 1))
        )
        return b + (a - b) * (1 + math.cos(math.pi * share)) / 2

    return rate


def warm_up(schedule: Schedule, steps: int) -> Schedule:
    """A straight rise from 0 to the schedule's first rate, then the schedule. Goyal et al. 2017, arXiv:1706.02677."""
    _positive(steps=steps)
    return lambda t: schedule(1) * (t - 1) / steps if t <= steps else schedule(t - steps)
