"""The status of a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RunStatus:
    """What a run is doing.

    ``kind`` is an identifier, ``short_text`` fits a table cell, ``text`` is a sentence with numbers. ``start_step`` is
    the step since which the status holds, ``period`` that of an oscillation or a cycle in steps, ``minimum`` the
    minimum to which the run has converged.
    """

    kind: str
    short_text: str
    text: str
    start_step: int | None = None
    period: float | None = None
    minimum: tuple[float, float] | None = None
