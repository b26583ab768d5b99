"""What an edit at some step makes of an experiment: it is felt from then on, or from the start; what it displaces is a branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.branch import AS_SET, Branch, Fair
from app.experiment import MOST_BRANCHES, Experiment
from app.run import Run


def races_alike(one: Run, other: Run) -> bool:
    """Whether both make the same updates, whatever they look like."""
    return (one.optimizer, one.hyperparameters, one.earlier) == (other.optimizer, other.hyperparameters, other.earlier)


def edited(now: Experiment, wanted: Experiment, step: int, extents: Sequence[int], from_start: bool) -> Experiment:
    """``now`` with what was changed in ``wanted``, which was made from ``now.at(step)``, the experiment as it is seen.

    A run whose hyperparameters differ feels them from update ``step`` + 1 on, or with ``from_start`` from its first. Runs with
    steps beyond ``step`` (``extents``, for each run of ``now``) that would be lost so are kept as a branch. Runs are known by
    their slots.
    """
    seen, olds = now.at(step), {run.slot: run for run in now.runs}
    if wanted.surface != now.surface or wanted.data != now.data:
        return wanted
    before = {run.slot: run for run in seen.runs}
    fair = wanted.fair
    if fair.mode == "rate":
        wanted = _leveled(wanted, before)
    moved = wanted.start != now.start
    runs = []
    for run in wanted.runs:
        old = olds.get(run.slot)
        if old is None or moved or run.optimizer != old.optimizer:
            runs.append(run.afresh())
        else:
            runs.append(_turned(old, before[run.slot], run, step, from_start))
    made = {run.slot: run for run in runs}
    changed = {slot for slot, run in made.items() if slot not in olds or not races_alike(run, olds[slot])}
    if fair.mode == "tuned" and fair == now.fair and (moved or changed):
        fair = AS_SET
    lost = tuple(run for run, extent in zip(now.runs, extents, strict=True)
                 if extent > step and run.slot in made and (moved or (run.slot in changed and not from_start)))
    return kept(replace(wanted, runs=tuple(runs), fair=fair), now, lost, step, extents)


def kept(experiment: Experiment, now: Experiment, lost: tuple[Run, ...], step: int, extents: Sequence[int]) -> Experiment:
    """The experiment with one branch more, of runs of ``now``; without any where none is lost."""
    if not lost:
        return experiment
    assert now.start is not None
    steps = max(extent for run, extent in zip(now.runs, extents, strict=True) if run in lost)
    branch = Branch(lost, now.start, steps, step)
    return replace(experiment, branches=(*experiment.branches, branch)[-MOST_BRANCHES:])


def _turned(old: Run, seen: Run, run: Run, step: int, from_start: bool) -> Run:
    """``old`` with the looks of ``run`` and, where they differ from those that are ``seen``, with its hyperparameters."""
    dressed = replace(run, hyperparameters=old.hyperparameters, earlier=old.earlier)
    if run.hyperparameters == seen.hyperparameters:
        return dressed
    if not from_start:
        return dressed.turned_at(step, run.hyperparameters)
    changes = {name: value for name, value in run.hyperparameters.items() if seen.hyperparameters.get(name) != value}
    return dressed.throughout(changes, seen.hyperparameters.keys() - run.hyperparameters.keys())


def _leveled(wanted: Experiment, before: dict[int | None, Run]) -> Experiment:
    """With one learning rate for all: the one that was just turned, or else the first run's."""
    rates = [(run.hyperparameters["lr"], before.get(run.slot)) for run in wanted.runs if run.rule.has_rate]
    if not rates:
        return wanted
    rate = next((lr for lr, old in rates if old is not None and old.hyperparameters.get("lr") != lr), rates[0][0])
    return replace(wanted, runs=tuple(run.turned("lr", rate) if run.rule.has_rate else run for run in wanted.runs))


def made_fair(now: Experiment, fair: Fair, rates: Mapping[int | None, float]) -> Experiment:
    """A fair race; runs whose slots have a rate take it from the start on, with their other hyperparameters as they are now."""
    return replace(now, fair=fair, runs=tuple(
        run.afresh().turned("lr", rates[run.slot]) if run.slot in rates else run for run in now.runs))


def started_over(now: Experiment) -> Experiment:
    """Every run with its hyperparameters of now from the start on."""
    return replace(now, runs=tuple(run.afresh() for run in now.runs))


def with_branch(now: Experiment, step: int, extents: Sequence[int]) -> Experiment:
    """The paths of now kept as a branch, to be compared with what comes."""
    return kept(now, now, now.runs, step, extents)


def without_branch(now: Experiment, index: int) -> Experiment:
    return replace(now, branches=now.branches[:index] + now.branches[index + 1:])


def with_branch_changed(now: Experiment, index: int, **changes: object) -> Experiment:
    """One branch with another name, or shown or hidden."""
    branch = replace(now.branches[index], **changes)  # type: ignore[arg-type]
    return replace(now, branches=(*now.branches[:index], branch, *now.branches[index + 1:]))


def swapped(now: Experiment, index: int, step: int, extents: Sequence[int]) -> Experiment:
    """The branch made current: its runs take their places again, and those that stood there become the branch."""
    branch = now.branches[index]
    slots = {run.slot: run for run in branch.runs}
    moved = branch.start != now.start
    displaced = tuple(run for run in now.runs if moved or (run.slot in slots and not races_alike(run, slots[run.slot])))
    present = {run.slot for run in now.runs}
    runs = (*(slots.get(run.slot, run) for run in now.runs), *(run for run in branch.runs if run.slot not in present))
    after = replace(without_branch(now, index), runs=runs, start=branch.start)
    return kept(after, now, displaced, branch.since, extents)
