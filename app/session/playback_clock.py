"""Clock: turns time into whole numbers of updates. The one timer that drives the race."""

from __future__ import annotations

from PyQt6.QtCore import QElapsedTimer, QObject, Qt, QTimer, pyqtSignal

FRAME = 16  # milliseconds: 60 frames a second
BEAT = 250  # milliseconds of a frame where motion is to be reduced: pictures one after the other, no motion
LONGEST = 0.1  # seconds that a late frame may make up for; a machine that slept does not wake up to a million updates
SLOWEST, FASTEST = 1.0, 10_000.0
FULL, FLUENT = (
    0.030,
    0.045,
)  # seconds of a frame that goes as fast as it can: a shorter one gets more to do, a longer one less
MOST = 1_000_000  # updates in a frame


class Clock(QObject):
    """``due(n)``: n updates are to be made now. A late frame makes more of them; frames never queue up."""

    due = pyqtSignal(int)
    playing = pyqtSignal(bool)

    def __init__(self, speed: float = 60.0) -> None:
        super().__init__()
        self.speed = speed
        self.unlimited = False  # as fast as it goes, whatever the speed
        self._load = 64
        self._debt = 0.0
        self._elapsed = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._tick)

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def set_calm(self, calm: bool) -> None:
        """Few frames a second, each with so many more updates, or as many as can be drawn."""
        self._timer.setInterval(BEAT if calm else FRAME)

    def set_speed(self, speed: float) -> None:
        """Updates a second, SLOWEST to FASTEST."""
        self.speed = min(FASTEST, max(SLOWEST, speed))

    def play(self) -> None:
        if not self.running:
            self._load = 64
            self._debt = 1.0  # the first update is seen at once, even at one a second
            self._elapsed.start()
            self._timer.start()
            self.playing.emit(True)

    def pause(self) -> None:
        if self.running:
            self._timer.stop()
            self.playing.emit(False)

    def toggle(self) -> None:
        if self.running:
            self.pause()
        else:
            self.play()

    def _tick(self) -> None:
        self.pass_time(self._elapsed.restart() / 1000)

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass since the last frame: whole updates are due, the fraction is kept."""
        waited = (self._timer.interval() - FRAME) / 1000  # beyond what a frame takes at the least
        if self.unlimited:
            if seconds < waited + FULL:
                self._load = min(MOST, self._load * 5 // 4 + 1)
            elif seconds > waited + FLUENT:
                self._load = max(1, self._load * 3 // 4)
            self.due.emit(self._load)
            return
        self._debt += self.speed * min(seconds, waited + LONGEST)
        count = int(self._debt)
        self._debt -= count
        if count:
            self.due.emit(count)
