"""Conversion of the arguments of ``thalweg export`` to options."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from app.cli.argument_parser import NEGATIVE_EXAMPLES
from app.export.experiment_settings import apply_setting, parse_integer
from app.export.formats import EXPORT_FORMATS, IMAGE_OPTIONS, ExportFormat
from app.export.options import (
    ANIMATION_DPI,
    ANIMATION_SIZE,
    DEFAULT_DPI,
    DEFAULT_SIZE,
    DPI_PRESETS,
    Options,
    parse_size,
)
from app.model.experiment import Experiment
from app.theming.theme import THEMES
from app.utils.validation import ExperimentError, check_choice, check_number, shorten_repr
from app.views.camera import Camera
from surfaces.surface import Bounds

OPTION_FIELDS = {  # the field of Options that each option sets
    "--size": "size",
    "--dpi": "dpi",
    "--theme": "theme",
    "--view": "view",
    "--transparent": "transparent",
    "--no-title": "title",
    "--no-legend": "legend",
    "--no-mode": "mode",
    "--no-trials": "view_options",
    "--equal": "view_options",
    "--height": "view_options",
    "--levels": "view_options",
    "--lines": "view_options",
    "--colormap": "view_options",
    "--no-color-bar": "view_options",
    "--no-markers": "view_options",
    "--dashes": "view_options",
    "--basins": "view_options",
    "--arrows": "view_options",
    "--camera": "camera",
    "--window": "viewport",
    "--fps": "fps",
    "--seconds": "seconds",
    "--pace": "steps_per_frame",
    "--turn": "camera_speed",
    "--no-loop": "loop",
}


VIEW_ALIASES = {"surface": "relief", "3d": "relief"}  # the id of the 3D surface is the former name of this view
PLOT_ARGUMENTS = {  # the settings of an experiment that options of figures change
    "--equal": "plot_options.equal_axes=true",
    "--height": "plot_options.height_scale={}",
    "--levels": "plot_options.levels={}",
    "--lines": "plot_options.level_style=lines",
    "--colormap": "plot_options.colormap={}",
    "--no-color-bar": "plot_options.color_bar=false",
    "--no-markers": "plot_options.step_markers=false",
    "--dashes": "plot_options.dashes=true",
    "--basins": "plot_options.basin_map=true",
    "--arrows": "plot_options.step_arrows=true",
}


def with_plot_arguments(experiment: Experiment, args: argparse.Namespace) -> Experiment:
    """Return the experiment with the plot options that the arguments change."""
    for option, setting in PLOT_ARGUMENTS.items():
        value = _given_value(args, option)
        if value not in (None, False):
            experiment = apply_setting(experiment, setting.format(value))
    return experiment


def build_options(args: argparse.Namespace, kind: str) -> Options:
    """Return the options for a kind of format; raise ExperimentError with one sentence if a value is invalid."""
    default_size, default_dpi = (ANIMATION_SIZE, ANIMATION_DPI) if kind == "film" else (DEFAULT_SIZE, DEFAULT_DPI)
    dpi = default_dpi if args.dpi is None else DPI_PRESETS.get(args.dpi) or check_number("dpi", args.dpi)
    options = Options(size=default_size, dpi=dpi)  # checks dpi before sizes in pixels are divided by it
    parsers: dict[str, Callable[[str], Any]] = {
        "--size": lambda text: parse_size(text, dpi),
        "--theme": lambda text: THEMES[check_choice("theme", text, THEMES)],
        "--view": lambda text: VIEW_ALIASES.get(text, text),
        "--camera": _parse_camera,
        "--window": _parse_viewport,
        "--fps": lambda text: check_number("fps", text),
        "--seconds": lambda text: check_number("seconds", text),
        "--pace": lambda text: parse_integer("pace", text),
        "--turn": lambda text: check_number("turn", text),
    }
    values = {
        OPTION_FIELDS[option]: parse(value)
        for option, parse in parsers.items()
        if (value := _given_value(args, option)) is not None
    }
    return replace(
        options,
        **values,
        transparent=args.transparent,
        title=not args.no_title,
        legend=not args.no_legend,
        mode=not args.no_mode,
        view_options={"trials": not args.no_trials},
        loop=not args.no_loop,
    )


def check_options_apply(args: argparse.Namespace, formats: Iterable[ExportFormat]) -> None:
    """Raise ExperimentError for an option that a format does not use.

    Options of animations concern only animations, and no option concerns data, unless there is nothing else.
    """
    for option, field in OPTION_FIELDS.items():
        if _given_value(args, option) in (None, False):
            continue
        concerned_by = "view" if field in IMAGE_OPTIONS else "fps"
        concerned = [each for each in formats if concerned_by in each.options] or formats
        refusing = dict.fromkeys(each.suffix for each in concerned if field not in each.options)
        if refusing:
            supporting = [each.suffix for each in EXPORT_FORMATS.values() if field in each.options]
            raise ExperimentError(f"{option} does not apply to {', '.join(refusing)}, only to {', '.join(supporting)}")


def _given_value(args: argparse.Namespace, option: str) -> Any:
    return getattr(args, option.removeprefix("--").replace("-", "_"))


def _parse_camera(text: str) -> Camera:
    azimuth, elevation, zoom = (*_parse_numbers("--camera", text, (2, 3)), 1.0)[:3]
    if not (-90 <= elevation <= 90 and 0.5 <= zoom <= 4):
        raise ExperimentError(
            "--camera: elevation must be between -90 and 90 degrees and zoom between 0.5 and 4, not "
            f"{elevation:g} and {zoom:g}"
        )
    return Camera(azimuth, elevation, zoom)


def _parse_viewport(text: str) -> Bounds:
    left, right, bottom, top = _parse_numbers("--window", text, (4,))
    if not (left < right and bottom < top):
        raise ExperimentError(f"--window: lower limits come first, for example --window=-2,2,-1,3, not {text}")
    return (left, right), (bottom, top)


def _parse_numbers(option: str, text: str, counts: tuple[int, ...]) -> list[float]:
    items = text.split(",")
    if len(items) not in counts:
        raise ExperimentError(
            f"{option} requires {' or '.join(map(str, counts))} numbers, for example "
            f"{option}={NEGATIVE_EXAMPLES[option]}, not {shorten_repr(text)}"
        )
    return [check_number(f"a number of {option}", item) for item in items]
