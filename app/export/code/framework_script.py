"""The race as a script for PyTorch or for Keras: their own optimizers go down our surface."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from app.engine.race import Race
from app.export.code import script_builder, script_text
from app.export.code.dependency_collector import DependencyCollector
from app.export.code.framework_mapping import FrameworkCall, find_counterpart
from app.export.code.numpy_script import loop_features, stages_literal
from app.model.run import Run
from app.utils.i18n import tr
from app.utils.validation import ExperimentError

# The classes whose argument weight_decay is our part of that name
NATIVE_WEIGHT_DECAY = {
    "torch": ("SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "Adamax", "NAdam", "RAdam", "ASGD"),
    "keras": (),
}
FLOAT64_STATEMENTS = {"torch": "torch.set_default_dtype(torch.float64)", "keras": 'keras.config.set_floatx("float64")'}
FRAMEWORK_TEXTS = {
    "torch": ("PyTorch", "torch.optim", "numpy and torch"),
    "keras": ("Keras", "keras.optimizers", "numpy and keras 3"),
}
NO_ZERO_LEARNING_RATE = ("ftrl",)  # where a schedule comes down to 0, Keras divides by it
RUNS_COMMENT = "the optimizer, and since which step which arguments"
MODIFIERS_COMMENT = "; what it is combined with, and since which step with which hyperparameters"


class FrameworkRun(NamedTuple):
    """A run in a framework's words: its class's calls by the step since which they hold, and what must be adjusted."""

    calls: dict[int, FrameworkCall]
    adjustment: str


def convert_run(framework: str, run: Run, last_step: int) -> FrameworkRun | None:
    """None where no class of the framework makes these steps."""
    spans = {
        start_step: {**hyperparameters}
        for start_step, hyperparameters in run.hyperparameters_by_step
        if start_step == 0 or start_step < last_step
    }
    modifiers = script_text.active_modifiers(run, last_step)
    if (run.method.takes_loss and modifiers) or (
        run.optimizer in NO_ZERO_LEARNING_RATE and any(part.stage == "rate" for part in modifiers)
    ):
        return None
    lr_changes = len({h.get("lr") for h in spans.values()}) > 1 or any(
        modifier.stage == "rate" for modifier in modifiers
    )
    match = find_counterpart(framework, run.optimizer, list(spans.values()), lr_changes)
    if match is None:
        return None
    calls, adjustment = match
    if (
        not adjustment
        and [part.id for part in modifiers] == ["weight_decay"]
        and calls[0][0] in NATIVE_WEIGHT_DECAY[framework]
    ):
        calls = [
            (name, {**arguments, "weight_decay": h.get("weight_decay", 0.0)})
            for (name, arguments), h in zip(calls, spans.values(), strict=True)
        ]
    return FrameworkRun(dict(zip(spans, calls, strict=True)), adjustment)


def torch_script(race: Race) -> str:
    """A script that needs NumPy and torch and comes to the same points, to rounding."""
    return framework_script(race, "torch")


def keras_script(race: Race) -> str:
    """A script that needs NumPy and Keras 3, on any of its backends, and comes to the same points, to rounding."""
    return framework_script(race, "keras")


def convert_runs(race: Race, framework: str) -> list[FrameworkRun]:
    """What each run is in a framework; ExperimentError, in one sentence, where one has no counterpart."""
    runs, names = race.experiment.runs, race.experiment.names
    converted = [convert_run(framework, run, race.step) for run in runs]
    missing = [name for name, each in zip(names, converted, strict=True) if each is None]
    if missing:
        raise ExperimentError(
            tr(
                "{library} has nothing that takes the very path of {names}; the NumPy script (.py) can do it",
                library=FRAMEWORK_TEXTS[framework][1],
                names=", ".join(missing),
            )
        )
    return [each for each in converted if each is not None]


def framework_script(race: Race, framework: str) -> str:
    """ExperimentError, in one sentence, where a run has no counterpart."""
    runs, (label, _, requirements) = race.experiment.runs, FRAMEWORK_TEXTS[framework]
    framework_runs = convert_runs(race, framework)
    native_flags = [
        _is_native(run, framework_run, race.step) for run, framework_run in zip(runs, framework_runs, strict=True)
    ]
    modified_runs = [run for run, is_native in zip(runs, native_flags, strict=True) if not is_native]
    modifiers = {
        modifier.id: modifier for run in modified_runs for modifier in script_text.active_modifiers(run, race.step)
    }
    enabled_features = loop_features(modified_runs, race.step) | (
        {"adjusted"} if any(found.adjustment for found in framework_runs) else set()
    )
    collector, surface = script_builder.script_context(race, True, True, enabled_features)
    function_names = {id: collector.add_function(part.function) for id, part in modifiers.items()}
    entries = [
        run_entry(framework, run, found, race.step, function_names, collector, plain)
        for run, found, plain in zip(runs, framework_runs, native_flags, strict=True)
    ]
    collector.require((framework, ""))
    lines = [*script_builder.surface_attributes(race, collector, surface), FLOAT64_STATEMENTS[framework]]
    body = "\n\n".join(
        [
            "\n".join(lines),
            *script_builder.run_blocks(race, surface, entries, RUNS_COMMENT + MODIFIERS_COMMENT * bool(modifiers)),
        ]
    )
    notes = f"The optimizers are {label}'s own; the gradient is written down by hand." + accuracy_note(framework, runs)
    return script_builder.join_script(
        script_text.script_docstring(race, requirements, notes),
        collector,
        script_builder.format_definitions(collector),
        body,
        script_builder.main_block(script_builder.SUMMARY_CODE),
    )


def accuracy_note(framework: str, runs: Iterable[Run]) -> str:
    """What must be known of a framework's accuracy."""
    rounded_names = sorted({run.method.name for run in runs if run.optimizer in ("nadam_keras", "adafactor_keras")})
    if framework == "torch" or not rounded_names:
        return ""
    return (
        f" Some constants of {' and '.join(rounded_names)} are rounded to single precision, as TensorFlow does: on another backend "
        "the paths differ by some 1e-9."
    )


def _is_native(run: Run, framework_run: FrameworkRun, last_step: int) -> bool:
    """Whether the framework's arguments say all that a run is combined with."""
    modifiers = [modifier.id for modifier in script_text.active_modifiers(run, last_step)]
    return not modifiers or (modifiers == ["weight_decay"] and "weight_decay" in framework_run.calls[0][1])


def run_entry(
    framework: str,
    run: Run,
    framework_run: FrameworkRun,
    last_step: int,
    function_names: dict[str, str],
    collector: DependencyCollector,
    is_native: bool,
) -> tuple[str, str]:
    """The loop of a run, and its arguments in words."""
    loops_module = f"app.export.code.templates.{framework}_loops"
    framework_module = FRAMEWORK_TEXTS[framework][1]
    arguments = [
        f"{framework_module}.{framework_run.calls[0][0]}",
        script_text.format_changes(_argument_changes(framework_run.calls)),
    ]
    adjustment_names = [collector.require((loops_module, framework_run.adjustment))] if framework_run.adjustment else []
    if is_native:
        return collector.require((loops_module, "descend_adjusted" if adjustment_names else "descend")), ", ".join(
            arguments + adjustment_names
        )
    modifiers = script_text.active_modifiers(run, last_step)
    names = {name for modifier in modifiers for name in modifier.hyperparameters}
    modifier_changes = {
        start_step: relevant
        for start_step, changes in script_text.hyperparameter_changes(run, last_step).items()
        if (relevant := {name: value for name, value in changes.items() if name in names})
    }
    arguments += [
        stages_literal(run, modifiers, function_names),
        script_text.format_changes(modifier_changes),
        *adjustment_names,
    ]
    return collector.require((loops_module, "descend_with_modifiers")), ", ".join(arguments)


def _argument_changes(calls: dict[int, FrameworkCall]) -> dict[int, dict[str, Any]]:
    """Since which step which arguments are others than before."""
    current: dict[str, Any] = {}
    changes = {}
    for start_step, (_, arguments) in calls.items():
        new = {name: value for name, value in arguments.items() if name not in current or current[name] != value}
        if new or not start_step:
            changes[start_step] = new
        current |= new
    return changes
