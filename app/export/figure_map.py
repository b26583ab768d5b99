"""The map that a figure shows, computed in steps before the figure is drawn."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from app.engine.displayed_maps import displayed_basin_job
from app.engine.map_job import MapJob, MapState
from app.engine.race import Race
from app.export.options import Options
from app.model.plot_domain import plot_bounds
from app.views import MAP_VIEWS, Scene
from app.views.map_view import selected_index


def compute_map(race: Race, options: Options) -> Generator[float, None, Options]:
    """Yield the fraction that is done of the map of a figure; return the options with the map, if there is one."""
    view_id, job = map_job(Scene(race, options.theme, surface=race.surface), options)
    if job is None or known_map(options, view_id, job) is not None:
        return options
    result = yield from job.compute(job.sizes[-1])
    return replace(options, maps={**options.maps, view_id: MapState(job, result, None)})


def map_job(scene: Scene, options: Options) -> tuple[str, MapJob | None]:
    """Return the id of the view that has a map, and its job, if any."""
    experiment, view = scene.displayed_experiment, MAP_VIEWS.get(options.view)
    index = selected_index(experiment, options.map_run)
    if view is not None:
        return view.id, view.make_job(experiment, index)
    if options.view not in ("all", "contour"):
        return options.view, None
    bounds = options.viewport or plot_bounds(scene.race.experiment)
    return "contour", displayed_basin_job(experiment, index, bounds)


def known_map(options: Options, view_id: str, job: MapJob) -> Any:
    """Return the map of a job if the options have it."""
    known = options.maps.get(view_id)
    return known.result if known is not None and known.job == job else None
