"""A lesson: what its stages permit, and that the user's own experiment comes back as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from PyQt6.QtWidgets import QApplication

from app.analysis.lessons.class_rows import class_rows
from app.model.experiment import DEFAULT_EXPERIMENT
from app.session.document_state import DocumentState
from app.session.lesson_progress import PROGRESS_KEY, LessonProgress, load_progress, record_progress
from app.session.lesson_record import LessonRecord
from app.session.lesson_session import LessonSession, Stage, neighbors
from app.session.session import Session
from app.session.settings import Settings
from tests.lesson_sample import choice_lesson, number_lesson


@pytest.fixture
def lessons(application: QApplication) -> LessonSession:
    session = Session()
    session.advance(7)
    session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.002)))
    session.advance(5)
    session.change(lambda e: replace(e, title="mine"))
    session.store.undo()
    return LessonSession(session, DocumentState(session.store, Path("mine.json")), Settings())


def test_the_own_experiment_comes_back_with_its_history_file_and_steps(lessons: LessonSession) -> None:
    session, documents = lessons.session, lessons.documents
    session.clock.set_speed(123.0)
    session.set_edit_from_start(False)
    session.show_step(9)
    before = session.store.history, session.race, session.bounds, session.race.step, session.race.shown_until
    entries = list(documents.entries)
    names = session.store.undo_name, session.store.redo_name
    lessons.begin(choice_lesson)
    assert session.experiment == choice_lesson.experiment
    assert not session.store.undo_stack
    assert not documents.unsaved
    assert documents.path is None
    lessons.predict(0.0, "sure")
    session.advance(20)
    session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.4)))
    session.restart()
    lessons.begin(number_lesson)  # from one lesson to the next
    lessons.leave()
    after = session.store.history, session.race, session.bounds, session.race.step, session.race.shown_until
    assert after == before
    assert session.race is before[1]
    assert (session.store.undo_name, session.store.redo_name) == names
    assert documents.entries == entries
    assert documents.path == Path("mine.json")
    assert session.clock.speed == 123.0
    assert not session.edit_from_start
    session.store.redo()
    assert session.experiment.title == "mine"
    session.store.undo()
    session.store.undo()
    assert session.experiment == DEFAULT_EXPERIMENT
    session.advance(1)
    assert session.race.step == 10


def test_no_step_is_made_before_the_prediction(lessons: LessonSession) -> None:
    session, messages = lessons.session, []
    session.message.connect(messages.append)
    lessons.begin(choice_lesson)
    session.clock.play()
    session.clock.advance_time(1.0)
    session.advance(1)
    session.show_step(5)
    assert session.race.step == 0
    assert not session.clock.running
    assert len(messages) == 1
    lessons.predict(None)
    assert session.clock.running
    session.advance(1)
    assert session.race.step == 1
    session.stop()


def test_the_result_is_shown_at_the_end_of_the_runs(lessons: LessonSession) -> None:
    session = lessons.session
    lessons.begin(choice_lesson)
    session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.9)))  # before the prediction
    lessons.predict(1.0, "guessing")
    assert session.experiment == choice_lesson.experiment
    session.advance(19)
    assert lessons.stage is Stage.WATCH
    session.clock.pause()
    assert lessons.stage is Stage.WATCH
    session.advance(1)
    assert lessons.stage is Stage.EXPLAIN
    assert lessons.is_right
    assert [each.value for each in lessons.observed] == [3.0]
    assert not lessons.is_solved
    assert load_progress(lessons.settings)["one_rate"] == LessonProgress(answered=True, right=True)


@pytest.mark.parametrize(("prediction", "right"), [(2.94, True), (2.949, True), (3.0, False), (-2.94, False)])
def test_a_number_is_right_within_its_tolerance(lessons: LessonSession, prediction: float, right: bool) -> None:
    lessons.begin(number_lesson)
    lessons.predict(prediction, "sure")
    lessons.reveal()
    assert lessons.answer == pytest.approx(2.94)
    assert lessons.is_right is right
    assert load_progress(lessons.settings)["one_step"].right is right


def test_a_skipped_question_is_not_answered(lessons: LessonSession) -> None:
    lessons.begin(number_lesson)
    lessons.predict(None)
    lessons.reveal()
    assert not lessons.is_right
    assert "one_step" not in load_progress(lessons.settings)


def test_runs_that_diverge_end_the_watching(lessons: LessonSession) -> None:
    run = choice_lesson.experiment.runs[0].with_hyperparameter("lr", 1e30)
    steep = replace(choice_lesson, experiment=replace(choice_lesson.experiment, runs=(run,), steps=2000))
    lessons.begin(steep)
    lessons.predict(0.0, "sure")
    lessons.session.advance(100)
    assert lessons.stage is Stage.EXPLAIN


def test_the_goal_is_checked_for_every_attempt(lessons: LessonSession) -> None:
    session = lessons.session
    lessons.begin(choice_lesson)
    lessons.predict(0.0, "sure")
    lessons.reveal()
    for rate, solved in ((0.02, False), (0.5, True), (0.03, False)):
        session.change(lambda e, rate=rate: e.with_run(0, e.runs[0].with_hyperparameter("lr", rate)))
        assert lessons._check_timer.isActive()
        lessons.check_goal()
        assert lessons.is_solved is solved
    assert load_progress(lessons.settings)["one_rate"].solved  # what was done stays done
    lessons.restore_settings()
    lessons.check_goal()
    assert session.experiment == choice_lesson.experiment
    session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.01)))
    lessons.record.save()
    session.change(lambda e: replace(e, runs=()))
    lessons.goal = []
    lessons._check_goal_at_rest()
    assert not lessons.is_solved
    lessons.leave()
    assert not lessons._check_timer.isActive()
    answer = LessonSession(session, lessons.documents, lessons.settings).record.answers["one_rate"]
    assert (answer.prediction, answer.confidence) == (0.0, "sure")
    assert [attempt["run1.lr"] for attempt in answer.attempts] == [0.02, 0.5, 0.03]  # not the settings of the lesson
    [row] = class_rows(lessons.record.answers_of("Kim", None), {"one_rate": choice_lesson})
    assert (row["right"], row["reached_in_attempt"]) == ("no", 2)


def test_leaving_without_a_lesson_changes_nothing(lessons: LessonSession) -> None:
    before = lessons.session.store.history
    lessons.leave()
    assert lessons.session.store.history == before


def test_neighbors_are_those_of_the_course() -> None:
    first, second = choice_lesson, number_lesson
    other = replace(first, name="other", course="practice")
    assert neighbors([first, second, other], first) == (None, second)
    assert neighbors([first, second, other], second) == (first, None)
    assert neighbors([first], replace(first, name="elsewhere")) == (None, None)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"a": 1}', '{"a": {"answered": "yes", "else": 1}}', "[" * 9999]
)
def test_broken_progress_counts_as_missing(text: str) -> None:
    settings = Settings()
    settings.set_value(PROGRESS_KEY, text)
    assert not any(each.answered for each in load_progress(settings).values())
    record_progress(settings, "a", answered=True)
    record_progress(settings, "a", solved=True, answered=False)
    assert load_progress(settings)["a"] == LessonProgress(True, False, True)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_done_in_lessons_the_own_experiment_comes_back(lessons: LessonSession, seed: int) -> None:
    random, session = Random(seed), lessons.session
    before, race, entries = session.store.history, session.race, list(lessons.documents.entries)
    state = race.step, race.shown_until, session.bounds, session.clock.speed, session.edit_from_start
    deeds: list[Callable[[], object]] = [
        lambda: lessons.begin(random.choice([choice_lesson, number_lesson])),
        lambda: lessons.stage is Stage.PREDICT and lessons.predict(random.choice([0.0, 1.0, None]), "sure"),
        lambda: lessons.stage is Stage.WATCH and lessons.reveal(),
        lessons.check_goal,
        lessons.restore_settings,
        session.store.undo,
        session.store.redo,
        session.restart,
        session.keep_branch,
        session.clock.toggle,
        lambda: session.advance(random.randrange(30)),
        lambda: session.show_step(random.randrange(30)),
        lambda: session.set_start(random.uniform(-3, 3), 1.0),
        lambda: session.change(lambda e: e.with_surface(random.choice(["beale", "sphere", "saddle"]))),
        lambda: session.change(lambda e: replace(e, runs=e.runs[: random.randrange(3)])),
        lambda: session.change(lambda e: replace(e, steps=random.choice([None, 5]))),
        session.store.begin_interaction,
        session.store.end_interaction,
    ]
    lessons.begin(choice_lesson)
    for _ in range(80):
        random.choice(deeds)()
    lessons.leave()
    assert session.store.history == before
    assert session.race is race
    assert state == (race.step, race.shown_until, session.bounds, session.clock.speed, session.edit_from_start)
    assert lessons.documents.entries == entries
    assert not session.locked
    assert not session.store.interaction_active
    assert not session.clock.running


@pytest.mark.parametrize("content", ["{", '{"thalweg_answers": 99, "name": "", "answers": []}'])
def test_answers_that_cannot_be_read_are_kept_under_another_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(content)
    record = LessonRecord(path)
    record.record_prediction("one_step", 1.0, "sure")
    record.save()
    assert (tmp_path / "answers.json.bak").read_text() == content
    assert LessonRecord(path).answers["one_step"].prediction == 1.0


def test_an_answer_is_kept_if_the_lesson_is_left_before_the_end(lessons: LessonSession) -> None:
    lessons.begin(choice_lesson)
    lessons.predict(1.0, "guessing")
    lessons.leave()
    assert lessons.record.answers["one_rate"].prediction == 1.0


def test_the_own_experiment_has_its_displayed_step(lessons: LessonSession) -> None:
    lessons.session.advance(12)
    step = lessons.session.race.step
    assert lessons.own_experiment.displayed_step == step > 0
    lessons.begin(choice_lesson)
    assert lessons.own_experiment.displayed_step == step


def test_settings_that_were_tried_before_are_no_new_attempt(lessons: LessonSession) -> None:
    lessons.begin(choice_lesson)
    lessons.predict(0.0, "sure")
    lessons.reveal()
    for rate in (0.02, 0.5):
        lessons.session.change(lambda e, rate=rate: e.with_run(0, e.runs[0].with_hyperparameter("lr", rate)))
        lessons.check_goal()
    for _ in range(2):
        lessons.session.store.undo()
        lessons.check_goal()
    assert [attempt["run1.lr"] for attempt in lessons.record.answers["one_rate"].attempts] == [0.02, 0.5]
