"""All English texts that can be translated.

``python -m tests.texts ko`` prints those that a language lacks, as JSON.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

from app.analysis.results import COLUMNS
from app.export.formats import EXPORT_FORMATS
from app.gui.help.view_texts import MOUSE_GESTURES, VIEW_DESCRIPTIONS
from app.gui.help.whats_this import USAGE_TEXTS
from app.gui.window.actions import ACTIONS, MENUS
from app.io.experiment_files import examples
from app.model.comparison import COMPARISON_MODES
from app.model.experiment import QUANTITIES, X_QUANTITIES
from app.utils.i18n import language_codes, load_language
from app.views import VIEWS
from optimizers import MODIFIERS, OPTIMIZERS
from surfaces import SURFACES
from surfaces.formula.token_stream import COMPARISON_TEMPLATE, MISSING_TEMPLATES, UNEXPECTED_TEMPLATES
from surfaces.formula.tokens import REFUSED_CHARACTERS, REFUSED_KINDS
from surfaces.regression import SEPARABLE_NOTE

ROOT = Path(__file__).resolve().parent.parent
TEXT_FUNCTIONS = {"tr", "gettext_noop", "DataError", "FormulaError", "Note"}


def literal_texts() -> set[str]:
    """Return the literals in calls of ``tr``, ``gettext_noop`` and ``DataError``."""
    texts = set()
    for path in (*(ROOT / "app").rglob("*.py"), *(ROOT / "surfaces").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            if node.func.id in TEXT_FUNCTIONS:
                first = node.args[0]
                arguments = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                texts |= {argument.value for argument in arguments if isinstance(argument, ast.Constant)}
    return texts


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
    texts |= {f"&{view.title}" for view in VIEWS.values()} | {title for title, _ in examples().values()}
    texts |= {*VIEW_DESCRIPTIONS.values(), *(text for _, text in USAGE_TEXTS)}
    texts |= {text for gestures in MOUSE_GESTURES.values() for gesture in gestures for text in gesture}
    for column in COLUMNS:
        texts |= {column.heading, column.tooltip or column.name.capitalize(), column.name.capitalize()}
    for method in (*OPTIMIZERS.values(), *MODIFIERS.values()):
        texts |= {method.summary, method.description, *(spec.label for spec in method.hyperparameters.values())}
    texts |= {optimizer.family for optimizer in OPTIMIZERS.values()} | {
        modifier.name for modifier in MODIFIERS.values()
    }
    for surface in SURFACES.values():
        texts |= {
            surface.family,
            surface.summary,
            surface.what_to_try,
            surface.nonsmooth_note,
            *(axis for axis in surface.axis_labels if " " in axis),
        }
    language_names = {load_language(code).name for code in language_codes()}  # not translated
    return texts - {"", *language_names}


if __name__ == "__main__":
    translated = load_language(sys.argv[1]).texts
    missing = {text: "" for text in sorted(literal_texts() | table_texts()) if text not in translated}
    print(json.dumps(missing, ensure_ascii=False, indent=1))
