"""The settings map, the rate curve and the difference map as views: what is valid, and what a pixel stands for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from app.engine.displayed_maps import (
    axis_names,
    compared_run,
    difference_map_job,
    map_steps,
    rate_curves_job,
    settings_axes,
    settings_map_job,
)
from app.engine.map_job import MapState
from app.engine.race import Race
from app.engine.rest_classification import DIVERGED
from app.model.experiment import Experiment
from app.model.map_options import MapOptions
from app.model.run import Run
from app.plotting.path_renderer import PathRenderer
from app.utils.progress_generators import finish
from app.views import MAP_VIEWS, MapView, Scene
from app.views.rate_curve_view import RateCurveView
from app.views.settings_map_view import SettingsMapView

BOWL = Experiment(
    "elongated_bowl", (-7.0, 2.0), (Run("momentum", {"lr": 0.05}), Run("sgd", {"lr": 0.05}), Run("adam", {"lr": 0.1}))
)


def make_view(name: str, experiment: Experiment, selected_run: int = 0, size: int = 30) -> Any:
    """Return a view that shows its map, drawn."""
    view, scene = MAP_VIEWS[name](FigureCanvasAgg(Figure(figsize=(5, 4), dpi=100)).figure), None
    job = MAP_VIEWS[name].make_job(experiment, selected_run)
    maps = {} if job is None else {name: MapState(job, finish(job.compute(size)), None)}
    scene = Scene(Race(experiment), selected_run=selected_run, maps=maps)
    view.set_bounds()
    view.show_scene(scene)
    view.fit_labels()
    view.figure.canvas.draw()
    return view


def pixels(view: MapView) -> np.ndarray:
    """Return the drawn view with its markers (height, width, 3)."""
    canvas = view.figure.canvas
    canvas.draw()
    view.draw_current_markers(PathRenderer(canvas.get_renderer()))  # type: ignore[attr-defined]
    return np.asarray(canvas.buffer_rgba())[..., :3].astype(int)  # type: ignore[attr-defined]


# Jobs


def test_the_settings_map_does_not_depend_on_what_its_axes_show() -> None:
    run = BOWL.runs[0]
    job = settings_map_job(BOWL, run)
    assert job is not None
    assert job.names == ("lr", "momentum")
    for other in (replace(run, color="#ff0000", replicas=3), run.with_hyperparameter("lr", 1.0)):
        assert settings_map_job(BOWL, other) == job
    assert settings_map_job(BOWL, run.with_hyperparameter("momentum", 0.5)) == job
    assert settings_map_job(BOWL, run.with_hyperparameter("weight_decay", 0.1)) != job
    assert settings_map_job(replace(BOWL, start=(1.0, 1.0)), run) != job
    assert settings_map_job(replace(BOWL, title="x", displayed_step=9, plot_options=BOWL.plot_options), run) == job


def test_rate_curves_are_those_of_the_visible_runs() -> None:
    job = rate_curves_job(BOWL)
    assert job is not None
    assert [run.optimizer for run in job.experiment.runs] == ["momentum", "sgd", "adam"]
    hidden = BOWL.with_run(1, replace(BOWL.runs[1], visible=False))
    job = rate_curves_job(hidden)
    assert job is not None
    assert [run.optimizer for run in job.experiment.runs] == ["momentum", "adam"]
    assert rate_curves_job(hidden.with_run(0, replace(BOWL.runs[0], visible=False)).without_run(2)) is None
    assert rate_curves_job(replace(BOWL, runs=())) is None


def test_a_change_of_one_run_computes_one_rate_curve() -> None:
    one, other = rate_curves_job(BOWL), rate_curves_job(BOWL.with_run(2, Run("adam", {"beta1": 0.89})))
    assert one is not None
    assert other is not None
    first, second = one.finish(), other.finish()
    assert [a is b for a, b in zip(first, second, strict=True)] == [True, True, False]
    moved = rate_curves_job(replace(BOWL, start=(-7.0, 2.5)))
    assert moved is not None
    assert not any(curve in first for curve in moved.finish())


def test_axes_that_the_run_does_not_have_give_way_to_the_default_ones() -> None:
    experiment = replace(BOWL, map_options=MapOptions(settings_axes=("momentum", "lr")))
    assert settings_axes(experiment, BOWL.runs[0]) == ("momentum", "lr")
    assert settings_axes(experiment, BOWL.runs[2]) == ("lr", "beta2")
    assert settings_axes(experiment, BOWL.runs[1]) is None, "SGD has no second hyperparameter"
    noisy = Run("sgd", {"lr": 0.1, "noise": 0.1})
    assert settings_axes(experiment, noisy) == ("lr", "noise")
    assert "noise_seed" not in axis_names(noisy)


def test_the_difference_map_compares_with_the_chosen_run_or_the_next_one() -> None:
    first, second, third = BOWL.runs
    assert compared_run(BOWL, first) == second
    assert compared_run(BOWL, third) == first
    chosen = replace(BOWL, map_options=MapOptions(compared_slot=third.slot))
    assert compared_run(chosen, first) == third
    assert compared_run(chosen, third) == first
    assert compared_run(replace(BOWL, runs=(first,)), first) is None
    moved = replace(BOWL, start=(1.0, 1.0))
    assert difference_map_job(BOWL, first, second) == difference_map_job(moved, first, second)


def test_maps_have_the_steps_of_the_options_or_of_the_experiment() -> None:
    assert map_steps(BOWL) == 500
    assert map_steps(replace(BOWL, steps=80)) == 80
    assert map_steps(replace(BOWL, steps=80, map_options=MapOptions(200))) == 200
    assert map_steps(replace(BOWL, steps=5_000_000)) == 10_000


# Settings map


def test_the_cross_is_at_the_current_setting_and_a_click_sets_the_values_of_the_cell() -> None:
    view = make_view("settings", BOWL)
    assert isinstance(view, SettingsMapView)
    result = view.result
    for row, column in ((0, 0), (3, 7), (29, 29), (12, 20)):
        setting = {"lr": float(result.first[column]), "momentum": float(result.second[row])}
        position = [spec.to_slider(value) for spec, value in zip(result.specs, setting.values(), strict=True)]
        pixel = tuple(view.axes.transData.transform(position))
        assert view.setting_at(pixel, 0) == setting
        assert view.run_at(pixel) == 0
        run = BOWL.runs[0]
        for name, value in setting.items():
            run = run.with_hyperparameter(name, value)
        view.update_scene(replace(view.scene, race=Race(BOWL.with_run(0, run))))
        cross = view.cross_position()
        assert cross is not None
        np.testing.assert_allclose(cross[0], pixel, atol=0.5)
        assert view.readout(pixel)[0] == ("learning rate", f"{setting['lr']:.10g}")
    assert view.run_at((2.0, 2.0)) is None


def test_a_setting_outside_the_map_has_no_cross() -> None:
    view = make_view("settings", BOWL.with_run(0, Run("momentum", {"lr": 500.0})))
    assert view.cross_position() is None
    assert "outside" in view.message()


def test_no_cell_beyond_the_stability_limit_arrives_on_a_quadratic() -> None:
    view = make_view("settings", BOWL)
    result, limit = view.result, view.theory.limit
    assert limit is not None
    assert limit.formula == "2(1 + momentum)/λmax"
    bound = 2 * (1 + result.second[:, None]) / 2.0  # the largest curvature of the bowl is 2
    beyond = result.first[None, :] > bound * 1.001
    assert beyond.any()
    assert not (result.outcome[beyond] >= 0).any()
    assert view.theory.optimum is not None
    assert "λmax" in view.key_text.get_text()
    assert "Polyak" in view.key_text.get_text()


@pytest.mark.slow
@pytest.mark.parametrize("quantity", ["minimum", "steps", "loss", "lowest", "divergence"])
def test_every_quantity_has_another_picture_and_a_name(quantity: str) -> None:
    view = make_view("settings", replace(BOWL, map_options=MapOptions(settings_quantity=quantity)))
    other = make_view("settings", replace(BOWL, map_options=MapOptions(settings_quantity="loss")))
    assert (np.abs(pixels(view) - pixels(other)).max() > 20) == (quantity != "loss")
    assert view.titles[0].startswith("Momentum, 500 steps")
    assert (view.color_bar is not None) == (quantity in ("steps", "loss", "lowest"))


def test_a_run_with_one_hyperparameter_has_a_message_instead_of_a_map() -> None:
    view = make_view("settings", BOWL, selected_run=1)
    assert view.result is None
    assert view.message() == "SGD has no two hyperparameters for a map"
    assert (view.run_at((250.0, 200.0)), view.readout((250.0, 200.0))) == (None, [])
    assert make_view("settings", replace(BOWL, runs=())).message().startswith("No runs yet")
    assert make_view("difference", replace(BOWL, runs=BOWL.runs[:1])).message().startswith("Add a second run")


# Old and new maps


def test_an_old_map_is_pale_and_sets_nothing_until_the_new_one_is_there() -> None:
    view = make_view("settings", BOWL)
    valid, center = pixels(view), tuple(view.axes.bbox.min + view.axes.bbox.size / 2)
    experiment = replace(BOWL, start=(3.0, 3.0))
    job = MAP_VIEWS["settings"].make_job(experiment, 0)
    assert job is not None
    waiting = Scene(Race(experiment), selected_run=0, maps={"settings": MapState(job, None, 0.4)})
    assert not view.update_scene(waiting), "no full draw for a map that does not exist yet"
    assert view.message() == "computing 40 %"
    assert (view.run_at(center), view.setting_at(center, 0), view.readout(center)) == (None, {}, [])
    pale = pixels(view)
    inside = (slice(100, 300), slice(100, 400))
    assert pale[inside].std() < 0.5 * valid[inside].std()
    done = Scene(Race(experiment), selected_run=0, maps={"settings": MapState(job, finish(job.compute(20)), None)})
    assert view.update_scene(done)
    assert view.message() == ""
    assert not view.update_scene(replace(done, race=Race(experiment))), "the same map needs no full draw"


@pytest.mark.parametrize("name", sorted(MAP_VIEWS))
def test_a_failed_map_says_why(name: str) -> None:
    view = make_view(name, BOWL)
    job = view.state.job
    view.update_scene(Scene(Race(BOWL), maps={name: MapState(job, None, None, "no memory")}))
    assert view.result is None
    assert view.message() == "no memory"


def test_a_function_of_one_variable_has_settings_and_rates_but_no_map_of_starts() -> None:
    line = Experiment(formula="x^4 - x^2 + 0.1*x", runs=(Run("momentum"), Run("sgd")))
    assert (make_view("settings", line).result.outcome >= 0).any()
    assert make_view("rates", line).result is not None
    assert "one variable" in make_view("difference", line).message()


# Rate curve


def test_markers_lie_on_their_curves_and_a_click_on_a_curve_sets_the_rate_of_its_run() -> None:
    for index in range(3):
        view = make_view("rates", BOWL, selected_run=index, size=121)
        assert isinstance(view, RateCurveView)
        position = view.marker_positions()[index]
        assert view.is_inside(position[0])
        assert view.run_at(tuple(position[0])) == index
        setting = view.setting_at(tuple(position[0]), index)
        assert setting["lr"] == pytest.approx(BOWL.runs[index].hyperparameters["lr"], rel=0.08)
    view = make_view("rates", BOWL, selected_run=1, size=121)
    lane_pixels = view.curve_pixels(1)
    for k in (90, 100):
        assert view.setting_at(tuple(lane_pixels[k]), 1) == {"lr": view.result[1].learning_rates[k]}


def test_diverged_rates_of_gradient_descent_begin_at_its_stability_limit() -> None:
    view = make_view("rates", replace(BOWL, runs=BOWL.runs[1:2]), size=121)
    curve = view.result[0]
    diverged = curve.learning_rates[curve.outcome == DIVERGED]
    assert diverged.min() == pytest.approx(1.0, rel=0.1)  # 2 / lambda_max
    assert "2/λmax" in view.key_text.get_text()
    assert "diverges" in view.key_text.get_text()
    beyond = view.curve_pixels(0)[np.argmax(curve.outcome == DIVERGED)]
    assert view.is_inside(beyond), "a marker at a diverged rate lies at the upper edge"
    assert view.readout(tuple(beyond))[2] == ("outcome", "Diverged")


@pytest.mark.parametrize("quantity", ["loss", "steps"])
def test_hidden_runs_have_no_curve(quantity: str) -> None:
    experiment = replace(BOWL, map_options=MapOptions(rate_quantity=quantity))
    experiment = experiment.with_run(0, replace(experiment.runs[0], visible=False))
    view = make_view("rates", experiment)
    assert view.indices == [1, 2]
    assert set(view.marker_positions()) <= {1, 2}
    pixels(view)
    hidden = replace(BOWL, runs=tuple(replace(run, visible=False) for run in BOWL.runs))
    assert make_view("rates", hidden).message().startswith("All runs are hidden")


# Difference map


def test_the_difference_map_names_both_runs_and_says_what_happens_at_a_start() -> None:
    experiment = Experiment("himmelblau", None, (Run("sgd", {"lr": 0.01}), Run("momentum", {"lr": 0.01})))
    view = make_view("difference", experiment)
    assert view.titles[0] == "SGD (blue) vs. Momentum (orange)"
    result, texts = view.result, set()
    for row in range(0, 30, 3):
        for column in range(0, 30, 3):
            pixel = tuple(view.axes.transData.transform((result.xs[column], result.ys[row])))
            (_, start), (_, outcome) = view.readout(pixel)
            assert start.count(",") == 1
            texts.add((int(result.kind[row, column]), outcome.split(";")[0].split(",")[0]))
    assert (1, "SGD and Momentum reach different minima") in texts
    assert (0, "same minimum") in texts


@pytest.mark.slow
@pytest.mark.parametrize("surface", ["rosenbrock", "himmelblau", "drop_wave", "monkey_saddle"])
@pytest.mark.parametrize("run", ["adam", "momentum lr=0.3", "sgd lr=0", "rmsprop", "lbfgs", "sgd lr=1e9 noise=1"])
def test_views_can_be_drawn_for_any_run(surface: str, run: str) -> None:
    experiment = Experiment(surface, None, (Run.parse(run), Run("sgd")), map_options=MapOptions(20))
    for name in MAP_VIEWS:
        view = make_view(name, experiment, size=6)
        pixels(view)
        view.readout(tuple(view.axes.bbox.min + view.axes.bbox.size / 2))
