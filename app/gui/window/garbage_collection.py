"""Garbage collection at moments when Qt is not in the middle of a call."""

from __future__ import annotations

import gc

from PyQt6.QtCore import QObject, QTimer

CHECK_INTERVAL = 1_000  # milliseconds


def collect_due_garbage() -> None:
    """Collect the generations whose counts are over Python's thresholds, as the automatic collection would."""
    generations = enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
    due = [generation for generation, (count, threshold) in generations if 0 < threshold < count]
    if due:
        gc.collect(max(due))


class GarbageCollector(QObject):
    """Collects garbage from a timer instead of in the middle of any Python call.

    Qt goes through lists of widgets, as when it sets a style sheet, and calls methods written in Python meanwhile. An
    automatic collection there may delete a widget without a parent that is still in such a list, and Qt then reads
    freed memory.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        timer = QTimer(self, interval=CHECK_INTERVAL)
        timer.timeout.connect(collect_due_garbage)
        timer.start()
