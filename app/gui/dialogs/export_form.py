"""The fields of the export dialog, and the options that they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.export.animation import REST, held_of
from app.export.formats import EXPORTS
from app.export.options import DPIS, MOST_DPI, UNITS, Options
from app.gui.widgets.wheel_guard import quiet_wheel
from app.session.settings import MOTION, Settings
from app.theming.theme import THEMES, Theme
from app.utils.i18n import mark, tr

UNIT_WORDS = {"px": mark("pixels"), "cm": "cm", "in": mark("inches")}
DPI_WORDS = {"screen": mark("Screen"), "slide": mark("Slide"), "print": mark("Print"), "own": mark("Own")}
PARTS = {
    "title": mark("Title"),
    "legend": mark("Legend"),
    "mode": mark("Race mode"),
    "transparent": mark("Transparent background"),
}
AS_SCREEN = "screen"


def number(low: float, high: float, value: float, decimals: int, name: str, suffix: str = "") -> QDoubleSpinBox:
    box = QDoubleSpinBox(minimum=low, maximum=high, decimals=decimals, value=value, suffix=suffix)
    box.setAccessibleName(name)
    box.setKeyboardTracking(False)
    quiet_wheel(box)
    return box


def choices(rows: Mapping[str, str], name: str) -> QComboBox:
    box = QComboBox(accessibleName=name)
    for key, words in rows.items():
        box.addItem(tr(words), key)
    quiet_wheel(box)
    return box


def row(*widgets: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(6)
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch(1)
    return line


class Form(QWidget):
    """``changed``: something is wished otherwise. ``options`` makes a checked value of it, from ``base``, which holds the rest.

    ``steps`` is how many a film would show. What was wished last is remembered in the settings.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        formats: Mapping[str, str],
        views: Mapping[str, str],
        base: Options,
        theme: Theme,
        steps: int,
        settings: Settings,
    ) -> None:
        super().__init__()
        self.base, self.theme, self.steps, self.settings = base, theme, steps, settings
        self.kind = "film" if ".gif" in formats else "picture"
        self.format = choices(formats, tr("Format"))
        alone = {name: tr("{view} only", view=tr(title)) for name, title in views.items()}
        self.view = choices({"all": mark("All views"), **alone}, tr("Views"))
        self.unit = choices(UNIT_WORDS, tr("Unit"))
        self.width_, self.height_ = (
            number(1, 30_000, side, 0, name)
            for side, name in zip(base.pixels, (tr("Width"), tr("Height")), strict=True)
        )
        self.preset = choices(DPI_WORDS, tr("Resolution"))
        self.dpi = QSpinBox(minimum=10, maximum=MOST_DPI, value=round(base.dpi), suffix=" dpi", singleStep=50)
        self.dpi.setAccessibleName(tr("Dots an inch"))
        quiet_wheel(self.dpi)
        self.look = choices(
            {
                AS_SCREEN: mark("As on the screen"),
                "light": mark("Light"),
                "dark": mark("Dark"),
                "contrast": mark("High Contrast"),
            },
            tr("Theme"),
        )
        self.parts = {name: QCheckBox(tr(words)) for name, words in PARTS.items()}
        self.other = QLabel(objectName="quiet")
        self.fps = number(1, 60, 25, 0, tr("Frames a second"), tr(" a second"))
        self.seconds = number(0.1, 3600, min(10.0, max(steps, 1) / 25), 1, tr("Length in seconds"), " s")
        self.pace = QSpinBox(minimum=1, maximum=max(steps, 1))
        self.pace.setAccessibleName(tr("Steps a frame"))
        self.turn = number(-180, 180, 0, 0, tr("Turn of the camera"), tr(" ° a second"))
        self.by_pace = False  # whether the steps a frame were set, and not the length
        self._arrange()
        for name, box in self.parts.items():
            box.setChecked(getattr(base, name))
        self._recall()
        self._pair(by_pace=False)
        self._connect()
        self._show_measures()

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.addRow(tr("Format"), self.format)
        form.addRow(tr("Show"), self.view)
        form.addRow(tr("Size"), row(self.width_, QLabel("×"), self.height_, self.unit))
        form.addRow(tr("Resolution"), row(self.preset, self.dpi))
        form.addRow("", self.other)
        form.addRow(tr("Theme"), self.look)
        film, self.film = QFormLayout(), QGroupBox(tr("Film"))
        film.addRow(tr("Frames"), self.fps)
        film.addRow(tr("Length"), self.seconds)
        film.addRow(tr("Steps a frame"), self.pace)
        film.addRow(tr("Turn the relief"), self.turn)
        self.film.setLayout(film)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(form)
        for box in self.parts.values():
            whole.addWidget(box)
        whole.addWidget(self.film)
        whole.addStretch(1)
        self.film.setVisible(self.kind == "film")  # once it is a part of the form: what has no parent would be a window
        self.parts["transparent"].setVisible(self.kind == "picture")

    def _connect(self) -> None:
        self.preset.activated.connect(self._take_preset)
        self.unit.activated.connect(self._take_unit)
        self.dpi.valueChanged.connect(self._keep_preset)
        self.seconds.valueChanged.connect(lambda _: self._time(False))
        self.pace.valueChanged.connect(lambda _: self._time(True))
        self.fps.valueChanged.connect(lambda _: self._time(self.by_pace))
        for box in (self.format, self.view, self.look, self.unit):
            box.activated.connect(lambda _: self._change())
        for spin in (self.width_, self.height_, self.dpi, self.turn):
            spin.valueChanged.connect(lambda _: self._change())
        for tick in self.parts.values():
            tick.toggled.connect(lambda _: self._change())

    def _change(self) -> None:
        self._show_measures()
        self.changed.emit()

    # Size and resolution

    @property
    def size_inches(self) -> tuple[float, float]:
        per_inch = UNITS[self.unit.currentData()] or self.dpi.value()
        return self.width_.value() / per_inch, self.height_.value() / per_inch

    def _set_size(self, size: tuple[float, float]) -> None:
        unit = self.unit.currentData()
        for box, side in zip((self.width_, self.height_), size, strict=True):
            box.blockSignals(True)
            box.setDecimals(0 if unit == "px" else 1)
            box.setValue(side * (UNITS[unit] or self.dpi.value()))
            box.blockSignals(False)

    def _take_unit(self, _: int) -> None:
        self._set_size(self.inches_before)

    def _take_preset(self, _: int) -> None:
        """Another resolution of the same picture: its inches stay."""
        name = self.preset.currentData()
        if name in DPIS:
            size = self.size_inches
            self.dpi.setValue(DPIS[name])
            self._set_size(size)
            self._change()

    def _keep_preset(self, dpi: int) -> None:
        known = next((name for name, value in DPIS.items() if value == dpi), "own")
        self.preset.setCurrentIndex(self.preset.findData(known))

    def _show_measures(self) -> None:
        """The size in the units that were not chosen."""
        self.inches_before = width, height = self.size_inches
        pixels = tr(
            "{width:,} × {height:,} pixels",
            width=round(width * self.dpi.value()),
            height=round(height * self.dpi.value()),
        )
        lengths = tr("{width:.1f} × {height:.1f} cm", width=2.54 * width, height=2.54 * height)
        self.other.setText(lengths if self.unit.currentData() == "px" else pixels)

    # Time

    def _time(self, by_pace: bool) -> None:
        self._pair(by_pace)
        self._change()

    def _pair(self, by_pace: bool) -> None:
        """One of length and steps a frame was set: the other one follows."""
        self.by_pace = by_pace
        fps = self.fps.value()
        for box in (self.seconds, self.pace):
            box.blockSignals(True)
        if by_pace:
            moving = -(-self.steps // self.pace.value()) + 1
            self.seconds.setValue(moving / fps + REST)
        else:
            whole = round(self.seconds.value() * fps)
            self.pace.setValue(max(round(self.steps / max(whole - held_of(whole, fps) - 1, 1)), 1))
        for box in (self.seconds, self.pace):
            box.blockSignals(False)

    # What it all stands for

    def options(self) -> Options:
        """ExperimentError, in a sentence, where that cannot be."""
        chosen = self.look.currentData()
        made = Options(
            view=self.view.currentData(),
            size=self.size_inches,
            dpi=self.dpi.value(),
            theme=THEMES.get(chosen, self.theme),
            shown=self.base.shown,
            camera=self.base.camera,
            window=self.base.window,
            **{name: box.isChecked() and not box.isHidden() for name, box in self.parts.items()},
            fps=self.fps.value(),
            turn=self.turn.value(),
        )
        if self.kind == "film":
            timed = {"pace": self.pace.value()} if self.by_pace else {"seconds": self.seconds.value()}
            made = replace(made, **timed)
        EXPORTS[self.format.currentData()].check(self.format.currentData(), self.steps, made)
        return made

    # What is remembered

    def _lists(self) -> dict[str, QComboBox]:
        return {"format": self.format, "unit": self.unit, "theme": self.look}

    def _numbers(self) -> dict[str, Any]:
        return {"dpi": self.dpi, "width": self.width_, "height": self.height_, "fps": self.fps, "turn": self.turn}

    def _recall(self) -> None:
        read = self.settings
        for name, box in self._lists().items():
            box.setCurrentIndex(max(box.findData(read.text(f"{self.kind}/{name}", str(box.currentData()))), 0))
        self._set_size(self.base.size)
        for name, spin in self._numbers().items():
            value = min(max(read.number(f"{self.kind}/{name}", float(spin.value())), spin.minimum()), spin.maximum())
            spin.setValue(int(value) if isinstance(spin, QSpinBox) else value)
        if read.flag(MOTION, False):
            self.turn.setValue(0.0)
        for name, box in self.parts.items():
            box.setChecked(read.flag(f"{self.kind}/{name}", box.isChecked()))
        self._keep_preset(self.dpi.value())

    def keep(self) -> None:
        """Remember what was wished."""
        for name, box in self._lists().items():
            self.settings.keep(f"{self.kind}/{name}", str(box.currentData()))
        for name, spin in self._numbers().items():
            if name != "turn" or not self.settings.flag(MOTION, False):  # what calm has put to 0 nobody has wished
                self.settings.keep(f"{self.kind}/{name}", spin.value())
        for name, box in self.parts.items():
            self.settings.keep(f"{self.kind}/{name}", box.isChecked())
