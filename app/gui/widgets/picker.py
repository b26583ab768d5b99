"""Combo box with a searchable popup list, used for optimizers and for surfaces."""

from __future__ import annotations

from collections.abc import Container
from functools import cached_property

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QComboBox

from app.gui.widgets.picker_popup import FavoriteStore, PickerPopup, PickerTexts
from app.gui.widgets.wheel_guard import guard_wheel
from app.model.catalog import CatalogEntry
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr

TEXTS = {
    "optimizer": PickerTexts(
        singular=gettext_noop("Optimizer"),
        plural=gettext_noop("Optimizers"),
        search=gettext_noop("Search optimizers"),
        placeholder=gettext_noop("Search {n} optimizers by name, author, family, or description"),
        no_match=gettext_noop("No optimizer matches “{text}”."),
    ),
    "surface": PickerTexts(
        singular=gettext_noop("Surface"),
        plural=gettext_noop("Surfaces"),
        search=gettext_noop("Search surfaces"),
        placeholder=gettext_noop("Search {n} surfaces by name, author, family, or description"),
        no_match=gettext_noop("No surface matches “{text}”."),
    ),
}


class Picker(QComboBox):
    """A combo box that shows the selected entry as its only item and opens a ``PickerPopup`` instead of its own list.

    ``selected(id)`` is emitted when the user selects an entry.
    """

    selected = pyqtSignal(str)

    def __init__(self, kind: str, entries: list[CatalogEntry], favorite_store: FavoriteStore, theme: Theme) -> None:
        super().__init__(accessibleName=tr(TEXTS[kind].singular))
        self.entries = {entry.id: entry for entry in entries}
        self.kind, self.favorite_store, self.theme = kind, favorite_store, theme
        self.selected_id, self.note = "", ""
        self.offered_entries = entries
        self.addItem("")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        guard_wheel(self)

    @cached_property
    def popup(self) -> PickerPopup:
        """The popup, created when it is first opened."""
        popup = PickerPopup(
            self, self.kind, TEXTS[self.kind], list(self.entries.values()), self.favorite_store, self.theme
        )
        popup.selected.connect(self.selected)
        return popup

    def show_entry(self, entry_id: str) -> None:
        """Show an entry without emitting a signal."""
        if entry_id != self.selected_id:
            self.selected_id = entry_id
            self.setItemText(0, self.entries[entry_id].name)

    def offer(self, ids: Container[str], note: str) -> None:
        """List only the entries with some ids, and say in a note why others are missing."""
        self.offered_entries = [entry for entry in self.entries.values() if entry.id in ids]
        self.note = note

    def show_other(self, text: str) -> None:
        """Show a text while no entry is selected."""
        self.selected_id = ""
        self.setItemText(0, text)

    def showPopup(self) -> None:
        """Open the popup at the selected entry."""
        self.popup.show_entries(self.offered_entries, self.note)
        self.popup.show_at(self.selected_id)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Open the popup on Up, Down, and Enter."""
        key = Qt.Key
        if event is not None and event.key() in (key.Key_Down, key.Key_Up, key.Key_Return, key.Key_Enter):
            self.showPopup()
        else:
            super().keyPressEvent(event)
