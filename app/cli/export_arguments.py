"""The words of ``thalweg export``: what they are, and what they mean for each kind of format."""

from __future__ import annotations

import argparse
import re
import shlex
from dataclasses import replace
from pathlib import Path

from app.cli.argument_parser import NEGATIVE, Parser
from app.export.command_line import assigned, whole_said
from app.export.options import Options
from app.io.experiment_files import PICTURES, load
from app.model.experiment import FIRST, Experiment
from app.model.run import Run
from app.utils.validation import ExperimentError, choice, number, short

DEFAULT_STEPS = 200
WIDE = 78  # characters of a line of an example, its backslash not counted
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
STATUS = """\
exit status:
  0    everything is written
  1    some of it is: the others could not be opened or said in that format;
       or something went wrong inside Thalweg
  2    nothing is written: a word, an option or an experiment cannot be used
  3    a file could not be written to its end: the disk is full, or forbidden
  130  stopped by Ctrl+C
A file is whole or not there; an old one stays until the new one is whole."""


def parser(epilog: str = "") -> Parser:
    made = Parser(
        prog="thalweg export",
        usage="thalweg export [EXPERIMENT ...] [options] --to FILE ...",
        epilog=epilog,
        description="Race without a window and write what came of it.",
    )
    race = made.add_argument_group("the race")
    race.add_argument(
        "experiment",
        nargs="*",
        metavar="EXPERIMENT",
        help="an experiment (.json), an exported picture (.png, .svg), a data file (.csv) of two columns, the name "
        "of an example, or a folder: all experiments (.json) in it",
    )
    race.add_argument("--surface", metavar="ID", help='the surface; "thalweg list surfaces" names them')
    race.add_argument("--start", metavar="X,Y", help="the start, as in --start=-1.5,2")
    race.add_argument(
        "--run",
        action="append",
        metavar='"OPTIMIZER NAME=VALUE ..."',
        help='a run, as in --run "adam lr=0.05"; may be repeated, and replaces the runs of the experiment',
    )
    race.add_argument(
        "--steps",
        metavar="N",
        help=f"how many updates (the experiment's own, or those to the step at which it was saved, or {DEFAULT_STEPS})",
    )
    race.add_argument("--title", metavar="TEXT", help="the title")
    race.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="one setting, may be repeated: a hyperparameter from the start on, of a run by its number or its name "
        "(run1.lr, adam.lr, adam-2.lr); color, visible, slot or replicas of a run; surface, start, steps, title, "
        "settled; curve.quantity, curve.against, curve.x_scale, curve.y_scale",
    )
    where = made.add_argument_group("what is written")
    where.add_argument(
        "--to",
        nargs="+",
        required=True,
        metavar="FILE",
        help="the files; their suffixes say the formats. {name} stands for the name of the experiment's file, and a "
        "suffix alone, as in .png, writes beside it under its name; of several experiments one of the two is needed",
    )
    where.add_argument(
        "--quiet", action="store_true", help="say nothing of how far it is, which is only said on a terminal"
    )
    look = made.add_argument_group("pictures and films")
    look.add_argument(
        "--size",
        metavar="WxH",
        help="in pixels, or with a unit: 1280x720, 16x9cm, 8x4.5in (12.8x7.6in; of a film 12.8x7.2in)",
    )
    look.add_argument("--dpi", help="dots an inch, or screen, slide or print (150; of a film 100)")
    look.add_argument("--theme", default="light", help="light, dark or contrast (light)")
    look.add_argument(
        "--view", default="all", help="one view instead of the whole figure: contour, relief, loss, fit (all)"
    )
    look.add_argument("--transparent", action="store_true", help="nothing behind the figure")
    look.add_argument("--no-title", action="store_true", help="without the title")
    look.add_argument("--no-legend", action="store_true", help="without the legend")
    look.add_argument("--no-mode", action="store_true", help="without the mode of the race")
    look.add_argument("--equal", action="store_true", help="the same scale on both axes of the contour")
    look.add_argument("--no-trials", action="store_true", help="without the points that a search tries")
    look.add_argument("--camera", metavar="A,E[,ZOOM]", help="whence the relief is seen, in degrees: --camera=-60,42,1")
    look.add_argument(
        "--window", metavar="X0,X1,Y0,Y1", help="the part of the plane that the contour shows: --window=-2,2,-1,3"
    )
    film = made.add_argument_group("films")
    film.add_argument("--fps", default="25", help="frames a second (25)")
    film.add_argument("--seconds", help="how long it lasts (as long as the steps take, at most 10)")
    film.add_argument("--pace", metavar="N", help="steps a frame; with --seconds, too, the film ends there")
    film.add_argument("--turn", default="0", metavar="DEGREES", help="by how much the relief turns a second (0)")
    return made


def guide() -> str:
    """The foot of the help: the formats that there are, examples with them, and what the exit status says."""
    from app.export.formats import EXPORTS, format_of

    def known(command: str) -> bool:
        try:
            return all(
                format_of(Path(word)) for word in shlex.split(command.partition(" --to ")[2]) if word not in EXPORTS
            )
        except ExperimentError:
            return False

    width = max(map(len, EXPORTS)) + 2
    formats = "".join(f"  {suffix:{width}}{made.name} ({made.kind})\n" for suffix, made in EXPORTS.items())
    examples = "".join(f"  {what}:\n{_folded(command)}\n" for what, command in EXAMPLES if known(command))
    return f"formats:\n{formats}\nexamples:\n{examples}\n{STATUS}"


def _folded(command: str) -> str:
    """A command on lines of a narrow terminal, as a shell takes it; an option stays with its value."""
    lines = [" " * 3]
    for words in re.split(r" (?=--)", f"thalweg export {command}"):
        if len(lines[-1]) + len(words) > WIDE:
            lines.append(" " * 7)
        lines[-1] += f" {words}"
    return " \\\n".join(lines)


def experiment_of(chosen: argparse.Namespace, source: str | Path | None) -> Experiment:
    """The experiment of a file, an example, or of the words alone, with all that the words change."""
    experiment = load(source) if source is not None else FIRST
    if experiment.shown and Path(str(source)).suffix.lower() in PICTURES:
        experiment = replace(experiment, steps=experiment.shown)  # the picture shows this step
    for name in ("surface", "start"):
        if getattr(chosen, name) is not None:
            experiment = assigned(experiment, f"{name}={getattr(chosen, name)}")
    if chosen.run:
        experiment = replace(experiment, runs=tuple(map(Run.parse, chosen.run)))
    for name in ("steps", "title"):
        if getattr(chosen, name) is not None:
            experiment = assigned(experiment, f"{name}={getattr(chosen, name)}")
    for words in chosen.set:
        experiment = assigned(experiment, words)
    return experiment


def options_of(chosen: argparse.Namespace, kind: str) -> Options:
    """What the words wish of a format of that kind; ExperimentError, in one sentence, for what cannot be."""
    from app.export.options import DPI, DPIS, FILM_DPI, FILM_SIZE, SIZE, Options, inches
    from app.theming.theme import THEMES
    from app.views.camera import Camera

    film = kind == "film"
    usual = FILM_DPI if film else DPI
    dpi = usual if chosen.dpi is None else DPIS.get(chosen.dpi) or number("dpi", chosen.dpi)
    size = inches(chosen.size, dpi) if chosen.size is not None else FILM_SIZE if film else SIZE
    camera = None
    if chosen.camera is not None:
        azimuth, elevation, zoom = (*_numbers("--camera", chosen.camera, (2, 3)), 1.0)[:3]
        if not (-90 <= elevation <= 90 and 0.5 <= zoom <= 4):
            raise ExperimentError(
                "a camera has an elevation from -90 to 90 degrees and a zoom from 0.5 to 4, "
                f"not {elevation:g} and {zoom:g}"
            )
        camera = Camera(azimuth, elevation, zoom)
    window = None
    if chosen.window is not None:
        left, right, bottom, top = _numbers("--window", chosen.window, (4,))
        if not (left < right and bottom < top):
            raise ExperimentError(
                f"a window goes from a lower to a higher number, as in --window=-2,2,-1,3, not {chosen.window}"
            )
        window = (left, right), (bottom, top)
    return Options(
        view=chosen.view,
        size=size,
        dpi=dpi,
        theme=THEMES[choice("theme", chosen.theme, THEMES)],
        transparent=chosen.transparent,
        title=not chosen.no_title,
        legend=not chosen.no_legend,
        mode=not chosen.no_mode,
        shown={"equal": chosen.equal, "trials": not chosen.no_trials},
        camera=camera,
        window=window,
        fps=number("fps", chosen.fps),
        seconds=None if chosen.seconds is None else number("seconds", chosen.seconds),
        pace=None if chosen.pace is None else whole_said("pace", chosen.pace),
        turn=number("turn", chosen.turn),
    )


def _numbers(option: str, words: str, counts: tuple[int, ...]) -> list[float]:
    parts = words.split(",")
    if len(parts) not in counts:
        raise ExperimentError(
            f"{option} needs {' or '.join(map(str, counts))} numbers, as in {option}={NEGATIVE[option]}, "
            f"not {short(words)}"
        )
    return [number(f"a number of {option}", part) for part in parts]
