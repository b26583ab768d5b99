"""Export of a race as a script for PyTorch or Keras, with their own optimizers on the surface of the race."""

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

# Classes whose argument weight_decay is equivalent to the modifier of that name
NATIVE_WEIGHT_DECAY = {
    "torch": ("SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "Adamax", "NAdam", "RAdam", "ASGD"),
    "keras": (),
}
FLOAT64_STATEMENTS = {"torch": "torch.set_default_dtype(torch.float64)", "keras": 'keras.config.set_floatx("float64")'}
FRAMEWORK_TEXTS = {
    "torch": ("PyTorch", "torch.optim", "numpy and torch"),
    "keras": ("Keras", "keras.optimizers", "numpy and keras 3"),
}
NO_ZERO_LEARNING_RATE = ("ftrl",)  # Keras divides by the learning rate, which a schedule may decrease to 0
RUNS_COMMENT = "optimizer class, changes of its arguments by step"
ADJUSTMENT_COMMENT = ", adjustment before every step or None"
MODIFIERS_COMMENT = "; modifiers by stage, changes of their hyperparameters by step"


class FrameworkRun(NamedTuple):
    """A run in a framework: the calls by the step from which they apply, and the name of the adjustment."""

    calls: dict[int, FrameworkCall]
    adjustment: str


def convert_run(framework: str, run: Run, last_step: int) -> FrameworkRun | None:
    """Return the run in a framework, or None if the framework has no equivalent."""
    spans = {
        start_step: {**hyperparameters}
        for start_step, hyperparameters in run.hyperparameters_by_step
        if start_step == 0 or start_step < last_step
    }
    modifiers = script_text.active_modifiers(run, last_step)
    if (run.method.takes_loss and modifiers) or (
        run.optimizer in NO_ZERO_LEARNING_RATE and any(modifier.stage == "rate" for modifier in modifiers)
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
        and [modifier.id for modifier in modifiers] == ["weight_decay"]
        and calls[0][0] in NATIVE_WEIGHT_DECAY[framework]
    ):
        calls = [
            (name, {**arguments, "weight_decay": h.get("weight_decay", 0.0)})
            for (name, arguments), h in zip(calls, spans.values(), strict=True)
        ]
    return FrameworkRun(dict(zip(spans, calls, strict=True)), adjustment)


def torch_script(race: Race) -> str:
    """Return a script for torch that computes the same points within floating-point precision."""
    return framework_script(race, "torch")


def keras_script(race: Race) -> str:
    """Return a script for Keras 3, on any backend, that computes the same points within floating-point precision."""
    return framework_script(race, "keras")


def convert_runs(race: Race, framework: str) -> list[FrameworkRun]:
    """Return each run in a framework; raise ExperimentError if one has no equivalent."""
    runs, names = race.experiment.runs, race.experiment.names
    converted = [convert_run(framework, run, race.step) for run in runs]
    missing = [
        _name_with_switches(name, run) for name, run, each in zip(names, runs, converted, strict=True) if each is None
    ]
    if missing:
        raise ExperimentError(
            tr(
                "{library} has no exact equivalent of {names}; export a NumPy script (.py) instead",
                library=FRAMEWORK_TEXTS[framework][1],
                names=", ".join(missing),
            )
        )
    return [each for each in converted if each is not None]


def _name_with_switches(name: str, run: Run) -> str:
    """Return the name of a run, followed by the switches that no framework has in that position."""
    positions = {
        f"{tr(spec.label)} {tr('on') if values[switch] else tr('off')}": None
        for switch, spec in run.method.hyperparameters.items()
        for _, values in run.hyperparameters_by_step
        if not spec.in_frameworks and values[switch] != spec.default
    }
    return f"{name} ({', '.join(positions)})" if positions else name


def framework_script(race: Race, framework: str) -> str:
    """Return the script for a framework; raise ExperimentError if a run has no equivalent."""
    runs, (label, _, requirements) = race.experiment.runs, FRAMEWORK_TEXTS[framework]
    framework_runs = convert_runs(race, framework)
    modified_runs = [
        run for run, each in zip(runs, framework_runs, strict=True) if not _is_native(run, each, race.step)
    ]
    modifiers = {
        modifier.id: modifier for run in modified_runs for modifier in script_text.active_modifiers(run, race.step)
    }
    features = loop_features(modified_runs, race.step, race.surface.dimension)
    if any(framework_run.adjustment for framework_run in framework_runs):
        features.add("adjusted")
    if any(run.method.takes_loss for run in runs):
        features.add("closure")
    if script_builder.has_changing_surface(race):
        features.add("changing")
    collector, function = script_builder.script_context(race, True, True, features)
    surface, lines = script_builder.add_changing_surface(race, collector, function)
    function_names = {id: collector.add_function(modifier.function) for id, modifier in modifiers.items()}
    entries = [
        run_entry(framework, run, framework_run, race.step, function_names, collector)
        for run, framework_run in zip(runs, framework_runs, strict=True)
    ]
    descend = collector.require((template_module(framework), "descend"))
    collector.require((framework, ""))
    lines += [*script_builder.surface_attributes(race, collector, surface), FLOAT64_STATEMENTS[framework]]
    comment = RUNS_COMMENT + ADJUSTMENT_COMMENT * ("adjusted" in features) + MODIFIERS_COMMENT * bool(modifiers)
    body = "\n\n".join(["\n".join(lines), *script_builder.run_blocks(race, surface, descend, entries, comment)])
    notes = f"Uses the built-in optimizers of {label}; the surface function computes the gradient." + accuracy_note(
        framework, runs
    )
    return script_builder.join_script(
        script_text.script_docstring(race, requirements, notes),
        collector,
        script_builder.format_definitions(collector),
        body,
        script_builder.main_block(script_builder.SUMMARY_CODE),
    )


def accuracy_note(framework: str, runs: Iterable[Run]) -> str:
    """Return a note on the accuracy of a framework; empty if there is nothing to note."""
    rounded_names = sorted({run.method.name for run in runs if run.optimizer in ("nadam_keras", "adafactor_keras")})
    if framework == "torch" or not rounded_names:
        return ""
    return (
        f" Some constants of {' and '.join(rounded_names)} are rounded to single precision, as in TensorFlow; "
        "with another backend, paths differ by about 1e-9."
    )


def template_module(framework: str) -> str:
    """Return the name of the module with the loop and the adjustments of a framework."""
    return f"app.export.code.templates.{framework}_loop"


def _is_native(run: Run, framework_run: FrameworkRun, last_step: int) -> bool:
    """Return whether arguments of the framework express all modifiers of a run."""
    modifiers = [modifier.id for modifier in script_text.active_modifiers(run, last_step)]
    return not modifiers or (modifiers == ["weight_decay"] and "weight_decay" in framework_run.calls[0][1])


def run_entry(
    framework: str,
    run: Run,
    framework_run: FrameworkRun,
    last_step: int,
    function_names: dict[str, str],
    collector: DependencyCollector,
) -> str:
    """Return the source text of the arguments of a run."""
    is_native = _is_native(run, framework_run, last_step)
    arguments = [
        f"{FRAMEWORK_TEXTS[framework][1]}.{framework_run.calls[0][0]}",
        script_text.format_changes(_argument_changes(framework_run.calls)),
    ]
    if framework_run.adjustment:
        arguments.append(collector.require((template_module(framework), framework_run.adjustment)))
    elif not is_native and "adjusted" in collector.features:
        arguments.append("None")
    if not is_native:
        modifiers = script_text.active_modifiers(run, last_step)
        names = {name for modifier in modifiers for name in modifier.hyperparameters}
        modifier_changes = {
            start_step: relevant
            for start_step, changes in script_text.hyperparameter_changes(run, last_step).items()
            if (relevant := {name: value for name, value in changes.items() if name in names})
        }
        arguments += [stages_literal(run, modifiers, function_names), script_text.format_changes(modifier_changes)]
    return ", ".join(arguments)


def _argument_changes(calls: dict[int, FrameworkCall]) -> dict[int, dict[str, Any]]:
    """Return the arguments that change, by the step from which they apply."""
    current: dict[str, Any] = {}
    changes = {}
    for start_step, (_, arguments) in calls.items():
        new = {name: value for name, value in arguments.items() if name not in current or current[name] != value}
        if new or not start_step:
            changes[start_step] = new
        current |= new
    return changes
