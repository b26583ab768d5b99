"""What the step panel explains: which step of which run, and what it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.analysis.step_explanation import StepExplanation, explain, explain_with
from app.engine.trajectory import Trajectory
from app.session.session import Session
from app.utils.i18n import tr


@dataclass(frozen=True)
class StepSubject:
    """A step of a run; ``hyperparameters`` are others than those it was made with, None for those."""

    row: int
    trajectory: Trajectory
    step: int
    hyperparameters: Mapping[str, float] | None = None

    @property
    def is_last(self) -> bool:
        """Whether the run has no step after it, because it diverged or used its budget."""
        return self.trajectory.finished and self.step == self.trajectory.last_step

    def explain(self) -> StepExplanation:
        """Take the step apart; raise ArithmeticError if it overflows with the other hyperparameters."""
        if self.hyperparameters is None:
            return explain(self.trajectory, self.step)
        return explain_with(self.trajectory, self.step, self.hyperparameters)

    @property
    def title(self) -> str:
        """The heading of its column."""
        name, step = self.trajectory.method.name, self.step
        if self.hyperparameters is not None:
            present = self.trajectory.hyperparameters_at(step)
            changes = [
                f"{key} = {value:.5g}" for key, value in self.hyperparameters.items() if value != present.get(key)
            ]
            return tr("With {changes}", changes=", ".join(changes)) if changes else tr("With the same values")
        if self.is_last:
            return tr("Step {step:,} of {optimizer}, the last one", step=step, optimizer=name)
        return tr("Step {step:,} of {optimizer}", step=step, optimizer=name)

    @property
    def key(self) -> tuple[object, ...]:
        """What its explanation depends on."""
        trajectory, step = self.trajectory, self.step
        position = (trajectory.xs[step], trajectory.ys[step], trajectory.xs[step - 1], trajectory.ys[step - 1])
        values = self.hyperparameters
        present = trajectory.hyperparameters_at(step)
        return self.row, trajectory, step, position, dict(present), None if values is None else dict(values), self.title


def displayed_subject(session: Session, row: int) -> StepSubject | None:
    """Return the displayed step of a run on a surface; None at the start, without a run, and for a problem."""
    subject = _subject(session, row)
    return None if subject is None or subject.trajectory.projected_problem is not None else subject


def problem_subject(session: Session, row: int) -> StepSubject | None:
    """Return the displayed step of a run of a problem, which is not taken apart; None at the start and without one."""
    subject = _subject(session, row)
    return None if subject is None or subject.trajectory.projected_problem is None else subject


def _subject(session: Session, row: int) -> StepSubject | None:
    """Return the displayed step of a run, its last one if it ended before."""
    trajectories = session.race.trajectories
    if not 0 <= row < len(trajectories):
        return None
    step = min(session.race.step, trajectories[row].last_step)
    return StepSubject(row, trajectories[row], step) if step >= 1 else None
