"""The words of ``thalweg export``: what they are, and what they mean for each kind of format."""

from __future__ import annotations

import argparse
import re
import shlex
from dataclasses import replace
from pathlib import Path

from app.cli.argument_parser import NEGATIVE_EXAMPLES, ArgumentParser
from app.export.command_line import apply_setting, parse_integer
from app.export.options import Options
from app.io.experiment_files import IMAGE_READERS, load
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.utils.validation import ExperimentError, check_choice, check_number, shorten_repr

DEFAULT_STEPS = 200
MAX_LINE_LENGTH = 78  # characters of a line of an example, its backslash not counted
EXAMPLES = (
    ("a picture and a table of an example", "rosenbrock_momentum --to race.png race.csv"),
    ("a race said in words", '--surface beale --start=1,1.5 --run "adam lr=0.05" --run "sgd lr=0.001" --to beale.png'),
    ("a file with other settings", "race.json --set run1.lr=0.02 --set adam.beta1=0.8 --to other.png other.json"),
    ("one view for a slide", "race.json --view contour --size 1280x720 --theme dark --to slide.png"),
    ("the same for print", "race.json --view contour --size 17x12cm --dpi print --no-title --to figure.pdf"),
    ("ten seconds around the relief", "race.json --view relief --seconds 10 --turn 12 --to race.mp4"),
    ("every number of every step", "race.json --steps 5000 --to race.npz race.data.json"),
    ("the race as code", "race.json --to race.py race.torch.py"),
    ("all experiments of a folder", "races --to .png '{name}.csv'"),
)
EXIT_STATUS_HELP = """\
exit status:
  0    everything is written
  1    some of it is: the others could not be opened or said in that format;
       or something went wrong inside Thalweg
  2    nothing is written: a word, an option or an experiment cannot be used
  3    a file could not be written to its end: the disk is full, or forbidden
  130  stopped by Ctrl+C
A file is whole or not there; an old one stays until the new one is whole."""


def build_parser(epilog: str = "") -> ArgumentParser:
    argument_parser = ArgumentParser(
        prog="thalweg export",
        usage="thalweg export [EXPERIMENT ...] [options] --to FILE ...",
        epilog=epilog,
        description="Race without a window and write what came of it.",
    )
    experiment_group = argument_parser.add_argument_group("the race")
    experiment_group.add_argument(
        "experiment",
        nargs="*",
        metavar="EXPERIMENT",
        help="an experiment (.json), an exported picture (.png, .svg), a data file (.csv) of two columns, the name "
        "of an example, or a folder: all experiments (.json) in it",
    )
    experiment_group.add_argument("--surface", metavar="ID", help='the surface; "thalweg list surfaces" names them')
    experiment_group.add_argument("--start", metavar="X,Y", help="the start, as in --start=-1.5,2")
    experiment_group.add_argument(
        "--run",
        action="append",
        metavar='"OPTIMIZER NAME=VALUE ..."',
        help='a run, as in --run "adam lr=0.05"; may be repeated, and replaces the runs of the experiment',
    )
    experiment_group.add_argument(
        "--steps",
        metavar="N",
        help=f"how many updates (the experiment's own, or those to the step at which it was saved, or {DEFAULT_STEPS})",
    )
    experiment_group.add_argument("--title", metavar="TEXT", help="the title")
    experiment_group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="one setting, may be repeated: a hyperparameter from the start on, of a run by its number or its name "
        "(run1.lr, adam.lr, adam-2.lr); color, visible, slot or replicas of a run; surface, start, steps, title, "
        "settled; curve.quantity, curve.against, curve.x_scale, curve.y_scale",
    )
    output_group = argument_parser.add_argument_group("what is written")
    output_group.add_argument(
        "--to",
        nargs="+",
        required=True,
        metavar="FILE",
        help="the files; their suffixes say the formats. {name} stands for the name of the experiment's file, and a "
        "suffix alone, as in .png, writes beside it under its name; of several experiments one of the two is needed",
    )
    output_group.add_argument(
        "--quiet", action="store_true", help="say nothing of how far it is, which is only said on a terminal"
    )
    figure_group = argument_parser.add_argument_group("pictures and films")
    figure_group.add_argument(
        "--size",
        metavar="WxH",
        help="in pixels, or with a unit: 1280x720, 16x9cm, 8x4.5in (12.8x7.6in; of a film 12.8x7.2in)",
    )
    figure_group.add_argument("--dpi", help="dots an inch, or screen, slide or print (150; of a film 100)")
    figure_group.add_argument("--theme", default="light", help="light, dark or contrast (light)")
    figure_group.add_argument(
        "--view", default="all", help="one view instead of the whole figure: contour, relief, loss, fit (all)"
    )
    figure_group.add_argument("--transparent", action="store_true", help="nothing behind the figure")
    figure_group.add_argument("--no-title", action="store_true", help="without the title")
    figure_group.add_argument("--no-legend", action="store_true", help="without the legend")
    figure_group.add_argument("--no-mode", action="store_true", help="without the mode of the race")
    figure_group.add_argument("--equal", action="store_true", help="the same scale on both axes of the contour")
    figure_group.add_argument("--no-trials", action="store_true", help="without the points that a search tries")
    figure_group.add_argument(
        "--camera", metavar="A,E[,ZOOM]", help="whence the relief is seen, in degrees: --camera=-60,42,1"
    )
    figure_group.add_argument(
        "--window", metavar="X0,X1,Y0,Y1", help="the part of the plane that the contour shows: --window=-2,2,-1,3"
    )
    animation_group = argument_parser.add_argument_group("films")
    animation_group.add_argument("--fps", default="25", help="frames a second (25)")
    animation_group.add_argument("--seconds", help="how long it lasts (as long as the steps take, at most 10)")
    animation_group.add_argument("--pace", metavar="N", help="steps a frame; with --seconds, too, the film ends there")
    animation_group.add_argument(
        "--turn", default="0", metavar="DEGREES", help="by how much the relief turns a second (0)"
    )
    return argument_parser


def help_epilog() -> str:
    """The foot of the help: the formats that there are, examples with them, and what the exit status says."""
    from app.export.formats import EXPORT_FORMATS, format_for_path

    def is_supported(command: str) -> bool:
        try:
            return all(
                format_for_path(Path(word))
                for word in shlex.split(command.partition(" --to ")[2])
                if word not in EXPORT_FORMATS
            )
        except ExperimentError:
            return False

    width = max(map(len, EXPORT_FORMATS)) + 2
    formats = "".join(
        f"  {suffix:{width}}{export_format.name} ({export_format.kind})\n"
        for suffix, export_format in EXPORT_FORMATS.items()
    )
    examples = "".join(
        f"  {description}:\n{_wrap_command(command)}\n" for description, command in EXAMPLES if is_supported(command)
    )
    return f"formats:\n{formats}\nexamples:\n{examples}\n{EXIT_STATUS_HELP}"


def _wrap_command(command: str) -> str:
    """A command on lines of a narrow terminal, as a shell takes it; an option stays with its value."""
    lines = [" " * 3]
    for chunk in re.split(r" (?=--)", f"thalweg export {command}"):
        if len(lines[-1]) + len(chunk) > MAX_LINE_LENGTH:
            lines.append(" " * 7)
        lines[-1] += f" {chunk}"
    return " \\\n".join(lines)


def build_experiment(args: argparse.Namespace, source: str | Path | None) -> Experiment:
    """The experiment of a file, an example, or of the words alone, with all that the words change."""
    experiment = load(source) if source is not None else DEFAULT_EXPERIMENT
    if experiment.displayed_step and Path(str(source)).suffix.lower() in IMAGE_READERS:
        experiment = replace(experiment, steps=experiment.displayed_step)  # the picture shows this step
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
    """What the words wish of a format of that kind; ExperimentError, in one sentence, for what cannot be."""
    from app.export.options import (
        ANIMATION_DPI,
        ANIMATION_SIZE,
        DEFAULT_DPI,
        DEFAULT_SIZE,
        DPI_PRESETS,
        Options,
        parse_size,
    )
    from app.theming.theme import THEMES
    from app.views.camera import Camera

    is_animation = kind == "film"
    default_dpi = ANIMATION_DPI if is_animation else DEFAULT_DPI
    dpi = default_dpi if args.dpi is None else DPI_PRESETS.get(args.dpi) or check_number("dpi", args.dpi)
    size = parse_size(args.size, dpi) if args.size is not None else ANIMATION_SIZE if is_animation else DEFAULT_SIZE
    camera = None
    if args.camera is not None:
        azimuth, elevation, zoom = (*_parse_numbers("--camera", args.camera, (2, 3)), 1.0)[:3]
        if not (-90 <= elevation <= 90 and 0.5 <= zoom <= 4):
            raise ExperimentError(
                "a camera has an elevation from -90 to 90 degrees and a zoom from 0.5 to 4, "
                f"not {elevation:g} and {zoom:g}"
            )
        camera = Camera(azimuth, elevation, zoom)
    viewport = None
    if args.window is not None:
        left, right, bottom, top = _parse_numbers("--window", args.window, (4,))
        if not (left < right and bottom < top):
            raise ExperimentError(
                f"a window goes from a lower to a higher number, as in --window=-2,2,-1,3, not {args.window}"
            )
        viewport = (left, right), (bottom, top)
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
        camera=camera,
        viewport=viewport,
        fps=check_number("fps", args.fps),
        seconds=None if args.seconds is None else check_number("seconds", args.seconds),
        steps_per_frame=None if args.pace is None else parse_integer("pace", args.pace),
        camera_speed=check_number("turn", args.turn),
    )


def _parse_numbers(option: str, text: str, counts: tuple[int, ...]) -> list[float]:
    items = text.split(",")
    if len(items) not in counts:
        raise ExperimentError(
            f"{option} needs {' or '.join(map(str, counts))} numbers, as in {option}={NEGATIVE_EXAMPLES[option]}, "
            f"not {shorten_repr(text)}"
        )
    return [check_number(f"a number of {option}", item) for item in items]
