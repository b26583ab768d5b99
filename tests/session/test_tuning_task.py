"""*Each tuned* chooses from the rates of the rate curves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.engine.displayed_maps import rate_curves_job
from app.engine.learning_rate_grid import common_learning_rates
from app.model.experiment import Experiment
from app.model.run import Run
from app.session.tuning_task import tune_learning_rates
from app.utils.progress_generators import finish
from surfaces import SURFACES

STEPS = 60


@pytest.mark.parametrize("hidden", [None, 2])
def test_tuned_rates_are_the_lowest_points_of_the_rate_curves(hidden: int | None) -> None:
    ids = ("adam", "momentum", "rmsprop", "nelder_mead")
    runs = tuple(Run(name, slot=k, visible=k != hidden) for k, name in enumerate(ids))
    experiment = Experiment("rosenbrock", (-0.5, 2.5), runs, steps=STEPS)
    rates = finish(tune_learning_rates(experiment, STEPS))
    job = rate_curves_job(experiment)
    assert job is not None
    curves = job.finish()
    shown = [run for run in experiment.runs if run.visible]
    assert len(curves) == len(shown)
    for run, curve in zip(shown, curves, strict=True):
        at = np.flatnonzero(curve.learning_rates == rates[run.slot])
        assert at.size == 1, (run, rates)
        tried = slice(None) if run.method.batched else slice(None, None, 8)
        assert curve.loss[at[0]] <= np.nanmin(curve.loss[tried]) * (1 + 1e-9)


def test_fewer_rates_are_a_part_of_all() -> None:
    runs = [Run("adam"), replace(Run("sgd"), slot=1)]
    surface, start = SURFACES["himmelblau"], (1.0, 2.0)
    every = set(common_learning_rates(runs, surface, start).tolist())
    for count in (16, 31, 61):
        rates = common_learning_rates(runs, surface, start, count)
        assert rates.size == count
        assert set(rates.tolist()) <= every
        assert {rates[0], rates[-1]} == {min(every), max(every)}
    assert common_learning_rates(runs, surface, start, 50).size == 50
