"""The timer that advances the race: it converts elapsed time to whole numbers of steps."""

from __future__ import annotations

from PyQt6.QtCore import QElapsedTimer, QObject, Qt, QTimer, pyqtSignal

FRAME_INTERVAL = 16  # milliseconds: 60 frames per second
REDUCED_MOTION_INTERVAL = 250  # milliseconds: separate plots, no visible motion
MAX_CATCH_UP_SECONDS = 0.1  # time that a late frame makes up for at most, also after the computer was suspended
MIN_SPEED, MAX_SPEED = 1.0, 10_000.0  # steps per second
# At maximum speed, frames shorter than this get more steps and frames longer than that get fewer.
SHORT_FRAME_SECONDS, LONG_FRAME_SECONDS = 0.030, 0.045
INITIAL_STEPS_PER_FRAME, MAX_STEPS_PER_FRAME = 64, 1_000_000


class PlaybackClock(QObject):
    """The playback timer.

    ``steps_due(n)`` is emitted when n steps are due. A late frame emits more of them; frames are never queued.
    ``speed`` is in steps per second and ignored while ``unlimited`` is set.
    """

    steps_due = pyqtSignal(int)
    playing_changed = pyqtSignal(bool)

    def __init__(self, speed: float = 60.0) -> None:
        super().__init__()
        self.speed = speed
        self.unlimited = False
        self._steps_per_frame = INITIAL_STEPS_PER_FRAME
        self._steps_owed = 0.0
        self._elapsed_timer = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_INTERVAL)
        self._timer.timeout.connect(self._tick)

    @property
    def running(self) -> bool:
        """Whether playback is running."""
        return self._timer.isActive()

    def set_reduced_motion(self, reduced: bool) -> None:
        """Use few frames per second with more steps each, or the usual frame rate."""
        self._timer.setInterval(REDUCED_MOTION_INTERVAL if reduced else FRAME_INTERVAL)

    def set_speed(self, speed: float) -> None:
        """Set the steps per second, clipped to ``MIN_SPEED`` and ``MAX_SPEED``."""
        self.speed = min(MAX_SPEED, max(MIN_SPEED, speed))

    def play(self) -> None:
        """Start playback."""
        if not self.running:
            self._steps_per_frame = INITIAL_STEPS_PER_FRAME
            self._steps_owed = 1.0  # the first step is due at once, even at one step per second
            self._elapsed_timer.start()
            self._timer.start()
            self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stop playback."""
        if self.running:
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Start playback, or stop it if it is running."""
        if self.running:
            self.pause()
        else:
            self.play()

    def _tick(self) -> None:
        self.advance_time(self._elapsed_timer.restart() / 1000)

    def advance_time(self, seconds: float) -> None:
        """Emit the steps that are due after ``seconds`` since the last frame; a fraction of a step is carried over."""
        extra_interval = (self._timer.interval() - FRAME_INTERVAL) / 1000  # with reduced motion
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
