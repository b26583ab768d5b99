"""Export of a race as a script for NumPy: the update rules, and one loop for all runs."""

from __future__ import annotations

from collections.abc import Collection

from app.engine.race import Race
from app.export.code import script_builder, script_text
from app.export.code.dependency_collector import DependencyCollector
from app.export.code.literals import format_literal
from app.model.run import Run
from optimizers import Modifier

LOOP = ("app.export.code.templates.numpy_loop", "descend")
RUNS_COMMENT = "update rule, initial state, changes of hyperparameters by step"
KIND_COMMENT = ', what the rule takes ("element", "whole" or "loss")'
MODIFIERS_COMMENT = ", modifiers by stage"


def numpy_script(race: Race) -> str:
    """Return a script that needs only NumPy and computes exactly the same points."""
    body, collector = path_blocks(race)
    return script_builder.join_script(
        script_text.script_docstring(race, "only NumPy"),
        collector,
        *body,
        script_builder.main_block(script_builder.SUMMARY_CODE),
    )


def path_blocks(race: Race, vectorized: bool = False) -> tuple[list[str], DependencyCollector]:
    """Return the blocks of a script that compute the paths, and the collector of their definitions.

    ``vectorized``: the script also evaluates the surface on arrays.
    """
    runs = race.experiment.runs
    modifiers = {modifier.id: modifier for run in runs for modifier in script_text.active_modifiers(run, race.step)}
    takes_loss = any(run.method.takes_loss for run in runs)  # second derivatives use complex numbers, not floats
    separable = all(run.method.separable for run in runs)
    features = loop_features(runs, race.step, race.surface.dimension)
    features |= {"changing"} if script_builder.has_changing_surface(race) else set()
    collector, function = script_builder.script_context(race, not vectorized and not takes_loss, separable, features)
    surface, lines = script_builder.add_changing_surface(race, collector, function)
    function_names = {run.optimizer: collector.add_function(run.method.function) for run in runs}
    function_names |= {id: collector.add_function(modifier.function) for id, modifier in modifiers.items()}
    entries = [run_entry(run, race.step, function_names, collector.features) for run in runs]
    descend = collector.require(LOOP)
    lines += script_builder.surface_attributes(race, collector, surface)
    comment = RUNS_COMMENT + KIND_COMMENT * (not separable) + MODIFIERS_COMMENT * bool(modifiers)
    blocks = script_builder.run_blocks(race, surface, descend, entries, comment)
    definitions = script_builder.format_definitions(collector)
    return [definitions, "\n\n".join(["\n".join(lines), *blocks] if lines else blocks)], collector


def loop_features(runs: Collection[Run], last_step: int, dimension: int) -> set[str]:
    """Return the words that select the optional lines of the templates."""
    result = {"whole"} if any(not run.method.separable for run in runs) else set()
    for run in runs:
        modifiers = script_text.active_modifiers(run, last_step)
        stages = {modifier.stage for modifier in modifiers}
        result |= stages
        if modifiers:
            result.add("modified")
        if run.method.takes_loss:
            result.add("takes_loss" if modifiers else "takes_plain_loss")
        if "position" in stages and not run.method.has_learning_rate:
            result.add("no_learning_rate")
    line_features = {"line", "line_of_points"} if result else {"line"}
    if not result:
        result.add("plain")
    result |= line_features if dimension == 1 else set()
    return result - ({"takes_plain_loss"} if "takes_loss" in result else set())


def run_entry(run: Run, last_step: int, function_names: dict[str, str], features: Collection[str]) -> str:
    """Return the source text of the arguments of a run."""
    method, modifiers = run.method, script_text.active_modifiers(run, last_step)
    arguments = [
        function_names[run.optimizer],
        format_literal(tuple(method.state.values())),
        script_text.format_changes(script_text.hyperparameter_changes(run, last_step)),
    ]
    kind = "element" if method.separable else "loss" if method.takes_loss else "whole"
    if kind != "element" or (modifiers and "whole" in features):
        arguments.append(format_literal(kind))
    if modifiers:
        arguments.append(stages_literal(run, modifiers, function_names))
    return ", ".join(arguments)


def stages_literal(run: Run, modifiers: list[Modifier], function_names: dict[str, str]) -> str:
    """Return the source text of the modifiers of a run by stage."""
    by_stage: dict[str, list[str]] = {}
    for modifier in modifiers:
        by_stage.setdefault(modifier.stage, []).append(function_names[modifier.id])
        if modifier.penalty and run.method.takes_loss:
            by_stage.setdefault("penalty", []).append(function_names[modifier.id])
    items = [f"{format_literal(stage)}: [{', '.join(names)}]" for stage, names in by_stage.items()]
    if "position" in by_stage and not run.method.has_learning_rate:
        items.append('"no_learning_rate": True')
    return f"{{{', '.join(items)}}}"
