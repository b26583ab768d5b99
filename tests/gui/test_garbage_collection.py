"""Garbage is collected between events, never while Qt goes through its widgets."""

from __future__ import annotations

import gc
import weakref

from PyQt6 import sip
from PyQt6.QtCore import QEvent, QTimer
from PyQt6.QtWidgets import QApplication, QWidget

from app.gui.window.garbage_collection import GarbageCollector


class AllocatingWidget(QWidget):
    """Creates more objects than start an automatic collection whenever its style changes."""

    style_changes = 0

    def changeEvent(self, event: QEvent | None) -> None:
        self.style_changes += 1
        self.garbage = [[] for _ in range(2 * gc.get_threshold()[0])]
        super().changeEvent(event)


def test_a_widget_in_a_cycle_outlives_a_change_of_the_style_sheet(application: QApplication) -> None:
    collector = GarbageCollector(application)
    widget = AllocatingWidget()
    orphan = QWidget()
    orphan.self = orphan  # only the garbage collection can delete it
    orphan_reference = weakref.ref(orphan)
    application.setStyleSheet("QWidget { color: red; }")
    del orphan
    application.setStyleSheet("QWidget { color: blue; }")
    assert widget.style_changes
    assert orphan_reference() is not None
    timer = collector.findChild(QTimer)
    assert timer is not None
    assert timer.isActive()
    timer.timeout.emit()
    assert orphan_reference() is None
    sip.delete(collector)
