"""The 3D surface view: drawing order, occlusion, and a comparison with mplot3d."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from app.engine.race import Race
from app.model.experiment import Experiment
from app.model.plot_options import PlotOptions
from app.plotting.fonts import covering
from app.theming.theme import LIGHT
from app.utils.i18n import load_language, set_language, tr
from app.views import Scene
from app.views.camera import HALF_HEIGHT, Camera
from app.views.occlusion import OcclusionMap
from app.views.surface_fit import BOX_MARGIN, MAX_STRETCH
from app.views.surface_view import SurfaceView
from tests.views.drawing import draw_view

CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-HALF_HEIGHT, HALF_HEIGHT)])


@pytest.mark.parametrize("azimuth", range(-180, 180, 30))
@pytest.mark.parametrize("elevation", [-60, 5, 35, 80])
def test_cells_are_drawn_from_far_to_near(azimuth: int, elevation: int) -> None:
    """Of two cells on one sight line, seen from above, the nearer one is drawn later."""
    camera, nodes = Camera(azimuth, elevation), np.linspace(-1, 1, 12)
    rank = np.full((12, 12), -1)
    count = 0
    for rows, row_cells in camera.draw_order(nodes, 1):
        for columns, column_cells in camera.draw_order(nodes, 0):
            for i in np.arange(11)[row_cells]:
                for j in np.arange(11)[column_cells]:
                    assert rank[i, j] < 0, "a cell is drawn twice"
                    assert {i, i + 1} <= set(np.arange(12)[rows])
                    assert {j, j + 1} <= set(np.arange(12)[columns])
                    rank[i, j] = count = count + 1
    assert (rank[:-1, :-1] > 0).all(), "a cell is not drawn"
    centers = (nodes[1:] + nodes[:-1]) / 2
    camera_position = camera.position[:2]
    for i in range(11):
        for j in range(11):
            to_camera = camera_position - (centers[j], centers[i])
            for fraction in (0.1, 0.3, 0.6, 0.9):
                x, y = np.array([centers[j], centers[i]]) + fraction * to_camera
                a, b = int((y + 1) / 2 * 11), int((x + 1) / 2 * 11)
                if 0 <= a < 11 and 0 <= b < 11 and x >= -1 and y >= -1 and (a, b) != (i, j):
                    assert rank[a, b] > rank[i, j]


def test_a_wall_hides_only_points_behind_it() -> None:
    x = np.linspace(-1, 1, 201)
    heights = np.where(np.abs(x) < 0.1, HALF_HEIGHT, -HALF_HEIGHT)[None, :].repeat(
        201, axis=0
    )  # a wall along y at x = 0
    points = np.array([[-0.5, 0.0, -HALF_HEIGHT], [0.5, 0.0, -HALF_HEIGHT], [0.0, 0.0, HALF_HEIGHT]])
    assert OcclusionMap(Camera(0, 20), heights).is_hidden(points).tolist() == [True, False, False]
    assert OcclusionMap(Camera(180, 20), heights).is_hidden(points).tolist() == [False, True, False]
    assert OcclusionMap(Camera(0, 89), heights).is_hidden(points).tolist() == [False, False, False]
    assert OcclusionMap(Camera(90, 20), heights).is_hidden(points).tolist() == [False, False, False], "along the wall"
    assert OcclusionMap(Camera(0, -20), heights).is_hidden(points).tolist()[1] is False, (
        "hidden from below by the floor"
    )


def crop_to_content(image: np.ndarray) -> np.ndarray:
    """Return the part of an image (height, width, 3) that is not white, scaled to 100 x 100."""
    is_drawn = image.sum(axis=2) < 740
    rows, columns = np.flatnonzero(is_drawn.any(axis=1)), np.flatnonzero(is_drawn.any(axis=0))
    cropped = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.uint8)
    return np.asarray(Image.fromarray(cropped).resize((100, 100))).astype(int)


@pytest.mark.slow
@pytest.mark.parametrize("azimuth", range(0, 360, 30))
def test_the_surface_looks_like_plot_surface_of_mplot3d(azimuth: int) -> None:
    """The same mesh in the same colors is compared from twelve directions, above and below."""
    elevation = (20, 35, 60, -25)[azimuth // 30 % 4]
    figure = Figure(figsize=(3, 3), dpi=100)
    canvas = FigureCanvasAgg(figure)
    view = SurfaceView(figure)
    view.set_bounds()
    view.show_scene(Scene(Race(Experiment("himmelblau")), replace(LIGHT, divider="#ffffff", name="no frame")))
    view.camera, view.rotating = Camera(azimuth, elevation), True
    canvas.draw()
    reference_figure = Figure(figsize=(3, 3), dpi=100)
    reference_canvas = FigureCanvasAgg(reference_figure)
    axes = reference_figure.add_axes((0, 0, 1, 1), projection="3d")
    axes.set_axis_off()
    x, y, z, colors = view.mesh
    axes.plot_surface(
        *np.meshgrid(x, y), z, facecolors=colors, rstride=1, cstride=1, shade=False, linewidth=0, antialiased=False
    )
    axes.set(xlim=(-1, 1), ylim=(-1, 1), zlim=(-HALF_HEIGHT, HALF_HEIGHT))
    axes.set_box_aspect((1, 1, HALF_HEIGHT), zoom=0.8)
    axes.view_init(elevation, azimuth)
    axes.set_proj_type("persp", focal_length=0.36)
    reference_canvas.draw()
    image, reference = (crop_to_content(np.asarray(each.buffer_rgba())[..., :3]) for each in (canvas, reference_canvas))
    assert np.abs(image - reference).mean() < 0.5 * np.abs(image[:, ::-1] - reference).mean()
    assert np.abs(image - reference).mean() < 16


def test_the_surface_has_no_holes() -> None:
    view, pixels = draw_view("relief", Experiment("sphere"))
    assert isinstance(view, SurfaceView)
    x, y, z, _ = view.mesh
    inside = view.project_points(np.stack([*np.meshgrid(x[1:-1:9], y[1:-1:9]), z[1:-1:9, 1:-1:9]], axis=-1)).reshape(
        -1, 2
    )
    columns, rows = inside[:, 0].astype(int), pixels.shape[0] - 1 - inside[:, 1].astype(int)
    assert (pixels[rows, columns].sum(axis=1) < 750).all(), "a pixel inside the surface is white"


def fitted_view(surface: str, size: tuple[float, float], angles: tuple[float, float]) -> SurfaceView:
    """Return a view of a surface from a camera, drawn in full as in the window."""
    figure = Figure(figsize=size, dpi=100)
    canvas, view = FigureCanvasAgg(figure), SurfaceView(figure)
    view.show_scene(Scene(Race(Experiment(surface))))
    view.camera = Camera(*angles)
    view.fit_labels()
    canvas.draw()
    return view


def content_size(view: SurfaceView) -> np.ndarray:
    """Return the size (2,) in pixels of the box with its labels, which lies in the pane."""
    corners = view.project_points(CORNERS)
    texts = np.array([bbox.get_points() for bbox in view.text_bounds]).reshape(-1, 2)
    content = np.concatenate([corners, texts])
    assert (content >= view.cell_bbox.min - 0.5).all()
    assert (content <= view.cell_bbox.max + 0.5).all()
    return np.ptp(content, axis=0)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(4.0, 1.2), (5.0, 2.4), (4.0, 4.0), (3.0, 5.0), (9.0, 4.5), (1.4, 1.3)])
@pytest.mark.parametrize("angles", [(-60, 42), (-90, 90), (20, 15), (133, 60), (-45, -30)])
@pytest.mark.parametrize("surface", ["rosenbrock", "linear_regression"])
def test_the_box_and_its_labels_fill_the_pane(
    surface: str, size: tuple[float, float], angles: tuple[float, float]
) -> None:
    view = fitted_view(surface, size, angles)
    free_size = view.axes.bbox.size - content_size(view)
    margins = 2 * BOX_MARGIN / 72 * view.figure.dpi
    assert free_size.min() <= margins + 8
    scale = view.placement().scale
    assert free_size.max() <= margins + 16 or max(scale) / min(scale) == pytest.approx(MAX_STRETCH)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(5.0, 2.4), (4.0, 4.0)])
@pytest.mark.parametrize("azimuth", range(-180, 180, 40))
@pytest.mark.parametrize("name", ["goldstein_price", "rosenbrock"])
def test_no_label_of_the_box_is_left_out(name: str, azimuth: int, size: tuple[float, float]) -> None:
    view = fitted_view(name, size, (azimuth, 42.0))
    names = [label for label in view.labels() if label.axis != "loss"]
    assert len(view.text_bounds) > len(names)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("scale", ["auto", "linear", "log"])
@pytest.mark.parametrize("surface", ["rosenbrock", "sphere", "beale"])
def test_the_height_axis_is_named_with_the_scale_that_is_drawn(surface: str, scale: str, language: str) -> None:
    set_language(load_language(language))
    figure = Figure(figsize=(3.7, 2.4), dpi=100)
    FigureCanvasAgg(figure)
    view = SurfaceView(figure)
    with covering(tr("loss (log scale)")):
        view.show_scene(Scene(Race(Experiment(surface, plot_options=PlotOptions(height_scale=scale)))))
    (name,) = [label.text for label in view.labels() if label.axis == "loss name"]
    assert name.startswith(tr("loss"))
    assert (tr("loss (log scale)") == name) is (view.height_map.scale == "log")
    assert scale in ("auto", view.height_map.scale)


@pytest.mark.slow
@pytest.mark.parametrize("elevation", [-30, 5, 20, 42, 60, 72])
def test_the_name_of_the_height_axis_is_clear_of_its_tick_labels(elevation: float) -> None:
    figure = Figure(figsize=(3.7, 2.4), dpi=100)
    canvas, view = FigureCanvasAgg(figure), SurfaceView(figure)
    view.show_scene(Scene(Race(Experiment("rosenbrock", plot_options=PlotOptions(height_scale="log")))))
    for azimuth in range(-180, 180, 30):
        view.camera = Camera(azimuth, elevation)
        canvas.draw()
        (name,) = [bbox for bbox in view.text_bounds if bbox.height > 2 * bbox.width]
        others = [bbox for bbox in view.text_bounds if bbox is not name]
        assert others
        assert not [bbox for bbox in others if bbox.overlaps(name)], azimuth


def test_a_resized_pane_is_fitted_again_and_a_zoom_is_kept() -> None:
    view = fitted_view("rosenbrock", (5.0, 2.4), (-60.0, 42.0))
    before = content_size(view)
    view.figure.set_size_inches(7.0, 4.0)
    view.fit_labels()
    view.figure.canvas.draw()
    assert (content_size(view) > 1.3 * before).all()
    unzoomed = np.ptp(view.project_points(CORNERS), axis=0)
    view.camera = replace(view.camera, zoom=2.0)
    assert np.ptp(view.project_points(CORNERS), axis=0) == pytest.approx(2 * unzoomed)


@pytest.mark.slow
def test_a_turning_camera_changes_the_scale_without_jumps() -> None:
    view = fitted_view("rosenbrock", (5.0, 2.4), (-60.0, 42.0))
    scales = []
    for azimuth in np.arange(-180.0, 180.0, 0.5):
        view.camera = Camera(azimuth, 42.0)
        scales.append(view.placement().scale)
    steps = np.abs(np.diff(np.log(scales), axis=0))
    assert steps.max() < 0.03
