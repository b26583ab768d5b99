"""A text description of what the plots show, for screen readers."""

from __future__ import annotations

from collections.abc import Callable

from app.analysis.run_status import RunStatus
from app.engine.race import Race
from app.model.experiment import Experiment
from app.utils.i18n import tr


def describe(
    experiment: Experiment, race: Race, run_status: Callable[[int], RunStatus], selected_run: int | None = None
) -> str:
    """Describe the surface, the step and all runs, the selected run first and in more detail.

    ``run_status`` returns the status of the run with an index.
    """
    heading = tr("{surface} at step {step:,}.", surface=tr(experiment.surface.name), step=race.step)
    if not race.trajectories:
        return f"{heading} {tr('There are no runs.')}"
    labels = experiment.as_of_step(race.step).labels
    order = sorted(range(len(race.trajectories)), key=lambda index: index != selected_run)
    return " ".join(
        [
            heading,
            *(_describe_run(labels[k], _displayed_loss(race, k), run_status(k), k == selected_run) for k in order),
        ]
    )


def _displayed_loss(race: Race, index: int) -> float:
    trajectory = race.trajectories[index]
    return float(trajectory.losses[min(race.step, trajectory.last_step)])


def _describe_run(label: str, loss: float, status: RunStatus, is_selected: bool) -> str:
    if is_selected:
        return tr("{run} (selected): loss {loss:.4g}, {verdict}.", run=label, loss=loss, verdict=status.sentence)
    return tr("{run}: loss {loss:.4g}, {verdict}.", run=label, loss=loss, verdict=status.short_text)
