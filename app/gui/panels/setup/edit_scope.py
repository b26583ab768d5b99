"""Toggle for the scope of changes of hyperparameters and parameters: from now on, or from the start."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget

from app.session.session import Session
from app.utils.i18n import gettext_noop, tr

SCOPES = {  # by the value of Session.edit_from_start
    False: (gettext_noop("From now on"), gettext_noop("Changes take effect from the next step")),
    True: (
        gettext_noop("From the start"),
        gettext_noop("Changes take effect from the start: the entire path is recomputed"),
    ),
}


class EditScopeToggle(QWidget):
    """Two exclusive buttons."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(0)
        row.addWidget(QLabel(tr("Apply"), objectName="quiet"))
        row.addSpacing(8)
        self.group = QButtonGroup(self)
        self.buttons: dict[bool, QToolButton] = {}
        for from_start, (text, tooltip) in SCOPES.items():
            button = self.buttons[from_start] = QToolButton(
                text=tr(text), toolTip=tr(tooltip), checkable=True, objectName="segment"
            )
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _, from_start=from_start: session.set_edit_from_start(from_start))
            self.group.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Show the current scope."""
        self.buttons[self.session.edit_from_start].setChecked(True)
