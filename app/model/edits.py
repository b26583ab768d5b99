"""What an edit at some step makes of an experiment: it is felt from then on, or from the start; what it displaces is a branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.model.branch import Branch
from app.model.comparison import Fair
from app.model.experiment import MOST_BRANCHES, Experiment
from app.model.run import Run


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
    if now.fair.mode == "rate":
        wanted = _leveled(wanted, before, olds)
    moved = wanted.start != now.start
    runs = []
    for run in wanted.runs:
        old = olds.get(run.slot)
        if old is None or moved or run.optimizer != old.optimizer:
            runs.append(run.afresh() if moved else run)
        else:
            runs.append(_turned(old, before[run.slot], run, step, from_start))
    made = {run.slot: run for run in runs}
    changed = {slot for slot, run in made.items() if slot not in olds or not races_alike(run, olds[slot])}
    lost = [
        run
        for run, extent in zip(now.runs, extents, strict=True)
        if extent > step and run.slot in made and (moved or (run.slot in changed and not from_start))
    ]
    after = replace(wanted, runs=tuple(runs), fair=now.fair)
    if moved or changed & olds.keys():  # another run beside them makes no branch idle
        after = replace(after, branches=tuple(branch for branch in after.branches if not _idle(branch, after, step)))
    return kept(after, now, tuple(run for run in now.runs if run in lost or (lost and moved)), step, extents)


def _idle(branch: Branch, after: Experiment, step: int) -> bool:
    """Whether a branch that was left at this step is what is raced again: a slider was turned there and back."""
    current = {run.slot: run for run in after.runs}
    return (
        branch.since == step
        and not branch.name
        and branch.start == after.start
        and all(run.slot in current and races_alike(run, current[run.slot]) for run in branch.runs)
    )


def kept(
    experiment: Experiment, now: Experiment, lost: tuple[Run, ...], step: int, extents: Sequence[int]
) -> Experiment:
    """The experiment with one branch more, of runs of ``now``; without any where none is lost."""
    if not lost:
        return experiment
    assert now.start is not None
    steps = max(extent for run, extent in zip(now.runs, extents, strict=True) if run in lost)
    branch = Branch(lost, now.start, steps, step)
    if branch in experiment.branches:  # a drag has come by here before
        return experiment
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


def _leveled(wanted: Experiment, before: Mapping[int | None, Run], olds: Mapping[int | None, Run]) -> Experiment:
    """With one learning rate for all: the one that was just turned, if any was; new runs take over what the others have had."""
    known = {
        run.slot: before[run.slot]
        for run in wanted.runs
        if run.rule.has_rate and run.slot in before and before[run.slot].optimizer == run.optimizer
    }
    if not known:
        return wanted
    turned = [
        run.hyperparameters["lr"]
        for run in wanted.runs
        if run.slot in known and known[run.slot].hyperparameters["lr"] != run.hyperparameters["lr"]
    ]
    runs = []
    for run in wanted.runs:
        if run.rule.has_rate and run.slot not in known:
            rates = [(since, values["lr"]) for since, values in olds[next(iter(known))].timeline]
            run = run.afresh().turned("lr", rates[0][1])
            for since, rate in rates[1:]:
                run = run.turned_at(since, {**run.hyperparameters, "lr": rate})
        runs.append(run.turned("lr", turned[0]) if turned and run.rule.has_rate else run)
    return replace(wanted, runs=tuple(runs))


def one_rate(now: Experiment, chosen: int) -> dict[int | None, float]:
    """The learning rate of the chosen run, or of the first that has one, for every run that has one, by slot."""
    rates = {run.slot: run.hyperparameters["lr"] for run in now.runs if run.rule.has_rate}
    slot = now.runs[chosen].slot if 0 <= chosen < len(now.runs) else None
    rate = rates.get(slot, next(iter(rates.values()), 0.0))
    return dict.fromkeys(rates, rate)


def made_fair(now: Experiment, fair: Fair, rates: Mapping[int | None, float]) -> Experiment:
    """A fair race; runs whose slots have a rate take it from the start on, with their other hyperparameters as they are now."""
    made = replace(
        now,
        fair=now.fair.dropped,
        runs=tuple(run.afresh().turned("lr", rates[run.slot]) if run.slot in rates else run for run in now.runs),
    )
    return replace(made, fair=replace(fair, of=made.fingerprint if fair.mode == "tuned" else 0, extra=now.fair.extra))


def started_over(now: Experiment) -> Experiment:
    """Every run with its hyperparameters of now from the start on."""
    return replace(now, runs=tuple(run.afresh() for run in now.runs))


def with_branch(now: Experiment, step: int, extents: Sequence[int]) -> Experiment:
    """The paths of now kept as a branch, to be compared with what comes."""
    return kept(now, now, now.runs, step, extents)


def without_branch(now: Experiment, index: int) -> Experiment:
    return replace(now, branches=now.branches[:index] + now.branches[index + 1 :])


def with_branch_changed(now: Experiment, index: int, **changes: object) -> Experiment:
    """One branch with another name, or shown or hidden."""
    branch = replace(now.branches[index], **changes)  # type: ignore[arg-type]
    return replace(now, branches=(*now.branches[:index], branch, *now.branches[index + 1 :]))


def _dressed(run: Run, other: Run | None) -> Run:
    """A run with the looks of another, and as many replicas."""
    return run if other is None else replace(run, visible=other.visible, color=other.color, replicas=other.replicas)


def swapped(now: Experiment, index: int, step: int, extents: Sequence[int]) -> Experiment:
    """The branch made current: its runs take their places again, and those that stood there become the branch."""
    branch = now.branches[index]
    looks = {run.slot: run for run in now.runs}
    slots = {run.slot: _dressed(run, looks.get(run.slot)) for run in branch.runs}
    moved = branch.start != now.start
    displaced = tuple(run for run in now.runs if moved or (run.slot in slots and not races_alike(run, slots[run.slot])))
    present = {run.slot for run in now.runs}
    runs = (
        *(slots.get(run.slot, run) for run in now.runs),
        *(run for run in slots.values() if run.slot not in present),
    )
    after = replace(without_branch(now, index), runs=runs, start=branch.start)
    return kept(after, now, displaced, branch.since, extents)
