"""Edits of an experiment as pure functions.

An edit at a step applies to the updates after that step, or from the start. Paths that it replaces become a branch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.model.branch import Branch
from app.model.comparison import ComparisonMode
from app.model.experiment import MAX_TOTAL_STEPS, Experiment, exceeds_branch_limits
from app.model.run import Run


def same_updates(one: Run, other: Run) -> bool:
    """Return whether two runs make the same updates; appearance and replicas are not compared."""
    return (one.optimizer, one.hyperparameters, one.history) == (other.optimizer, other.hyperparameters, other.history)


def apply_edit(
    current: Experiment, requested: Experiment, step: int, displayed_lengths: Sequence[int], from_start: bool
) -> Experiment:
    """Return ``current`` with the changes in ``requested``, an edited copy of ``current.as_of_step(step)``.

    Changed hyperparameters, and parameters of the formula, apply to the updates after ``step``, or from the first one
    with ``from_start``.
    ``displayed_lengths`` is the number of displayed steps of each run of ``current``; runs with steps beyond ``step``
    that would be lost are kept as a branch. Runs are matched by their slots.
    """
    if not requested.same_surface_kind(current):
        return requested
    requested, parameters_changed = _with_edited_parameters(current, requested, step, from_start)
    old_runs = {run.slot: run for run in current.runs}
    displayed_runs = {run.slot: run for run in current.as_of_step(step).runs}
    if current.comparison.mode == "rate":
        requested = _with_shared_learning_rate(requested, displayed_runs, old_runs)
    start_changed = requested.start != current.start
    runs: list[Run] = []
    for run in requested.runs:
        old_run = old_runs.get(run.slot)
        if old_run is None or start_changed or run.optimizer != old_run.optimizer:
            runs.append(run.without_history() if start_changed else run)
        else:
            runs.append(_with_edited_hyperparameters(old_run, displayed_runs[run.slot], run, step, from_start))
    new_runs = {run.slot: run for run in runs}
    changed = {slot for slot, run in new_runs.items() if slot not in old_runs or not same_updates(run, old_runs[slot])}
    displaced = [
        run
        for run, length in zip(current.runs, displayed_lengths, strict=True)
        if length > step
        and run.slot in new_runs
        and (start_changed or parameters_changed or (run.slot in changed and not from_start))
    ]
    result = replace(requested, runs=tuple(runs), comparison=current.comparison)
    if start_changed or parameters_changed or changed & old_runs.keys():  # an added run makes no branch redundant
        result = replace(
            result, branches=tuple(branch for branch in result.branches if not _is_redundant(branch, result, step))
        )
    return with_branch_of(
        result,
        current,
        tuple(run for run in current.runs if run in displaced or (displaced and (start_changed or parameters_changed))),
        step,
        displayed_lengths,
    )


def _with_edited_parameters(
    current: Experiment, requested: Experiment, step: int, from_start: bool
) -> tuple[Experiment, bool]:
    """Return ``requested`` with its parameters over the steps, and whether they differ only after ``step``.

    Parameters changed at step 0 or with ``from_start`` apply to the branches, too.
    """
    timeline, displayed = current.parameter_timeline, current.parameter_timeline.as_of_step(step).parameters
    changes = {name: value for name, value in requested.parameters.items() if displayed.get(name) != value}
    if requested.start != current.start:  # runs with another start have no history
        return replace(requested, parameter_history=()), False
    if not changes:
        return requested.with_parameter_timeline(timeline), False
    if step and not from_start:
        return requested.with_parameter_timeline(timeline.with_change_at_step(step, requested.parameters)), True
    timelines = [branch.parameter_timeline.with_values_from_start(changes) for branch in requested.branches]
    branches = tuple(
        replace(branch, parameters=each.parameters, parameter_history=each.history)
        for branch, each in zip(requested.branches, timelines, strict=True)
    )
    result = replace(requested, branches=branches)
    return result.with_parameter_timeline(timeline.with_values_from_start(changes)), False


def _is_redundant(branch: Branch, experiment: Experiment, step: int) -> bool:
    """Return whether an unnamed branch that was left at this step equals the current runs again."""
    runs_by_slot = {run.slot: run for run in experiment.runs}
    return (
        branch.left_at_step == step
        and not branch.name
        and branch.start == experiment.start
        and _same_parameters(branch, experiment)
        and all(run.slot in runs_by_slot and same_updates(run, runs_by_slot[run.slot]) for run in branch.runs)
    )


def _same_parameters(branch: Branch, experiment: Experiment) -> bool:
    return not experiment.formula or branch.parameter_timeline == experiment.parameter_timeline


def with_branch_of(
    experiment: Experiment, current: Experiment, runs: tuple[Run, ...], step: int, displayed_lengths: Sequence[int]
) -> Experiment:
    """Return the experiment with a branch of these runs of ``current`` added; unchanged if there are none.

    The oldest branches are dropped until all fit into the limits of an experiment.
    """
    if not runs:
        return experiment
    assert current.start is not None
    steps = max(length for run, length in zip(current.runs, displayed_lengths, strict=True) if run in runs)
    parameters = current.parameters if current.formula else None
    branch = Branch(
        runs,
        current.start,
        min(steps, MAX_TOTAL_STEPS // len(runs)),
        step,
        parameters=parameters,
        parameter_history=current.parameter_history,
    )
    if branch in experiment.branches:  # the value was here before during the same drag
        return experiment
    branches = (*experiment.branches, branch)
    while exceeds_branch_limits(branches):
        branches = branches[1:]
    return replace(experiment, branches=branches)


def drops_branches(before: Experiment, after: Experiment) -> bool:
    """Return whether an edit has dropped branches because they would not fit."""
    dropped = tuple(branch for branch in before.branches if branch not in after.branches)
    return bool(dropped) and exceeds_branch_limits((*dropped, *after.branches))


def _with_edited_hyperparameters(old_run: Run, displayed_run: Run, run: Run, step: int, from_start: bool) -> Run:
    """Return ``run`` with the history of ``old_run`` and its own changes to ``displayed_run`` applied."""
    if run is displayed_run:  # the same object keeps its replicas
        return old_run
    restyled = replace(run, hyperparameters=old_run.hyperparameters, history=old_run.history)
    if run.hyperparameters == displayed_run.hyperparameters:
        return restyled
    if not from_start:
        return restyled.with_change_at_step(step, run.hyperparameters)
    changes = {
        name: value for name, value in run.hyperparameters.items() if displayed_run.hyperparameters.get(name) != value
    }
    return restyled.with_changes_from_start(changes, displayed_run.hyperparameters.keys() - run.hyperparameters.keys())


def _with_shared_learning_rate(
    requested: Experiment, displayed_runs: Mapping[int | None, Run], old_runs: Mapping[int | None, Run]
) -> Experiment:
    """Return the experiment with one learning rate for all runs.

    A rate that was just changed applies to all; new runs take over the rates that the other runs have had.
    """
    existing = {
        run.slot: displayed_runs[run.slot]
        for run in requested.runs
        if run.method.has_learning_rate
        and run.slot in displayed_runs
        and displayed_runs[run.slot].optimizer == run.optimizer
    }
    if not existing:
        return requested
    changed = [
        run.hyperparameters["lr"]
        for run in requested.runs
        if run.slot in existing and existing[run.slot].hyperparameters["lr"] != run.hyperparameters["lr"]
    ]
    runs = []
    for run in requested.runs:
        if run.method.has_learning_rate and run.slot not in existing:
            learning_rates = [
                (start_step, values["lr"])
                for start_step, values in old_runs[next(iter(existing))].hyperparameters_by_step
            ]
            run = run.without_history().with_learning_rate(learning_rates[0][1])
            for start_step, learning_rate in learning_rates[1:]:
                run = run.with_change_at_step(start_step, {**run.hyperparameters, "lr": learning_rate})
        runs.append(run.with_learning_rate(changed[0]) if changed and run.method.has_learning_rate else run)
    return replace(requested, runs=tuple(runs))


def shared_learning_rates(current: Experiment, selected_index: int) -> dict[int | None, float]:
    """Return the learning rate of the selected run for every run that has one, by slot.

    If the selected run has none, the first rate is used.
    """
    learning_rates = {run.slot: run.hyperparameters["lr"] for run in current.runs if run.method.has_learning_rate}
    slot = current.runs[selected_index].slot if 0 <= selected_index < len(current.runs) else None
    learning_rate = learning_rates.get(slot, next(iter(learning_rates.values()), 0.0))
    return dict.fromkeys(learning_rates, learning_rate)


def with_comparison(
    current: Experiment, comparison: ComparisonMode, learning_rates: Mapping[int | None, float]
) -> Experiment:
    """Return the experiment with a comparison mode.

    Runs whose slots are in ``learning_rates`` use that rate, and their other current hyperparameters, from the start;
    so do all runs the current parameters of the formula.
    """
    result = replace(
        current,
        comparison=current.comparison.cleared,
        runs=tuple(
            run.without_history().with_learning_rate(learning_rates[run.slot]) if run.slot in learning_rates else run
            for run in current.runs
        ),
        parameter_history=() if learning_rates else current.parameter_history,
    )
    return replace(
        result,
        comparison=replace(
            comparison,
            fingerprint=result.fingerprint if comparison.mode == "tuned" else 0,
            extra=current.comparison.extra,
        ),
    )


def restarted(current: Experiment) -> Experiment:
    """Return the experiment with the current hyperparameters and parameters from the start of every run."""
    return replace(current, runs=tuple(run.without_history() for run in current.runs), parameter_history=())


def with_branch(current: Experiment, step: int, displayed_lengths: Sequence[int]) -> Experiment:
    """Return the experiment with the current runs kept as a branch."""
    return with_branch_of(current, current, current.runs, step, displayed_lengths)


def without_branch(current: Experiment, index: int) -> Experiment:
    """Return the experiment without a branch."""
    return replace(current, branches=current.branches[:index] + current.branches[index + 1 :])


def with_branch_changed(current: Experiment, index: int, **changes: object) -> Experiment:
    """Return the experiment with fields of a branch changed, such as its name or visibility."""
    branch = replace(current.branches[index], **changes)  # type: ignore[arg-type]
    return replace(current, branches=(*current.branches[:index], branch, *current.branches[index + 1 :]))


def _with_appearance_of(run: Run, other: Run | None) -> Run:
    """Return a run with the visibility, color and number of replicas of another."""
    return run if other is None else replace(run, visible=other.visible, color=other.color, replicas=other.replicas)


def with_branch_switched(current: Experiment, index: int, step: int, displayed_lengths: Sequence[int]) -> Experiment:
    """Return the experiment with the runs of a branch as current runs; those they replace become the branch."""
    branch = current.branches[index]
    current_runs = {run.slot: run for run in current.runs}
    branch_runs = {run.slot: _with_appearance_of(run, current_runs.get(run.slot)) for run in branch.runs}
    all_changed = branch.start != current.start or not _same_parameters(branch, current)
    displaced = tuple(
        run
        for run in current.runs
        if all_changed or (run.slot in branch_runs and not same_updates(run, branch_runs[run.slot]))
    )
    current_slots = {run.slot for run in current.runs}
    runs = (
        *(branch_runs.get(run.slot, run) for run in current.runs),
        *(run for run in branch_runs.values() if run.slot not in current_slots),
    )
    result = replace(without_branch(current, index), runs=runs, start=branch.start)
    if current.formula:
        result = result.with_parameter_timeline(branch.parameter_timeline)
    return with_branch_of(result, current, displaced, branch.left_at_step, displayed_lengths)
