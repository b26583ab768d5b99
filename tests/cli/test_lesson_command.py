"""thalweg lesson: what is false is named, and the table of a class is computed from what students did."""

from __future__ import annotations

import csv
import json
import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app.analysis.lessons.class_rows import COLUMNS
from app.cli.main import main
from app.io.lesson_answers_files import answers_from_json, answers_to_json, load_answers, save_answers
from app.model.lesson_answers import LessonAnswers
from app.utils.validation import ExperimentError
from tests.lesson_examples import LESSON, mutated

ANSWERS: dict[str, Any] = {
    "thalweg_answers": 1,
    "name": "김하나",
    "answers": [
        {"lesson": "parabola", "prediction": 1, "confidence": "sure", "attempts": [{"run1.lr": 0.3}, {"run1.lr": 0.5}]},
        {"lesson": "one_step", "prediction": 2.5, "confidence": "guessing", "attempts": []},
        {"lesson": "momentum", "prediction": None, "attempts": [{"run2.lr": 0.1}]},
    ],
    "experiment": {
        "thalweg": 1,
        "surface": "sphere",
        "start": [1, 0],
        "steps": 10,
        "runs": [{"optimizer": "sgd", "hyperparameters": {"lr": 0.5}}],
    },
}


@pytest.fixture
def class_folder(tmp_path: Path) -> Path:
    """Return an empty folder of students, next to a folder "own" with the lesson "parabola"."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "parabola.json").write_text(json.dumps(LESSON))
    (tmp_path / "class").mkdir()
    return tmp_path / "class"


def write(folder: Path, name: str, document: object) -> None:
    text = document if isinstance(document, str) else json.dumps(document)
    (folder / name).write_text(text, encoding="utf-8")


def collect(folder: Path) -> list[dict[str, str]]:
    """Run the command and return the rows of the table."""
    target = folder.parent / "class.csv"
    arguments = ["lesson", "collect", str(folder), "--to", str(target), "--lessons", str(folder.parent / "own")]
    assert main(arguments) == 0
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(tuple(row) == COLUMNS for row in rows)
    return rows


def test_a_true_lesson_is_printed_claim_by_claim(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "mine.json", LESSON)
    assert main(["lesson", "check", str(tmp_path / "mine.json")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "mine.json: A parabola"
    assert "  ok     claims[0]: size of step 1 (run 1): 0.6, claimed: 0.6" in lines
    assert lines[-1] == "1 lesson: everything is true"


def test_a_false_lesson_gives_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "true.json", LESSON)
    write(tmp_path, "false.json", {**LESSON, "observe": "It takes 17 steps.", "formulas": ["x_t = \\frac{1}"]})
    files = [str(tmp_path / f"{name}.json") for name in ("true", "false")]
    assert main(["lesson", "check", *files, "--quiet"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "false.json: A parabola"
    assert lines[1] == "  false  texts: 17 is neither a setting nor the value of a claim: It takes 17 steps."
    assert lines[2].startswith("  false  formulas[0]: ")
    assert lines[3] == "2 lessons: 2 false"


@pytest.mark.slow
def test_all_lessons_of_the_program_are_true(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesson", "check", "--quiet"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("lessons: everything is true")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lesson"], 'name an action, as in "thalweg lesson check"'),
        (["lesson", "check", "nowhere.json"], "cannot read nowhere.json"),
        (["lesson", "collect", "nowhere", "--to", "a.csv"], "there is no folder nowhere"),
        (["lesson", "collect", ".", "--to", "a.txt"], "extension .csv"),
        (["lesson", "collect", ".", "--to", "a.csv", "--lessons", "nowhere"], "there is no folder nowhere"),
        (["lesson", "collect", "."], "--to"),
        (["lesson", "chekc"], "invalid choice"),
    ],
)
def test_a_mistake_is_one_sentence(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_the_numbers_are_computed_from_what_was_done(class_folder: Path) -> None:
    write(class_folder, "hana.json", ANSWERS)
    parabola, one_step, momentum, own = collect(class_folder)
    assert (parabola["file"], parabola["name"]) == ("hana.json", "김하나")
    assert (parabola["prediction"], parabola["right"], parabola["confidence"]) == ("It jumps to −2.4.", "yes", "sure")
    assert (parabola["attempts"], parabola["reached_in_attempt"]) == ("2", "2")
    assert parabola["settings"] == "run1.lr=0.5"
    assert (float(one_step["prediction"]), float(one_step["answer"]), one_step["right"]) == (2.5, 2.4, "no")
    assert (momentum["prediction"], momentum["right"], momentum["reached_in_attempt"]) == ("", "", "")
    assert (momentum["attempts"], momentum["settings"]) == ("1", "run2.lr=0.1")
    assert (own["lesson"], own["surface"], own["steps"], own["lowest_loss"]) == ("", "sphere", "10", "0.0")


def test_figures_in_a_file_are_not_believed(class_folder: Path) -> None:
    """A file that states results has a key that answers do not have, and an attempt counts only as its settings."""
    forged = deepcopy(ANSWERS)
    forged["answers"][0]["right"] = "yes"
    write(class_folder, "a.json", forged)
    cheating = deepcopy(ANSWERS)
    cheating["answers"] = [
        {
            "lesson": "parabola",
            "prediction": 0,
            "attempts": [{"start.x": 0}, {"steps": 0}, {"run1.optimizer": "newton"}],
        }
    ]
    write(class_folder, "b.json", cheating)
    rows = collect(class_folder)
    assert "unknown key 'right'" in rows[0]["error"]
    assert (rows[1]["right"], rows[1]["attempts"], rows[1]["reached_in_attempt"]) == ("no", "3", "")


def test_a_broken_file_is_one_row_and_the_rest_goes_on(class_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(class_folder, "a.json", "{")
    write(class_folder, "b.json", {**ANSWERS, "name": 3})
    write(class_folder, "c.json", ANSWERS)
    (class_folder / "d.json").mkdir()
    wrong = [{"lesson": "nowhere"}, {"lesson": "parabola", "prediction": 7}, {"lesson": "parabola", "prediction": 0.5}]
    wrong.append({"lesson": "parabola", "prediction": 1, "attempts": [{"run1.lr": -3}]})
    write(class_folder, "e.json", {**ANSWERS, "answers": wrong})
    (class_folder / "notes.txt").write_text("not read")
    rows = collect(class_folder)
    errors = {(row["file"], row["lesson"]): row["error"] for row in rows if row["error"]}
    assert [row["file"] for row in rows] == ["a.json", "b.json", *["c.json"] * 4, "d.json", *["e.json"] * 5]
    assert "incomplete" in errors["a.json", ""]
    assert "name must be text" in errors["b.json", ""]
    assert "folder" in errors["d.json", ""]
    assert errors["e.json", "nowhere"] == "there is no lesson with this name"
    assert [row["error"].split()[0] for row in rows[-4:-1]] == ["the", "the", "lr"]
    assert rows[-1]["surface"] == "sphere"
    assert "12 rows from 5 files, 7 with an error" in capsys.readouterr().out


def test_texts_cannot_become_formulas_of_a_spreadsheet(class_folder: Path) -> None:
    for index, name in enumerate(("=1+1", "+1", "-1", "@A1", "\t=1", " =1", "=cmd|' /C calc'!A0", "Kim = Lee")):
        write(class_folder, f"{index}.json", {**ANSWERS, "name": name, "answers": []})
    write(class_folder, "=9.json", {**ANSWERS, "experiment": {**ANSWERS["experiment"], "formula": "-x^2+x^4"}})
    rows = collect(class_folder)
    cells = [cell for row in rows for cell in (row["file"], row["name"], row["surface"])]
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert "Kim = Lee" in cells
    assert "'=1+1" in cells
    assert "'-x^2+x^4" in cells


def test_an_empty_folder_is_an_error(class_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesson", "collect", str(class_folder), "--to", str(class_folder.parent / "t.csv")]) == 2
    assert "has no files of answers" in capsys.readouterr().err


@pytest.mark.parametrize("seed", range(6))
def test_any_file_gives_rows(seed: int, class_folder: Path) -> None:
    generator = random.Random(seed)
    for index in range(15):
        write(class_folder, f"{index:02}.json", mutated(ANSWERS, generator))
    rows = collect(class_folder)
    assert {row["file"] for row in rows if row["file"]} == {f"{index:02}.json" for index in range(15)}
    assert all("\n" not in row["error"] for row in rows)


def test_saved_answers_are_read_again(tmp_path: Path) -> None:
    answers = answers_from_json(json.dumps(ANSWERS))
    save_answers(answers, tmp_path / "hana.json")
    assert load_answers(tmp_path / "hana.json") == answers
    assert answers_from_json(answers_to_json(LessonAnswers())) == LessonAnswers()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"answers": [{"prediction": 1}]}, "file.answers[0] needs the key lesson"),
        ({"answers": [{"lesson": "a", "confidence": "very"}]}, "unknown confidence 'very'"),
        ({"answers": [{"lesson": "a", "attempts": [{}] * 51}]}, "at most 50 attempts"),
        ({"answers": [{"lesson": "a", "attempts": [3]}]}, "an attempt must be an object"),
        ({"answers": [{"lesson": "a", "attempts": [{"speed": 3}]}]}, "there is no setting 'speed'"),
        ({"answers": [{"lesson": "a", "prediction": "many"}]}, "prediction must be a finite number"),
        ({"experiment": {"thalweg": 2}}, "experiment: it was saved by a newer version"),
        ({"thalweg_answers": 2}, 'the key "thalweg_answers" must be 1'),
    ],
)
def test_an_error_in_answers_names_the_field(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ExperimentError) as error:
        answers_from_json(json.dumps({**ANSWERS, **changes}))
    assert message in str(error.value)
