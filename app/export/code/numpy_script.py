"""The race as a script for plain NumPy: every rule in its textbook form, and a short loop."""

from __future__ import annotations

from collections.abc import Collection

from app.engine.race import Race
from app.export.code import script_builder, script_text
from app.export.code.dependency_collector import DependencyCollector
from app.export.code.literals import format_literal
from app.model.run import Run
from optimizers import Modifier

LOOPS_MODULE = "app.export.code.templates.numpy_loops"
RUNS_COMMENT = "its rule, the state the rule begins with, and since which step which hyperparameters"
MODIFIERS_COMMENT = ", and what it is combined with"


def numpy_script(race: Race) -> str:
    """A script that needs nothing but NumPy and comes to the same points, to the bit."""
    body, collector = path_blocks(race)
    return script_builder.join_script(
        script_text.script_docstring(race, "numpy only"),
        collector,
        *body,
        script_builder.main_block(script_builder.SUMMARY_CODE),
    )


def path_blocks(race: Race, vectorized: bool = False) -> tuple[list[str], DependencyCollector]:
    """The part of a script that computes the paths. ``on_arrays``: the surface is asked for many heights at once, too."""
    runs = race.experiment.runs
    modifiers = {modifier.id: modifier for run in runs for modifier in script_text.active_modifiers(run, race.step)}
    takes_loss = any(
        run.method.takes_loss for run in runs
    )  # for second derivatives, perhaps, which are made with complex numbers
    separable = all(run.method.separable for run in runs)
    collector, surface = script_builder.script_context(
        race, not vectorized and not takes_loss, separable, loop_features(runs, race.step)
    )
    function_names = {
        id: collector.add_function(run.method.function) for id, run in ((run.optimizer, run) for run in runs)
    }
    function_names |= {id: collector.add_function(part.function) for id, part in modifiers.items()}
    entries = [run_entry(run, race.step, function_names, collector) for run in runs]
    lines = script_builder.surface_attributes(race, collector, surface)
    comment = RUNS_COMMENT + MODIFIERS_COMMENT * bool(modifiers)
    blocks = script_builder.run_blocks(race, surface, entries, comment)
    return [
        script_builder.format_definitions(collector),
        "\n\n".join(["\n".join(lines), *blocks] if lines else blocks),
    ], collector


def loop_features(runs: Collection[Run], last_step: int) -> set[str]:
    """What the loops must be able to do: see the comments at the ends of their lines."""
    result = set()
    for run in runs:
        modifiers = script_text.active_modifiers(run, last_step)
        result |= {modifier.stage for modifier in modifiers}
        result |= {"looking"} if modifiers and run.method.takes_loss else set()
        result |= (
            {"unrated"}
            if not run.method.has_learning_rate and any(part.stage == "position" for part in modifiers)
            else set()
        )
    return result


def run_entry(
    run: Run, last_step: int, function_names: dict[str, str], collector: DependencyCollector
) -> tuple[str, str]:
    """The loop of a run, and its arguments in words."""
    method, modifiers = run.method, script_text.active_modifiers(run, last_step)
    arguments = [
        function_names[run.optimizer],
        format_literal(tuple(method.state.values())),
        script_text.format_changes(script_text.hyperparameter_changes(run, last_step)),
    ]
    if not modifiers:
        loop = "descend" if method.separable else "descend_with_loss" if method.takes_loss else "descend_whole"
        return collector.require((LOOPS_MODULE, loop)), ", ".join(arguments)
    update_name = collector.require((LOOPS_MODULE, "update_by_coordinate" if method.separable else "update_whole"))
    if method.separable:
        arguments[1] = format_literal((tuple(method.state.values()),) * 2)
    loop = collector.require((LOOPS_MODULE, "descend_with_modifiers"))
    return loop, ", ".join([update_name, *arguments, stages_literal(run, modifiers, function_names)])


def stages_literal(run: Run, modifiers: list[Modifier], function_names: dict[str, str]) -> str:
    """The parts of a run by their stages, in words."""
    by_stage: dict[str, list[str]] = {}
    for modifier in modifiers:
        by_stage.setdefault(modifier.stage, []).append(function_names[modifier.id])
        if modifier.penalty and run.method.takes_loss:
            by_stage.setdefault("penalty", []).append(function_names[modifier.id])
    items = [f"{format_literal(stage)}: [{', '.join(names)}]" for stage, names in by_stage.items()]
    items += ['"looking": True'] * run.method.takes_loss + ['"unrated": True'] * (
        not run.method.has_learning_rate and "position" in by_stage
    )
    return f"{{{', '.join(items)}}}"
