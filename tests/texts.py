"""All English texts that can be translated.

``python -m tests.texts ko`` prints those that a language lacks, as JSON.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

from app.analysis.results import COLUMNS
from app.export.formats import EXPORT_FORMATS
from app.gui.help.view_texts import MOUSE_GESTURES, VIEW_DESCRIPTIONS
from app.gui.help.whats_this import USAGE_TEXTS
from app.gui.window.actions import ACTIONS, MENUS
from app.gui.window.actions.view_menu import view_actions
from app.io.experiment_files import examples
from app.io.lesson_files import lesson_paths, load_lesson
from app.model.comparison import COMPARISON_MODES
from app.model.experiment import QUANTITIES, X_QUANTITIES
from app.model.source_text import source_parts
from app.utils.i18n import language_codes, load_language
from app.views import VIEWS
from optimizers import MODIFIERS, OPTIMIZERS
from optimizers.hyperparameter import TEXT_LABELS
from surfaces import SURFACES
from surfaces.formula.token_stream import COMPARISON_TEMPLATE, MISSING_TEMPLATES, UNEXPECTED_TEMPLATES
from surfaces.formula.tokens import REFUSED_CHARACTERS, REFUSED_KINDS
from surfaces.problems.names import PROBLEM_NAMES
from surfaces.regression import SEPARABLE_NOTE

ROOT = Path(__file__).resolve().parent.parent
TEXT_FUNCTIONS = {"tr", "gettext_noop", "DataError", "DataNote", "FormulaError", "Note"}
PROPER_NAMES = {"CSV", "Markdown", "LaTeX"}  # in tables of texts, and the same in every language
TEXT_ARGUMENTS = {"summary", "what_to_try", "nonsmooth_note"}  # of surfaces, some of which depend on the data


def source_modules() -> list[str]:
    """Return the names of the modules that can show texts; templates of exported scripts do not."""
    paths = [*(ROOT / "app").rglob("*.py"), *(ROOT / "surfaces").rglob("*.py")]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    return [name for name in names if ".templates" not in name and not name.endswith("__main__")]


def text_expressions(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions whose value is displayed or translated."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TEXT_FUNCTIONS:
            yield from node.args[:1]
        if isinstance(node, ast.Call):
            yield from (keyword.value for keyword in node.keywords if keyword.arg in TEXT_ARGUMENTS)


def possible_texts(expression: ast.expr, module: ModuleType) -> set[str]:
    """Return the texts that an expression can be: literals, members of tables, and constants of the module.

    Variables and attributes give none; ``table_texts`` has the texts of the objects that they belong to. Raises
    ValueError for a text that is put together before it is translated, because no translation has it as a key.
    """
    match expression:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.JoinedStr() | ast.BinOp():
            raise ValueError(f"{module.__name__}:{expression.lineno}: {ast.unparse(expression)}")
        case ast.Name(id=name):
            return strings_in(vars(module).get(name)) if name.isupper() else set()
        case ast.IfExp(body=body, orelse=orelse):
            return possible_texts(body, module) | possible_texts(orelse, module)
        case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
            return set().union(*(possible_texts(part, module) for part in parts))
        case ast.Subscript(value=table):
            return possible_texts(table, module)
        case ast.Call(func=ast.Attribute(value=table, attr="get"), args=arguments):
            return set().union(*(possible_texts(part, module) for part in (table, *arguments[1:])))
    return set()


def strings_in(value: object) -> set[str]:
    """Return a text, or the texts in the values of a table of them."""
    if isinstance(value, str):
        return {value}
    members = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple | list) else ()
    return set().union(*map(strings_in, members))


def literal_texts() -> set[str]:
    """Return the texts in calls of ``tr``, ``gettext_noop`` and ``DataError`` and in the facts of surfaces."""
    texts = set()
    for name in source_modules():
        module = importlib.import_module(name)
        tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
        for expression in text_expressions(tree):
            texts |= possible_texts(expression, module)
    return texts - {"", *PROPER_NAMES}


def source_notes() -> set[str]:
    """Return the parts of all sources that are notes and not references: they begin in lower case or have a verb."""
    sources = (each.source for each in (*OPTIMIZERS.values(), *MODIFIERS.values(), *SURFACES.values()))
    parts = {part for source in sources for part in source_parts(source)[::2]}
    identifier = re.compile(r"(doi|arXiv):\S+|\w+\.[\w.]+(\(.*\))?|physics/\d+|iRprop-")
    note = re.compile(r"^[a-z]|\([a-z]|\b(is|are|starts|rounds)\b")
    return {part for part in parts if note.search(part) and not identifier.fullmatch(part)} | {"Hyperbolic paraboloid"}


def table_texts() -> set[str]:
    """Return the texts in the tables of the program and in optimizers, modifiers and surfaces."""
    texts = {SEPARABLE_NOTE, *COMPARISON_MODES.values(), *QUANTITIES.values(), *X_QUANTITIES.values()}
    for table in (MISSING_TEMPLATES, UNEXPECTED_TEMPLATES, REFUSED_CHARACTERS, REFUSED_KINDS):
        texts |= set(table.values())
    texts |= {
        COMPARISON_TEMPLATE,
        "{text} cannot be here",
        "{what} is missing here",
        "the character {character} cannot be used",
    }
    texts |= {f"&{menu}" for menu in MENUS} | {submenu for row in ACTIONS for submenu in row.menu.split("/")[1:]}
    texts |= {text for row in ACTIONS for text in (row.text, row.help)} | {
        export_format.name for export_format in EXPORT_FORMATS.values()
    }
    texts |= {view.title for view in VIEWS.values()}
    texts |= {action.text for action in view_actions()} | {title for title, _ in examples().values()}
    texts |= {*VIEW_DESCRIPTIONS.values(), *(text for _, text in USAGE_TEXTS)}
    texts |= {text for gestures in MOUSE_GESTURES.values() for gesture in gestures for text in gesture}
    for column in COLUMNS:
        texts |= {column.heading, column.tooltip or column.name.capitalize(), column.name.capitalize()}
    for method in (*OPTIMIZERS.values(), *MODIFIERS.values()):
        texts |= {method.summary, method.description, *(spec.label for spec in method.hyperparameters.values())}
        texts |= {spec.explanation for spec in method.hyperparameters.values()}
    texts |= {*TEXT_LABELS.values(), *source_notes()}
    texts |= {each.implementation for each in OPTIMIZERS.values() if re.search("[(’]", each.implementation)}
    texts |= {optimizer.family for optimizer in OPTIMIZERS.values()} | {
        modifier.name for modifier in MODIFIERS.values()
    }
    for surface in SURFACES.values():
        texts |= {
            surface.name,
            surface.family,
            surface.summary,
            surface.what_to_try,
            surface.nonsmooth_note,
            *(axis for axis in surface.axis_labels if " " in axis),
        }
    texts |= set(PROBLEM_NAMES.values())
    texts |= {text for path in lesson_paths() for text in load_lesson(path).texts}
    language_names = {load_language(code).name for code in language_codes()}  # not translated
    return texts - {"", *language_names}


if __name__ == "__main__":
    translated = load_language(sys.argv[1]).texts
    missing = {text: "" for text in sorted(literal_texts() | table_texts()) if text not in translated}
    print(json.dumps(missing, ensure_ascii=False, indent=1))
