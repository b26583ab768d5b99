"""A process that computes maps of searching methods, whose runs are too slow for slices in the window's process.

The process cannot outlive the program: it ends when the program does, however that ends.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from threading import Thread
from time import monotonic
from typing import Any, NamedTuple

from app.utils.progress_generators import Computation, finish

REPORT_INTERVAL = 0.05  # seconds between two reports of the fraction that is done


class Message(NamedTuple):
    """What a worker reports: a fraction that is done, the result of one computation, or the error that ended it."""

    fraction: float = 1.0
    result: Any = None
    error: str = ""


class MapWorker:
    """A running process that computes the results of generators one after another."""

    def __init__(self, computations: Sequence[Computation]) -> None:
        context = get_context("spawn")  # a fork of a process with a window and threads is not safe
        self.connection, sender = context.Pipe(duplex=False)
        self.process = context.Process(target=_compute, args=(sender, tuple(computations)), daemon=True)
        self.process.start()
        sender.close()

    def messages(self) -> list[Message]:
        """Return what the process has reported since the last call, without waiting."""
        received = []
        try:
            while self.connection.poll():
                received.append(self.connection.recv())
        except (EOFError, OSError):
            received.append(Message(error="the worker process has ended"))
        return received

    def close(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.join()
        self.process.close()
        self.connection.close()


def _compute(connection: Connection, computations: Sequence[Computation]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is for the program, which ends this process
    Thread(target=_end_with_parent, daemon=True).start()
    last_report = 0.0

    def report(fraction: float) -> None:
        nonlocal last_report
        if monotonic() - last_report > REPORT_INTERVAL:
            connection.send(Message(fraction))
            last_report = monotonic()

    try:
        for computation in computations:
            result = finish(computation(), report)
            connection.send(Message(result=result))
    except Exception as error:
        connection.send(Message(error=str(error) or type(error).__name__))


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
