"""When the start page is shown, and what its entries do.

The page is imported when it is shown, after the first paint, because no start waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMainWindow

from app.gui.window.document_controller import DocumentController
from app.gui.window.focus_navigation import FocusNavigation
from app.gui.window.view_area import ViewArea
from app.gui.window.window_panels import WindowPanels
from app.io import experiment_files
from app.session.session import Session
from app.session.settings import Settings
from app.utils.i18n import tr

SHOW_KEY = "start_page/show"


class StartPageController(QObject):
    """Shows the start page over the plots; ``actions`` are the commands of the window by id."""

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        settings: Settings,
        documents: DocumentController,
        view_area: ViewArea,
        panels: WindowPanels,
        focus_navigation: FocusNavigation,
    ) -> None:
        super().__init__(window)
        self.window, self.settings, self.documents = window, settings, documents
        self.view_area, self.panels, self.focus_navigation = view_area, panels, focus_navigation
        self.actions: Mapping[str, QAction] = {}
        self.page: Any = None
        session.clock.playing_changed.connect(self.close)
        session.store.changed.connect(self.close)
        session.trajectories_changed.connect(self.close)  # also by a lesson
        panels.built.connect(self._show_again)

    def show_at_start(self) -> None:
        """Show the page once the plots are painted, unless it is switched off."""
        if self.settings.get_bool(SHOW_KEY, True):
            QTimer.singleShot(0, lambda: QTimer.singleShot(0, self.show))  # the first one builds the plots

    def show(self) -> None:
        """Show the page and focus it."""
        from app.gui.panels.start_page import StartPage

        self.close()
        examples = [(tr(title), path) for title, path in experiment_files.examples().values()]
        page = self.page = StartPage(
            self.window,
            self.view_area.dock_layout.views_window,
            list(self.view_area.canvases.values()),
            _commands(),
            examples,
            self.settings.recent_files(),
            self.settings.get_bool(SHOW_KEY, True),
        )
        page.command_chosen.connect(self._run_command)
        page.file_chosen.connect(self._open)
        page.shown_at_start_changed.connect(partial(self.settings.set_value, SHOW_KEY))
        page.closed.connect(self._on_closed)
        self.focus_navigation.overlay = page
        page.show()
        page.setFocus()

    def close(self) -> None:
        """Close the page, if it is shown."""
        if self.page is not None:
            self.page.close_page()

    def _on_closed(self, had_focus: bool) -> None:
        """Give the focus that the page had to the main plot."""
        self.page = self.focus_navigation.overlay = None
        if had_focus and self.view_area.canvases:
            self.view_area.canvases[self.view_area.main_view].setFocus()

    def _show_again(self) -> None:
        """Show the page in another theme or language."""
        if self.page is not None:
            QTimer.singleShot(0, self.show)

    def _open(self, path: Path) -> None:
        is_example = experiment_files.is_example(path)
        open_path: Callable[[Path], object] = self.documents.open_path if is_example else self.documents.open_recent
        self.documents.run_guarded(lambda: open_path(path))

    def _run_command(self, name: str) -> None:
        if name != "function":
            self.actions[{"lessons": "lessons", "data": "open_data", "network": "open"}[name]].trigger()
            return
        if not self.actions["side"].isChecked() or self.view_area.dock_layout.is_behind("side"):
            self.actions["side"].trigger()
        field = self.panels.side_panel.surface_selector.formula_editor.field
        self.panels.side_panel.ensureWidgetVisible(field)
        field.setFocus()
        field.selectAll()


def _commands() -> dict[str, tuple[str, str]]:
    """Return text and explanation of the buttons, in the current language."""
    return {
        "lessons": (tr("Lessons"), tr("Predict what a run does, watch it, and see why.")),
        "function": (tr("Your own function"), tr("Type a formula in x and y; it becomes the surface.")),
        "data": (tr("Your own data…"), tr("Fit a line or a small network to two columns of a file.")),
        "network": (
            tr("Your own network…"),
            tr("Open the loss landscape of a recorded training (NPZ) or of other software (NPY, HDF5)."),
        ),
    }
