"""Entry point: opens the window or runs a command.

Errors are one sentence on stderr. The exit status is 2 for invalid input, 3 if a file could not be written, 130 after
Ctrl+C and 1 for other errors.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from app.cli.argument_parser import ArgumentParser
from app.cli.list_command import show_list
from app.system.package_versions import version
from app.utils.atomic_write import WriteError
from app.utils.validation import ExperimentError, make_printable


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return the exit status."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    command = COMMANDS.get(argv[0]) if argv else None
    try:
        if command is None:
            return start_window(argv)
        status = command(argv[1:])
        sys.stdout.flush()  # a closed pipe raises here, not at interpreter exit
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
            f"thalweg: {unexpected_error_message(error)}; with THALWEG_TRACEBACK=1 in the environment it says where",
            file=sys.stderr,
        )
        return 1


def unexpected_error_message(error: Exception) -> str:
    """Return the message for an unexpected error, one sentence."""
    if isinstance(error, MemoryError):
        return "there is not enough memory for this"
    if isinstance(error, ImportError):
        return f'a package is missing or broken ({make_printable(str(error)[:200])}); "thalweg check" says what to do'
    return f"something went wrong inside the program ({type(error).__name__}: {make_printable(str(error)[:200])})"


def start_window(argv: Sequence[str]) -> int:
    """Open the window, or run one of the options without a window, and return the exit status."""
    check_misspelled_command(argv)
    args = _window_parser().parse_args(argv)
    if args.version:
        print(f"thalweg {version()}")
        return 0
    if args.install_desktop or args.uninstall_desktop:
        from app.system import desktop_entry

        print(desktop_entry.install() if args.install_desktop else desktop_entry.uninstall())
        return 0
    from app.gui.window.application import open_window
    from app.io.experiment_files import load, resolve_path

    source = resolve_path(args.experiment) if args.experiment else None
    experiment = load(source) if source else None
    if args.reset:
        from app.gui.window.application import require_display
        from app.system.settings_file import back_up_settings

        require_display()  # keep the settings if no window can be shown
        print(back_up_settings(), flush=True)
    return open_window(experiment, source)


def _window_parser() -> ArgumentParser:
    parser = ArgumentParser(
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
    return parser


def check_misspelled_command(argv: Sequence[str]) -> None:
    """Raise ExperimentError if the first argument is similar to a command, and is neither a file nor an example."""
    command = argv[0] if argv else ""
    matches = get_close_matches(command, [*COMMANDS, "--reset", "--version", "--help"], 1, 0.7)
    if not matches or command.startswith("-") or Path(command).exists():
        return
    from app.io.experiment_files import examples

    if command not in examples():
        raise ExperimentError(f"there is no file or command {make_printable(command)}; did you mean {matches[0]}?")


def export(argv: Sequence[str]) -> int:
    """Run ``thalweg export``, imported late since it loads matplotlib."""
    from app.cli import export_command

    return export_command.export(argv)


def check(argv: Sequence[str]) -> int:
    """Run ``thalweg check``, imported late to keep the start of the window short."""
    from app.cli import check_command

    return check_command.check(argv)


COMMANDS = {"export": export, "list": show_list, "check": check}
