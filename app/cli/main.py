"""The command line: opens the window, or works without one. What is wrong is one sentence; bad input has exit status 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from app.cli.argument_parser import Parser
from app.cli.list_command import show_list
from app.system.package_versions import version
from app.utils.atomic_write import WriteError
from app.utils.validation import ExperimentError, printable


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = COMMANDS.get(words[0]) if words else None
    try:
        if command is None:
            return window(words)
        status = command(words[1:])
        sys.stdout.flush()  # a reader that is gone is noticed here, not when the program has ended
        return status
    except ExperimentError as error:
        print(f"thalweg: {error}", file=sys.stderr)
        return 3 if isinstance(error, WriteError) else 2
    except KeyboardInterrupt:
        print("thalweg: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("THALWEG_TRACEBACK"):
            raise
        print(
            f"thalweg: {unforeseen(error)}; with THALWEG_TRACEBACK=1 in the environment it says where", file=sys.stderr
        )
        return 1


def unforeseen(error: Exception) -> str:
    """What nobody has thought of, in one sentence."""
    if isinstance(error, MemoryError):
        return "there is not enough memory for this"
    if isinstance(error, ImportError):
        return f'a package is missing or broken ({printable(str(error)[:200])}); "thalweg check" says what to do'
    return f"something went wrong inside the program ({type(error).__name__}: {printable(str(error)[:200])})"


def window(words: Sequence[str]) -> int:
    parser = Parser(
        prog="thalweg",
        description="Optimizers race down a loss surface while you turn their hyperparameters.",
        epilog='Without a window: "thalweg export --help" and "thalweg list --help".\n'
        '"thalweg check" says whether this machine can show the window, and what to do where it cannot.',
    )
    parser.add_argument(
        "experiment",
        nargs="?",
        help="an experiment (JSON), an exported picture, a data file (CSV) of two columns, or the name of an example",
    )
    parser.add_argument(
        "--reset",
        action="store_true",
        help="forget all that is remembered from one start to the next: layout, "
        "theme, sizes, favourites, recent files, folders; then open the window. The old settings are kept beside "
        "the new ones, in Thalweg.ini.bak",
    )
    parser.add_argument(
        "--install-desktop", action="store_true", help="put Thalweg into the menu of the desktop (Linux), and end"
    )
    parser.add_argument("--uninstall-desktop", action="store_true", help="remove it from there, and end")
    parser.add_argument("--version", action="store_true", help="print the version and end")
    misspelt(words)
    chosen = parser.parse_args(words)
    if chosen.version:
        print(f"thalweg {version()}")
        return 0
    if chosen.install_desktop or chosen.uninstall_desktop:
        from app.system import desktop_entry

        print(desktop_entry.install() if chosen.install_desktop else desktop_entry.uninstall())
        return 0
    from app.gui.window.application import open_window
    from app.io.experiment_files import load, place

    source = place(chosen.experiment) if chosen.experiment else None
    experiment = load(source) if source else None
    if chosen.reset:
        from app.gui.window.application import look_first
        from app.system.settings_file import begin_anew

        look_first()  # what is remembered is not lost for a window that cannot be shown

        print(begin_anew(), flush=True)
    return open_window(experiment, source)


def misspelt(words: Sequence[str]) -> None:
    """ExperimentError for a first word that is like a command, and is no file and no example."""
    word = words[0] if words else ""
    near = get_close_matches(word, [*COMMANDS, "--reset", "--version", "--help"], 1, 0.7)
    if not near or word.startswith("-") or Path(word).exists():
        return
    from app.io.experiment_files import examples

    if word not in examples():
        raise ExperimentError(f"there is no file or command {printable(word)}; did you mean {near[0]}?")


def export(words: Sequence[str]) -> int:
    from app.cli import export_command

    return export_command.export(words)


def check(words: Sequence[str]) -> int:
    from app.cli import check_command

    return check_command.check(words)


COMMANDS = {"export": export, "list": show_list, "check": check}
