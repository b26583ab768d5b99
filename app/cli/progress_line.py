"""How far a long job is, on one line of a terminal."""

from __future__ import annotations

import shutil
from time import perf_counter
from typing import IO

OFTEN = 0.1  # seconds between two writings


class Progress:
    """Rewrites its line and takes it away at the end; says nothing where nobody sits before the screen."""

    def __init__(self, stream: IO[str], quiet: bool = False) -> None:
        self.stream = None if quiet or not stream.isatty() else stream
        self.doing, self.began, self.said, self.length = "", 0.0, 0.0, 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def __call__(self, doing: str, share: float) -> None:
        """Say what is done, and the share of it that is."""
        now = perf_counter()
        if doing != self.doing:
            self.doing, self.began, self.said = doing, now, 0.0
        if self.stream is None or now - self.said < OFTEN:
            return
        self.said = now
        ahead = (
            f", {_duration((now - self.began) * (1 - share) / share)} left"
            if share > 0 and now - self.began > 1
            else ""
        )
        line = f"{doing} {share:.0%}{ahead}"[: shutil.get_terminal_size().columns - 1]
        self.stream.write("\r" + line.ljust(self.length))
        self.stream.flush()
        self.length = len(line)

    def clear(self) -> None:
        """Leave the line empty, for something else to be said."""
        if self.stream is not None and self.length:
            self.stream.write("\r" + " " * self.length + "\r")
            self.stream.flush()
        self.length = 0


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
