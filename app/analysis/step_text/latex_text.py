"""An explained step as LaTeX."""

from __future__ import annotations

from collections.abc import Iterator

from app.analysis.step_explanation import StepExplanation
from app.analysis.step_explanation.explanation import DIGITS
from app.analysis.step_explanation.function_lines import Line
from app.analysis.step_explanation.printed import escape, format_number
from app.analysis.step_explanation.symbols import NEW_POSITION, OLD_POSITION


def latex_text(explanation: StepExplanation) -> str:
    """Return the lines with their numbers and the parts of the step as an ``align*`` environment of amsmath."""
    rows = [row for line in explanation.lines for row in _line_rows(line)]
    if set(explanation.parts) != {"step"}:
        rows.append(rf"{NEW_POSITION} - {OLD_POSITION} &= {_sum_of_parts(explanation)}")
    return "\n".join([r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}", ""])


def _line_rows(line: Line) -> Iterator[str]:
    left, _, right = line.latex.partition(" = ")
    yield f"{left} &= {right}"
    if not isinstance(line.value, tuple):
        yield f"&= {_equation(line.substituted_x, line.value)}"
        return
    for axis, tex, value in zip("xy", (line.substituted_x, line.substituted_y), line.value, strict=True):
        yield rf"\left({left}\right)_{axis} &= {_equation(tex, value)}"


def _equation(tex: str, value: float) -> str:
    result = format_number(value, DIGITS).tex
    return tex if tex == result else f"{tex} = {result}"


def _sum_of_parts(explanation: StepExplanation) -> str:
    return " + ".join(
        rf"\underbrace{{\left({', '.join(format_number(each, DIGITS).tex for each in pair)}\right)}}"
        rf"_{{\text{{{escape(name)}}}}}"
        for name, pair in explanation.parts.items()
    )
