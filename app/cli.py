"""The command line: opens the window, or exports and lists without one. Bad input is one sentence and exit status 2."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

from app import version
from app.checks import ExperimentError
from app.experiment import FIRST, MOST_STEPS, Experiment, Run
from app.files import examples, load, place

DEFAULT_STEPS = 200


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        raise ExperimentError(message + ("; write it as --start=-1.5,2" if "--start" in message else ""))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if words[:1] == ["export"]:
            return export(words[1:])
        if words[:1] == ["list"]:
            status = show_list(words[1:])
            sys.stdout.flush()  # a reader that is gone is noticed here, not when the program has ended
            return status
        return window(words)
    except ExperimentError as error:
        print(f"thalweg: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def window(words: Sequence[str]) -> int:
    parser = Parser(prog="thalweg", description="Optimizers race down a loss surface while you turn their hyperparameters.",
                    epilog='See also "thalweg export --help" and "thalweg list --help".', allow_abbrev=False)
    parser.add_argument("experiment", nargs="?", help="an experiment (JSON), an exported picture, a data file (CSV) of two "
                        "columns, or the name of an example")
    parser.add_argument("--version", action="store_true", help="print the version and end")
    chosen = parser.parse_args(words)
    if chosen.version:
        print(f"thalweg {version()}")
        return 0
    source = place(chosen.experiment) if chosen.experiment else None
    experiment = load(source) if source else None
    from app.desktop import open_window

    return open_window(experiment, source)


def export(words: Sequence[str]) -> int:
    parser = Parser(prog="thalweg export", allow_abbrev=False, description="Race without a window and write what came of it.")
    parser.add_argument("experiment", nargs="?", help="an experiment (JSON), an exported picture, a data file (CSV) of two "
                        "columns, or the name of an example")
    parser.add_argument("--to", nargs="+", required=True, metavar="FILE", help="pictures (.png) and tables (.csv) to write")
    parser.add_argument("--surface", help='the surface; "thalweg list surfaces" names them')
    parser.add_argument("--start", metavar="X,Y", help="the start, as in --start=-1.5,2")
    parser.add_argument("--run", action="append", metavar='"OPTIMIZER NAME=VALUE ..."', help='a run, as in --run "adam lr=0.05"')
    parser.add_argument("--steps", help=f"how many updates (default: the experiment's own, or {DEFAULT_STEPS})")
    parser.add_argument("--dpi", help="dots an inch of a picture (default 150)")
    parser.add_argument("--view", default="all", help="one view instead of the whole figure")
    parser.add_argument("--theme", default="light", help="light or dark")
    chosen = parser.parse_args(words)
    experiment = _experiment(chosen)

    from pathlib import Path

    from app.atomic import target
    from app.checks import choice, number
    from app.export import Options, format_of
    from app.export import export as write
    from app.export.figure import check
    from app.race import Race
    from app.theme import THEMES

    for path in map(Path, chosen.to):
        format_of(path)
        target(path)
    theme = THEMES[choice("theme", chosen.theme, THEMES)]
    dpi = number("dpi", chosen.dpi if chosen.dpi is not None else 150)
    options = Options(view=chosen.view, dpi=dpi, theme=theme)
    race = Race(experiment)
    check(race, options)
    race.advance(experiment.steps if experiment.steps is not None else DEFAULT_STEPS)
    race.complete()
    for path in chosen.to:
        write(race, path, options)
    return 0


def _experiment(chosen: argparse.Namespace) -> Experiment:
    """The experiment of a file with what the options change, or of the options alone."""
    experiment = load(chosen.experiment) if chosen.experiment else FIRST
    if chosen.surface:
        experiment = experiment.on(chosen.surface.lower())
    if chosen.start is not None:
        parts = chosen.start.split(",")
        if len(parts) != 2:
            raise ExperimentError(f"--start needs two numbers, as in --start=-1.5,2, not {chosen.start!r}")
        experiment = replace(experiment, start=(parts[0], parts[1]))
    if chosen.run:
        experiment = replace(experiment, runs=tuple(map(Run.parse, chosen.run)))
    if chosen.steps is not None:
        try:
            steps = int(chosen.steps)
        except ValueError:
            raise ExperimentError(f"steps must be a whole number from 0 to {MOST_STEPS}, not {chosen.steps!r}") from None
        experiment = replace(experiment, steps=steps)
    return experiment


def show_list(words: Sequence[str]) -> int:
    parser = Parser(prog="thalweg list", description="Name what there is, one a line.")
    parser.add_argument("what", choices=("optimizers", "parts", "surfaces", "examples"))
    what = parser.parse_args(words).what
    if what == "optimizers":
        from optimizers import OPTIMIZERS

        rows = [(o.id, ", ".join(f"{name}={value:g}" for name, value in o.defaults.items())) for o in OPTIMIZERS.values()]
    elif what == "parts":
        from optimizers import PARTS

        rows = [(part.id, f"{part.name}: " + " ".join(f"{name}={part.on if name == part.id else declared.default:g}"
                                                      for name, declared in part.hyperparameters.items()))
                for part in PARTS.values()]
    elif what == "surfaces":
        from surfaces import SURFACES

        rows = [(s.id, s.name) for s in SURFACES.values()]
    else:
        rows = [(name, title) for name, (title, _) in examples().items()]
    width = max(len(name) for name, _ in rows)
    for name, words_of_it in rows:
        print(f"{name:{width}}  {words_of_it}")
    return 0
