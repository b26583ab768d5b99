"""Branch: runs that an edit at an earlier step has replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.model.parameter_timeline import ParameterSpan, ParameterTimeline
from app.model.run import Run
from app.model.start_text import start_text
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import (
    MAX_STEPS,
    ExperimentError,
    check_bool,
    check_coordinate,
    check_integer,
    check_text,
    shorten_repr,
)

MAX_RUNS = 24


@dataclass(frozen=True)
class Branch:
    """Runs as they continued without an edit at step ``left_at_step``.

    They go from ``start`` (x, y) for ``steps`` steps. On a formula they keep its ``parameters`` and the history of
    these; None stands for the parameters of the experiment.
    """

    runs: tuple[Run, ...]
    start: tuple[float, float]
    steps: int
    left_at_step: int = 0
    name: str = ""
    visible: bool = True
    parameters: Mapping[str, float] | None = field(default=None, hash=False)
    parameter_history: tuple[ParameterSpan, ...] = field(default=(), hash=False)
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.runs:
            raise ExperimentError(tr("a branch needs at least one run"))
        if not isinstance(self.start, (tuple, list)) or len(self.start) != 2:
            raise ExperimentError(
                tr("the start of a branch must be two numbers, not {start}", start=shorten_repr(self.start))
            )
        object.__setattr__(
            self, "start", tuple(check_coordinate(tr("the start of a branch"), value) for value in self.start)
        )
        check_integer(tr("the number of steps of a branch"), self.steps, 0, MAX_STEPS)
        check_integer(tr("the step at which a branch begins"), self.left_at_step, 0, MAX_STEPS)
        object.__setattr__(self, "name", check_text(tr("the name of a branch"), self.name, 80))
        check_bool(gettext_noop("visible"), self.visible)
        if isinstance(self.parameter_history, list):
            object.__setattr__(self, "parameter_history", tuple(self.parameter_history))
        slots = [run.slot for run in self.runs]
        if len(self.runs) > MAX_RUNS or None in slots or len(set(slots)) < len(slots):
            raise ExperimentError(
                tr("a branch can have at most {most_runs} runs, each in its own slot", most_runs=MAX_RUNS)
            )

    @property
    def parameter_timeline(self) -> ParameterTimeline:
        """The parameters of the formula over the steps."""
        return ParameterTimeline(self.parameters or {}, self.parameter_history)

    def label_beside(
        self, start: tuple[float, float] | None, timeline: ParameterTimeline | None = None, dimension: int = 2
    ) -> str:
        """Return the name, or a description beside current runs from ``start`` with parameters of a ``timeline``.

        It is "Adam, lr 0.05 · branched at step 120", or "Adam, lr 0.05 · start (-1.2, 2)" if the start is another one.
        Parameters of the formula that differ come first: "Adam, lr 0.05 · a = 1 · branched at step 120".
        """
        if self.name:
            return self.name
        runs = (
            "; ".join(run.label for run in self.runs) if len(self.runs) < 3 else tr("{runs} runs", runs=len(self.runs))
        )
        if timeline is not None and timeline != self.parameter_timeline:
            runs = f"{runs} · {self.parameter_timeline.label_beside(timeline)}"
        if self.start != start:
            return f"{runs} · {start_text(self.start, dimension)}"
        return tr("{runs} · branched at step {since:,}", runs=runs, since=self.left_at_step)
