"""The race as a script for PyTorch or for Keras: their own optimizers go down our surface."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from app.engine.race import Race
from app.export.code import script_builder, script_text
from app.export.code.dependency_collector import Gathered
from app.export.code.framework_mapping import Call, counterpart
from app.export.code.numpy_script import features, stages
from app.model.run import Run
from app.utils.i18n import tr
from app.utils.validation import ExperimentError

# The classes whose argument weight_decay is our part of that name
NATIVE = {"torch": ("SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "Adamax", "NAdam", "RAdam", "ASGD"), "keras": ()}
FLOATS = {"torch": "torch.set_default_dtype(torch.float64)", "keras": 'keras.config.set_floatx("float64")'}
SAYS = {
    "torch": ("PyTorch", "torch.optim", "numpy and torch"),
    "keras": ("Keras", "keras.optimizers", "numpy and keras 3"),
}
NO_REST = ("ftrl",)  # where a schedule comes down to 0, Keras divides by it
COMMENT = "the optimizer, and since which step which arguments"
COMBINED = "; what it is combined with, and since which step with which hyperparameters"


class Translated(NamedTuple):
    """A run in a framework's words: its class's calls by the step since which they hold, and what must be adjusted."""

    calls: dict[int, Call]
    adjusted: str


def translated(framework: str, run: Run, last: int) -> Translated | None:
    """None where no class of the framework makes these steps."""
    stretches = {since: {**hyperparameters} for since, hyperparameters in run.timeline if since == 0 or since < last}
    parts = script_text.combined(run, last)
    if (run.rule.takes_loss and parts) or (run.optimizer in NO_REST and any(part.stage == "rate" for part in parts)):
        return None
    lr_changes = len({h.get("lr") for h in stretches.values()}) > 1 or any(part.stage == "rate" for part in parts)
    found = counterpart(framework, run.optimizer, list(stretches.values()), lr_changes)
    if found is None:
        return None
    calls, adjusted = found
    if not adjusted and [part.id for part in parts] == ["weight_decay"] and calls[0][0] in NATIVE[framework]:
        calls = [
            (name, {**arguments, "weight_decay": h.get("weight_decay", 0.0)})
            for (name, arguments), h in zip(calls, stretches.values(), strict=True)
        ]
    return Translated(dict(zip(stretches, calls, strict=True)), adjusted)


def torch_script(race: Race) -> str:
    """A script that needs NumPy and torch and comes to the same points, to rounding."""
    return framework_script(race, "torch")


def keras_script(race: Race) -> str:
    """A script that needs NumPy and Keras 3, on any of its backends, and comes to the same points, to rounding."""
    return framework_script(race, "keras")


def counterparts_of(race: Race, framework: str) -> list[Translated]:
    """What each run is in a framework; ExperimentError, in one sentence, where one has no counterpart."""
    runs, names = race.experiment.runs, race.experiment.names
    found = [translated(framework, run, race.step) for run in runs]
    missing = [name for name, each in zip(names, found, strict=True) if each is None]
    if missing:
        raise ExperimentError(
            tr(
                "{library} has nothing that takes the very path of {names}; the NumPy script (.py) can do it",
                library=SAYS[framework][1],
                names=", ".join(missing),
            )
        )
    return [each for each in found if each is not None]


def framework_script(race: Race, framework: str) -> str:
    """ExperimentError, in one sentence, where a run has no counterpart."""
    runs, (label, _, needs) = race.experiment.runs, SAYS[framework]
    every = counterparts_of(race, framework)
    simple = [_has_all(run, found, race.step) for run, found in zip(runs, every, strict=True)]
    others = [run for run, plain in zip(runs, simple, strict=True) if not plain]
    parts = {part.id: part for run in others for part in script_text.combined(run, race.step)}
    able = features(others, race.step) | ({"adjusted"} if any(found.adjusted for found in every) else set())
    gathered, surface = script_builder.ground(race, True, True, able)
    named = {id: gathered.function(part.rule) for id, part in parts.items()}
    entries = [
        entry(framework, run, found, race.step, named, gathered, plain)
        for run, found, plain in zip(runs, every, simple, strict=True)
    ]
    gathered.need((framework, ""))
    lines = [*script_builder.facets(race, gathered, surface), FLOATS[framework]]
    body = "\n\n".join(
        ["\n".join(lines), *script_builder.table(race, surface, entries, COMMENT + COMBINED * bool(parts))]
    )
    more = f"The optimizers are {label}'s own; the gradient is written down by hand." + framework_note(framework, runs)
    return script_builder.joined(
        script_text.heading(race, needs, more),
        gathered,
        script_builder.definitions(gathered),
        body,
        script_builder.main(script_builder.LAST_WORDS),
    )


def framework_note(framework: str, runs: Iterable[Run]) -> str:
    """What must be known of a framework's accuracy."""
    rounding = sorted({run.rule.name for run in runs if run.optimizer in ("nadam_keras", "adafactor_keras")})
    if framework == "torch" or not rounding:
        return ""
    return (
        f" Some constants of {' and '.join(rounding)} are rounded to single precision, as TensorFlow does: on another backend "
        "the paths differ by some 1e-9."
    )


def _has_all(run: Run, found: Translated, last: int) -> bool:
    """Whether the framework's arguments say all that a run is combined with."""
    parts = [part.id for part in script_text.combined(run, last)]
    return not parts or (parts == ["weight_decay"] and "weight_decay" in found.calls[0][1])


def entry(
    framework: str, run: Run, found: Translated, last: int, named: dict[str, str], gathered: Gathered, plain: bool
) -> tuple[str, str]:
    """The loop of a run, and its arguments in words."""
    loops = f"app.export.code.templates.{framework}_loops"
    home = SAYS[framework][1]
    words = [f"{home}.{found.calls[0][0]}", script_text.written(_changes(found.calls))]
    adjusted = [gathered.need((loops, found.adjusted))] if found.adjusted else []
    if plain:
        return gathered.need((loops, "descend_adjusted" if adjusted else "descend")), ", ".join(words + adjusted)
    parts = script_text.combined(run, last)
    names = {name for part in parts for name in part.hyperparameters}
    more = {
        since: turned
        for since, changes in script_text.turns(run, last).items()
        if (turned := {name: value for name, value in changes.items() if name in names})
    }
    words += [stages(run, parts, named), script_text.written(more), *adjusted]
    return gathered.need((loops, "descend_combined")), ", ".join(words)


def _changes(calls: dict[int, Call]) -> dict[int, dict[str, Any]]:
    """Since which step which arguments are others than before."""
    known: dict[str, Any] = {}
    changes = {}
    for since, (_, arguments) in calls.items():
        new = {name: value for name, value in arguments.items() if name not in known or known[name] != value}
        if new or not since:
            changes[since] = new
        known |= new
    return changes
