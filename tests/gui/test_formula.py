"""The surface as a formula: typing it, its parameters and its domain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from app.engine.safe_rate import safe_learning_rate
from app.export.formats import export
from app.gui.panels.setup.formula_editor import FormulaEditor
from app.gui.panels.setup.formula_picture import split_sum
from app.gui.panels.setup.parameter_range import ParameterRange, range_around
from app.gui.panels.setup.surface_selector import SurfaceSelector
from app.gui.window.main_window import MainWindow
from app.io.experiment_json import from_json, to_json
from app.model.comparison import ComparisonMode
from app.model.experiment import Experiment
from app.model.run import Run
from surfaces import SURFACES
from surfaces.formula.names import ALIASES, ARGUMENT_COUNTS, CONSTANTS, ONE_ARGUMENT
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
TYPED = "(x^2+y-11)^2 + (x+y^2-7)^2 + a x"
BOWL = Experiment("elongated_bowl", (-7.0, 2.0), (Run("sgd", {"lr": 0.5}), Run("adam", {"lr": 0.1})))


def selector_of(window: MainWindow) -> SurfaceSelector:
    return window.side_panel.surface_selector


def type_formula(window: MainWindow, text: str) -> FormulaEditor:
    """Replace the text of the field by typing, and let the pause end."""
    editor = selector_of(window).formula_editor
    editor.field.setFocus()
    editor.field.selectAll()
    if text.isascii():
        QTest.keyClicks(editor.field, text)
    else:
        clipboard = QApplication.clipboard()
        assert clipboard is not None
        clipboard.setText(text)
        editor.field.paste()
    editor.field.pause_timer.timeout.emit()
    return editor


def test_a_typed_formula_becomes_the_surface_with_safe_rates(open_shell: Open) -> None:
    window = open_shell(BOWL)
    editor = type_formula(window, TYPED)
    experiment = window.session.experiment
    assert (experiment.formula, experiment.parameters) == (TYPED, {"a": 1.0})
    assert experiment.start is not None
    for run in experiment.runs:
        assert run.hyperparameters["lr"] == safe_learning_rate(run, experiment.surface, experiment.start)
    assert editor.error_label.isHidden()
    assert not selector_of(window).parameters.isHidden()
    assert editor.field.cursorPosition() == len(TYPED)


def test_a_rate_that_was_set_stays(open_shell: Open) -> None:
    window = open_shell(BOWL)
    window.side_panel.editor.fields["lr"].value_committed.emit(0.123)
    type_formula(window, "x^2 + y^2")
    assert window.session.experiment.runs[0].hyperparameters["lr"] == 0.123


def test_typing_until_the_field_is_left_is_one_undo_step(open_shell: Open) -> None:
    window = open_shell(BOWL)
    window.session.advance(12)
    type_formula(window, "x^2 + y^2")
    field = selector_of(window).formula_editor.field
    QTest.keyClicks(field, " + 3")
    assert window.session.experiment.formula == "x^2 + y^2"  # not before the pause
    field.pause_timer.timeout.emit()
    QTest.keyClicks(field, "x")
    field.pause_timer.timeout.emit()
    assert window.session.experiment.formula == "x^2 + y^2 + 3x"
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClicks(field, "y")
    field.pause_timer.timeout.emit()
    assert window.session.experiment.formula == "x^2 + y^2 + 3xy"
    window.session.store.undo()
    assert field.text() == window.session.experiment.formula == "x^2 + y^2 + 3x"
    window.session.store.undo()
    assert (field.text(), window.session.experiment.surface_id) == ("", "elongated_bowl")
    window.session.store.redo()
    assert field.text() == "x^2 + y^2 + 3x"


def test_the_window_undoes_unless_text_is_being_typed(open_shell: Open) -> None:
    window = open_shell(BOWL)
    field = type_formula(window, "x^2 + y^2").field

    def claims_undo() -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        event.ignore()
        field.event(event)
        return event.isAccepted()

    assert not claims_undo()
    QTest.keyClicks(field, "+")
    assert claims_undo()
    field.restore()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("x^2 + (y", (6, 7)),
        ("x^2 +", (5, 5)),
        ("__import__('os')", None),
        ("sine(x)", (0, 4)),
        ("x" * 501, None),
        ("1/0", None),
        ("\\frac{x", None),
        ("🙂 + x", None),
    ],
)
def test_an_error_marks_its_place_and_keeps_the_surface(
    open_shell: Open, text: str, place: tuple[int, int] | None
) -> None:
    window = open_shell(BOWL)
    type_formula(window, "x^2 + y^2")
    kept = window.session.experiment
    editor = type_formula(window, text)
    assert window.session.experiment is kept
    message = editor.error_label.text()
    assert message[-1] in ".?"
    assert not editor.error_label.isHidden()
    assert editor.field.text() == text
    assert editor.field.error_range is not None
    start, end = editor.field.error_range
    assert 0 <= start <= end <= len(text)
    assert place in (None, (start, end))
    window.session.store.set(kept.with_parameter("q", 1.0) if "q" in kept.parameters else kept)
    editor.refresh()
    assert editor.field.text() == text  # a refresh does not take it away
    QTest.keyClick(editor.field, Qt.Key.Key_Escape)
    assert editor.field.text() == "x^2 + y^2"
    assert editor.error_label.isHidden()


def test_a_formula_without_a_value_in_the_domain_is_refused(open_shell: Open) -> None:
    window = open_shell(BOWL)
    editor = type_formula(window, "log(x - 100)")
    assert window.session.experiment.surface_id == "elongated_bowl"
    assert not editor.error_label.isHidden()
    editor.field.restore()


def test_an_empty_field_keeps_the_surface_and_says_what_to_type(open_shell: Open) -> None:
    window = open_shell(BOWL)
    editor = type_formula(window, "x^2 + y^2")
    editor.field.selectAll()
    QTest.keyClick(editor.field, Qt.Key.Key_Delete)
    editor.field.settle()
    assert window.session.experiment.formula == "x^2 + y^2"
    assert "x^2 + y^2" in editor.error_label.text()
    window.session.change(lambda experiment: experiment.with_surface("rosenbrock"))
    assert (editor.field.text(), editor.error_label.text()) == ("", "")


def test_the_text_is_used_when_the_focus_leaves(open_shell: Open) -> None:
    window = open_shell(BOWL)
    field = type_formula(window, "x^2 + y^2").field
    QTest.keyClicks(field, " + x")
    window.setFocus()
    assert window.session.experiment.formula == "x^2 + y^2 + x"
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    window.setFocus()
    assert field.text() == "x^2 + y^2 + x"
    assert not field.pause_timer.isActive()


def test_other_spacing_is_no_change(open_shell: Open) -> None:
    window = open_shell(BOWL)
    type_formula(window, "x^2+y^2")
    window.session.advance(20)
    kept = window.session.experiment
    type_formula(window, "x^2 + y**2")
    assert window.session.experiment is kept
    assert window.session.race.step == 20


def test_notes_are_shown(open_shell: Open) -> None:
    window = open_shell(BOWL)
    editor = type_formula(window, "1/2x + y^2 + log(x^2+1)")
    assert "denominator" in editor.note_label.text()
    assert "natural logarithm" in editor.note_label.text()
    type_formula(window, "x^2 + y^2")
    assert editor.note_label.isHidden()


def test_the_formula_is_typeset_within_the_panel(open_shell: Open, application: QApplication) -> None:
    window = open_shell(BOWL)
    picture = type_formula(window, "x^2 + y^2").picture
    process_events(application)
    assert not picture.isHidden()
    assert len(picture.lines) == 1
    assert 10 < picture.height() < 60
    type_formula(window, " + ".join(f"a{k} cos({k} x y)" for k in range(1, 8)))
    process_events(application)
    assert len(picture.lines) > 1
    ratio = picture.devicePixelRatioF()
    assert all(line.width() / ratio <= picture.width() for line in picture.lines)
    window.session.change(lambda experiment: experiment.with_surface("sphere"))
    process_events(application)
    assert picture.isHidden()


def test_a_sum_is_split_outside_of_brackets() -> None:
    assert split_sum(r"\left(x + 1\right)^{2} + y^{a + b} - 3") == [r"\left(x + 1\right)^{2}", "+ y^{a + b}", "- 3"]


# Parameters


def with_slider(window: MainWindow, value: float = 0.5) -> Callable[[float], None]:
    """Type a formula with a parameter, compute 30 steps; return a function that drags the slider to a value."""
    type_formula(window, "a x^2 + y^2 + 0.1x")
    window.session.change(lambda e: e.with_run(0, e.runs[0].with_learning_rate(0.05)))
    window.session.advance(30)
    slider = selector_of(window).parameters.form.fields["a"]

    def drag(target: float) -> None:
        slider.slider.setValue(round(slider.spec.to_slider(target) * slider.slider_steps))

    return drag


def test_dragging_a_parameter_is_one_undo_step_and_keeps_the_step(open_shell: Open) -> None:
    window = open_shell(BOWL)
    drag = with_slider(window)
    session, before = window.session, window.session.experiment
    undo_count = len(session.store.undo_stack)
    slider = selector_of(window).parameters.form.fields["a"].slider
    slider.sliderPressed.emit()
    for value in (1.5, 2.0, 3.0):
        drag(value)
        assert session.experiment.parameters["a"] == value
        assert session.race.step == 30
        assert session.race.trajectories[0].last_step >= 30
    slider.sliderReleased.emit()
    assert len(session.store.undo_stack) == undo_count + 1
    after = session.experiment
    assert (after.start, after.runs) == (before.start, before.runs)
    assert after.parameter_timeline.by_step == [(0, {"a": 1.0}), (30, {"a": 3.0})]
    session.advance(1)
    x = session.race.trajectories[0].xs
    for step, value in ((0, 1.0), (29, 1.0), (30, 3.0)):
        assert x[step + 1] == pytest.approx(x[step] - 0.05 * (2 * value * x[step] + 0.1))
    session.show_step(30)
    session.store.undo()
    assert session.experiment == before
    assert session.race.step == 30


def test_a_parameter_keeps_histories_and_branches(open_shell: Open) -> None:
    window = open_shell(BOWL)
    drag = with_slider(window)
    session = window.session
    session.show_step(10)
    session.change(lambda e: e.with_run(0, e.runs[0].with_learning_rate(0.2)))
    session.advance(15)
    before = session.experiment
    assert before.branches
    second_path = session.race.trajectories[1].losses.tolist()
    drag(2.0)
    assert session.experiment.runs == before.runs
    assert session.experiment.branches[:-1] == before.branches
    assert session.experiment.branches[-1].parameters == {"a": 1.0}  # the second run had been shown up to step 30
    assert session.race.branch_trajectories[-1][1].losses.tolist() == second_path
    assert session.race.step == 25
    assert session.race.trajectories[0].last_step == 25
    selector_of(window).parameters.form.fields["a"].number_field.end_interaction()


def test_playback_goes_on_while_a_parameter_changes(open_shell: Open) -> None:
    window = open_shell(BOWL)
    drag = with_slider(window)
    for value in (1.2, 1.4):
        drag(value)
        window.session.advance(3)
    assert window.session.race.step == 36


def test_a_value_that_leaves_no_finite_loss_is_refused(open_shell: Open) -> None:
    window = open_shell(BOWL)
    type_formula(window, "log(a) + x^2 + y^2")
    parameters = selector_of(window).parameters
    parameters.form.fields["a"].value_committed.emit(-1.0)
    assert window.session.experiment.parameters == {"a": 1.0}
    assert parameters.error_label.text().endswith(".")
    parameters.form.fields["a"].value_committed.emit(2.0)
    assert parameters.error_label.isHidden()


def test_a_typed_value_beyond_the_slider_extends_it(open_shell: Open, application: QApplication) -> None:
    window = open_shell(BOWL)
    type_formula(window, "a x^2 + b y^2")
    parameters = selector_of(window).parameters
    parameters.form.fields["a"].value_committed.emit(70.0)
    spec = parameters.form.fields["a"].spec
    assert spec.slider_min <= 70.0 <= spec.slider_max
    assert parameters.form.fields["b"].spec.slider_max == 5.0
    parameters.form.range_rows["b"].changed.emit(type(parameters.ranges["b"])(0.001, 10.0))
    process_events(application)
    assert parameters.form.fields["b"].spec.scale == "log"
    assert parameters.form.fields["a"].spec.slider_max == spec.slider_max


@pytest.mark.parametrize("value", [0.0, 1.0, -1.0, 7.3, -42.0, 0.05, 1e-9, 2e5, -3e-7, 9.99, 1e308, 5e-324, -1e308])
def test_every_value_lies_in_its_range(value: float) -> None:
    spec = range_around(value).spec("a")
    assert spec.slider_min < spec.slider_max
    assert spec.slider_min <= value <= spec.slider_max
    for other in (value, 0.0, 1.0, -1e300, 1e300):
        assert 0 <= spec.to_slider(other) <= 1


# Domain and catalog


def test_the_domain_is_edited_without_moving_the_runs(open_shell: Open) -> None:
    window = open_shell(BOWL)
    type_formula(window, TYPED)
    window.session.advance(10)
    before = window.session.experiment
    fields = selector_of(window).domain_fields
    fields.fields[0][1].setProperty("value", 8.0)
    assert window.session.experiment.domain == ((-5.0, 8.0), (-5.0, 5.0))
    assert window.session.bounds == ((-5.0, 8.0), (-5.0, 5.0))
    assert window.session.experiment.runs == before.runs
    assert window.session.race.step == 10
    fields.fields[0][1].setProperty("value", -9.0)
    assert window.session.experiment.domain == ((-5.0, 8.0), (-5.0, 5.0))
    assert not fields.error_label.isHidden()


def test_fit_domain_shows_all_minima(open_shell: Open) -> None:
    window = open_shell(BOWL)
    type_formula(window, "(x - 40)^2 + (y + 30)^2")
    selector_of(window).domain_fields.fit_button.click()
    (left, right), (bottom, top) = window.session.experiment.surface.bounds
    assert left < 40 < right
    assert bottom < -30 < top
    start = window.session.experiment.start
    assert start is not None
    assert left <= start[0] <= right
    window.session.store.undo()
    assert window.session.experiment.domain is None


def test_a_catalog_surface_is_edited_as_a_formula(open_shell: Open) -> None:
    window = open_shell(Experiment("himmelblau", (-4.0, 4.0), (Run("sgd", {"lr": 0.004}),)))
    selector = selector_of(window)
    assert selector.domain_fields.isHidden()
    selector.edit_button.click()
    experiment = window.session.experiment
    assert selector.formula_editor.field.text() == experiment.formula != ""
    assert experiment.start == (-4.0, 4.0)
    assert experiment.runs[0].hyperparameters["lr"] == 0.004
    assert experiment.surface.bounds == SURFACES["himmelblau"].bounds
    assert experiment.surface(1.5, -2.5)[0] == pytest.approx(SURFACES["himmelblau"](1.5, -2.5)[0])
    assert selector.edit_button.isHidden()
    assert selector.picker.itemText(0) == "Built-in surfaces"
    selector.picker.selected.emit("linear_regression")
    assert selector.edit_button.isHidden()  # it is made from data
    assert selector.formula_editor.field.text() == ""


# The whole window


@pytest.mark.slow
def test_a_drag_draws_the_contour_plot_only(open_window: Open, application: QApplication) -> None:
    window = open_window(BOWL)
    drag = with_slider(window)
    process_events(application)
    contour, surface, loss = (window.canvases[name] for name in ("contour", "relief", "loss"))
    slider = selector_of(window).parameters.form.fields["a"].slider
    slider.sliderPressed.emit()
    counts = [canvas.full_draw_count for canvas in (surface, loss)]
    for value in (1.5, 2.0, 3.0):
        drag(value)
        contour.repaint()
    assert contour.view.interacting
    assert [canvas.full_draw_count for canvas in (surface, loss)] == counts
    assert contour.view.scene.race.surface is window.session.experiment.surface
    slider.sliderReleased.emit()
    process_events(application)
    assert not contour.view.interacting
    for canvas, count in zip((surface, loss), counts, strict=True):
        assert canvas.full_draw_count > count
        assert canvas.view.scene.race.surface is window.session.experiment.surface


@pytest.mark.slow
def test_views_follow_when_the_dragged_value_rests(open_window: Open, application: QApplication) -> None:
    window = open_window(BOWL)
    drag = with_slider(window)
    process_events(application)
    slider = selector_of(window).parameters.form.fields["a"].slider
    slider.sliderPressed.emit()
    drag(2.0)
    assert window.view_area.rest_timer.isActive()
    window.view_area.rest_timer.timeout.emit()
    process_events(application)
    assert not window.canvases["contour"].view.interacting
    assert window.canvases["relief"].static_artists_built
    slider.sliderReleased.emit()


@pytest.mark.slow
def test_a_parameter_keeps_the_zoom_and_the_form_of_the_run(open_window: Open, application: QApplication) -> None:
    window = open_window(BOWL)
    drag = with_slider(window)
    process_events(application)
    window.view_area.zoom(0.5)
    window.canvases["contour"].idle_timer.timeout.emit()
    form = window.side_panel.editor.form
    drag(2.0)
    selector_of(window).parameters.form.fields["a"].number_field.end_interaction()
    process_events(application)
    assert window.view_area.is_zoomed
    assert window.side_panel.editor.form is form


def test_a_file_with_a_formula_opens_with_its_field_and_sliders(open_shell: Open, tmp_path: Path) -> None:
    window = open_shell(BOWL)
    type_formula(window, TYPED)
    window.session.advance(20)
    selector_of(window).parameters.form.fields["a"].value_committed.emit(3.0)
    assert TYPED in window.windowTitle()
    saved = window.session.experiment
    window.documents._save_to(tmp_path / "mine.thalweg.json")
    assert not window.documents.document_state.unsaved
    assert "mine.thalweg.json" in window.windowTitle()
    window.session.change(lambda experiment: experiment.with_surface("sphere"))
    window.documents.document_state.mark_discarded()
    window.documents.open_recent((tmp_path / "mine.thalweg.json").absolute())
    assert window.session.experiment == saved
    assert window.session.race.step == 20
    selector = selector_of(window)
    assert selector.formula_editor.field.text() == TYPED
    assert selector.parameters.form.fields["a"].number_field.value == 3.0


@pytest.mark.slow
def test_an_exported_figure_opens_again_with_its_formula(open_shell: Open, tmp_path: Path) -> None:
    window = open_shell(BOWL)
    type_formula(window, TYPED)
    selector_of(window).parameters.form.fields["a"].value_committed.emit(-2.5)
    window.session.advance(15)
    export(window.session.race, tmp_path / "figure.png")
    other = open_shell(BOWL)
    other.documents.open_path(tmp_path / "figure.png")
    opened = other.session.experiment
    assert (opened.formula, opened.parameters) == (TYPED, {"a": -2.5})
    assert opened.runs == window.session.experiment.runs
    assert selector_of(other).formula_editor.field.text() == TYPED


def test_a_tuned_comparison_ends_when_a_parameter_changes(open_shell: Open) -> None:
    window = open_shell(BOWL)
    drag = with_slider(window)
    window.session.set_comparison(ComparisonMode("tuned", 30), {0: 0.1, 1: 0.2})
    assert window.session.experiment.comparison.mode == "tuned"
    drag(2.0)
    assert window.session.experiment.comparison.mode != "tuned"
    selector_of(window).parameters.form.fields["a"].number_field.end_interaction()
    window.session.restart()
    assert window.session.race.step == 0
    assert window.session.experiment.parameters == {"a": 2.0}


def test_enter_gives_the_focus_back_and_a_theme_keeps_the_text(open_shell: Open, application: QApplication) -> None:
    window = open_shell(BOWL)
    field = type_formula(window, "x^2 + c y^2").field
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not field.hasFocus()
    window.set_theme("dark")
    process_events(application)
    selector = selector_of(window)
    assert selector.formula_editor.field is not field
    assert selector.formula_editor.field.text() == "x^2 + c y^2"
    assert list(selector.parameters.form.fields) == ["c"]


@pytest.mark.slow
def test_a_parameter_keeps_the_camera(open_window: Open, application: QApplication) -> None:
    window = open_window(BOWL)
    drag = with_slider(window)
    process_events(application)
    camera = window.canvases["relief"].view.camera
    drag(-3.0)
    selector_of(window).parameters.form.fields["a"].number_field.end_interaction()
    process_events(application)
    assert window.canvases["relief"].view.scene.experiment.parameters == {"a": -3.0}
    assert window.canvases["relief"].view.camera == camera


def test_views_show_the_surface_of_the_displayed_step(open_window: Open) -> None:
    window = open_window(BOWL)
    with_slider(window)
    session = window.session
    session.change(lambda e: e.with_parameter("a", 3.0))
    canvases = window.view_area.canvases.values()
    for step, value in ((30, 3.0), (12, 1.0), (30, 3.0)):
        session.show_step(step)
        losses = {float(canvas.scene.surface(1.0, 0.0)[0]) for canvas in canvases if canvas.scene is not None}
        assert losses == {value + 0.1}
        window.display_updater.update_texts()  # as its timer does
        assert selector_of(window).parameters.form.fields["a"].number_field.value == value


def test_slider_ranges_belong_to_the_experiment(open_shell: Open) -> None:
    window = open_shell(BOWL)
    with_slider(window)
    parameters, session = selector_of(window).parameters, window.session
    parameters._set_range("a", ParameterRange(0.0, 8.0))
    assert session.experiment.parameter_ranges == {"a": (0.0, 8.0)}
    assert from_json(to_json(session.experiment)).parameter_ranges == {"a": (0.0, 8.0)}
    assert parameters.form.fields["a"].spec.slider_max == 8.0
    session.store.undo()
    assert session.experiment.parameter_ranges == {}
    assert parameters.form.fields["a"].spec.slider_max == 5.0


def test_a_finer_search_is_part_of_the_experiment(open_shell: Open) -> None:
    window = open_shell(BOWL)
    type_formula(window, "x^2 + y^2 - 5exp(-9e4 ((x - 1.33)^2 + (y - 1.21)^2))")
    domain_fields, session = selector_of(window).domain_fields, window.session
    assert session.experiment.surface.minima == ((0.0, 0.0),)
    assert domain_fields.minima_label.text() == "Lowest found: loss 0"
    for level in (1, 2):
        domain_fields.search_button.click()
        assert session.experiment.search_level == level
        assert from_json(to_json(session.experiment)).search_level == level
    assert not domain_fields.search_button.isEnabled()
    session.store.undo()
    assert session.experiment.search_level == 1


def test_f1_in_the_field_opens_the_page_on_formulas(open_shell: Open) -> None:
    window = open_shell(BOWL)
    field = selector_of(window).formula_editor.field
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_F1)
    help_window = window.help.help_window
    assert help_window.tabs.currentWidget() is help_window.formula_browser
    text = help_window.formula_browser.toPlainText()
    for word in (*ONE_ARGUMENT, *ARGUMENT_COUNTS, *ALIASES, *CONSTANTS):
        assert word in text
    help_window.close()
