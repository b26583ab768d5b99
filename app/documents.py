"""What the File menu does: open, save, export. Asks the system's file dialogs and remembers the folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QFileDialog

from app import files
from app.experiment import ExperimentError
from app.panels.export_dialog import HEIGHT, WIDTH, ExportDialog

if TYPE_CHECKING:
    from app.window import MainWindow


class Documents:
    """The window's files. Whatever goes wrong is raised as ExperimentError and shown by the window in one sentence."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    def ask(self, title: str, kinds: str, suffix: str | None = None, name: str = "") -> Path | None:
        """A path from the native dialog: to open, or, with a suffix, to save. None if the person thought better of it."""
        settings = self.window.settings
        dialog = QFileDialog(self.window, title, str(settings.folder()), kinds)
        if suffix:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(suffix)
            dialog.selectFile(f"{name}.{suffix}")
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        if not dialog.exec() or not dialog.selectedFiles():
            return None
        path = Path(dialog.selectedFiles()[0])
        settings.keep("folder", str(path.parent))
        return path

    def open(self) -> None:
        path = self.ask("Open Experiment", "Experiments and exported pictures (*.json *.png);;All files (*)")
        if path:
            self.window.session.open(files.load(path))

    def save(self) -> None:
        path = self.ask("Save Experiment", "Experiments (*.json)", "json", self.window.session.experiment.surface)
        if path:
            files.save(self.window.session.experiment, path)
            self.window.say(f"Saved {path}")

    def export_picture(self) -> None:
        """Ask what and how fine, then where; write it on a figure of its own."""
        from app.export import export
        from app.views import VIEWS

        window = self.window
        window.session.clock.pause()
        shown = {name: VIEWS[name].title for name in window.canvases if VIEWS[name].applies(window.scene())}
        dialog = ExportDialog(window, shown, int(window.settings.number("dpi", 200)))
        if not dialog.exec():
            return
        window.settings.keep("dpi", dialog.dpi.value())
        chosen = dialog.views.currentData()
        path = self.ask("Export Picture", "PNG pictures (*.png)", "png", f"{window.session.experiment.surface}-{chosen}")
        if path:
            if path.suffix.lower() != ".png":
                raise ExperimentError(f"a picture needs a file name that ends in .png, not {path.name}")
            export(window.session.race, path, views=chosen, dpi=dialog.dpi.value(), theme=window.theme, size=(WIDTH, HEIGHT),
                   options=window.options, camera=getattr(window.canvases["relief"].view, "camera", None))
            window.say(f"Saved {path}")

    def export_data(self) -> None:
        from app.export import export

        self.window.session.clock.pause()
        path = self.ask("Export Data", "CSV tables (*.csv)", "csv", self.window.session.experiment.surface)
        if path and path.suffix.lower() != ".csv":
            raise ExperimentError(f"a table needs a file name that ends in .csv, not {path.name}")
        if path:
            export(self.window.session.race, path)
            self.window.say(f"Saved {path}")
