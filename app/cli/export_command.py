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
    ("figure and table of an example", "rosenbrock_momentum --to race.png race.csv"),
    (
        "experiment defined on the command line",
        '--surface beale --start=1,1.5 --run "adam lr=0.05" --run "sgd lr=0.001" --to beale.png',
    ),
    (
        "saved experiment with other settings",
        "race.json --set run1.lr=0.02 --set adam.beta1=0.8 --to other.png other.json",
    ),
    ("single view for a slide", "race.json --view contour --size 1280x720 --theme dark --to slide.png"),
    ("single view for print", "race.json --view contour --size 17x12cm --dpi print --no-title --to figure.pdf"),
    ("ten-second rotation of the 3D surface", "race.json --view surface --seconds 10 --turn 12 --to race.mp4"),
    ("all data of all steps", "race.json --steps 5000 --to race.npz race.data.json"),
    ("scripts that reproduce the experiment", "race.json --to race.py race.torch.py"),
    (
        "columns of a data file",
        '--data cars.csv --x weight --y price --standardize --run "sgd lr=0.5" --to fit.csv',
    ),
    ("all experiments in a folder", "races --to .png '{name}.csv'"),
)
EXIT_STATUS_HELP = """\
exit status:
  0    all files were written
  1    only some files were written, or an internal error occurred
  2    nothing was written because of an invalid argument or experiment
  3    a file could not be written completely (disk full or no permission)
  130  interrupted with Ctrl+C (143 by SIGTERM, 129 by SIGHUP)
Files are never left incomplete: an existing file is replaced only when the
new one is complete."""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "export",
        help="export figures, animations, data, or code",
        usage="thalweg export [EXPERIMENT ...] [options] --to FILE ...",
        description="Run experiments without a window and export figures, animations, data, or code.",
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
    group = parser.add_argument_group("experiment")
    group.add_argument(
        "experiment",
        nargs="*",
        metavar="EXPERIMENT",
        help="experiment (.json), exported figure (.png, .svg), data file (.csv), name of an example, "
        "or folder with experiments (.json)",
    )
    _add_surface_arguments(group)
    _add_simulation_arguments(group)


def _add_surface_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--surface", metavar="ID", help='loss surface (see "thalweg list surfaces")')
    group.add_argument(
        "--data",
        metavar="FILE",
        help="data file (.csv, .tsv, .txt, .dat) from which the surface is computed (default surface: "
        "linear_regression)",
    )
    group.add_argument(
        "--x",
        metavar="COLUMN",
        help="column of the data file for x, by name or number (default: the first column of numbers that does not "
        "just number the rows)",
    )
    group.add_argument(
        "--y",
        metavar="COLUMN",
        help="column for y, by name or number (default: the next such column; for logistic_regression the first one "
        "with two different values)",
    )
    group.add_argument(
        "--standardize",
        action="store_true",
        help="standardize the columns: subtract the mean and divide by the standard deviation",
    )
    group.add_argument("--landscape", metavar="FILE", help="landscape file (.npz, .npy, .h5) instead of a surface")
    group.add_argument(
        "--formula", metavar="TEXT", help='loss as a formula in x and y, or in x alone: --formula "x^2/20 + a y^2"'
    )
    group.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="value of a parameter of the formula (default: 1); can be repeated",
    )
    group.add_argument(
        "--box",
        metavar="X0,X1[,Y0,Y1]",
        help="domain of the formula (default: -5,5,-5,5), for example --box=-10,10,-5,5; two numbers for a formula "
        "without y",
    )


def _add_simulation_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--start", metavar="X[,Y]", help="starting point, for example --start=-1.5,2")
    group.add_argument(
        "--run",
        action="append",
        metavar='"OPTIMIZER NAME=VALUE ..."',
        help='add a run, for example --run "adam lr=0.05"; can be repeated; replaces the runs of the experiment',
    )
    group.add_argument(
        "--steps",
        metavar="N",
        help="number of steps (default: as in the experiment, else the step at which it was saved, else "
        f"{DEFAULT_STEPS})",
    )
    group.add_argument("--title", metavar="TEXT", help="title of the figure")
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="change a setting; can be repeated. Hyperparameters and the settings color, visible, slot, and "
        "replicas are prefixed with a run, by number or name (run1.lr, adam.lr, adam-2.lr). Other settings: "
        "surface, start, steps, title, stop_when_converged, loss_plot.quantity, loss_plot.x_quantity, "
        "loss_plot.x_scale, loss_plot.y_scale, plot_options.NAME, and map_options.NAME for every plot and map option "
        "of the file format, such as plot_options.level_scale=log",
    )


def _add_output_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument(
        "--to",
        nargs="+",
        required=True,
        metavar="FILE",
        help="output files; the extension sets the format. {name} is replaced by the name of the experiment file. "
        "An extension alone, such as .png, saves next to the experiment file under the same name. Use one of "
        "these two forms for several experiments",
    )
    group.add_argument("--quiet", action="store_true", help="do not show progress")


def _add_figure_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("figures and animations")
    group.add_argument(
        "--size",
        metavar="WxH",
        help="size in pixels, cm, or in: 1280x720, 16x9cm, 8x4.5in (default: 12.8x7.6in; animations 12.8x7.2in)",
    )
    group.add_argument("--dpi", help="dots per inch, or screen, slide, or print (default: 150; animations 100)")
    group.add_argument("--theme", help="light, dark, or contrast (default: light)")
    group.add_argument(
        "--view",
        help="single view: contour, surface (3D), curve, loss, fit, settings, rates, or difference (default: all but "
        "the maps)",
    )
    group.add_argument("--transparent", action="store_true", help="transparent background (PNG, SVG, PDF)")
    group.add_argument("--no-title", action="store_true", help="omit the title")
    group.add_argument("--no-legend", action="store_true", help="omit the legend")
    group.add_argument("--no-mode", action="store_true", help="omit the comparison mode")
    group.add_argument("--no-trials", action="store_true", help="omit line-search trial points")
    _add_plot_arguments(group)
    group.add_argument(
        "--camera",
        metavar="A,E[,ZOOM]",
        help="azimuth and elevation of the 3D surface in degrees, and zoom: --camera=-60,42,1",
    )
    group.add_argument(
        "--window", metavar="X0,X1,Y0,Y1", help="axis limits of the contour plot or the curve: --window=-2,2,-1,3"
    )


def _add_plot_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--equal", action="store_true", help="equal scales of x and y in the contour plot")
    group.add_argument(
        "--height",
        metavar="SCALE",
        help="vertical axis of the 3D surface: linear, log, or auto (default: as in the experiment)",
    )
    group.add_argument("--levels", metavar="N", help="approximate number of contour lines (default: 10)")
    group.add_argument("--lines", action="store_true", help="contour lines without filled levels")
    group.add_argument("--colormap", metavar="NAME", help="viridis (default), cividis, plasma, inferno, or magma")
    group.add_argument("--no-color-bar", action="store_true", help="omit the color bar")
    group.add_argument("--no-markers", action="store_true", help="omit the markers of single steps")
    group.add_argument("--dashes", action="store_true", help="dashed paths in every theme")
    group.add_argument(
        "--basins", action="store_true", help="basin map of the first visible run under the contour plot"
    )
    group.add_argument("--arrows", action="store_true", help="arrows of the last step of the first visible run")


def _add_animation_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("animations")
    group.add_argument("--fps", help="frames per second (default: 25)")
    group.add_argument(
        "--seconds",
        help="duration (default: as long as the steps take, at most 10 s); the last frame is held for up to 2 s of it",
    )
    group.add_argument("--pace", metavar="N", help="steps per frame; combined with --seconds, limits the duration")
    group.add_argument(
        "--turn", metavar="DEGREES", help="rotation of the 3D surface in degrees per second (default: 0)"
    )
    group.add_argument("--no-loop", action="store_true", help="play a GIF only once")


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
    formats = "".join(f"  {suffix:{width}}{export_format.name}\n" for suffix, export_format in EXPORT_FORMATS.items())
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
