"""``thalweg export``: its arguments and its help. The work is in ``export_jobs``, which loads matplotlib."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

from app.cli.argument_parser import DEFAULT_STEPS, ArgumentParser, Subparsers
from app.utils.validation import ExperimentError

MAX_LINE_LENGTH = 78  # characters of a line of an example, without the backslash
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
  130  stopped by Ctrl+C (143 by SIGTERM, 129 by SIGHUP)
A file is whole or not there; an old one stays until the new one is whole."""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "export",
        help="write figures, animations, data or code without a window",
        usage="thalweg export [EXPERIMENT ...] [options] --to FILE ...",
        description="Race without a window and write what came of it.",
    )
    parser.late_epilog = help_epilog
    add_experiment_arguments(parser)
    _add_output_arguments(parser)
    _add_figure_arguments(parser)
    _add_animation_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Export the experiments and return the exit status."""
    from app.cli.export_jobs import export

    return export(args)


def add_experiment_arguments(parser: ArgumentParser) -> None:
    """Add the arguments that ``build_experiment`` reads."""
    group = parser.add_argument_group("the race")
    group.add_argument(
        "experiment",
        nargs="*",
        metavar="EXPERIMENT",
        help="an experiment (.json), an exported picture (.png, .svg), a data file (.csv) of two columns, the name "
        "of an example, or a folder: all experiments (.json) in it",
    )
    group.add_argument("--surface", metavar="ID", help='the surface; "thalweg list surfaces" names them')
    group.add_argument("--start", metavar="X,Y", help="the start, as in --start=-1.5,2")
    group.add_argument(
        "--run",
        action="append",
        metavar='"OPTIMIZER NAME=VALUE ..."',
        help='a run, as in --run "adam lr=0.05"; may be repeated, and replaces the runs of the experiment',
    )
    group.add_argument(
        "--steps",
        metavar="N",
        help=f"how many updates (the experiment's own, or those to the step at which it was saved, or {DEFAULT_STEPS})",
    )
    group.add_argument("--title", metavar="TEXT", help="the title")
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="one setting, may be repeated: a hyperparameter from the start on, of a run by its number or its name "
        "(run1.lr, adam.lr, adam-2.lr); color, visible, slot or replicas of a run; surface, start, steps, title, "
        "settled; curve.quantity, curve.against, curve.x_scale, curve.y_scale",
    )


def _add_output_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("what is written")
    group.add_argument(
        "--to",
        nargs="+",
        required=True,
        metavar="FILE",
        help="the files; their suffixes say the formats. {name} stands for the name of the experiment's file, and a "
        "suffix alone, as in .png, writes beside it under its name; of several experiments one of the two is needed",
    )
    group.add_argument(
        "--quiet", action="store_true", help="say nothing of how far it is, which is only said on a terminal"
    )


def _add_figure_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("pictures and films")
    group.add_argument(
        "--size",
        metavar="WxH",
        help="in pixels, or with a unit: 1280x720, 16x9cm, 8x4.5in (12.8x7.6in; of a film 12.8x7.2in)",
    )
    group.add_argument("--dpi", help="dots an inch, or screen, slide or print (150; of a film 100)")
    group.add_argument("--theme", help="light, dark or contrast (light)")
    group.add_argument("--view", help="one view instead of the whole figure: contour, relief, loss, fit (all)")
    group.add_argument("--transparent", action="store_true", help="nothing behind the figure (PNG, SVG, PDF)")
    group.add_argument("--no-title", action="store_true", help="without the title")
    group.add_argument("--no-legend", action="store_true", help="without the legend")
    group.add_argument("--no-mode", action="store_true", help="without the mode of the race")
    group.add_argument("--equal", action="store_true", help="the same scale on both axes of the contour")
    group.add_argument("--no-trials", action="store_true", help="without the points that a search tries")
    group.add_argument(
        "--camera", metavar="A,E[,ZOOM]", help="whence the relief is seen, in degrees: --camera=-60,42,1"
    )
    group.add_argument(
        "--window", metavar="X0,X1,Y0,Y1", help="the part of the plane that the contour shows: --window=-2,2,-1,3"
    )


def _add_animation_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("films")
    group.add_argument("--fps", help="frames a second (25)")
    group.add_argument(
        "--seconds",
        help="how long it lasts (as long as the steps take, at most 10); the last frame is held for up to 2 s of it",
    )
    group.add_argument("--pace", metavar="N", help="steps a frame; with --seconds, too, the film ends there")
    group.add_argument("--turn", metavar="DEGREES", help="by how much the relief turns a second (0)")
    group.add_argument("--no-loop", action="store_true", help="play a GIF once instead of again and again")


def help_epilog() -> str:
    """Return the end of the help: the formats, examples with them, and the exit status."""
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
    """Wrap a command with backslashes, as a shell accepts it, between an option and the next."""
    lines = [" " * 3]
    for chunk in re.split(r" (?=--)", f"thalweg export {command}"):
        if len(lines[-1]) + len(chunk) > MAX_LINE_LENGTH:
            lines.append(" " * 7)
        lines[-1] += f" {chunk}"
    return " \\\n".join(lines)
