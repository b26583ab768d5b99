"""Drop a saved layout with which the program hung or crashed."""

from __future__ import annotations

import time
from contextlib import suppress

from PyQt6.QtCore import QLockFile, QObject, QTimer

from app.session.settings import Settings
from app.system.settings_file import settings_file

STARTING_TIME = 10.0  # seconds after which a start that has not ended counts as failed
SETTLING_TIME = 2_000  # milliseconds after which the layout of a window counts as settled


class LayoutGuard(QObject):
    """Marks a start with a lock file from before the saved layout is restored until the window has settled.

    A lock file that is left over means that the last start failed; then the saved layout is removed, and
    ``layout_dropped`` is true. While another instance is starting, its lock file is left alone.
    """

    def __init__(self, parent: QObject, settings: Settings) -> None:
        super().__init__(parent)
        path = settings_file().with_suffix(".starting")
        left_over = path.exists()
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > STARTING_TIME:
                path.unlink()  # the process that hangs has still locked it
        self.settling_timer = QTimer(self, singleShot=True, interval=SETTLING_TIME)  # ends with the window
        self.settling_timer.timeout.connect(self.confirm)
        self.lock = QLockFile(str(path))
        failed_before = self.lock.tryLock(0) and left_over
        self.layout_dropped = failed_before and settings.remove_group("layout")

    def confirm_later(self) -> None:
        """Remove the mark when the window has settled."""
        self.settling_timer.start()

    def confirm(self) -> None:
        """Remove the mark: the window works with its layout."""
        self.settling_timer.stop()
        self.lock.unlock()
