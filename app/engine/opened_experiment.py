"""Experiments as they are opened: with learning rates that fit a landscape, which the runs have not seen before."""

from __future__ import annotations

from pathlib import Path

from app.engine.safe_rate import with_safe_rates
from app.io.data_suffixes import DATA_SUFFIXES
from app.io.experiment_files import load, resolve_path
from app.io.landscape_files import LANDSCAPE_SUFFIXES
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment


def open_experiment(source: str | Path, current: Experiment = DEFAULT_EXPERIMENT) -> Experiment:
    """Return the experiment in a file or example, or ``current`` on a data file or landscape.

    Raises ExperimentError with one sentence if there is none.
    """
    experiment = load(source, current)
    if resolve_path(source).suffix.lower() not in LANDSCAPE_SUFFIXES:
        return experiment
    if experiment.problem is None:
        return with_safe_rates(experiment)
    from app.engine.problem_experiment import with_learning_rates  # only for a problem

    return with_learning_rates(experiment)


def open_without_questions(source: Path) -> Experiment | None:
    """Return the experiment in a file as the window shows it; None for a lesson, and data about which it has to ask.

    Raises ExperimentError if there is none.
    """
    from app.io.lesson_files import is_lesson_file  # only for a file on the command line

    if is_lesson_file(source):
        return None
    if source.suffix.lower() not in DATA_SUFFIXES:
        return open_experiment(source)
    from app.io.data_files import load_simple_data  # only for a data file

    experiment = load_simple_data(source, DEFAULT_EXPERIMENT)
    return None if experiment is None else with_safe_rates(experiment)
