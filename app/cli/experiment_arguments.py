"""Conversion of arguments to an experiment, for all commands that simulate one."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from app.export.experiment_settings import apply_setting
from app.io.experiment_files import IMAGE_READERS, load
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run


def build_experiment(args: argparse.Namespace, source: str | Path | None) -> Experiment:
    """Return the experiment of a file or example, else the default experiment, with the changes of the arguments."""
    experiment = load(source) if source is not None else DEFAULT_EXPERIMENT
    if experiment.displayed_step and Path(str(source)).suffix.lower() in IMAGE_READERS:
        experiment = replace(experiment, steps=experiment.displayed_step)  # the step shown in the image
    for name in ("surface", "start"):
        if getattr(args, name) is not None:
            experiment = apply_setting(experiment, f"{name}={getattr(args, name)}")
    if args.run:
        experiment = replace(experiment, runs=tuple(map(Run.parse, args.run)))
    for name in ("steps", "title"):
        if getattr(args, name) is not None:
            experiment = apply_setting(experiment, f"{name}={getattr(args, name)}")
    for assignment in args.set:
        experiment = apply_setting(experiment, assignment)
    return experiment
