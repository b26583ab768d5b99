"""Texts of a script: its docstring, and the source text of hyperparameter changes and mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any

from app.engine.race import Race
from app.export.code.literals import MAX_LINE_LENGTH, escape_string, format_literal
from app.model.run import Run
from app.system.package_versions import version
from optimizers import Modifier

MAX_INLINE_LENGTH = 60


def script_docstring(race: Race, requirements: str, notes: str = "") -> str:
    """Return the docstring of a script, with the sources of the surface, optimizers and modifiers."""
    experiment, surface = race.experiment.as_of_step(race.step), race.surface
    lines = [escape_string(experiment.title) or f"{surface.name}, {race.step} steps", ""]
    runs = "1 run" if len(experiment.runs) == 1 else f"{len(experiment.runs)} runs"
    summary = f"{runs} on {surface.name}, {race.step} steps. Exported by Thalweg {version()}. Requires {requirements}."
    lines += _wrap_text(f"{summary} {notes}".rstrip())
    lines += ["", *_wrap_text(f"Surface: {surface.name}. {surface.source}.")]
    if experiment.data is not None:
        lines += _wrap_text("It is computed from the data of the experiment.")
    methods = {run.optimizer: run.method for run in experiment.runs}
    modifiers = {modifier.id: modifier for run in experiment.runs for modifier in active_modifiers(run, race.step)}
    for each in (*methods.values(), *modifiers.values()):
        lines += _wrap_text(f"{each.name}: {each.source}.")
    lines += [
        "",
        "``paths`` holds the points of each run, including the start, and ``losses`` the corresponding loss values.",
    ]
    return '"""' + "\n".join(lines) + '\n"""'


def _wrap_text(text: str) -> list[str]:
    return wrap(text, MAX_LINE_LENGTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def active_modifiers(run: Run, last_step: int) -> list[Modifier]:
    """Return the modifiers of a run that are switched on at any time before ``last_step``."""
    spans = [
        hyperparameters
        for start_step, hyperparameters in run.hyperparameters_by_step
        if start_step == 0 or start_step < last_step
    ]
    return [modifier for modifier in run.method.modifiers.values() if any(each.get(modifier.id) for each in spans)]


def hyperparameter_changes(run: Run, last_step: int) -> dict[int, dict[str, float]]:
    """Return the hyperparameters that change, by the step from which they apply; all relevant ones at step 0.

    A switch that no framework has is named only where it changes from its default.
    """
    modifiers = active_modifiers(run, last_step)
    own_names = [*run.method.hyperparameters, *(name for modifier in modifiers for name in modifier.hyperparameters)]
    changes: dict[int, dict[str, float]] = {}
    current = {name: spec.default for name, spec in run.method.hyperparameters.items() if not spec.in_frameworks}
    disabled = {modifier.id: 0.0 for modifier in modifiers}
    for start_step, hyperparameters in run.hyperparameters_by_step:
        if start_step and start_step >= last_step:
            break
        values = {name: value for name, value in {**disabled, **hyperparameters}.items() if name in own_names}
        changed = {name: values[name] for name in own_names if name in values and values[name] != current.get(name)}
        if changed or not start_step:
            changes[start_step] = changed
        current |= changed
    return changes


def format_changes(changes_by_step: Mapping[int, Mapping[str, Any]]) -> str:
    """Return changes by step as source text: ``{0: dict(lr=0.01), 120: dict(lr=0.001)}``.

    Several or long entries are written one per line.
    """
    rows = [f"{start_step}: {format_arguments(changes)}" for start_step, changes in changes_by_step.items()]
    if len(rows) < 2 and len("".join(rows)) < MAX_INLINE_LENGTH:
        return f"{{{''.join(rows)}}}"
    return "{\n" + "".join(f"        {row},\n" for row in rows) + "    }"


def format_arguments(changes: Mapping[str, Any]) -> str:
    """Return a call of ``dict`` with keyword arguments as source text, wrapped if it is long."""
    rows: list[str] = []
    for each in (f"{name}={format_literal(value)}" for name, value in changes.items()):
        if rows and len(rows[-1]) + len(each) < MAX_LINE_LENGTH - 20:
            rows[-1] += f", {each}"
        else:
            rows.append(each)
    return f"dict({f',{chr(10)}                '.join(rows)})"


def exhausted_steps(race: Race) -> dict[str, int]:
    """Return the last steps of the runs that used up their evaluations before the displayed step."""
    return {
        name: trajectory.last_step
        for name, trajectory in zip(race.experiment.names, race.trajectories, strict=True)
        if trajectory.exhausted and trajectory.last_step < race.step
    }


def format_mapping(name: str, entries: Iterable[tuple[str, str]]) -> str:
    """Return the assignment of a dictionary as source text, one entry per line."""
    return f"{name} = {{\n" + "".join(f"    {format_literal(key)}: {value},\n" for key, value in entries) + "}"
