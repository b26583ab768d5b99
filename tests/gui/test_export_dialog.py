"""Export and copy in the window: dialog, background export jobs, clipboard."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PyQt6.QtCore import QSize, QTimer
from PyQt6.QtGui import QGuiApplication, QPixmap
from PyQt6.QtWidgets import QApplication, QMessageBox, QPushButton

from app.cli.main import main
from app.engine.race import Race
from app.export.formats import EXPORT_FORMATS, export, iter_export
from app.export.options import ANIMATION_DPI, ANIMATION_SIZE, Options
from app.gui.dialogs.export_dialog import ExportDialog
from app.gui.dialogs.export_form import ExportForm
from app.gui.dialogs.export_job import format_title
from app.gui.widgets.progress_widget import ProgressWidget, format_time_left
from app.gui.window import export_commands
from app.gui.window.main_window import MainWindow
from app.io.experiment_files import load
from app.model.experiment import DEFAULT_EXPERIMENT
from app.session.settings import Settings
from app.theming.theme import DARK, LIGHT
from app.utils.validation import ExperimentError
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
FORMATS = {
    kind: {each.suffix: each.name for each in EXPORT_FORMATS.values() if each.kind == kind}
    for kind in ("picture", "film")
}


def make_form(kind: str = "picture", steps: int = 300, size: tuple[float, float] = ANIMATION_SIZE) -> ExportForm:
    options = Options(size=size, dpi=ANIMATION_DPI) if kind == "film" else Options()
    return ExportForm(FORMATS[kind], {"contour": "Contour"}, options, LIGHT, steps, Settings())


def choose(combo_box, data: str) -> None:  # type: ignore[no-untyped-def]
    combo_box.setCurrentIndex(combo_box.findData(data))
    combo_box.activated.emit(combo_box.currentIndex())


def process_until(application: QApplication, happened: Callable[[], bool]) -> None:
    for _ in range(20_000):
        if happened():
            return
        application.processEvents()
    pytest.fail("it never happened")


def test_the_form_returns_the_selected_options(application: QApplication) -> None:
    form = make_form()
    assert form.options() == Options()
    choose(form.unit_combo, "cm")
    assert (form.width_field.value(), form.height_field.value()) == pytest.approx((32.5, 19.3))
    assert form.other_size_label.text() == "1,919 × 1,140 pixels"
    form.width_field.setValue(16.0)
    form.height_field.setValue(9.0)
    choose(form.preset_combo, "print")
    assert form.dpi_field.value() == 300
    assert form.options().size == pytest.approx((16 / 2.54, 9 / 2.54))
    choose(form.unit_combo, "px")
    assert (form.width_field.value(), form.height_field.value()) == (1890, 1063)
    form.dpi_field.setValue(123)
    assert form.preset_combo.currentData() == "own"
    choose(form.theme_combo, "dark")
    choose(form.view_combo, "contour")
    form.flag_boxes["legend"].setChecked(False)
    form.flag_boxes["transparent"].setChecked(True)
    options = form.options()
    assert (options.theme, options.view, options.legend, options.transparent, options.title) == (
        DARK,
        "contour",
        False,
        True,
        True,
    )


def test_options_of_images_and_animations_are_remembered_separately(application: QApplication) -> None:
    form = make_form()
    choose(form.format_combo, ".svg")
    choose(form.unit_combo, "cm")
    form.width_field.setValue(20.0)
    form.flag_boxes["title"].setChecked(False)
    form.save_settings()
    image_form, animation_form = make_form(), make_form("film")
    assert image_form.format_combo.currentData() == ".svg"
    assert image_form.options().size == pytest.approx((20 / 2.54, image_form.height_field.value() / 2.54))
    assert not image_form.options().title
    assert animation_form.options().pixels == (1280, 720)
    assert animation_form.options().title


@pytest.mark.slow
@pytest.mark.parametrize("garbage", ["nan", "inf", "-1e300", "1e300", "x", ""])
def test_invalid_settings_are_ignored(garbage: str, application: QApplication) -> None:
    settings = Settings()
    for name in ("format", "unit", "theme", "dpi", "width", "height", "fps", "turn", "title"):
        settings.set_value(f"film/{name}", garbage)
    form = make_form("film")
    assert form.format_combo.currentData() == ".gif"
    assert 10 <= form.dpi_field.value() <= 1200
    assert 1 <= form.fps_field.value() <= 60


def test_duration_and_steps_per_frame_follow_each_other(application: QApplication) -> None:
    form = make_form("film", steps=1000)
    form.duration_field.setValue(5.0)
    assert form.steps_per_frame_field.value() == round(1000 / 74)
    assert form.options().steps_per_frame is None
    form.steps_per_frame_field.setValue(20)
    assert form.duration_field.value() == pytest.approx(51 / 25 + 2, abs=0.06)
    assert form.options().steps_per_frame == 20
    form.fps_field.setValue(50)
    assert form.duration_field.value() == pytest.approx(51 / 50 + 2, abs=0.06)
    form.steps_per_frame_field.setValue(1)
    assert form.options().seconds is None


def test_the_preview_is_updated_and_invalid_options_are_reported(open_shell: Open) -> None:
    window = open_shell()
    form, drawn_options = make_form(), []

    def draw(options: Options) -> bytes:
        drawn_options.append(options)
        return (Path(__file__).parents[2] / "assets" / "thalweg.png").read_bytes()

    dialog = ExportDialog(window, "Export Figure", form, draw)
    assert len(drawn_options) == 1
    assert drawn_options[0].dpi < 150
    assert not dialog.preview.pixmap.isNull()
    form.flag_boxes["legend"].setChecked(False)
    assert dialog.preview_timer.isActive()
    dialog.preview_timer.timeout.emit()
    assert not drawn_options[-1].legend
    form.width_field.setValue(300)
    choose(form.format_combo, ".pdf")
    dialog.refresh_preview()
    assert dialog.error_label.text().startswith("The labels do not fit in a vector image this small")
    assert not dialog.save_button.isEnabled()
    dialog.accept()
    assert dialog.result() == 0
    choose(form.format_combo, ".png")
    form.width_field.setValue(30_000)
    form.height_field.setValue(30_000)
    dialog.accept()
    assert "inches" in dialog.error_label.text()
    assert not dialog.preview.pixmap.isNull()
    form.width_field.setValue(800)
    form.height_field.setValue(600)
    dialog.accept()
    assert dialog.result() == 1
    dialog.resize(QSize(900, 600))
    dialog.preview.show_pixmap(QPixmap(10, 10))
    dialog.preview.grab()
    dialog.deleteLater()


def test_an_odd_size_is_remarked_for_an_mp4_only(open_shell: Open) -> None:
    window = open_shell()
    form = make_form("film", size=(6.41, 4.2))
    dialog = ExportDialog(window, "Export Animation", form, lambda _: b"")
    assert dialog.remark_label.text() == ""
    choose(form.format_combo, ".mp4")
    dialog.refresh_preview()
    assert dialog.remark_label.text() == (
        "The sides of an MP4 must be even; it will have 640 x 420 pixels instead of 641 x 420."
    )
    assert dialog.save_button.isEnabled()
    form.width_field.setValue(9)
    dialog.refresh_preview()
    assert (bool(dialog.error_label.text()), dialog.remark_label.text()) == (True, "")
    dialog.preview_timer.stop()
    dialog.deleteLater()


def test_only_a_gif_can_loop(application: QApplication) -> None:
    form = make_form("film")
    assert form.options().loop
    form.flag_boxes["loop"].setChecked(False)
    assert not form.options().loop
    form.save_settings()
    form = make_form("film")
    assert not form.options().loop
    choose(form.format_combo, ".mp4")
    assert not form.flag_boxes["loop"].isEnabled()
    assert form.options().loop
    choose(form.format_combo, ".gif")
    assert form.flag_boxes["loop"].isEnabled()


@pytest.mark.slow
def test_the_menu_leads_through_both_dialogs_to_the_file(
    application: QApplication, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    for name, dialog_title, target in (
        ("export_picture", "Export Figure", tmp_path / "a.png"),
        ("export_film", "Export Animation", tmp_path / "b.gif"),
    ):
        requests = []

        def ask(
            title: str, kinds: str, suffix: str, stem: str, requests: list = requests, target: Path = target
        ) -> Path:
            requests.append((title, kinds.split(";;")[0], suffix, stem))
            return target

        monkeypatch.setattr(window.documents, "ask_path", ask)

        def press() -> None:
            dialog = application.activeModalWidget()
            assert isinstance(dialog, ExportDialog)
            if dialog.form.kind == "film":
                dialog.form.duration_field.setValue(0.4)
            dialog.accept()

        QTimer.singleShot(0, press)
        window.action_registry[name].trigger()
        process_until(application, target.exists)
        assert requests[0][0] == dialog_title
        assert requests[0][2] == target.suffix[1:]
    process_events(application)
    assert load(tmp_path / "a.png").runs == DEFAULT_EXPERIMENT.runs
    with Image.open(tmp_path / "b.gif") as animation:
        assert animation.size == (1280, 720)
    assert not window.exporter.jobs


def endless_job(closed: list[bool]) -> Iterator[float]:
    try:
        while True:
            yield 0.5
    finally:
        closed.append(True)


@pytest.mark.slow
def test_an_export_job_runs_in_the_background_and_can_be_canceled(
    application: QApplication, open_shell: Open, tmp_path: Path
) -> None:
    window, closed = open_shell(), []
    job = window.exporter.start_job(tmp_path / "a.gif", endless_job(closed))
    window.session.clock.play()
    step = window.session.race.step
    process_until(application, lambda: job.progress_widget is not None and window.session.race.step > step)
    window.session.clock.pause()
    assert isinstance(job.progress_widget, ProgressWidget)
    cancel = job.progress_widget.findChild(QPushButton)
    assert cancel is not None
    cancel.click()
    assert closed == [True]
    assert window.exporter.jobs == []
    bar = window.statusBar()
    assert bar is not None
    assert "a.gif was not saved" in bar.currentMessage()
    process_events(application)
    assert not window.findChildren(ProgressWidget)


@pytest.mark.slow
@pytest.mark.parametrize("message_first", [True, False])
def test_a_message_never_overlaps_the_status_when_a_progress_bar_comes_or_goes(
    application: QApplication, open_window: Open, message_first: bool
) -> None:
    window, progress_widget = open_window(), ProgressWidget("a.gif")
    bar = window.statusBar()
    assert bar is not None
    if message_first:
        window.show_message("Paused at step 20.")
        process_events(application)
    bar.addPermanentWidget(progress_widget)
    process_events(application)
    assert window.status_line.isVisible() is not message_first
    bar.removeWidget(progress_widget)
    window.show_message("Saved a.gif")
    process_events(application)
    assert bar.currentMessage() == "Saved a.gif"
    assert not window.status_line.isVisible()
    window.rebuild_panels()
    process_events(application)
    assert not window.status_line.isVisible()
    window.show_message("")
    assert window.status_line.isVisible()


def test_closing_the_window_stops_export_jobs(application: QApplication, open_window: Open, tmp_path: Path) -> None:
    window, closed = open_window(), []
    window.exporter.start_job(tmp_path / "a.gif", endless_job(closed))
    application.processEvents()
    window.close()
    assert closed == [True]


def test_a_failing_job_reports_why(application: QApplication, open_shell: Open, tmp_path: Path) -> None:
    window = open_shell()

    def failing_job() -> Iterator[float]:
        yield 0.1
        raise ExperimentError("the disk is full")

    window.exporter.start_job(tmp_path / "a.gif", failing_job())
    process_until(application, lambda: not window.exporter.jobs)
    message_box = window.findChild(QMessageBox)
    assert message_box is not None
    assert message_box.text() == "The disk is full."
    message_box.close()


def test_the_remaining_time_is_formatted() -> None:
    assert [format_time_left(seconds) for seconds in (0.3, 12.4, 200)] == [
        "almost done",
        "about 12 s left",
        "about 3 min left",
    ]
    assert format_title("a.gif") == "Exporting a.gif"
    assert len(format_title(f"{'long' * 50}.gif")) < 45


@pytest.mark.slow
def test_the_image_on_the_clipboard_embeds_its_experiment(
    application: QApplication, open_window: Open, tmp_path: Path
) -> None:
    window = open_window()
    window.action_registry["copy_picture"].trigger()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    data = clipboard.mimeData()
    assert data is not None
    assert data.hasImage()
    (tmp_path / "pasted.png").write_bytes(data.data("image/png").data())
    assert load(tmp_path / "pasted.png").runs == window.session.experiment.runs


@pytest.mark.slow
def test_characters_without_a_font_are_told_when_a_figure_is_complete(
    application: QApplication, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(replace(DEFAULT_EXPERIMENT, title="\U0003fffd"))
    messages: list[str] = []
    monkeypatch.setattr(window.exporter, "notify", messages.append)
    monkeypatch.setattr(window.documents, "ask_path", lambda *_: tmp_path / "a.png")
    monkeypatch.setattr(export_commands, "run_modal", lambda dialog: True)
    for command in ("copy_picture", "export_picture"):
        window.action_registry[command].trigger()
    process_until(application, lambda: len(messages) == 2)
    assert messages[0].startswith("Figure copied. (no font on this computer has 𿿽")
    assert messages[1].startswith(f"Saved {tmp_path / 'a.png'}; no font on this computer has \U0003fffd")


def test_table_and_code_are_copied_to_the_clipboard(application: QApplication, open_shell: Open) -> None:
    window = open_shell()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    window.action_registry["copy_table"].trigger()
    assert len({line.count("\t") for line in clipboard.text().splitlines()}) == 1
    assert sum("SGD" in line for line in clipboard.text().splitlines()) == 1
    window.action_registry["copy_code"].trigger()
    compile(clipboard.text(), "copied", "exec")
    assert "adam" in clipboard.text()


@pytest.mark.slow
def test_the_copied_command_produces_the_same_image(
    application: QApplication, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    window.session.advance(7)
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    window.action_registry["copy_command"].trigger()
    message = shlex.split(clipboard.text())
    window.action_registry["copy_picture"].trigger()
    data = clipboard.mimeData()
    assert data is not None
    assert message[:2] == ["thalweg", "export"]
    monkeypatch.chdir(tmp_path)
    assert main(message[1:]) == 0
    (written,) = tmp_path.glob("*.png")
    with Image.open(written) as one, Image.open(BytesIO(data.data("image/png").data())) as other:
        assert one.size == other.size
        assert one.tobytes() == other.tobytes()


@pytest.mark.slow
def test_an_experiment_with_changes_must_be_saved_before_its_command_is_copied(
    application: QApplication, open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    window.session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.002)))
    window.action_registry["copy_command"].trigger()
    (message_box,) = (b for b in window.findChildren(QMessageBox) if b.isVisible())
    assert message_box.text().startswith("Save the experiment first")
    message_box.close()
    monkeypatch.setattr(window.documents, "ask_path", lambda *_, **__: tmp_path / "mine.json")
    window.action_registry["save"].trigger()
    window.action_registry["copy_command"].trigger()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert shlex.split(clipboard.text())[2] == str(tmp_path / "mine.json")


@pytest.mark.slow
def test_a_crashed_job_is_not_reported_as_saved(
    application: QApplication, open_shell: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, caught = open_shell(), []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append(kind))

    def crashing_job() -> Iterator[float]:
        yield 0.1
        raise MemoryError

    window.exporter.start_job(tmp_path / "a.npz", crashing_job())
    process_until(application, lambda: not window.exporter.jobs)
    process_events(application)
    assert caught == [MemoryError]
    bar, (message_box,) = window.statusBar(), (b for b in window.findChildren(QMessageBox) if b.isVisible())
    assert bar is not None
    assert "Saved" not in bar.currentMessage()
    assert message_box.text().startswith("Could not export a.npz")
    message_box.close()


@pytest.mark.slow
def test_pending_runs_are_computed_before_an_export_and_later_edits_do_not_change_it(
    open_shell: Open, tmp_path: Path
) -> None:
    window = open_shell()
    session = window.session
    session.race.step = 2000  # as after opening a file: the runs are computed later
    race = session.race
    assert race.pending_runs
    work = iter_export(window.exporter.race_snapshot, tmp_path / "a.csv")
    next(work)
    session.pending_timer.stop()
    session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.0001)))
    for _ in work:
        pass
    expected = Race(DEFAULT_EXPERIMENT)
    expected.advance(2000)
    export(expected, tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_an_impossible_animation_is_reported_before_a_file_name_is_asked(application: QApplication) -> None:
    for steps, message, change in (
        (300, "at most 50", lambda form: form.fps_field.setValue(60)),
        (300, "pixels per frame", lambda form: (form.width_field.setValue(6000), form.height_field.setValue(4000))),
        (0, "nothing to animate at step 0", lambda form: None),
    ):
        form = make_form("film", steps)
        change(form)
        with pytest.raises(ExperimentError, match=message):
            form.options()
