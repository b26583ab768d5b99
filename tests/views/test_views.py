"""Camera, thinning, and what a full redraw and frames leave on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from app.analysis.path_decimation import decimate_path
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.gui.window.main_window import MainWindow
from app.model.experiment import DEFAULT_EXPERIMENT, QUANTITIES, Experiment, LossPlot
from app.model.run import Run
from app.plotting import path_renderer
from app.plotting.search_overlay import search_shapes
from app.theming.theme import DARK, LIGHT, THEMES
from app.views import VIEWS, Scene, View
from app.views.base_view import PATH_BLOCK
from app.views.camera import HALF_HEIGHT, Camera
from app.views.occlusion import OcclusionMap
from app.views.surface_view import SurfaceView

EMPTY = Experiment("sphere")


def drawn(
    view: str, experiment: Experiment, steps: int = 0, size: tuple[float, float] = (4.0, 3.0)
) -> tuple[View, np.ndarray]:
    """A view of a race on a figure of its own, and its pixels (height, width, 3)."""
    race = Race(experiment)
    race.advance(steps)
    figure = Figure(figsize=size, dpi=100)
    canvas = FigureCanvasAgg(figure)
    made = VIEWS[view](figure)
    made.set_bounds()
    made.show_scene(Scene(race))
    canvas.draw()
    return made, np.asarray(canvas.buffer_rgba())[..., :3].astype(int)


@pytest.mark.parametrize("azimuth", range(-180, 180, 30))
@pytest.mark.parametrize("elevation", [-60, 5, 35, 80])
def test_cells_are_drawn_from_far_to_near(azimuth: int, elevation: int) -> None:
    """Of any two cells on one sight line, seen from above, the nearer is drawn later."""
    camera, nodes = Camera(azimuth, elevation), np.linspace(-1, 1, 12)
    rank = np.full((12, 12), -1)
    count = 0
    for rows, row_cells in camera.draw_order(nodes, 1):
        for columns, column_cells in camera.draw_order(nodes, 0):
            for i in np.arange(11)[row_cells]:
                for j in np.arange(11)[column_cells]:
                    assert rank[i, j] < 0, "no cell twice"
                    assert {i, i + 1} <= set(np.arange(12)[rows])
                    assert {j, j + 1} <= set(np.arange(12)[columns])
                    rank[i, j] = count = count + 1
    assert (rank[:-1, :-1] > 0).all(), "every cell once"
    middle = (nodes[1:] + nodes[:-1]) / 2
    here = camera.position[:2]
    for i in range(11):
        for j in range(11):
            toward = here - (middle[j], middle[i])
            for share in (0.1, 0.3, 0.6, 0.9):
                x, y = np.array([middle[j], middle[i]]) + share * toward
                a, b = int((y + 1) / 2 * 11), int((x + 1) / 2 * 11)
                if 0 <= a < 11 and 0 <= b < 11 and x >= -1 and y >= -1 and (a, b) != (i, j):
                    assert rank[a, b] > rank[i, j]


def test_x_and_y_mean_the_same_in_every_view() -> None:
    """From straight above, the relief is the contour: x to the right and y upward."""
    experiment = Experiment("rosenbrock", (1.5, -0.5), (Run("sgd", {"lr": 1e-4}),))
    contour, _ = drawn("contour", experiment)
    relief, _ = drawn("relief", experiment)
    assert isinstance(relief, SurfaceView)
    relief.camera = Camera(-90, 90)
    for view in (contour, relief):
        box = view.axes.bbox
        assert view.scene is not None
        ((x, y),) = view.pixels_between(view.scene.race.trajectories[0], 0, 0)[0]
        assert x > (box.x0 + box.x1) / 2
        assert y < (box.y0 + box.y1) / 2


def test_a_wall_hides_what_lies_behind_it_and_nothing_else() -> None:
    x = np.linspace(-1, 1, 201)
    field = np.where(np.abs(x) < 0.1, HALF_HEIGHT, -HALF_HEIGHT)[None, :].repeat(201, axis=0)  # a wall along y at x = 0
    points = np.array([[-0.5, 0.0, -HALF_HEIGHT], [0.5, 0.0, -HALF_HEIGHT], [0.0, 0.0, HALF_HEIGHT]])
    assert OcclusionMap(Camera(0, 20), field).is_hidden(points).tolist() == [True, False, False]
    assert OcclusionMap(Camera(180, 20), field).is_hidden(points).tolist() == [False, True, False]
    assert OcclusionMap(Camera(0, 89), field).is_hidden(points).tolist() == [False, False, False]
    assert OcclusionMap(Camera(90, 20), field).is_hidden(points).tolist() == [False, False, False], "along the wall"
    assert OcclusionMap(Camera(0, -20), field).is_hidden(points).tolist()[1] is False, (
        "from below, through the floor's underside"
    )


def cut_out(picture: np.ndarray) -> np.ndarray:
    """What is not white, scaled to 100 x 100."""
    inked = picture.sum(axis=2) < 740
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    part = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.uint8)
    return np.asarray(Image.fromarray(part).resize((100, 100))).astype(int)


@pytest.mark.parametrize("azimuth", range(0, 360, 30))
def test_the_relief_shows_what_plot_surface_shows(azimuth: int) -> None:
    """The same mesh in the same colors, from twelve directions, above and below: what is in front is in front in both."""
    elevation = (20, 35, 60, -25)[azimuth // 30 % 4]
    ours = Figure(figsize=(3, 3), dpi=100)
    canvas = FigureCanvasAgg(ours)
    view = SurfaceView(ours)
    view.set_bounds()
    view.show_scene(Scene(Race(Experiment("himmelblau")), replace(LIGHT, divider="#ffffff", name="without a frame")))
    view.camera, view.rotating = Camera(azimuth, elevation), True
    canvas.draw()
    theirs = Figure(figsize=(3, 3), dpi=100)
    other = FigureCanvasAgg(theirs)
    axes = theirs.add_axes((0, 0, 1, 1), projection="3d")
    axes.set_axis_off()
    x, y, z, colors = view.mesh
    axes.plot_surface(
        *np.meshgrid(x, y), z, facecolors=colors, rstride=1, cstride=1, shade=False, linewidth=0, antialiased=False
    )
    axes.set(xlim=(-1, 1), ylim=(-1, 1), zlim=(-HALF_HEIGHT, HALF_HEIGHT))
    axes.set_box_aspect((1, 1, HALF_HEIGHT), zoom=0.8)
    axes.view_init(elevation, azimuth)
    axes.set_proj_type("persp", focal_length=0.36)
    other.draw()
    mine, reference = (cut_out(np.asarray(each.buffer_rgba())[..., :3]) for each in (canvas, other))
    assert np.abs(mine - reference).mean() < 0.5 * np.abs(mine[:, ::-1] - reference).mean()
    assert np.abs(mine - reference).mean() < 16


def test_the_relief_covers_what_it_should() -> None:
    view, pixels = drawn("relief", Experiment("sphere"))
    assert isinstance(view, SurfaceView)
    x, y, z, _ = view.mesh
    inside = view.project_points(np.stack([*np.meshgrid(x[1:-1:9], y[1:-1:9]), z[1:-1:9, 1:-1:9]], axis=-1)).reshape(
        -1, 2
    )
    columns, rows = inside[:, 0].astype(int), pixels.shape[0] - 1 - inside[:, 1].astype(int)
    assert (pixels[rows, columns].sum(axis=1) < 750).all(), "no hole in the surface"


def walk(kind: str, steps: int) -> Trajectory:
    """A run whose kept past is a path made up for the test, in the box -1..1."""
    track = Race(Experiment("sphere", (0.0, 0.0), (Run("sgd"),))).trajectories[0]
    t = np.arange(steps + 1)
    if kind == "noise":
        x, y = np.random.default_rng(3).normal(0, 0.3, (2, steps + 1))
    else:
        angle, radius = t * 0.01, 0.2 + 0.9 * t / steps
        x, y = radius * np.cos(angle), radius * np.sin(angle)
    for column, values in ((track.xs, x), (track.ys, y), (track.losses, x * x + y * y)):
        del column[:]
        column.extend(values.tolist())
    return track


UNIT = ((-1.0, 1.0), (-1.0, 1.0))


@pytest.mark.parametrize("kind", ["noise", "spiral"])
def test_thinning_visits_every_cell_and_draws_no_false_line(kind: str) -> None:
    track = walk(kind, 60_000)
    steps, broken = decimate_path(track, 60_000, UNIT, 256)
    assert (np.diff(steps) > 0).all()
    assert (steps[0], steps[-1]) == (0, 60_000)
    if kind == "noise":
        assert len(steps) < 60_000
    x, y, _ = track.values_between(0, 60_000)
    cells = np.floor((np.column_stack([x, y]) + 1) * 128).clip(-1, 256)
    assert {tuple(c) for c in cells[steps]} == {tuple(c) for c in cells}
    joined = ~broken[1:]
    jump = np.abs(np.diff(cells[steps], axis=0)).max(axis=1)
    assert (jump[joined & (np.diff(steps) > 1)] <= 1).all()


def test_thinning_goes_on_where_it_was_and_begins_anew_where_it_must() -> None:
    whole = decimate_path(walk("noise", 30_000), 30_000, UNIT, 256)[0]
    track = walk("noise", 30_000)
    for last in (5_000, 12_345, 30_000):
        steps, _ = decimate_path(track, last, UNIT, 256)
        assert steps[-1] == last
    np.testing.assert_array_equal(steps, whole)
    np.testing.assert_array_equal(
        decimate_path(track, 5_000, UNIT, 256)[0], decimate_path(walk("noise", 30_000), 5_000, UNIT, 256)[0]
    )
    few, broken = decimate_path(track, 99, UNIT, 256)
    assert few.tolist() == list(range(100))
    assert not broken.any()


def test_a_long_loss_curve_keeps_its_peaks() -> None:
    view, _ = drawn("loss", Experiment("rosenbrock", (-0.5, 2.5), (Run("momentum", {"lr": 6e-4}),)), steps=20_000)
    assert view.scene is not None
    track = view.scene.race.trajectories[0]
    every, _ = view.pixels_between(track, 0, 20_000)
    _, points, _ = view.decimated_path(track, 20_000)
    assert len(points) < 4_000
    assert (points[:, 1].min(), points[:, 1].max()) == pytest.approx((every[:, 1].min(), every[:, 1].max()))
    for column in range(int(view.axes.bbox.x0) + 2, int(every[-1, 0]) - 2, 37):
        there = every[np.abs(every[:, 0] - column) <= 1, 1]
        here = points[np.abs(points[:, 0] - column) <= 2, 1]
        assert here.max() >= there.max() - 1
        assert here.min() <= there.min() + 1


def test_lines_far_outside_are_cut_exactly() -> None:
    """What a segment shows of itself nearby is where it was, however far away it began and ended."""
    near = np.array([[1.0, 2.0], [30.0, 4.0], [np.nan, 0.0], [5.0, 5.0]])
    assert path_renderer.clip_far_segments(near) is near
    far = path_renderer.clip_far_segments(np.array([[-1e12, 300 - 1e11], [1e12, 300 + 1e11], [np.inf, 0.0]]))
    np.testing.assert_allclose(far[:2], [[-1e7, 300 - 1e6], [1e7, 300 + 1e6]])
    assert np.isnan(far[2]).all()
    assert len(path_renderer.clip_far_segments(np.array([[-1e12, 1e9], [1e12, 1e9]]))) == 0, "it passes far away"


def test_themes_are_whole_and_runs_differ() -> None:
    for theme in THEMES.values():
        styles = theme.styles(Experiment(runs=(Run("sgd"),) * 16).runs)
        assert len({(s.color, s.marker) for s in styles}) == 16
        assert len({s.color for s in styles[:8]}) == len({s.marker for s in styles[:8]}) == 8
    assert LIGHT.blend("#000000", 0.5, "#ffffff") == "#808080"
    assert LIGHT.styles([Run("sgd", color="#123456")])[0].color == "#123456"


@pytest.mark.parametrize(
    "curve", [LossPlot(q, x, y) for q in QUANTITIES for x in ("linear", "log") for y in ("linear", "log")]
)
@pytest.mark.parametrize("surface", ["rosenbrock", "saddle", "styblinski_tang"])
def test_the_loss_view_holds_every_curve(curve: LossPlot, surface: str) -> None:
    experiment = Experiment(surface, runs=DEFAULT_EXPERIMENT.runs, loss_plot=curve)
    view, _ = drawn("loss", experiment, steps=150)
    assert view.scene is not None
    box = view.axes.bbox
    points = view.pixels_between(view.scene.race.trajectories[0], 1, 150)[0]
    if surface == "saddle" and curve.quantity in ("distance", "above"):
        assert np.isnan(points).all()
    else:
        assert np.isfinite(points).all()
        assert (points[:, 1] >= box.y0 - 1).all()
        assert (points[:, 1] <= box.y1 + 1).all()
        assert points[-1, 0] <= box.x1 + 1


def test_the_loss_view_grows_in_doublings() -> None:
    view, _ = drawn("loss", DEFAULT_EXPERIMENT)
    assert view.scene is not None
    race, ends, grown = view.scene.race, set(), 0
    while race.step < 10_000:
        race.advance(7)
        grown += view.expand_limits_if_needed(race)
        ends.add(view.axes.get_xlim()[1])
    assert ends == {100 * 2**k for k in range(8)}
    assert grown <= 16


def pixels(window: MainWindow) -> dict[str, np.ndarray]:
    return {
        name: np.asarray(canvas.buffer_rgba()).copy() for name, canvas in window.canvases.items() if canvas.isVisible()
    }


@pytest.mark.parametrize("per_frame", [1, 7, 200])
def test_frames_leave_the_pixels_of_a_full_draw(open_window: Callable[..., MainWindow], per_frame: int) -> None:
    window = open_window(DEFAULT_EXPERIMENT)
    while window.session.race.step < 3 * PATH_BLOCK + 5:
        window.session.advance(per_frame)
        for canvas in window.canvases.values():
            if canvas.needs_full_draw and canvas.isVisible():
                canvas.draw()
    before = pixels(window)
    for canvas in window.canvases.values():
        if canvas.isVisible():
            canvas.draw()
    for name, picture in pixels(window).items():
        np.testing.assert_array_equal(picture, before[name], err_msg=name)
    assert set(before) == {"contour", "relief", "loss"}


LOOKERS = Experiment("himmelblau", (-1.0, -1.0), tuple(map(Run, ("nelder_mead", "cma_es", "bfgs", "sgd"))))


def test_what_rules_look_at_is_drawn_with_every_step_and_can_be_hidden(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(LOOKERS)
    canvas, seen = window.canvases["contour"], []
    before = canvas.full_draw_count
    for step in range(1, 8):
        window.session.advance(1)
        seen.append(pixels(window)["contour"])
        if step > 1:
            assert (seen[-1] != seen[-2]).any()
    assert canvas.full_draw_count == before, "no full draw for them"
    for step in (6, 3, 7):
        window.session.show_step(step)
        np.testing.assert_array_equal(pixels(window)["contour"], seen[step - 1])
    canvas.draw()
    np.testing.assert_array_equal(pixels(window)["contour"], seen[-1])
    window.action_registry["trials"].trigger()
    canvas.draw()
    assert (pixels(window)["contour"] != seen[-1]).any(axis=2).sum() > 100


def test_an_ellipse_a_triangle_and_nothing_from_what_is_not_there_yet() -> None:
    line, triangle = search_shapes({"mean": np.array([1.0, 2.0]), "covariance": np.diag([9.0, 0.25])}), np.eye(3)[:, :2]
    (ellipse,) = line
    assert ellipse.min(axis=0) == pytest.approx([1 - 6, 2 - 1])
    assert ellipse.max(axis=0) == pytest.approx([1 + 6, 2 + 1])
    (closed,) = search_shapes({"simplex": triangle})
    np.testing.assert_array_equal(closed, [*triangle, triangle[0]])
    for state in (
        {"simplex": None, "covariance": None},
        {"covariance": np.full((2, 2), np.nan), "mean": np.zeros(2)},
        {},
    ):
        assert search_shapes(state) == []


def test_a_long_race_looks_the_same_after_a_full_draw(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(DEFAULT_EXPERIMENT)
    while window.session.race.step < 12_000:
        window.session.advance(161)
        for canvas in window.canvases.values():
            if canvas.needs_full_draw and canvas.isVisible():
                canvas.draw()
    before = pixels(window)
    for name, canvas in window.canvases.items():
        if canvas.isVisible():
            canvas.draw()
            changed = np.abs(pixels(window)[name].astype(int) - before[name]).max(axis=2) > 40
            assert changed.mean() < 0.01, name


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_run_can_be_seen_in_every_view(theme: object) -> None:
    experiment = Experiment("himmelblau", runs=tuple(Run(name, {"lr": 0.01}) for name in ("sgd", "adam", "rmsprop")))
    race = Race(experiment)
    race.advance(80)
    for name in ("contour", "relief", "loss"):
        figure = Figure(figsize=(5, 4), dpi=100)
        canvas = FigureCanvasAgg(figure)
        view = VIEWS[name](figure)
        view.set_bounds()
        view.show_scene(Scene(race, theme))  # type: ignore[arg-type]
        canvas.draw()
        bare = np.asarray(canvas.buffer_rgba()).copy()
        brush = path_renderer.PathRenderer(canvas.get_renderer())
        view.redraw(brush, race.step)
        view.draw_current_markers(brush)
        assert (np.asarray(canvas.buffer_rgba()) != bare).any(axis=2).sum() > 300, name
