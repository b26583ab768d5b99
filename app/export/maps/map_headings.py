"""Titles and captions of the figures of maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.engine.basin_map import BasinMap
from app.engine.difference_map import DifferenceMap
from app.engine.settings_map import SettingsMap
from app.io.experiment_files import display_name
from app.model.experiment import Experiment
from app.model.run import Run
from app.model.start_text import start_text
from app.utils.i18n import tr


class Heading(NamedTuple):
    """The title and the caption below it."""

    title: str
    caption: str


def basin_heading(experiment: Experiment, runs: Sequence[Run], result: BasinMap | DifferenceMap, steps: int) -> Heading:
    """Return the heading of the basin map of a run, or of the difference map of two runs."""
    size = tr("{columns} x {rows} starts", columns=result.xs.size, rows=result.ys.size)
    return _heading(experiment, _run_text(runs), [size, _steps_text(steps)])


def settings_heading(experiment: Experiment, run: Run, result: SettingsMap, steps: int) -> Heading:
    """Return the heading of a settings map."""
    size = tr("{columns} x {rows} settings", columns=result.first.size, rows=result.second.size)
    return _heading(experiment, _run_text([run]), [_start_text(experiment), size, _steps_text(steps)])


def rate_heading(experiment: Experiment, steps: int) -> Heading:
    """Return the heading of rate curves."""
    texts = [_start_text(experiment), _steps_text(steps)]
    return _heading(experiment, tr("Sensitivity to the learning rate"), texts)


def _heading(experiment: Experiment, subject: str, texts: list[str]) -> Heading:
    """Return a heading whose title is that of the experiment, if it has one, and else the subject of the map."""
    surface = tr(experiment.surface.name)
    if experiment.title:
        return Heading(display_name(experiment), ", ".join([subject, surface, *texts]))
    return Heading(subject, ", ".join([surface, *texts]))


def _run_text(runs: Sequence[Run]) -> str:
    if len(runs) == 1:
        return runs[0].short_label
    return tr("{first} vs. {second}", first=runs[0].short_label, second=runs[1].short_label)


def _start_text(experiment: Experiment) -> str:
    assert experiment.start is not None
    return start_text(experiment.start, experiment.surface.dimension)


def _steps_text(steps: int) -> str:
    return tr("{steps:,} steps", steps=steps)
