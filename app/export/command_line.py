"""An experiment in the words of the command line, and the command line that says an experiment."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from app.export.options import Options
from app.io.experiment_files import examples, load
from app.model.experiment import Curve, Experiment
from app.model.run import Run
from app.utils.i18n import tr
from app.utils.number_format import spelled
from app.utils.validation import MOST_STEPS, ExperimentError, choice, number, short

FLAGS = {"true": True, "yes": True, "false": False, "no": False}


def flag_said(kind: str, value: str) -> bool:
    if value.lower() not in FLAGS:
        raise ExperimentError(f"{kind} must be true or false, not {short(value)}")
    return FLAGS[value.lower()]


def whole_said(kind: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise ExperimentError(f"{kind} must be a whole number, not {short(value)}") from None


def _with_start(experiment: Experiment, value: str) -> Experiment:
    x, comma, y = value.partition(",")
    if not comma or "," in y:
        raise ExperimentError(f"--start needs two numbers, as in --start=-1.5,2, not {short(value)}")
    return replace(experiment, start=(x, y))  # type: ignore[arg-type]  # it makes numbers of them


def _with_steps(experiment: Experiment, value: str) -> Experiment:
    try:
        return replace(experiment, steps=int(value))
    except ValueError:
        raise ExperimentError(f"steps must be a whole number from 0 to {MOST_STEPS}, not {short(value)}") from None


SETTINGS: Mapping[str, Callable[[Experiment, str], Experiment]] = {
    "surface": lambda experiment, value: experiment.on(value.lower()),
    "start": _with_start,
    "steps": _with_steps,
    "title": lambda experiment, value: replace(experiment, title=value),
    "settled": lambda experiment, value: replace(experiment, settled=flag_said("settled", value)),
}
CURVE = [field.name for field in fields(Curve) if field.name != "extra"]
APPEARANCE: Mapping[str, Callable[[str, str], Any]] = {  # what may be said of a run beside its hyperparameters
    "color": lambda _, value: value,
    "visible": flag_said,
    "slot": whole_said,
    "replicas": whole_said,
}


def assigned(experiment: Experiment, words: str) -> Experiment:
    """The experiment with one setting changed, as in "run1.lr=0.02", "adam-2.beta1=0.8", "start=-1,2", "curve.quantity=distance".

    A hyperparameter counts from the start on.
    """
    name, equals, value = (part.strip() for part in words.partition("="))
    if not equals:
        raise ExperimentError(f"--set needs a name and a value, as in run1.lr=0.02, not {short(words)}")
    owner, dot, key = name.partition(".")
    if not dot:
        known = [*SETTINGS, *(f"curve.{setting}" for setting in CURVE), *(f"{run}.lr" for run in experiment.names)]
        return SETTINGS[choice("setting", name, known)](experiment, value)
    if owner == "curve":
        return replace(
            experiment, curve=replace(experiment.curve, **{choice("setting of the curve", key, CURVE): value})
        )
    runs = {
        **{f"run{k}": k - 1 for k in range(1, len(experiment.runs) + 1)},
        **{run: k for k, run in enumerate(experiment.names)},
    }
    index = runs[choice("run", owner.lower(), runs)]
    return experiment.with_run(index, _run_with(experiment.runs[index], key, value))


def _run_with(run: Run, name: str, value: str) -> Run:
    if name in APPEARANCE:
        return replace(run, **{name: APPEARANCE[name](name, value)})
    turned = run.turned(name, number(f"{name} of {run.optimizer}", value))
    new = [each for each in turned.hyperparameters if each not in run.hyperparameters]  # of a part that is added now
    return run.throughout({each: turned.hyperparameters[each] for each in (name, *new)})


def command_line(experiment: Experiment, options: Options, file: Path | None, target: str | Path) -> str:
    """The line that writes the experiment, at its own number of steps, to ``target``.

    ``file`` holds the experiment, or is None. It is named where words do not suffice; ExperimentError where it cannot be.
    """
    reason = _beyond_words(experiment)
    if not reason:
        words = _in_words(experiment)
    elif file is None:
        raise ExperimentError(
            tr("save the experiment first: {reason}, and a command can only name a file with that", reason=reason)
        )
    else:
        kept = load(file)
        if replace(kept, steps=experiment.steps) != experiment:
            raise ExperimentError(tr("save the experiment first: {file} holds another one", file=file.name))
        words = [_name(file)] + ([] if experiment.steps in (None, kept.steps) else ["--steps", str(experiment.steps)])
    return shlex.join(["thalweg", "export", *words, *_wished(options, Path(target)), "--to", str(target)])


def _name(file: Path) -> str:
    """The path, or the id of an example."""
    return next((name for name, (_, path) in examples().items() if path == file.absolute()), str(file))


def _beyond_words(experiment: Experiment) -> str:
    """Why an experiment cannot be said in a few words; empty where it can."""
    if any(run.earlier for run in experiment.runs):
        return tr("this race has been turned on the way")
    if experiment.branches:
        return tr("this race has branches")
    if experiment.data is not None:
        return tr("this surface is made from data")
    if not experiment.runs:
        return tr("this race has no runs")
    if any(part.extra for part in (experiment, experiment.curve, experiment.fair, *experiment.runs)):
        return tr("its file has something that only a newer version knows")
    return tr("this is a race with {words}", words=experiment.fair.words) if experiment.fair.mode else ""


def _in_words(experiment: Experiment) -> list[str]:
    assert experiment.start is not None
    words = ["--surface", experiment.surface, f"--start={','.join(map(spelled, experiment.start))}"]
    settings = [
        f"curve.{name}={value}"
        for name in CURVE
        if (value := getattr(experiment.curve, name)) != getattr(Curve(), name)
    ]
    settings += ["settled=true"] if experiment.settled else []
    for k, run in enumerate(experiment.runs):
        words += ["--run", _run_in_words(run)]
        usual = {"color": None, "visible": True, "slot": k, "replicas": 0}
        settings += [
            f"run{k + 1}.{name}={str(value).lower() if isinstance(value, bool) else value}"
            for name in APPEARANCE
            if (value := getattr(run, name)) != usual[name]
        ]
    words += [] if experiment.steps is None else ["--steps", str(experiment.steps)]
    words += [f"--title={experiment.title}"] if experiment.title else []
    return words + [word for setting in settings for word in ("--set", setting)]


def _run_in_words(run: Run) -> str:
    """As Run.parse reads it; a part is named even where it is off, since a run that has it can be turned there."""
    named = {part.id for part in run.parts} | {"lr"}
    return " ".join(
        [
            run.optimizer,
            *(
                f"{name}={spelled(value)}"
                for name, value in run.hyperparameters.items()
                if name in named or value != run.rule.declared(name).default
            ),
        ]
    )


def _wished(options: Options, target: Path) -> list[str]:
    """The options that are not as they are anyway in the format of the target."""
    from app.export.formats import format_of
    from app.export.options import DPI, FILM_DPI, FILM_SIZE, SIZE
    from app.views.camera import Camera

    kind = format_of(target).kind
    if kind in ("data", "experiment"):
        return []
    film = kind == "film"
    words = [] if options.view == "all" else ["--view", options.view]
    if options.size != (FILM_SIZE if film else SIZE):
        words += ["--size", "x".join(f"{side:.10g}" for side in options.size) + "in"]
    if options.dpi != (FILM_DPI if film else DPI):
        words += ["--dpi", spelled(options.dpi)]
    words += [] if options.theme.name == "light" else ["--theme", options.theme.name]
    words += (
        []
        if options.camera in (None, Camera())
        else [
            "--camera="
            + ",".join(map(spelled, (options.camera.azimuth, options.camera.elevation, options.camera.zoom)))
        ]
    )
    words += (
        []
        if options.window is None
        else ["--window=" + ",".join(spelled(end) for side in options.window for end in side)]
    )
    switches = {
        "--transparent": options.transparent,
        "--no-title": not options.title,
        "--no-legend": not options.legend,
        "--no-mode": not options.mode,
        "--equal": options.shown.get("equal", False),
        "--no-trials": not options.shown.get("trials", True),
    }
    words += [name for name, on in switches.items() if on]
    if film:
        told = {
            "--fps": (options.fps, 25.0),
            "--seconds": (options.seconds, None),
            "--pace": (options.pace, None),
            "--turn": (options.turn, 0.0),
        }
        words += [
            f"{name}={spelled(value)}" for name, (value, usual) in told.items() if value is not None and value != usual
        ]
    return words
