"""Argument parser shared by all commands, with one-sentence error messages."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn, TypeAlias

from app.utils.validation import ExperimentError, make_printable

# argparse reads a value that begins with a minus as an option, unless it follows an equals sign
NEGATIVE_EXAMPLES = {
    "--start": "-1.5,2",
    "--window": "-2,2,-1,3",
    "--camera": "-60,42",
    "--box": "-5,5,-5,5",
    "--formula": "-x^2",
}
MAX_MESSAGE_LENGTH = 300  # characters
DEFAULT_STEPS = 200  # of an experiment that does not say how many

Subparsers: TypeAlias = "argparse._SubParsersAction[ArgumentParser]"


class ArgumentParser(argparse.ArgumentParser):
    """Argument parser whose errors are one sentence without the usage; options cannot be abbreviated.

    ``late_epilog`` returns the end of the help; it is called when the help is shown.
    """

    late_epilog: Callable[[], str] | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=HelpFormatter, **kwargs)

    def format_help(self) -> str:
        """Return the help."""
        if self.late_epilog is not None:
            self.epilog = self.late_epilog()
        return super().format_help()

    def print_help(self, file: Any = None) -> None:
        """Print the help; unlike the method of the base class, it does not hide that it cannot be written."""
        print(self.format_help(), end="", file=file)

    def error(self, message: str) -> NoReturn:
        """Raise ExperimentError with the message, and a hint for values that begin with a minus."""
        message = make_printable(message)
        if len(message) > MAX_MESSAGE_LENGTH:  # it quotes the arguments
            message = f"{message[: MAX_MESSAGE_LENGTH // 2]}...{message[-MAX_MESSAGE_LENGTH // 2 :]}"
        hints = [
            f"; a value that starts with a minus sign needs an equals sign, for example {name}={value}"
            for name, value in NEGATIVE_EXAMPLES.items()
            if name in message
        ]
        raise ExperimentError(message + "".join(hints))


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Help formatter that keeps the line breaks of the epilog."""

    def __init__(self, prog: str, **kwargs: Any) -> None:
        super().__init__(prog, max_help_position=22, **kwargs)
