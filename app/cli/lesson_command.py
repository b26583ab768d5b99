"""``thalweg lesson``: check what lessons claim, and collect the answers of a class."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from app.cli.argument_parser import Subparsers
from app.utils.validation import ExperimentError, make_printable

CHECK_HELP = """\
A lesson is a JSON file; those of the program are in assets/lessons. Every claim is
measured on the simulated runs. A right choice must be true, a wrong one false, and
every number in a text must be a setting or the value of a claim."""
COLLECT_HELP = """\
Each file has the answers of one student. Every number in the table is computed
again from the lessons, the attempts, and the experiment in the file. A file that
cannot be read gets a row that says why."""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "lesson",
        help="check lessons, or collect the answers of a class",
        usage="thalweg lesson check [FILE ...] [--quiet]\n"
        "       thalweg lesson collect FOLDER --to TABLE.csv [--lessons FOLDER]",
        description="Check that everything a lesson says is true in the program, or make a table of the\nanswers of a "
        "class.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", prog="thalweg lesson")
    check = actions.add_parser(
        "check",
        help="measure what lessons claim",
        usage="thalweg lesson check [FILE ...] [--quiet]",
        description=CHECK_HELP,
    )
    check.add_argument("files", nargs="*", metavar="FILE", help="lesson files (default: all lessons of the program)")
    check.add_argument("--quiet", action="store_true", help="print only what is false")
    collect = actions.add_parser(
        "collect",
        help="make a table of the answers of a class",
        usage="thalweg lesson collect FOLDER --to TABLE.csv [--lessons FOLDER]",
        description=COLLECT_HELP,
    )
    collect.add_argument("folder", metavar="FOLDER", help="folder with the files of the students")
    collect.add_argument("--to", required=True, metavar="FILE", help="the table to write: a .csv file")
    collect.add_argument("--lessons", metavar="FOLDER", help="folder with lessons of your own")


def run(args: argparse.Namespace) -> int:
    """Run the action and return the exit status: 1 if a lesson says anything false."""
    if args.action is None:
        raise ExperimentError('name an action, as in "thalweg lesson check"; the actions are check, collect')
    return _check(args) if args.action == "check" else _collect(args)


def _check(args: argparse.Namespace) -> int:
    """Print what was checked, and how much of it is false."""
    from app.io.lesson_files import lesson_paths, load_lesson

    paths = [Path(file) for file in args.files] or lesson_paths()
    lessons = [(path, load_lesson(path)) for path in paths]
    false_count = sum(_check_lesson(path, lesson, args.quiet) for path, lesson in lessons)
    result = f"{false_count} false" if false_count else "everything is true"
    print(f"{len(paths)} lesson{'s' if len(paths) != 1 else ''}: {result}")
    return 1 if false_count else 0


def _check_lesson(path: Path, lesson: Any, is_quiet: bool) -> int:
    """Print what was checked in a lesson and return how much of it is false."""
    from app.analysis.lessons.lesson_check import LessonFinding, check_lesson
    from app.plotting.math_text import math_coverage

    findings = check_lesson(lesson)
    for index, formula in enumerate(lesson.formulas):
        try:
            math_coverage(formula, 10, 72)
        except ValueError as error:
            findings.append(LessonFinding(f"formulas[{index}]", str(error).strip().splitlines()[-1], False))
    false_count = sum(not finding.holds for finding in findings)
    if false_count or not is_quiet:
        print(make_printable(f"{path.name}: {lesson.title}"))
    for finding in findings:
        if not (is_quiet and finding.holds):
            print(make_printable(f"  {'ok   ' if finding.holds else 'false'}  {finding.part}: {finding.text}"))
    return false_count


def _collect(args: argparse.Namespace) -> int:
    """Write the table of a class and print how many rows it has."""
    from app.export.class_table import answer_paths, file_rows, write_class_table
    from app.io.lesson_files import lesson_paths, load_lessons

    target = Path(args.to)
    if target.suffix.lower() != ".csv":
        raise ExperimentError("--to requires a file with the extension .csv")
    if args.lessons is not None and not Path(args.lessons).is_dir():
        raise ExperimentError(f"there is no folder {make_printable(args.lessons)}")
    own_paths = lesson_paths(Path(args.lessons)) if args.lessons is not None else []
    lessons, messages = load_lessons([*lesson_paths(), *own_paths])
    for message in messages:
        print(f"thalweg: {message}", file=sys.stderr)
    by_name = {lesson.name: lesson for lesson in lessons}
    paths = answer_paths(Path(args.folder))
    rows = [row for path in paths for row in file_rows(path, by_name)]
    write_class_table(rows, target)
    broken = sum("error" in row for row in rows)
    note = f", {broken} with an error" if broken else ""
    print(f"{make_printable(str(target))}: {len(rows)} rows from {len(paths)} files{note}")
    return 0
