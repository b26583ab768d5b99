"""``thalweg lesson``: check what lessons claim."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.argument_parser import Subparsers

EPILOG = """\
A lesson is a JSON file; those of the program are in assets/lessons. Every claim is
measured on the simulated runs. A right choice must be true, a wrong one false, and
every number in a text must be a setting or the value of a claim.

example:
    thalweg lesson check mylesson.json"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "lesson",
        help="check the claims of lessons",
        usage="thalweg lesson check [FILE ...] [--quiet]",
        description="Check that everything a lesson says is true in the program.",
        epilog=EPILOG,
    )
    parser.add_argument("action", choices=("check",), help="check: measure every claim")
    parser.add_argument("files", nargs="*", metavar="FILE", help="lesson files (default: all lessons of the program)")
    parser.add_argument("--quiet", action="store_true", help="print only what is false")


def run(args: argparse.Namespace) -> int:
    """Print what was checked and return the exit status, 1 if anything is false."""
    from app.io.lesson_files import lesson_paths

    paths = [Path(file) for file in args.files] or lesson_paths()
    false_count = sum(_check_file(path, args.quiet) for path in paths)
    count = f"{len(paths)} lesson" + ("s" if len(paths) != 1 else "")
    print(f"{count}: {'everything is true' if not false_count else f'{false_count} false'}")
    return 1 if false_count else 0


def _check_file(path: Path, is_quiet: bool) -> int:
    """Print what was checked in a lesson and return how much of it is false."""
    from app.analysis.lessons.lesson_check import check_lesson
    from app.io.lesson_files import load_lesson
    from app.plotting.math_text import math_coverage

    lesson = load_lesson(path)
    findings = check_lesson(lesson)
    print(f"{path.name}: {lesson.title}")
    for finding in findings:
        if not (is_quiet and finding.holds):
            print(f"  {'ok   ' if finding.holds else 'false'}  {finding.part}: {finding.text}")
    false_count = sum(not finding.holds for finding in findings)
    for index, formula in enumerate(lesson.formulas):
        try:
            math_coverage(formula, 10, 72)
        except ValueError as error:
            print(f"  false  formulas[{index}]: {str(error).strip().splitlines()[-1]}")
            false_count += 1
    return false_count
