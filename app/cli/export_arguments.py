"""Conversion of the arguments of ``thalweg export`` to an experiment and to options."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from app.cli.argument_parser import NEGATIVE_EXAMPLES
from app.export.experiment_settings import apply_setting, parse_integer
from app.export.options import (
    ANIMATION_DPI,
    ANIMATION_SIZE,
    DEFAULT_DPI,
    DEFAULT_SIZE,
    DPI_PRESETS,
    Options,
    parse_size,
)
from app.io.experiment_files import IMAGE_READERS, load
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.theming.theme import THEMES
from app.utils.validation import ExperimentError, check_choice, check_number, shorten_repr
from app.views.camera import Camera
from surfaces.surface import Bounds


def build_experiment(args: argparse.Namespace, source: str | Path | None) -> Experiment:
    """Return the experiment of a file or example, else the default experiment, with the changes of the arguments."""
    experiment = load(source) if source is not None else DEFAULT_EXPERIMENT
    if experiment.displayed_step and Path(str(source)).suffix.lower() in IMAGE_READERS:
        experiment = replace(experiment, steps=experiment.displayed_step)  # the step shown in the image
    for name in ("surface", "start"):
        if getattr(args, name) is not None:
            experiment = apply_setting(experiment, f"{name}={getattr(args, name)}")
    if args.run:
        experiment = replace(experiment, runs=tuple(map(Run.parse, args.run)))
    for name in ("steps", "title"):
        if getattr(args, name) is not None:
            experiment = apply_setting(experiment, f"{name}={getattr(args, name)}")
    for assignment in args.set:
        experiment = apply_setting(experiment, assignment)
    return experiment


def build_options(args: argparse.Namespace, kind: str) -> Options:
    """Return the options for a kind of format; raise ExperimentError with one sentence if a value is invalid."""
    is_animation = kind == "film"
    default_dpi = ANIMATION_DPI if is_animation else DEFAULT_DPI
    dpi = default_dpi if args.dpi is None else DPI_PRESETS.get(args.dpi) or check_number("dpi", args.dpi)
    size = parse_size(args.size, dpi) if args.size is not None else ANIMATION_SIZE if is_animation else DEFAULT_SIZE
    return Options(
        view=args.view,
        size=size,
        dpi=dpi,
        theme=THEMES[check_choice("theme", args.theme, THEMES)],
        transparent=args.transparent,
        title=not args.no_title,
        legend=not args.no_legend,
        mode=not args.no_mode,
        view_options={"equal": args.equal, "trials": not args.no_trials},
        camera=None if args.camera is None else _parse_camera(args.camera),
        viewport=None if args.window is None else _parse_viewport(args.window),
        fps=check_number("fps", args.fps),
        seconds=None if args.seconds is None else check_number("seconds", args.seconds),
        steps_per_frame=None if args.pace is None else parse_integer("pace", args.pace),
        camera_speed=check_number("turn", args.turn),
    )


def _parse_camera(text: str) -> Camera:
    azimuth, elevation, zoom = (*_parse_numbers("--camera", text, (2, 3)), 1.0)[:3]
    if not (-90 <= elevation <= 90 and 0.5 <= zoom <= 4):
        raise ExperimentError(
            f"a camera has an elevation from -90 to 90 degrees and a zoom from 0.5 to 4, not {elevation:g} and {zoom:g}"
        )
    return Camera(azimuth, elevation, zoom)


def _parse_viewport(text: str) -> Bounds:
    left, right, bottom, top = _parse_numbers("--window", text, (4,))
    if not (left < right and bottom < top):
        raise ExperimentError(f"a window goes from a lower to a higher number, as in --window=-2,2,-1,3, not {text}")
    return (left, right), (bottom, top)


def _parse_numbers(option: str, text: str, counts: tuple[int, ...]) -> list[float]:
    items = text.split(",")
    if len(items) not in counts:
        raise ExperimentError(
            f"{option} needs {' or '.join(map(str, counts))} numbers, as in {option}={NEGATIVE_EXAMPLES[option]}, "
            f"not {shorten_repr(text)}"
        )
    return [check_number(f"a number of {option}", item) for item in items]
