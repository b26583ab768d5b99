"""The results table as CSV, Markdown and LaTeX."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from app.analysis.results import COLUMNS, DIVERGED, Standing, cells, missing


def as_csv(found: Iterable[Standing], delimiter: str = ",") -> str:
    """Full precision; empty where there is no value. One column more says at which step a run diverged."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    columns = (*COLUMNS, DIVERGED)
    writer.writerow(column.name for column in columns)
    for standing in found:
        values = [column.value(standing) for column in columns]
        writer.writerow("" if missing(value) else value for value in values)
    return text.getvalue()


def _table(found: Iterable[Standing]) -> list[list[str]]:
    """The names of the columns, then a row for each run, in words."""
    return [[column.name.capitalize() for column in COLUMNS], *map(cells, found)]


def as_markdown(found: Iterable[Standing]) -> str:
    def row(words: Sequence[str]) -> str:
        return "| " + " | ".join(" ".join(re.sub(r"([\\|])", r"\\\1", word).split()) for word in words) + " |"

    head, *body = _table(found)
    rule = ["---" if column.textual else "---:" for column in COLUMNS]
    return "\n".join(map(row, [head, rule, *body])) + "\n"


SPECIAL = str.maketrans(
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


NUMBER = re.compile(r"(?<![\w.])(-?)(\d+(?:,\d{3})*(?:\.\d+)?)(?:e([+-]?\d+))?(?![\w.]*\w)")


def latex(words: str) -> str:
    """Words as LaTeX prints them, and numbers with a sign or a power of ten as formulas."""

    def formula(found: re.Match[str]) -> str:
        sign, digits, exponent = found.groups()
        if not sign and exponent is None:
            return digits
        power = rf"\times10^{{{int(exponent)}}}" if exponent is not None else ""
        return f"${sign}{digits.replace(',', '{,}')}{power}$"

    return NUMBER.sub(formula, " ".join(words.translate(SPECIAL).split()))


def as_latex(found: Iterable[Standing]) -> str:
    """A plain tabular that needs no package."""
    head, *body = [" & ".join(map(latex, row)) + r" \\" for row in _table(found)]
    form = "".join("l" if column.textual else "r" for column in COLUMNS)
    return (
        "\n".join([rf"\begin{{tabular}}{{{form}}}", r"\hline", head, r"\hline", *body, r"\hline", r"\end{tabular}"])
        + "\n"
    )
