"""Export of the map of a view: its numbers, or a figure with a key, as the command line writes them."""

from __future__ import annotations

from typing import Any

from app.engine.displayed_maps import compared_run, rate_runs
from app.engine.map_job import MapState
from app.engine.map_jobs import DifferenceMapJob
from app.export.maps.basin_figure import draw_basin_map
from app.export.maps.difference_figure import draw_difference_map
from app.export.maps.map_data import MapData, basin_data, difference_data, rate_data, settings_data
from app.export.maps.map_files import DATA_SUFFIXES, FIGURE_SUFFIXES, Draw, write_map
from app.export.maps.map_headings import basin_heading, rate_heading, settings_heading
from app.export.maps.map_layout import MAP_SIZE
from app.export.maps.rate_figure import draw_rate_curves
from app.export.maps.settings_figure import draw_settings_map
from app.export.options import Options
from app.gui.window.export_source import ExportSource
from app.gui.window.map_progress import map_title
from app.io.experiment_files import display_name
from app.model.experiment import Experiment
from app.utils.i18n import tr

FILE_NAMES = {"contour": "basins"}  # by view id, where they differ
Content = tuple[MapData, Draw]


def export_map(source: ExportSource, view_id: str) -> str:
    """Ask for a file and write the map of a view to it; return the message for the status bar, empty if canceled."""
    state, experiment = source.view_area.map_store.states[view_id], source.session.displayed_experiment
    suffixes = (*DATA_SUFFIXES, *FIGURE_SUFFIXES)
    name_filters = ";;".join(f"{suffix[1:].upper()} (*{suffix})" for suffix in suffixes)
    title = tr("Export {view}", view=map_title(view_id))
    with source.paused_playback():
        path = source.documents.ask_path(
            title, name_filters, "npz", f"{source.default_name}-{FILE_NAMES.get(view_id, view_id)}"
        )
    if path is None:
        return ""
    data, draw = CONTENTS[view_id](experiment, state, source.view_area.selected_run() or 0)
    write_map(path, display_name(experiment), data, draw, Options(size=MAP_SIZE, theme=source.appearance.theme))
    return tr("Map exported.")


def _settings(experiment: Experiment, state: MapState, selected_run: int) -> Content:
    result, run, job = state.result, experiment.runs[selected_run], state.job
    heading = settings_heading(experiment, run, result, job.steps)
    return settings_data(result), lambda options: draw_settings_map(result, run, experiment.surface, heading, options)


def _rates(experiment: Experiment, state: MapState, selected_run: int) -> Content:
    runs, heading = rate_runs(experiment), rate_heading(experiment, state.job.steps)
    names = [experiment.names[experiment.runs.index(run)] for run in runs]
    pairs = list(zip(runs, state.result, strict=True))
    return rate_data(names, state.result), lambda options: draw_rate_curves(
        pairs, experiment.surface, state.job.start, heading, options
    )


def _difference(experiment: Experiment, state: MapState, selected_run: int) -> Content:
    run = experiment.runs[selected_run]
    other = compared_run(experiment, run)
    assert other is not None
    heading = basin_heading(experiment, [run, other], state.result, state.job.steps)
    assert isinstance(state.job, DifferenceMapJob)
    names = state.job.names
    return difference_data(state.result), lambda options: draw_difference_map(
        state.result, names, experiment.surface, heading, options
    )


def _basins(experiment: Experiment, state: MapState, selected_run: int) -> Content:
    run = experiment.runs[selected_run]
    heading = basin_heading(experiment, [run], state.result, state.job.steps)
    return basin_data(state.result), lambda options: draw_basin_map(state.result, experiment.surface, heading, options)


CONTENTS: dict[str, Any] = {"contour": _basins, "settings": _settings, "rates": _rates, "difference": _difference}
