"""Name an edit by what it changed, for the commands that undo and redo it."""

from __future__ import annotations

from app.model.edits import same_updates
from app.model.experiment import Experiment
from app.model.run import Run
from app.utils.i18n import gettext_noop


def name_edit(before: Experiment, after: Experiment) -> str:
    """Return what an edit did, a translatable text in title case that can follow "Undo"."""
    if after.data is not None and before.data != after.data:
        return gettext_noop("Open Data")
    if before.surface_id != after.surface_id:
        return gettext_noop("Change Surface")
    if after.comparison.mode and before.comparison != after.comparison:
        return (
            gettext_noop("Tune Learning Rates")
            if after.comparison.mode == "tuned"
            else gettext_noop("Change Comparison Mode")
        )
    if before.formula != after.formula:
        return gettext_noop("Change Formula")
    if before.parameter_timeline != after.parameter_timeline and before.start == after.start:
        return gettext_noop("Change Parameter")
    if before.domain != after.domain:
        return gettext_noop("Change Domain")
    if before.start != after.start:
        return gettext_noop("Set Start")
    if before.runs != after.runs:
        return _name_run_edit(before, after)
    if before.branches != after.branches:
        return _name_branch_edit(before, after)
    if (before.steps, before.stop_when_converged) != (after.steps, after.stop_when_converged):
        return gettext_noop("Change Stop Condition")
    if before.search_level != after.search_level:
        return gettext_noop("Search for Minima")
    if before.parameter_ranges != after.parameter_ranges:
        return gettext_noop("Change Slider Range")
    if before.loss_plot != after.loss_plot:
        return gettext_noop("Change Loss View")
    if before.map_options != after.map_options:
        return gettext_noop("Change Map Options")
    if before.comparison != after.comparison:
        return gettext_noop("Change Comparison Mode")
    return gettext_noop("Change Experiment")


def _name_run_edit(before: Experiment, after: Experiment) -> str:
    old_runs, new_runs = ({run.slot: run for run in experiment.runs} for experiment in (before, after))
    is_added, is_removed = bool(new_runs.keys() - old_runs.keys()), bool(old_runs.keys() - new_runs.keys())
    if is_added != is_removed:
        return gettext_noop("Add Run") if is_added else gettext_noop("Remove Run")
    changed = [(old_runs[slot], run) for slot, run in new_runs.items() if slot in old_runs and run != old_runs[slot]]
    return _name_run_change(*changed[0]) if changed and not is_added else gettext_noop("Change Runs")


def _name_run_change(old: Run, new: Run) -> str:
    if old.optimizer != new.optimizer:
        return gettext_noop("Change Optimizer")
    if len(old.hyperparameters) != len(new.hyperparameters):
        is_more = len(new.hyperparameters) > len(old.hyperparameters)
        return gettext_noop("Add Modifier") if is_more else gettext_noop("Remove Modifier")
    if not same_updates(old, new):
        return gettext_noop("Change Hyperparameter")
    if old.visible != new.visible:
        return gettext_noop("Show Run") if new.visible else gettext_noop("Hide Run")
    return gettext_noop("Change Run Color") if old.color != new.color else gettext_noop("Change Replicas")


def _name_branch_edit(before: Experiment, after: Experiment) -> str:
    if len(before.branches) != len(after.branches):
        is_more = len(after.branches) > len(before.branches)
        return gettext_noop("Save as Branch") if is_more else gettext_noop("Delete Branch")
    for old, new in zip(before.branches, after.branches, strict=True):
        if old.visible != new.visible:
            return gettext_noop("Show Branch") if new.visible else gettext_noop("Hide Branch")
        if old.name != new.name:
            return gettext_noop("Rename Branch")
    return gettext_noop("Save as Branch")  # the oldest one was dropped for it
