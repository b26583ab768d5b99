"""The fields of the export dialog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.export.animation import HOLD_DURATION, hold_frame_count
from app.export.formats import EXPORT_FORMATS, ExportFormat
from app.export.options import DPI_PRESETS, MAX_DPI, UNITS_PER_INCH, Options
from app.gui.dialogs.form_widgets import make_combo_box, make_label, make_row, make_spin_box
from app.gui.widgets.wheel_guard import guard_wheel
from app.session.settings import REDUCED_MOTION_KEY, Settings
from app.theming.theme import THEMES, Theme
from app.utils.i18n import gettext_noop, tr

UNIT_LABELS = {"px": gettext_noop("pixels"), "cm": "cm", "in": gettext_noop("inches")}
DPI_LABELS = {
    "screen": gettext_noop("Screen"),
    "slide": gettext_noop("Slide"),
    "print": gettext_noop("Print"),
    "own": gettext_noop("Custom"),
}
FLAG_LABELS = {
    "title": gettext_noop("&Title"),
    "legend": gettext_noop("&Legend"),
    "mode": gettext_noop("Comparison &mode"),
    "transparent": gettext_noop("Transparent &background"),
    "loop": gettext_noop("L&oop"),
}
SCREEN_THEME = "screen"


class ExportForm(QWidget):
    """Edits export options; ``changed`` is emitted after every edit.

    ``formats`` and ``views`` map suffixes and view ids to names. ``base_options`` holds the options that are not
    edited, ``step_count`` is the number of steps in an animation. The values are saved in the settings.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        formats: Mapping[str, str],
        views: Mapping[str, str],
        base_options: Options,
        theme: Theme,
        step_count: int,
        settings: Settings,
    ) -> None:
        super().__init__()
        self.base_options, self.theme, self.step_count, self.settings = base_options, theme, step_count, settings
        self.kind = "film" if ".gif" in formats else "picture"
        self.format_combo = make_combo_box(formats, tr("Format"))
        self.format_combo.setWhatsThis(tr("The file format. The available options depend on it."))
        single_views = {name: tr("{view} only", view=tr(title)) for name, title in views.items()}
        self.view_combo = make_combo_box({"all": gettext_noop("All views"), **single_views}, tr("Views"))
        self.view_combo.setWhatsThis(tr("The views to include in the file."))
        self._create_size_fields()
        self.theme_combo = make_combo_box(
            {
                SCREEN_THEME: gettext_noop("Same as window"),
                "light": gettext_noop("Light"),
                "dark": gettext_noop("Dark"),
                "contrast": gettext_noop("High Contrast"),
            },
            tr("Theme"),
        )
        self.theme_combo.setWhatsThis(tr("Color theme of the exported figure."))
        self.flag_boxes = {name: QCheckBox(tr(label)) for name, label in FLAG_LABELS.items()}
        self.other_size_label = QLabel(objectName="quiet")
        self._create_animation_fields()
        self._build_layout()
        for name, check_box in self.flag_boxes.items():
            check_box.setChecked(getattr(base_options, name))
        self._restore_settings()
        self._sync_timing(uses_steps_per_frame=False)
        self._connect_signals()
        self._update_loop_box()
        self._update_size_label()

    def _create_size_fields(self) -> None:
        self.unit_combo = make_combo_box(UNIT_LABELS, tr("Unit"))
        self.unit_combo.setWhatsThis(tr("The unit of width and height."))
        self.width_field, self.height_field = (
            make_spin_box(1, 30_000, length, 0, name)
            for length, name in zip(self.base_options.pixels, (tr("Width"), tr("Height")), strict=True)
        )
        self.width_field.setWhatsThis(tr("The width, in the selected unit."))
        self.height_field.setWhatsThis(tr("The height, in the selected unit."))
        self.preset_combo = make_combo_box(DPI_LABELS, tr("Resolution"))
        self.preset_combo.setWhatsThis(
            tr("Intended use. Sets the resolution (dots per inch) and keeps the physical size.")
        )
        self.dpi_field = QSpinBox(
            minimum=10, maximum=MAX_DPI, value=round(self.base_options.dpi), suffix=" dpi", singleStep=50
        )
        self.dpi_field.setAccessibleName(tr("Dots per inch"))
        self.dpi_field.setWhatsThis(tr("Dots per inch. Higher values give a sharper image and a larger file."))
        guard_wheel(self.dpi_field)

    def _create_animation_fields(self) -> None:
        self.fps_field = make_spin_box(1, 60, 25, 0, tr("Frames per second"), tr(" fps"))
        self.fps_field.setWhatsThis(tr("Frames per second of the animation."))
        self.duration_field = make_spin_box(
            0.1, 3600, min(10.0, max(self.step_count, 1) / 25 + HOLD_DURATION), 1, tr("Duration in seconds"), tr(" s")
        )
        self.duration_field.setWhatsThis(tr("The duration of the animation."))
        self.steps_per_frame_field = QSpinBox(minimum=1, maximum=max(self.step_count, 1))
        self.steps_per_frame_field.setAccessibleName(tr("Steps per frame"))
        self.steps_per_frame_field.setWhatsThis(tr("Number of simulation steps from one frame to the next."))
        self.camera_speed_field = make_spin_box(-180, 180, 0, 0, tr("Camera rotation speed"), tr(" °/s"))
        self.camera_speed_field.setWhatsThis(tr("How fast the 3D surface rotates, in degrees per second."))
        self.uses_steps_per_frame = False  # whether the steps per frame were set last, and not the duration

    def _build_layout(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.addRow(tr("&Format"), self.format_combo)
        form.addRow(tr("Co&ntent"), self.view_combo)
        size_row = make_row(self.width_field, QLabel("×"), self.height_field, self.unit_combo)
        form.addRow(make_label(tr("Si&ze"), self.width_field), size_row)
        form.addRow(make_label(tr("&Resolution"), self.preset_combo), make_row(self.preset_combo, self.dpi_field))
        form.addRow("", self.other_size_label)
        form.addRow(tr("T&heme"), self.theme_combo)
        animation_form, self.animation_group = QFormLayout(), QGroupBox(tr("Animation"))
        animation_form.addRow(tr("Fram&e rate"), self.fps_field)
        animation_form.addRow(tr("D&uration"), self.duration_field)
        animation_form.addRow(tr("&Steps per frame"), self.steps_per_frame_field)
        animation_form.addRow(tr("Rotate 3&D surface"), self.camera_speed_field)
        self.animation_group.setLayout(animation_form)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        for name, check_box in self.flag_boxes.items():
            if name == "loop":
                animation_form.addRow("", check_box)
            else:
                column.addWidget(check_box)
        column.addWidget(self.animation_group)
        column.addStretch(1)
        self.animation_group.setVisible(self.kind == "film")  # after it has a parent; otherwise it would be a window
        self.flag_boxes["transparent"].setVisible(self.kind == "picture")

    def _connect_signals(self) -> None:
        self.preset_combo.activated.connect(self._on_preset_selected)
        self.unit_combo.activated.connect(self._on_unit_selected)
        self.dpi_field.valueChanged.connect(self._update_preset)
        self.duration_field.valueChanged.connect(lambda _: self._on_timing_changed(False))
        self.steps_per_frame_field.valueChanged.connect(lambda _: self._on_timing_changed(True))
        self.fps_field.valueChanged.connect(lambda _: self._on_timing_changed(self.uses_steps_per_frame))
        for combo_box in (self.format_combo, self.view_combo, self.theme_combo, self.unit_combo):
            combo_box.activated.connect(lambda _: self._on_changed())
        for spin_box in (self.width_field, self.height_field, self.dpi_field, self.camera_speed_field):
            spin_box.valueChanged.connect(lambda _: self._on_changed())
        for check_box in self.flag_boxes.values():
            check_box.toggled.connect(lambda _: self._on_changed())

    @property
    def export_format(self) -> ExportFormat:
        """The selected format."""
        return EXPORT_FORMATS[self.format_combo.currentData()]

    def _on_changed(self) -> None:
        self._update_loop_box()
        self._update_size_label()
        self.changed.emit()

    def _update_loop_box(self) -> None:
        self.flag_boxes["loop"].setEnabled("loop" in self.export_format.options)

    # Size and resolution

    @property
    def size_inches(self) -> tuple[float, float]:
        """The width and the height of the figure in inches."""
        per_inch = UNITS_PER_INCH[self.unit_combo.currentData()] or self.dpi_field.value()
        return self.width_field.value() / per_inch, self.height_field.value() / per_inch

    def _set_size(self, size_inches: tuple[float, float]) -> None:
        unit = self.unit_combo.currentData()
        for spin_box, length in zip((self.width_field, self.height_field), size_inches, strict=True):
            spin_box.blockSignals(True)
            spin_box.setDecimals(0 if unit == "px" else 1)
            spin_box.setValue(length * (UNITS_PER_INCH[unit] or self.dpi_field.value()))
            spin_box.blockSignals(False)

    def _on_unit_selected(self, _: int) -> None:
        self._set_size(self.previous_size_inches)

    def _on_preset_selected(self, _: int) -> None:
        """Set the resolution and keep the size in inches."""
        name = self.preset_combo.currentData()
        if name in DPI_PRESETS:
            size = self.size_inches
            self.dpi_field.setValue(DPI_PRESETS[name])
            self._set_size(size)
            self._on_changed()

    def _update_preset(self, dpi: int) -> None:
        preset = next((name for name, value in DPI_PRESETS.items() if value == dpi), "own")
        self.preset_combo.setCurrentIndex(self.preset_combo.findData(preset))

    def _update_size_label(self) -> None:
        """Show the size in the units that are not selected."""
        self.previous_size_inches = width, height = self.size_inches
        pixels = tr(
            "{width:,} × {height:,} pixels",
            width=round(width * self.dpi_field.value()),
            height=round(height * self.dpi_field.value()),
        )
        lengths = tr("{width:.1f} × {height:.1f} cm", width=2.54 * width, height=2.54 * height)
        self.other_size_label.setText(lengths if self.unit_combo.currentData() == "px" else pixels)

    # Timing of animations

    def _on_timing_changed(self, uses_steps_per_frame: bool) -> None:
        self._sync_timing(uses_steps_per_frame)
        self._on_changed()

    def _sync_timing(self, uses_steps_per_frame: bool) -> None:
        """Compute the duration from the steps per frame, or the other way around."""
        self.uses_steps_per_frame = uses_steps_per_frame
        fps = self.fps_field.value()
        for spin_box in (self.duration_field, self.steps_per_frame_field):
            spin_box.blockSignals(True)
        if uses_steps_per_frame:
            moving_frames = -(-self.step_count // self.steps_per_frame_field.value()) + 1
            self.duration_field.setValue(moving_frames / fps + HOLD_DURATION)
        else:
            frame_count = round(self.duration_field.value() * fps)
            self.steps_per_frame_field.setValue(
                max(round(self.step_count / max(frame_count - hold_frame_count(frame_count, fps) - 1, 1)), 1)
            )
        for spin_box in (self.duration_field, self.steps_per_frame_field):
            spin_box.blockSignals(False)

    # Options

    def options(self) -> Options:
        """Return the edited options; raise ``ExperimentError`` if they are invalid."""
        theme_id = self.theme_combo.currentData()
        flags: dict[str, Any] = {
            name: check_box.isChecked()
            for name, check_box in self.flag_boxes.items()
            if name in self.export_format.options
        }
        result = replace(
            self.base_options,
            view=self.view_combo.currentData(),
            size=self.size_inches,
            dpi=self.dpi_field.value(),
            theme=THEMES.get(theme_id, self.theme),
            **flags,
            fps=self.fps_field.value(),
            camera_speed=self.camera_speed_field.value(),
        )
        if self.kind == "film":
            timing = (
                {"steps_per_frame": self.steps_per_frame_field.value()}
                if self.uses_steps_per_frame
                else {"seconds": self.duration_field.value()}
            )
            result = replace(result, **timing)
        self.remark(result)
        return result

    def remark(self, options: Options) -> str:
        """Return what the format remarks on the options, or ""; raise ``ExperimentError`` if it refuses them."""
        return self.export_format.check(self.export_format.suffix, self.step_count, options)

    # Settings

    def _combo_boxes(self) -> dict[str, QComboBox]:
        return {"format": self.format_combo, "unit": self.unit_combo, "theme": self.theme_combo}

    def _spin_boxes(self) -> dict[str, Any]:
        return {
            "dpi": self.dpi_field,
            "width": self.width_field,
            "height": self.height_field,
            "fps": self.fps_field,
            "turn": self.camera_speed_field,
        }

    def _restore_settings(self) -> None:
        settings = self.settings
        for name, widget in self._combo_boxes().items():
            widget.setCurrentIndex(
                max(widget.findData(settings.get_text(f"{self.kind}/{name}", str(widget.currentData()))), 0)
            )
        self._set_size(self.base_options.size)
        for name, spin_box in self._spin_boxes().items():
            value = min(
                max(settings.get_number(f"{self.kind}/{name}", float(spin_box.value())), spin_box.minimum()),
                spin_box.maximum(),
            )
            spin_box.setValue(int(value) if isinstance(spin_box, QSpinBox) else value)
        if settings.get_bool(REDUCED_MOTION_KEY, False):
            self.camera_speed_field.setValue(0.0)
        for name, check_box in self.flag_boxes.items():
            check_box.setChecked(settings.get_bool(f"{self.kind}/{name}", check_box.isChecked()))
        self._update_preset(self.dpi_field.value())

    def save_settings(self) -> None:
        """Save the values for the next dialog of the same kind."""
        for name, widget in self._combo_boxes().items():
            self.settings.set_value(f"{self.kind}/{name}", str(widget.currentData()))
        for name, spin_box in self._spin_boxes().items():
            # With reduced motion, the form itself has set the camera speed to 0.
            if name != "turn" or not self.settings.get_bool(REDUCED_MOTION_KEY, False):
                self.settings.set_value(f"{self.kind}/{name}", spin_box.value())
        for name, check_box in self.flag_boxes.items():
            self.settings.set_value(f"{self.kind}/{name}", check_box.isChecked())
