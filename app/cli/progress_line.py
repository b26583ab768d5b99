"""Progress of a long task on one line of a terminal."""

from __future__ import annotations

import shutil
from time import perf_counter
from typing import IO

MIN_INTERVAL = 0.1  # seconds between two updates


class ProgressLine:
    """Progress line, a context manager that removes the line at the end. Without a terminal it prints nothing."""

    def __init__(self, stream: IO[str] | None, quiet: bool = False) -> None:
        self.stream = None if quiet or stream is None or not stream.isatty() else stream
        self.task, self.started_at, self.last_printed, self.line_length = "", 0.0, 0.0, 0

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def __call__(self, task: str, fraction: float) -> None:
        """Show the task, the fraction done and the time left."""
        now = perf_counter()
        if task != self.task:
            self.task, self.started_at, self.last_printed = task, now, 0.0
        if self.stream is None or now - self.last_printed < MIN_INTERVAL:
            return
        self.last_printed = now
        time_left = (
            f", {_format_duration((now - self.started_at) * (1 - fraction) / fraction)} left"
            if fraction > 0 and now - self.started_at > 1
            else ""
        )
        line = f"{task} {fraction:.0%}{time_left}"[: shutil.get_terminal_size().columns - 1]
        self.stream.write("\r" + line.ljust(self.line_length))
        self.stream.flush()
        self.line_length = len(line)

    def clear(self) -> None:
        """Remove the line, so that other output can be printed."""
        if self.stream is not None and self.line_length:
            self.stream.write("\r" + " " * self.line_length + "\r")
            self.stream.flush()
        self.line_length = 0


def _format_duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
