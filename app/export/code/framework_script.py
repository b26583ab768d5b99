"""The race as a script for PyTorch or for Keras: their own optimizers go down our surface."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.checks import ExperimentError
from app.export.code import script, told
from app.export.code.counterparts import Call, counterpart
from app.export.code.gather import Gathered
from app.export.code.numpy_script import features, stages
from app.race import Race
from app.run import Run

# The arguments that stand for a part, of the classes that take them so
NATIVE = {"torch": {name: "weight_decay" for name in ("SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "Adamax", "NAdam", "RAdam",
                                                      "ASGD")}, "keras": {}}
SAYS = {"torch": ("PyTorch", "torch.optim", "numpy and torch"), "keras": ("Keras", "keras.optimizers", "numpy and keras 3")}
COMMENT = "the optimizer, and since which step which arguments"
COMBINED = "; what it is combined with, and since which step with which hyperparameters"


class Translated(NamedTuple):
    """A run in a framework's words: its class's calls by the step since which they hold, and what must be adjusted."""

    calls: dict[int, Call]
    adjusted: str


def translated(framework: str, run: Run, last: int) -> Translated | None:
    """None where no class of the framework makes these steps."""
    stretches = {since: {**hyperparameters} for since, hyperparameters in run.timeline if since == 0 or since < last}
    parts = told.combined(run, last)
    if run.rule.takes_loss and parts:
        return None
    lr_changes = len({h.get("lr") for h in stretches.values()}) > 1 or any(part.stage == "rate" for part in parts)
    found = counterpart(framework, run.optimizer, list(stretches.values()), lr_changes)
    if found is None:
        return None
    calls, adjusted = found
    if not adjusted and [part.id for part in parts] == list(filter(None, [NATIVE[framework].get(calls[0][0])])):
        calls = [(name, {**arguments, "weight_decay": h.get("weight_decay", 0.0)})
                 for (name, arguments), h in zip(calls, stretches.values(), strict=True)]
    return Translated(dict(zip(stretches, calls, strict=True)), adjusted)


def torch_script(race: Race) -> str:
    """A script that needs NumPy and torch and comes to the same points, to rounding."""
    return framework_script(race, "torch")


def keras_script(race: Race) -> str:
    """A script that needs NumPy and Keras 3, on any of its backends, and comes to the same points, to rounding."""
    return framework_script(race, "keras")


def framework_script(race: Race, framework: str) -> str:
    """ExperimentError, in one sentence, where a run has no counterpart."""
    runs, names = race.experiment.runs, race.experiment.names
    told_so = [translated(framework, run, race.step) for run in runs]
    missing = [name for name, found in zip(names, told_so, strict=True) if found is None]
    label, home, needs = SAYS[framework]
    if missing:
        raise ExperimentError(f"{home} has nothing that takes the very path of {', '.join(missing)}; the NumPy script (.py) can do it")
    every = [found for found in told_so if found is not None]
    simple = [not found.adjusted and _has_all(run, found, race.step) for run, found in zip(runs, every, strict=True)]
    others = [run for run, plain in zip(runs, simple, strict=True) if not plain]
    parts = {part.id: part for run in others for part in told.combined(run, race.step)}
    able = features(others, race.step) | ({"adjusted"} if any(found.adjusted for found in every) else set())
    gathered, surface = script.ground(race, not parts, able)
    named = {id: gathered.function(part.rule) for id, part in parts.items()}
    entries = [entry(framework, run, found, race.step, named, gathered, plain)
               for run, found, plain in zip(runs, every, simple, strict=True)]
    if framework == "keras":
        gathered.need(("keras", ""))
    else:
        gathered.need(("torch", ""))
    lines = script.facets(race, gathered, surface)
    lines += ['keras.config.set_floatx("float64")'] if framework == "keras" else []
    blocks = script.table(race, surface, entries, COMMENT + COMBINED * (not all(simple)))
    body = "\n\n".join(["\n".join(lines), *blocks] if lines else blocks)
    more = f"The optimizers are {label}'s own; the gradient is written down by hand."
    return script.joined(told.heading(race, needs, more), gathered, script.definitions(gathered), body,
                         script.main(script.LAST_WORDS))


def _has_all(run: Run, found: Translated, last: int) -> bool:
    """Whether the framework's arguments say all that a run is combined with."""
    parts = [part.id for part in told.combined(run, last)]
    return not parts or (parts == ["weight_decay"] and "weight_decay" in found.calls[0][1])


def entry(framework: str, run: Run, found: Translated, last: int, named: dict[str, str], gathered: Gathered,
          plain: bool) -> tuple[str, str]:
    """The loop of a run, and its arguments in words."""
    loops = f"app.export.code.with_{framework}"
    home = SAYS[framework][1]
    words = [f"{home}.{found.calls[0][0]}", told.written(_changes(found.calls))]
    if plain:
        return gathered.need((loops, "descend")), ", ".join(words)
    parts = told.combined(run, last)
    own = {name for part in parts for name in part.hyperparameters}
    more = {since: {name: value for name, value in changes.items() if name in own} for since, changes in told.turns(run, last).items()}
    words += [stages(run, parts, named), told.written({since: changes for since, changes in more.items() if changes})]
    if found.adjusted:
        words.append(gathered.need((loops, found.adjusted)))
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
