"""The results table: what every run has reached and what it has spent, as numbers, as words and as text to be copied."""

from __future__ import annotations

import math
import re
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.engine.race import Race
from app.engine.trajectory import Track
from app.utils.i18n import mark, tr
from app.utils.number_format import significant, whole

TOLERANCE = 1e-6
CRITERION = mark("Steps to tolerance: from then on, loss − minimum is at most 10⁻⁶ × its first value.")
UNKNOWN = mark("This surface has no known minimum: there is no tolerance to reach, and no distance.")
NONE = "–"
SPACING = 4096  # steps between two kept sums


@dataclass(frozen=True)
class Standing:
    """One run at a step. ``steps`` are those it has made: a run that diverged stands where it last was, ``diverged_at`` a step.

    ``to_tolerance`` is None where the run is not within the tolerance, nan where the surface has no known minimum.
    """

    index: int  # in experiment.runs
    slot: int
    optimizer: str
    settings: str
    steps: int
    to_tolerance: float | None
    loss: float
    distance: float
    path: float
    gradients: int
    values: int
    microseconds: float  # of an update; nan where nobody measured it
    diverged_at: int | None


class Tally:
    """The length of one track's path and its last step out of tolerance, kept at every ``SPACING`` steps.

    What lies between is added on demand, so that any step gets the same numbers whatever was asked before.
    """

    def __init__(self, track: Track, lowest: float) -> None:
        self.lowest = lowest
        begin = float(track.part(0, 0)[2][0])
        self.allowed = TOLERANCE * max(begin - lowest, 0.0)
        self.kept = [(0.0, -1)]

    def at(self, track: Track, step: int) -> tuple[float, int]:
        """The path's length up to ``step``, and the last step out of tolerance, -1 for none."""
        while len(self.kept) * SPACING <= step:
            self.kept.append(self._on(track, len(self.kept) * SPACING))
        return self._on(track, step)

    def _on(self, track: Track, step: int) -> tuple[float, int]:
        """The same from the last kept sums on."""
        k = min(step // SPACING, len(self.kept) - 1)
        length, outside = self.kept[k]
        x, y, loss = track.part(k * SPACING, step)
        with np.errstate(all="ignore"):
            length += float(np.hypot(np.diff(x), np.diff(y)).sum())
            out = np.flatnonzero(loss - self.lowest > self.allowed)
        return length, k * SPACING + int(out[-1]) if out.size else outside


_tallies: weakref.WeakKeyDictionary[Track, Tally] = weakref.WeakKeyDictionary()


def tally(track: Track, step: int, lowest: float) -> tuple[float, int]:
    """See ``Tally.at``."""
    known = _tallies.get(track)
    if known is None:
        known = _tallies[track] = Tally(track, lowest)
    return known.at(track, step)


def standings(race: Race, step: int | None = None, pace: Callable[[Track], float] | None = None) -> list[Standing]:
    """Every run at a step, that of the race if none is given. ``pace`` gives the microseconds of an update of a track."""
    shown = race.step if step is None else step
    experiment, surface = race.experiment.at(shown), race.surface
    lowest = math.nan if surface.lowest is None else surface.lowest
    found = []
    for index, (run, track) in enumerate(zip(experiment.runs, race.tracks, strict=True)):
        last, gone = min(shown, track.extent), track.diverged_at
        gone = gone if gone is not None and gone <= shown else None
        x, y, loss = track.part(last, last)
        path, outside = tally(track, last, lowest)
        reached = None if gone is not None or outside == last else outside + 1
        found.append(
            Standing(
                index,
                run.slot or 0,
                run.rule.name,
                run.settings,
                last,
                math.nan if math.isnan(lowest) else reached,
                float(loss[0]),
                float(surface.distance(x, y)[0]),
                path,
                *track.spent(last),
                pace(track) if pace else math.nan,
                gone,
            )
        )
    return found


@dataclass(frozen=True)
class Column:
    """A column: its name in full and on the screen, its value in a standing, and that value in words.

    ``room`` are figures of the usual length, for which it has room from the first.
    """

    name: str
    heading: str
    value: Callable[[Standing], Any]
    words: Callable[[Any], str]
    tip: str = ""
    room: str = ""

    @property
    def textual(self) -> bool:
        return self.words is str


COLUMNS = (
    Column("run", "Run", lambda s: s.index + 1, whole, "Its place in the list of runs"),
    Column("optimizer", "Optimizer", lambda s: s.optimizer, str),
    Column(
        "hyperparameters",
        "Hyper-\nparameters",
        lambda s: s.settings,
        str,
        "The learning rate, and what is not at its default",
    ),
    Column("steps", "Steps", lambda s: s.steps, whole, room="00,000"),
    Column("steps to tolerance", "Steps to\ntolerance", lambda s: s.to_tolerance, whole, CRITERION),
    Column("loss", "Loss", lambda s: s.loss, significant, room="0.0000000"),
    Column(
        "distance to nearest minimum",
        "Distance to\nminimum",
        lambda s: s.distance,
        significant,
        "To the nearest minimum",
        room="0.0000000",
    ),
    Column(
        "path length",
        "Path\nlength",
        lambda s: s.path,
        significant,
        "The lengths of all steps, added up",
        room="000.00",
    ),
    Column("gradient evaluations", "Gradient\nevals", lambda s: s.gradients, whole, room="00,000"),
    Column(
        "value evaluations", "Value\nevals", lambda s: s.values, whole, "Evaluations of the loss without its gradient"
    ),
    Column(
        "time per update (µs)",
        "µs per\nupdate",
        lambda s: s.microseconds,
        lambda value: significant(value, 3),
        "Time per update in microseconds, of the arithmetic alone, measured on this computer",
    ),
)
STEPS = next(k for k, column in enumerate(COLUMNS) if column.name == "steps")
DIVERGED = Column(
    "diverged at", "Diverged at", lambda s: s.diverged_at, whole
)  # where words have no place: in CSV alone


def missing(value: Any) -> bool:
    """Whether there is nothing to show: no value, no text, no finite number."""
    return value is None or value == "" or (isinstance(value, float) and not math.isfinite(value))


def cells(standing: Standing) -> list[str]:
    """The words of each column."""
    values = [column.value(standing) for column in COLUMNS]
    words = [NONE if missing(value) else column.words(value) for column, value in zip(COLUMNS, values, strict=True)]
    if standing.diverged_at is not None:
        words[STEPS] = tr("diverged at {diverged_at:,}", diverged_at=standing.diverged_at)
    return words


def ordered(found: Iterable[Standing], column: Column, descending: bool = False) -> list[Standing]:
    """Sorted by a column, numbers within a text as numbers, equals as they came; what has no value comes last, either way."""
    found = list(found)

    def key(standing: Standing) -> Any:
        value = column.value(standing)
        return _natural(value) if column.textual else value

    known = [standing for standing in found if not missing(column.value(standing))]
    return sorted(known, key=key, reverse=descending) + [
        standing for standing in found if missing(column.value(standing))
    ]


def _natural(text: str) -> list[Any]:
    """A text's words and numbers, in turns."""
    parts = re.split(r"(\d+(?:\.\d+)?(?:e[+-]?\d+)?)", text.casefold())
    return [float(part) if k % 2 else part for k, part in enumerate(parts)]
