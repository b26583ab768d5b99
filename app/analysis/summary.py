"""What can be seen in the pictures, in words, for those who hear it."""

from __future__ import annotations

from collections.abc import Callable

from app.analysis.run_status import Verdict
from app.engine.race import Race
from app.model.experiment import Experiment
from app.utils.i18n import tr


def describe(experiment: Experiment, race: Race, judge: Callable[[int], Verdict], chosen: int | None = None) -> str:
    """The surface, the step, and every run: the chosen one first, with what it does in a sentence. ``judge(index)`` knows that."""
    heading = tr("{surface} at step {step:,}.", surface=experiment.land.name, step=race.step)
    if not race.tracks:
        return f"{heading} {tr('There is no run.')}"
    labels = experiment.at(race.step).labels
    order = sorted(range(len(race.tracks)), key=lambda index: index != chosen)
    return " ".join([heading, *(_told(labels[k], _loss(race, k), judge(k), k == chosen) for k in order)])


def _loss(race: Race, index: int) -> float:
    track = race.tracks[index]
    return float(track.losses[min(race.step, track.extent)])


def _told(label: str, loss: float, verdict: Verdict, chosen: bool) -> str:
    if chosen:
        return tr("{run}, the chosen run: loss {loss:.4g}, {verdict}.", run=label, loss=loss, verdict=verdict.words)
    return tr("{run}: loss {loss:.4g}, {verdict}.", run=label, loss=loss, verdict=verdict.short)
