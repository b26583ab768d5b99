"""The arrows of a step show what its explanation says, in every view and for every rule."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from app.analysis.step_arrows import step_arrows, step_bounds
from app.analysis.step_explanation import explain
from app.cli.main import main
from app.engine.race import Race
from app.model.experiment import Experiment
from app.model.plot_options import PlotOptions
from app.model.run import Run
from app.plotting.path_renderer import PathRenderer
from app.views import VIEWS, Scene
from optimizers import OPTIMIZERS

STEPS = (0, 1, 2, 3, 17, 137)
ARROWS = PlotOptions(step_arrows=True)


def make_race(run: str, surface: str = "elongated_bowl", step: int = 0) -> Race:
    race = Race(Experiment(surface, runs=(Run.parse(run),), plot_options=ARROWS))
    race.advance(step)
    return race


@pytest.mark.parametrize(
    "run", ["adam lr=0.9", "momentum lr=0.1", "lion lr=0.1 weight_decay=0.1", "sgd lr=0.2 sam=0.1"]
)
def test_the_parts_lead_from_tip_to_tip_to_the_end_of_the_step(run: str) -> None:
    trajectory = make_race(run, step=137).trajectories[0]
    for step in (1, 2, 3, 17, 137):
        arrows, explanation = step_arrows(trajectory, step), explain(trajectory, step)
        assert arrows is not None
        assert (arrows.before, arrows.after) == (explanation.before.position, explanation.after.position)
        *parts, whole = arrows.arrows
        assert (whole.tail, whole.tip) == (arrows.before, arrows.after)
        tail = np.array(arrows.before)
        for part in parts:
            np.testing.assert_allclose(part.tail, tail, atol=1e-12)
            tail = tail + explanation.parts[part.name]
            np.testing.assert_allclose(part.tip, tail, atol=1e-12)
        if parts:
            np.testing.assert_allclose(tail, arrows.after, atol=1e-12)
        assert arrows.points == explanation.points


def test_the_scale_per_axis_is_that_of_the_second_moment() -> None:
    trajectory = make_race("rmsprop lr=0.1", step=3).trajectories[0]
    arrows, state = step_arrows(trajectory, 3), explain(trajectory, 3)
    assert arrows is not None
    assert arrows.axis_scales is not None
    v = [stage.value for stage in state.stages if stage.name == "v"][-1]
    assert arrows.axis_scales[0] / arrows.axis_scales[1] == pytest.approx((v[1] / v[0]) ** 0.5)
    assert max(arrows.axis_scales) == 1
    sgd = step_arrows(make_race("sgd lr=0.1", step=3).trajectories[0], 3)
    assert sgd is not None
    assert sgd.axis_scales is None


def test_the_curvature_is_shown_where_the_rate_exceeds_its_limit() -> None:
    stable, unstable = (step_arrows(make_race(f"sgd lr={lr}", step=2).trajectories[0], 2) for lr in (0.9, 1.1))
    assert stable is not None
    assert stable.steepest is None
    assert unstable is not None
    assert unstable.steepest is not None
    assert unstable.steepest.curvature == pytest.approx(2.0)
    assert unstable.steepest.limit[1] == pytest.approx(1.0)
    points, losses = unstable.steepest.points(50)
    expected = [0.05 * x * x + y * y for x, y in points]  # the surface is quadratic, so that the parabola lies on it
    np.testing.assert_allclose(losses, expected, rtol=1e-9)


def test_a_step_fills_a_good_part_of_its_view() -> None:
    arrows = step_arrows(make_race("adam lr=0.001", step=40).trajectories[0], 40)
    assert arrows is not None
    (left, right), (bottom, top) = step_bounds(arrows)
    for x, y in (arrows.before, arrows.after):
        assert left < x < right
        assert bottom < y < top
    assert right - left < 0.01


@pytest.fixture
def drawn(request: pytest.FixtureRequest) -> tuple[Race, object, PathRenderer]:
    """Return a race, a view of it and its renderer."""
    view_id, run, step = request.param
    race = make_race(run, step=step)
    figure = Figure((6, 4))
    canvas = FigureCanvasAgg(figure)
    view = VIEWS[view_id](figure)
    view.show_scene(Scene(race))
    canvas.draw()
    return race, view, PathRenderer(canvas.get_renderer())


@pytest.mark.parametrize(
    "drawn", [(view, run, 17) for view in ("contour", "relief") for run in ("adam lr=0.5", "cma_es", "nelder_mead")],
    indirect=True,
)  # fmt: skip
def test_labels_do_not_overlap(drawn: tuple[Race, object, PathRenderer]) -> None:
    _, view, renderer = drawn
    view.step_arrows.draw(renderer)  # type: ignore[attr-defined]
    boxes = view.step_arrows.label_boxes  # type: ignore[attr-defined]
    assert len(boxes)
    for k, (low, high) in enumerate(boxes):
        for other_low, other_high in boxes[k + 1 :]:
            assert not ((low < other_high) & (high > other_low)).all()


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_rule_has_arrows_at_every_step(optimizer: str) -> None:
    for surface in ("elongated_bowl", "beale"):
        race = make_race(optimizer, surface, 137)
        figure = Figure((4, 3))
        canvas = FigureCanvasAgg(figure)
        views = [VIEWS[name](figure) for name in ("contour", "relief")]
        for view in views:
            view.show_scene(Scene(race))
        canvas.draw()
        renderer = PathRenderer(canvas.get_renderer())
        for step in STEPS:
            if step <= race.last_step:
                race.seek(step)
                for view in views:
                    view.draw_current_markers(renderer)


def test_a_run_that_diverges_has_the_arrows_of_its_last_step() -> None:
    race = make_race("sgd lr=5", step=2_000)
    trajectory = race.trajectories[0]
    assert trajectory.diverged_at is not None
    arrows = step_arrows(trajectory, race.step)
    assert arrows is not None
    assert arrows.step == trajectory.last_step


def test_figures_have_the_arrows(tmp_path: Path) -> None:
    command = ["export", "--surface", "elongated_bowl", "--run", "adam lr=0.9", "--steps", "4", "--view", "contour"]
    for name, options in (("with", ["--arrows"]), ("without", [])):
        assert main([*command, *options, "--to", str(tmp_path / f"{name}.svg")]) == 0
    assert (tmp_path / "with.svg").stat().st_size > (tmp_path / "without.svg").stat().st_size + 1_000


def test_the_option_is_kept_in_the_experiment() -> None:
    race = make_race("adam", step=3)
    assert Scene(race).arrow_run is not None
    plain = Race(replace(race.experiment, plot_options=PlotOptions()))
    assert Scene(plain).arrow_run is None
