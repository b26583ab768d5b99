"""Entry point: opens the window or runs a command.

Errors are one sentence on stderr. The exit status is 2 for invalid input, 3 if a file could not be written, 130 after
Ctrl+C, 143 and 129 after SIGTERM and SIGHUP, and 1 for other errors.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from app.cli import window_command
from app.cli.argument_parser import ArgumentParser
from app.cli.process_setup import (
    OutputError,
    Terminated,
    complete_output,
    exception_on_signals,
    print_message,
    spell_unprintable_output,
)
from app.utils.atomic_write import WriteError
from app.utils.validation import ExperimentError, make_printable

# The module of a command is imported when it runs and for the help
COMMANDS = ("export", "map", "landscape", "results", "explain", "lesson", "list", "check")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return the exit status."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    spell_unprintable_output()
    try:
        with exception_on_signals(), complete_output():
            return run(argv)
    except ExperimentError as error:
        print_message(error)
        return 3 if isinstance(error, WriteError) else 2
    except KeyboardInterrupt as interrupt:
        print_message("interrupted")
        return 128 + (interrupt.signal_number if isinstance(interrupt, Terminated) else signal.SIGINT)
    except OutputError as error:
        if str(error):
            print_message(error)
        return 1
    except Exception as error:
        if os.environ.get("THALWEG_TRACEBACK"):
            raise
        print_message(f"{unexpected_error_message(error)} (set THALWEG_TRACEBACK=1 to see the traceback)")
        return 1


def unexpected_error_message(error: Exception) -> str:
    """Return the message for an unexpected error, one sentence."""
    if isinstance(error, MemoryError):
        return "not enough memory"
    if isinstance(error, ImportError):
        return (
            f'a required package is missing or broken ({make_printable(str(error)[:200])}); run "thalweg check" '
            "for details"
        )
    return f"internal error ({type(error).__name__}: {make_printable(str(error)[:200])})"


def run(argv: Sequence[str]) -> int:
    """Run the command that the first argument names, or open the window, and return the exit status."""
    parser = ArgumentParser(
        prog="thalweg",
        usage="thalweg [EXPERIMENT] [options]\n       thalweg COMMAND ...",
        description="Compare gradient-descent optimizers on a loss surface, and change their\nhyperparameters while "
        "they run.",
    )
    if argv and argv[0] in COMMANDS:
        command = command_module(argv[0])
        command.add_parser(parser.add_subparsers(prog="thalweg"))
        return int(command.run(parser.parse_args(argv)))
    window_command.add_arguments(parser)
    if not {"-h", "--help"}.isdisjoint(argv):
        subparsers = parser.add_subparsers(
            title="commands",
            metavar="COMMAND",
            description='These work without a window; see "thalweg COMMAND --help".',
        )
        for name in COMMANDS:
            command_module(name).add_parser(subparsers)
        parser.print_help()
        return 0
    check_misspelled_command(argv)
    return window_command.run(parser.parse_args(argv))


def command_module(name: str) -> Any:
    """Import the module of a command, which has ``add_parser(subparsers)`` and ``run(arguments)``."""
    return import_module(f"app.cli.{name}_command")


def check_misspelled_command(argv: Sequence[str]) -> None:
    """Raise ExperimentError if the first argument is similar to a command, and is neither a file nor an example."""
    command = argv[0] if argv else ""
    if not command or command.startswith("-"):
        return
    from difflib import get_close_matches

    matches = get_close_matches(command, [*COMMANDS, "--reset", "--version", "--help"], 1, 0.7)
    if not matches or Path(command).exists():
        return
    from app.io.experiment_files import examples

    if command not in examples():
        raise ExperimentError(f"no such file or command: {make_printable(command)}. Did you mean {matches[0]}?")
