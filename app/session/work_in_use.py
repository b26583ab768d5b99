"""Work in use: an experiment with all that belongs to it, which can be put aside for another one and come back."""

from __future__ import annotations

from dataclasses import dataclass

from app.engine.race import Race
from app.model.experiment import Experiment
from app.model.plot_domain import plot_bounds
from app.session.document_state import DocumentEntry, DocumentState
from app.session.experiment_store import ExperimentHistory
from app.session.session import Session
from surfaces.surface import Bounds


@dataclass(frozen=True)
class WorkInUse:
    """An experiment with its undo history, computed steps, file and playback.

    ``entries`` and ``entry_index`` are those of `DocumentState`. ``speed`` is in steps per second.
    """

    history: ExperimentHistory
    race: Race
    bounds: Bounds
    entries: tuple[DocumentEntry, ...]
    entry_index: int
    edit_from_start: bool
    stopped_on_convergence: bool
    speed: float
    unlimited: bool

    @classmethod
    def new(cls, experiment: Experiment, speed: float) -> WorkInUse:
        """Return the work that begins with an experiment at step 0, without a file."""
        entry = DocumentEntry(experiment, None, experiment)
        history = ExperimentHistory(experiment)
        return cls(history, Race(experiment), plot_bounds(experiment), (entry,), 0, True, False, speed, False)


def exchange_work(session: Session, documents: DocumentState, work: WorkInUse) -> WorkInUse:
    """Use other work in the session and return the previous, with which a second call restores it exactly."""
    session.stop()
    session.store.abandon_interaction()
    previous = WorkInUse(
        session.store.history,
        session.race,
        session.bounds,
        tuple(documents.entries),
        documents.index,
        session.edit_from_start,
        session.stopped_on_convergence,
        session.clock.speed,
        session.clock.unlimited,
    )
    session.store.set_history(work.history)
    documents.entries, documents.index = list(work.entries), work.entry_index
    session.race, session.bounds = work.race, work.bounds
    session.edit_from_start, session.stopped_on_convergence = work.edit_from_start, work.stopped_on_convergence
    session.clock.set_speed(work.speed)
    session.clock.unlimited = work.unlimited
    session.trajectories_changed.emit()
    documents.changed.emit()
    if work.race.pending_runs or work.race.pending_branches or work.race.pending_replicas:
        session.pending_timer.start()
    return previous
