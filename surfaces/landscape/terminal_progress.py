"""Progress of a long computation in a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable


def terminal_progress() -> Callable[[float], None]:
    """Return a function that writes the share that is done and the time left to a terminal, at most twice a second."""
    start = shown = time.monotonic()

    def show(share: float) -> None:
        nonlocal shown
        now = time.monotonic()
        if sys.stderr.isatty() and (now - shown > 0.5 or share >= 1):
            shown = now
            left = (now - start) * (1 - share) / share
            print(f"\r{share:4.0%}, {left:.0f} s left ", end="\n" if share >= 1 else "", file=sys.stderr)

    return show
