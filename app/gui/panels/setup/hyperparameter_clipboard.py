"""Copy and paste of hyperparameters as text."""

from __future__ import annotations

from PyQt6.QtGui import QGuiApplication

from app.model.hyperparameter_text import format_hyperparameters, parse_hyperparameters
from app.model.run import Run
from app.utils.i18n import tr


def copy_hyperparameters(run: Run) -> str:
    """Copy the hyperparameters of a run to the clipboard; return a message for the status bar."""
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setText(format_hyperparameters(run))
    return tr("Copied the hyperparameters of {name}.", name=run.method.name)


def paste_hyperparameters(run: Run) -> tuple[Run, str]:
    """Return the run with the hyperparameters in the clipboard, and a message for the status bar.

    Raises ExperimentError if the text cannot be parsed.
    """
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    pasted_run, applied, unknown = parse_hyperparameters(clipboard.text(), run)
    if not unknown:
        return pasted_run, tr("Pasted the hyperparameters of {name}.", name=pasted_run.method.name)
    return pasted_run, tr(
        "Set {names}. {name} has no {others}.",
        names=", ".join(tr(pasted_run.method.spec(name).text_label(name)) for name in applied),
        name=pasted_run.method.name,
        others=", ".join(unknown),
    )
