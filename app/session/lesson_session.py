"""The lesson in use: predict, watch, explain, try. The user's own experiment is put aside meanwhile."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from time import perf_counter

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from app.analysis.lessons.claim_check import CheckedClaim, ClaimChecker, check_task, is_right, true_answer
from app.model.experiment import Experiment
from app.model.lesson import Lesson
from app.model.lesson_settings import setting_value
from app.session.document_state import DocumentState
from app.session.lesson_progress import record_progress
from app.session.lesson_record import LessonRecord, record_file
from app.session.session import Session
from app.session.settings import Settings
from app.session.work_in_use import WorkInUse, exchange_work
from app.utils.i18n import gettext_noop
from app.utils.sentences import to_sentence
from app.utils.validation import ExperimentError

WATCH_SECONDS = 8.0  # in which the runs of a lesson play
CHECK_DELAY = 150  # milliseconds after a change until the goal is checked
QUICK_CHECK_SECONDS = 0.2  # a check that takes longer waits for the end of a drag


class Stage(Enum):
    """What a lesson is waiting for."""

    PREDICT = "predict"  # the answer to its question; nothing can be played
    WATCH = "watch"  # the end of the runs
    EXPLAIN = "explain"  # the measured values are shown, and the task can be tried


class LessonSession(QObject):
    """The lesson in use and its stage; ``changed`` is emitted when any of them changes, ``goal_checked`` after a check.

    Attributes
    ----------
    lesson : Lesson or None
        The lesson, None while the user's own experiment is in use.
    prediction : float or None
        The index of a choice or a number; None if the question was skipped or is not answered yet.
    confidence : str
        A key of ``CONFIDENCES`` of the answers; "" for a skipped question.
    answer : float
        The right answer, from the stage EXPLAIN on.
    observed : list of CheckedClaim
        The claims about the runs with what was measured, from the stage EXPLAIN on.
    goal : list of CheckedClaim
        The claims of the goal of the task with what the current settings give.
    record : LessonRecord
        What was answered and tried in all lessons.
    """

    changed = pyqtSignal()
    goal_checked = pyqtSignal()

    def __init__(self, session: Session, documents: DocumentState, settings: Settings) -> None:
        super().__init__()
        self.session, self.documents, self.settings = session, documents, settings
        self.lesson: Lesson | None = None
        self.stage = Stage.PREDICT
        self.prediction: float | None = None
        self.confidence = ""
        self.answer = 0.0
        self.observed: list[CheckedClaim] = []
        self.goal: list[CheckedClaim] = []
        self.record = LessonRecord(record_file())
        self._check_seconds = 0.0  # that the last check took
        self._own_work: WorkInUse | None = None
        self._setup: Experiment | None = None  # as the lesson begins
        self._check_timer = QTimer(self, singleShot=True, interval=CHECK_DELAY)
        self._check_timer.timeout.connect(self._check_goal_at_rest)
        session.step_changed.connect(self._reveal_at_end)
        session.clock.playing_changed.connect(self._reveal_at_end)
        session.store.changed.connect(self._on_experiment_changed)

    def begin(self, lesson: Lesson) -> None:
        """Put the user's experiment aside and ask the question of a lesson."""
        self.record.save()
        experiment = self._setup = replace(lesson.experiment, displayed_step=0)
        speed = (experiment.steps or 0) / WATCH_SECONDS
        self._check_timer.stop()
        self.session.locked = True
        work = exchange_work(self.session, self.documents, WorkInUse.new(experiment, speed))
        if self._own_work is None:
            self._own_work = work
        self.lesson, self.stage, self.prediction, self.confidence = lesson, Stage.PREDICT, None, ""
        self.observed, self.goal = [], []
        self.changed.emit()

    def leave(self) -> None:
        """Bring the user's experiment back as it was."""
        if self.lesson is None or self._own_work is None:
            return
        self._check_timer.stop()
        self.record.save()
        work, self._own_work, self.lesson = self._own_work, None, None
        self.session.locked = False
        exchange_work(self.session, self.documents, work)
        self.changed.emit()

    def predict(self, prediction: float | None, confidence: str = "") -> None:
        """Keep an answer, or None to skip the question, and play the runs of the lesson."""
        assert self.lesson is not None
        self.prediction, self.confidence = prediction, confidence
        self.record.record_prediction(self.lesson.name, prediction, confidence)
        self.session.locked, self.stage = False, Stage.WATCH
        self.restore_settings()  # they may have been edited while the question was asked
        self.session.show_step(0)
        self.changed.emit()
        self.session.clock.play()

    def _reveal_at_end(self) -> None:
        if self.stage is not Stage.WATCH or self.lesson is None:
            return
        race = self.session.race
        if race.step >= (self.lesson.experiment.steps or 0) or all(each.finished for each in race.trajectories):
            self.reveal()

    def reveal(self) -> None:
        """Measure the answer and the claims, and show them."""
        assert self.lesson is not None
        question, experiment = self.lesson.question, self.lesson.experiment
        self.stage = Stage.EXPLAIN
        self.answer, self.observed, self.goal = math.nan if question.measure else question.answer, [], []
        try:
            self.answer = true_answer(question, experiment)
            self.observed = ClaimChecker(experiment).check_all(self.lesson.claims)
            self.goal = check_task(self.lesson, self.session.experiment)
        except ExperimentError as error:  # a file that somebody else has written claims what cannot be measured
            self.session.message.emit(to_sentence(str(error)))
        self.record.save()
        if self.prediction is not None:
            record_progress(self.settings, self.lesson.name, answered=True, right=self.is_right)
        self.changed.emit()

    @property
    def own_experiment(self) -> Experiment:
        """The user's own experiment at its displayed step, also while a lesson is in use."""
        if self._own_work is None:
            experiment, race = self.session.experiment, self.session.race
        else:
            experiment, race = self._own_work.history.experiment, self._own_work.race
        return replace(experiment, displayed_step=race.step)

    @property
    def is_right(self) -> bool:
        """Whether the prediction was the right answer."""
        assert self.lesson is not None
        return self.prediction is not None and is_right(self.lesson.question, self.prediction, self.answer)

    @property
    def is_solved(self) -> bool:
        """Whether the current settings reach the goal of the task."""
        return bool(self.goal) and all(each.holds for each in self.goal)

    # The task

    def _on_experiment_changed(self) -> None:
        if self.lesson is not None and self.stage is Stage.EXPLAIN and self.lesson.task is not None:
            self._check_timer.start()

    def _check_goal_at_rest(self) -> None:
        """Check the goal; while a value is dragged, only if that is quick."""
        if self.session.store.interaction_active and self._check_seconds > QUICK_CHECK_SECONDS:
            self._check_timer.start()
        else:
            self.check_goal()

    def check_goal(self) -> None:
        """Measure what the current settings give."""
        if self.lesson is None or self.stage is not Stage.EXPLAIN:
            return
        self._check_timer.stop()
        experiment, start = self.session.experiment, perf_counter()
        try:
            self.goal = check_task(self.lesson, experiment)
        except ExperimentError:  # settings that the experiment of the lesson cannot have
            self.goal = []
        self._check_seconds = perf_counter() - start
        if self.lesson.task is not None and len(experiment.runs) >= len(self.lesson.experiment.runs):
            values = {name: setting_value(experiment, name) for name in self.lesson.task.free}
            settings = {name: value for name, value in values.items() if value is not None}
            if any(value != setting_value(self.lesson.experiment, name) for name, value in settings.items()):
                self.record.record_attempt(self.lesson.name, settings, self.is_solved)
        record_progress(self.settings, self.lesson.name, solved=self.is_solved)
        self.goal_checked.emit()

    def restore_settings(self) -> None:
        """Go back to the settings of the lesson; undo restores the previous ones."""
        assert self._setup is not None
        self.session.store.set(self._setup, name=gettext_noop("Restore Lesson Settings"))


def neighbors(lessons: Sequence[Lesson], lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
    """Return the lessons before and after one in its course, None at the ends."""
    course = [each for each in lessons if each.course == lesson.course]
    index = next((k for k, each in enumerate(course) if each.name == lesson.name), None)
    if index is None:
        return None, None
    return (course[index - 1] if index else None), (course[index + 1] if index + 1 < len(course) else None)
