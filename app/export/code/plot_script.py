"""Export of a race as a matplotlib script, which computes the paths again and draws them with the losses."""

from __future__ import annotations

import math

from app.analysis.height_map import height_map_for, round_off
from app.engine.race import Race
from app.export.code import script_builder, script_text
from app.export.code.literals import format_literal
from app.export.code.numpy_script import path_blocks
from app.theming.theme import LIGHT

PLOTTING_MODULE = "app.export.code.templates.plotting"
USAGE_NOTE = "Shows the figure in a window, or saves it to a file: python script.py figure.png"


def plot_script(race: Race) -> str:
    """Return a script that draws contour plot, paths, start, minima and losses with NumPy and matplotlib."""
    body, collector = path_blocks(race, vectorized=True)
    function = script_builder.add_surface_function(race, collector, for_arrays=True)
    surface, changing = script_builder.add_changing_surface(race, collector, function)
    first_index = len(collector.definitions)
    draw, show = collector.require((PLOTTING_MODULE, "draw")), collector.require((PLOTTING_MODULE, "show"))
    plotting_blocks = [collector.source_text(definition) for definition in collector.definitions[first_index:]]
    final_block = script_builder.main_block(
        script_builder.SUMMARY_CODE,
        *([f"{surface}.set_step(STEPS)"] if changing else []),
        f"{show}({draw}({surface}, START, paths, losses, STYLES, **FIGURE_SETTINGS))",
    )
    return script_builder.join_script(
        script_text.script_docstring(race, "numpy and matplotlib", USAGE_NOTE),
        collector,
        *body,
        *plotting_blocks,
        f"{style_table(race)}\n\n{figure_settings(race)}",
        final_block,
    )


def style_table(race: Race) -> str:
    """Return the assignment of ``STYLES``: color, marker, line style and label of each visible run."""
    experiment = race.experiment.as_of_step(race.step)
    rows = []
    run_styles = LIGHT.styles(experiment.runs, experiment.plot_options.dashes)
    for name, label, style, trajectory in zip(
        experiment.names, experiment.labels, run_styles, race.trajectories, strict=True
    ):
        diverged_at = trajectory.diverged_at
        legend_label = (
            label if diverged_at is None or diverged_at > race.step else f"{label} (diverged at step {diverged_at})"
        )
        if style.visible:
            dash = (0, style.dash) if style.dash else "solid"
            rows.append(
                (
                    name,
                    script_text.format_arguments(
                        {"color": style.color, "marker": style.marker, "linestyle": dash, "label": legend_label}
                    ),
                )
            )
    return "# The visible runs\n" + script_text.format_mapping("STYLES", rows)


def figure_settings(race: Race) -> str:
    """Return the assignment of ``FIGURE_SETTINGS``: the other arguments of ``draw``."""
    experiment, surface = race.experiment, race.surface
    height_map, options = height_map_for(experiment, surface=surface), experiment.plot_options
    logarithmic = height_map.scale != "linear"
    heights = {
        float(height_map.normalized_height(height)): height for height in height_map.round_heights(options.levels)
    }
    losses = [
        loss
        for trajectory, run in zip(race.trajectories, experiment.runs, strict=True)
        if run.visible
        for loss in trajectory.values_between(0, race.step)[2].tolist()
        if math.isfinite(loss)
    ]
    y_scale = experiment.loss_plot.y_scale if losses and min(losses) >= 0 < max(losses) else "linear"
    settings = {
        "bounds": tuple((float(low), float(high)) for low, high in height_map.bounds),
        "contour_levels": [
            (fraction, round_off(height)) for fraction, height in sorted(heights.items()) if 0 < fraction < 1
        ],
        "minima": [(float(x), float(y)) for x, y in surface.minima],
        "axes": surface.axis_labels,
        "scales": (experiment.loss_plot.x_scale, y_scale),
        "title": experiment.title or surface.name,
        "colormap": options.colormap,
        "aspect": "equal" if options.equal_axes else "auto",
    }
    height_scale = {
        "min_height": float(height_map.min_height),
        "height_range": float(height_map.height_range),
        "linear_threshold": float(height_map.linear_threshold) if logarithmic else None,
    }
    lines = [f"height_scale={script_text.format_arguments(height_scale)}"]
    lines += [f"{name}={format_literal(value)}" for name, value in settings.items()]
    return "FIGURE_SETTINGS = dict(\n" + "".join(f"    {line},\n" for line in lines) + ")"
