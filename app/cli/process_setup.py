"""What every command sets up in its process: output on any console, and an orderly end on a signal."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

END_SIGNALS = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP


class Terminated(KeyboardInterrupt):
    """Raised where the program is when a signal asks it to end; ``signal_number`` says which."""

    def __init__(self, signal_number: int) -> None:
        super().__init__()
        self.signal_number = signal_number


def replace_unprintable_output() -> None:
    """Print a question mark for each character that the encoding of the console lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@contextmanager
def exception_on_signals() -> Iterator[None]:
    """Raise Terminated on SIGTERM and SIGHUP, so that incomplete files are removed.

    A signal that is ignored, as by nohup, stays ignored.
    """
    numbers = [getattr(signal, name) for name in END_SIGNALS if hasattr(signal, name)]
    default_numbers = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    for number in default_numbers:
        signal.signal(number, _raise_terminated)
    try:
        yield
    finally:
        for number in default_numbers:
            signal.signal(number, signal.SIG_DFL)


def _raise_terminated(signal_number: int, _: FrameType | None) -> NoReturn:
    raise Terminated(signal_number)
