"""The command line: opens the window, or exports and lists without one. Bad input is one sentence and exit status 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from app import version
from app.atomic import WriteError
from app.batch import export
from app.checks import ExperimentError
from app.files import examples, load, place
from app.parser import Parser


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
        return 3 if isinstance(error, WriteError) else 2
    except KeyboardInterrupt:
        print("thalweg: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def window(words: Sequence[str]) -> int:
    parser = Parser(prog="thalweg", description="Optimizers race down a loss surface while you turn their hyperparameters.",
                    epilog='Without a window: "thalweg export --help" and "thalweg list --help".')
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


def show_list(words: Sequence[str]) -> int:
    parser = Parser(prog="thalweg list", description="Name what there is, one a line.")
    parser.add_argument("what", choices=("optimizers", "parts", "surfaces", "examples", "formats"))
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
    elif what == "formats":
        from app.export import EXPORTS

        rows = [(suffix, f"{made.name} ({made.kind})") for suffix, made in EXPORTS.items()]
    else:
        rows = [(name, title) for name, (title, _) in examples().items()]
    width = max(len(name) for name, _ in rows)
    for name, words_of_it in rows:
        print(f"{name:{width}}  {words_of_it}")
    return 0
