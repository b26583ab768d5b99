"""The lessons about scripts end with exported code that takes the same path."""

from __future__ import annotations

import pytest

from app.engine.race import Race
from app.export.code import numpy_script
from app.io.lesson_files import lesson_paths, load_lessons
from tests.export.scripts import check_script

LESSONS = [lesson for lesson in load_lessons(lesson_paths())[0] if lesson.course == "scripts"]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_the_exported_code_of_a_lesson_takes_its_path(lesson) -> None:
    assert lesson.shows[-1] == "code"
    race = Race(lesson.experiment)
    race.advance(lesson.experiment.steps or 0)
    check_script(race, numpy_script(race))


def test_there_are_lessons_about_scripts() -> None:
    assert len(LESSONS) >= 2
