"""A first learning rate that descends, if one is found, for any optimizer on any surface."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np

from app.model.experiment import Experiment
from app.model.run import Run
from optimizers import OPTIMIZERS, Hyperparameter, Optimizer, trace
from optimizers.loss import SurfaceFunction
from surfaces.surface import Bounds, Surface

LEARNING_RATES = tuple(float(f"{digit}e{exponent}") for exponent in range(-12, 4) for digit in (1, 2, 5))
SINGLE_FACTORS = (1.0, 0.1, 0.01)  # of the default, for methods without batches, which are about 40 times slower
TRIAL_STEPS = 200
MAX_ASCENT = 0.3  # of the total descent: a path with more oscillates visibly or is chaotic
MAX_RISE = 0.05  # above the start, in parts of the descent
MAX_STEP_SIZE = 0.25  # of the diagonal of the domain: a longer first step skips what the surface shows
MAX_DISTANCE = 1.5  # from the start, in diagonals of the domain: a surface without a minimum is left slowly
SAFETY_FACTOR = 2.0  # between the largest rate that descends and the safe rate
DEFAULT_SHARE = 0.9  # of the descent with the best rate, from which on the default is good enough


def safe_learning_rate(run: Run, surface: Surface, start: tuple[float, float]) -> float:
    """Return a learning rate with which a run descends from a start, or the default of the optimizer.

    The default and 1, 2 and 5 times the powers of ten from 1e-12 to 1e3 are tried for 200 steps, with all other
    hyperparameters as in the run; for optimizers that cannot compute many paths at once, only the default, a tenth and
    a hundredth of it. A rate descends if the path stays near the domain without long steps, ends below the start, is
    hardly ever above it, and rises in all by at most three tenths of what it falls.

    The best of these rates has the lowest final loss; rates above half of the largest one that descends are left out
    where possible. The result is the default if that descends about as far as with the best rate, or if no rate
    descends.
    """
    hyperparameters = tuple(sorted((name, value) for name, value in run.hyperparameters.items() if name != "lr"))
    return _find_rate(run.optimizer, hyperparameters, surface, start)


def with_safe_rate(run: Run, experiment: Experiment) -> Run:
    """Return a run with a safe learning rate; unchanged without one, and for a problem with many parameters."""
    assert experiment.start is not None
    if not run.method.has_learning_rate or experiment.problem is not None:
        return run
    return run.with_learning_rate(safe_learning_rate(run, experiment.surface, experiment.start))


def with_safe_rates(experiment: Experiment) -> Experiment:
    """Return the experiment with safe learning rates for all runs whose rate the user has not set.

    If the experiment compares runs at one learning rate, all get the lowest of the resulting rates.
    """
    runs = tuple(run if run.rate_edited else with_safe_rate(run, experiment) for run in experiment.runs)
    rates = [run.hyperparameters["lr"] for run in runs if run.method.has_learning_rate]
    if experiment.comparison.mode == "rate" and rates:
        runs = tuple(run.with_learning_rate(min(rates)) if run.method.has_learning_rate else run for run in runs)
    return replace(experiment, runs=runs)


def learning_rate_spec(run: Run, surface: Surface, start: tuple[float, float]) -> Hyperparameter:
    """Return the declaration of the learning rate with a slider that includes the rates around the safe one.

    The slider begins at least three decades below the safe rate, or at 1e-12, and ends at least one above it. That of
    an optimizer for which few rates are tried stays as it is.
    """
    spec = run.method.spec("lr")
    if not (run.method.has_learning_rate and run.method.batched) or surface.projected_problem is not None:
        return spec
    decade = math.floor(math.log10(safe_learning_rate(run, surface, start)))
    return replace(
        spec,
        slider_min=max(min(spec.slider_min, float(f"1e{decade - 3}")), LEARNING_RATES[0]),
        slider_max=max(spec.slider_max, float(f"1e{decade + 2}")),
    )


@lru_cache(maxsize=1000)
def _find_rate(
    optimizer_id: str, hyperparameters: tuple[tuple[str, float], ...], surface: Surface, start: tuple[float, float]
) -> float:
    optimizer = OPTIMIZERS[optimizer_id]
    default = optimizer.spec("lr").default
    rates = np.array(sorted({*LEARNING_RATES, default}) if optimizer.batched else [default * f for f in SINGLE_FACTORS])
    positions, losses = _try_rates(optimizer, surface, start, rates, dict(hyperparameters))
    max_step = MAX_STEP_SIZE if optimizer.batched else math.inf  # a Newton step reaches a minimum at once
    usable = np.flatnonzero(descends(positions, losses, surface.bounds, max_step))
    if not usable.size:
        return default
    lowest_loss = losses[-1]
    cautious = usable[rates[usable] <= rates[usable[-1]] / SAFETY_FACTOR] if optimizer.batched else usable
    best = min(cautious if cautious.size else usable, key=lambda k: lowest_loss[k])
    index_of_default = int(np.flatnonzero(rates == default)[0])
    needed = losses[0, best] - DEFAULT_SHARE * (losses[0, best] - lowest_loss[best])
    return default if index_of_default in usable and lowest_loss[index_of_default] <= needed else float(rates[best])


def _try_rates(
    optimizer: Optimizer,
    surface: SurfaceFunction,
    start: tuple[float, float],
    rates: np.ndarray,
    hyperparameters: dict[str, float],
) -> tuple[np.ndarray, np.ndarray]:
    """Return positions (rows, 2, n) and losses (rows, n) of the paths with n learning rates."""
    with np.errstate(all="ignore"):
        paths = trace(optimizer, surface, start, TRIAL_STEPS, lr=rates, **hyperparameters)  # type: ignore[arg-type]
    return paths.positions, paths.losses


def descends(positions: np.ndarray, losses: np.ndarray, bounds: Bounds, max_step: float = MAX_STEP_SIZE) -> np.ndarray:
    """Return, for each of n paths with positions (rows, 2, n) and losses (rows, n), whether it descends."""
    diagonal = math.hypot(*(high - low for low, high in bounds))
    with np.errstate(all="ignore"):
        changes = np.diff(losses, axis=0)
        ascent, descent = np.maximum(changes, 0).sum(axis=0), np.maximum(-changes, 0).sum(axis=0)
        step_sizes = np.hypot(*np.diff(positions, axis=0).transpose(1, 0, 2)).max(axis=0)
        distances = np.hypot(*(positions - positions[0]).transpose(1, 0, 2)).max(axis=0)
        finite = np.isfinite(losses).all(axis=0) & np.isfinite(positions).all(axis=(0, 1))
        gain, rise = losses[0] - losses[-1], losses.max(axis=0) - losses[0]
        descending = (gain > 0) & (ascent <= MAX_ASCENT * descent) & (rise <= MAX_RISE * gain)
    near = (step_sizes <= max_step * diagonal) & (distances <= MAX_DISTANCE * diagonal)
    result: np.ndarray = finite & descending & near
    return result
