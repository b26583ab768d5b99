"""The help page on formulas, made from the tables and the answers of the parser."""

from __future__ import annotations

from html import escape

from app.gui.help.formula_images import image_tag
from app.gui.help.help_pages import html_table, paragraphs
from app.model.dataset import to_experiment_error
from app.utils.i18n import tr
from app.utils.sentences import to_sentence
from surfaces.formula.error import FormulaError
from surfaces.formula.formula import read_formula
from surfaces.formula.names import ALIASES, ARGUMENT_COUNTS, CONSTANTS, GREEK_LETTERS, GREEK_NAMES, ONE_ARGUMENT

NOTATIONS = (
    "2x + 3y",
    "x^2 + y**2",
    "x² y³",
    "sin 2x",
    "sin²x + cos^2 y",
    "e^-x^2",
    "|x - |y||",
    "√x",
    "x1^2 + x_2^2",
    r"\frac{x^2}{20} + y^2",
    "x^2 if x > 0 else -x",
    "f(x, y) = x^2 + a y^2",
)
REFUSED = ("0,5 x", "x = y", "sin^-1 x", "d/dx x^2", "x!", "sine(x)", "__import__('os')")
SERIES_ARGUMENTS = "k, 1, 5, k x"
ARGUMENTS = ("x", "y", "1", "2", "3", "4", "5", "6")


def formula_page() -> str:
    """Return the page on what can be typed as a formula."""
    return "".join(
        [
            f"<h2>{escape(tr('Formulas'))}</h2>",
            paragraphs(
                tr(
                    "Type a loss in x and y. The surface follows when you pause typing. The formula is shown as it was "
                    "understood, and an error is underlined with its reason."
                )
            ),
            f"<h3>{escape(tr('Notations'))}</h3>",
            html_table([tr("Typed"), tr("Understood as")], map(_understood, NOTATIONS)),
            f"<h3>{escape(tr('Functions'))}</h3>",
            html_table([tr("Typed"), tr("Understood as"), tr("Also")], map(_function_row, _function_names())),
            f"<h3>{escape(tr('Constants'))}</h3>",
            html_table([tr("Typed"), tr("Value")], [[name, f"{value:.10g}"] for name, value in CONSTANTS.items()]),
            f"<h3>{escape(tr('Parameters'))}</h3>",
            paragraphs(
                tr(
                    "Every other letter, also with digits as in a1, is a parameter with a slider, and so are Greek "
                    "letters and their names: {names}. A change during a run applies to the steps that follow; the "
                    "steps before keep the old value.",
                    names=", ".join(f"{sign} {name}" for sign, name in GREEK_LETTERS.items() if name in GREEK_NAMES),
                )
            ),
            f"<h3>{escape(tr('Refused'))}</h3>",
            html_table([tr("Typed"), tr("Reason")], map(_refusal, REFUSED)),
            f"<h3>{escape(tr('Minima'))}</h3>",
            paragraphs(
                tr(
                    "The minima of a formula are searched numerically within its domain. They are the lowest found: a "
                    "minimum that is narrower than a cell of the grid can be missed. A finer search may find it."
                )
            ),
        ]
    )


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _understood(text: str) -> list[str]:
    return [_code(text), image_tag(read_formula(text).latex)]


def _function_names() -> list[str]:
    return sorted([*ONE_ARGUMENT, *ARGUMENT_COUNTS])


def _function_row(name: str) -> list[str]:
    count = ARGUMENT_COUNTS.get(name, (1, 1))[0]
    arguments = SERIES_ARGUMENTS if name in ("sum", "prod") else ", ".join(ARGUMENTS[:count])
    if name == "where":
        arguments = "x > 0, x, y"
    aliases = [alias for alias, known in ALIASES.items() if known == name]
    return [*_understood(f"{name}({arguments})"), _code(", ".join(aliases)) if aliases else ""]


def _refusal(text: str) -> list[str]:
    try:
        read_formula(text)
    except FormulaError as error:
        return [_code(text), escape(to_sentence(str(to_experiment_error(error))))]
    raise AssertionError(f"{text} is not refused")
