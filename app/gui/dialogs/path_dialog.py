"""The dialog that asks for a file to open or to save."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtWidgets import QFileDialog, QWidget

from app.gui.dialogs.modal import run_modal
from app.session.settings import Settings
from app.utils.i18n import tr
from app.utils.validation import ExperimentError, make_printable


def ask_path(
    window: QWidget,
    settings: Settings,
    title: str,
    name_filters: str,
    default_suffix: str | None = None,
    default_name: str = "",
) -> Path | None:
    """Ask for a path with the file dialog; None if canceled.

    With ``default_suffix`` the path is for saving, otherwise for opening an existing file.
    """
    dialog = QFileDialog(window, title, str(settings.last_folder()), name_filters)
    if default_suffix:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(default_suffix)
        dialog.selectFile(f"{default_name}.{default_suffix}")
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    selected_files = dialog.selectedFiles() if run_modal(dialog) else []
    selected_filter = dialog.selectedNameFilter()
    dialog.deleteLater()
    if not selected_files:
        return None
    path = (
        with_filter_suffix(Path(selected_files[0]), f".{default_suffix}", selected_filter)
        if default_suffix
        else Path(selected_files[0])
    )
    if path != Path(selected_files[0]) and path.exists():  # the dialog has confirmed overwriting the other name only
        raise ExperimentError(
            tr(
                "{name} already exists; choose another name, or select this file in the dialog to replace it",
                name=make_printable(path.name),
            )
        )
    settings.set_value("folder", str(path.parent))
    return path


def with_filter_suffix(path: Path, suffix: str, name_filter: str) -> Path:
    """Return the path with the suffix of the selected filter instead of the default suffix.

    A filter is, for example, "PyTorch script (*.torch.py)".
    """
    filter_suffix = name_filter.rpartition("*")[2].rstrip(")")
    if filter_suffix.startswith(".") and path.name.endswith(suffix) and not path.name.endswith(filter_suffix):
        return path.with_name(path.name.removesuffix(suffix) + filter_suffix)
    return path
