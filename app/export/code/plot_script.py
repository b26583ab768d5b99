"""Export of a race as a matplotlib script, which computes the paths again and draws them with the losses."""

from __future__ import annotations

import math

from app.analysis.curve_limits import curve_limits
from app.analysis.height_map import height_map_for, round_off
from app.engine.race import Race
from app.export.code import script_builder, script_text
from app.export.code.literals import format_literal
from app.export.code.numpy_script import path_blocks
from app.theming.theme import LIGHT

PLOTTING_MODULE = "app.export.code.templates.plotting"
USAGE_NOTE = "Shows the figure in a window, or saves it to a file: python script.py figure.png"


def plot_script(race: Race) -> str:
    """Return a script that draws contour plot or curve, paths, start, minima and losses with NumPy and matplotlib."""
    body, collector = path_blocks(race, vectorized=True)
    function = script_builder.add_surface_function(race, collector, for_arrays=True)
    surface, changing = script_builder.add_changing_surface(race, collector, function)
    first_index, is_line = len(collector.definitions), race.surface.dimension == 1
    draw, show = (
        collector.require((PLOTTING_MODULE, "draw_curve" if is_line else "draw")),
        collector.require((PLOTTING_MODULE, "show")),
    )
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
        f"{style_table(race)}\n\n{curve_settings(race) if is_line else figure_settings(race)}",
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
    settings = {
        "bounds": tuple((float(low), float(high)) for low, high in height_map.bounds),
        "contour_levels": [
            (fraction, round_off(height)) for fraction, height in sorted(heights.items()) if 0 < fraction < 1
        ],
        "minima": [(float(x), float(y)) for x, y in surface.minima],
        "axes": surface.axis_labels,
        "scales": _loss_scales(race),
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
    return _settings_text([*lines, *(f"{name}={format_literal(value)}" for name, value in settings.items())])


def curve_settings(race: Race) -> str:
    """Return the assignment of ``FIGURE_SETTINGS`` for a loss over x alone: the other arguments of ``draw_curve``."""
    surface, (x_limits, _) = race.surface, height_map_for(race.experiment).bounds
    settings = {
        "x_limits": tuple(map(float, x_limits)),
        "loss_limits": curve_limits(race.experiment, x_limits),
        "minima": [float(x) for x, _ in surface.minima],
        "scales": _loss_scales(race),
        "title": race.experiment.title or surface.name,
    }
    return _settings_text([f"{name}={format_literal(value)}" for name, value in settings.items()])


def _settings_text(lines: list[str]) -> str:
    return "FIGURE_SETTINGS = dict(\n" + "".join(f"    {line},\n" for line in lines) + ")"


def _loss_scales(race: Race) -> tuple[str, str]:
    """Return the scales of the loss plot; a logarithmic one only if no loss is negative."""
    experiment = race.experiment
    losses = [
        loss
        for trajectory, run in zip(race.trajectories, experiment.runs, strict=True)
        if run.visible
        for loss in trajectory.values_between(0, race.step)[2].tolist()
        if math.isfinite(loss)
    ]
    is_positive = bool(losses) and min(losses) >= 0 < max(losses)
    return experiment.loss_plot.x_scale, experiment.loss_plot.y_scale if is_positive else "linear"
