"""Every English text that can be translated. ``python -m tests.texts ko`` prints those that a language lacks, as JSON."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

from app.analysis.results import COLUMNS
from app.export.formats import EXPORT_FORMATS
from app.gui.help.action_texts import ACTION_DESCRIPTIONS
from app.gui.help.control_texts import CONTROL_DESCRIPTIONS
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
from surfaces.regression import SEPARABLE_NOTE

ROOT = Path(__file__).resolve().parent.parent
SAYING = {"tr", "gettext_noop", "DataError"}


def written() -> set[str]:
    """What stands as a literal in ``tr`` or ``mark`` anywhere in the program, or is raised by a surface."""
    found = set()
    for path in (*(ROOT / "app").rglob("*.py"), *(ROOT / "surfaces").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYING and node.args:
                first = node.args[0]
                texts = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                found |= {text.value for text in texts if isinstance(text, ast.Constant)}
    return found


def declared() -> set[str]:
    """What the tables of the program and the declarations of optimizers, parts and surfaces say."""
    found = {SEPARABLE_NOTE, *COMPARISON_MODES.values(), *QUANTITIES.values(), *X_QUANTITIES.values()}
    found |= {f"&{menu}" for menu in MENUS} | {part for row in ACTIONS for part in row.menu.split("/")[1:]}
    found |= (
        {row.text for row in ACTIONS}
        | {export.name for export in EXPORT_FORMATS.values()}
        | {view.title for view in VIEWS.values()}
    )
    found |= {f"&{view.title}" for view in VIEWS.values()} | {title for title, _ in examples().values()}
    found |= {*ACTION_DESCRIPTIONS.values(), *VIEW_DESCRIPTIONS.values(), *(words for _, words in USAGE_TEXTS)}
    found |= {words for named in CONTROL_DESCRIPTIONS.values() for words in named.values()}
    found |= {words for gestures in MOUSE_GESTURES.values() for gesture in gestures for words in gesture}
    for column in COLUMNS:
        found |= {column.heading, column.tooltip or column.name.capitalize(), column.name.capitalize()}
    for rule in (*OPTIMIZERS.values(), *MODIFIERS.values()):
        found |= {rule.summary, rule.description, *(declared.label for declared in rule.hyperparameters.values())}
    found |= {rule.family for rule in OPTIMIZERS.values()} | {part.name for part in MODIFIERS.values()}
    for land in SURFACES.values():
        found |= {
            land.family,
            land.summary,
            land.what_to_try,
            land.nonsmooth_note,
            *(axis for axis in land.axis_labels if " " in axis),
        }
    return found - {
        "",
        *(load_language(code).name for code in language_codes()),
    }  # languages are called as they call themselves


if __name__ == "__main__":
    known = load_language(sys.argv[1]).texts
    print(
        json.dumps(
            {text: "" for text in sorted(written() | declared()) if text not in known}, ensure_ascii=False, indent=1
        )
    )
