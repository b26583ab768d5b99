"""What an experiment holds beside its runs: branches, which are pasts that were left, and what makes the race a fair one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.model.run import Run
from app.utils.i18n import mark, tr
from app.utils.validation import MOST_STEPS, ExperimentError, flag, short, start_number, text, whole

MOST_RUNS = 24


@dataclass(frozen=True)
class Branch:
    """The runs that took another way at step ``since``, as they went on from ``start`` without the change, for ``steps`` steps."""

    runs: tuple[Run, ...]
    start: tuple[float, float]
    steps: int
    since: int = 0
    name: str = ""
    visible: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.runs:
            raise ExperimentError(tr("a branch needs at least one run"))
        if not isinstance(self.start, (tuple, list)) or len(self.start) != 2:
            raise ExperimentError(tr("the start of a branch must be two numbers, not {start}", start=short(self.start)))
        object.__setattr__(
            self, "start", tuple(start_number(tr("the start of a branch"), value) for value in self.start)
        )
        whole(tr("the steps of a branch"), self.steps, 0, MOST_STEPS)
        whole(tr("the step at which a branch was left"), self.since, 0, MOST_STEPS)
        text(tr("the name of a branch"), self.name, 80)
        flag(mark("visible"), self.visible)
        slots = [run.slot for run in self.runs]
        if len(self.runs) > MOST_RUNS or None in slots or len(set(slots)) < len(slots):
            raise ExperimentError(
                tr("a branch holds at most {most_runs} runs, each with a slot of its own", most_runs=MOST_RUNS)
            )

    @property
    def label(self) -> str:
        """Its name, or what it is: Adam, lr 0.05, left at step 120."""
        runs = (
            "; ".join(run.label for run in self.runs) if len(self.runs) < 3 else tr("{runs} runs", runs=len(self.runs))
        )
        return self.name or tr("{runs} · left at step {since:,}", runs=runs, since=self.since)
