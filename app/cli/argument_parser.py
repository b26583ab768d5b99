"""How the words of a command line are read: what is wrong is one sentence."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from app.utils.validation import ExperimentError

NEGATIVE_EXAMPLES = {
    "--start": "-1.5,2",
    "--window": "-2,2,-1,3",
    "--camera": "-60,42",
}  # a value that begins with a minus needs the =


class ArgumentParser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage. No option may be shortened."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=HelpFormatter, **kwargs)

    def error(self, message: str) -> NoReturn:
        hints = [f"; write it as {name}={value}" for name, value in NEGATIVE_EXAMPLES.items() if name in message]
        raise ExperimentError(message + "".join(hints))


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Help that leaves the lines of the examples alone."""

    def __init__(self, prog: str, **kwargs: Any) -> None:
        super().__init__(prog, max_help_position=22, **kwargs)
