"""Icons, contrast, focus, run styles, and the hint of an empty view."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from warnings import catch_warnings

import numpy as np
import pytest
from matplotlib import color_sequences, rc_context, rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont
from matplotlib.ft2font import FT2Font
from matplotlib.transforms import Bbox
from PyQt6.QtCore import QRect, QSize, Qt, qInstallMessageHandler
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QApplication, QWidget

from app.engine.race import Race
from app.export.figure import build_figure
from app.export.options import Options
from app.gui.widgets import icons
from app.gui.window.actions import ACTIONS
from app.gui.window.main_window import MainWindow
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment, LossPlot
from app.model.run import Run
from app.plotting import fonts
from app.plotting.path_renderer import PathRenderer
from app.plotting.projected_path import distances_along
from app.theming.stylesheet import build_stylesheet
from app.theming.theme import LIGHT, THEMES, Style, Theme
from app.utils.i18n import Language, set_language
from app.views import VIEWS, Scene, View, annotations
from app.views.surface_view import SurfaceView
from tests.qt_fixtures import process_events

APP = Path(icons.__file__).parents[2]
USED_ICONS = {
    name for path in APP.rglob("*.py") for name in re.findall(r"icons\.load_icon\(\"([a-z-]+)\"", path.read_text())
}
THEMED = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
MIN_CONTRAST = {"light": 4.5, "dark": 4.5, "contrast": 7.0}  # WCAG 2.2: AA, and AAA for the high-contrast theme


def luminance(color: str) -> float:
    linear_channels = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in to_rgb(color)
    ]
    return 0.2126 * linear_channels[0] + 0.7152 * linear_channels[1] + 0.0722 * linear_channels[2]


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


# Icons


def test_every_icon_that_is_used_has_a_file_and_every_file_is_used() -> None:
    names = {path.stem for path in icons.ICONS.glob("*.svg")}
    drawn = {
        "pause",
        *(name for theme in THEMES.values() for name in re.findall(r"/([a-z-]+)\.svg", build_stylesheet(theme))),
    }
    assert names == {row.icon for row in ACTIONS if row.icon} | USED_ICONS | drawn


@pytest.mark.parametrize("name", sorted(path.stem for path in icons.ICONS.glob("*.svg")))
def test_an_icon_has_the_requested_color_and_size(application: QApplication, name: str) -> None:
    for ratio in (1.0, 1.5, 2.0, 3.0):
        image = icons.load_icon(name, "#c02010").pixmap(QSize(18, 18), ratio).toImage()
        assert image.width() == round(18 * ratio)
        solid = [
            QColor(image.pixel(x, y))
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() == 255
        ]
        assert 0.02 * image.width() ** 2 < len(solid) < 0.6 * image.width() ** 2
        assert {color.name() for color in solid} == {"#c02010"}


def test_an_icon_in_a_row_without_height_draws_nothing(application: QApplication) -> None:
    messages: list[str | None] = []
    previous_handler = qInstallMessageHandler(lambda kind, where, text: messages.append(text))
    try:
        image = QImage(40, 40, QImage.Format.Format_ARGB32)
        painter = QPainter(image)
        icons.load_icon("play", "#c02010").paint(painter, QRect(0, 0, 18, 0))
        icons.run_icon(Style("#c02010", "o", "#e0a0a0"), THEMES["light"]).paint(painter, QRect(0, 0, 0, 18))
        painter.end()
    finally:
        qInstallMessageHandler(previous_handler)
    assert not messages


def test_an_icon_is_not_larger_than_its_design_and_may_be_empty(application: QApplication) -> None:
    icon = icons.load_icon("tick-dark", "#c02010")
    assert icon.actualSize(QSize(40, 40)) == QSize(icons.ICON_SIZE, icons.ICON_SIZE)
    assert icon.actualSize(QSize(12, 12)) == QSize(12, 12)
    assert icon.pixmap(QSize(0, 0)).isNull()


# Contrast


def stylesheet_color_pairs(theme: Theme) -> set[tuple[str, str]]:
    """Return text and background color of every style sheet rule; a rule without background gets each possible one."""
    matches = set()
    for selector, declarations in re.findall(r"([^{}]+)\{([^{}]*)\}", build_stylesheet(theme)):
        properties = dict(re.findall(r"(?:^|;)\s*([a-z-]+): ([^;]+)", declarations))
        text_color, background = properties.get("color"), properties.get("background", "")
        if text_color is not None and ":disabled" not in selector:  # disabled controls are exempt
            matches |= {
                (text_color, each)
                for each in (
                    [background]
                    if background.startswith("#")
                    else [theme.panel_background, theme.input_background, theme.figure_background]
                )
            }
        if "selection-color" in properties:
            matches.add((properties["selection-color"], properties["selection-background-color"]))
    return matches


@THEMED
def test_text_has_enough_contrast(theme: Theme) -> None:
    backgrounds = (theme.panel_background, theme.input_background, theme.figure_background, theme.selected_background)
    text_colors = {(theme.text, background) for background in backgrounds} | {
        (theme.muted_text, background) for background in backgrounds[:3]
    }
    weak = {
        pair: contrast(*pair)
        for pair in stylesheet_color_pairs(theme) | text_colors
        if contrast(*pair) < MIN_CONTRAST[theme.name]
    }
    assert not weak
    assert {theme.text, theme.muted_text, theme.warning, theme.on_accent} <= {
        text_color for text_color, _ in stylesheet_color_pairs(theme)
    }


@THEMED
def test_control_borders_and_focus_have_enough_contrast(theme: Theme) -> None:
    for color in (theme.control_border, theme.accent):
        assert contrast(color, theme.panel_background) >= 3
        assert contrast(color, theme.input_background) >= 3


@pytest.mark.slow
@THEMED
def test_every_kind_of_control_shows_the_focus(
    open_window: Callable[..., MainWindow],
    application: QApplication,
    theme: Theme,
) -> None:
    window = open_window(DEFAULT_EXPERIMENT)
    window.set_theme(theme.name)
    process_events(application)
    window.activateWindow()
    visible_widgets = [
        w
        for w in window.findChildren(QWidget)
        if w.isVisible()
        and w.isEnabled()
        and w.focusProxy() is None
        and w.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not w.visibleRegion().isEmpty()
    ]
    assert len(visible_widgets) > 20

    def grab_image(widget: QWidget) -> QImage:
        process_events(application, 2)
        return widget.grab().toImage()

    for widget in visible_widgets:
        held = application.focusWidget()
        if held is not None:
            held.clearFocus()
        before = grab_image(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        after = grab_image(widget)
        changed = sum(
            before.pixel(x, y) != after.pixel(x, y) for x in range(before.width()) for y in range(before.height())
        )
        assert changed > 20, f"{type(widget).__name__} {widget.objectName()} {widget.accessibleName()}"


# Runs


def test_runs_of_one_color_differ_in_dash_and_marker() -> None:
    for theme in THEMES.values():
        styles = theme.styles([Run("sgd", slot=k) for k in range(32)], dashes=True)
        assert len({(style.color, style.marker, style.dash) for style in styles}) == 32
        for style in styles:
            alike = [other for other in styles if other.color == style.color]
            assert len({other.dash for other in alike}) == len({other.marker for other in alike}) == len(alike) == 4
        for one, other in pairwise(styles):
            assert one.dash != other.dash
            assert one.marker != other.marker


def test_paths_are_dashed_only_in_high_contrast_and_without_colors() -> None:
    runs = [Run("sgd", slot=k) for k in range(8)]
    for theme in THEMES.values():
        assert any(style.dash for style in theme.styles(runs)) == (theme.name == "contrast")
        assert len({style.marker for style in theme.styles(runs)}) == 8
    grays = [Run("sgd", slot=k, color=color) for k, color in enumerate(("#000000", "#777777", "#cccccc"))]
    assert len({style.dash for style in LIGHT.styles(grays)}) == 3
    assert not LIGHT.styles(grays[:1])[0].dash, "one run alone needs no dashes"
    assert not any(style.dash for style in LIGHT.styles([*grays, Run("sgd", slot=3, color="#ff0000")]))


@THEMED
def test_run_colors_are_those_of_okabe_and_ito_and_have_enough_contrast(theme: Theme) -> None:
    for color, model in zip(theme.run_colors, color_sequences["okabe_ito"], strict=True):
        assert contrast(color, theme.figure_background) >= 3
        hue, original = colorsys.rgb_to_hsv(*to_rgb(color)), colorsys.rgb_to_hsv(*model)
        if to_hex(model) != "#000000":
            assert abs(hue[0] - original[0]) < 0.06
        else:
            assert hue[1] == 0
    assert theme.styles([Run("sgd", color="#123456", slot=3)])[0].color == "#123456"


def test_path_lengths_do_not_depend_on_where_the_summation_starts() -> None:
    points = np.random.default_rng(5).normal(size=(999, 2)) * 100
    lengths = distances_along(points)
    assert lengths[-1] == pytest.approx(np.hypot(*np.diff(points, axis=0).T).sum())
    for cut in (1, 128, 700):
        assert lengths[cut] + distances_along(points[cut:])[-1] == lengths[-1]
    points[5] = np.nan
    points[9] = 1e300
    assert np.isfinite(distances_along(points)).all()
    assert distances_along(points[:0]).size == 0


# Figures


def draw_view(
    name: str,
    experiment: Experiment,
    steps: int = 0,
    size: tuple[float, float] = (4.0, 3.0),
) -> tuple[View, FigureCanvasAgg]:
    """Return a view with all its moving artists, as a canvas of the window draws it."""
    race = Race(experiment)
    race.advance(steps)
    figure = Figure(figsize=size, dpi=100)
    canvas, view = FigureCanvasAgg(figure), VIEWS[name](figure)
    view.shows_hints = True
    view.show_scene(Scene(race))
    view.fit_labels()
    canvas.draw()
    return view, canvas


def test_a_low_view_drops_the_axis_label_to_enlarge_the_plot() -> None:
    loss, _ = draw_view("loss", DEFAULT_EXPERIMENT, 20, (3.8, 1.4))
    assert loss.axes.bbox.height > 0.68 * 140
    assert not loss.axes.xaxis.label.get_visible()
    relief, _ = draw_view("relief", DEFAULT_EXPERIMENT, 20, (3.8, 1.9))
    assert isinstance(relief, SurfaceView)
    pixel_positions = relief.project_points(relief.mesh_nodes).reshape(-1, 2)
    assert np.ptp(pixel_positions[:, 1]) > 0.47 * 190  # with the name of the height axis
    assert (pixel_positions >= 0).all()
    assert (pixel_positions <= (380, 190)).all()
    tall, _ = draw_view("loss", DEFAULT_EXPERIMENT, 20, (3.8, 3.0))
    assert tall.axes.xaxis.label.get_visible()


HIDDEN = replace(DEFAULT_EXPERIMENT, runs=tuple(replace(run, visible=False) for run in DEFAULT_EXPERIMENT.runs))


@pytest.mark.parametrize(
    ("experiment", "message"),
    [
        (Experiment("sphere", runs=()), "No runs yet. Add one in the side panel."),
        (HIDDEN, "All runs are hidden. Show one in the side panel."),
    ],
)
@pytest.mark.parametrize("name", ["contour", "relief", "loss"])
def test_an_empty_view_shows_a_hint(
    name: str, experiment: Experiment, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = []
    monkeypatch.setattr(annotations.Text, "draw", lambda text, renderer: messages.append(text.get_text()))
    view, canvas = draw_view(name, experiment)
    messages.clear()
    view.draw_current_markers(PathRenderer(canvas.get_renderer()))
    assert [text.replace("\n", " ") for text in messages] == [message]
    view.shows_hints = False
    view.draw_current_markers(PathRenderer(canvas.get_renderer()))
    assert len(messages) == 1, "exported figures show no hint"


def test_the_exit_point_is_where_a_path_leaves_the_map_for_good() -> None:
    bounds = Bbox([[0, 0], [10, 10]])
    for points, exit_position, offset in (
        ([(5, 5), (15, 5)], (10, 5), (10, 0)),
        ([(5, 5), (5, -5), (-5, 5), (25, 5)], (10, 5), (30, 0)),
        ([(20, 5), (5, 5)], (5, 5), (0, 0)),
        ([(5, 5)], (5, 5), (0, 0)),
        ([(5, 5), (np.nan, 3)], (5, 5), (0, 0)),
    ):
        out = annotations.exit_point(np.array(points, float), bounds)
        assert out is not None
        np.testing.assert_allclose(out, (exit_position, offset))
    assert annotations.exit_point(np.array([(20.0, 20.0), (30.0, 20.0)]), bounds) is None


def test_diverged_runs_are_named_on_the_map(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Run("sgd", {"lr": 0.01}), Run("adam", {"lr": 0.1}), Run("nesterov", {"lr": 0.01})
    experiment = Experiment("rosenbrock", (-0.5, 2.5), runs)
    view, canvas = draw_view("contour", experiment, 60, (6.0, 4.0))
    messages = []
    monkeypatch.setattr(
        annotations.Text, "draw", lambda text, renderer: messages.append((text.get_text(), text.get_window_extent()))
    )
    view.draw_current_markers(PathRenderer(canvas.get_renderer()))
    assert view.scene is not None
    diverged_steps = [trajectory.diverged_at for trajectory in view.scene.race.trajectories]
    assert [message for message, _ in messages] == [
        f"SGD diverged at step {diverged_steps[0]}",
        f"Nesterov diverged at step {diverged_steps[2]}",
    ]
    assert not messages[0][1].overlaps(messages[1][1])


def test_the_label_of_a_diverged_run_is_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    view, canvas = draw_view(
        "contour", Experiment("rosenbrock", (-0.5, 2.5), (Run("sgd", {"lr": 0.01}),)), 60, (6.0, 4.0)
    )
    brush, written, pixels = PathRenderer(canvas.get_renderer()), [], []
    draw = annotations.Text.draw
    monkeypatch.setattr(
        annotations.Text, "draw", lambda text, renderer: (written.append(text.get_text()), draw(text, renderer))
    )
    bare = canvas.copy_from_bbox(view.figure.bbox)
    for _ in range(3):
        canvas.restore_region(bare)
        view.draw_current_markers(brush)
        pixels.append(np.array(canvas.buffer_rgba()))
    assert len(written) == 1, "frames must not lay out text"
    assert (pixels[0] == pixels[1]).all()
    assert (pixels[0] == pixels[2]).all()


def test_the_step_axis_of_a_figure_ends_at_the_last_step() -> None:
    for scale in ("linear", "log"):
        race = Race(replace(DEFAULT_EXPERIMENT, loss_plot=LossPlot(x_scale=scale)))
        race.advance(130)
        composed_figure = build_figure(race, Options(dpi=50))
        (loss,) = [view for view in composed_figure.views if view.id == "loss"]
        assert loss.axes.get_xlim()[1] == 130


def test_figures_use_an_available_font_and_one_with_hangul() -> None:
    with rc_context():
        fonts.set_font_family("DejaVu Serif")
        assert rcParams["font.family"] == ["DejaVu Serif", "DejaVu Sans", "sans-serif"]
        fonts.set_font_family("No Such Family")
        assert rcParams["font.family"] == ["DejaVu Sans", "sans-serif"]
        assert fonts.font_families() == ("DejaVu Sans",)
        set_language(Language("ko", "한국어", {}))
        fonts.set_font_family("DejaVu Sans")
        assert fonts.font_families()[0] == "DejaVu Sans"
        assert set(fonts.font_families()) <= fonts.available_families()
        for family in fonts.font_families()[1:]:
            assert FT2Font(findfont(family)).get_char_index(ord("한"))
            figure = Figure()
            figure.text(0.5, 0.5, "한글 λ⁻² ☆")
            with catch_warnings(action="error"):  # matplotlib warns of a missing glyph
                figure.savefig(BytesIO(), format="png")
    set_language(Language("en", "English"))
    fonts.set_font_family("DejaVu Sans")


@pytest.mark.slow
def test_a_dashed_run_that_has_ended_does_not_stop_the_others_from_being_drawn(
    open_window: Callable[..., MainWindow],
) -> None:
    window = open_window(Experiment("rosenbrock", (-0.5, 2.5), (Run("adam"), Run("sgd", {"lr": 0.01}))))
    for _ in range(40):
        window.session.advance(7)
    contour = window.canvases["contour"]
    before = np.asarray(contour.buffer_rgba()).copy()
    contour.draw()
    np.testing.assert_array_equal(np.asarray(contour.buffer_rgba()), before)
