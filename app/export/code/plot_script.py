"""The race as a script for matplotlib: it goes through the race again and draws the paths and the losses."""

from __future__ import annotations

import math

from app.analysis.height_map import neat, scenery_of
from app.engine.race import Race
from app.export.code import script_builder, script_text
from app.export.code.literals import literal
from app.export.code.numpy_script import walks
from app.theming.theme import LIGHT

DRAWING = "app.export.code.templates.plotting"
LEVELS = 10
USE = "It draws the race in a window, or into the file that it is given: python script.py picture.png"


def plot_script(race: Race) -> str:
    """A script that needs NumPy and matplotlib, and redraws contour, paths, start, minima and losses."""
    body, gathered = walks(race, on_arrays=True)
    surface = gathered.function(race.surface.function)
    before = len(gathered.order)
    draw, show = gathered.need((DRAWING, "draw")), gathered.need((DRAWING, "show"))
    drawing = [gathered.text(piece) for piece in gathered.order[before:]]
    ending = script_builder.main(
        script_builder.LAST_WORDS, f"{show}({draw}({surface}, START, paths, losses, STYLES, **PICTURE))"
    )
    return script_builder.joined(
        script_text.heading(race, "numpy and matplotlib", USE),
        gathered,
        *body,
        *drawing,
        f"{styles(race)}\n\n{picture(race)}",
        ending,
    )


def styles(race: Race) -> str:
    """Color, mark and label of each run that is shown."""
    experiment = race.experiment.at(race.step)
    rows = []
    looks = LIGHT.styles(experiment.runs)
    for name, label, style, track in zip(experiment.names, experiment.labels, looks, race.tracks, strict=True):
        gone = track.diverged_at
        words = label if gone is None or gone > race.step else f"{label} (diverged at step {gone})"
        if style.visible:
            dash = (0, style.dash) if style.dash else "solid"
            rows.append(
                (
                    name,
                    script_text.arguments(
                        {"color": style.color, "marker": style.marker, "linestyle": dash, "label": words}
                    ),
                )
            )
    return "# How each run is drawn; one that is not in here is hidden\n" + script_text.mapping("STYLES", rows)


def picture(race: Race) -> str:
    """What else the picture shows, and over which range of heights."""
    experiment, surface = race.experiment, race.surface
    scenery = scenery_of(experiment)
    logarithmic = surface.levels != "linear"
    heights = {float(scenery.relief(height)): height for height in scenery.round_heights(LEVELS)}
    losses = [
        loss
        for track, run in zip(race.tracks, experiment.runs, strict=True)
        if run.visible
        for loss in track.part(0, race.step)[2].tolist()
        if math.isfinite(loss)
    ]
    y_scale = experiment.curve.y_scale if losses and min(losses) >= 0 < max(losses) else "linear"
    facts = {
        "box": tuple((float(low), float(high)) for low, high in scenery.box),
        "low": float(scenery.low),
        "span": float(scenery.span),
        "unit": float(scenery.unit) if logarithmic else None,
        "levels": [(share, neat(height)) for share, height in sorted(heights.items()) if 0 < share < 1],
        "minima": [(float(x), float(y)) for x, y in surface.minima],
        "axes": surface.axes,
        "scales": (experiment.curve.x_scale, y_scale),
        "title": experiment.title or surface.name,
    }
    return "PICTURE = dict(\n" + "".join(f"    {name}={literal(value)},\n" for name, value in facts.items()) + ")"
