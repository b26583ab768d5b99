"""The results table as CSV, Markdown and LaTeX."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from app.analysis.results import DIVERGED_COLUMN, RunResult, format_cells, result_columns
from app.analysis.run_column import is_missing


def as_csv(results: Iterable[RunResult], delimiter: str = ",") -> str:
    """Return the table in full precision, with an extra column for the step at which a run diverged."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    results = list(results)
    columns = (*result_columns(results), DIVERGED_COLUMN)
    writer.writerow(column.name for column in columns)
    for result in results:
        values = [column.get_value(result) for column in columns]
        writer.writerow("" if is_missing(value) else value for value in values)
    return text.getvalue()


def _table(results: Iterable[RunResult]) -> tuple[list[list[str]], list[bool]]:
    """Return the column names, then one row of formatted values per run, and which columns are texts."""
    results = list(results)
    columns = result_columns(results)
    rows = [[column.name.capitalize() for column in columns], *map(format_cells, results)]
    return rows, [column.is_text for column in columns]


def as_markdown(results: Iterable[RunResult]) -> str:
    """Return the table in Markdown."""

    def format_row(texts: Sequence[str]) -> str:
        return "| " + " | ".join(" ".join(re.sub(r"([\\|])", r"\\\1", text).split()) for text in texts) + " |"

    (header, *body), are_texts = _table(results)
    separator = ["---" if is_text else "---:" for is_text in are_texts]
    return "\n".join(map(format_row, [header, separator, *body])) + "\n"


LATEX_ESCAPES = str.maketrans(
    {
        **{letter: f"\\{letter}" for letter in "_%&#${}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "−": "$-$",
        "–": "--",
        "µ": r"$\mu$",
        "<": "$<$",
        ">": "$>$",
        "|": "$|$",
        '"': "''",
    }
)


NUMBER_PATTERN = re.compile(r"(?<![\w.])(-?)(\d+(?:,\d{3})*(?:\.\d+)?)(?:e([+-]?\d+))?(?![\w.]*\w)")


def to_latex(text: str) -> str:
    """Return the text with LaTeX escapes, and numbers with a sign or a power of ten in math mode."""

    def format_number(match: re.Match[str]) -> str:
        sign, digits, exponent = match.groups()
        if not sign and exponent is None:
            return digits
        power = rf"\times10^{{{int(exponent)}}}" if exponent is not None else ""
        return f"${sign}{digits.replace(',', '{,}')}{power}$"

    return NUMBER_PATTERN.sub(format_number, " ".join(text.translate(LATEX_ESCAPES).split()))


def as_latex(results: Iterable[RunResult]) -> str:
    """Return the table as a LaTeX ``tabular`` that needs no package."""
    rows, are_texts = _table(results)
    header, *body = [" & ".join(map(to_latex, row)) + r" \\" for row in rows]
    alignment = "".join("l" if is_text else "r" for is_text in are_texts)
    return (
        "\n".join(
            [rf"\begin{{tabular}}{{{alignment}}}", r"\hline", header, r"\hline", *body, r"\hline", r"\end{tabular}"]
        )
        + "\n"
    )
