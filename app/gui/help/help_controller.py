"""The commands of the Help menu.

The windows are imported when they are opened, because no start needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QMainWindow, QWhatsThis, QWidget

from app.gui.help.whats_this import WhatsThisFilter
from app.gui.panels.setup.side_panel import SidePanel
from app.session.session import Session
from app.utils.i18n import tr

OPTIMIZER_TAB, SURFACE_TAB, FORMULA_TAB = 0, 1, 2


class HelpController:
    """Opens the help windows.

    ``side_panel`` returns the current side panel, ``canvases`` are by view id, and ``notify`` shows a message in the
    status bar. The menus and actions are those of ``window``.
    """

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        side_panel: Callable[[], SidePanel],
        canvases: Mapping[str, QWidget],
        notify: Callable[[str], None],
    ) -> None:
        self.window, self.session, self.side_panel = window, session, side_panel
        self.canvases, self.notify = canvases, notify
        self.help_window: Any = None  # once it has been opened

    def show_optimizer_page(self) -> None:
        """Open the help window at the optimizer of the selected run."""
        self._open_page(OPTIMIZER_TAB)

    def show_surface_page(self) -> None:
        """Open the help window at the surface."""
        self._open_page(SURFACE_TAB)

    def show_formula_page(self) -> None:
        """Open the help window at what can be typed as a formula."""
        self._open_page(FORMULA_TAB)

    def _open_page(self, tab_index: int) -> None:
        from app.gui.help.help_window import HelpWindow

        help_window = self.help_window
        if help_window is None:
            help_window = self.help_window = HelpWindow(
                self.window, self.session, lambda: self.side_panel().run_list.selected_row, self.side_panel()
            )
        help_window.tabs.setCurrentIndex(tab_index)
        help_window.show()
        help_window.raise_()
        help_window.activateWindow()
        browser = help_window.tabs.currentWidget()
        assert browser is not None
        browser.setFocus()

    def refresh(self) -> None:
        """Update the help window, if it is open."""
        if self.help_window is not None:
            self.help_window.refresh()

    def show_shortcuts(self) -> None:
        """Open the shortcuts dialog."""
        from app.gui.help.shortcuts_dialog import ShortcutsDialog, menu_sections, mouse_sections

        menu_bar = self.window.menuBar()
        assert menu_bar is not None
        ShortcutsDialog(self.window, [*menu_sections(menu_bar), *mouse_sections(self.canvases)]).open()

    def show_about(self) -> None:
        """Open the About dialog."""
        from app.gui.help.about_dialog import AboutDialog

        AboutDialog(self.window).open()

    def whats_this_filter(self) -> WhatsThisFilter:
        """Return a new filter that explains the widgets of the program."""
        return WhatsThisFilter(self.window, self.canvases, self.notify)

    def start_whats_this(self) -> None:
        """Explain the widget that is clicked next, or, if What's This mode is active already, the focused widget."""
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return  # a widget that is being dragged would miss the release of the button
        whats_this_filter = self.whats_this_filter()
        if not QWhatsThis.inWhatsThisMode():
            whats_this_filter.start()
            self.notify(
                tr("Click an item for help. Press Shift+F1 again for help on the focused item, or Esc to exit.")
            )
            return
        QWhatsThis.leaveWhatsThisMode()
        self.notify("")
        focus = QApplication.focusWidget()
        html = whats_this_filter.help_html(focus) if focus is not None else ""
        if focus is not None and html:
            QWhatsThis.showText(focus.mapToGlobal(focus.rect().center()), html, focus)
        whats_this_filter.deleteLater()
