"""Thalweg: run gradient-descent optimizers side by side on a loss surface."""

import os
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the matrices are small; idle threads add 70 ms to the start


def __getattr__(name: str) -> Any:
    """Load the race of any network only when it is used: ``from app import race``."""
    if name == "race":
        from app.engine.recorded_race import race

        return race
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
