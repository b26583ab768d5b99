"""The table of a class as CSV: a row for each answer in the files of a folder."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path

from app.analysis.lessons.class_rows import COLUMNS, Row, class_rows
from app.io.lesson_answers_files import load_answers
from app.model.lesson import Lesson
from app.utils.atomic_write import atomic_write
from app.utils.i18n import in_english
from app.utils.validation import ExperimentError

FORMULA_CHARACTERS = ("=", "+", "-", "@", "\t", "\r")  # with one of these first, a spreadsheet computes a text


def answer_paths(folder: Path) -> list[Path]:
    """Return the JSON files in a folder, by name; ExperimentError if there is no folder or none in it."""
    if not folder.is_dir():
        raise ExperimentError(f"there is no folder {folder}")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".json" and path.name[0] != ".")
    if not paths:
        raise ExperimentError(f"the folder {folder} has no files of answers (.json)")
    return paths


def file_rows(path: Path, lessons: Mapping[str, Lesson]) -> list[Row]:
    """Return the rows of one file; one row with the error if it cannot be read."""
    with in_english():
        try:
            return [{"file": path.name, **row} for row in class_rows(load_answers(path), lessons)]
        except ExperimentError as error:
            return [{"file": path.name, "error": str(error)}]


def write_class_table(rows: list[Row], path: Path) -> None:
    """Write rows as a table with all columns; texts that a spreadsheet would compute begin with an apostrophe."""
    with atomic_write(path) as file:
        file.write("\ufeff")  # without it, Excel does not read names in UTF-8
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([_cell(row.get(column, "")) for column in COLUMNS] for row in rows)


def _cell(value: str | float) -> str | float:
    if isinstance(value, str):
        is_computed = value.startswith(FORMULA_CHARACTERS) or value.lstrip().startswith(FORMULA_CHARACTERS)
        return f"'{value}" if is_computed else value
    return value if math.isfinite(value) else str(value)
