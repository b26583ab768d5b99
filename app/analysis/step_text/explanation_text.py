"""An explained step as plain text, for the console and the clipboard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.analysis.step_explanation import StepExplanation
from app.analysis.step_explanation.function_lines import Line, Value
from app.utils.i18n import tr

SIGNS = {
    r"\left(": "(",
    r"\right)": ")",
    r"\left|": "|",
    r"\right|": "|",
    r"\cdot": "*",
    r"\,": "*",
    r"\max": "max",
    r"\min": "min",
    r"\infty": "inf",
}
# Innermost groups first: {a} is a group whose content has none
GROUPS = {
    r" \* 10\^\{(-?\d+)\}": r"e\1",
    r"\\mathrm\{([^{}]*)\}": r"\1",
    r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}": r"{\1} / {\2}",
    r"\\sqrt\{([^{}]*)\}": r"sqrt(\1)",
    r"(?<![\w}])\{([^{} ]*)\}": r"\1",
    r"(?<![\w}])\{([^{}]*)\}": r"(\1)",
}


def plain_text(tex: str) -> str:
    """Return a line of mathtext with numbers as plain text."""
    return rewrite_mathtext(tex, SIGNS, GROUPS)


def rewrite_mathtext(tex: str, signs: Mapping[str, str], groups: Mapping[str, str]) -> str:
    """Replace signs by texts, then groups, as patterns, by their replacements until none is left."""
    for sign, text in signs.items():
        tex = tex.replace(sign, text)
    count = 1
    while count:
        count = 0
        for pattern, replacement in groups.items():
            tex, replaced = re.subn(pattern, replacement, tex)
            count += replaced
    return tex


def explanation_text(explanation: StepExplanation) -> Iterator[str]:
    """Yield the lines of the text, without a title."""
    before, after = explanation.before, explanation.after
    (x, y), (new_x, new_y) = before.position, after.position
    state = {name: value for name, value in explanation.state.items() if _is_pair(value)}
    yield from _table(
        ("", "x", "y", tr("loss")),
        [
            (tr("before"), x, y, before.loss),
            (tr("after"), new_x, new_y, after.loss),
            (tr("step"), new_x - x, new_y - y, after.loss - before.loss),
        ],
    )
    yield from _section(tr("State before the step"), state)
    yield from _section(tr("Computed"), [(stage.name, stage.value) for stage in explanation.stages])
    if explanation.lines:
        yield from ("", tr("Lines of the code, with their numbers"))
        for line in explanation.lines:
            yield from line_text(line)
    yield from _section(tr("The step is made of"), explanation.parts)
    yield from _section(tr("Points"), explanation.points)


def _is_pair(value: Any) -> bool:
    return isinstance(value, (int, float)) or (hasattr(value, "__len__") and len(value) == 2 and _are_numbers(value))


def _are_numbers(values: Iterable[Any]) -> bool:
    return all(isinstance(value, (int, float)) for value in values)


def line_text(line: Line) -> Iterator[str]:
    """Yield the code of a line, then the same with the numbers of each coordinate."""
    yield f"  {line.code}"
    if not isinstance(line.value, tuple):
        yield f"      {_equation(line.substituted_x, line.value)}"
        return
    for axis, tex, value in zip("xy", (line.substituted_x, line.substituted_y), line.value, strict=True):
        yield f"    {axis}: {_equation(tex, value)}"


def value_text(value: Value) -> str:
    """Return a number, or a pair in parentheses."""
    return f"({', '.join(map(_number, value))})" if isinstance(value, tuple) else _number(value)


def _equation(tex: str, value: float) -> str:
    text, result = plain_text(tex), _number(value)
    return text if text == result else f"{text} = {result}"


def _section(title: str, values: Any) -> Iterator[str]:
    """Yield a table with a title, nothing if it has no rows."""
    pairs = list(values.items() if isinstance(values, dict) else values)
    if pairs:
        yield ""
        yield from _table((title, "x", "y"), [(name, *_both(value)) for name, value in pairs])


def _both(value: Any) -> tuple[Any, ...]:
    return (value,) if isinstance(value, (int, float)) else tuple(value)


def _table(heading: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Iterator[str]:
    cells = [heading, *((f"  {row[0]}", *map(_number, row[1:])) for row in rows)]
    width = max(24, *(len(row[0]) for row in cells))
    for row in cells:
        yield (f"{row[0]:{width}}" + "".join(f"{cell:>14}" for cell in row[1:])).rstrip()


def _number(value: float) -> str:
    return re.sub(r"e([+-])0*", r"e\1", f"{value:.5g}").replace("e+", "e")
