"""What every command sets up in its process: output on any console, and an orderly end on a signal."""

from __future__ import annotations

import codecs
import errno
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from app.utils.ascii_spelling import spell_in_ascii

# From a stream: no space left, quota, file too large, closed pipe (Windows: invalid argument), input/output error
OUTPUT_ERRORS = {
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EFBIG", "EPIPE", "EINVAL", "EIO", "EBADF")
    if name in dir(errno)
}
SPELL_ERRORS = "thalweg.spell"  # name of the handler of encoding errors
END_SIGNALS = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP


class Terminated(KeyboardInterrupt):
    """Raised where the program is when a signal asks it to end; ``signal_number`` says which."""

    def __init__(self, signal_number: int) -> None:
        super().__init__()
        self.signal_number = signal_number


class OutputError(Exception):
    """The output could not be written; the message is one sentence, or empty if its reader has closed the pipe."""


def spell_unprintable_output() -> None:
    """Print characters that the encoding of the console lacks as they are spelled in ASCII, instead of failing."""
    codecs.register_error(SPELL_ERRORS, _spell_unencodable)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=SPELL_ERRORS)


def _spell_unencodable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return spell_in_ascii(error.object[error.start : error.end]), error.end


def print_message(message: object) -> None:
    """Print a message with the name of the program on stderr, if there is one that can be written."""
    if sys.stderr is not None:
        with suppress(OSError):
            print(f"thalweg: {message}", file=sys.stderr)


@contextmanager
def complete_output() -> Iterator[None]:
    """Write all output before the end of the block, also if a parser exits after its help; OutputError if it fails."""
    try:
        try:
            yield
        except SystemExit:
            _flush_output()
            raise
        _flush_output()
    except OSError as error:
        if error.filename is not None or error.errno not in OUTPUT_ERRORS:  # it is about something else
            raise
        if sys.stdout is not None:  # discard the rest, which the interpreter would try to write when it exits
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        reason = (error.strerror or str(error)).lower()
        raise OutputError("" if isinstance(error, BrokenPipeError) else f"cannot write the output: {reason}") from None


def _flush_output() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


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
