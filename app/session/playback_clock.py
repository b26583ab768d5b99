"""Clock: turns time into whole numbers of updates. The one timer that drives the race."""

from __future__ import annotations

from PyQt6.QtCore import QElapsedTimer, QObject, Qt, QTimer, pyqtSignal

FRAME_INTERVAL = 16  # milliseconds: 60 frames a second
REDUCED_MOTION_INTERVAL = (
    250  # milliseconds of a frame where motion is to be reduced: pictures one after the other, no motion
)
MAX_CATCH_UP_SECONDS = (
    0.1  # seconds that a late frame may make up for; a machine that slept does not wake up to a million updates
)
MIN_SPEED, MAX_SPEED = 1.0, 10_000.0
SHORT_FRAME_SECONDS, LONG_FRAME_SECONDS = (
    0.030,
    0.045,
)  # seconds of a frame that goes as fast as it can: a shorter one gets more to do, a longer one less
MAX_STEPS_PER_FRAME = 1_000_000  # updates in a frame


class PlaybackClock(QObject):
    """``due(n)``: n updates are to be made now. A late frame makes more of them; frames never queue up."""

    steps_due = pyqtSignal(int)
    playing_changed = pyqtSignal(bool)

    def __init__(self, speed: float = 60.0) -> None:
        super().__init__()
        self.speed = speed
        self.unlimited = False  # as fast as it goes, whatever the speed
        self._steps_per_frame = 64
        self._steps_owed = 0.0
        self._elapsed_timer = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_INTERVAL)
        self._timer.timeout.connect(self._tick)

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def set_reduced_motion(self, reduced: bool) -> None:
        """Few frames a second, each with so many more updates, or as many as can be drawn."""
        self._timer.setInterval(REDUCED_MOTION_INTERVAL if reduced else FRAME_INTERVAL)

    def set_speed(self, speed: float) -> None:
        """Updates a second, SLOWEST to FASTEST."""
        self.speed = min(MAX_SPEED, max(MIN_SPEED, speed))

    def play(self) -> None:
        if not self.running:
            self._steps_per_frame = 64
            self._steps_owed = 1.0  # the first update is seen at once, even at one a second
            self._elapsed_timer.start()
            self._timer.start()
            self.playing_changed.emit(True)

    def pause(self) -> None:
        if self.running:
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        if self.running:
            self.pause()
        else:
            self.play()

    def _tick(self) -> None:
        self.advance_time(self._elapsed_timer.restart() / 1000)

    def advance_time(self, seconds: float) -> None:
        """Let so much time pass since the last frame: whole updates are due, the fraction is kept."""
        extra_interval = (self._timer.interval() - FRAME_INTERVAL) / 1000  # beyond what a frame takes at the least
        if self.unlimited:
            if seconds < extra_interval + SHORT_FRAME_SECONDS:
                self._steps_per_frame = min(MAX_STEPS_PER_FRAME, self._steps_per_frame * 5 // 4 + 1)
            elif seconds > extra_interval + LONG_FRAME_SECONDS:
                self._steps_per_frame = max(1, self._steps_per_frame * 3 // 4)
            self.steps_due.emit(self._steps_per_frame)
            return
        self._steps_owed += self.speed * min(seconds, extra_interval + MAX_CATCH_UP_SECONDS)
        count = int(self._steps_owed)
        self._steps_owed -= count
        if count:
            self.steps_due.emit(count)
