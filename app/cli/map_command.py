"""``thalweg map``: its arguments and its help. The work is in ``map_jobs``, which loads matplotlib."""

from __future__ import annotations

import argparse

from app.cli.argument_parser import Subparsers
from app.cli.export_command import add_experiment_arguments

KINDS = ("basins", "settings", "difference", "rates")
EPILOG = """\
maps:
  basins      to which minimum every start of the domain leads, in how many steps
  settings    what becomes of a run for all pairs of values of two hyperparameters
  difference  which of two runs needs fewer steps, from every start
  rates       final loss and steps against the learning rate, for every run

examples:
  figure and arrays of the basins of an example:
    thalweg map basins four_valleys --size 200 --to basins.png basins.npz
  learning rate and momentum of a run defined on the command line:
    thalweg map settings --surface elongated_bowl --start=-7,2 \\
        --run "momentum lr=0.1" --steps 500 --to settings.pdf
  two runs compared, as a table:
    thalweg map difference --surface himmelblau --run "sgd lr=0.01" \\
        --run "adam lr=0.1" --to difference.csv

Outcomes in data files: 0, 1, ... minimum; -1 still moving; -2 diverged;
-3 in a cycle; -4 at a saddle point or maximum; -5 at rest elsewhere."""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "map",
        help="export maps of many starts or settings",
        usage="thalweg map {basins,settings,difference,rates} [EXPERIMENT] [options] --to FILE ...",
        description="Compute many runs of an experiment at once, with other starts or hyperparameters, and export the\n"
        "result as a figure or as data.",
        epilog=EPILOG,
    )
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    add_experiment_arguments(parser)
    group = parser.add_argument_group("map")
    group.add_argument(
        "--select",
        nargs="+",
        metavar="RUN",
        help="run by number or name, as in run2 or adam (default: the first); two runs for a difference map (default: "
        "the first two); runs of the rate curves (default: all)",
    )
    group.add_argument(
        "--over",
        nargs=2,
        metavar="NAME",
        help="hyperparameters of a settings map: --over lr momentum (default: the learning rate and the most important "
        "other one)",
    )
    group.add_argument(
        "--size",
        metavar="N",
        help="starts or values per axis (default: 200; settings: 100; methods without batches: 50; rates: 121)",
    )
    output = parser.add_argument_group("output")
    output.add_argument(
        "--to", nargs="+", required=True, metavar="FILE", help="output files: .png, .svg, .pdf, .npz, or .csv"
    )
    output.add_argument("--quiet", action="store_true", help="do not show progress")
    figure = parser.add_argument_group("figures")
    figure.add_argument("--figure-size", metavar="WxH", help="size: 1280x880, 16x11cm, 8x5.5in (default: 9.6x6.6in)")
    figure.add_argument("--dpi", help="dots per inch, or screen, slide, or print (default: 150)")
    figure.add_argument("--theme", help="light, dark, or contrast (default: light)")
    figure.add_argument("--transparent", action="store_true", help="transparent background")
    figure.add_argument("--no-title", action="store_true", help="omit the title")


def run(args: argparse.Namespace) -> int:
    """Compute the map, write the files and return the exit status."""
    from app.cli.map_jobs import export_map

    return export_map(args)
