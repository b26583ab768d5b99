"""The race as a CSV table: one row for each run and step, the start included."""

from __future__ import annotations

import csv
import math
from itertools import chain
from pathlib import Path

from app.atomic import replacing
from app.export.options import Options
from app.race import Race

COLUMNS = ("step", "optimizer", "x", "y", "loss", "grad_x", "grad_y", "lr")


def table(race: Race, path: Path, _: Options) -> None:
    """Numbers in full precision. ``lr`` is the learning rate of the update that led to the row; empty at the start."""
    with replacing(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name, track in zip(race.experiment.names, race.tracks, strict=True):
            rates = chain([None], track.learning_rates(min(race.step, track.extent)))
            points = zip(*(part.tolist() for part in track.part(0, race.step)), strict=True)
            for step, (rate, (x, y, loss)) in enumerate(zip(rates, points, strict=True)):
                grad_x, grad_y = race.surface(x, y)[1] if math.isfinite(loss) else (math.nan, math.nan)
                writer.writerow((step, name, x, y, loss, grad_x, grad_y, rate))
