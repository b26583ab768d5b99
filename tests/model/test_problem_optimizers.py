"""Optimizers whose steps take too long with many parameters are refused in a sentence."""

from dataclasses import replace

import pytest

from app.engine.problem_experiment import with_problem
from app.io.experiment_json import from_json, to_json
from app.model.experiment import Experiment
from app.model.problem_data import is_fast_enough
from app.model.run import Run
from app.utils.validation import ExperimentError
from optimizers import OPTIMIZERS


def test_slow_optimizers_are_those_that_build_a_matrix_or_a_simplex() -> None:
    slow = {id for id, optimizer in OPTIMIZERS.items() if not is_fast_enough(optimizer, 2_410)}
    newton = {"newton", "damped_newton", "saddle_free_newton", "trust_region", "levenberg_marquardt"}
    assert slow == {*newton, "bfgs", "cma_es", "nelder_mead"}
    assert {id for id in slow if is_fast_enough(OPTIMIZERS[id], 354)} == {"bfgs", "nelder_mead"}
    assert all(is_fast_enough(optimizer, 50) for optimizer in OPTIMIZERS.values())


def test_a_problem_refuses_an_optimizer_that_takes_too_long() -> None:
    with pytest.raises(ExperimentError, match="takes too long with 354 parameters"):
        with_problem(Experiment(runs=(Run("sgd"), Run("newton"))), "moons", {"points": 20})


def test_a_run_cannot_change_to_an_optimizer_that_takes_too_long() -> None:
    experiment = with_problem(Experiment(runs=(Run("sgd", {"lr": 0.1}, rate_edited=True),)), "moons", {"points": 20})
    with pytest.raises(ExperimentError, match="choose another optimizer"):
        replace(experiment, runs=(Run("cma_es"),))
    with pytest.raises(ExperimentError, match="takes too long"):
        from_json(to_json(experiment).replace('"sgd"', '"newton"'))


def test_a_small_problem_and_a_surface_allow_every_optimizer() -> None:
    experiment = with_problem(Experiment(runs=(Run("newton"),)), "linear", {"size": 12})
    assert replace(experiment, runs=(Run("cma_es"), Run("newton"))).runs[0].optimizer == "cma_es"
    assert len(Experiment(runs=tuple(Run(id) for id in list(OPTIMIZERS)[-5:])).runs) == 5
