"""Figure of a settings map: both axes on the scales of the sliders, the current setting, and theory."""

from __future__ import annotations

from matplotlib.figure import Figure

from app.analysis.map_theory import SettingsTheory, settings_theory
from app.engine.settings_map import SettingsMap
from app.export.maps.basin_figure import explain_minima
from app.export.maps.map_headings import Heading
from app.export.maps.map_layout import MapLayout
from app.export.maps.outcome_key import explain_others, explain_steps
from app.export.options import Options
from app.model.run import Run
from app.plotting.maps.map_marks import CROSS, OPTIMUM, damping_line, limit_line
from app.plotting.maps.outcome_image import OutcomeImage
from app.plotting.maps.settings_axes import draw_theory, set_slider_ticks, slider_extent
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from surfaces import Surface


def draw_settings_map(result: SettingsMap, run: Run, surface: Surface, heading: Heading, options: Options) -> Figure:
    """Return the figure of a settings map of a run."""
    if surface.projected_problem is not None:  # its runs reach no known minimum
        raise ExperimentError(tr("settings maps of networks have no figure; use .npz or .csv"))
    layout = MapLayout(options, *heading)
    axes, image = layout.add_axes(), OutcomeImage(result.outcome, result.steps, len(result.minima))
    first, second = result.specs
    image.draw(axes, slider_extent(result), options.theme)
    for axis, spec in ((axes.xaxis, first), (axes.yaxis, second)):
        set_slider_ticks(axis, spec)
    layout.label_axes(axes, *(tr(spec.text_label(name)) for spec, name in zip(result.specs, result.names, strict=True)))
    theory = settings_theory(run, surface, result)
    draw_theory(axes, result, theory, options.theme)
    explain_minima(layout.key, image, result.minima)
    explain_others(layout.key, image)
    explain_steps(layout.key, image)
    layout.key.heading(tr("Marks"))
    _explain_theory(layout, theory)
    values = [run.hyperparameters[name] for name in result.names]
    setting_text = tr("current setting ({x:g}, {y:g})", x=values[0], y=values[1])
    if result.includes(*values):
        axes.plot(first.to_slider(values[0]), second.to_slider(values[1]), zorder=6, **CROSS)
        layout.key.mark_row(setting_text, **CROSS)
    else:
        layout.key.note(setting_text)
        layout.key.note(tr("(outside the map)"))
    return layout.figure


def _explain_theory(layout: MapLayout, theory: SettingsTheory) -> None:
    if theory.limit is not None:
        x, y = theory.minimum
        layout.key.mark_row(tr("stability limit at ({x:.3g}, {y:.3g})", x=x, y=y), **limit_line(layout.theme))
        layout.key.note(theory.limit.formula)
    if theory.damping:
        text = tr("critical damping for λmin and λmax") if len(theory.damping) > 1 else tr("critical damping")
        layout.key.mark_row(text, **damping_line(layout.theme))
    if theory.optimum is not None:
        x, y = theory.optimum
        layout.key.mark_row(tr("Polyak’s optimum ({x:.3g}, {y:.3g})", x=x, y=y), **OPTIMUM)
